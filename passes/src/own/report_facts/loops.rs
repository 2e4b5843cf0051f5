//! What the analyses of parallel loops say: of pairs of accesses, and of the integers that indices are made of.

use crate::analysis::{
    access::{Access, Mode, accesses},
    certainty::certainly_meet,
    dependence::{Proofs, common_indices},
    floor::{Part, floor_division},
    magnitude::{Exact, is_exact},
    separation::{all_separated, separated},
    wrap::unwrapped,
};
use mlc_mlir::rewrite::{Op, all_ops, op_name, ops_named};

/// How any two accesses of a loop, one of them writing, lie to each other in different iterations: said at the later one, with
/// the number of the earlier one in the text of the loop.
pub fn pairs<'c: 'a, 'a>(function: Op<'c, 'a>, say: &impl Fn(Op<'c, 'a>, &str)) {
    let proofs = Proofs::default();
    for around in ops_named(function, "par.for") {
        let all: Vec<Access> = accesses(around);
        for (position, second) in all.iter().enumerate() {
            for (number, first) in all[..=position].iter().enumerate() {
                if first.mode != Mode::Read || second.mode != Mode::Read {
                    let verdict = verdict(&proofs, around, first, second);
                    say(
                        second.op,
                        &format!("access {position} and {number}: {verdict}"),
                    );
                }
            }
        }
        let all: Vec<&Access> = all.iter().collect();
        if all_separated(around, &all) {
            say(around, "one index keeps all iterations apart");
        }
    }
}

fn verdict<'c: 'a, 'a>(
    proofs: &Proofs,
    around: Op<'c, 'a>,
    first: &Access<'c, 'a>,
    second: &Access<'c, 'a>,
) -> String {
    if common_indices(first, second).is_none() {
        return "other parts".into();
    }
    if separated(around, first, second) {
        return "apart by their lines".into();
    }
    match proofs.never_meet(around, first, second) {
        Some(exact) if exact.is_empty() => "apart always".into(),
        Some(_) => "apart where nothing wraps".into(),
        None if certainly_meet(around, first, second) => "surely meet".into(),
        None => "may meet".into(),
    }
}

/// Whether the sums and products in loops are those of exact integers.
pub fn exact<'c: 'a, 'a>(function: Op<'c, 'a>, say: &impl Fn(Op<'c, 'a>, &str)) {
    for around in ops_named(function, "par.for") {
        for op in all_ops(around) {
            if matches!(op_name(op), "arith.addi" | "arith.subi" | "arith.muli") {
                say(
                    op,
                    match is_exact(around, op) {
                        Exact::Always => "always exact",
                        Exact::IfSmall => "exact if what comes from outside is small",
                        Exact::Unknown => "may wrap",
                    },
                );
            }
        }
    }
}

/// The selections that make a floor division of a truncating one, or wrap a negative index.
pub fn selections<'c: 'a, 'a>(function: Op<'c, 'a>, say: &impl Fn(Op<'c, 'a>, &str)) {
    for op in ops_named(function, "arith.select") {
        match (floor_division(op), unwrapped(op)) {
            (Some((Part::Quotient, ..)), _) => say(op, "quotient, rounded down"),
            (Some((Part::Remainder, ..)), _) => say(op, "remainder of a quotient rounded down"),
            (None, Some(_)) => say(op, "wrap of a negative index"),
            (None, None) => say(op, "a choice"),
        }
    }
}
