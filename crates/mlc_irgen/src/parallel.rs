//! `parallel for`: `par.for` with reductions as yielded contributions, and `par.collect`.

use melior::ir::{Attribute, Value, attribute::ArrayAttribute, operation::OperationLike};
use mlc_dialects::par;
use mlc_sema::hir::{BinaryOp, Expr, ParFor, Place, Reduction, Stmt};

use crate::{
    Error,
    arith::{Binary, Class, Known},
    control_flow::Bounds,
    function::{Binding, Lower, Result},
    live::Targets,
    local_set::LocalSet,
    place::{Borrowed, Spot},
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    pub fn par_for(&mut self, par: &'x ParFor, behind: &LocalSet) -> Result<()> {
        let mut axes = Vec::new();
        for axis in &par.axes {
            let bounds = self.bounds(&axis.range)?;
            axes.push((axis.index.0 as usize, self.trips(&bounds), bounds));
        }
        let mut kinds = Vec::new();
        let mut operands: Vec<Value<'c, 'm>> = axes.iter().map(|(_, trips, _)| *trips).collect();
        let mut targets = Vec::new();
        for reduction in &par.reductions {
            kinds.push(self.reduction_kind(reduction)?.attribute(self.cx.context));
            let (value, target) = self.accumulator(reduction)?;
            let value = match self.summed(reduction)? {
                Some(int) => self.widened(value, self.local_ty(reduction.local), int),
                None => value,
            };
            operands.push(value);
            targets.push(target);
        }
        let mut collects = Vec::new();
        for collect in &par.collects {
            match self.borrow(&collect.list, true)? {
                Borrowed::Ref(list) => collects.push(list),
                Borrowed::View(_) => {
                    return Err(Error::unsupported(
                        collect.span,
                        "appending to a part of a list",
                    ));
                }
            }
        }

        // A loop that cannot raise needs no status; one that is marked without need costs nothing.
        let raises = self.function.raises && par.body.iter().any(|stmt| self.may_raise(stmt));
        let mut types = Vec::new();
        if raises {
            types.push(self.b.int_type(32));
        }
        for reduction in &par.reductions {
            let ty = self.local_ty(reduction.local);
            match self.summed(reduction)? {
                Some((bits, _)) => types.push(self.b.int_type(2 * bits)),
                None => types.extend(self.types().flat(ty)?),
            }
        }
        let mut attrs: Vec<(&str, Attribute<'c>)> = vec![
            (
                "operandSegmentSizes",
                self.b
                    .segments(&[axes.len() as i32, par.reductions.len() as i32]),
            ),
            (
                "reductions",
                ArrayAttribute::new(self.cx.context, &kinds).into(),
            ),
        ];
        if raises {
            attrs.push(("raises", self.b.unit()));
        }
        let op = self.b.structured("par.for", &operands, &types, &attrs, 1);

        let outer = (
            self.b,
            self.env.point(),
            self.nonnegative.clone(),
            self.accumulators.clone(),
            std::mem::replace(&mut self.collects, collects),
        );
        let outer_parallel = std::mem::replace(&mut self.in_parallel, true);
        let outer_reductions = std::mem::replace(&mut self.reductions, &par.reductions);
        let indices = self.b.enter(op, 0, &vec![self.b.index_type(); axes.len()]);
        for private in &par.privates {
            self.env[private.0 as usize] = Binding::Unset;
        }
        for reduction in &par.reductions {
            let slot = reduction.local.0 as usize;
            self.env[slot] = Binding::Unset;
            self.accumulators.insert(slot);
        }
        for (&counted, (slot, _, bounds)) in indices.iter().zip(&axes) {
            let position = self.axis_value(bounds, counted);
            let value = self.int_of_index(position);
            self.env[*slot] = Binding::Values(vec![value]);
            self.counted.remove(*slot);
            if bounds.nonnegative {
                self.nonnegative.insert(*slot);
            } else {
                self.nonnegative.remove(*slot);
            }
        }
        let mut live = LocalSet::default();
        for reduction in &par.reductions {
            live.insert(reduction.local.0 as usize);
        }
        let outer_targets = std::mem::replace(
            &mut self.targets,
            Targets {
                continues: live.clone(),
                ..Targets::default()
            },
        );
        let list: Vec<&'x Stmt> = par.body.iter().collect();
        self.stmts(&list, &live)?;
        let mut contributions = Vec::new();
        for reduction in &par.reductions {
            let values = self.current(reduction.local.0 as usize)?;
            match self.summed(reduction)? {
                Some(int) => {
                    let ty = self.local_ty(reduction.local);
                    contributions.push(self.widened(values[0], ty, int));
                }
                None => contributions.extend(values),
            }
        }
        self.b.op("par.yield", &contributions, &[]);

        self.targets = outer_targets;
        self.reductions = outer_reductions;
        self.in_parallel = outer_parallel;
        let point;
        (
            self.b,
            point,
            self.nonnegative,
            self.accumulators,
            self.collects,
        ) = outer;
        self.env.go_back(point);
        let mut results = op
            .results()
            .map(Value::from)
            .collect::<Vec<_>>()
            .into_iter();
        if raises && let Some(status) = results.next() {
            self.b.op("own.propagate", &[status], &[]);
        }
        for (reduction, (target, value)) in
            par.reductions.iter().zip(targets.into_iter().zip(results))
        {
            let value = match self.summed(reduction)? {
                Some(int) => {
                    self.at(reduction.span);
                    self.narrowed_sum(value, self.local_ty(reduction.local), int)?
                }
                None => value,
            };
            match target {
                None => self.set_slot(reduction.local.0 as usize, vec![value]),
                Some(target) => self.b.op("own.store", &[value, target], &[]),
            }
        }
        let _ = behind;
        Ok(())
    }

    /// The value that a reduction starts with, and where its result goes if that is memory.
    fn accumulator(
        &mut self,
        reduction: &'x Reduction,
    ) -> Result<(Value<'c, 'm>, Option<Value<'c, 'm>>)> {
        let slot = reduction.local.0 as usize;
        let ty = self.local_ty(reduction.local);
        if !self.types().is_scalar(ty) {
            return Err(Error::unsupported(
                reduction.span,
                "a reduction over values of this type",
            ));
        }
        if let Binding::Borrow(Borrowed::Ref(target)) = self.env[slot].clone() {
            return Ok((self.load(target, ty)?[0], Some(target)));
        }
        Ok((self.current(slot)?[0], None))
    }

    /// The integers of a reduction whose sum is checked, and so added up at twice the width: only the whole has to fit.
    fn summed(&self, reduction: &Reduction) -> Result<Option<(u32, bool)>> {
        let class = self.class(self.local_ty(reduction.local));
        Ok(match (reduction.op, class) {
            (BinaryOp::Add, Ok(Class::Int { bits, signed })) if self.overflow => {
                Some((bits, signed))
            }
            (BinaryOp::Mul, Ok(Class::Int { .. })) if self.overflow => {
                let what = "a product over a parallel loop with `--checks=overflow`";
                return Err(Error::unsupported(reduction.span, what));
            }
            _ => None,
        })
    }

    fn reduction_kind(&self, reduction: &Reduction) -> Result<par::Reduction> {
        let class = self
            .class(self.local_ty(reduction.local))
            .map_err(|error| error.at(reduction.span))?;
        Ok(match (reduction.op, class) {
            (BinaryOp::Add, _) => par::Reduction::Add,
            (BinaryOp::Mul, _) => par::Reduction::Mul,
            (BinaryOp::Min, Class::Float(_)) => par::Reduction::MinF,
            (BinaryOp::Max, Class::Float(_)) => par::Reduction::MaxF,
            (BinaryOp::Min, Class::Int { signed: true, .. }) => par::Reduction::MinS,
            (BinaryOp::Max, Class::Int { signed: true, .. }) => par::Reduction::MaxS,
            (BinaryOp::Min, _) => par::Reduction::MinU,
            (BinaryOp::Max, _) => par::Reduction::MaxU,
            (BinaryOp::And, _) => par::Reduction::And,
            (BinaryOp::Or, _) => par::Reduction::Or,
            (BinaryOp::Xor, _) => par::Reduction::Xor,
            _ => {
                return Err(Error::unsupported(
                    reduction.span,
                    "a reduction with this operator",
                ));
            }
        })
    }

    /// The number of iterations of a range, of type `index`; below one for none.
    pub fn trips(&self, bounds: &Bounds<'c, 'm>) -> Value<'c, 'm> {
        let index = self.b.index_type();
        let (first, step) = (constant_of(bounds.first), constant_of(bounds.step));
        let distance = if first == Some(0) {
            bounds.last
        } else {
            self.b
                .value("arith.subi", &[bounds.last, bounds.first], index)
        };
        if step == Some(1) {
            return distance;
        }
        self.b
            .value("arith.ceildivsi", &[distance, bounds.step], index)
    }

    /// The value of an index, from the number of the iteration.
    fn axis_value(&self, bounds: &Bounds<'c, 'm>, counted: Value<'c, 'm>) -> Value<'c, 'm> {
        let index = self.b.index_type();
        if let Some((start, step)) = bounds.scale {
            let offset = self.b.value("arith.muli", &[counted, step], index);
            return self.b.value("arith.addi", &[start, offset], index);
        }
        let scaled = if constant_of(bounds.step) == Some(1) {
            counted
        } else {
            self.b.value("arith.muli", &[counted, bounds.step], index)
        };
        if constant_of(bounds.first) == Some(0) {
            scaled
        } else {
            self.b.value("arith.addi", &[bounds.first, scaled], index)
        }
    }

    /// An update of a reduction: of the accumulator that is private to the iteration.
    pub fn reduce(&mut self, number: usize, value: &'x Expr) -> Result<()> {
        let reduction = &self.reductions[number];
        let slot = reduction.local.0 as usize;
        let ty = self.local_ty(reduction.local);
        let value = self.one(value)?;
        let old = match self.env[slot].clone() {
            Binding::Values(old) => Some(old[0]),
            // In a `try`, which keeps it in a cell.
            Binding::Borrow(Borrowed::Ref(cell)) => Some(self.load(cell, ty)?[0]),
            _ => None,
        };
        let new = match old {
            Some(old) => self.binary(Binary {
                op: reduction.op,
                a: old,
                b: value,
                left: ty,
                right: ty,
                ty,
                known: Known::default(),
            })?,
            None => value,
        };
        self.set_slot(slot, vec![new]);
        Ok(())
    }

    /// An ordered append.
    pub fn collect(&mut self, number: usize, value: &'x Expr) -> Result<()> {
        let values = self.expr(value)?;
        let value = self.storable(value.ty, values)?;
        self.b
            .op("par.collect", &[value, self.collects[number]], &[]);
        Ok(())
    }

    /// `atomic place op= value`
    pub fn atomic_update(&mut self, place: &'x Place, op: BinaryOp, value: &'x Expr) -> Result<()> {
        let spot = self.place(place, true)?;
        let operand = self.one(value)?;
        let given = operand;
        self.at(place.span);
        let Spot::Element(view) = spot else {
            return Err(Error::unsupported(
                place.span,
                "an atomic update of something that is no element",
            ));
        };
        let class = self.class(place.ty).map_err(|error| error.at(place.span))?;
        // The numbers of `arith::AtomicRMWKind`.
        let (kind, operand) = match (op, class) {
            (BinaryOp::Sub, Class::Float(_)) => (
                "addf",
                self.unary(mlc_sema::hir::UnaryOp::Neg, operand, place.ty, place.ty)?,
            ),
            (BinaryOp::Sub, _) => (
                "addi",
                self.unary(mlc_sema::hir::UnaryOp::Neg, operand, place.ty, place.ty)?,
            ),
            (BinaryOp::Add, Class::Float(_)) => ("addf", operand),
            (BinaryOp::Add, _) => ("addi", operand),
            (BinaryOp::Mul, Class::Float(_)) => ("mulf", operand),
            (BinaryOp::Mul, _) => ("muli", operand),
            (BinaryOp::Min, Class::Float(_)) => ("minimumf", operand),
            (BinaryOp::Max, Class::Float(_)) => ("maximumf", operand),
            (BinaryOp::Min, Class::Int { signed: true, .. }) => ("mins", operand),
            (BinaryOp::Max, Class::Int { signed: true, .. }) => ("maxs", operand),
            (BinaryOp::Min, _) => ("minu", operand),
            (BinaryOp::Max, _) => ("maxu", operand),
            (BinaryOp::And, _) => ("andi", operand),
            (BinaryOp::Or, _) => ("ori", operand),
            (BinaryOp::Xor, _) => ("xori", operand),
            _ => {
                return Err(Error::unsupported(
                    place.span,
                    "an atomic update with this operator",
                ));
            }
        };
        let number = ATOMIC_KINDS
            .iter()
            .position(|&name| name == kind)
            .expect("every kind is listed");
        let ty = self.types().flat(place.ty)?[0];
        let memory = self.memory(view.source);
        let mut operands = vec![operand, memory];
        operands.extend(self.positions(&view, &[]));
        let kind = melior::ir::attribute::IntegerAttribute::new(self.b.int_type(64), number as i64);
        let attrs = [("kind", kind.into())];
        let old = (self.b).value_with("memref.atomic_rmw", &operands, ty, &attrs);
        if self.overflow && matches!(class, Class::Int { .. }) {
            // The element has its new value by now; whether that is the exact one is told by the old one.
            self.binary(Binary::alike(op, old, given, place.ty))?;
        }
        Ok(())
    }

    /// Whether a statement can raise, as far as can be seen.
    fn may_raise(&self, stmt: &Stmt) -> bool {
        self.slots().may_raise(stmt)
    }
}

/// `arith::AtomicRMWKind`, in its order.
const ATOMIC_KINDS: [&str; 16] = [
    "addf", "addi", "andi", "assign", "maximumf", "maxnumf", "maxs", "maxu", "minimumf", "minnumf",
    "mins", "minu", "mulf", "muli", "ori", "xori",
];

/// The number that an `arith.constant` holds.
pub fn constant_of(value: Value) -> Option<i64> {
    use melior::ir::{attribute::IntegerAttribute, operation::OperationResult};
    let result = OperationResult::try_from(value).ok()?;
    let op = result.owner();
    if op.name().as_string_ref().as_str() != Ok("arith.constant") {
        return None;
    }
    let attribute = op.attribute("value").ok()?;
    IntegerAttribute::try_from(attribute)
        .ok()
        .map(|value| value.value())
}
