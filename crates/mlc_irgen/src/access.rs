//! Reading, writing, borrowing and moving what is in a place.

use melior::ir::{
    Value, ValueLike,
    attribute::{IntegerAttribute, StringAttribute},
    operation::OperationLike,
};
use mlc_diagnostics::Diagnostic;
use mlc_dialects::own;
use mlc_mlir::rewrite::{defining_op, op_name, set_attribute};
use mlc_sema::hir::{
    ErrorKind, Expr, ExprKind, Mode, Place, Projection, ProjectionKind, Root, Ty, TyKind,
};

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
                Ok(vec![self.copied(source, own::box_type(payload))])
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
            Spot::View(view) => self.each_lane(view, &mut |lower, indices| {
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
    pub fn reborrow(&self, value: Value<'c, 'm>, mutable: bool) -> Value<'c, 'm> {
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
        if let Root::Local(local) = &place.root
            && let Binding::Values(values) = &self.env[local.0 as usize]
        {
            let values = values.clone();
            if let Some(values) = self.part_of_values(values, self.local_ty(*local), place)? {
                self.at(place.span);
                return Ok(values.into_iter().map(|value| self.moved(value)).collect());
            }
        }
        if let (Root::Temporary(value), []) = (&place.root, &place.projections[..]) {
            return self.expr(value);
        }
        self.check_owned(place)?;
        let spot = self.place(place, true)?;
        self.at(place.span);
        let values = match spot {
            Spot::Borrow(source) => self.take_from(source, place.ty)?,
            Spot::Values(values) => values.into_iter().map(|value| self.moved(value)).collect(),
            spot => self.read(&spot, place.ty)?,
        };
        if let Some(field) = self.field_name(place)
            && let Some(taken) = values.first().and_then(|value| defining_op(*value))
        {
            let name = StringAttribute::new(self.cx.context, &field).into();
            set_attribute(taken, "mlc.part", name);
        }
        Ok(values)
    }

    /// The part of a variable that is held in SSA values which a place names, where that is held in values, too.
    fn part_of_values(
        &mut self,
        mut values: Vec<Value<'c, 'm>>,
        mut ty: Ty,
        place: &Place,
    ) -> Result<Option<Vec<Value<'c, 'm>>>> {
        for projection in &place.projections {
            if self.types().is_boxed(ty) {
                return Ok(None);
            }
            values = match &projection.kind {
                ProjectionKind::Item(position) => {
                    values[self.item_range(ty, *position as usize)?].to_vec()
                }
                ProjectionKind::Unwrap { checked } => {
                    if *checked {
                        self.at(projection.span);
                        self.check(
                            values[0],
                            ErrorKind::TypeError,
                            "expected a value, found None",
                        );
                    }
                    values[1..].to_vec()
                }
                _ => return Ok(None),
            };
            ty = projection.ty;
        }
        Ok(Some(values))
    }

    /// The name of the field that a place is.
    fn field_name(&self, place: &Place) -> Option<String> {
        let (last, before) = place.projections.split_last()?;
        let ProjectionKind::Field(position) = last.kind else {
            return None;
        };
        let whole = match (before.last(), &place.root) {
            (Some(projection), _) => projection.ty,
            (None, Root::Local(local)) => self.local_ty(*local),
            (None, Root::Global(global)) => self.cx.program.globals[global.0 as usize].ty,
            (None, Root::Temporary(value) | Root::Borrowed(value)) => value.ty,
            (None, Root::Constant(_)) => return None,
        };
        let TyKind::Struct(id) = self.types().kind(whole) else {
            return None;
        };
        let fields = &self.cx.program.structs[id.0 as usize].fields;
        Some(fields.get(position as usize)?.name.clone())
    }

    /// What a name for a part leads to, what a parameter may only read, and what a list holds belongs to somebody else.
    fn check_owned(&self, place: &Place) -> Result<()> {
        if !self.types().owns_memory(place.ty) {
            return Ok(());
        }
        let is_element = matches!(
            place.projections.last(),
            Some(Projection {
                kind: ProjectionKind::Index { .. },
                ..
            })
        );
        let (name, bound) = match &place.root {
            Root::Local(local) => {
                let slot = local.0 as usize;
                (self.function.locals[slot].name.clone(), Some(slot))
            }
            Root::Global(global) => {
                let global = &self.cx.program.globals[global.0 as usize];
                let name = global.name.rsplit('.').next().unwrap_or(&global.name);
                (name.to_owned(), None)
            }
            Root::Borrowed(call) if self.returning && self.lends_local(call) => {
                return Err(self.returned_local(None, place.span));
            }
            Root::Borrowed(_) => {
                let message = "a part of a value is moved that a function only lends";
                let diagnostic = Diagnostic::error("move-out-of-borrow", place.span, message)
                    .help("move `copy(…)` of it");
                return Err(Error::Unsupported(Box::new(diagnostic)));
            }
            _ if is_element => ("a value".to_owned(), None),
            _ => return Ok(()),
        };
        // Names with a `$` are the compiler's, and others may be the library's.
        let in_library = self.function.span.is_none();
        let shown = match name.starts_with('$') || in_library {
            true => "a value".to_owned(),
            false => format!("`{name}`"),
        };
        let binding = bound.map(|slot| &self.env[slot]);
        let (mut message, mut help) = (String::new(), "move `copy(…)` of it");
        if let (Some(slot), Some(Binding::Borrow(Borrowed::Ref(source)))) = (bound, binding) {
            let is_shared = own::kind(source.r#type()) == own::Kind::Ref;
            let is_param =
                (self.function.params.iter()).any(|param| param.local.0 as usize == slot);
            // A variable of its own that a `try` keeps in memory can be moved, if it is filled again.
            let is_kept = self.function.locals[slot].mode == Mode::Owner && !is_param;
            if place.projections.is_empty() && (is_shared || !is_param && !is_kept) {
                message = format!("{shown} is moved, but it is only borrowed");
                if is_param {
                    help = "move `copy(…)` of it, or make the parameter `owned`";
                }
            } else if is_shared {
                message = format!("a part of {shown} is moved, but {shown} is only borrowed");
                if is_param {
                    help = "move `copy(…)` of it, or make the parameter `owned`";
                }
            }
        }
        // A value that ends with the function gives its parts away.
        let ends = self.returning
            && bound.is_some_and(|slot| !self.targets.returns.contains(slot))
            && matches!(binding, Some(Binding::Values(_)));
        if message.is_empty() && is_element && !ends {
            message = match name.as_str() {
                "a value" => "an element is moved out of a value".to_owned(),
                _ => format!("an element of {shown} is moved, but the list keeps its elements"),
            };
            help = "move `copy(…)` of it, or take it out with `pop`";
        }
        if message.is_empty() {
            return Ok(());
        }
        if in_library {
            help = "let the function that is passed keep `copy(…)` of what it gets";
        }
        let mut diagnostic = Diagnostic::error("move-out-of-borrow", place.span, message);
        if let Some(slot) = bound.filter(|_| !in_library) {
            let local = &self.function.locals[slot];
            let label = match binding {
                Some(Binding::Borrow(_)) => "borrowed here",
                _ => "it is a part of this value",
            };
            diagnostic = diagnostic.label(local.span, label);
        }
        Err(Error::Unsupported(Box::new(diagnostic.help(help))))
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
        if !self.types().is_boxed(place.ty) || !leads_to_box(borrow) {
            return Ok(());
        }
        let name = &self.function.locals[local.0 as usize].name;
        Err(self.returned_local(Some(name), place.span))
    }

    fn returned_local(&self, name: Option<&str>, span: mlc_diagnostics::Span) -> Error {
        let message = match name {
            Some(name) => format!("`{name}` is a part of a value that ends with the function"),
            None => "a part is returned of a value that ends with the function".to_owned(),
        };
        let diagnostic = Diagnostic::error("return-of-local-borrow", span, message)
            .help("return `copy(…)` of it");
        Error::Unsupported(Box::new(diagnostic))
    }

    /// Whether a call returns a part of a value that the function owns.
    fn lends_local(&self, call: &Expr) -> bool {
        let ExprKind::Call { callee, args } = &call.kind else {
            return false;
        };
        let lends = self.cx.program.functions[callee.0 as usize].result_borrows;
        let arg = lends.and_then(|param| args.get(param as usize));
        let Some(ExprKind::Borrow { place, .. }) = arg.map(|arg| &arg.kind) else {
            return false;
        };
        match &place.root {
            Root::Local(local) => match &self.env[local.0 as usize] {
                Binding::Values(_) => true,
                Binding::Borrow(Borrowed::Ref(borrow)) => leads_to_box(*borrow),
                _ => false,
            },
            Root::Temporary(_) => true,
            Root::Borrowed(inner) => self.lends_local(inner),
            Root::Global(_) | Root::Constant(_) => false,
        }
    }

    /// Takes what a place holds: of a tuple or an optional each part, which says how far below the place it is.
    pub fn take_from(&mut self, source: Value<'c, 'm>, ty: Ty) -> Result<Vec<Value<'c, 'm>>> {
        self.take_parts(source, ty, 0)
    }

    fn take_parts(
        &mut self,
        source: Value<'c, 'm>,
        ty: Ty,
        below: i64,
    ) -> Result<Vec<Value<'c, 'm>>> {
        let parts: Vec<(usize, Ty)> = match self.types().kind(ty) {
            TyKind::Tuple(items) => items.iter().copied().enumerate().collect(),
            TyKind::Optional(of) => vec![(0, Ty::BOOL), (1, *of)],
            _ if self.types().is_boxed(ty) => {
                let payload = self.types().payload(ty)?;
                let taken = (self.b).value("own.take", &[source], own::box_type(payload));
                if let (1.., Some(op)) = (below, defining_op(taken)) {
                    let index = IntegerAttribute::new(self.b.int_type(64), below).into();
                    set_attribute(op, "mlc.below", index);
                }
                return Ok(vec![taken]);
            }
            _ => return self.load(source, ty),
        };
        let mut values = Vec::new();
        for (position, part) in parts {
            let field = self.field(source, position, true);
            values.extend(self.take_parts(field, part, below + 1)?);
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

/// Whether a borrow is of something that the function owns, also by calls that return borrows.
fn leads_to_box<'c: 'm, 'm>(borrow: Value<'c, 'm>) -> bool {
    if own::is_box(borrow.r#type()) {
        return true;
    }
    let Some(op) = defining_op(borrow) else {
        return false;
    };
    if op_name(op) == "func.call" {
        let mut lent = op.operands().filter(|value| own::is_borrow(value.r#type()));
        return lent.any(leads_to_box);
    }
    op_name(op).starts_with("own.") && op.operand(0).is_ok_and(leads_to_box)
}
