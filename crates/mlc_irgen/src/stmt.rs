//! Statements.

use melior::ir::{Value, ValueLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::name_value;
use mlc_sema::hir::{BinaryOp, ErrorKind, Expr, ExprKind, Mode, Place, Stmt, StmtKind};

use crate::{
    arith::{Binary, Known},
    exceptions::Protected,
    function::{Binding, Lower, Result},
    local_set::LocalSet,
    place::{Borrowed, Spot},
    text::grows,
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// One statement; `behind` is what is live behind it.
    pub fn stmt(&mut self, stmt: &'x Stmt, behind: &LocalSet) -> Result<()> {
        let kept = self.kept_by_statement(stmt);
        self.stmt_itself(stmt, behind)?;
        self.keep_all(kept);
        Ok(())
    }

    fn stmt_itself(&mut self, stmt: &'x Stmt, behind: &LocalSet) -> Result<()> {
        self.at(stmt.span);
        match &stmt.kind {
            StmtKind::Bind { local, value } => self.bind(local.0 as usize, value),
            StmtKind::Store {
                place,
                value,
                updates,
            } => self.store(place, value, *updates),
            StmtKind::Update { place, op, value } => self.update(place, *op, value),
            StmtKind::AtomicUpdate { place, op, value } => self.atomic_update(place, *op, value),
            StmtKind::Swap { left, right } => self.swap(left, right),
            StmtKind::Expr(value) => self.expr(value).map(drop),
            StmtKind::Drop(local) => {
                if let Binding::Values(values) =
                    std::mem::replace(&mut self.env[local.0 as usize], Binding::Unset)
                {
                    for value in values {
                        self.drop_box(value);
                    }
                }
                Ok(())
            }
            StmtKind::If {
                condition,
                then,
                orelse,
            } => {
                let then: Vec<_> = then.iter().collect();
                let orelse: Vec<_> = orelse.iter().collect();
                self.branches(condition, &then, &orelse, behind)
            }
            StmtKind::While {
                condition,
                body,
                orelse,
            } => self.while_loop(condition, body, orelse, behind),
            StmtKind::For {
                index,
                range,
                body,
                orelse,
            } => self.for_loop(index.0 as usize, range, body, orelse, behind),
            StmtKind::ParFor(par) => self.par_for(par, behind),
            StmtKind::Reduce { reduction, value } => self.reduce(*reduction as usize, value),
            StmtKind::Collect { collect, value } => self.collect(*collect as usize, value),
            // The signal is set where the list that they end joins others.
            StmtKind::Break | StmtKind::Continue => Ok(()),
            StmtKind::Return(value) => {
                let values = match value {
                    Some(Expr {
                        kind: ExprKind::Borrow { place, mutable },
                        span,
                        ..
                    }) if self.function.result_view => {
                        let borrowed = self.borrow(place, *mutable)?;
                        vec![self.returned_view(borrowed, place.ty, *span)?]
                    }
                    Some(value) => {
                        self.check_returned(value)?;
                        self.returning = matches!(value.kind, ExprKind::Move(_));
                        let values = self.expr(value);
                        self.returning = false;
                        values?
                    }
                    None => vec![],
                };
                let slot = self.slots().ret();
                self.env[slot] = Binding::Values(values);
                Ok(())
            }
            StmtKind::Raise { error, message } => {
                let never = self.b.bool(false);
                self.raise_unless(never, *error, message.as_ref())?;
                self.forget_owners();
                Ok(())
            }
            StmtKind::Check {
                condition,
                error,
                message,
            } => {
                let condition = self.one(condition)?;
                self.at(stmt.span);
                self.raise_unless(condition, *error, message.as_ref())
            }
            StmtKind::Iterate(place) => {
                self.iterated.push(place);
                Ok(())
            }
            StmtKind::Drain { item, list, body } => {
                self.drain_loop(item.0 as usize, list, body, behind)
            }
            StmtKind::Reraise(exception) => {
                self.reraise(exception.as_ref(), stmt.span)?;
                self.forget_owners();
                Ok(())
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finally,
            } => {
                let parts = Protected {
                    body,
                    handlers,
                    orelse,
                };
                self.try_stmt(parts, finally, behind, stmt.span)
            }
        }
    }

    /// Nothing is reached from here on: what regions hand on is not what variables own, which may have moved.
    fn forget_owners(&mut self) {
        let owners: Vec<usize> = (self.env.iter().enumerate())
            .filter(|(_, binding)| match binding {
                Binding::Values(values) => values.iter().any(|value| own::is_box(value.r#type())),
                _ => false,
            })
            .map(|(slot, _)| slot)
            .collect();
        for slot in owners {
            self.env[slot] = Binding::Unset;
        }
    }

    fn bind(&mut self, slot: usize, value: &'x Expr) -> Result<()> {
        let nonnegative = self.is_nonnegative(value);
        let owner = self.function.locals[slot].mode == Mode::Owner;
        if self.cells.contains(slot) {
            let values = self.expr(value)?;
            self.set_slot(slot, values);
            return Ok(());
        }
        self.env[slot] = match &value.kind {
            ExprKind::Borrow { place, mutable } if !owner => {
                Binding::Borrow(self.borrow(place, *mutable)?)
            }
            _ => {
                let values = match owner && grows(slot, value) {
                    true => vec![self.joined_text(value)?],
                    false => self.expr(value)?,
                };
                if owner {
                    for &value in values.iter().filter(|value| own::is_box(value.r#type())) {
                        name_value(self.cx.context, value, &self.function.locals[slot].name);
                    }
                    Binding::Values(values)
                } else {
                    Binding::Borrow(Borrowed::Ref(values[0]))
                }
            }
        };
        self.counted.remove(slot);
        if nonnegative {
            self.nonnegative.insert(slot);
        } else {
            self.nonnegative.remove(slot);
        }
        Ok(())
    }

    fn store(&mut self, place: &'x Place, value: &'x Expr, updates: bool) -> Result<()> {
        if self.simd_parts(value.ty).is_some() && !self.types().is_scalar(place.ty) {
            return self.store_lanes(place, value);
        }
        if self.replaces_items(place, value) {
            let found = match updates {
                true => Some(self.find(place, true)?),
                false => None,
            };
            return self.replace_items(place, value, found);
        }
        if self.is_elementwise_store(place, value) {
            return self.assign_elements(place, value);
        }
        if updates {
            let found = self.find(place, true)?;
            let values = self.expr(value)?;
            let spot = self.last_step(&found, place, true)?;
            return self.write(&spot, place.ty, values);
        }
        let values = self.expr(value)?;
        let spot = self.place(place, true)?;
        self.at(place.span);
        self.write(&spot, place.ty, values)
    }

    fn update(&mut self, place: &'x Place, op: BinaryOp, value: &'x Expr) -> Result<()> {
        if !self.types().is_scalar(place.ty) {
            return self.update_elements(place, op, value);
        }
        let found = self.find(place, true)?;
        let mut spot = self.last_step(&found, place, true)?;
        let old = self.read(&spot, place.ty)?[0];
        let operand = self.one(value)?;
        if self.may_be_resized(&found, place, value) {
            spot = self.last_step(&found, place, true)?;
        }
        self.at(place.span);
        let (left, right) = (self.interval_of(place), self.interval(value));
        let known = Known {
            fits: self.always_fits(op, left, right, place.ty),
            ..self.known_right(value)
        };
        let new = self.binary(Binary {
            op,
            a: old,
            b: operand,
            left: place.ty,
            right: value.ty,
            ty: place.ty,
            known,
        })?;
        self.write(&spot, place.ty, vec![new])
    }

    fn swap(&mut self, left: &'x Place, right: &'x Place) -> Result<()> {
        let (first, second) = (self.place(left, true)?, self.place(right, true)?);
        if let (Spot::Borrow(first), Spot::Borrow(second)) = (&first, &second)
            && self.types().is_boxed(left.ty)
        {
            self.b.op("own.swap", &[*first, *second], &[]);
            return Ok(());
        }
        let (a, b) = (self.read(&first, left.ty)?, self.read(&second, right.ty)?);
        self.write(&first, left.ty, b)?;
        self.write(&second, right.ty, a)
    }

    /// Raises unless the condition holds, whether run-time checks are on or not.
    pub fn raise_unless(
        &mut self,
        condition: Value<'c, 'm>,
        error: ErrorKind,
        message: Option<&'x Expr>,
    ) -> Result<()> {
        let text = match message {
            None => "",
            Some(Expr {
                kind: ExprKind::Str(text),
                ..
            }) => text,
            Some(other) => return self.raise_text_unless(condition, error, other),
        };
        let attrs = [
            ("kind", self.b.string(error.name())),
            ("message", self.b.string(text)),
        ];
        self.b.op("own.check", &[condition], &attrs);
        Ok(())
    }

    /// A run-time check, where those are on.
    pub fn check(&mut self, condition: Value<'c, 'm>, error: ErrorKind, message: &str) {
        if self.checks {
            let attrs = [
                ("kind", self.b.string(error.name())),
                ("message", self.b.string(message)),
            ];
            self.b.op("own.check", &[condition], &attrs);
        }
    }

    fn drop_box(&mut self, value: Value<'c, 'm>) {
        use melior::ir::ValueLike;
        if mlc_dialects::own::is_box(value.r#type()) {
            self.b.op("own.drop", &[value], &[]);
        }
    }
}
