//! `convert-own`: make memory explicit.
//!
//! Before:                                          After:
//!   %n = own.len %l : !own.ref<!own.list<f32>>       %p = llvm.getelementptr %l[0, 1] : …, !llvm.struct<(ptr, i64, i64)>
//!   own.check_index %i < %n given %i                 %n = llvm.load %p : !llvm.ptr -> i64
//!     unwind(%b : !own.box<f32>)                     %out = arith.cmpi uge, %i, %n : index
//!                                                    par.exit_if %out { …@mlc_rt_raise_index…, @mlc_rt_box_free(%b)…
//!                                                      par.exit %index_error }
//!
//! Boxes and borrows become `!llvm.ptr`, payloads LLVM structs (`layout.rs`), what destroys and copies
//! them functions of the module (`glue.rs`), and error operations `par.exit_if`.
//!
//! Requires: `own-insert-drops`.  Leaves: stage `par`, nothing of `own`.
//! Does not: lower `par.for` and `par.collect`; the latter gets `element_bytes`, the size of what the
//! cell that it appends holds.

mod access;
mod create;
mod errors;
mod signature;
mod slice;

use super::{
    emit::Emit,
    glue::Glue,
    layout::{Layout, layout},
    runtime::Runtime,
};
use crate::analysis::{borrows::unwind_start, live_boxes};
pub use errors::source_place;
use melior::{
    Context,
    ir::{RegionLike, Type, ValueLike, attribute::IntegerAttribute, operation::OperationLike},
};
use mlc_dialects::own;
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{
        Blk, Cursor, Key, Op, Val, all_ops, enclosing, erase, op_key, op_name, operand, ops,
        parse_module_into, replace_all_uses, results, set_attribute, string_attribute, value_key,
    },
};
use std::collections::{BTreeSet, HashMap, HashSet};

pub static CONVERT_OWN: Pass = Pass {
    name: "convert-own",
    summary: "make the memory of owned values explicit",
    anchor: "builtin.module",
    run: |context, module, _| convert(context, module),
};

/// What the conversion of a module knows.
struct Conversion<'c, 'a> {
    context: &'c Context,
    runtime: Runtime,
    glue: Glue,
    /// The functions that return a status first, by their operations.
    raising: HashSet<Key>,
    /// The boxes that are live at an operation that allocates.
    live: HashMap<Key, Vec<Val<'c, 'a>>>,
    /// The cells that lie in the frame of the function.
    on_stack: HashSet<Key>,
    /// What became of the results of converted operations.
    replaced: HashMap<Key, Val<'c, 'a>>,
}

fn convert<'c, 'a>(context: &'c Context, module: Op<'c, 'a>) -> PassResult {
    let body = module
        .region(0)
        .ok()
        .and_then(|region| region.first_block());
    let body = body.ok_or("a module has a body")?;
    let mut conversion = Conversion {
        context,
        runtime: Runtime::default(),
        glue: Glue::new(returning_status(body)),
        raising: HashSet::new(),
        live: HashMap::new(),
        on_stack: HashSet::new(),
        replaced: HashMap::new(),
    };
    for function in ops(body) {
        if op_name(function) == "func.func" {
            conversion.study(function);
            for op in all_ops(function) {
                conversion.convert_op(op)?;
            }
            signature::convert(context, function);
        }
    }
    let source = conversion.glue.source() + "\n" + &conversion.runtime.source();
    let known = (ops(body).into_iter())
        .filter_map(|op| string_attribute(op, "sym_name"))
        .collect();
    if !parse_module_into(context, body, &source, &known) {
        return Err("the generated functions are not valid".into());
    }
    Ok(())
}

impl<'c, 'a> Conversion<'c, 'a> {
    /// Finds out what is live where memory may run out, and whether the function may raise.
    fn study(&mut self, function: Op<'c, 'a>) {
        if function.has_attribute("mlc.raises") {
            self.raising.insert(op_key(function));
        }
        let (raising, live) = (&mut self.raising, &mut self.live);
        live_boxes::for_each_op(function, &mut |op, boxes| match op_name(op) {
            "own.new" | "own.new_list" | "own.new_array" | "own.copy" | "own.take"
            | "own.reuse" => {
                live.insert(op_key(op), boxes.to_vec());
            }
            _ if unwind_start(op).is_some() && enclosing(op, &["par.for"]).is_none() => {
                raising.insert(op_key(function));
            }
            _ => {}
        });
    }

    /// Whether an error can leave the function or the iteration that `op` is in.
    fn can_exit(&self, op: Op<'c, 'a>) -> bool {
        match enclosing(op, &["par.for", "func.func"]) {
            Some(around) if op_name(around) == "par.for" => around.has_attribute("raises"),
            Some(around) => self.raising.contains(&op_key(around)),
            None => false,
        }
    }

    fn layout(&self, payload: Type<'c>) -> Layout<'c> {
        layout(self.context, payload)
    }

    fn convert_op(&mut self, op: Op<'c, 'a>) -> PassResult {
        let emit = Emit(Cursor::before(self.context, op));
        match op_name(op) {
            "own.new" => self.new_cell(emit, op),
            "own.new_list" => self.new_list(emit, op),
            "own.new_array" => self.new_array(emit, op),
            "own.copy" => self.copy(emit, op)?,
            "own.move" | "own.borrow" | "own.borrow_mut" => self.replace_typed(op, operand(op, 0)),
            "own.drop" => self.drop_box(emit, operand(op, 0)),
            "own.keep" => {}
            "own.arm" | "own.disarm" => self.arm(emit, op),
            "own.reuse" => self.reuse(emit, op),
            "own.elem" => self.elem(emit, op),
            "own.field" => self.field(emit, op),
            "own.view" => self.view(emit, op),
            "own.slice" => self.slice(emit, op),
            "own.header" => self.header(emit, op),
            "own.len" => self.len(emit, op),
            "own.load" => self.load(emit, op),
            "own.store" => self.store(emit, op),
            "own.put" => self.put(emit, op),
            "own.take" => self.take(emit, op),
            "own.swap" => self.swap(emit, op),
            "own.append" => self.append(emit, op),
            "own.resize" => self.resize(emit, op),
            "own.check" => self.check(emit, op)?,
            "own.check_index" => self.check_index(emit, op),
            "own.propagate" => self.propagate(emit, op),
            "par.collect" => {
                self.annotate_collect(emit, op);
                return Ok(());
            }
            _ => return Ok(()),
        }
        erase(op);
        Ok(())
    }

    /// Replaces an operation by a value that keeps the type of the operation's result, so that later
    /// operations still see the payload; types are converted when all operations are.
    fn replace_typed(&mut self, op: Op<'c, 'a>, value: Val<'c, 'a>) {
        for result in results(op) {
            replace_all_uses(result, value);
            self.replaced.insert(value_key(result), value);
        }
    }

    /// The boxes that are live at an operation that allocates, newest first, as they are by now.
    fn live_at(&self, op: Op<'c, 'a>) -> Vec<Val<'c, 'a>> {
        let live = self.live.get(&op_key(op)).map_or(&[][..], Vec::as_slice);
        (live.iter().rev())
            .map(|value| *self.replaced.get(&value_key(*value)).unwrap_or(value))
            .collect()
    }

    /// Destroys a payload in its place.
    fn drop_payload(&mut self, emit: Emit<'c, 'a>, place: Val<'c, 'a>, payload: Type<'c>) {
        if let Some(drop) = (self.glue).drop_function(self.context, &mut self.runtime, payload) {
            emit.call(&drop, &[place], &[]);
        }
    }

    fn drop_box(&mut self, emit: Emit<'c, 'a>, cell: Val<'c, 'a>) {
        if let Some(payload) = own::payload(cell.r#type()) {
            let end = (self.glue).end_function(self.context, &mut self.runtime, payload);
            if let Some(end) = end {
                emit.call(&end, &[cell], &[]);
                return;
            }
            self.drop_payload(emit, cell, payload);
        }
        self.free_cell(emit, cell);
    }

    /// Frees a cell, not what its payload owns.
    fn free_cell(&mut self, emit: Emit<'c, 'a>, cell: Val<'c, 'a>) {
        if !self.on_stack.contains(&value_key(cell)) {
            emit.call_runtime(&mut self.runtime, "mlc_rt_box_free", &[cell], &[]);
        }
    }

    /// Tells who lowers the loop how large an element is that comes in a cell.
    fn annotate_collect(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        if let Some(payload) = own::payload(operand(op, 0).r#type()) {
            let bytes = IntegerAttribute::new(emit.integer_type(64), self.layout(payload).size);
            set_attribute(op, "element_bytes", bytes.into());
        }
    }
}

/// The names of the functions that return a status and nothing else, as destructors may.
fn returning_status(body: Blk) -> BTreeSet<String> {
    let raises = |op: &Op| op_name(*op) == "func.func" && op.has_attribute("mlc.raises");
    (ops(body).into_iter())
        .filter(raises)
        .filter_map(|op| string_attribute(op, "sym_name"))
        .map(str::to_owned)
        .collect()
}

/// The payload that a box or a borrow leads to.
fn payload<'c>(value: Val<'c, '_>) -> Type<'c> {
    own::payload(value.r#type()).expect("a box or a borrow, as verified")
}
