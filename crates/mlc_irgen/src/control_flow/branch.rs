//! Conditions, and the variables that a region hands on.

use melior::ir::{Type, Value};

use crate::{
    builder::Builder,
    env::Point,
    function::{Lower, Result},
    local_set::LocalSet,
};

/// See [`Lower::scope`].
pub(super) type Scope<'c, 'm> = (Builder<'c, 'm>, Point, LocalSet);

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// `scf.if` without an else, which hands nothing on.
    pub fn when(
        &mut self,
        condition: Value<'c, 'm>,
        then: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let op = self.b.structured("scf.if", &[condition], &[], &[], 2);
        let outer = self.scope();
        self.b.enter(op, 0, &[]);
        then(self)?;
        self.b.op("scf.yield", &[], &[]);
        self.restore(outer);
        Ok(())
    }

    /// `scf.if` that hands on the variables `carried`.
    pub fn if_op(
        &mut self,
        condition: Value<'c, 'm>,
        carried: &[usize],
        then: impl FnOnce(&mut Self) -> Result<()>,
        orelse: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let results = self.if_values(
            condition,
            carried,
            &[],
            |lower| then(lower).map(|()| vec![]),
            |lower| orelse(lower).map(|()| vec![]),
        )?;
        debug_assert!(results.is_empty());
        Ok(())
    }

    /// `scf.if` that hands on the variables `carried` and gives values of `types` besides.
    pub fn if_values(
        &mut self,
        condition: Value<'c, 'm>,
        carried: &[usize],
        types: &[Type<'c>],
        then: impl FnOnce(&mut Self) -> Result<Vec<Value<'c, 'm>>>,
        orelse: impl FnOnce(&mut Self) -> Result<Vec<Value<'c, 'm>>>,
    ) -> Result<Vec<Value<'c, 'm>>> {
        let mut all = types.to_vec();
        for &slot in carried {
            all.extend(self.slot_types(slot)?);
        }
        let op = self.b.structured("scf.if", &[condition], &all, &[], 2);
        let outer = self.scope();
        self.b.enter(op, 0, &[]);
        let mut values = then(self)?;
        self.yield_slots("scf.yield", &mut values, carried)?;
        self.restore(outer.clone());
        self.b.enter(op, 1, &[]);
        let mut values = orelse(self)?;
        self.yield_slots("scf.yield", &mut values, carried)?;
        self.restore(outer);
        let mut results: Vec<_> = self.results_of(op);
        let handed = results.split_off(types.len());
        self.take_slots(carried, handed)?;
        Ok(results)
    }

    pub fn results_of(&self, op: melior::ir::OperationRef<'c, 'm>) -> Vec<Value<'c, 'm>> {
        self.b.results_of(op)
    }

    /// Ends a region with `values` and the values of the carried variables.
    pub(super) fn yield_slots(
        &mut self,
        name: &str,
        values: &mut Vec<Value<'c, 'm>>,
        carried: &[usize],
    ) -> Result<()> {
        for &slot in carried {
            values.extend(self.current(slot)?);
        }
        self.b.op(name, values, &[]);
        Ok(())
    }

    /// Gives the carried variables the values that a region handed on, or that one starts with.
    pub(super) fn take_slots(
        &mut self,
        carried: &[usize],
        values: Vec<Value<'c, 'm>>,
    ) -> Result<()> {
        let mut values = values.into_iter();
        for &slot in carried {
            let count = self.slot_types(slot)?.len();
            let own = values.by_ref().take(count).collect();
            self.set_slot(slot, own);
        }
        Ok(())
    }
    /// Where operations go and what variables are, to come back to.
    pub(super) fn scope(&self) -> Scope<'c, 'm> {
        (self.b, self.env.point(), self.nonnegative.clone())
    }

    pub(super) fn restore(&mut self, scope: Scope<'c, 'm>) {
        let (b, point, nonnegative) = scope;
        self.b = b;
        self.env.go_back(point);
        self.nonnegative = nonnegative;
    }

    /// The types and the values of the variables that a region starts with, behind those given.
    pub(super) fn carried_values(
        &mut self,
        slots: &[usize],
        types: &mut Vec<Type<'c>>,
        operands: &mut Vec<Value<'c, 'm>>,
    ) -> Result<()> {
        for &slot in slots {
            types.extend(self.slot_types(slot)?);
            operands.extend(self.current(slot)?);
        }
        Ok(())
    }
}
