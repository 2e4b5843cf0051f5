//! `Name(…)`: the value of a struct from the values of its fields.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, Arg, ArgKind};
use rustc_hash::FxHashMap;

use crate::call::{Binding, Given, Slot, is_out_of_order};
use crate::checker::{GenericArg, StructDeclId};
use crate::coerce::Val;
use crate::func::FnCx;
use crate::hir::{ExprKind, Ty};
use crate::structs::whole_struct;
use crate::want::Want;

impl<'a> FnCx<'_, 'a> {
    /// The struct type that a call of its name means; generic arguments come from the argument types.
    pub fn struct_for_call(&mut self, decl: StructDeclId, args: &'a [Arg], span: Span) -> Ty {
        let ast: &'a ast::Struct = self.cx.struct_decl(decl).ast;
        if ast.generics.is_empty() {
            return self.cx.struct_type(decl, &[], span);
        }
        let mut found: FxHashMap<Name, GenericArg> = FxHashMap::default();
        for (position, arg) in args.iter().enumerate() {
            let field = match &arg.kind {
                ArgKind::Positional => ast.fields.get(position),
                ArgKind::Keyword(keyword) => ast
                    .fields
                    .iter()
                    .find(|field| field.name.name == keyword.name),
                _ => None,
            };
            let Some(field) = field else {
                continue;
            };
            let outer = std::mem::take(&mut self.out);
            let diagnostics = self.cx.diagnostics.len();
            let value = self.value(&arg.value, None);
            self.cx.diagnostics.truncate(diagnostics);
            self.out = outer;
            let ty = self.cx.resolve(value.expr.ty);
            if ty != Ty::ERROR {
                self.match_annotation(&ast.generics, &field.annotation, ty, &mut found);
            }
        }
        let mut generics = Vec::new();
        for param in &ast.generics {
            match found.remove(&param.name.name) {
                Some(arg) => generics.push((param.name.name, arg)),
                None => {
                    let message = format!(
                        "cannot infer `{}` of `{}` from the arguments",
                        param.name.name, ast.name.name
                    );
                    self.report(
                        mlc_diagnostics::Diagnostic::error("cannot-infer", span, message)
                            .help(format!("write it: `{}[…](…)`", ast.name.name)),
                    );
                    return Ty::ERROR;
                }
            }
        }
        self.cx.struct_type(decl, &generics, span)
    }

    /// `Name(…)`: `__init__` where there is one, else one argument for each field. `written`: whether the generic arguments are.
    pub fn construct(&mut self, ty: Ty, written: bool, args: &'a [Arg], span: Span) -> Val {
        let Some(id) = self.cx.struct_of(ty) else {
            return self.poisoned_call(args, span);
        };
        if let Some(init) = self.cx.method(id, Name::new("__init__")) {
            let value = Val::strong(ExprKind::None, ty, span);
            return self.call_decl(init, Some(value), &[], args, span);
        }
        let decl = self.cx.struct_instances[id.0 as usize].decl;
        let ast: &'a ast::Struct = self.cx.struct_decl(decl).ast;
        let slot = |field: &ast::Field| Slot {
            name: field.name.name,
            kind: ast::ParamKind::Plain,
            has_default: field.default.is_some(),
            typed: true,
        };
        let callee = Binding {
            name: ast.name.name,
            slots: ast.fields.iter().map(slot).collect(),
            declared: None,
        };
        if is_out_of_order(&callee, args, 0) {
            return self
                .call_in_order(args, span, |cx, args| cx.construct(ty, written, args, span));
        }
        let Some(given) = self.bind(&callee, Vec::new(), args, span) else {
            return self.poisoned_call(args, span);
        };
        let mut fields = Vec::with_capacity(given.len());
        for (position, value) in given.into_iter().enumerate() {
            let ty = self.cx.structs[id.0 as usize].fields[position].ty;
            let value = match value {
                Some(Given::Expr(value)) => {
                    let generics = &self.cx.struct_instances[id.0 as usize].generics;
                    let annotation = &ast.fields[position].annotation;
                    let told = written || self.cx.tells_arrays(annotation, generics);
                    self.value_for(value, Want::of(ty, told), ty)
                }
                _ => match &ast.fields[position].default {
                    Some(default) => self.field_default(decl, default, ty),
                    None => return Val::error(span),
                },
            };
            fields.push(crate::places::owned(value, &self.cx.types));
        }
        if fields.iter().any(|value| value.ty == Ty::ERROR) {
            return Val::error(span);
        }
        Val::strong(whole_struct(id, fields), ty, span)
    }
}
