//! Places: paths to stored values, and reading, writing and borrowing what is there.

use melior::ir::{Value, ValueLike};
use mlc_diagnostics::Diagnostic;
use mlc_dialects::own;
use mlc_sema::hir::{
    Builtin, ErrorKind, Expr, ExprKind, Place, Projection, ProjectionKind, PythonOp, Root, Ty,
    TyKind, may_change,
};

use crate::{
    Error,
    function::{Binding, Lower, Result},
    subscript::Given,
    view::View,
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

/// A place without its last step, which may be taken more than once.
pub struct Found<'c, 'm> {
    whole: Spot<'c, 'm>,
    /// The type of the whole.
    ty: Ty,
    given: Given<'c, 'm>,
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// Evaluates a place; `mutable`: to write there.
    pub fn place(&mut self, place: &'x Place, mutable: bool) -> Result<Spot<'c, 'm>> {
        let found = self.find(place, mutable)?;
        self.last_step(&found, place, mutable)
    }

    /// Evaluates a place but for its last step, of which it evaluates the subscripts.
    pub fn find(&mut self, place: &'x Place, mutable: bool) -> Result<Found<'c, 'm>> {
        let (mut spot, mut ty) = self.root(place, mutable)?;
        if let Spot::Borrow(source) = spot
            && mutable
            && own::kind(source.r#type()) == own::Kind::Ref
        {
            let message = "a value is changed that is borrowed to be read only";
            let diagnostic = Diagnostic::error("write-through-shared-borrow", place.span, message)
                .help("change `copy(…)` of it, or declare what it is a part of `inout`");
            return Err(Error::Unsupported(Box::new(diagnostic)));
        }
        let Some((last, steps)) = place.projections.split_last() else {
            return Ok(Found {
                whole: spot,
                ty,
                given: Given::new(),
            });
        };
        for step in steps {
            let given = self.given_in(ty, step)?;
            spot = self.project(spot, ty, step, &given, mutable)?;
            ty = step.ty;
        }
        Ok(Found {
            whole: spot,
            ty,
            given: self.given_in(ty, last)?,
        })
    }

    /// The place that was found, at this point of the program: a list may have another length than before.
    pub fn last_step(
        &mut self,
        found: &Found<'c, 'm>,
        place: &'x Place,
        mutable: bool,
    ) -> Result<Spot<'c, 'm>> {
        let whole = found.whole.clone();
        match place.projections.last() {
            Some(last) => self.project(whole, found.ty, last, &found.given, mutable),
            None => Ok(whole),
        }
    }

    /// Whether evaluating an expression may change the length of the list that the last step of a place is one into.
    pub fn may_be_resized(&self, found: &Found<'c, 'm>, place: &Place, value: &Expr) -> bool {
        matches!(self.types().kind(found.ty), TyKind::List(_)) && may_change(value, &place.root)
    }

    /// What is given for a step; texts evaluate their own subscripts.
    fn given_in(&mut self, ty: Ty, step: &'x Projection) -> Result<Given<'c, 'm>> {
        match self.is_text(ty) {
            true => Ok(Given::new()),
            false => self.given(step),
        }
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
                if !mutable
                    && let ExprKind::Builtin { op, args } = &value.kind
                    && let Builtin::Python(PythonOp::Argument) = op
                {
                    return Ok((Spot::Borrow(self.lent(value, &args[0])?), value.ty));
                }
                // `(name := value)`, of which something is read: the name keeps it.
                if let ExprKind::Block {
                    stmts,
                    value: named,
                } = &value.kind
                    && let ExprKind::Move(of) = &named.kind
                {
                    let spot = self.block_expr(stmts, named, |lower| lower.place(of, mutable))?;
                    return Ok((spot, value.ty));
                }
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
        given: &Given<'c, 'm>,
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
            ProjectionKind::Index { checked, .. } => {
                self.index(spot, ty, given, *checked, projection, mutable)
            }
            ProjectionKind::Slice(subscripts) => self.slice(spot, subscripts, given, projection),
            ProjectionKind::Reshape(extents) => {
                self.reshaped(spot, ty, extents, projection, mutable)
            }
            ProjectionKind::Transpose(axes) => {
                let view = self.spot_view(spot, projection)?;
                Ok(Spot::View(self.transposed(&view, axes)))
            }
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
            Spot::Slot(slot) => {
                let values = self.current(*slot)?;
                // Of a value that was moved, nothing may be asked: each borrow is a use of it.
                for &value in values.iter().filter(|value| own::is_box(value.r#type())) {
                    self.borrow_box(value, false);
                }
                values[0]
            }
            Spot::Values(values) | Spot::Fresh(values) => values[0],
            Spot::Borrow(source) => {
                let flag = self.field(*source, 0, false);
                self.b.value("own.load", &[flag], self.b.int_type(1))
            }
            Spot::View(_) | Spot::Element(_) => self.b.bool(true),
        })
    }
}
