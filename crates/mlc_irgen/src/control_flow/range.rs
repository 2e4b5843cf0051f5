//! The ranges that loops count over.

use melior::ir::Value;
use mlc_sema::hir::Range;

use crate::{
    function::{Lower, Result},
    subscript::constant_int,
};

/// A range to loop over: counts from `first` below `last` by the positive `step`.
pub struct Bounds<'c, 'm> {
    pub first: Value<'c, 'm>,
    pub last: Value<'c, 'm>,
    pub step: Value<'c, 'm>,
    /// Start and step by which the value of the index comes from what is counted, where that is not the value.
    pub scale: Option<(Value<'c, 'm>, Value<'c, 'm>)>,
    /// Whether no value is negative.
    pub nonnegative: bool,
}

/// The greatest step by which a loop counts that cannot come from one end of the integers to the other one.
const SHORT: i64 = 1 << 16;

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// Evaluates the bounds of a range.
    pub fn bounds(&mut self, range: &'x Range) -> Result<Bounds<'c, 'm>> {
        let nonnegative_start = self.is_nonnegative(&range.start);
        let start = self.one(&range.start)?;
        let stop = self.one(&range.stop)?;
        let (start, stop) = (self.to_index(start), self.to_index(stop));
        let step = match &range.step {
            None => Some(1),
            Some(step) => constant_int(step).and_then(|step| i64::try_from(step).ok()),
        };
        if let Some(step) = step.filter(|step| (1..=SHORT).contains(step)) {
            return Ok(Bounds {
                first: start,
                last: stop,
                step: self.b.index(step),
                scale: None,
                nonnegative: nonnegative_start,
            });
        }
        let index = self.b.index_type();
        let step_value = match (&range.step, step) {
            (_, Some(step)) if step != 0 => self.b.index(step),
            (Some(expr), _) => {
                let value = self.one(expr)?;
                let zero = self.b.int(0, self.b.int_type(64));
                let some = self.compare_ints("ne", value, zero);
                self.at(expr.span);
                self.check(
                    some,
                    mlc_sema::hir::ErrorKind::ValueError,
                    "range() arg 3 must not be zero",
                );
                self.to_index(value)
            }
            (None, _) => self.b.index(1),
        };
        // Counting down to something that is not below -1.
        let ends_at_zero = step.is_some_and(|step| step < 0)
            && (constant_int(&range.stop).is_some_and(|stop| stop >= -1)
                || self.is_nonnegative(&range.stop));
        let trips = match step {
            // Trips: ceil((stop - start) / step), none if the signs differ. The distance cannot overflow.
            Some(step) if ends_at_zero && step >= -SHORT => {
                let distance = self.b.value("arith.subi", &[stop, start], index);
                self.b
                    .value("arith.ceildivsi", &[distance, step_value], index)
            }
            _ => self.rounds(start, stop, step_value),
        };
        let zero = self.b.index(0);
        let trips = self.b.value("arith.maxsi", &[trips, zero], index);
        Ok(Bounds {
            first: zero,
            last: trips,
            step: self.b.index(1),
            scale: Some((start, step_value)),
            nonnegative: ends_at_zero,
        })
    }

    /// How often a loop goes round, whatever its step and its bounds; no bounds are too far apart for that, but no more
    /// than an index counts.
    fn rounds(
        &mut self,
        start: Value<'c, 'm>,
        stop: Value<'c, 'm>,
        step: Value<'c, 'm>,
    ) -> Value<'c, 'm> {
        let index = self.b.index_type();
        let (zero, one) = (self.b.index(0), self.b.index(1));
        let up = self.compare_ints("sgt", step, zero);
        let pick = |yes, no| self.b.value("arith.select", &[up, yes, no], index);
        let (low, high) = (pick(start, stop), pick(stop, start));
        let down = self.b.value("arith.subi", &[zero, step], index);
        let size = pick(step, down);
        // A step of zero has been told; the division may not trap before.
        let size = self.b.value("arith.maxui", &[size, one], index);
        let distance = self.b.value("arith.subi", &[high, low], index);
        let distance = self.b.value("arith.subi", &[distance, one], index);
        let trips = self.b.value("arith.divui", &[distance, size], index);
        let most = self.b.index(i64::MAX - 1);
        let trips = self.b.value("arith.minui", &[trips, most], index);
        let trips = self.b.value("arith.addi", &[trips, one], index);
        let some = self.compare_ints("slt", low, high);
        self.b.value("arith.select", &[some, trips, zero], index)
    }

    /// The value of the index of a loop, from the value that is counted.
    pub(super) fn value_at(
        &self,
        bounds: &Bounds<'c, 'm>,
        counted: Value<'c, 'm>,
    ) -> Value<'c, 'm> {
        match bounds.scale {
            None => counted,
            Some((start, step)) => {
                let index = self.b.index_type();
                let offset = self.b.value("arith.muli", &[counted, step], index);
                self.b.value("arith.addi", &[start, offset], index)
            }
        }
    }
}
