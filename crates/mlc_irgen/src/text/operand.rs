//! Operands of type `String`, as borrows.

use melior::ir::{Value, ValueLike};
use mlc_dialects::own;
use mlc_sema::hir::{Expr, ExprKind, Mode, Root, is_quiet};

use crate::function::{Lower, Result};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// Borrows of several texts, which are all evaluated before the first is used.
    pub fn texts(&mut self, exprs: &'x [Expr]) -> Result<Vec<Value<'c, 'm>>> {
        let mut values = Vec::new();
        for (at, expr) in exprs.iter().enumerate() {
            values.push(match self.is_text(expr.ty) {
                true => self.text_before(expr, &exprs[at + 1..])?,
                false => self.one(expr)?,
            });
        }
        Ok(values)
    }

    /// A borrow of a text that is still the same when the expressions behind it have been evaluated.
    pub fn text_before(&mut self, expr: &'x Expr, behind: &[Expr]) -> Result<Value<'c, 'm>> {
        let text = self.text(expr)?;
        if behind.iter().all(is_quiet) || !self.is_changeable(expr) {
            return Ok(text);
        }
        let copy = self.load(text, expr.ty)?;
        Ok(self.borrow_box(copy[0], false))
    }

    /// The same borrow as a shared one: functions of the runtime have one signature.
    pub fn shared(&self, borrow: Value<'c, 'm>) -> Value<'c, 'm> {
        match own::payload(borrow.r#type()) {
            Some(payload) if own::kind(borrow.r#type()) == own::Kind::Mut => {
                self.b
                    .value("own.borrow", &[borrow], own::ref_type(payload))
            }
            _ => borrow,
        }
    }

    /// A borrow of a text, to be used before anything else is evaluated.
    pub fn text(&mut self, expr: &'x Expr) -> Result<Value<'c, 'm>> {
        self.at(expr.span);
        match &expr.kind {
            ExprKind::Str(text) => Ok(self.text_literal(text)),
            ExprKind::Load(place) | ExprKind::Borrow { place, .. } | ExprKind::Copy(place) => {
                let spot = self.place(place, false)?;
                self.at(expr.span);
                self.borrow_of(&spot, place.ty)
            }
            _ => {
                let value = self.one(expr)?;
                self.at(expr.span);
                Ok(if own::is_box(value.r#type()) {
                    self.borrow_box(value, false)
                } else {
                    self.shared(value)
                })
            }
        }
    }

    /// Whether a text is in memory that other expressions may write to.
    fn is_changeable(&self, expr: &Expr) -> bool {
        let (ExprKind::Load(place) | ExprKind::Borrow { place, .. } | ExprKind::Copy(place)) =
            &expr.kind
        else {
            return false;
        };
        match &place.root {
            // A new value of a variable of its own has another name in SSA form.
            Root::Local(local) => {
                self.function.locals[local.0 as usize].mode != Mode::Owner
                    || !place.projections.is_empty()
            }
            Root::Constant(_) | Root::Temporary(_) => false,
            Root::Global(_) | Root::Borrowed(_) => true,
        }
    }

    /// The argument of a parameter that borrows a text, one of several.
    pub fn text_argument(&mut self, arg: &'x Expr, args: &[Expr]) -> Result<Value<'c, 'm>> {
        let text = self.text(arg)?;
        if !self.is_changeable(arg) && !is_lent(arg, args) {
            return Ok(text);
        }
        let copy = self.load(text, arg.ty)?;
        Ok(self.borrow_box(copy[0], false))
    }
}

/// Whether one of the arguments of a call lets the callee change the variable that another one reads.
fn is_lent(arg: &Expr, args: &[Expr]) -> bool {
    let (ExprKind::Load(place) | ExprKind::Borrow { place, .. } | ExprKind::Copy(place)) =
        &arg.kind
    else {
        return false;
    };
    let Root::Local(read) = place.root else {
        return false;
    };
    let lends = |other: &Expr| match &other.kind {
        ExprKind::Borrow { place, mutable } => {
            *mutable && matches!(place.root, Root::Local(local) if local == read)
        }
        _ => false,
    };
    args.iter().any(lends)
}
