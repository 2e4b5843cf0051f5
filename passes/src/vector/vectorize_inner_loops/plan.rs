//! Whether and how a loop becomes one over vectors.

use super::reduction::{self, Reduction};
use crate::{emit, simd::Simd};
use melior::ir::{
    BlockLike, Type, TypeLike, ValueLike,
    operation::OperationLike,
    r#type::{IntegerType, MemRefType, ShapedTypeLike},
};
use mlc_mlir::rewrite::{
    Blk, Key, Op, Val, arguments, constant_integer, defining_block, nested_blocks, op_name, ops,
    results, string_attribute, value_key,
};
use std::collections::HashMap;

/// How a value depends on the iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The same in every iteration, and computed by operations that may run at any time.
    Uniform,
    /// The induction variable plus something uniform.
    Linear,
    /// Anything else.
    Varying,
}

/// What a load or store touches over consecutive iterations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// One place.
    Uniform,
    /// Consecutive places.
    Contiguous,
}

/// The decision to vectorize a loop.
pub struct Plan<'c, 'a> {
    /// The iterations of a step of the loop: of one register, or of several at once.
    pub lanes: u64,
    /// The iterations that one register holds.
    pub native: u64,
    /// The width of a register.
    pub register_bits: u64,
    pub reductions: Vec<Reduction<'c, 'a>>,
    pub classes: HashMap<Key, Class>,
    pub accesses: HashMap<Key, Access>,
    /// Whether the rest is in registers under a mask; a scalar loop otherwise.
    pub masked_rest: bool,
}

/// More lanes than one register has hide the latency of a chain of additions, and of loads.
const ACCUMULATORS: u64 = 4;

struct Survey<'c, 'a> {
    body: Blk<'c, 'a>,
    classes: HashMap<Key, Class>,
    accesses: HashMap<Key, Access>,
    stores: Vec<Op<'c, 'a>>,
    loads: Vec<Op<'c, 'a>>,
    /// The widest varying value, in bits.
    widest: u64,
    /// The narrowest value that is loaded or stored for each lane, in bits.
    narrowest: u64,
    /// Whether a load or store depends on a condition.
    conditional: bool,
    /// About how many instructions the body is.
    size: u64,
}

/// Decides about an innermost loop; `None` where it stays as it is.
pub fn plan<'c, 'a>(
    function: Op<'c, 'a>,
    scf_for: Op<'c, 'a>,
    independent: bool,
    simd: Simd,
) -> Option<Plan<'c, 'a>> {
    let operands: Vec<_> = scf_for.operands().collect();
    let [lower, upper, step, ..] = operands[..] else {
        return None;
    };
    if constant_integer(step) != Some(1) {
        return None;
    }
    let body = *nested_blocks(scf_for).first()?;
    let values = arguments(body);
    let (iv, carried) = values.split_first()?;

    let mut survey = Survey {
        body,
        classes: HashMap::new(),
        accesses: HashMap::new(),
        stores: Vec::new(),
        loads: Vec::new(),
        widest: 0,
        narrowest: 64,
        conditional: false,
        size: 0,
    };
    survey.classes.insert(value_key(*iv), Class::Linear);
    for value in carried {
        survey.classes.insert(value_key(*value), Class::Varying);
        survey.widen(value.r#type())?;
    }
    survey.block(body, false)?;

    let fp = string_attribute(function, "mlc.fp");
    let reorder = match fp {
        Some("strict") => false,
        Some(_) => true,
        None => independent,
    };
    let reductions = reduction::of_loop(body, carried, reorder)?;
    if survey.widest == 0 || (survey.stores.is_empty() && reductions.is_empty()) {
        return None;
    }
    if !independent && !survey.stores_stay_in_their_iteration() {
        return None;
    }

    // AVX-512 masks loads and stores of every width, AVX2 those of 32 and 64 bits.
    let masks = match simd.vector_bits {
        512 => true,
        256 => survey.narrowest >= 32,
        _ => false,
    };
    if survey.conditional && !masks {
        return None;
    }

    let native = simd.vector_bits / survey.widest.max(8);
    // A long body hides latency by itself; several copies of it would only take time to compile.
    let factor = match survey.size {
        0..=12 => ACCUMULATORS,
        13..=32 => 2,
        _ => 1,
    };
    let mut lanes = native * factor;
    if let (Some(lower), Some(upper)) = (constant_integer(lower), constant_integer(upper)) {
        let trips = u64::try_from(upper.checked_sub(lower)?).ok()?;
        if trips < native.max(2) {
            return None;
        }
        while lanes > trips {
            lanes /= 2;
        }
    }
    (lanes >= 2).then_some(Plan {
        lanes,
        native,
        register_bits: simd.vector_bits,
        reductions,
        classes: survey.classes,
        accesses: survey.accesses,
        masked_rest: masks,
    })
}

/// The bits of a scalar that may be an element of a vector.
pub fn element_bits(ty: Type) -> Option<u64> {
    if ty.is_index() {
        Some(64)
    } else if let Ok(integer) = IntegerType::try_from(ty) {
        (integer.width() <= 64).then_some(u64::from(integer.width()))
    } else if ty.is_f16() || ty.is_bf16() || ty.is_f32() || ty.is_f64() {
        Some(u64::from(ty.float_width()))
    } else {
        None
    }
}

impl<'c, 'a> Survey<'c, 'a> {
    fn class(&self, value: Val<'c, 'a>) -> Class {
        self.classes
            .get(&value_key(value))
            .copied()
            .unwrap_or(Class::Uniform)
    }

    /// Notes that a value of a type is needed in every lane.
    fn widen(&mut self, ty: Type<'c>) -> Option<()> {
        let bits = element_bits(ty)?;
        // Masks live in registers of their own, or take the width of what they mask.
        if bits > 1 {
            self.widest = self.widest.max(bits);
        }
        Some(())
    }

    fn block(&mut self, block: Blk<'c, 'a>, conditional: bool) -> Option<()> {
        for op in ops(block) {
            self.operation(op, conditional)?;
        }
        Some(())
    }

    fn operation(&mut self, op: Op<'c, 'a>, conditional: bool) -> Option<()> {
        let name = op_name(op);
        let operands: Vec<_> = op.operands().collect();
        self.size += match name {
            "arith.constant" | "scf.yield" | "arith.index_cast" => 0,
            "math.fma" | "math.absf" | "math.sqrt" => 1,
            name if name.starts_with("math.") => 20,
            _ => 1,
        };
        match name {
            "scf.yield" => {}
            "scf.if" => {
                self.mark(op, Class::Varying)?;
                for block in nested_blocks(op) {
                    self.block(block, true)?;
                }
            }
            "memref.load" => {
                let access = self.access(op, operands[0], &operands[1..])?;
                if access == Access::Uniform {
                    // It would run where its condition does not hold.
                    if conditional {
                        return None;
                    }
                    self.classes
                        .insert(value_key(results(op)[0]), Class::Uniform);
                    element_bits(results(op)[0].r#type())?;
                } else {
                    self.mark(op, Class::Varying)?;
                    self.touch(results(op)[0].r#type(), conditional)?;
                }
                self.loads.push(op);
            }
            "memref.store" => {
                if self.access(op, operands[1], &operands[2..])? != Access::Contiguous {
                    return None;
                }
                self.widen(operands[0].r#type())?;
                self.touch(operands[0].r#type(), conditional)?;
                self.stores.push(op);
            }
            _ if is_elementwise(op) => {
                let class = self.class_of_elementwise(name, &operands);
                if class == Class::Varying {
                    for operand in &operands {
                        self.widen(operand.r#type())?;
                    }
                    self.mark(op, class)?;
                } else {
                    self.classes.insert(value_key(results(op)[0]), class);
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// Notes that a value of a type is loaded or stored for each lane.
    fn touch(&mut self, ty: Type<'c>, conditional: bool) -> Option<()> {
        self.narrowest = self.narrowest.min(element_bits(ty)?);
        self.conditional |= conditional;
        Some(())
    }

    fn mark(&mut self, op: Op<'c, 'a>, class: Class) -> Option<()> {
        for result in results(op) {
            self.widen(result.r#type())?;
            self.classes.insert(value_key(result), class);
        }
        Some(())
    }

    fn class_of_elementwise(&self, name: &str, operands: &[Val<'c, 'a>]) -> Class {
        let classes: Vec<_> = operands.iter().map(|value| self.class(*value)).collect();
        let may_fail = matches!(
            name,
            "arith.divsi"
                | "arith.divui"
                | "arith.remsi"
                | "arith.remui"
                | "arith.floordivsi"
                | "arith.ceildivsi"
                | "arith.ceildivui"
        );
        match (name, &classes[..]) {
            _ if may_fail => Class::Varying,
            (_, classes) if classes.iter().all(|class| *class == Class::Uniform) => Class::Uniform,
            ("arith.addi", [Class::Linear, Class::Uniform] | [Class::Uniform, Class::Linear])
            | ("arith.subi", [Class::Linear, Class::Uniform])
            | ("arith.index_cast", [Class::Linear]) => {
                // A narrow integer may wrap around within a vector.
                let wide = element_bits(operands[0].r#type()) == Some(64);
                if wide { Class::Linear } else { Class::Varying }
            }
            _ => Class::Varying,
        }
    }

    fn access(
        &mut self,
        op: Op<'c, 'a>,
        memref: Val<'c, 'a>,
        indices: &[Val<'c, 'a>],
    ) -> Option<Access> {
        if self.is_inside(memref) {
            return None;
        }
        let classes: Vec<_> = indices.iter().map(|value| self.class(*value)).collect();
        let access = if classes.iter().all(|class| *class == Class::Uniform) {
            Access::Uniform
        } else {
            let (last, outer) = classes.split_last()?;
            let ty = MemRefType::try_from(memref.r#type()).ok()?;
            let unit_stride = ty.strides_and_offset().0.last() == Some(&1);
            let consecutive = *last == Class::Linear
                && unit_stride
                && outer.iter().all(|class| *class == Class::Uniform);
            // A bit takes a byte in memory, but not in a vector.
            if !consecutive || element_bits(ty.element())? < 8 {
                return None;
            }
            Access::Contiguous
        };
        self.accesses.insert(mlc_mlir::rewrite::op_key(op), access);
        Some(access)
    }

    /// Whether a value is defined in the loop.
    fn is_inside(&self, value: Val<'c, 'a>) -> bool {
        let mut block = defining_block(value);
        while let Some(current) = block {
            if current == self.body {
                return true;
            }
            block = current.parent_operation().and_then(|op| op.block());
        }
        false
    }

    /// Whether no iteration of a serial loop touches what another one stores: all accesses are to
    /// one memref, at the same index.
    fn stores_stay_in_their_iteration(&self) -> bool {
        let Some(first) = self.stores.first() else {
            return true;
        };
        let place: Vec<_> = first.operands().skip(1).collect();
        self.stores
            .iter()
            .all(|op| op.operands().skip(1).eq(place.iter().copied()))
            && self
                .loads
                .iter()
                .all(|op| op.operands().eq(place.iter().copied()))
    }
}

/// Whether an operation works on each element of vectors alone, as it does on scalars.
fn is_elementwise(op: Op) -> bool {
    let name = op_name(op);
    (name.starts_with("arith.") || name.starts_with("math."))
        && op.region_count() == 0
        && op.result_count() == 1
        && op
            .operands()
            .all(|value| element_bits(value.r#type()).is_some())
        && results(op)
            .iter()
            .all(|value| element_bits(value.r#type()).is_some())
        && !emit::is_complex(results(op)[0].r#type())
}
