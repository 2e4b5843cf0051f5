//! What can run on a device.

use crate::par::parallel_loop::ParallelLoop;
use melior::ir::operation::OperationLike;
use mlc_mlir::rewrite::{Blk, Op, all_ops, nested_blocks, op_name, ops, string_attribute};

/// Whether the iterations of a loop can run on a device: no error leaves them, and nothing in them needs the host.
/// `module` holds the functions that they call.
pub fn can_run(parallel: &ParallelLoop, module: Blk) -> bool {
    !parallel.raises
        && nested_blocks(parallel.par_for)
            .into_iter()
            .all(|block| block_can_run(block, module, &mut Vec::new()))
}

fn block_can_run<'c, 'a>(
    block: Blk<'c, 'a>,
    module: Blk<'c, 'a>,
    callers: &mut Vec<&'c str>,
) -> bool {
    ops(block)
        .into_iter()
        .flat_map(all_ops)
        .all(|op| op_can_run(op, module, callers))
}

fn op_can_run<'c, 'a>(op: Op<'c, 'a>, module: Blk<'c, 'a>, callers: &mut Vec<&'c str>) -> bool {
    let name = op_name(op);
    match name {
        "par.for" => !op.has_attribute("raises"),
        "func.call" => function_can_run(op, module, callers),
        "par.yield" | "func.return" | "builtin.unrealized_conversion_cast" | "ub.poison" => true,
        "scf.for" | "scf.if" | "scf.while" | "scf.index_switch" | "scf.yield" | "scf.condition" => {
            true
        }
        "memref.load"
        | "memref.store"
        | "memref.atomic_rmw"
        | "memref.dim"
        | "memref.cast"
        | "memref.subview"
        | "memref.reinterpret_cast"
        | "memref.extract_strided_metadata"
        | "memref.collapse_shape"
        | "memref.expand_shape"
        | "memref.alloca"
        | "memref.assume_alignment" => true,
        "complex.create" | "complex.constant" | "complex.re" | "complex.im" | "complex.abs"
        | "complex.add" | "complex.sub" | "complex.mul" | "complex.div" => true,
        "llvm.load" | "llvm.store" | "llvm.getelementptr" | "llvm.extractvalue"
        | "llvm.insertvalue" | "llvm.mlir.undef" | "llvm.mlir.poison" | "llvm.mlir.zero"
        | "llvm.mlir.constant" => true,
        // What of `math` a device lacks is an error later, which names the function.
        _ => name.starts_with("arith.") || name.starts_with("math."),
    }
}

/// Whether the function that is called has a body that can run, and does not call itself.
fn function_can_run<'c, 'a>(
    call: Op<'c, 'a>,
    module: Blk<'c, 'a>,
    callers: &mut Vec<&'c str>,
) -> bool {
    let Some(callee) = string_attribute(call, "callee") else {
        return false;
    };
    if callers.contains(&callee) {
        return false;
    }
    let function = ops(module).into_iter().find(|op| {
        op_name(*op) == "func.func" && string_attribute(*op, "sym_name") == Some(callee)
    });
    let blocks = function.map_or(Vec::new(), nested_blocks);
    callers.push(callee);
    let can_run = !blocks.is_empty()
        && blocks
            .into_iter()
            // A loop in a function that is called would be none of the outermost.
            .all(|block| {
                let parallel = ops(block).into_iter().flat_map(all_ops);
                parallel.into_iter().all(|op| op_name(op) != "par.for")
                    && block_can_run(block, module, callers)
            });
    callers.pop();
    can_run
}

/// Whether an operation, or one in its regions, may write memory.
pub fn writes(op: Op) -> bool {
    all_ops(op).into_iter().any(|op| {
        matches!(
            op_name(op),
            "memref.store" | "memref.atomic_rmw" | "llvm.store" | "func.call"
        )
    })
}

/// Whether an operation, or one in its regions, may read memory.
pub fn reads(op: Op) -> bool {
    all_ops(op).into_iter().any(|op| {
        matches!(
            op_name(op),
            "memref.load" | "memref.atomic_rmw" | "llvm.load" | "func.call"
        )
    })
}
