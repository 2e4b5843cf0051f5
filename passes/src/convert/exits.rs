//! `convert-exits-to-cf`: leave a function through branches.
//!
//! Before:                              After:
//!   par.exit_if %failed {                cf.cond_br %failed weights([1, 2000]), ^out, ^on
//!     func.call @raise() : () -> ()    ^on:
//!     par.exit %status                   …
//!   }                                  ^out:
//!   …                                    func.call @raise() : () -> ()
//!                                        %rest = ub.poison : f32
//!                                        return %status, %rest : i32, f32
//!
//! The ways out stand behind all other blocks of the function, since they hardly ever run.
//!
//! Requires: `scf` has become `cf`, and no `par.for` is left.  Leaves: nothing of `par`.

use melior::{
    Context,
    ir::{
        BlockLike, attribute::DenseI32ArrayAttribute, operation::OperationLike,
        r#type::FunctionType,
    },
};
use mlc_mlir::{
    Pass, PassError, PassResult, emit_error,
    rewrite::{
        Blk, Cursor, Op, erase, move_blocks, operand, ops_named, split_block, type_attribute,
    },
};

pub static CONVERT_EXITS: Pass = Pass {
    name: "convert-exits-to-cf",
    summary: "leave functions with an error through branches",
    anchor: "builtin.module",
    run: |context, module, _| {
        for function in ops_named(module, "func.func") {
            convert(context, function)?;
        }
        Ok(())
    },
};

fn convert<'c, 'a>(context: &'c Context, function: Op<'c, 'a>) -> PassResult {
    let exits = ops_named(function, "par.exit_if");
    let mut rests = Vec::new();
    // From the last to the first: what is behind one is moved once, up to the next.
    for op in exits.iter().rev() {
        if op.parent_operation() != Some(function) {
            emit_error(op.location(), "`par.exit_if` is left in a region");
            return Err(PassError::Reported);
        }
        let next = op
            .next_in_block()
            .ok_or("an operation before the end of its block")?;
        rests.push(split_block(next).ok_or("a block in a region")?);
    }
    let body = function.region(0).map_err(|error| error.to_string())?;
    for (op, rest) in exits.into_iter().zip(rests.into_iter().rev()) {
        let way_out = op.region(0).map_err(|error| error.to_string())?;
        let way_out = *move_blocks(way_out, body).first().ok_or("a block")?;
        branch(Cursor::before(context, op), op, way_out, rest);
        erase(op);
        leave(
            context,
            function,
            way_out.terminator().ok_or("a terminator")?,
        )?;
    }
    Ok(())
}

/// Branches to the way out, which hardly ever happens.
fn branch<'c, 'a>(at: Cursor<'c, 'a>, op: Op<'c, 'a>, way_out: Blk<'c, 'a>, rest: Blk<'c, 'a>) {
    let array = |values: &[i32]| DenseI32ArrayAttribute::new(at.context, values).into();
    let attributes = [
        ("branch_weights", array(&[1, 2000])),
        ("operandSegmentSizes", array(&[1, 0, 0])),
    ];
    at.branch(
        "cf.cond_br",
        &[operand(op, 0)],
        &[way_out, rest],
        &attributes,
    );
}

/// Returns the status first, and nothing of worth for the other results.
fn leave<'c>(context: &'c Context, function: Op<'c, '_>, exit: Op<'c, '_>) -> PassResult {
    let at = Cursor::before(context, exit);
    let ty =
        type_attribute(function, "function_type").and_then(|ty| FunctionType::try_from(ty).ok());
    let ty = ty.ok_or("a function has a function type")?;
    let mut results = vec![operand(exit, 0)];
    for position in 1..ty.result_count() {
        let result = ty.result(position).map_err(|error| error.to_string())?;
        results.push(at.value("ub.poison", &[], result, &[]));
    }
    at.op("func.return", &results, &[], &[]);
    erase(exit);
    Ok(())
}
