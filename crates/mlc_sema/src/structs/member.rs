//! Methods, properties and constants of structs.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, Arg};

use crate::checker::StructDeclId;
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
            return Operand::Value(self.call_decl(decl, None, &[], args, span));
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

    /// `Name.method(…)`
    pub fn call_static(
        &mut self,
        decl: StructDeclId,
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
        if self.cx.decl(method).is_static {
            return self.call_decl(method, None, &[], args, span);
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

    pub fn struct_constant(&mut self, decl: StructDeclId, attr: &'a ast::Ident, span: Span) -> Val {
        let ast: &'a ast::Struct = self.cx.struct_decl(decl).ast;
        let constant = ast
            .constants
            .iter()
            .find(|constant| constant.name.name == attr.name);
        match constant.and_then(|constant| constant.value.as_ref()) {
            Some(value) => match self.comptime_value(value) {
                Some(value) => self.comptime_literal(&value, span),
                None => Val::error(span),
            },
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
