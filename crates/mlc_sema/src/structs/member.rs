//! Methods, properties and constants of structs.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, Arg};

use crate::checker::{DeclId, GenericArg, Item, StructDeclId};
use crate::coerce::Val;
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{Place, StructId, Ty};
impl<'a> FnCx<'_, 'a> {
    pub fn struct_method(
        &mut self,
        receiver: Place,
        id: StructId,
        attr: &'a ast::Ident,
        args: &'a [Arg],
        span: Span,
    ) -> Operand {
        let Some(decl) = self.cx.method(id, attr.name) else {
            let ty = self.cx.structs[id.0 as usize].ty;
            let name = self.ty_name(ty);
            let known = self.members(id);
            self.report(diag::unknown_attribute(
                attr.span,
                &name,
                attr.name.as_str(),
                known,
            ));
            return Operand::Value(self.poisoned_call(args, span));
        };
        if self.cx.decl(decl).is_static {
            let owner = Some(receiver.ty);
            return Operand::Value(self.call_of(decl, owner, None, &[], args, span));
        }
        let receiver = self.read(receiver);
        Operand::Value(self.call_decl(decl, Some(receiver.into()), &[], args, span))
    }

    fn members(&self, id: StructId) -> Vec<&'static str> {
        let instance = &self.cx.struct_instances[id.0 as usize];
        let methods = &self.cx.struct_decl(instance.decl).methods;
        instance
            .fields
            .keys()
            .chain(methods.keys())
            .map(|name| name.as_str())
            .filter(|name| !name.contains('.'))
            .collect()
    }

    /// `value.name` of a struct that has no such field: a property.
    pub fn property(
        &mut self,
        place: Place,
        id: StructId,
        attr: &'a ast::Ident,
        span: Span,
    ) -> Operand {
        match self.cx.method(id, attr.name) {
            Some(decl) if self.cx.decl(decl).is_property => {
                let receiver = self.read(place);
                Operand::Value(self.call_decl(decl, Some(receiver.into()), &[], &[], span))
            }
            Some(_) => {
                let feature = format!("the method `{}` as a value", attr.name);
                self.report(
                    diag::not_yet(span, &feature).help(format!("call it: `.{}(…)`", attr.name)),
                );
                Operand::Value(Val::error(span))
            }
            None => {
                let ty = self.cx.structs[id.0 as usize].ty;
                let name = self.ty_name(ty);
                let known = self.members(id);
                self.report(diag::unknown_attribute(
                    attr.span,
                    &name,
                    attr.name.as_str(),
                    known,
                ));
                Operand::Value(Val::error(span))
            }
        }
    }

    pub fn has_method(&self, ty: Ty, name: &str) -> bool {
        let id = self.cx.struct_of(ty);
        id.is_some_and(|id| self.cx.method(id, Name::new(name)).is_some())
    }

    /// The struct that `Name[Int]` or a generic parameter stands for, and the type of its values.
    pub fn struct_with_types(&mut self, expr: &'a ast::Expr) -> Option<(StructDeclId, Ty)> {
        match &expr.kind {
            ast::ExprKind::Subscript { value, .. } => match self.static_item(value)? {
                Item::Struct(decl) => Some((decl, self.annotation(expr))),
                _ => None,
            },
            ast::ExprKind::Name(name) if !self.vars.contains_key(name) => {
                let GenericArg::Type(ty) = *self.generics.get(name)? else {
                    return None;
                };
                let id = self.cx.struct_of(ty)?;
                Some((self.cx.struct_instances[id.0 as usize].decl, ty))
            }
            _ => None,
        }
    }

    /// `Name.method(…)`, where the type of the values of `Name` may be written.
    pub fn call_static(
        &mut self,
        decl: StructDeclId,
        owner: Option<Ty>,
        attr: &'a ast::Ident,
        args: &'a [Arg],
        span: Span,
    ) -> Val {
        let Some(&method) = self.cx.struct_decl(decl).methods.get(&attr.name) else {
            let declaration = self.cx.struct_decl(decl);
            let name = declaration.ast.name.name;
            let known: Vec<&'static str> = declaration
                .methods
                .keys()
                .map(|name| name.as_str())
                .collect();
            self.report(diag::unknown_attribute(
                attr.span,
                name.as_str(),
                attr.name.as_str(),
                known,
            ));
            return self.poisoned_call(args, span);
        };
        if owner == Some(Ty::ERROR) {
            return self.poisoned_call(args, span);
        }
        if self.cx.decl(method).is_static {
            if owner.is_none() && self.uses_generics(decl, method) {
                self.report_types_unwritten(decl, attr.name, span);
                return self.poisoned_call(args, span);
            }
            return self.call_of(method, owner, None, &[], args, span);
        }
        // `Name.method(value, …)` is `value.method(…)`.
        let Some((first, rest)) = args.split_first() else {
            let message = format!("`{}` needs a value: `value.{}(…)`", attr.name, attr.name);
            self.report(diag::wrong_arguments(span, message));
            return Val::error(span);
        };
        let receiver = self.value(&first.value, None);
        if receiver.is_error() {
            return self.poisoned_call(rest, span);
        }
        self.call_decl(method, Some(receiver), &[], rest, span)
    }

    /// Whether a method mentions what its struct is generic in.
    fn uses_generics(&self, decl: StructDeclId, method: DeclId) -> bool {
        let generics = &self.cx.struct_decl(decl).ast.generics;
        let function = self.cx.decl(method).ast;
        let annotations = function
            .params
            .iter()
            .filter_map(|param| param.annotation.as_ref());
        let mut found = false;
        let mut note = |name| found |= generics.iter().any(|param| param.name.name == name);
        for annotation in annotations.chain(&function.returns) {
            crate::names::mentioned_expr(annotation, &mut note);
        }
        crate::names::free_in(function, &mut note);
        found
    }

    fn report_types_unwritten(&mut self, decl: StructDeclId, name: Name, span: Span) {
        let ast = self.cx.struct_decl(decl).ast;
        let params: Vec<&str> = ast
            .generics
            .iter()
            .map(|param| param.name.name.as_str())
            .collect();
        let (owner, params) = (ast.name.name, params.join("`, `"));
        let message = format!("cannot infer `{params}` of `{owner}` in `{owner}.{name}`");
        let diagnostic = mlc_diagnostics::Diagnostic::error("cannot-infer", span, message);
        self.report(diagnostic.help(format!("write it: `{owner}[…].{name}`")));
    }

    pub fn struct_constant(
        &mut self,
        decl: StructDeclId,
        owner: Option<Ty>,
        attr: &'a ast::Ident,
        span: Span,
    ) -> Val {
        let ast: &'a ast::Struct = self.cx.struct_decl(decl).ast;
        let constant = ast
            .constants
            .iter()
            .find(|constant| constant.name.name == attr.name);
        match constant.and_then(|constant| constant.value.as_ref()) {
            Some(value) => {
                let mut generics = self.cx.struct_generics(owner);
                std::mem::swap(&mut self.generics, &mut generics);
                let value = self.comptime_value(value);
                self.generics = generics;
                match value {
                    Some(value) => self.comptime_literal(&value, span),
                    None => Val::error(span),
                }
            }
            None => {
                let known: Vec<&'static str> = ast
                    .constants
                    .iter()
                    .map(|item| item.name.name.as_str())
                    .collect();
                self.report(diag::unknown_attribute(
                    attr.span,
                    ast.name.name.as_str(),
                    attr.name.as_str(),
                    known,
                ));
                Val::error(span)
            }
        }
    }
}
