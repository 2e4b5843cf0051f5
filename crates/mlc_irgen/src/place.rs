//! Places: paths to stored values, and reading, writing and borrowing what is there.

use melior::ir::{Value, ValueLike, operation::OperationLike};
use mlc_diagnostics::Diagnostic;
use mlc_dialects::own;
use mlc_mlir::rewrite::{defining_op, op_name};
use mlc_sema::hir::{
    ErrorKind, Expr, ExprKind, Place, Projection, ProjectionKind, Root, Subscript, Ty, TyKind,
};

use crate::{
    Error,
    function::{Binding, Lower, Result},
    view::{View, ViewDim},
};

/// A borrow: of a payload in memory, or of a part of a list or array.
#[derive(Clone)]
pub enum Borrowed<'c, 'm> {
    /// A value of type `!own.ref` or `!own.mut`.
    Ref(Value<'c, 'm>),
    View(View<'c, 'm>),
}

/// An evaluated place.
#[derive(Clone)]
pub enum Spot<'c, 'm> {
    /// A variable that is held in SSA values, whole.
    Slot(usize),
    /// A value that is held in SSA values and cannot be written.
    Values(Vec<Value<'c, 'm>>),
    /// A fresh value that is held in SSA values; who reads it owns it.
    Fresh(Vec<Value<'c, 'm>>),
    /// A payload in memory.
    Borrow(Value<'c, 'm>),
    /// A part of a list or array.
    View(View<'c, 'm>),
    /// A scalar element: a view without dimensions.
    Element(View<'c, 'm>),
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// Evaluates a place; `mutable`: to write there.
    pub fn place(&mut self, place: &'x Place, mutable: bool) -> Result<Spot<'c, 'm>> {
        let (mut spot, mut ty) = self.root(place, mutable)?;
        for projection in &place.projections {
            spot = self.project(spot, ty, projection, mutable)?;
            ty = projection.ty;
        }
        Ok(spot)
    }

    fn root(&mut self, place: &'x Place, mutable: bool) -> Result<(Spot<'c, 'm>, Ty)> {
        self.at(place.span);
        match &place.root {
            Root::Local(local) => {
                let slot = local.0 as usize;
                let ty = self.local_ty(*local);
                let spot = match self.env[slot].clone() {
                    Binding::Borrow(Borrowed::Ref(value)) => Spot::Borrow(value),
                    Binding::Borrow(Borrowed::View(view)) => Spot::View(view),
                    Binding::Values(values) if self.types().is_boxed(ty) => {
                        Spot::Borrow(self.borrow_box(values[0], mutable))
                    }
                    Binding::Values(_) => Spot::Slot(slot),
                    // Where no path binds it, the statement is never reached.
                    Binding::Unset => {
                        let values = self.current(slot)?;
                        self.set_slot(slot, values);
                        return self.root(place, mutable);
                    }
                };
                Ok((spot, ty))
            }
            Root::Temporary(value) => {
                let values = self.expr(value)?;
                let spot = if self.types().is_boxed(value.ty) {
                    Spot::Borrow(self.borrow_box(values[0], mutable))
                } else {
                    Spot::Fresh(values)
                };
                Ok((spot, value.ty))
            }
            Root::Borrowed(value) => Ok((Spot::Borrow(self.one(value)?), value.ty)),
            Root::Global(global) => {
                let ty = self.cx.program.globals[global.0 as usize].ty;
                Ok((Spot::Borrow(self.global(*global, mutable)?), ty))
            }
            Root::Constant(constant) => {
                let ty = self.cx.program.constants[constant.0 as usize].ty;
                Ok((Spot::Borrow(self.constant_data(*constant)?), ty))
            }
        }
    }

    /// Borrows what a box owns.
    pub fn borrow_box(&self, value: Value<'c, 'm>, mutable: bool) -> Value<'c, 'm> {
        let payload = own::payload(value.r#type()).expect("the value is a box");
        if mutable {
            self.b
                .value("own.borrow_mut", &[value], own::mut_type(payload))
        } else {
            self.b.value("own.borrow", &[value], own::ref_type(payload))
        }
    }

    fn project(
        &mut self,
        spot: Spot<'c, 'm>,
        ty: Ty,
        projection: &'x Projection,
        mutable: bool,
    ) -> Result<Spot<'c, 'm>> {
        self.at(projection.span);
        match &projection.kind {
            ProjectionKind::Field(position) => {
                self.part(spot, ty, *position as usize, mutable, projection)
            }
            ProjectionKind::Item(position) => {
                self.part(spot, ty, *position as usize, mutable, projection)
            }
            ProjectionKind::Unwrap { checked } => {
                if *checked {
                    let some = self.is_some(&spot)?;
                    self.check(some, ErrorKind::TypeError, "expected a value, found None");
                }
                match spot {
                    Spot::Slot(slot) => {
                        let values = self.current(slot)?;
                        Ok(self.inner_value(values[1..].to_vec(), projection.ty, mutable))
                    }
                    Spot::Values(values) | Spot::Fresh(values) => {
                        Ok(self.inner_value(values[1..].to_vec(), projection.ty, mutable))
                    }
                    Spot::Borrow(source) => Ok(Spot::Borrow(self.field(source, 1, mutable))),
                    _ => Err(Error::unsupported(
                        projection.span,
                        "this use of an optional",
                    )),
                }
            }
            ProjectionKind::Index { indices, .. } if self.is_text(ty) => {
                let text = self.borrow_of(&spot, ty)?;
                self.text_index(text, indices, projection)
            }
            ProjectionKind::Slice(subscripts) if self.is_text(ty) => {
                let text = self.borrow_of(&spot, ty)?;
                self.text_slice(text, subscripts, projection)
            }
            ProjectionKind::Index { indices, checked } => {
                self.index(spot, ty, indices, *checked, projection, mutable)
            }
            ProjectionKind::Slice(subscripts) => self.slice(spot, subscripts, projection),
        }
    }

    /// A part of a value that is held in SSA values.
    fn inner_value(&self, values: Vec<Value<'c, 'm>>, ty: Ty, mutable: bool) -> Spot<'c, 'm> {
        if self.types().is_boxed(ty) {
            Spot::Borrow(self.borrow_box(values[0], mutable))
        } else {
            Spot::Values(values)
        }
    }

    /// A field of a struct or an item of a tuple.
    fn part(
        &mut self,
        spot: Spot<'c, 'm>,
        ty: Ty,
        position: usize,
        mutable: bool,
        projection: &Projection,
    ) -> Result<Spot<'c, 'm>> {
        match spot {
            Spot::Borrow(source) => Ok(Spot::Borrow(self.field(source, position, mutable))),
            Spot::Slot(_) | Spot::Values(_) | Spot::Fresh(_) => {
                let values = match &spot {
                    Spot::Slot(slot) => self.current(*slot)?,
                    Spot::Values(values) | Spot::Fresh(values) => values.clone(),
                    _ => vec![],
                };
                let range = self.item_range(ty, position)?;
                let item = values[range].to_vec();
                if self.types().is_boxed(projection.ty) {
                    return Ok(Spot::Borrow(self.borrow_box(item[0], mutable)));
                }
                Ok(Spot::Values(item))
            }
            _ => Err(Error::unsupported(
                projection.span,
                "this part of an element",
            )),
        }
    }

    /// Which of the flat values of a tuple are those of an item.
    pub fn item_range(&self, tuple: Ty, position: usize) -> Result<std::ops::Range<usize>> {
        let TyKind::Tuple(items) = self.types().kind(tuple) else {
            return Err(Error::Invalid(
                "an item of something that is no tuple".into(),
            ));
        };
        let mut start = 0;
        for &item in &items[..position] {
            start += self.types().flat(item)?.len();
        }
        Ok(start..start + self.types().flat(items[position])?.len())
    }

    /// `own.field`.
    pub fn field(&self, source: Value<'c, 'm>, position: usize, mutable: bool) -> Value<'c, 'm> {
        let payload = own::payload(source.r#type()).expect("the value is a borrow");
        let fields = own::struct_fields(payload).expect("the value is a borrow of a struct");
        let ty = if mutable {
            own::mut_type(fields[position])
        } else {
            own::ref_type(fields[position])
        };
        let number =
            melior::ir::attribute::IntegerAttribute::new(self.b.int_type(64), position as i64);
        self.b
            .value_with("own.field", &[source], ty, &[("field", number.into())])
    }

    /// Whether an optional holds a value.
    pub fn is_some(&mut self, spot: &Spot<'c, 'm>) -> Result<Value<'c, 'm>> {
        Ok(match spot {
            Spot::Slot(slot) => self.current(*slot)?[0],
            Spot::Values(values) | Spot::Fresh(values) => values[0],
            Spot::Borrow(source) => {
                let flag = self.field(*source, 0, false);
                self.b.value("own.load", &[flag], self.b.int_type(1))
            }
            Spot::View(_) | Spot::Element(_) => self.b.bool(true),
        })
    }

    // ---- indices

    fn index(
        &mut self,
        spot: Spot<'c, 'm>,
        ty: Ty,
        indices: &'x [Expr],
        checked: bool,
        projection: &'x Projection,
        mutable: bool,
    ) -> Result<Spot<'c, 'm>> {
        let mut view = match spot {
            Spot::Borrow(source) => self.whole_view(source),
            Spot::View(view) => view,
            _ => {
                return Err(Error::unsupported(
                    projection.span,
                    "indexing a value of this type",
                ));
            }
        };
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
        if let TyKind::List(elem) = self.types().kind(ty)
            && !self.types().is_scalar(*elem)
        {
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

    fn slice(
        &mut self,
        spot: Spot<'c, 'm>,
        subscripts: &'x [Subscript],
        projection: &'x Projection,
    ) -> Result<Spot<'c, 'm>> {
        let mut view = match spot {
            Spot::Borrow(source) => self.whole_view(source),
            Spot::View(view) => view,
            _ => {
                return Err(Error::unsupported(
                    projection.span,
                    "slicing a value of this type",
                ));
            }
        };
        let axes: Vec<usize> = view.axes().collect();
        for (at, subscript) in subscripts.iter().enumerate() {
            // Dimensions that were taken before stay where they are.
            let axis = axes[at];
            let length = match view.dims[axis] {
                ViewDim::Range { length, .. } => length,
                _ => {
                    let one_axis = View {
                        source: view.source,
                        dims: view.dims.clone(),
                    };
                    let number = one_axis.axes().position(|other| other == axis).unwrap_or(0);
                    self.view_extent(&one_axis, number)
                }
            };
            view.dims[axis] = match subscript {
                Subscript::Index(index) => {
                    let value = self.one(index)?;
                    let nonnegative = self.is_nonnegative(index);
                    self.at(projection.span);
                    let given = self.to_index(value);
                    let index = self.checked_index(given, length, nonnegative, constant_int(index));
                    ViewDim::Fixed(self.position(view.dims[axis], index))
                }
                Subscript::Range {
                    start: None,
                    stop: None,
                    step: None,
                    ..
                } => view.dims[axis],
                Subscript::Range {
                    start, stop, step, ..
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

    // ---- reading, writing, borrowing

    /// The value in a place. A value that lives in memory is copied.
    pub fn read(&mut self, spot: &Spot<'c, 'm>, ty: Ty) -> Result<Vec<Value<'c, 'm>>> {
        match spot {
            Spot::Slot(slot) => {
                let values = self.current(*slot)?;
                Ok(self.copied_values(&values))
            }
            Spot::Values(values) => Ok(self.copied_values(values)),
            Spot::Fresh(values) => Ok(values.clone()),
            Spot::Element(view) => Ok(vec![self.load_element(view, &[])]),
            Spot::View(view) => Ok(vec![self.copy_view(view, ty)?]),
            Spot::Borrow(source) => self.load(*source, ty),
        }
    }

    /// A borrow of a value that lives in memory.
    pub fn borrow_of(&mut self, spot: &Spot<'c, 'm>, ty: Ty) -> Result<Value<'c, 'm>> {
        let values = match spot {
            Spot::Borrow(source) => return Ok(self.shared(*source)),
            Spot::Slot(slot) => self.current(*slot)?,
            Spot::Values(values) | Spot::Fresh(values) => values.clone(),
            Spot::View(_) | Spot::Element(_) => self.read(spot, ty)?,
        };
        Ok(self.borrow_box(values[0], false))
    }

    /// The flat value of a payload in memory.
    pub fn load(&mut self, source: Value<'c, 'm>, ty: Ty) -> Result<Vec<Value<'c, 'm>>> {
        if let Some(scalar) = self.types().scalar(ty) {
            return Ok(vec![self.b.value("own.load", &[source], scalar)]);
        }
        match self.types().kind(ty) {
            TyKind::None => Ok(vec![]),
            TyKind::Tuple(items) => {
                let mut values = Vec::new();
                for (position, &item) in items.iter().enumerate() {
                    let field = self.field(source, position, false);
                    values.extend(self.load(field, item)?);
                }
                Ok(values)
            }
            TyKind::Exception => {
                let kind = self.field(source, 0, false);
                let kind = self.b.value("own.load", &[kind], self.b.int_type(32));
                let message = self.field(source, 1, false);
                let mut values = vec![kind];
                values.extend(self.load(message, Ty::STR)?);
                Ok(values)
            }
            TyKind::Optional(of) => {
                let flag = self.field(source, 0, false);
                let mut values = vec![self.b.value("own.load", &[flag], self.b.int_type(1))];
                let value = self.field(source, 1, false);
                values.extend(self.load(value, *of)?);
                Ok(values)
            }
            _ => {
                let payload = self.types().payload(ty)?;
                Ok(vec![self.b.value(
                    "own.copy",
                    &[source],
                    own::box_type(payload),
                )])
            }
        }
    }

    /// Writes a flat value to a place; what was there is destroyed.
    pub fn write(&mut self, spot: &Spot<'c, 'm>, ty: Ty, values: Vec<Value<'c, 'm>>) -> Result<()> {
        match spot {
            Spot::Slot(slot) => self.set_slot(*slot, values),
            Spot::Element(view) => self.store_element(view, &[], values[0]),
            Spot::Borrow(target) => self.put(*target, ty, &values)?,
            Spot::View(view) => self.copy_from_box(view, values[0])?,
            Spot::Values(_) | Spot::Fresh(_) => {
                return Err(Error::Invalid(
                    "a write to a value that is in no place".into(),
                ));
            }
        }
        Ok(())
    }

    /// Writes a flat value to a payload in memory.
    pub fn put(&mut self, target: Value<'c, 'm>, ty: Ty, values: &[Value<'c, 'm>]) -> Result<()> {
        if self.types().is_scalar(ty) {
            self.b.op("own.store", &[values[0], target], &[]);
            return Ok(());
        }
        match self.types().kind(ty) {
            TyKind::None => {}
            TyKind::Tuple(items) => {
                for (position, &item) in items.iter().enumerate() {
                    let range = self.item_range(ty, position)?;
                    let field = self.field(target, position, true);
                    self.put(field, item, &values[range])?;
                }
            }
            TyKind::Exception => {
                let kind = self.field(target, 0, true);
                self.b.op("own.store", &[values[0], kind], &[]);
                let message = self.field(target, 1, true);
                self.b.op("own.put", &[values[1], message], &[]);
            }
            TyKind::Optional(of) => {
                let flag = self.field(target, 0, true);
                self.b.op("own.store", &[values[0], flag], &[]);
                let field = self.field(target, 1, true);
                self.put(field, *of, &values[1..])?;
            }
            _ => self.b.op("own.put", &[values[0], target], &[]),
        }
        Ok(())
    }

    /// A flat value as it is stored in a container: a scalar, or a box of its payload.
    pub fn storable(&mut self, ty: Ty, values: Vec<Value<'c, 'm>>) -> Result<Value<'c, 'm>> {
        if self.types().is_scalar(ty) || self.types().is_boxed(ty) {
            return Ok(values[0]);
        }
        let payload = self.types().payload(ty)?;
        let cell = self.b.value("own.new", &[], own::box_type(payload));
        let target = self.borrow_box(cell, true);
        self.put(target, ty, &values)?;
        Ok(cell)
    }

    /// Borrows what is in a place.
    pub fn borrow(&mut self, place: &'x Place, mutable: bool) -> Result<Borrowed<'c, 'm>> {
        let spot = self.place(place, mutable)?;
        self.at(place.span);
        Ok(match spot {
            Spot::Borrow(value) => Borrowed::Ref(self.reborrow(value, mutable)),
            Spot::View(view) => Borrowed::View(view),
            Spot::Element(view) => Borrowed::View(view),
            Spot::Fresh(values) if self.types().is_boxed(place.ty) => {
                Borrowed::Ref(self.borrow_box(values[0], mutable))
            }
            // A value that is in no memory gets a cell of its own.
            Spot::Slot(_) | Spot::Values(_) | Spot::Fresh(_) => {
                let values = self.read(&spot, place.ty)?;
                let cell = if self.types().is_scalar(place.ty) {
                    let payload = self.types().payload(place.ty)?;
                    let cell = self.b.value("own.new", &[], own::box_type(payload));
                    let target = self.borrow_box(cell, true);
                    self.put(target, place.ty, &values)?;
                    cell
                } else {
                    self.storable(place.ty, values)?
                };
                let borrow = self.borrow_box(cell, mutable);
                if let (Spot::Slot(slot), true) = (spot, mutable) {
                    self.spilled.push((slot, borrow));
                }
                Borrowed::Ref(borrow)
            }
        })
    }

    /// A borrow under its own name, shared if that is what is wanted.
    fn reborrow(&self, value: Value<'c, 'm>, mutable: bool) -> Value<'c, 'm> {
        let ty = value.r#type();
        let payload = own::payload(ty).expect("the value is a borrow");
        if mutable || own::kind(ty) == own::Kind::Ref {
            value
        } else {
            self.b.value("own.borrow", &[value], own::ref_type(payload))
        }
    }

    /// Takes an owning value out of its place.
    pub fn take(&mut self, place: &'x Place) -> Result<Vec<Value<'c, 'm>>> {
        if place.projections.is_empty()
            && let Root::Local(local) = &place.root
            && let Binding::Values(values) = &self.env[local.0 as usize]
        {
            let values = values.clone();
            self.at(place.span);
            return Ok(values.into_iter().map(|value| self.moved(value)).collect());
        }
        self.check_owned(place)?;
        let spot = self.place(place, true)?;
        self.at(place.span);
        match spot {
            Spot::Borrow(source) => self.take_from(source, place.ty),
            Spot::Values(values) => Ok(values.into_iter().map(|value| self.moved(value)).collect()),
            spot => self.read(&spot, place.ty),
        }
    }

    /// What a name for a part leads to, and what a parameter may only read, belongs to somebody else.
    fn check_owned(&self, place: &Place) -> Result<()> {
        let Root::Local(local) = &place.root else {
            return Ok(());
        };
        let Binding::Borrow(Borrowed::Ref(source)) = &self.env[local.0 as usize] else {
            return Ok(());
        };
        let is_shared = own::kind(source.r#type()) == own::Kind::Ref;
        if !self.types().is_boxed(place.ty) || !(is_shared || place.projections.is_empty()) {
            return Ok(());
        }
        let name = &self.function.locals[local.0 as usize].name;
        let message = match place.projections.is_empty() {
            true => format!("`{name}` is moved, but it is only borrowed"),
            false => format!("a part of `{name}` is moved, but `{name}` is only borrowed"),
        };
        let diagnostic = Diagnostic::error("move-out-of-borrow", place.span, message)
            .help("move `copy(…)` of it, or make the parameter `owned`");
        Err(Error::Unsupported(Box::new(diagnostic)))
    }

    /// A name for a part of a local value leads nowhere once the function has ended.
    pub fn check_returned(&self, value: &Expr) -> Result<()> {
        let ExprKind::Move(place) = &value.kind else {
            return Ok(());
        };
        let Root::Local(local) = &place.root else {
            return Ok(());
        };
        let Binding::Borrow(Borrowed::Ref(borrow)) = self.env[local.0 as usize] else {
            return Ok(());
        };
        let mut owner = borrow;
        while let Some(op) = defining_op(owner).filter(|_| own::is_borrow(owner.r#type())) {
            match op.operand(0) {
                Ok(source) if op_name(op).starts_with("own.") => owner = source,
                _ => return Ok(()),
            }
        }
        if !own::is_box(owner.r#type()) || !self.types().is_boxed(place.ty) {
            return Ok(());
        }
        let name = &self.function.locals[local.0 as usize].name;
        let message = format!("`{name}` is a part of a value that ends with the function");
        let diagnostic = Diagnostic::error("return-of-local-borrow", place.span, message)
            .help("return `copy(…)` of it");
        Err(Error::Unsupported(Box::new(diagnostic)))
    }

    pub fn take_from(&mut self, source: Value<'c, 'm>, ty: Ty) -> Result<Vec<Value<'c, 'm>>> {
        let parts: Vec<(usize, Ty)> = match self.types().kind(ty) {
            TyKind::Tuple(items) => items.iter().copied().enumerate().collect(),
            TyKind::Optional(of) => vec![(0, Ty::BOOL), (1, *of)],
            _ if self.types().is_boxed(ty) => {
                let payload = self.types().payload(ty)?;
                return Ok(vec![self.b.value(
                    "own.take",
                    &[source],
                    own::box_type(payload),
                )]);
            }
            _ => return self.load(source, ty),
        };
        let mut values = Vec::new();
        for (position, part) in parts {
            let field = self.field(source, position, true);
            values.extend(self.take_from(field, part)?);
        }
        Ok(values)
    }

    fn moved(&self, value: Value<'c, 'm>) -> Value<'c, 'm> {
        let ty = value.r#type();
        if own::is_box(ty) {
            self.b.value("own.move", &[value], ty)
        } else {
            value
        }
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
