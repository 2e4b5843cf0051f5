//! Truthiness: any value as a `Bool`.

use mlc_diagnostics::Span;

use super::into_place;
use super::weak::Val;
use crate::diag;
use crate::expr::with_stmts;
use crate::func::FnCx;
use crate::hir::{
    Expr, ExprKind, Place, Projection, ProjectionKind, Root, Stmt, StmtKind, Ty, TyKind, UnaryOp,
};

impl FnCx<'_, '_> {
    /// The value as a `Bool`, by Python's truthiness.
    pub fn truth(&mut self, value: Val) -> Expr {
        let ty = self.cx.resolve(value.expr.ty);
        let span = value.expr.span;
        let compare = |left: Expr, zero: ExprKind| {
            let right = Expr {
                kind: zero,
                ty: left.ty,
                span,
            };
            Expr {
                kind: ExprKind::Compare {
                    op: crate::hir::CompareOp::Ne,
                    left: Box::new(left),
                    right: Box::new(right),
                },
                ty: Ty::BOOL,
                span,
            }
        };
        match self.cx.types.kind(ty).clone() {
            TyKind::Bool | TyKind::Error => value.expr,
            TyKind::Int { .. } => compare(value.expr, ExprKind::Int(0)),
            TyKind::Float(_) => compare(value.expr, ExprKind::Float(0.0)),
            TyKind::Complex(_) => compare(value.expr, ExprKind::Complex(0.0, 0.0)),
            TyKind::None => self.constant_bool(false, value.expr, span),
            TyKind::List(_) if matches!(&value.expr.kind, ExprKind::List(items) if items.is_empty()) => {
                Val::strong(ExprKind::Bool(false), Ty::BOOL, span).expr
            }
            TyKind::Str | TyKind::List(_) => {
                let place = into_place(value.expr);
                let len = ExprKind::Len {
                    place: Box::new(place),
                    axis: 0,
                };
                let len = Expr {
                    kind: len,
                    ty: Ty::INT,
                    span,
                };
                compare(len, ExprKind::Int(0))
            }
            TyKind::Tuple(items) => self.constant_bool(!items.is_empty(), value.expr, span),
            TyKind::Optional(inner) => {
                let place = into_place(value.expr);
                // A value that is no variable is evaluated once, for both questions.
                let (place, stmts) = match place.root {
                    Root::Temporary(_) => {
                        let value = self.read(place);
                        self.place_to_read(value, span)
                    }
                    _ => (place, Vec::new()),
                };
                let test = Expr {
                    kind: ExprKind::IsSome(Box::new(place.clone())),
                    ty: Ty::BOOL,
                    span,
                };
                let mut inside = place;
                inside.projections.push(Projection {
                    kind: ProjectionKind::Unwrap { checked: false },
                    ty: inner,
                    span,
                });
                inside.ty = inner;
                let inside = self.read(inside);
                let inside = self.truth(inside.into());
                with_stmts(stmts, logical(crate::hir::LogicalOp::And, test, inside))
            }
            TyKind::Struct(_) => self.struct_truth(value.expr),
            TyKind::PythonObject => self.python_truth(value.expr),
            _ => {
                let name = self.ty_name(ty);
                self.report(diag::bad_operand(span, "bool", &name));
                Val::error(span).expr
            }
        }
    }

    /// A `Bool` that does not depend on the value.
    pub fn constant_bool(&mut self, truth: bool, value: Expr, span: Span) -> Expr {
        let constant = Expr {
            kind: ExprKind::Bool(truth),
            ty: Ty::BOOL,
            span,
        };
        constant_for(constant, value)
    }

    pub fn not(&self, operand: Expr) -> Expr {
        let span = operand.span;
        let kind = match operand.kind {
            ExprKind::Bool(truth) => ExprKind::Bool(!truth),
            ExprKind::Block { stmts, value } if matches!(value.kind, ExprKind::Bool(_)) => {
                return with_stmts(stmts, self.not(*value));
            }
            _ => ExprKind::Unary {
                op: UnaryOp::Not,
                operand: Box::new(operand),
            },
        };
        let ty = Ty::BOOL;
        Expr { kind, ty, span }
    }
}

pub(crate) fn logical(op: crate::hir::LogicalOp, left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr {
        kind: ExprKind::Logical {
            op,
            left: Box::new(left),
            right: Box::new(right),
        },
        ty: Ty::BOOL,
        span,
    }
}

/// A constant that stands for a value, which is evaluated all the same if it does anything.
pub(crate) fn constant_for(constant: Expr, value: Expr) -> Expr {
    let mut value = value.keeping_branches();
    match value.kind {
        ExprKind::Load(ref place) | ExprKind::Move(ref place) if is_at_hand(place) => {
            return constant;
        }
        ExprKind::Move(place) => {
            let mutable = false;
            value.kind = ExprKind::Borrow { place, mutable };
        }
        _ if crate::ops::is_simple(&value) => return constant,
        _ => {}
    }
    let span = constant.span;
    let kind = StmtKind::Expr(value);
    with_stmts(vec![Stmt { kind, span }], constant)
}

/// Whether a place is a variable, or a part of one that is always there.
fn is_at_hand(place: &Place) -> bool {
    let is_part = |step: &Projection| {
        matches!(
            step.kind,
            ProjectionKind::Field(_) | ProjectionKind::Item(_)
        )
    };
    let is_variable = matches!(
        place.root,
        Root::Local(_) | Root::Global(_) | Root::Constant(_)
    );
    is_variable && place.projections.iter().all(is_part)
}
