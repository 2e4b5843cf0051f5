//! Copies of values, and what Python has in their place.

use melior::ir::{Type, Value, ValueLike};
use mlc_diagnostics::Span;
use mlc_dialects::own;
use mlc_sema::hir::Place;

use crate::{
    function::{Lower, Result},
    place::Spot,
    view::array_extents,
};

/// What Python has where a copy is made here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Copies {
    /// A value of its own; but lists of the items of others share them.
    Plain,
    /// A value of its own at any depth: `copy(x)`.
    Deep,
    /// The same value at both places.
    Shared,
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// The value in a place once more.
    pub fn copy_of(
        &mut self,
        place: &'x Place,
        span: Span,
        copies: Copies,
    ) -> Result<Vec<Value<'c, 'm>>> {
        let spot = self.place(place, false)?;
        self.at(span);
        self.copying(copies, |lower| match &spot {
            // What is made here may have parts of others.
            Spot::Fresh(values) if copies == Copies::Deep => Ok(lower.copied_values(values)),
            _ => lower.read(&spot, place.ty),
        })
    }

    fn copying<T>(&mut self, copies: Copies, make: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.copies, copies);
        let made = make(self);
        self.copies = outer;
        made
    }

    /// Makes copies of the items of a list for another list.
    pub fn copying_items<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> T {
        let copies = match self.copies {
            Copies::Deep => Copies::Deep,
            Copies::Plain | Copies::Shared => Copies::Shared,
        };
        self.copying(copies, make)
    }

    /// A value of several parts once more: boxes are copied.
    pub fn copied_values(&self, values: &[Value<'c, 'm>]) -> Vec<Value<'c, 'm>> {
        let copied = |&value: &Value<'c, 'm>| {
            let ty = value.r#type();
            match own::is_box(ty) {
                true => self.copied(self.borrow_box(value, false), ty),
                false => value,
            }
        };
        values.iter().map(copied).collect()
    }

    /// A copy of what is borrowed in a box of its own.
    pub fn copied(&self, source: Value<'c, 'm>, ty: Type<'c>) -> Value<'c, 'm> {
        let is_shared = self.copies == Copies::Shared && own::payload(ty).is_some_and(is_owning);
        let shares = [("mlc.shares", self.b.unit())];
        let attributes = if is_shared { &shares[..] } else { &[] };
        self.b.value_with("own.copy", &[source], ty, attributes)
    }
}

/// Whether Python would share a value rather than copy it: it is no text, and no small array.
fn is_owning(payload: Type) -> bool {
    match array_extents(payload) {
        Some(extents) => extents
            .iter()
            .try_fold(8_i64, |bytes, extent| bytes.checked_mul(*extent))
            .is_none_or(|bytes| !(0..=64).contains(&bytes)),
        None => own::list_element(payload).is_some() || own::struct_name(payload).is_some(),
    }
}
