//! Expressions that take some of their operands only where others say so: `and`, `or`, `x if c else y`.

use melior::ir::Value;
use mlc_sema::hir::{BinaryOp, Expr, ExprKind, LogicalOp, Place, Root, Ty, UnaryOp};

use crate::{
    function::{Lower, Result},
    local_set::LocalSet,
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    pub fn logical(
        &mut self,
        op: LogicalOp,
        left: &'x Expr,
        right: &'x Expr,
    ) -> Result<Vec<Value<'c, 'm>>> {
        let a = self.one(left)?;
        let bit = self.b.int_type(1);
        if self.is_plain(right) {
            let b = self.one(right)?;
            let name = if op == LogicalOp::And {
                "arith.andi"
            } else {
                "arith.ori"
            };
            return Ok(vec![self.b.value(name, &[a, b], bit)]);
        }
        let carried = self.carried_in_exprs(&[right]);
        match op {
            LogicalOp::And => self.if_values(
                a,
                &carried,
                &[bit],
                |lower| lower.expr(right),
                |lower| Ok(vec![lower.b.bool(false)]),
            ),
            LogicalOp::Or => self.if_values(
                a,
                &carried,
                &[bit],
                |lower| Ok(vec![lower.b.bool(true)]),
                |lower| lower.expr(right),
            ),
        }
    }

    pub fn conditional(
        &mut self,
        ty: Ty,
        condition: &'x Expr,
        then: &'x Expr,
        orelse: &'x Expr,
    ) -> Result<Vec<Value<'c, 'm>>> {
        let condition = self.one(condition)?;
        if self.types().is_scalar(ty) && self.is_plain(then) && self.is_plain(orelse) {
            let (a, b) = (self.one(then)?, self.one(orelse)?);
            let ty = self.types().flat(ty)?[0];
            return Ok(vec![self.b.value("arith.select", &[condition, a, b], ty)]);
        }
        let types = self.types().flat(ty)?;
        let carried = self.carried_in_exprs(&[then, orelse]);
        self.if_values(
            condition,
            &carried,
            &types,
            |lower| lower.expr(then),
            |lower| lower.expr(orelse),
        )
    }

    /// The variables that regions over parts of the current statement have to hand on.
    fn carried_in_exprs(&self, exprs: &[&Expr]) -> Vec<usize> {
        let mut assigned = LocalSet::default();
        for expr in exprs {
            self.slots()
                .assigned_in(expr, self.reductions, &mut assigned);
        }
        self.cells.without(assigned.common(&self.live))
    }

    /// Whether an expression may as well be evaluated where its value is not needed: cheap, without effects or errors.
    pub fn is_plain(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Float(_) => true,
            ExprKind::Load(Place {
                root: Root::Local(_),
                projections,
                ty,
                ..
            }) => projections.is_empty() && self.types().is_scalar(*ty),
            ExprKind::Unary { op, operand } => *op != UnaryOp::Abs && self.is_plain(operand),
            ExprKind::Compare { left, right, .. } | ExprKind::Logical { left, right, .. } => {
                self.is_plain(left) && self.is_plain(right)
            }
            ExprKind::Binary { op, left, right } => {
                matches!(
                    op,
                    BinaryOp::Add
                        | BinaryOp::Sub
                        | BinaryOp::Mul
                        | BinaryOp::And
                        | BinaryOp::Or
                        | BinaryOp::Xor
                ) && self.is_plain(left)
                    && self.is_plain(right)
            }
            ExprKind::Cast(operand) => {
                self.is_plain(operand)
                    && !(self.cx.program.types.is_float(operand.ty)
                        && self.cx.program.types.is_int(expr.ty))
            }
            _ => false,
        }
    }
}
