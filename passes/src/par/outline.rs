//! `par-outline`: make each outermost parallel loop a function over a chunk of its iterations and
//! one call of the runtime's thread pool.
//!
//! ```mlir
//! // Before                               // After
//! par.for (%i) in (%n) {                  func.func private @f.par0(%frame: !llvm.ptr, %chunk: i64,
//!   %x = memref.load %a[%i]                   %begin: i64, %end: i64) -> i32 { ... scf.for ... }
//!   memref.store %x, %b[%i]               %frame = llvm.alloca ...    // what the body captures
//! }                                       %status = call @mlc_rt_parallel_for(@f.par0, %frame, %n, %grain)
//! ```
//!
//! Requires: stage `par`, no `par.collect` left.  Leaves: no `par.for`; loops over iterations of one
//! are marked `par.independent`. Each reduction is combined over chunks in a tree that depends on
//! the bounds alone, as the chunks do: the bits are the same at any number of threads. A loop that is known to be one chunk
//! stays where it is, serial.
//! Does not: look at whether the iterations are independent (`par-check` does).

use super::{captures, captures::Frame, chunks, parallel_loop::ParallelLoop, reductions};
use crate::emit;
use melior::{
    Context,
    dialect::llvm::attributes::{Linkage, linkage},
    ir::{
        Attribute, BlockLike, OperationRef, Type, ValueLike,
        attribute::{StringAttribute, TypeAttribute},
        operation::OperationLike,
        r#type::FunctionType,
    },
};
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{
        Blk, Cursor, Op, Val, arguments, defining_op, move_before, nested_blocks, op_key, op_name,
        operand, ops, ops_named, region_of_block, results, set_attribute, set_operand,
        string_attribute,
    },
};
use std::collections::HashSet;

pub static PAR_OUTLINE: Pass = Pass {
    name: "par-outline",
    summary: "make parallel loops functions that the runtime's threads call",
    anchor: "builtin.module",
    run,
};

/// The mark of a serial loop whose iterations are independent.
pub const INDEPENDENT: &str = "par.independent";

/// The mark of a loop, and of the function over a chunk of it, that hardly ever runs.
pub const COLD: &str = "mlc.cold";

const POOL: &str = "mlc_rt_parallel_for";

fn run<'c, 'a>(context: &'c Context, module: OperationRef<'c, 'a>, _: &str) -> PassResult {
    let Some(body) = nested_blocks(module).first().copied() else {
        return Ok(());
    };
    for function in ops(body) {
        if op_name(function) == "func.func" {
            lower_loops(context, body, function, Launch::Pool)?;
        }
    }
    for function in ops(body) {
        hoist_slots(context, function);
    }
    Ok(())
}

/// What an iteration had in its frame, the function over a chunk has in its own, once.
fn hoist_slots<'c, 'a>(context: &'c Context, function: Op<'c, 'a>) {
    let Some(entry) = nested_blocks(function).first().copied() else {
        return;
    };
    for slot in ops_named(function, "llvm.alloca") {
        let count = operand(slot, 0);
        if slot.block() == Some(entry) || !captures::is_constant(count) {
            continue;
        }
        let start = Cursor::at_start(context, entry, slot.location());
        let value = defining_op(count).and_then(|op| op.attribute("value").ok());
        let (Some(value), Some(first)) = (value, entry.first_operation()) else {
            continue;
        };
        let count = start.value("arith.constant", &[], count.r#type(), &[("value", value)]);
        set_operand(slot, 0, count);
        move_before(slot, first);
        if let Some(constant) = defining_op(count) {
            move_before(constant, slot);
        }
    }
}

/// Lowers the loops of a function, outermost first, and those in the functions that this makes.
fn lower_loops<'c, 'a>(
    context: &'c Context,
    module: Blk<'c, 'a>,
    function: Op<'c, 'a>,
    launch: Launch,
) -> Result<(), String> {
    let mut made = 0;
    let mut outlined_within = HashSet::new();
    for par_for in ops_named(function, "par.for") {
        if outlined_within.contains(&op_key(par_for)) {
            continue;
        }
        let parallel = ParallelLoop::new(context, par_for)?;
        if (launch == Launch::Direct || chunks::is_one(par_for)) && !parallel.raises {
            parallel.serialize();
            continue;
        }
        outlined_within.extend(ops_named(par_for, "par.for").into_iter().map(op_key));
        let par_loop = Loop {
            parallel,
            module,
            function,
        };
        let name = string_attribute(function, "sym_name").unwrap_or("anonymous");
        let outlined = par_loop.outline(&format!("{name}.par{made}"), launch)?;
        lower_loops(context, module, outlined, Launch::Direct)?;
        made += 1;
    }
    Ok(())
}

/// How the function over a chunk is called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Launch {
    /// Through the pool.
    Pool,
    /// Directly, with all iterations: the loop is in another parallel loop.
    Direct,
}

struct Loop<'c, 'a> {
    parallel: ParallelLoop<'c, 'a>,
    module: Blk<'c, 'a>,
    function: Op<'c, 'a>,
}

impl<'c, 'a> Loop<'c, 'a> {
    fn outline(self, name: &str, launch: Launch) -> Result<Op<'c, 'a>, String> {
        let at = Cursor::before(self.parallel.context, self.parallel.par_for);
        let iterations = self.parallel.iterations(&at);
        let grain = match launch {
            Launch::Pool if self.keeps_source_order() => chunks::one(&at, iterations),
            Launch::Pool => chunks::grain(&at, &self.parallel, iterations),
            Launch::Direct => iterations,
        };

        // What the function over a chunk needs: what the body uses, the bounds of the inner
        // dimensions, and the places for the partial results.
        let mut captured = self
            .parallel
            .par_for
            .region(0)
            .map(captures::captured)
            .map_err(|error| error.to_string())?;
        let mut constants = Vec::new();
        captured.retain(|value| {
            let constant = captures::is_constant(*value);
            if constant {
                constants.push(*value);
            }
            !constant
        });
        let entry = entry_cursor(self.parallel.context, self.function)?;
        let slots = match launch {
            Launch::Pool => chunks::MOST,
            Launch::Direct => 1,
        };
        let mut partials = Vec::new();
        for ty in self.parallel.types() {
            let memory = emit::memory_type(&entry, ty)?;
            partials.push(emit::stack(&entry, memory, slots));
        }
        let inner = &self.parallel.bounds[1..];
        let carried: Vec<_> = captured
            .iter()
            .chain(inner)
            .chain(&partials)
            .copied()
            .collect();
        let carried_types: Vec<_> = carried.iter().map(|value| value.r#type()).collect();
        let frame_layout = Frame::new(&at, &carried_types)?;

        let function = self.make_function(name);
        let inside = *nested_blocks(function)
            .first()
            .ok_or("a function without a body")?;
        self.fill_function(
            inside,
            &frame_layout,
            &carried_types,
            captured.len(),
            &captured,
            &constants,
        )?;

        let frame = frame_layout.allocate(&entry);
        frame_layout.pack(&at, frame, &carried);
        let word = emit::int_type(&at, 64);
        let count = emit::index_cast(&at, iterations, word);
        let status = match launch {
            Launch::Pool => {
                let (pointer, status) = (emit::pointer_type(&at), emit::int_type(&at, 32));
                let inputs = [pointer, pointer, word, word];
                emit::declare(self.parallel.context, self.module, POOL, &inputs, &[status]);
                let address = emit::function_address(&at, name, chunk_type(&at));
                let grain = emit::index_cast(&at, grain, word);
                emit::call(
                    &at,
                    POOL,
                    &[address, frame, count, grain],
                    &[emit::int_type(&at, 32)],
                )
            }
            Launch::Direct => {
                let zero = emit::integer(&at, word, 0);
                emit::call(
                    &at,
                    name,
                    &[frame, zero, zero, count],
                    &[emit::int_type(&at, 32)],
                )
            }
        };
        let parts = if partials.is_empty() {
            count
        } else {
            let one = emit::index(&at, 1);
            let divisor = emit::binary(&at, "arith.maxsi", grain, one);
            let parts = at.value(
                "arith.ceildivui",
                &[iterations, divisor],
                iterations.r#type(),
                &[],
            );
            emit::index_cast(&at, parts, word)
        };
        let mut totals = Vec::new();
        for ((init, kind), partial) in self
            .parallel
            .inits
            .iter()
            .zip(&self.parallel.kinds)
            .zip(partials)
        {
            let ty = init.r#type();
            let tree = reductions::tree_function(&at, self.module, *kind, ty)?;
            let sum = results(emit::call(&at, &tree, &[partial, parts], &[ty]))[0];
            totals.push(reductions::combine(&at, *kind, *init, sum));
        }
        let status = self.parallel.raises.then(|| results(status)[0]);
        self.parallel.finish(status, &totals);
        Ok(function)
    }

    /// Whether rounding must happen in the order of the source, which only one chunk does.
    fn keeps_source_order(&self) -> bool {
        string_attribute(self.function, "mlc.fp") == Some("strict") && self.parallel.rounds()
    }

    /// An empty function over a chunk, in front of the function that holds the loop.
    fn make_function(&self, name: &str) -> Op<'c, 'a> {
        let mut at = Cursor::before(self.parallel.context, self.function);
        at.location = self.parallel.location;
        let ty = chunk_type(&at);
        let parameters: Vec<_> = (0..4)
            .map(|place| {
                (
                    ty.input(place).expect("four inputs"),
                    self.parallel.location,
                )
            })
            .collect();
        let (region, _) = region_of_block(&parameters);
        let text =
            |text| Attribute::parse(self.parallel.context, text).expect("a literal attribute");
        let mut attributes = vec![
            (
                "sym_name",
                StringAttribute::new(self.parallel.context, name).into(),
            ),
            ("function_type", TypeAttribute::new(ty.into()).into()),
            (
                "sym_visibility",
                StringAttribute::new(self.parallel.context, "private").into(),
            ),
            (
                "llvm.linkage",
                linkage(self.parallel.context, Linkage::Internal),
            ),
            // The frame is written before the call only.
            (
                "arg_attrs",
                text("[{llvm.noalias, llvm.readonly}, {}, {}, {}]"),
            ),
        ];
        for inherited in ["mlc.fp", "mlc.unchecked"] {
            if let Ok(attribute) = self.function.attribute(inherited) {
                attributes.push((inherited, attribute));
            }
        }
        if self.parallel.par_for.has_attribute(COLD) || self.function.has_attribute(COLD) {
            attributes.push((COLD, text("unit")));
            attributes.push(("passthrough", text("[\"cold\"]")));
        }
        at.op_with_regions("func.func", &[], &[], &attributes, vec![region])
    }

    fn fill_function(
        &self,
        block: Blk<'c, 'a>,
        layout: &Frame<'c>,
        types: &[Type<'c>],
        captured_count: usize,
        captured: &[Val<'c, 'a>],
        constants: &[Val<'c, 'a>],
    ) -> Result<(), String> {
        let at = Cursor::at_end(self.parallel.context, block, self.parallel.location);
        let parameters = arguments(block);
        let unpacked = layout.unpack(&at, parameters[0], types);
        let inner = &unpacked[captured_count..captured_count + self.parallel.bounds.len() - 1];
        let partials = &unpacked[captured_count + inner.len()..];

        let neutral = self.parallel.neutral(&at)?;
        let word = emit::index_type(&at);
        let begin = emit::index_cast(&at, parameters[2], word);
        let end = emit::index_cast(&at, parameters[3], word);
        let sums = match inner.split_last() {
            None => self.over_range(&at, (begin, end), &[], &neutral),
            Some((last, middle)) => self.over_rows(&at, (begin, end), middle, *last, &neutral),
        };
        for (sum, partial) in sums.into_iter().zip(partials) {
            let memory = emit::memory_type(&at, sum.r#type())?;
            let place = emit::element_address(&at, *partial, memory, parameters[1]);
            emit::store(&at, captures::to_memory(&at, sum, memory), place);
        }
        let done = emit::integer(&at, emit::int_type(&at, 32), 0);
        at.op("func.return", &[done], &[], &[]);

        // The body is in place: what it captured is now what was unpacked, and constants are its own.
        let region = block.parent_region().ok_or("a block without a region")?;
        captures::replace_in_region(region, captured, &unpacked[..captured_count]);
        let start = Cursor::at_start(self.parallel.context, block, self.parallel.location);
        let copies: Vec<_> = constants
            .iter()
            .filter_map(|value| defining_op(*value))
            .filter_map(|op| {
                let value = op.attribute("value").ok()?;
                let ty = results(op)[0].r#type();
                Some(start.value("arith.constant", &[], ty, &[("value", value)]))
            })
            .collect();
        captures::replace_in_region(region, constants, &copies);
        Ok(())
    }

    /// A loop of the last dimension from `begin` to `end`, with the body in it.
    fn over_range(
        &self,
        at: &Cursor<'c, 'a>,
        (begin, end): (Val<'c, 'a>, Val<'c, 'a>),
        outer: &[Val<'c, 'a>],
        carried: &[Val<'c, 'a>],
    ) -> Vec<Val<'c, 'a>> {
        let one = emit::index(at, 1);
        let op = emit::for_loop(at, (begin, end, one), carried, |at, iv, carried| {
            let ivs: Vec<_> = outer.iter().copied().chain([iv]).collect();
            self.parallel.place_body(at, &ivs, carried)
        });
        set_attribute(op, INDEPENDENT, Attribute::unit(self.parallel.context));
        results(op)
    }

    /// Two loops: over the rows that the chunk touches, and over the chunk's part of each. `begin`
    /// and `end` count the iterations of all dimensions, the last one fastest.
    fn over_rows(
        &self,
        at: &Cursor<'c, 'a>,
        (begin, end): (Val<'c, 'a>, Val<'c, 'a>),
        middle: &[Val<'c, 'a>],
        last: Val<'c, 'a>,
        carried: &[Val<'c, 'a>],
    ) -> Vec<Val<'c, 'a>> {
        let (zero, one) = (emit::index(at, 0), emit::index(at, 1));
        // Without iterations there is nothing to divide, but the division runs.
        let length = emit::binary(at, "arith.maxsi", last, one);
        let first_row = emit::binary(at, "arith.divui", begin, length);
        let end_row = at.value("arith.ceildivui", &[end, length], length.r#type(), &[]);
        let rows = emit::for_loop(
            at,
            (first_row, end_row, one),
            carried,
            |at, row, carried| {
                let start = emit::binary(at, "arith.muli", row, length);
                let low = emit::binary(at, "arith.subi", begin, start);
                let low = emit::binary(at, "arith.maxsi", low, zero);
                let high = emit::binary(at, "arith.subi", end, start);
                let high = emit::binary(at, "arith.minsi", high, length);
                let mut outer = Vec::new();
                let mut rest = row;
                for bound in middle.iter().rev() {
                    let bound = emit::binary(at, "arith.maxsi", *bound, one);
                    outer.push(emit::binary(at, "arith.remui", rest, bound));
                    rest = emit::binary(at, "arith.divui", rest, bound);
                }
                outer.push(rest);
                outer.reverse();
                self.over_range(at, (low, high), &outer, carried)
            },
        );
        set_attribute(rows, INDEPENDENT, Attribute::unit(self.parallel.context));
        results(rows)
    }
}

/// The type of a function over a chunk: frame, number of the chunk, first iteration and end.
fn chunk_type<'c>(at: &Cursor<'c, '_>) -> FunctionType<'c> {
    let word = emit::int_type(at, 64);
    let inputs = [emit::pointer_type(at), word, word, word];
    FunctionType::new(at.context, &inputs, &[emit::int_type(at, 32)])
}

/// The start of the function, where memory on the stack is made once in a call.
fn entry_cursor<'c, 'a>(
    context: &'c Context,
    function: Op<'c, 'a>,
) -> Result<Cursor<'c, 'a>, String> {
    let entry = *nested_blocks(function)
        .first()
        .ok_or("a loop in a function without a body")?;
    Ok(Cursor::at_start(context, entry, function.location()))
}
