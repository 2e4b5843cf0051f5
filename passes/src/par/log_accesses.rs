//! `par-log-accesses`: tell the runtime what each iteration of a parallel loop touches.
//!
//! Before:                             After:
//!   par.for (%i) in (%n) {              call @mlc_rt_race_enter()
//!     memref.store %v, %y[%i]           par.for (%i) in (%n) {
//!   }                                     call @mlc_rt_race_iteration(%i)
//!                                         call @mlc_rt_race_access(%address, 4, 1, @file, 5, 3)
//!                                         memref.store %v, %y[%i]
//!                                       }
//!                                       call @mlc_rt_race_leave()
//!
//! Requires: stage `par`. Does nothing in a module that does not say `mlc.sanitize = "race"`.
//! Leaves: loops whose iterations the runtime holds against each other (`--sanitize=race`); functions that loops call are
//! told of, too, and what they touch outside of loops is ignored.
//! Does not: see what functions of other modules touch.

mod elements;
mod runtime;

use crate::{
    convert::own::source_place, emit, par::parallel_loop::ParallelLoop, race_options::RaceOptions,
};
use elements::Elements;
use melior::{
    Context,
    ir::{OperationRef, Type, ValueLike, operation::OperationLike},
};
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{
        Blk, Cursor, Op, Val, all_ops, arguments, defining_op, enclosing, nested_blocks, op_name,
        operand, parse_into, results, string_attribute,
    },
};
use std::collections::BTreeMap;

pub static LOG_ACCESSES: Pass = Pass {
    name: "par-log-accesses",
    summary: "tell the runtime what each iteration of a parallel loop touches",
    anchor: "builtin.module",
    run: log_accesses,
};

/// How memory is touched, as the runtime numbers it.
const READ: i64 = 0;
const WRITE: i64 = 1;
const ATOMIC: i64 = 2;

pub fn log_accesses<'c, 'a>(
    context: &'c Context,
    module: OperationRef<'c, 'a>,
    _: &str,
) -> PassResult {
    let Some(body) = nested_blocks(module).first().copied() else {
        return Ok(());
    };
    let all = all_ops(module);
    let has_loops = all.iter().any(|op| op_name(*op) == "par.for");
    if !RaceOptions::of(module).log_accesses || !has_loops {
        return Ok(());
    }
    let mut log = Log {
        context,
        module: body,
        files: BTreeMap::new(),
    };
    for op in all {
        match op_name(op) {
            "par.for" => log.parallel_loop(op)?,
            "memref.load" => log.element(op, 0, READ),
            "memref.store" => log.element(op, 1, WRITE),
            "memref.atomic_rmw" => log.element(op, 1, ATOMIC),
            "vector.load" => log.vector(op, 0, results(op)[0].r#type(), READ),
            "vector.store" => log.vector(op, 1, operand(op, 0).r#type(), WRITE),
            "memref.copy" => {
                log.whole(op, 0, READ);
                log.whole(op, 1, WRITE);
            }
            "llvm.load" => log.pointer(op, 0, results(op)[0].r#type(), READ),
            "llvm.store" => log.pointer(op, 1, operand(op, 0).r#type(), WRITE),
            "llvm.intr.memcpy" | "llvm.intr.memmove" => {
                log.range(op, 1, READ);
                log.range(op, 0, WRITE);
            }
            "llvm.intr.memset" => log.range(op, 0, WRITE),
            "func.call" => log.runtime_call(op),
            _ => {}
        }
    }
    Ok(())
}

struct Log<'c, 'a> {
    context: &'c Context,
    module: Blk<'c, 'a>,
    /// The symbol that holds the name of each file.
    files: BTreeMap<String, String>,
}

impl<'c: 'a, 'a> Log<'c, 'a> {
    fn parallel_loop(&self, op: Op<'c, 'a>) -> PassResult {
        let parallel = ParallelLoop::new(self.context, op)?;
        let before = Cursor::before(self.context, op);
        let word = emit::int_type(&before, 64);
        let mut number = emit::integer(&before, word, 0);
        let bounds: Vec<_> = (parallel.bounds.iter())
            .map(|bound| emit::index_cast(&before, *bound, word))
            .collect();
        for name in ["mlc_rt_race_enter", "mlc_rt_race_leave"] {
            emit::declare(self.context, self.module, name, &[], &[]);
        }
        emit::declare(
            self.context,
            self.module,
            "mlc_rt_race_iteration",
            &[word],
            &[],
        );
        emit::call(&before, "mlc_rt_race_enter", &[], &[]);
        let inside = Cursor::at_start(self.context, parallel.body, op.location());
        for (iv, bound) in arguments(parallel.body).into_iter().zip(bounds) {
            let row = emit::binary(&inside, "arith.muli", number, bound);
            number = emit::binary(
                &inside,
                "arith.addi",
                row,
                emit::index_cast(&inside, iv, word),
            );
        }
        emit::call(&inside, "mlc_rt_race_iteration", &[number], &[]);
        let after = Cursor::after(self.context, op);
        emit::call(&after, "mlc_rt_race_leave", &[], &[]);
        Ok(())
    }

    /// An access through a memref, whose indices follow it.
    fn element(&mut self, op: Op<'c, 'a>, memref: usize, mode: i64) {
        let at = Cursor::before(self.context, op);
        let Some(place) = Elements::of(&at, operand(op, memref)) else {
            return;
        };
        let indices: Vec<_> = op.operands().skip(memref + 1).collect();
        let address = place.address(&at, &indices);
        self.access(&at, address, place.size, mode);
    }

    /// An access through a memref, whose indices follow it, of a vector: elements beside each other.
    fn vector(&mut self, op: Op<'c, 'a>, memref: usize, ty: Type<'c>, mode: i64) {
        let at = Cursor::before(self.context, op);
        let Some(place) = Elements::of(&at, operand(op, memref)) else {
            return;
        };
        let indices: Vec<_> = op.operands().skip(memref + 1).collect();
        let address = place.address(&at, &indices);
        self.access(&at, address, bytes(&at, ty), mode);
    }

    /// An access of all elements of a memref, one after the other.
    fn whole(&mut self, op: Op<'c, 'a>, memref: usize, mode: i64) {
        let before = Cursor::before(self.context, op);
        let Some(place) = Elements::of(&before, operand(op, memref)) else {
            return;
        };
        self.rest(&before, &place, &mut Vec::new(), mode);
    }

    /// All elements in the dimensions that have no index yet.
    fn rest(
        &mut self,
        at: &Cursor<'c, 'a>,
        place: &Elements<'c, 'a>,
        indices: &mut Vec<Val<'c, 'a>>,
        mode: i64,
    ) {
        let Some(size) = place.sizes.get(indices.len()) else {
            let address = place.address(at, indices);
            return self.access(at, address, place.size, mode);
        };
        let range = (emit::index(at, 0), *size, emit::index(at, 1));
        emit::for_loop(at, range, &[], |inside, index, _| {
            indices.push(index);
            self.rest(inside, place, indices, mode);
            indices.pop();
            Vec::new()
        });
    }

    /// What a function of the runtime touches through the pointers that it is given.
    fn runtime_call(&mut self, op: Op<'c, 'a>) {
        let Some(callee) = string_attribute(op, "callee") else {
            return;
        };
        let at = Cursor::before(self.context, op);
        let word = emit::int_type(&at, 64);
        let pointers = (op.operands()).filter(|value| value.r#type() == emit::pointer_type(&at));
        let touches = runtime::touches(callee);
        for (pointer, (mode, size)) in pointers.zip(touches.iter().copied()) {
            self.at_pointer(&at, pointer, emit::integer(&at, word, size), mode);
        }
    }

    /// An access of a value through a pointer.
    fn pointer(&mut self, op: Op<'c, 'a>, pointer: usize, ty: Type<'c>, mode: i64) {
        let at = Cursor::before(self.context, op);
        let size = bytes(&at, ty);
        self.at_pointer(&at, operand(op, pointer), size, mode);
    }

    /// An access of as many bytes as the third operand says.
    fn range(&mut self, op: Op<'c, 'a>, pointer: usize, mode: i64) {
        let at = Cursor::before(self.context, op);
        self.at_pointer(&at, operand(op, pointer), operand(op, 2), mode);
    }

    fn at_pointer(
        &mut self,
        at: &Cursor<'c, 'a>,
        pointer: Val<'c, 'a>,
        size: Val<'c, 'a>,
        mode: i64,
    ) {
        if is_of_iteration(pointer) {
            return;
        }
        let word = emit::int_type(at, 64);
        let address = at.value("llvm.ptrtoint", &[pointer], word, &[]);
        self.access(at, address, size, mode);
    }

    fn access(&mut self, at: &Cursor<'c, 'a>, address: Val<'c, 'a>, size: Val<'c, 'a>, mode: i64) {
        let (word, half) = (emit::int_type(at, 64), emit::int_type(at, 32));
        let pointer = emit::pointer_type(at);
        let (file, line) = source_place(at.location).unwrap_or_default();
        let symbol = self.symbol(&file);
        let symbol = melior::ir::attribute::FlatSymbolRefAttribute::new(self.context, &symbol);
        let address_of = [("global_name", symbol.into())];
        let name = at.value("llvm.mlir.addressof", &[], pointer, &address_of);
        let inputs = [word, word, half, pointer, word, half];
        emit::declare(
            self.context,
            self.module,
            "mlc_rt_race_access",
            &inputs,
            &[],
        );
        let operands = [
            address,
            size,
            emit::integer(at, half, mode),
            name,
            emit::integer(at, word, file.len() as i64),
            emit::integer(at, half, line),
        ];
        emit::call(at, "mlc_rt_race_access", &operands, &[]);
    }

    /// The constant that holds the name of a file.
    fn symbol(&mut self, file: &str) -> String {
        if let Some(known) = self.files.get(file) {
            return known.clone();
        }
        let symbol = format!("mlc.race_file.{}", self.files.len());
        let text: String = (file.bytes()).map(|byte| format!("\\{byte:02X}")).collect();
        let source = format!(
            "llvm.mlir.global private unnamed_addr constant @{symbol}(\"{text}\\00\") {{addr_space = 0 : i32}}"
        );
        parse_into(self.context, self.module, &source);
        self.files.insert(file.to_owned(), symbol.clone());
        symbol
    }
}

/// Whether memory is on the stack of one iteration, which serial iterations share.
fn is_of_iteration(place: Val) -> bool {
    let mut place = place;
    while let Some(op) = defining_op(place) {
        match op_name(op) {
            "llvm.alloca" | "memref.alloca" => return enclosing(op, &["par.for"]).is_some(),
            "llvm.getelementptr"
            | "llvm.extractvalue"
            | "builtin.unrealized_conversion_cast"
            | "memref.subview"
            | "memref.cast"
            | "memref.reinterpret_cast" => place = operand(op, 0),
            // The value that is put in first is a pointer.
            "llvm.insertvalue" => {
                let around = operand(op, 0);
                let is_first =
                    defining_op(around).is_none_or(|op| op_name(op) != "llvm.insertvalue");
                place = if is_first { operand(op, 1) } else { around };
            }
            _ => return false,
        }
    }
    false
}

/// The bytes that a value takes in memory: the address of the element behind it in an array that starts at zero.
fn bytes<'c: 'a, 'a>(at: &Cursor<'c, 'a>, ty: Type<'c>) -> Val<'c, 'a> {
    let ty = emit::memory_type(at, ty).unwrap_or(ty);
    let word = emit::int_type(at, 64);
    let null = at.value("llvm.mlir.zero", &[], emit::pointer_type(at), &[]);
    let one = emit::integer(at, word, 1);
    let end = emit::element_address(at, null, ty, one);
    at.value("llvm.ptrtoint", &[end], word, &[])
}
