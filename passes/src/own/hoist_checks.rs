//! `own-hoist-checks`: check the indices of a whole loop before it starts.
//!
//! Before:                                            After:
//!   scf.for %i = %zero to %n step %one {               scf.if (%n - 1 < %m) {
//!     own.check_index %i < %m given %i                   scf.for … { without the check }
//!     …                                                } else {
//!   }                                                    scf.for … { as before } {cold}
//!
//! The loop is versioned: where the bounds show that no check can fail, a copy without checks runs, else the loop as it
//! was, which then stops at the very iteration that it would have stopped at. Requires: `own-elide-checks`, which
//! leaves only checks that take run-time values. Leaves: checks whose index or length changes in the loop.
//! Does not: version the copy with checks again, so a nest of depth d becomes at most d + 1 loops.

use crate::analysis::{
    linear::{Linear, is_length},
    wrap::{unwrapped, without_wrap},
};
use melior::{
    Context,
    ir::{
        Attribute, BlockLike, OperationRef, Type, Value, ValueLike, operation::OperationLike,
        r#type::IntegerType,
    },
};
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{
        Cursor, Key, Op, Val, all_ops, clone_op, defining_op, erase, is_inside, move_before,
        move_to_end, nested_blocks, op_name, operand, ops, region_of_block, replace,
        replace_all_uses, results, set_attribute, value_key,
    },
};
use std::collections::BTreeSet;

pub static HOIST_CHECKS: Pass = Pass {
    name: "own-hoist-checks",
    summary: "check the indices of a whole loop before it starts",
    anchor: "func.func",
    run: hoist_checks,
};

/// Bounds under which the guard itself cannot overflow 64 bits: eight terms of a symbol times a
/// coefficient stay below 2^62.
const LARGEST_COEFFICIENT: i128 = 1 << 10;
const LARGEST_CONSTANT: i128 = 1 << 40;
const MOST_TERMS: usize = 8;

/// Versions loops whose index checks can be decided before they start.
pub fn hoist_checks<'c, 'a>(
    context: &'c Context,
    function: OperationRef<'c, 'a>,
    _: &str,
) -> PassResult {
    for block in nested_blocks(function) {
        visit(context, block.parent_operation().unwrap_or(function));
    }
    Ok(())
}

/// Versions the outermost loops in the regions of `op` that have a check to hoist, and goes on inside.
fn visit<'c: 'a, 'a>(context: &'c Context, op: Op<'c, 'a>) {
    for child in nested_blocks(op).into_iter().flat_map(ops) {
        let checks = if matches!(op_name(child), "scf.for" | "par.for") {
            hoistable(child)
        } else {
            Vec::new()
        };
        if !checks.is_empty() {
            version(context, child, checks);
        }
        visit(context, child);
    }
}

/// A check, the extremes of its index over the loop, and the length; all in values from before the loop.
struct Hoisted<'c, 'a> {
    check: Op<'c, 'a>,
    least: Linear<'c, 'a>,
    greatest: Linear<'c, 'a>,
    length: Val<'c, 'a>,
}

fn hoistable<'c: 'a, 'a>(around: Op<'c, 'a>) -> Vec<Hoisted<'c, 'a>> {
    all_ops(around)
        .into_iter()
        .filter(|op| op_name(*op) == "own.check_index")
        .filter_map(|check| {
            // The guard asks that none is negative.
            let index = without_wrap(check.operand(0).ok()?);
            let length = check.operand(1).ok()?;
            let index = Linear::of(index);
            let inside = |value: Value<'c, 'a>| is_inside(value, around);
            let least = index.extreme(true, inside)?;
            let greatest = index.extreme(false, inside)?;
            let fits = !inside(length)
                && [&least, &greatest].into_iter().all(|bound| {
                    bound.constant.abs() <= LARGEST_CONSTANT
                        && bound.terms().count() <= MOST_TERMS
                        && bound.terms().all(|(symbol, coefficient)| {
                            coefficient.abs() <= LARGEST_COEFFICIENT && !inside(symbol)
                        })
                });
            fits.then_some(Hoisted {
                check,
                least,
                greatest,
                length,
            })
        })
        .collect()
}

fn version<'c: 'a, 'a>(context: &'c Context, around: Op<'c, 'a>, checks: Vec<Hoisted<'c, 'a>>) {
    let cursor = Cursor::before(context, around);
    let condition = guard(&cursor, &checks);

    let checked = clone_op(around);
    let results_of_loop = results(around);
    let types: Vec<Type> = results_of_loop
        .iter()
        .map(|result| result.r#type())
        .collect();
    let (fast_region, fast) = region_of_block(&[]);
    let (slow_region, slow) = region_of_block(&[]);
    let branch = cursor.op_with_regions(
        "scf.if",
        &[condition],
        &types,
        &[],
        vec![fast_region, slow_region],
    );
    for (result, merged) in results_of_loop.iter().zip(results(branch)) {
        replace_all_uses(*result, merged);
    }
    move_to_end(around, fast);
    let checked = slow.append_operation(checked);
    set_attribute(checked, "mlc.cold", Attribute::unit(context));
    Cursor::at_end(context, fast, cursor.location).op("scf.yield", &results_of_loop, &[], &[]);
    Cursor::at_end(context, slow, cursor.location).op("scf.yield", &results(checked), &[], &[]);

    for Hoisted { check, .. } in checks {
        if check.operands().all(|operand| !is_inside(operand, around)) {
            // It stays before the loop, so that later passes see that the index is in range.
            move_before(check, around);
            continue;
        }
        // What the check guarded: the index, wrapped or not, is the index as it stands.
        if let Ok(index) = check.operand(0) {
            drop_wrap(index);
        }
        erase(check);
    }
}

/// Replaces the wrap of an index that is now known not to be negative.
fn drop_wrap(value: Val) {
    let mut value = value;
    while let Some(op) = defining_op(value) {
        match op_name(op) {
            "arith.index_cast" => value = operand(op, 0),
            "arith.select" => {
                if let Some(index) = unwrapped(op) {
                    replace(op, index);
                }
                return;
            }
            _ => return,
        }
    }
}

/// Whether all checks hold in all iterations.
fn guard<'c: 'a, 'a>(cursor: &Cursor<'c, 'a>, checks: &[Hoisted<'c, 'a>]) -> Val<'c, 'a> {
    let context = cursor.context;
    let bit: Type = IntegerType::new(context, 1).into();
    let compare = |predicate: &str, a: Val<'c, 'a>, b: Val<'c, 'a>| {
        let predicate = Attribute::parse(context, &format!("{predicate} : i64")).expect("a number");
        cursor.value("arith.cmpi", &[a, b], bit, &[("predicate", predicate)])
    };
    let (signed_less, signed_at_least, unsigned_less) = ("2", "5", "6");
    let zero = number(cursor, 0);

    let mut conditions = Vec::new();
    let mut bounded: BTreeSet<Key> = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for Hoisted {
        least,
        greatest,
        length,
        ..
    } in checks
    {
        if !seen.insert((least.key(), greatest.key(), value_key(*length))) {
            continue;
        }
        for (symbol, _) in least.terms().chain(greatest.terms()) {
            if !is_length(symbol) && bounded.insert(value_key(symbol)) {
                let offset = number(cursor, LARGEST_CONSTANT);
                let span = number(cursor, 2 * LARGEST_CONSTANT);
                let shifted = add(cursor, index(cursor, symbol), offset);
                conditions.push(compare(unsigned_less, shifted, span));
            }
        }
        conditions.push(compare(signed_at_least, materialize(cursor, least), zero));
        conditions.push(compare(signed_less, materialize(cursor, greatest), *length));
    }
    conditions
        .into_iter()
        .reduce(|all, next| cursor.value("arith.andi", &[all, next], bit, &[]))
        .expect("a loop is versioned for at least one check")
}

fn number<'c: 'a, 'a>(cursor: &Cursor<'c, 'a>, number: i128) -> Val<'c, 'a> {
    let value = Attribute::parse(cursor.context, &format!("{number} : index")).expect("a number");
    cursor.value(
        "arith.constant",
        &[],
        Type::index(cursor.context),
        &[("value", value)],
    )
}

fn index<'c: 'a, 'a>(cursor: &Cursor<'c, 'a>, value: Val<'c, 'a>) -> Val<'c, 'a> {
    let index = Type::index(cursor.context);
    if value.r#type() == index {
        return value;
    }
    cursor.value("arith.index_cast", &[value], index, &[])
}

fn add<'c: 'a, 'a>(
    cursor: &Cursor<'c, 'a>,
    first: Val<'c, 'a>,
    second: Val<'c, 'a>,
) -> Val<'c, 'a> {
    cursor.value(
        "arith.addi",
        &[first, second],
        Type::index(cursor.context),
        &[],
    )
}

/// Computes a linear expression here.
fn materialize<'c: 'a, 'a>(cursor: &Cursor<'c, 'a>, expression: &Linear<'c, 'a>) -> Val<'c, 'a> {
    expression
        .terms()
        .map(|(symbol, coefficient)| {
            let symbol = index(cursor, symbol);
            if coefficient == 1 {
                return symbol;
            }
            let factor = number(cursor, coefficient);
            cursor.value(
                "arith.muli",
                &[symbol, factor],
                Type::index(cursor.context),
                &[],
            )
        })
        .chain((expression.constant != 0).then(|| number(cursor, expression.constant)))
        .reduce(|sum, term| add(cursor, sum, term))
        .unwrap_or_else(|| number(cursor, 0))
}
