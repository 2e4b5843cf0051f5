//! The type in which two numbers meet.

use super::weak::{Val, Weak, retype};
use crate::func::FnCx;
use crate::hir::{FloatKind, Ty, TyKind};

impl FnCx<'_, '_> {
    /// A number or `Bool`, which counts as one in arithmetic.
    pub fn is_arithmetic(&self, ty: Ty) -> bool {
        self.cx.types.is_number(ty) || ty == Ty::BOOL
    }

    /// The type in which two numbers meet.
    pub fn widen(&self, left: Ty, right: Ty) -> Option<Ty> {
        use FloatKind::{Bf16, F16, F32, F64};
        if left == right {
            return Some(left);
        }
        let types = &self.cx.types;
        match (types.kind(left), types.kind(right)) {
            (TyKind::Bool, TyKind::Int { .. } | TyKind::Float(_) | TyKind::Complex(_)) => {
                Some(right)
            }
            (TyKind::Int { .. } | TyKind::Float(_) | TyKind::Complex(_), TyKind::Bool) => {
                Some(left)
            }
            (
                TyKind::Int { bits, signed },
                TyKind::Int {
                    bits: other_bits,
                    signed: other_signed,
                },
            ) => {
                let bits = if signed == other_signed {
                    return Some(if bits >= other_bits { left } else { right });
                } else if *signed {
                    (*bits).max(other_bits.saturating_mul(2))
                } else {
                    (*other_bits).max(bits.saturating_mul(2))
                };
                Ty::signed(bits)
            }
            (TyKind::Int { .. }, TyKind::Float(_) | TyKind::Complex(_)) => Some(right),
            (TyKind::Float(_) | TyKind::Complex(_), TyKind::Int { .. }) => Some(left),
            (TyKind::Float(a), TyKind::Float(b)) => Some(match (a, b) {
                (F64, _) | (_, F64) => Ty::F64,
                (F32, _) | (_, F32) | (F16, Bf16) | (Bf16, F16) => Ty::F32,
                _ => left,
            }),
            (TyKind::Complex(a), TyKind::Complex(b) | TyKind::Float(b))
            | (TyKind::Float(b), TyKind::Complex(a)) => Some(if *a == F64 || *b == F64 {
                Ty::C128
            } else {
                Ty::C64
            }),
            _ => None,
        }
    }

    /// Both values in the type where they meet; weak ones take the other's type.
    pub fn meet(&mut self, left: Val, right: Val) -> Option<(Val, Val)> {
        let (left_ty, right_ty) = (left.expr.ty, right.expr.ty);
        match (left.weak, right.weak) {
            (Weak::No, Weak::No) => {
                let wide = self.widen(left_ty, right_ty)?;
                let left = self.cast_to(left.expr, wide);
                let right = self.cast_to(right.expr, wide);
                Some((left.into(), right.into()))
            }
            (Weak::Int, Weak::Int) => Some((left, right)),
            (Weak::Int | Weak::Float, Weak::Float) | (Weak::Float, Weak::Int) => {
                Some((self.weak_float(left), self.weak_float(right)))
            }
            (Weak::Int | Weak::Float | Weak::Complex, Weak::Complex)
            | (Weak::Complex, Weak::Int | Weak::Float) => {
                Some((self.weak_complex(left), self.weak_complex(right)))
            }
            (Weak::No, _) => {
                let (right, left) = self.meet_weak(right, left)?;
                Some((left, right))
            }
            (_, Weak::No) => self.meet_weak(left, right),
        }
    }

    /// `weak` meets a typed value.
    fn meet_weak(&mut self, weak: Val, typed: Val) -> Option<(Val, Val)> {
        let ty = typed.expr.ty;
        if !self.is_arithmetic(ty) {
            return None;
        }
        if weak.weak == Weak::Int {
            let ty = if ty == Ty::BOOL { Ty::INT } else { ty };
            let typed = self.cast_to(typed.expr, ty);
            return Some((self.constant_as(weak.expr, ty).into(), typed.into()));
        }
        if weak.weak == Weak::Complex {
            return Some(self.meet_complex(weak, typed));
        }
        if ty == Ty::INT || ty == Ty::BOOL {
            return Some((weak, self.weak_float(typed)));
        }
        let mut expr = weak.expr;
        match self.cx.types.kind(ty) {
            TyKind::Float(_) => retype(&mut expr, ty),
            TyKind::Complex(kind) => {
                retype(
                    &mut expr,
                    if *kind == FloatKind::F32 {
                        Ty::F32
                    } else {
                        Ty::F64
                    },
                );
                expr = self.cast_to(expr, ty);
            }
            _ => {
                let typed = self.cast_to(typed.expr, Ty::F64);
                return Some((expr.into(), typed.into()));
            }
        }
        Some((expr.into(), typed))
    }

    /// A weak complex value meets a typed number: it takes the precision of that.
    fn meet_complex(&mut self, weak: Val, typed: Val) -> (Val, Val) {
        let ty = typed.expr.ty;
        if ty == Ty::INT || ty == Ty::BOOL {
            return (weak, self.weak_complex(typed));
        }
        let to = match *self.cx.types.kind(ty) {
            TyKind::Complex(_) => ty,
            TyKind::Float(kind) if kind != FloatKind::F64 => Ty::C64,
            _ => Ty::C128,
        };
        let mut expr = weak.expr;
        retype(&mut expr, to);
        (expr.into(), self.cast_to(typed.expr, to).into())
    }

    /// A weak value or `Int` as a weak complex one.
    fn weak_complex(&mut self, value: Val) -> Val {
        Val {
            expr: self.cast_to(value.expr, Ty::C128),
            weak: Weak::Complex,
        }
    }

    /// A weak value or `Int` as a weak float.
    pub fn weak_float(&mut self, value: Val) -> Val {
        Val {
            expr: self.cast_to(value.expr, Ty::F64),
            weak: Weak::Float,
        }
    }
}
