//! Reading, writing, borrowing and moving what is in a place.

use melior::ir::{Value, ValueLike, operation::OperationLike};
use mlc_diagnostics::Diagnostic;
use mlc_dialects::own;
use mlc_mlir::rewrite::{defining_op, op_name};
use mlc_sema::hir::{Expr, ExprKind, Place, Root, Ty, TyKind};

use crate::{
    Error,
    function::{Binding, Lower, Result},
    place::{Borrowed, Spot},
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
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
            Spot::View(view) if own::is_box(values[0].r#type()) => {
                self.copy_from_box(view, values[0])?
            }
            // One number for every element.
            Spot::View(view) => self.each_element(view, &mut |lower, indices| {
                lower.store_element(view, indices, values[0]);
                Ok(())
            })?,
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
