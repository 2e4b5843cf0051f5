//! `list[i:j] = other`: the items of a slice are replaced, and the list grows or shrinks.

use melior::ir::ValueLike;
use mlc_dialects::own;
use mlc_sema::hir::{Expr, ExprKind, Place, ProjectionKind, Root, Subscript, TyKind};

use crate::{
    function::{Lower, Result},
    same_value::may_share,
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// Whether storing to the place replaces items of a list, however many. Slices with a step keep their length, and
    /// so do element-wise results, and all lists while a parallel loop runs.
    pub fn replaces_items(&self, place: &Place, value: &Expr) -> bool {
        let one_apart =
            |subscript: &Subscript| matches!(subscript, Subscript::Range { step: None, .. });
        matches!(self.types().kind(place.ty), TyKind::List(_))
            && !is_element_wise(value)
            && !self.in_parallel
            && place
                .projections
                .last()
                .is_some_and(|last| match &last.kind {
                    ProjectionKind::Slice(subscripts) => subscripts.iter().all(one_apart),
                    _ => false,
                })
    }

    /// `place = value`, where the place is a slice of a list.
    pub fn replace_items(&mut self, place: &'x Place, value: &'x Expr) -> Result<()> {
        let mut source = match &value.kind {
            ExprKind::Borrow { place: source, .. } => self.view_of(source, false)?,
            _ => {
                let fresh = self.one(value)?;
                let fresh = match own::is_box(fresh.r#type()) {
                    true => self.borrow_box(fresh, false),
                    false => fresh,
                };
                self.whole_view(fresh)
            }
        };
        let target = self.view_of(place, true)?;
        if may_share(source.source, target.source) {
            let copy = self.copy_view(&source, value.ty)?;
            let copy = self.borrow_box(copy, false);
            source = self.whole_view(copy);
        }
        self.at(place.span);
        let TyKind::List(elem) = *self.types().kind(place.ty) else {
            unreachable!("the place is a slice of a list");
        };
        let index = self.b.index_type();
        let list = target.source;
        let count = self.view_extent(&source, 0);
        let old_count = self.view_extent(&target, 0);
        let start = self.position(target.dims[0], self.b.index(0));
        // [before, old, behind] becomes [before, old, behind, new], by reversals [before, new, behind, old], and `old` goes.
        let length = self.b.value("own.len", &[list], index);
        let total = self.b.value("arith.addi", &[length, count], index);
        self.b.op("own.resize", &[list, total], &[]);
        self.copy_into(list, length, &source, count, elem)?;
        let new_end = self.b.value("arith.addi", &[start, count], index);
        let end = self.b.value("arith.subi", &[total, old_count], index);
        for (first, last) in [(start, total), (start, new_end), (new_end, end)] {
            self.reverse_between(list, first, last)?;
        }
        self.b.op("own.resize", &[list, end], &[]);
        Ok(())
    }
}

/// Whether a value is computed element by element, which Python's lists do not have.
fn is_element_wise(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Map { .. } => true,
        ExprKind::Borrow { place, .. } => match &place.root {
            Root::Temporary(inner) => is_element_wise(inner),
            _ => false,
        },
        _ => false,
    }
}
