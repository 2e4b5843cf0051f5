//! Texts that more is appended to.

use melior::ir::Value;
use mlc_sema::hir::{Builtin, Expr, ExprKind, Root};

use crate::function::{Lower, Result};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// `name + more + …`, which becomes `name`. Each piece is joined by itself, so that it is appended in place where nobody else has
    /// the text (`own-reuse`).
    pub fn joined_text(&mut self, expr: &'x Expr) -> Result<Value<'c, 'm>> {
        let Some((left, right)) = joined(expr) else {
            return self.one(expr);
        };
        let start = match joined(left) {
            Some(_) => {
                let start = self.joined_text(left)?;
                self.borrow_box(start, false)
            }
            None => self.text_before(left, std::slice::from_ref(right))?,
        };
        let more = self.text(right)?;
        self.at(expr.span);
        Ok(self.new_text("mlc_rt_str_concat", &[start, more]))
    }
}

/// Whether an expression begins with the text of a variable and joins more to it.
pub fn grows(slot: usize, expr: &Expr) -> bool {
    let starts = std::iter::successors(joined(expr), |(left, _)| joined(left));
    let Some((first, _)) = starts.last() else {
        return false;
    };
    let (ExprKind::Load(place) | ExprKind::Borrow { place, .. } | ExprKind::Copy(place)) =
        &first.kind
    else {
        return false;
    };
    matches!(place.root, Root::Local(local) if local.0 as usize == slot)
        && place.projections.is_empty()
}

fn joined(expr: &Expr) -> Option<(&Expr, &Expr)> {
    match &expr.kind {
        ExprKind::Builtin {
            op: Builtin::StrConcat,
            args,
        } => match args.as_slice() {
            [left, right] => Some((left, right)),
            _ => None,
        },
        _ => None,
    }
}
