//! Subscripts: indices that wrap and are checked, and slices that clamp.

use melior::ir::Value;
use mlc_sema::hir::{ErrorKind, Expr, ExprKind, Projection, Subscript, Ty};

use crate::{
    Error,
    function::{Lower, Result},
    place::Spot,
    view::{View, ViewDim},
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    pub fn index(
        &mut self,
        spot: Spot<'c, 'm>,
        ty: Ty,
        indices: &'x [Expr],
        checked: bool,
        projection: &'x Projection,
        mutable: bool,
    ) -> Result<Spot<'c, 'm>> {
        let mut view = self.spot_view(spot, projection)?;
        let mut values = Vec::new();
        for index in indices {
            values.push((
                self.one(index)?,
                self.is_nonnegative(index),
                constant_int(index),
            ));
        }
        self.at(projection.span);
        let mut positions = Vec::new();
        for (axis, (given, nonnegative, constant)) in values.into_iter().enumerate() {
            let given = self.to_index(given);
            positions.push(if checked {
                let length = self.view_extent(&view, axis);
                self.checked_index(given, length, nonnegative, constant)
            } else {
                given
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
        subscripts: &'x [Subscript],
        projection: &'x Projection,
    ) -> Result<Spot<'c, 'm>> {
        let mut view = self.spot_view(spot, projection)?;
        let axes = view.order.clone();
        for (subscript, axis) in subscripts.iter().zip(axes) {
            // Dimensions that were taken before stay where they are.
            let number = view.order.iter().position(|&other| other == axis);
            let length = self.view_extent(&view, number.unwrap_or(0));
            view.dims[axis] = match subscript {
                Subscript::Index(index) => {
                    let value = self.one(index)?;
                    let nonnegative = self.is_nonnegative(index);
                    self.at(projection.span);
                    let given = self.to_index(value);
                    let index = self.checked_index(given, length, nonnegative, constant_int(index));
                    let position = self.position(view.dims[axis], index);
                    view.fix(axis, position);
                    continue;
                }
                Subscript::Range {
                    start: None,
                    stop: None,
                    step: None,
                    ..
                } => view.dims[axis],
                Subscript::Range {
                    start,
                    stop,
                    step,
                    lanes,
                } => {
                    let (first, step, count) = self.slice_bounds(
                        start.as_ref(),
                        stop.as_ref(),
                        step.as_ref(),
                        length,
                        projection,
                    )?;
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
                    ViewDim::Range {
                        start,
                        step,
                        length: count,
                        lanes: lanes.filter(|_| step.is_none()),
                    }
                }
            };
        }
        Ok(Spot::View(view))
    }

    /// Start, step and number of positions of a slice, as Python's `slice.indices` has them.
    fn slice_bounds(
        &mut self,
        start: Option<&'x Expr>,
        stop: Option<&'x Expr>,
        step: Option<&'x Expr>,
        length: Value<'c, 'm>,
        projection: &Projection,
    ) -> Result<(Value<'c, 'm>, Option<Value<'c, 'm>>, Value<'c, 'm>)> {
        let ty = self.b.index_type();
        let zero = self.b.index(0);
        let bound =
            |lower: &mut Self, expr: Option<&'x Expr>| -> Result<Option<(Value<'c, 'm>, bool)>> {
                let Some(expr) = expr else { return Ok(None) };
                let nonnegative = lower.is_nonnegative(expr);
                let value = lower.one(expr)?;
                Ok(Some((lower.to_index(value), nonnegative)))
            };
        let (start, stop) = (bound(self, start)?, bound(self, stop)?);
        let constant = step.and_then(constant_int);
        let step = bound(self, step)?;
        self.at(projection.span);
        // Clamps into `low..=high` after a negative value was counted from the end.
        let clamp = |lower: &Self,
                     value: (Value<'c, 'm>, bool),
                     low: Value<'c, 'm>,
                     high: Value<'c, 'm>| {
            let (value, nonnegative) = value;
            if nonnegative && low == zero {
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
            let Some((step, _)) = step.filter(|_| constant != Some(1)) else {
                return Ok((first, None, distance));
            };
            let count = self.b.value("arith.ceildivui", &[distance, step], ty);
            return Ok((first, Some(step), count));
        }
        let (step, _) = step.unwrap_or((self.b.index(1), true));
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
        Ok((first, Some(step), count))
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
