//! Subscripts: indices that wrap and are checked, and slices that clamp.

use melior::ir::Value;
use mlc_sema::hir::{ErrorKind, Expr, ExprKind, Projection, ProjectionKind, Subscript, Ty};

use crate::{
    Error,
    function::{Lower, Result},
    place::Spot,
    view::{View, ViewDim},
};

/// An index, or a bound of a slice, that was evaluated.
#[derive(Clone, Copy)]
pub struct Number<'c, 'm> {
    /// Of type `index`.
    value: Value<'c, 'm>,
    nonnegative: bool,
    constant: Option<i128>,
}

/// What is given for a step into a list or array, in order; the three of a slice are there or not.
pub type Given<'c, 'm> = Vec<Option<Number<'c, 'm>>>;

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// Evaluates the subscripts of a step into a list or array; none for another one.
    pub fn given(&mut self, projection: &'x Projection) -> Result<Given<'c, 'm>> {
        let mut given = Given::new();
        match &projection.kind {
            ProjectionKind::Index { indices, .. } => {
                for index in indices {
                    given.push(Some(self.given_number(index)?));
                }
            }
            ProjectionKind::Slice(subscripts) => {
                for subscript in subscripts {
                    match subscript {
                        Subscript::Index(index) => given.push(Some(self.given_number(index)?)),
                        Subscript::Range {
                            start, stop, step, ..
                        } => {
                            for bound in [start, stop, step] {
                                let bound = bound.as_ref().map(|bound| self.given_number(bound));
                                given.push(bound.transpose()?);
                            }
                        }
                    }
                }
            }
            _ => {}
        }
        Ok(given)
    }

    fn given_number(&mut self, expr: &'x Expr) -> Result<Number<'c, 'm>> {
        let nonnegative = self.is_nonnegative(expr);
        let value = self.one(expr)?;
        Ok(Number {
            value: self.to_index(value),
            nonnegative,
            constant: constant_int(expr),
        })
    }

    pub fn index(
        &mut self,
        spot: Spot<'c, 'm>,
        ty: Ty,
        given: &Given<'c, 'm>,
        checked: bool,
        projection: &Projection,
        mutable: bool,
    ) -> Result<Spot<'c, 'm>> {
        let mut view = self.spot_view(spot, projection)?;
        let mut positions = Vec::new();
        for (axis, bound) in given.iter().flatten().enumerate() {
            positions.push(if checked {
                let length = self.view_extent(&view, axis);
                self.checked_index(bound.value, length, bound.nonnegative, bound.constant)
            } else {
                bound.value
            });
        }
        // The elements of a list that are no scalars are borrowed in place.
        if self.types().stored_element(ty).is_some() {
            return Ok(Spot::Borrow(self.borrow_element(
                &view,
                positions[0],
                mutable,
            )));
        }
        for position in positions {
            view = self.fix_first(&view, position);
        }
        Ok(if view.rank() == 0 {
            Spot::Element(view)
        } else {
            Spot::View(view)
        })
    }

    /// What is indexed or sliced, as a view.
    pub fn spot_view(
        &mut self,
        spot: Spot<'c, 'm>,
        projection: &Projection,
    ) -> Result<View<'c, 'm>> {
        match spot {
            Spot::Borrow(source) => Ok(self.whole_view(source)),
            Spot::View(view) => Ok(view),
            _ => Err(Error::unsupported(
                projection.span,
                "taking a part of a value of this type",
            )),
        }
    }

    /// An index that lies in `0..length`: wrapped if it is negative, then checked.
    pub fn checked_index(
        &mut self,
        given: Value<'c, 'm>,
        length: Value<'c, 'm>,
        nonnegative: bool,
        constant: Option<i128>,
    ) -> Value<'c, 'm> {
        let ty = self.b.index_type();
        let wrapped = if nonnegative {
            given
        } else {
            let from_end = self.b.value("arith.addi", &[given, length], ty);
            if constant.is_some_and(|index| index < 0) {
                from_end
            } else {
                let zero = self.b.index(0);
                let negative = self.compare_ints("slt", given, zero);
                self.b
                    .value("arith.select", &[negative, from_end, given], ty)
            }
        };
        if self.checks {
            self.b.op("own.check_index", &[wrapped, length, given], &[]);
        }
        wrapped
    }

    pub fn slice(
        &mut self,
        spot: Spot<'c, 'm>,
        subscripts: &[Subscript],
        given: &Given<'c, 'm>,
        projection: &Projection,
    ) -> Result<Spot<'c, 'm>> {
        let mut view = self.spot_view(spot, projection)?;
        let axes = view.order.clone();
        let mut given = given.iter().copied();
        let mut next = || given.next().flatten();
        for (subscript, axis) in subscripts.iter().zip(axes) {
            // Dimensions that were taken before stay where they are.
            let number = view.order.iter().position(|&other| other == axis);
            let length = self.view_extent(&view, number.unwrap_or(0));
            let Subscript::Range { lanes, .. } = subscript else {
                if let Some(bound) = next() {
                    let (nonnegative, constant) = (bound.nonnegative, bound.constant);
                    let index = self.checked_index(bound.value, length, nonnegative, constant);
                    let position = self.position(view.dims[axis], index);
                    view.fix(axis, position);
                }
                continue;
            };
            let range = [next(), next(), next()];
            if range.iter().all(Option::is_none) {
                continue;
            }
            let (first, step, count) = self.slice_bounds(range, length);
            let start = self.position(view.dims[axis], first);
            let step = match (view.dims[axis], step) {
                (
                    ViewDim::Range {
                        step: Some(outer), ..
                    },
                    Some(step),
                ) => Some(
                    self.b
                        .value("arith.muli", &[outer, step], self.b.index_type()),
                ),
                (ViewDim::Range { step: outer, .. }, None) => outer,
                (_, step) => step,
            };
            view.dims[axis] = ViewDim::Range {
                start,
                step,
                length: count,
                lanes: lanes.filter(|_| step.is_none()),
            };
        }
        Ok(Spot::View(view))
    }

    /// Start, step and number of positions of a slice, as Python's `slice.indices` has them.
    fn slice_bounds(
        &mut self,
        [start, stop, step]: [Option<Number<'c, 'm>>; 3],
        length: Value<'c, 'm>,
    ) -> (Value<'c, 'm>, Option<Value<'c, 'm>>, Value<'c, 'm>) {
        let ty = self.b.index_type();
        let zero = self.b.index(0);
        let constant = step.and_then(|step| step.constant);
        // Clamps into `low..=high` after a negative value was counted from the end.
        let clamp =
            |lower: &Self, bound: Number<'c, 'm>, low: Value<'c, 'm>, high: Value<'c, 'm>| {
                let value = bound.value;
                if bound.nonnegative && low == zero {
                    return lower.b.value("arith.minsi", &[value, high], ty);
                }
                let from_end = lower.b.value("arith.addi", &[value, length], ty);
                let negative = lower.compare_ints("slt", value, zero);
                let wrapped = lower
                    .b
                    .value("arith.select", &[negative, from_end, value], ty);
                let raised = lower.b.value("arith.maxsi", &[wrapped, low], ty);
                lower.b.value("arith.minsi", &[raised, high], ty)
            };
        let forwards = match (step, constant) {
            (None, _) => true,
            (Some(_), Some(constant)) => constant > 0,
            (Some(_), None) => false,
        };
        if forwards {
            let first = start.map_or(zero, |value| clamp(self, value, zero, length));
            let last = stop.map_or(length, |value| clamp(self, value, zero, length));
            let distance = self.b.value("arith.subi", &[last, first], ty);
            let distance = self.b.value("arith.maxsi", &[distance, zero], ty);
            let Some(step) = step.filter(|_| constant != Some(1)) else {
                return (first, None, distance);
            };
            let count = self.b.value("arith.ceildivui", &[distance, step.value], ty);
            return (first, Some(step.value), count);
        }
        let step = step.map_or(self.b.index(1), |step| step.value);
        if constant.is_none() || constant == Some(0) {
            let some = self.compare_ints("ne", step, zero);
            self.check(some, ErrorKind::ValueError, "slice step cannot be zero");
        }
        let one = self.b.index(1);
        let minus_one = self.b.index(-1);
        let backwards = self.compare_ints("slt", step, zero);
        let end = self.b.value("arith.subi", &[length, one], ty);
        let low = self
            .b
            .value("arith.select", &[backwards, minus_one, zero], ty);
        let high = self.b.value("arith.select", &[backwards, end, length], ty);
        let first = match start {
            Some(value) => clamp(self, value, low, high),
            None => self.b.value("arith.select", &[backwards, end, zero], ty),
        };
        let last = match stop {
            Some(value) => clamp(self, value, low, high),
            None => self
                .b
                .value("arith.select", &[backwards, minus_one, length], ty),
        };
        let distance = self.b.value("arith.subi", &[last, first], ty);
        let count = self.b.value("arith.ceildivsi", &[distance, step], ty);
        let count = self.b.value("arith.maxsi", &[count, zero], ty);
        (first, Some(step), count)
    }
}

/// The number that an integer literal stands for.
pub fn constant_int(expr: &Expr) -> Option<i128> {
    match &expr.kind {
        ExprKind::Int(value) => Some(*value),
        ExprKind::Unary {
            op: mlc_sema::hir::UnaryOp::Neg,
            operand,
        } => constant_int(operand).map(|value| -value),
        _ => None,
    }
}
