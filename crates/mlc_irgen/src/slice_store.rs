//! `list[i:j] = other`: the items of a slice are replaced, and the list grows or shrinks. `list[i:j:k] = other` for items that
//! are no scalars, and `del list[i:j:k]`.

use melior::ir::ValueLike;
use mlc_dialects::own;
use mlc_sema::hir::{Expr, ExprKind, Place, ProjectionKind, Root, Subscript, TyKind};

use crate::{
    function::{Lower, Result},
    place::Found,
    same_value::may_share,
    view::View,
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

    /// `place = value`, where the place is a slice of a list. `found`: what the place is a part of, if that was found before.
    pub fn replace_items(
        &mut self,
        place: &'x Place,
        value: &'x Expr,
        found: Option<Found<'c, 'm>>,
    ) -> Result<()> {
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
        let found = match found {
            Some(found) => found,
            None => self.find(place, true)?,
        };
        let spot = self.last_step(&found, place, true)?;
        let target = self.view_at(spot, place, true)?;
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

    /// Writes copies of the items of one view of a list to as many places of another.
    pub fn copy_items(&mut self, target: &View<'c, 'm>, source: &View<'c, 'm>) -> Result<()> {
        let count = self.view_extent(target, 0);
        let bounds = self.count_to(count);
        self.scf_for(&bounds, &[], |lower, at| {
            let from = lower.borrow_element(source, at, false);
            let payload = own::payload(from.r#type()).expect("an item is borrowed");
            let copy = lower.copying_items(|lower| lower.copied(from, own::box_type(payload)));
            let to = lower.position(target.dims[0], at);
            let place = lower.elem(target.source, to, true);
            lower.b.op("own.put", &[copy, place], &[]);
            Ok(())
        })
    }

    /// `del place`, where the place is a slice of a list with a step: what stays moves up in its order, what goes moves to
    /// the end, which is cut off.
    pub fn remove_in_steps(&mut self, place: &'x Place) -> Result<()> {
        let target = self.view_of(place, true)?;
        self.at(place.span);
        let list = target.source;
        let index = self.b.index_type();
        let (zero, one) = (self.b.index(0), self.b.index(1));
        let length = self.b.value("own.len", &[list], index);
        let count = self.view_extent(&target, 0);
        // The slice from its lower end on, upwards; from the end of the list where it is empty.
        let before = self.b.value("arith.subi", &[count, one], index);
        let ends = [zero, before].map(|at| self.position(target.dims[0], at));
        let second = self.position(target.dims[0], one);
        let apart = self.b.value("arith.subi", &[second, ends[0]], index);
        let step = self.b.value("math.absi", &[apart], index);
        let lower_end = self.b.value("arith.minsi", &ends, index);
        let empty = self.compare_ints("eq", count, zero);
        let start = (self.b).value("arith.select", &[empty, length, lower_end], index);
        let mut bounds = self.count_to(length);
        bounds.first = start;
        self.scf_for(&bounds, &[], |lower, at| {
            let past = lower.b.value("arith.subi", &[at, start], index);
            let round = lower.b.value("arith.divui", &[past, step], index);
            let rest = lower.b.value("arith.remui", &[past, step], index);
            let between = lower.compare_ints("ne", rest, zero);
            let behind = lower.compare_ints("uge", round, count);
            let bit = lower.b.int_type(1);
            let stays = lower.b.value("arith.ori", &[between, behind], bit);
            lower.when(stays, |lower| {
                // As many go before this one.
                let step_less = lower.b.value("arith.subi", &[step, one], index);
                let up = lower.b.value("arith.addi", &[past, step_less], index);
                let rounds = lower.b.value("arith.divui", &[up, step], index);
                let gone = lower.b.value("arith.minui", &[rounds, count], index);
                let to = lower.b.value("arith.subi", &[at, gone], index);
                lower.exchange(list, at, to);
                Ok(())
            })
        })?;
        let rest = self.b.value("arith.subi", &[length, count], index);
        self.b.op("own.resize", &[list, rest], &[]);
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
