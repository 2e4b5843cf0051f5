//! Between what an integer expression lies, as far as its text tells: arithmetic that cannot overflow needs no check.

use mlc_sema::hir::{BinaryOp, Expr, ExprKind, Place, Root, Ty, TyKind, UnaryOp};

use crate::function::Lower;

/// The least and the greatest value.
pub type Interval = (i128, i128);

impl Lower<'_, '_, '_> {
    /// Whether the result of an operation on these operands is always one of type `ty`.
    pub fn always_fits(&self, op: BinaryOp, left: Interval, right: Interval, ty: Ty) -> bool {
        let Some(whole) = self.integers(ty) else {
            return false;
        };
        combined(op, left, right).is_some_and(|(low, high)| whole.0 <= low && high <= whole.1)
    }

    /// Where overflow is an error, so that what was computed fits its type.
    pub fn interval(&self, expr: &Expr) -> Interval {
        let Some(whole) = self.integers(expr.ty) else {
            return (i128::from(i64::MIN), i128::from(u64::MAX));
        };
        let found = match &expr.kind {
            ExprKind::Int(value) => Some((*value, *value)),
            ExprKind::Len { .. } => Some((0, i128::from(i64::MAX))),
            ExprKind::Load(place) => Some(self.interval_of(place)),
            ExprKind::Binary { op, left, right } => {
                combined(*op, self.interval(left), self.interval(right))
            }
            ExprKind::Unary {
                op: UnaryOp::Neg,
                operand,
            } => {
                let (low, high) = self.interval(operand);
                Some((-high, -low))
            }
            ExprKind::Cast(operand) => match self.types().kind(operand.ty) {
                TyKind::Bool => Some((0, 1)),
                TyKind::Int { .. } => {
                    let inner = self.interval(operand);
                    (whole.0 <= inner.0 && inner.1 <= whole.1).then_some(inner)
                }
                _ => None,
            },
            ExprKind::If { then, orelse, .. } => {
                let (then, orelse) = (self.interval(then), self.interval(orelse));
                Some((then.0.min(orelse.0), then.1.max(orelse.1)))
            }
            _ => None,
        };
        let (low, high) = found.unwrap_or(whole);
        (low.max(whole.0), high.min(whole.1))
    }

    pub fn interval_of(&self, place: &Place) -> Interval {
        let whole =
            (self.integers(place.ty)).unwrap_or((i128::from(i64::MIN), i128::from(u64::MAX)));
        let Root::Local(local) = place.root else {
            return whole;
        };
        let slot = local.0 as usize;
        if !place.projections.is_empty() || !self.nonnegative.contains(slot) {
            return whole;
        }
        // The index of a loop is below its end.
        let below = i128::from(self.counted.contains(slot));
        (0, whole.1 - below)
    }

    /// All integers of a type.
    fn integers(&self, ty: Ty) -> Option<Interval> {
        let TyKind::Int { bits, signed } = *self.types().kind(ty) else {
            return None;
        };
        let size = 1i128 << bits;
        Some(match signed {
            true => (-size / 2, size / 2 - 1),
            false => (0, size - 1),
        })
    }
}

fn combined(op: BinaryOp, left: Interval, right: Interval) -> Option<Interval> {
    Some(match op {
        BinaryOp::Add => (left.0 + right.0, left.1 + right.1),
        BinaryOp::Sub => (left.0 - right.1, left.1 - right.0),
        BinaryOp::Mul => {
            let ends = [
                left.0.checked_mul(right.0)?,
                left.0.checked_mul(right.1)?,
                left.1.checked_mul(right.0)?,
                left.1.checked_mul(right.1)?,
            ];
            (ends.into_iter().min()?, ends.into_iter().max()?)
        }
        BinaryOp::FloorDiv if right.0 > 0 => (left.0.min(0), left.1.max(0)),
        BinaryOp::Mod if right.0 > 0 => (0, right.1 - 1),
        BinaryOp::And if left.0 >= 0 => (0, left.1),
        BinaryOp::And if right.0 >= 0 => (0, right.1),
        BinaryOp::Shr => (left.0.min(0), left.1.max(0)),
        BinaryOp::Min => (left.0.min(right.0), left.1.min(right.1)),
        BinaryOp::Max => (left.0.max(right.0), left.1.max(right.1)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_exact_where_the_operation_has_them() {
        let bytes = (0, 255);
        assert_eq!(combined(BinaryOp::Add, bytes, (-1, 1)), Some((-1, 256)));
        assert_eq!(combined(BinaryOp::Mul, (-3, 2), bytes), Some((-765, 510)));
        assert_eq!(combined(BinaryOp::Mod, bytes, (1, 10)), Some((0, 9)));
        assert_eq!(combined(BinaryOp::Mod, bytes, (0, 10)), None);
        assert_eq!(combined(BinaryOp::And, (-5, 5), (0, 7)), Some((0, 7)));
        assert_eq!(combined(BinaryOp::Pow, bytes, bytes), None);
    }
}
