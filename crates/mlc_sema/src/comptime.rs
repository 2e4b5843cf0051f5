//! Compile time: constants, `comptime if`, `for` and `assert`.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::Name;
use mlc_syntax::ast;

use crate::checker::{Comptime, GenericArg};
use crate::coerce::{Val, Weak};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{ConstValue, Expr, Ty};
use crate::interp;
use crate::want::Want;

impl<'a> FnCx<'_, 'a> {
    /// The value of an expression that must be known at compile time.
    pub fn comptime_value(&mut self, expr: &'a ast::Expr) -> Option<Comptime> {
        let outer = std::mem::take(&mut self.out);
        let value = self.value(expr, None);
        let stmts = std::mem::replace(&mut self.out, outer);
        if value.is_error() {
            return None;
        }
        let weak = matches!(value.weak, Weak::Int | Weak::Float);
        let value = Val {
            expr: crate::expr::with_stmts(stmts, value.expr),
            weak: value.weak,
        };
        let ty = value.expr.ty;
        let found = self.evaluate(&value.expr)?;
        Some(Comptime {
            value: found,
            ty: (!weak && ty != Ty::INT && ty != Ty::F64).then_some(ty),
        })
    }

    /// Runs an expression in the interpreter.
    fn evaluate(&mut self, expr: &Expr) -> Option<ConstValue> {
        match interp::evaluate(self.cx, expr) {
            Ok(value) => Some(value),
            Err(failure) => {
                if let Some(diagnostic) = failure.diagnostic(expr.span) {
                    self.report(diagnostic);
                }
                None
            }
        }
    }

    /// `comptime NAME: T = value` in a function.
    pub fn local_comptime(&mut self, item: &'a ast::Comptime) {
        if self.at_top {
            return;
        }
        let Some(expr) = &item.value else {
            return self.report(diag::not_comptime(
                item.name.span,
                "a `comptime` name in a function",
            ));
        };
        let value = match &item.annotation {
            Some(annotation) => {
                let ty = self.annotation(annotation);
                self.typed_comptime(expr, ty)
            }
            None => self.comptime_value(expr),
        };
        match value {
            Some(value) => {
                self.set_var(item.name.name, None);
                self.generics
                    .insert(item.name.name, GenericArg::Value(value));
            }
            None => self.bind_poisoned(item.name.name, item.name.span),
        }
    }

    /// A compile-time value of a type that is written.
    pub fn typed_comptime(&mut self, expr: &'a ast::Expr, ty: Ty) -> Option<Comptime> {
        if ty == Ty::ERROR {
            return None;
        }
        let outer = std::mem::take(&mut self.out);
        let value = self.value_for(expr, Want::written(ty), ty);
        let stmts = std::mem::replace(&mut self.out, outer);
        if value.ty == Ty::ERROR {
            return None;
        }
        let value = crate::expr::with_stmts(stmts, value);
        let value = self.evaluate(&value)?;
        Some(Comptime {
            value,
            ty: Some(ty),
        })
    }

    fn comptime_truth(&mut self, test: &'a ast::Expr) -> Option<bool> {
        let outer = std::mem::take(&mut self.out);
        let condition = self.condition(test);
        let stmts = std::mem::replace(&mut self.out, outer);
        if condition.ty == Ty::ERROR {
            return None;
        }
        let condition = crate::expr::with_stmts(stmts, condition);
        match self.evaluate(&condition)? {
            ConstValue::Bool(truth) => Some(truth),
            _ => None,
        }
    }

    /// Only the branch that is taken is looked at.
    pub fn comptime_if(&mut self, item: &'a ast::If) {
        for branch in &item.branches {
            match self.comptime_truth(&branch.test) {
                Some(true) => return self.block(&branch.body),
                Some(false) => {}
                None => return,
            }
        }
        self.block(&item.orelse);
    }

    pub fn comptime_assert(
        &mut self,
        test: &'a ast::Expr,
        message: Option<&'a ast::Expr>,
        span: Span,
    ) {
        let Some(truth) = self.comptime_truth(test) else {
            return;
        };
        if truth {
            return;
        }
        let text = message.and_then(|message| self.comptime_value(message));
        let text = match text.map(|text| text.value) {
            Some(ConstValue::Str(text)) => format!("assertion failed at compile time: {text}"),
            _ => "assertion failed at compile time".to_owned(),
        };
        self.report(Diagnostic::error("comptime-assert", span, text));
    }

    /// `comptime for`: the body once for each value, which is a constant in it.
    pub fn comptime_for(&mut self, item: &'a ast::For, span: Span) {
        /// Of one loop.
        const MOST: usize = 4096;
        /// Of all loops in a function, inner ones each time.
        const MOST_IN_FUNCTION: usize = 65_536;
        let Some(axis) = item.axes.first() else {
            return;
        };
        let Some(values) = self.comptime_items(&axis.iter) else {
            return;
        };
        if values.len() > MOST {
            let message = format!(
                "this loop would be repeated {} times at compile time; {MOST} are allowed",
                values.len()
            );
            return self.report(Diagnostic::error("comptime-limit", span, message));
        }
        let mut names: Vec<Name> = Vec::new();
        crate::names::target_names(&axis.target, &mut |name| names.push(name));
        let hidden: Vec<_> = (names.iter())
            .map(|name| {
                (
                    self.generics.get(name).cloned(),
                    self.vars.get(name).copied(),
                )
            })
            .collect();
        for name in &names {
            self.set_var(*name, None);
        }
        for (round, value) in values.into_iter().enumerate() {
            self.comptime_rounds += 1;
            if self.comptime_rounds > MOST_IN_FUNCTION {
                // Once: of the loops around it, too.
                if self.comptime_rounds == MOST_IN_FUNCTION + 1 {
                    let message = format!(
                        "the loops of this function would be repeated more than {MOST_IN_FUNCTION} times at compile time"
                    );
                    self.report(Diagnostic::error("comptime-limit", span, message));
                }
                break;
            }
            if !self.bind_comptime(&axis.target, value) {
                break;
            }
            self.unrolled.push(round);
            self.block(&item.body);
            self.unrolled.pop();
        }
        for (name, (arg, var)) in names.into_iter().zip(hidden) {
            match arg {
                Some(arg) => self.generics.insert(name, arg),
                None => self.generics.remove(&name),
            };
            self.set_var(name, var);
        }
        self.block(&item.orelse);
    }

    /// Gives the names of a target their values for one round of a `comptime for`.
    fn bind_comptime(&mut self, target: &'a ast::Expr, value: ConstValue) -> bool {
        match (&target.kind, value) {
            (ast::ExprKind::Name(name), value) => {
                let value = Comptime { value, ty: None };
                self.generics.insert(*name, GenericArg::Value(value));
                true
            }
            (
                ast::ExprKind::Tuple(parts) | ast::ExprKind::List(parts),
                ConstValue::Items(items),
            ) if parts.len() == items.len() => {
                (parts.iter().zip(items)).all(|(part, item)| self.bind_comptime(part, item))
            }
            _ => {
                self.report(diag::bad_target(target.span));
                false
            }
        }
    }

    fn comptime_items(&mut self, iter: &'a ast::Expr) -> Option<Vec<ConstValue>> {
        if let ast::ExprKind::Call { function, args } = &iter.kind
            && matches!(&function.kind, ast::ExprKind::Name(name) if *name == "range")
        {
            let mut bounds = Vec::with_capacity(3);
            for arg in args {
                match self.comptime_value(&arg.value)?.value {
                    ConstValue::Int(value) => bounds.push(value),
                    _ => {
                        self.report(diag::type_mismatch(arg.value.span, "Int", "another type"));
                        return None;
                    }
                }
            }
            let (start, stop, step) = match bounds.as_slice() {
                [stop] => (0, *stop, 1),
                [start, stop] => (*start, *stop, 1),
                [start, stop, step] if *step != 0 => (*start, *stop, *step),
                _ => {
                    self.report(diag::wrong_arguments(
                        iter.span,
                        "`range` takes 1 to 3 arguments, and a step that is not 0",
                    ));
                    return None;
                }
            };
            let mut values = Vec::new();
            let mut at = start;
            while (step > 0 && at < stop) || (step < 0 && at > stop) {
                values.push(ConstValue::Int(at));
                at += step;
                if values.len() > 1 << 20 {
                    break;
                }
            }
            return Some(values);
        }
        match self.comptime_value(iter)?.value {
            ConstValue::Items(items) => Some(items),
            ConstValue::Str(text) => Some(
                text.chars()
                    .map(|letter| ConstValue::Str(letter.to_string().into()))
                    .collect(),
            ),
            _ => {
                self.report(diag::not_comptime(
                    iter.span,
                    "what a `comptime for` runs over",
                ));
                None
            }
        }
    }
}
