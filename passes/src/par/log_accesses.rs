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

use crate::{
    convert::own::source_place, emit, par::parallel_loop::ParallelLoop, race_options::RaceOptions,
};
use melior::{
    Context,
    ir::{
        OperationRef, ShapedTypeLike, Type, ValueLike,
        operation::OperationLike,
        r#type::{IntegerType, MemRefType},
    },
};
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{
        Blk, Cursor, Op, Val, all_ops, arguments, defining_op, enclosing, nested_blocks, op_name,
        operand, parse_into, results,
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
            "llvm.load" => log.pointer(op, 0, results(op)[0].r#type(), READ),
            "llvm.store" => log.pointer(op, 1, operand(op, 0).r#type(), WRITE),
            "llvm.intr.memcpy" => {
                log.range(op, 1, READ);
                log.range(op, 0, WRITE);
            }
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
        let memory = operand(op, memref);
        if is_of_iteration(memory) {
            return;
        }
        let Ok(ty) = MemRefType::try_from(memory.r#type()) else {
            return;
        };
        let (index, word) = (emit::index_type(&at), emit::int_type(&at, 64));
        let rank = ty.rank();
        let element = ty.element();
        let base = MemRefType::contiguous(element, &[], None).into();
        let mut types: Vec<Type> = vec![base, index];
        types.extend(vec![index; 2 * rank]);
        let parts = results(at.op("memref.extract_strided_metadata", &[memory], &types, &[]));
        let mut offset = parts[1];
        for (number, place) in op.operands().skip(memref + 1).enumerate() {
            let stride = parts[2 + rank + number];
            let step = emit::binary(&at, "arith.muli", place, stride);
            offset = emit::binary(&at, "arith.addi", offset, step);
        }
        let size = bytes(element);
        let offset = emit::binary(&at, "arith.muli", offset, emit::index(&at, size));
        let name = "memref.extract_aligned_pointer_as_index";
        let start = at.value(name, &[memory], index, &[]);
        let address = emit::binary(&at, "arith.addi", start, offset);
        let address = emit::index_cast(&at, address, word);
        let size = emit::integer(&at, word, size);
        self.access(&at, address, size, mode);
    }

    /// An access of a value through a pointer.
    fn pointer(&mut self, op: Op<'c, 'a>, pointer: usize, ty: Type<'c>, mode: i64) {
        let at = Cursor::before(self.context, op);
        let size = emit::integer(&at, emit::int_type(&at, 64), bytes(ty));
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

/// The bytes that a value takes in memory; words for what is a pointer or not a scalar.
fn bytes(ty: Type) -> i64 {
    if let Ok(integer) = IntegerType::try_from(ty) {
        return i64::from(integer.width().div_ceil(8));
    }
    let text = ty.to_string();
    match text.as_str() {
        "f16" | "bf16" => 2,
        "f32" => 4,
        "complex<f64>" => 16,
        _ => 8,
    }
}
