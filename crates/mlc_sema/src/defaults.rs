//! The default values of parameters and fields. Each is evaluated in the module that it stands in, where a call or
//! constructor leaves it out, which only what stays the same allows.

use mlc_syntax::{Name, ast};

use crate::checker::{DeclId, Item, ModuleId, StructDeclId};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Expr, Ty, TyKind};
use crate::names::{for_each_child, mentioned_expr};

impl<'a> FnCx<'_, 'a> {
    /// The default of a parameter.
    pub fn default_value(
        &mut self,
        decl: DeclId,
        param: &'a ast::Param,
        ty: Option<Ty>,
    ) -> Option<Expr> {
        let default = param.default.as_ref()?;
        let module = self.cx.decl(decl).module;
        Some(self.default_in(module, default, |cx| {
            let value = cx.value(default, ty);
            match ty {
                Some(ty) => cx.coerce(value, ty),
                None => cx.settle(value),
            }
        }))
    }

    pub fn field_default(&mut self, decl: StructDeclId, default: &'a ast::Expr, ty: Ty) -> Expr {
        let module = self.cx.struct_decl(decl).module;
        self.default_in(module, default, |cx| cx.value_of(default, ty))
    }

    fn default_in(
        &mut self,
        module: ModuleId,
        default: &'a ast::Expr,
        value: impl FnOnce(&mut Self) -> Expr,
    ) -> Expr {
        let module = std::mem::replace(&mut self.module, module);
        let vars = std::mem::take(&mut self.vars);
        let assigned = std::mem::take(&mut self.assigned);
        self.check_default(default);
        let value = value(self);
        self.module = module;
        self.vars = vars;
        self.assigned = assigned;
        value
    }

    fn check_default(&mut self, default: &'a ast::Expr) {
        // What a function reads it reads when it is called.
        if matches!(default.kind, ast::ExprKind::Lambda(_)) {
            return;
        }
        let mut read: Vec<(ModuleId, Name)> = Vec::new();
        let items = &self.cx.module(self.module).items;
        mentioned_expr(default, &mut |name| match items.get(&name) {
            Some(Item::Global) => read.push((self.module, name)),
            Some(&Item::Variable(module, name)) => read.push((module, name)),
            _ => {}
        });
        self.read_of_modules(default, &mut read);
        // The very value is passed on as it is then, in Python as well.
        let is_whole = matches!(
            self.static_item(default),
            Some(Item::Global | Item::Variable(..))
        );
        for (module, name) in read {
            if self.is_bound_again(module, name) {
                return self.report(diag::changing_default(
                    default.span,
                    name.as_str(),
                    ("reads", "is bound again"),
                ));
            }
            if !is_whole && self.changes_in_place(module, name) {
                return self.report(diag::changing_default(
                    default.span,
                    name.as_str(),
                    ("looks into", "may be changed"),
                ));
            }
        }
    }

    /// The variables that `module.name` reads.
    fn read_of_modules(&self, expr: &'a ast::Expr, found: &mut Vec<(ModuleId, Name)>) {
        if let Some(Item::Variable(module, name)) = self.module_member(expr) {
            found.push((module, name));
        }
        for_each_child(expr, &mut |child| self.read_of_modules(child, found));
    }

    fn is_bound_again(&self, module: ModuleId, name: Name) -> bool {
        let scope = self.cx.module(module);
        scope.rebound().again.contains(&name) || self.cx.set_elsewhere.contains(&name)
    }

    fn changes_in_place(&self, module: ModuleId, name: Name) -> bool {
        fn changes(cx: &FnCx<'_, '_>, ty: Ty) -> bool {
            match cx.cx.types.kind(ty) {
                TyKind::List(_)
                | TyKind::Array { .. }
                | TyKind::Struct(_)
                | TyKind::Dict(..)
                | TyKind::Set(_)
                | TyKind::PythonObject => true,
                TyKind::Optional(of) => changes(cx, *of),
                TyKind::Tuple(items) => items.iter().any(|item| changes(cx, *item)),
                _ => false,
            }
        }
        let global = self.cx.module(module).globals.get(&name);
        global.is_some_and(|global| changes(self, self.cx.globals[global.0 as usize].ty))
    }
}
