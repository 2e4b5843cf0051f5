//! Functions that are looked at as parts of their callers: front ends move the bodies of `try` statements into functions, since
//! an error leaves a function. They mark them `mlc.outlined`.

use melior::ir::operation::OperationLike;
use mlc_mlir::rewrite::{Key, Op, op_key, ops_named, string_attribute};
use std::collections::{HashMap, HashSet};

/// A function, and the outlined ones that it calls.
pub struct Unit<'c, 'a> {
    /// The function itself comes first.
    pub functions: Vec<Op<'c, 'a>>,
    /// The calls of outlined functions, with the positions of the functions that they are in and that they call.
    pub calls: Vec<(Op<'c, 'a>, usize, usize)>,
}

/// The functions of a module, each outlined one with its caller. One that is called at several places, or at none, is a function
/// like any other.
pub fn units<'c, 'a>(functions: &[Op<'c, 'a>]) -> Vec<Unit<'c, 'a>> {
    let is_outlined = |function: &&Op<'c, 'a>| function.has_attribute("mlc.outlined");
    let mut outlined: HashMap<&str, Op<'c, 'a>> = (functions.iter().filter(is_outlined))
        .map(|function| (symbol(*function), *function))
        .collect();
    let mut calls: HashMap<&str, Vec<(Op<'c, 'a>, &str)>> = HashMap::new();
    if !outlined.is_empty() {
        for &function in functions {
            for call in ops_named(function, "func.call") {
                let callee = string_attribute(call, "callee").unwrap_or_default();
                if outlined.contains_key(callee) {
                    calls
                        .entry(symbol(function))
                        .or_default()
                        .push((call, callee));
                }
            }
        }
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for (caller, list) in &calls {
            for (_, callee) in list {
                // A cycle has no place outside of it that calls it.
                *counts.entry(callee).or_default() += 1 + usize::from(caller == callee);
            }
        }
        outlined.retain(|name, _| counts.get(name) == Some(&1));
    }
    let mut units: Vec<_> = (functions.iter().copied())
        .filter(|function| !outlined.contains_key(symbol(*function)))
        .map(|function| {
            let mut unit = Unit {
                functions: vec![function],
                calls: Vec::new(),
            };
            let mut next = 0;
            while let Some(caller) = unit.functions.get(next).copied() {
                for &(call, callee) in calls.get(symbol(caller)).into_iter().flatten() {
                    if let Some(body) = outlined.get(callee) {
                        unit.functions.push(*body);
                        unit.calls.push((call, next, unit.functions.len() - 1));
                    }
                }
                next += 1;
            }
            unit
        })
        .collect();
    // Those that only call each other.
    let seen: HashSet<Key> = (units.iter().flat_map(|unit| &unit.functions))
        .map(|function| op_key(*function))
        .collect();
    for &function in functions {
        if !seen.contains(&op_key(function)) {
            units.push(Unit {
                functions: vec![function],
                calls: Vec::new(),
            });
        }
    }
    units
}

fn symbol<'c>(function: Op<'c, '_>) -> &'c str {
    string_attribute(function, "sym_name").unwrap_or_default()
}
