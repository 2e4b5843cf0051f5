//! Values with or without a settled type.

use mlc_diagnostics::Span;

use crate::hir::{BinaryOp, Builtin, Expr, ExprKind, Ty};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Weak {
    No,
    /// The expression is an [`ExprKind::Int`]: a constant.
    Int,
    /// The expression has a float type all through, and may be given another with [`retype`].
    Float,
    /// The same of a complex type.
    Complex,
}

#[derive(Clone, Debug)]
pub(crate) struct Val {
    pub expr: Expr,
    pub weak: Weak,
}

impl Val {
    pub fn strong(kind: ExprKind, ty: Ty, span: Span) -> Val {
        Val {
            expr: Expr { kind, ty, span },
            weak: Weak::No,
        }
    }

    pub fn int(value: i128, span: Span) -> Val {
        Val {
            expr: Expr {
                kind: ExprKind::Int(value),
                ty: Ty::INT,
                span,
            },
            weak: Weak::Int,
        }
    }

    pub fn float(value: f64, span: Span) -> Val {
        Val {
            expr: Expr {
                kind: ExprKind::Float(value),
                ty: Ty::F64,
                span,
            },
            weak: Weak::Float,
        }
    }

    /// Something wrong that has been reported.
    pub fn error(span: Span) -> Val {
        Val::strong(ExprKind::None, Ty::ERROR, span)
    }

    pub fn is_error(&self) -> bool {
        self.expr.ty == Ty::ERROR
    }

    /// The constant that it is.
    pub fn constant(&self) -> Option<i128> {
        match (&self.expr.kind, self.weak) {
            (ExprKind::Int(value), Weak::Int) => Some(*value),
            _ => None,
        }
    }
}

impl From<Expr> for Val {
    fn from(expr: Expr) -> Val {
        Val {
            expr,
            weak: Weak::No,
        }
    }
}

/// The smallest and largest value of an integer type.
pub(crate) fn int_range(bits: u8, signed: bool) -> (i128, i128) {
    if signed {
        (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
    } else {
        (0, (1i128 << bits) - 1)
    }
}

/// Gives a weak float or complex expression another such type, all through.
pub(crate) fn retype(expr: &mut Expr, ty: Ty) {
    match &mut expr.kind {
        ExprKind::Float(_) | ExprKind::Complex(..) | ExprKind::Cast(_) => {}
        // The quotient of integers: the operands stay what they are.
        ExprKind::Binary {
            op: BinaryOp::Div,
            left,
            ..
        } if left.ty != expr.ty => {}
        ExprKind::Binary {
            op: BinaryOp::Pow,
            left,
            right,
        } if right.ty != expr.ty => retype(left, ty),
        ExprKind::Binary { left, right, .. } => {
            retype(left, ty);
            retype(right, ty);
        }
        ExprKind::Unary { operand, .. } => retype(operand, ty),
        ExprKind::If { then, orelse, .. } => {
            retype(then, ty);
            retype(orelse, ty);
        }
        ExprKind::Builtin {
            op: Builtin::Math(_),
            args,
        } => args.iter_mut().for_each(|arg| retype(arg, ty)),
        _ => {
            let inner = Expr {
                kind: std::mem::replace(&mut expr.kind, ExprKind::None),
                ..expr.clone()
            };
            expr.kind = ExprKind::Cast(Box::new(inner));
        }
    }
    expr.ty = ty;
}
