//! Emits the body of a loop once for a whole vector of iterations.

use super::plan::{Access, Class, Plan};
use crate::emit;
use melior::ir::{
    Attribute, Type, TypeLike, ValueLike,
    attribute::{DenseElementsAttribute, FloatAttribute, IntegerAttribute},
    operation::OperationLike,
};
use mlc_mlir::rewrite::{
    Blk, Cursor, Key, Op, Val, defining_op, nested_blocks, op_key, op_name, ops, results, value_key,
};
use std::collections::HashMap;

/// The body of one vector of iterations in the making.
pub struct Widener<'c, 'a, 'p> {
    at: Cursor<'c, 'a>,
    plan: &'p Plan<'c, 'a>,
    lanes: u64,
    /// Values of the first lane, for what is uniform or linear.
    scalars: HashMap<Key, Val<'c, 'a>>,
    vectors: HashMap<Key, Val<'c, 'a>>,
    /// The lanes that run; all of them where there is none.
    mask: Option<Val<'c, 'a>>,
}

impl<'c, 'a, 'p> Widener<'c, 'a, 'p> {
    /// `iv` is the number of the first iteration of the vector.
    pub fn new(
        at: Cursor<'c, 'a>,
        plan: &'p Plan<'c, 'a>,
        lanes: u64,
        (old_iv, iv): (Val<'c, 'a>, Val<'c, 'a>),
        accumulators: &[Val<'c, 'a>],
        mask: Option<Val<'c, 'a>>,
    ) -> Self {
        let vectors = plan
            .reductions
            .iter()
            .zip(accumulators)
            .map(|(reduction, vector)| (value_key(reduction.carried), *vector))
            .collect();
        Self {
            at,
            plan,
            lanes,
            scalars: HashMap::from([(value_key(old_iv), iv)]),
            vectors,
            mask,
        }
    }

    /// Emits the body and returns the next accumulators.
    pub fn run(mut self, body: Blk<'c, 'a>) -> Result<Vec<Val<'c, 'a>>, String> {
        self.block(body)?;
        let mut next = Vec::new();
        for reduction in &self.plan.reductions {
            let old = self.vector(reduction.carried)?;
            let new = self.vector(reduction.next)?;
            next.push(match self.mask {
                Some(mask) => self.select(mask, new, old),
                None => new,
            });
        }
        Ok(next)
    }

    fn block(&mut self, block: Blk<'c, 'a>) -> Result<(), String> {
        for op in ops(block) {
            self.at.location = op.location();
            self.operation(op)?;
        }
        Ok(())
    }

    fn vector_type(&self, ty: Type<'c>) -> Type<'c> {
        Type::vector(&[self.lanes], ty)
    }

    fn class(&self, value: Val<'c, 'a>) -> Class {
        let class = self.plan.classes.get(&value_key(value));
        class.copied().unwrap_or(Class::Uniform)
    }

    fn operation(&mut self, op: Op<'c, 'a>) -> Result<(), String> {
        match op_name(op) {
            "scf.yield" => Ok(()),
            "scf.if" => self.conditional(op),
            "memref.load" => self.load(op),
            "memref.store" => self.store(op),
            _ => {
                let result = results(op)[0];
                if self.class(result) == Class::Varying {
                    self.elementwise(op, result)?;
                }
                Ok(())
            }
        }
    }

    fn elementwise(&mut self, op: Op<'c, 'a>, result: Val<'c, 'a>) -> Result<(), String> {
        let mut operands = Vec::new();
        for operand in op.operands() {
            operands.push(self.vector(operand)?);
        }
        if let (true, Some(mask)) = (divides_integers(op_name(op)), self.mask) {
            // A lane that does not run must not divide by zero.
            let one = self.splat_integer(result.r#type(), 1);
            operands[1] = self.select(mask, operands[1], one);
        }
        let ty = self.vector_type(result.r#type());
        let vector = emit::like(&self.at, op, &operands, ty);
        self.vectors.insert(value_key(result), vector);
        Ok(())
    }

    fn load(&mut self, op: Op<'c, 'a>) -> Result<(), String> {
        let result = results(op)[0];
        let places = self.places(op, 0)?;
        if self.plan.accesses.get(&op_key(op)) == Some(&Access::Uniform) {
            let scalar = self.at.value("memref.load", &places, result.r#type(), &[]);
            self.scalars.insert(value_key(result), scalar);
            return Ok(());
        }
        let ty = self.vector_type(result.r#type());
        let vector = match self.mask {
            None => self.at.value("vector.load", &places, ty, &[]),
            Some(mask) => {
                let zero = self.zero(result.r#type());
                let mut operands = places;
                operands.extend([mask, zero]);
                self.at.value("vector.maskedload", &operands, ty, &[])
            }
        };
        self.vectors.insert(value_key(result), vector);
        Ok(())
    }

    fn store(&mut self, op: Op<'c, 'a>) -> Result<(), String> {
        let value = self.vector(op.operand(0).map_err(|error| error.to_string())?)?;
        let mut operands = self.places(op, 1)?;
        match self.mask {
            None => {
                operands.insert(0, value);
                self.at.op("vector.store", &operands, &[], &[]);
            }
            Some(mask) => {
                operands.extend([mask, value]);
                self.at.op("vector.maskedstore", &operands, &[], &[]);
            }
        }
        Ok(())
    }

    /// The memref, which is operand `first` of a load or store, and the indices of its first lane.
    fn places(&mut self, op: Op<'c, 'a>, first: usize) -> Result<Vec<Val<'c, 'a>>, String> {
        let mut places = Vec::new();
        for (place, operand) in op.operands().skip(first).enumerate() {
            places.push(if place == 0 {
                operand
            } else {
                self.scalar(operand)?
            });
        }
        Ok(places)
    }

    /// Both branches run, each for the lanes that take it.
    fn conditional(&mut self, op: Op<'c, 'a>) -> Result<(), String> {
        let condition = self.vector(op.operand(0).map_err(|error| error.to_string())?)?;
        let outer = self.mask;
        let blocks = nested_blocks(op);
        let mut yielded = Vec::new();
        for (branch, block) in blocks.iter().enumerate() {
            let taken = if branch == 0 {
                condition
            } else {
                let all = self.splat_integer(emit::int_type(&self.at, 1), -1);
                self.at
                    .value("arith.xori", &[condition, all], condition.r#type(), &[])
            };
            self.mask = Some(match outer {
                None => taken,
                Some(mask) => self
                    .at
                    .value("arith.andi", &[mask, taken], mask.r#type(), &[]),
            });
            self.block(*block)?;
            let mut values = Vec::new();
            if let Some(terminator) = ops(*block).pop() {
                for value in terminator.operands() {
                    values.push(self.vector(value)?);
                }
            }
            yielded.push(values);
        }
        self.mask = outer;
        if let [then, otherwise] = &yielded[..] {
            for (place, result) in results(op).into_iter().enumerate() {
                let vector = self.select(condition, then[place], otherwise[place]);
                self.vectors.insert(value_key(result), vector);
            }
        }
        Ok(())
    }

    fn select(&self, mask: Val<'c, 'a>, yes: Val<'c, 'a>, no: Val<'c, 'a>) -> Val<'c, 'a> {
        self.at
            .value("arith.select", &[mask, yes, no], yes.r#type(), &[])
    }

    /// The value of the first lane of something uniform or linear.
    fn scalar(&mut self, value: Val<'c, 'a>) -> Result<Val<'c, 'a>, String> {
        if let Some(known) = self.scalars.get(&value_key(value)) {
            return Ok(*known);
        }
        if !self.plan.classes.contains_key(&value_key(value)) {
            // It is defined outside of the loop.
            return Ok(value);
        }
        let op = defining_op(value).ok_or("a carried value is used as an index")?;
        let mut operands = Vec::new();
        for operand in op.operands() {
            operands.push(self.scalar(operand)?);
        }
        let copy = emit::like(&self.at, op, &operands, value.r#type());
        self.scalars.insert(value_key(value), copy);
        Ok(copy)
    }

    /// The values of all lanes.
    fn vector(&mut self, value: Val<'c, 'a>) -> Result<Val<'c, 'a>, String> {
        if let Some(known) = self.vectors.get(&value_key(value)) {
            return Ok(*known);
        }
        let class = self.class(value);
        if class == Class::Varying {
            return Err(format!("a value was not widened: {value}"));
        }
        let scalar = self.scalar(value)?;
        let mut vector = broadcast(&self.at, self.lanes, scalar);
        if class == Class::Linear {
            let ty = vector.r#type();
            let steps = self.steps(ty, value.r#type())?;
            vector = self.at.value("arith.addi", &[vector, steps], ty, &[]);
        }
        self.vectors.insert(value_key(value), vector);
        Ok(vector)
    }

    /// 0, 1, 2, ...
    fn steps(&self, ty: Type<'c>, element: Type<'c>) -> Result<Val<'c, 'a>, String> {
        let lanes: Vec<_> = (0..self.lanes).map(|lane| lane.to_string()).collect();
        let text = format!("dense<[{}]> : {ty}", lanes.join(", "));
        let attribute = Attribute::parse(self.at.context, &text)
            .ok_or_else(|| format!("no steps of type {element}"))?;
        Ok(self.constant(ty, attribute))
    }

    fn zero(&self, element: Type<'c>) -> Val<'c, 'a> {
        let zero = if element.is_float() {
            FloatAttribute::new(self.at.context, element, 0.0).into()
        } else {
            IntegerAttribute::new(element, 0).into()
        };
        self.splat(element, zero)
    }

    fn splat_integer(&self, element: Type<'c>, value: i64) -> Val<'c, 'a> {
        self.splat(element, IntegerAttribute::new(element, value).into())
    }

    fn splat(&self, element: Type<'c>, value: Attribute<'c>) -> Val<'c, 'a> {
        let ty = self.vector_type(element);
        self.constant(ty, DenseElementsAttribute::splat(ty, value).into())
    }

    fn constant(&self, ty: Type<'c>, value: Attribute<'c>) -> Val<'c, 'a> {
        self.at
            .value("arith.constant", &[], ty, &[("value", value)])
    }
}

/// A value in every lane.
pub fn broadcast<'c, 'a>(at: &Cursor<'c, 'a>, lanes: u64, value: Val<'c, 'a>) -> Val<'c, 'a> {
    let ty = Type::vector(&[lanes], value.r#type());
    at.value("vector.broadcast", &[value], ty, &[])
}

fn divides_integers(name: &str) -> bool {
    matches!(
        name,
        "arith.divsi"
            | "arith.divui"
            | "arith.remsi"
            | "arith.remui"
            | "arith.floordivsi"
            | "arith.ceildivsi"
            | "arith.ceildivui"
    )
}
