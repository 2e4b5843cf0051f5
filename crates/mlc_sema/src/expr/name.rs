//! What a name means where it is read.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::Name;

use super::Operand;
use crate::checker::{GenericArg, Item};
use crate::coerce::Val;
use crate::diag;
use crate::func::{FnCx, Var};
use crate::hir::{ConstValue, ErrorKind, Expr, ExprKind, Mode, Place, Root, StmtKind, Ty};

/// After so many diagnostics unknown names are no longer compared with known ones.
const MOST_SUGGESTED: usize = 200;

impl<'a> FnCx<'_, 'a> {
    /// What a name means where it is read.
    pub fn name(&mut self, name: Name, span: Span) -> Operand {
        if let Some(var) = self.vars.get(&name).copied() {
            return Operand::Place(self.read_var(name, var, span));
        }
        if let Some(arg) = self.generics.get(&name).cloned() {
            return Operand::Value(match arg {
                GenericArg::Value(value) => self.comptime_literal(&value, span),
                GenericArg::Type(_) => self.not_a_value(name, span),
            });
        }
        if self.nested.contains_key(&name) {
            return Operand::Value(self.not_a_value(name, span));
        }
        if let Some(pack) = self.packs.get(&name).cloned() {
            return Operand::Value(self.pack_value(&pack, span));
        }
        if self.assigned.contains(&name) && !self.global_names.contains(&name) {
            let mut diagnostic = diag::use_before_assignment(span, name.as_str());
            if self.is_bound_at_top(name) {
                let help = format!("`global {name}` in front makes it the variable of the module");
                diagnostic = diagnostic.help(help);
            }
            self.report(diagnostic);
            self.read_unbound.insert(name);
            self.bind_poisoned(name, span);
            return Operand::Value(Val::error(span));
        }
        match self.cx.module(self.module).items.get(&name).cloned() {
            Some(Item::Comptime(value)) => Operand::Value(self.comptime_literal(&value, span)),
            Some(Item::Global) => self.global(name, span),
            Some(Item::Variable(module, name)) => self.variable(module, name, span),
            Some(Item::Poisoned) => Operand::Value(Val::error(span)),
            Some(_) => Operand::Value(self.not_a_value(name, span)),
            None => Operand::Value(self.unknown(name, span)),
        }
    }

    fn not_a_value(&mut self, name: Name, span: Span) -> Val {
        self.report(diag::not_a_value(span, name.as_str()));
        Val::error(span)
    }

    fn unknown(&mut self, name: Name, span: Span) -> Val {
        if name == "__name__" {
            return Val::strong(ExprKind::Str(self.module_name()), Ty::STR, span);
        }
        if crate::names::is_builtin(name.as_str()) {
            return self.not_a_value(name, span);
        }
        if crate::builtins::is_for_later(name) {
            self.report(diag::not_yet(span, &format!("`{name}`")));
            return Val::error(span);
        }
        if let Some(constant) = math_constant(name.as_str()) {
            return Val::float(constant, span);
        }
        // Each look at all names takes its time, and nobody reads that many.
        let known = if self.cx.diagnostics.len() < MOST_SUGGESTED {
            self.visible_names()
        } else {
            Default::default()
        };
        let diagnostic = match self.member_of_self(name, span) {
            Some(diagnostic) => diagnostic,
            None => diag::unknown_name(span, name.as_str(), known),
        };
        self.report(diagnostic);
        self.bind_poisoned(name, span);
        Val::error(span)
    }

    /// In a function: whether statements of the module bind a variable of that name.
    fn is_bound_at_top(&self, name: Name) -> bool {
        if self.at_top || self.cx.diagnostics.len() >= MOST_SUGGESTED {
            return false;
        }
        let mut found = false;
        for stmt in &self.cx.module(self.module).ast.body {
            crate::names::bound_by(stmt, &mut |bound| found |= bound == name);
        }
        found
    }

    /// An unknown name in a method that is a field or another method, or `self` where no parameter is.
    pub fn member_of_self(&self, name: Name, span: Span) -> Option<Diagnostic> {
        let header = self.cx.headers.get(self.func.0 as usize)?;
        let decl = self.cx.decl(header.decl?);
        let item = self.cx.struct_decl(decl.owner?).ast;
        let diagnostic = Diagnostic::error("unknown-name", span, format!("unknown name `{name}`"));
        if name == "self" {
            let help = "a method has `self` as its first parameter";
            return Some(diagnostic.help(help));
        }
        let is_member = (item.fields.iter().map(|field| field.name.name))
            .chain(item.methods.iter().map(|method| method.name.name))
            .any(|member| member == name);
        if !is_member || decl.is_static {
            return None;
        }
        let here = format!("self.{name}");
        Some(diagnostic.fixit(format!("write `{here}`"), span, here))
    }

    fn module_name(&self) -> Box<str> {
        if self.module.0 == 0 && !self.cx.options.imported {
            "__main__".into()
        } else {
            self.cx.module(self.module).path.as_str().into()
        }
    }

    /// After a report about a name: later uses of it in the function say nothing more.
    pub fn bind_poisoned(&mut self, name: Name, span: Span) {
        let local = self.local_for(name, Ty::ERROR, false, span);
        self.bind_var(name, local);
    }

    fn global(&mut self, name: Name, span: Span) -> Operand {
        let Some(&global) = self.cx.module(self.module).globals.get(&name) else {
            self.report(diag::use_before_assignment(span, name.as_str()));
            return Operand::Value(Val::error(span));
        };
        let ty = self.cx.globals[global.0 as usize].ty;
        Operand::Place(Place {
            root: Root::Global(global),
            projections: Vec::new(),
            ty,
            span,
        })
    }

    /// The place of a variable, with a check in front where it may not be bound.
    fn read_var(&mut self, name: Name, var: Var, span: Span) -> Place {
        if let Some(mut conflict) = self.conflicts.get(&var.local).cloned() {
            conflict.primary = span;
            self.report(conflict);
            self.bind_poisoned(name, span);
            return self.local_place(self.vars[&name].local, span);
        }
        if !var.certain {
            let flag = self.flag_of(var.local, span);
            let condition = self.load_local(flag, span);
            let text = format!(
                "cannot access local variable '{}' where it is not associated with a value",
                crate::nested::written(name)
            );
            let message = Expr {
                kind: ExprKind::Str(text.into()),
                ty: Ty::STR,
                span,
            };
            self.emit(
                StmtKind::Check {
                    condition,
                    error: ErrorKind::UnboundLocalError,
                    message: Some(message),
                },
                span,
            );
            // From here on it is bound, or the function has been left.
            self.bind_var(name, var.local);
        }
        let mut place = self.local_place(var.local, span);
        self.narrow(name, &mut place);
        place
    }

    pub fn flag_of(&mut self, local: crate::hir::LocalId, span: Span) -> crate::hir::LocalId {
        if let Some(&flag) = self.flags.get(&local) {
            return flag;
        }
        let hint = format!("bound_{}", self.local(local).name);
        let flag = self.new_local(format!("${hint}"), Ty::BOOL, Mode::Owner, span);
        self.flags.insert(local, flag);
        flag
    }

    /// A compile-time value where it is used.
    pub fn comptime_literal(&mut self, value: &crate::checker::Comptime, span: Span) -> Val {
        let ty = value.ty;
        let literal = match &value.value {
            ConstValue::None => Val::strong(ExprKind::None, Ty::NONE, span),
            ConstValue::Bool(value) => Val::strong(ExprKind::Bool(*value), Ty::BOOL, span),
            ConstValue::Int(value) => Val::int(*value, span),
            ConstValue::Float(value) => Val::float(*value, span),
            ConstValue::Complex(re, im) => Val::strong(ExprKind::Complex(*re, *im), Ty::C128, span),
            ConstValue::Str(text) => Val::strong(ExprKind::Str(text.clone()), Ty::STR, span),
            ConstValue::Items(_) => return self.comptime_data(value, span),
        };
        match ty {
            Some(ty) => self.coerce(literal, ty).into(),
            None => literal,
        }
    }
}

pub(crate) fn math_constant(name: &str) -> Option<f64> {
    Some(match name {
        "pi" => std::f64::consts::PI,
        "e" => std::f64::consts::E,
        "tau" => std::f64::consts::TAU,
        "inf" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => return None,
    })
}

/// Whether a name that the language knows means something else here.
pub(crate) fn is_shadowed(cx: &FnCx<'_, '_>, name: Name) -> bool {
    cx.vars.contains_key(&name)
        || cx.nested.contains_key(&name)
        || cx.cx.module(cx.module).items.contains_key(&name)
}
