//! Operands of type `String`, as borrows.

use melior::ir::{Value, ValueLike};
use mlc_dialects::own;
use mlc_sema::hir::{
    Builtin, Expr, ExprKind, Mode, Place, ProjectionKind, Root, StmtKind, Subscript,
};

use crate::function::{Lower, Result};
use crate::text::is_of_texts;

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

    /// Whether evaluating an expression leaves all texts in memory as they are.
    pub fn keeps_texts(&self, expr: &Expr) -> bool {
        is_quiet(expr)
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

/// Whether evaluating an expression certainly changes no memory that existed before.
fn is_quiet(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::None
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Complex(..)
        | ExprKind::Str(_)
        | ExprKind::Nothing => true,
        ExprKind::Load(place) | ExprKind::Copy(place) | ExprKind::Borrow { place, .. } => {
            is_quiet_place(place)
        }
        ExprKind::Len { place, .. } | ExprKind::IsSome(place) => is_quiet_place(place),
        ExprKind::Cast(operand) | ExprKind::Unary { operand, .. } | ExprKind::Some(operand) => {
            is_quiet(operand)
        }
        ExprKind::Binary { left, right, .. }
        | ExprKind::Compare { left, right, .. }
        | ExprKind::Logical { left, right, .. } => is_quiet(left) && is_quiet(right),
        ExprKind::If {
            condition,
            then,
            orelse,
        } => is_quiet(condition) && is_quiet(then) && is_quiet(orelse),
        ExprKind::Tuple(items) => items.iter().all(is_quiet),
        ExprKind::Block { stmts, value } => {
            let bind = |stmt: &mlc_sema::hir::Stmt| matches!(&stmt.kind, StmtKind::Bind { value, .. } if is_quiet(value));
            stmts.iter().all(bind) && is_quiet(value)
        }
        ExprKind::Builtin { op, args } => is_of_values(*op) && args.iter().all(is_quiet),
        _ => false,
    }
}

fn is_quiet_place(place: &Place) -> bool {
    let root = match &place.root {
        Root::Temporary(value) | Root::Borrowed(value) => is_quiet(value),
        _ => true,
    };
    root && place
        .projections
        .iter()
        .all(|projection| match &projection.kind {
            ProjectionKind::Field(_)
            | ProjectionKind::Item(_)
            | ProjectionKind::Transpose(_)
            | ProjectionKind::Unwrap { .. } => true,
            ProjectionKind::Index { indices, .. } | ProjectionKind::Reshape(indices) => {
                indices.iter().all(is_quiet)
            }
            ProjectionKind::Slice(subscripts) => subscripts.iter().all(|part| match part {
                Subscript::Index(index) => is_quiet(index),
                Subscript::Range {
                    start, stop, step, ..
                } => [start, stop, step].into_iter().flatten().all(is_quiet),
            }),
        })
}

/// Whether an operation only computes with its operands.
fn is_of_values(op: Builtin) -> bool {
    match op {
        Builtin::Math(_) | Builtin::Gcd => true,
        // It makes a list.
        Builtin::StrSplit => false,
        _ => is_of_texts(op),
    }
}
