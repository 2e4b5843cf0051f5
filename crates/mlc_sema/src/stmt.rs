//! Statements other than loops.

mod branch;
mod context;
mod declaration;
mod exception;
mod guarded;
mod handled;
mod told;

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, StmtKind as AstStmt};

use crate::checker::Item;
use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{ExprKind, StmtKind, Ty};
use crate::python::import_from_python;
use crate::want::Want;
impl<'a> FnCx<'_, 'a> {
    pub fn block(&mut self, body: &'a [ast::Stmt]) {
        if self.out.capacity() == 0 {
            // Few statements become more than one.
            self.out.reserve_exact(body.len());
        }
        for stmt in body {
            self.stmt(stmt);
        }
    }

    /// What its blocks do, a `return` say, is not known, so nothing is missed behind it.
    fn unsupported_block(&mut self, what: &str, span: Span) {
        self.report(diag::not_yet(span, what));
        self.reachable = false;
    }

    fn stmt(&mut self, stmt: &'a ast::Stmt) {
        let span = stmt.span;
        match &stmt.kind {
            AstStmt::Expr(value) if matches!(value.kind, ast::ExprKind::Ellipsis) => {}
            AstStmt::Expr(value) => {
                let value = self.value(value, None);
                let value = self.settle(value);
                if value.ty != Ty::ERROR && !matches!(value.kind, ExprKind::None | ExprKind::Str(_))
                {
                    self.emit(StmtKind::Expr(value), span);
                }
            }
            AstStmt::Assign { targets, value } => self.assign(targets, value, span),
            AstStmt::AugAssign { target, op, value } => self.augmented(target, *op, value, span),
            AstStmt::Declare(declare) => self.declare(declare, span),
            AstStmt::If(item) => self.if_stmt(item, span),
            AstStmt::For(item) => self.for_stmt(item, span),
            AstStmt::While { test, body, orelse } => self.while_stmt(test, body, orelse, span),
            AstStmt::Return(value) => self.return_stmt(value.as_ref(), span),
            AstStmt::Pass => {}
            AstStmt::Break | AstStmt::Continue => {
                self.leave_loop(matches!(stmt.kind, AstStmt::Break), span)
            }
            AstStmt::Assert {
                comptime,
                test,
                message,
            } => self.assert_stmt(*comptime, test, message.as_ref(), span),
            AstStmt::Delete(targets) => targets.iter().for_each(|target| self.delete(target)),
            AstStmt::Raise { exception, cause } => {
                self.raise(exception.as_ref(), cause.as_ref(), span)
            }
            AstStmt::Try(item) => self.try_stmt(item, span),
            AstStmt::Atomic(inner) => self.atomic(inner, span),
            AstStmt::Comptime(item) => self.local_comptime(item),
            AstStmt::Global(names) => {
                for name in names {
                    if self.refuses_parameter(name) {
                        continue;
                    }
                    if matches!(
                        self.cx.module(self.module).items.get(&name.name),
                        Some(Item::Global)
                    ) {
                        self.global_names.insert(name.name);
                    } else if let Some(Item::Comptime(_)) =
                        self.cx.module(self.module).items.get(&name.name)
                    {
                        self.report(diag::constant_assigned(name.span, name.name.as_str()));
                    } else {
                        self.report(diag::unknown_name(name.span, name.name.as_str(), []));
                    }
                }
            }
            AstStmt::Function(function) => self.nested_function(function, span),
            AstStmt::Nonlocal(names) => self.nonlocal(names),
            AstStmt::Struct(item) => {
                if !self.at_top {
                    self.local_struct(item, span);
                }
            }
            AstStmt::ImportFrom(import) if import_from_python(stmt).is_some() => {
                self.import_objects(import, span);
            }
            AstStmt::Import(_) | AstStmt::ImportFrom(_)
                if self.cx.module(self.module).hoisted.contains(&span) => {}
            AstStmt::Import(_) | AstStmt::ImportFrom(_) => {
                // Those of the top level are the caller's.
                self.report(diag::not_yet(
                    span,
                    "this import inside a function or a block, of names that mean something else in the file,",
                ));
                crate::names::bound_by(stmt, &mut |name| self.bind_poisoned(name, span));
            }
            AstStmt::With(item) => return self.with_stmt(item, span),
            AstStmt::Match(_) => self.unsupported_block("`match`", span),
            AstStmt::Invalid { names } => {
                for name in names {
                    self.bind_poisoned(*name, span);
                }
            }
        }
        self.only_suppressed = false;
    }

    fn return_stmt(&mut self, value: Option<&'a ast::Expr>, span: Span) {
        if let Some(header) = self.loops.iter().rev().find_map(|item| item.parallel) {
            self.report(diag::parallel_exit(span, "return", header));
            if let Some(value) = value {
                self.value(value, None);
            }
            return;
        }
        if self.at_top {
            self.report(mlc_diagnostics::Diagnostic::error(
                "outside-function",
                span,
                "`return` outside a function",
            ));
            return;
        }
        if self.constructs.is_some() {
            if let Some(value) = value {
                let found = self.value(value, None);
                if found.expr.ty != Ty::NONE && !found.is_error() {
                    let name = self.ty_name(found.expr.ty);
                    self.report(diag::type_mismatch(value.span, "None", &name));
                }
            }
            self.return_constructed(span);
            self.reachable = false;
            return;
        }
        let known = self.cx.header(self.func).result;
        let value = match (value, known) {
            (None, None | Some(Ty::NONE)) => {
                self.cx.set_result(self.func, Ty::NONE);
                None
            }
            (None, Some(ty)) => {
                let ty = self.result_with(ty, Ty::NONE);
                let none = Val::strong(ExprKind::None, Ty::NONE, span);
                Some(self.coerce(none, ty))
            }
            (Some(value), Some(ty)) => {
                let want = Want::of(ty, self.cx.is_result_written(self.func));
                let found = self.value(value, want);
                let ty = self.result_of_return(ty, &found);
                if ty == Ty::NONE && found.expr.ty != Ty::NONE && !found.is_error() {
                    let found = self.ty_name(found.expr.ty);
                    let diagnostic = diag::type_mismatch(value.span, "None", &found);
                    self.report(diagnostic.help(format!("declare the result: `-> {found}`")));
                    None
                } else {
                    Some(self.coerce(found, ty))
                }
            }
            (Some(value), None) => {
                let value = self.value(value, None);
                let value = self.settle(value);
                let ty = self.cx.resolve(value.ty);
                if ty != Ty::ERROR || !self.cx.is_waiting(self.func) {
                    self.cx.set_result(self.func, ty);
                }
                Some(value)
            }
        };
        let value = value.map(|value| crate::places::owned(value, &self.cx.types));
        match value {
            Some(value) if value.ty == Ty::NONE => {
                if !matches!(value.kind, ExprKind::None) {
                    self.emit(StmtKind::Expr(value), span);
                }
                self.emit(StmtKind::Return(None), span);
            }
            Some(value) if value.ty == Ty::ERROR => {}
            value => self.emit(StmtKind::Return(value), span),
        }
        self.reachable = false;
    }

    /// The result type with one more `return`: where it is inferred a number may widen it.
    fn result_of_return(&mut self, before: Ty, value: &Val) -> Ty {
        let ty = match value.weak {
            // A constant takes the type of the others, if they have room for it.
            crate::coerce::Weak::Int if self.cx.types.is_number(before) => before,
            crate::coerce::Weak::Float if self.cx.types.is_float(before) => before,
            crate::coerce::Weak::Complex if self.cx.types.is_complex(before) => before,
            _ => self.cx.resolve(value.expr.ty),
        };
        self.result_with(before, ty)
    }

    fn leave_loop(&mut self, is_break: bool, span: Span) {
        let word = if is_break { "break" } else { "continue" };
        let Some(innermost) = self.loops.last() else {
            return self.report(diag::outside_loop(span, word));
        };
        if let (true, Some(header)) = (is_break, innermost.parallel) {
            return self.report(diag::parallel_exit(span, word, header));
        }
        let mark = innermost.mark;
        self.end_round(span, |_| true);
        let delta = self.delta_since(mark);
        if let Some(innermost) = self.loops.last_mut() {
            if is_break {
                innermost.breaks.push(delta);
            } else {
                innermost.continues.push(delta);
            }
        }
        self.emit(
            if is_break {
                StmtKind::Break
            } else {
                StmtKind::Continue
            },
            span,
        );
        self.reachable = false;
    }
}
