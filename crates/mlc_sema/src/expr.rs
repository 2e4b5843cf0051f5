//! Expressions: the dispatch over their kinds, `:=` and `x^`.

mod conditional;
mod literal;
mod made;
mod name;

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast};

pub(crate) use literal::is_starred;
pub(crate) use made::{what_is_done, with_stmts};
pub(crate) use name::{is_shadowed, math_constant};

use crate::coerce::{Val, Weak};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Expr, ExprKind, Place, Ty};
use crate::want::Want;

/// A place where the expression is one, else a value.
pub(crate) enum Operand {
    Place(Place),
    Value(Val),
}

impl<'a> FnCx<'_, 'a> {
    /// The expression as a value. `want` is the type that is hoped for; the value may have another.
    /// An owning value in a place comes back as a (provisional) `Move`.
    pub fn value(&mut self, expr: &'a ast::Expr, want: impl Into<Want>) -> Val {
        if let Ast::Name(name) = &expr.kind
            && let Some(var) = self.vars.get(name)
            && !var.certain
        {
            return self.perhaps_bound(*name, expr.span);
        }
        let before = self.out.len();
        let mut value = match self.operand(expr, want) {
            Operand::Place(place) => self.read(place).into(),
            Operand::Value(value) => value,
        };
        // What is done for the value has its turn with it, behind the operands in front. A value that owns memory may have to stay
        // in the place that it got.
        let ty = value.expr.ty;
        if self.out.len() > before && (ty == Ty::STR || !self.cx.types.is_owning(ty)) {
            value.expr = with_stmts(self.out.split_off(before), value.expr);
        }
        value
    }

    /// A variable that may not be bound. What stands before it in the same expression may bind it: the check has its turn behind
    /// that, where the value needs no place in which it stays.
    fn perhaps_bound(&mut self, name: Name, span: Span) -> Val {
        let mut value = Val::error(span);
        let check = self.captured(|cx| {
            value = match cx.name(name, span) {
                Operand::Place(place) => cx.read(place).into(),
                Operand::Value(value) => value,
            };
        });
        if value.expr.ty == Ty::STR || !self.cx.types.is_owning(value.expr.ty) {
            value.expr = with_stmts(check, value.expr);
        } else {
            self.out.extend(check);
        }
        value
    }

    /// The expression as a value of exactly that type, which was found out.
    pub fn value_of(&mut self, expr: &'a ast::Expr, ty: Ty) -> Expr {
        self.value_for(expr, Want::of(ty, false), ty)
    }

    /// The expression as a value of exactly that type.
    pub fn value_for(&mut self, expr: &'a ast::Expr, want: Want, ty: Ty) -> Expr {
        let value = self.value(expr, want);
        self.coerce(value, ty)
    }

    /// The expression as a condition.
    pub fn condition(&mut self, expr: &'a ast::Expr) -> Expr {
        if let Ast::Logical { op, values } = &expr.kind {
            return self.logical_condition(*op, values);
        }
        let value = self.value(expr, None);
        self.truth(value)
    }

    pub fn operand(&mut self, expr: &'a ast::Expr, want: impl Into<Want>) -> Operand {
        self.operand_for(expr, want.into())
    }

    fn operand_for(&mut self, expr: &'a ast::Expr, want: Want) -> Operand {
        let span = expr.span;
        if want.ty() == Some(Ty::PYTHON_OBJECT)
            && let Some(object) = self.object_literal(expr)
        {
            return Operand::Value(object);
        }
        let value = match &expr.kind {
            Ast::Name(name) => return self.name(*name, span),
            Ast::Attribute { value, attr } => return self.attribute(expr, value, attr),
            Ast::Subscript { value, index } => return self.subscript(value, index, span),
            Ast::Int(value) => match i128::try_from(value.value()) {
                Ok(value) => Val::int(value, span),
                Err(_) => {
                    self.report(diag::out_of_range(span, &value.to_string(), "Int"));
                    Val::error(span)
                }
            },
            Ast::Float(value) => Val::float(*value, span),
            Ast::Imaginary(value) => Val {
                weak: Weak::Complex,
                ..Val::strong(ExprKind::Complex(0.0, *value), Ty::C128, span)
            },
            Ast::Str(text) => Val::strong(ExprKind::Str(text.clone()), Ty::STR, span),
            Ast::Bool(value) => Val::strong(ExprKind::Bool(*value), Ty::BOOL, span),
            Ast::None => Val::strong(ExprKind::None, Ty::NONE, span),
            Ast::FString(parts) => self.f_string(parts, span),
            Ast::Tuple(items) => self.tuple_literal(items, want, span),
            Ast::List(items) => self.list_literal(items, want, span),
            Ast::Progression(item) => self.progression(item, want, span),
            Ast::Comprehension(item) => self.comprehension(item, want, span),
            Ast::Unary { op, operand } => self.unary_expr(*op, operand, want.ty(), span),
            Ast::Binary { op, left, right } => self.binary_expr(*op, left, right, want, span),
            Ast::Logical { op, values } => self.logical_expr(*op, values, want),
            Ast::Compare { left, rest } => self.compare_expr(left, rest, span),
            Ast::IfElse(item) => self.conditional(item, want, span),
            Ast::Call { function, args } => return self.call(function, args, want, span),
            Ast::Named { target, value } => self.walrus(*target, value, want, span),
            Ast::Transfer(value) => self.transfer(value, span),
            Ast::Set(_) | Ast::Dict(_) => {
                let what = if matches!(expr.kind, Ast::Set(_)) {
                    "`Set`"
                } else {
                    "`Dict`"
                };
                self.report(diag::not_yet(span, what));
                Val::error(span)
            }
            Ast::Lambda(_) => {
                let diagnostic =
                    diag::not_yet(span, "a lambda that is not passed straight to a function");
                self.report(diagnostic);
                Val::error(span)
            }
            Ast::Slice(_)
            | Ast::Starred(_)
            | Ast::Ellipsis
            | Ast::Optional(_)
            | Ast::ArrayType { .. } => {
                self.report(mlc_diagnostics::Diagnostic::error(
                    "bad-expression",
                    span,
                    "this is not a value",
                ));
                Val::error(span)
            }
            Ast::Invalid => Val::error(span),
        };
        Operand::Value(value)
    }

    fn walrus(&mut self, target: ast::Ident, value: &'a ast::Expr, want: Want, span: Span) -> Val {
        self.binds_in_operands = true;
        let value = self.value(value, want);
        let outer = std::mem::take(&mut self.out);
        self.assign_name(target.name, target.span, value, span);
        let stmts = std::mem::replace(&mut self.out, outer);
        let value = match self.name(target.name, span) {
            Operand::Place(place) => self.read(place),
            Operand::Value(value) => value.expr,
        };
        let ty = value.ty;
        let kind = ExprKind::Block {
            stmts,
            value: Box::new(value),
        };
        Val::strong(kind, ty, span)
    }

    /// `x^`: moves, also into a parameter that only borrows.
    fn transfer(&mut self, value: &'a ast::Expr, span: Span) -> Val {
        match self.operand(value, None) {
            Operand::Value(value) => value,
            Operand::Place(place) => {
                let mut value = self.transferred(place);
                value.expr.span = span;
                value
            }
        }
    }

    /// The value taken out of a place, also where the consumer only borrows.
    pub fn transferred(&mut self, place: Place) -> Val {
        let read = self.read(place);
        if !matches!(read.kind, ExprKind::Move(_)) {
            return read.into();
        }
        let (ty, span) = (read.ty, read.span);
        let place = crate::coerce::temporary(read);
        Val::strong(ExprKind::Move(place), ty, span)
    }
}
