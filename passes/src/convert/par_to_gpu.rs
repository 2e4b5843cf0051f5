//! `convert-par-to-gpu`: make outermost parallel loops kernels and their launches.
//!
//! ```mlir
//! // Before                         // After
//! par.for (%i) in (%n) {            %blocks = arith.ceildivui %n, %c256 : index
//!   %x = memref.load %a[%i]         gpu.launch blocks(%b, …) in (%blocks, …) threads(%t, …) in (256, …) {
//!   memref.store %x, %b[%i]           %i = %b * 256 + %t
//! }                                   scf.if %i < %n { … }
//!                                   }
//! ```
//!
//! A thread runs one iteration, or with reductions every (blocks * 256)th. Where the body holds loops over enough
//! iterations of their own that are independent (`par.for`, or `scf.for` marked so), a block runs an iteration and its
//! threads share those loops: neighbors then touch neighboring memory. See `dialects/par/README.md`.
//!
//! Requires: stage `linalg`.  Leaves: `par.for` that stays on the host, for `par-outline`: loops that are rarely run
//! (`mlc.cold`), that may raise, whose body allocates or calls the runtime, and sums whose order is prescribed.
//! Does not: outline kernels (`gpu-kernel-outlining`), or move data between host and device.

mod barriers;
mod device;
mod inner_loops;
mod launch;
mod rows;
mod threads;

use crate::par::parallel_loop::ParallelLoop;
use melior::{
    Context,
    ir::{OperationRef, operation::OperationLike},
};
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{Blk, Op, nested_blocks, op_name, ops, string_attribute},
};
use std::collections::HashSet;

pub static PAR_TO_GPU: Pass = Pass {
    name: "convert-par-to-gpu",
    summary: "make outermost parallel loops kernels and their launches",
    anchor: "builtin.module",
    run,
};

fn run<'c, 'a>(context: &'c Context, module: OperationRef<'c, 'a>, _: &str) -> PassResult {
    let Some(body) = nested_blocks(module).first().copied() else {
        return Ok(());
    };
    let mut names = KernelNames::default();
    for function in ops(body) {
        if op_name(function) != "func.func" {
            continue;
        }
        let reorder = string_attribute(function, "mlc.fp") != Some("strict");
        for par_for in outermost_loops(function) {
            let parallel = ParallelLoop::new(context, par_for)?;
            if !device::can_run(&parallel, body) || (parallel.rounds() && !reorder) {
                continue;
            }
            let mut name = || names.next(function);
            match rows::plan(&parallel, reorder) {
                None => threads::convert(parallel, &name())?,
                Some(plan) => rows::convert(parallel, plan, reorder, &mut name)?,
            }
        }
    }
    Ok(())
}

/// The parallel loops below an operation that are in no other one and are worth a kernel.
fn outermost_loops<'c, 'a>(around: Op<'c, 'a>) -> Vec<Op<'c, 'a>> {
    fn visit<'c, 'a>(block: Blk<'c, 'a>, list: &mut Vec<Op<'c, 'a>>) {
        for op in ops(block) {
            if op.has_attribute("mlc.cold") {
                continue;
            }
            if op_name(op) == "par.for" {
                list.push(op);
                continue;
            }
            for block in nested_blocks(op) {
                visit(block, list);
            }
        }
    }
    let mut list = Vec::new();
    for block in nested_blocks(around) {
        visit(block, &mut list);
    }
    list
}

/// Names of kernels: that of the function, `_par` and a number. PTX knows letters, digits and `_` only.
#[derive(Default)]
struct KernelNames {
    taken: HashSet<String>,
}

impl KernelNames {
    fn next(&mut self, function: Op) -> String {
        let function: String = string_attribute(function, "sym_name")
            .unwrap_or("anonymous")
            .chars()
            .map(|letter| {
                if letter.is_ascii_alphanumeric() {
                    letter
                } else {
                    '_'
                }
            })
            .collect();
        let name = (0..)
            .map(|number| format!("{function}_par{number}"))
            .find(|name| !self.taken.contains(name))
            .unwrap_or_default();
        self.taken.insert(name.clone());
        name
    }
}
