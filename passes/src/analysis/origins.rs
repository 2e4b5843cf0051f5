//! Where a borrow may lead: the roots that it may come from, through structured control flow and calls, and what functions do
//! to top-level values.

use super::{
    access::{Access, Step, path},
    borrows::{is_borrow_like, sources},
    place::{global, is_constant, root},
};
use crate::own::annotate_lends::may_lend;
use melior::ir::{ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{
    Key, Op, Val, all_ops, defining_op, op_name, results, string_attribute, uses, value_key,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A place that a borrow may lead to.
#[derive(Clone, Debug)]
pub struct Origin<'c, 'a> {
    pub root: Val<'c, 'a>,
    /// `Step::Part` is a part that nothing is known of, at any depth.
    pub path: Vec<Step<'c, 'a>>,
}

/// All places that a box, a borrow or a memref may lead to.
pub fn origins<'c: 'a, 'a>(place: Val<'c, 'a>) -> Vec<Origin<'c, 'a>> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    collect(place, Vec::new(), &mut seen, &mut found);
    found
}

/// The places that an access may touch.
pub fn places<'c: 'a, 'a>(access: &Access<'c, 'a>) -> Vec<Origin<'c, 'a>> {
    let mut found = Vec::new();
    collect(
        access.root,
        access.path.clone(),
        &mut HashSet::new(),
        &mut found,
    );
    found
}

fn collect<'c: 'a, 'a>(
    place: Val<'c, 'a>,
    below: Vec<Step<'c, 'a>>,
    seen: &mut HashSet<Key>,
    found: &mut Vec<Origin<'c, 'a>>,
) {
    let base = root(place);
    let mut steps = path(place);
    steps.extend(below);
    if !seen.insert(value_key(base)) {
        return;
    }
    let before = if own::is_box(base.r#type()) {
        Vec::new()
    } else {
        match defining_op(base) {
            Some(call) if op_name(call).starts_with("func.call") => {
                steps.insert(0, Step::Part);
                (call.operands().enumerate())
                    .filter(|(_, value)| is_borrow_like(value.r#type()))
                    .filter(|(operand, _)| may_lend(call, *operand))
                    .map(|(_, value)| value)
                    .collect()
            }
            _ => sources(base),
        }
    };
    for source in &before {
        collect(*source, steps.clone(), seen, found);
    }
    if before.is_empty() {
        found.push(Origin {
            root: base,
            path: steps,
        });
    }
}

/// What a function does to a top-level value, at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum GlobalUse {
    #[default]
    Reads,
    /// Writes scalars: the value and all inside of it stay where they are, and as long as they are.
    WritesScalars,
    /// Changes what is inside of the value, which itself stays where and as long as it is.
    ChangesParts,
    Changes,
}

impl GlobalUse {
    pub fn writes(self) -> bool {
        self != Self::Reads
    }

    /// By a borrow of the value.
    fn of(borrow: Val) -> Self {
        if own::kind(borrow.r#type()) != own::Kind::Mut {
            return Self::Reads;
        }
        let mut most = Self::WritesScalars;
        let mut pending = vec![(borrow, Self::Changes)];
        while let Some((place, change)) = pending.pop() {
            for (op, _) in uses(place) {
                match op_name(op) {
                    "own.view" | "own.len" | "own.load" | "own.store" | "own.keep" => {}
                    "own.elem" | "own.field" => {
                        let parts = results(op).into_iter();
                        pending.extend(parts.map(|part| (part, Self::ChangesParts)));
                    }
                    _ => most = most.max(change),
                }
            }
        }
        most
    }
}

/// What functions do to top-level values, by function and value.
pub type GlobalUses<'c> = HashMap<&'c str, BTreeMap<&'c str, GlobalUse>>;

/// The top-level values that each function of a module reads and may change, by the functions that it calls too.
pub fn global_uses<'c, 'a>(functions: &[Op<'c, 'a>]) -> GlobalUses<'c> {
    let mut all: GlobalUses = HashMap::new();
    let mut callers: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut call_back: Vec<&str> = Vec::new();
    let mut taken: Vec<&str> = Vec::new();
    for function in functions {
        let name = string_attribute(*function, "sym_name").unwrap_or_default();
        // It may call every function whose address is taken.
        if function.has_attribute("own.calls_back") {
            call_back.push(name);
        }
        for op in all_ops(*function) {
            match op_name(op) {
                "func.call" => {
                    let callee = string_attribute(op, "callee").unwrap_or_default();
                    callers.entry(callee).or_default().push(name);
                }
                "func.constant" => taken.extend(string_attribute(op, "value")),
                "builtin.unrealized_conversion_cast" => {
                    let Ok(result) = op.result(0) else { continue };
                    let result = Val::from(result);
                    if let Some(global) = global(result)
                        && !is_constant(result)
                        && !uses(result).is_empty()
                    {
                        let known = all.entry(name).or_default().entry(global).or_default();
                        *known = (*known).max(GlobalUse::of(result));
                    }
                }
                "memref.get_global" => {
                    // Who has the memref may write it.
                    if let Some(global) = string_attribute(op, "name") {
                        let known = all.entry(name).or_default().entry(global).or_default();
                        *known = (*known).max(GlobalUse::WritesScalars);
                    }
                }
                _ => {}
            }
        }
    }
    for callee in taken {
        callers.entry(callee).or_default().extend(&call_back);
    }
    let mut pending: Vec<&str> = all.keys().copied().collect();
    while let Some(callee) = pending.pop() {
        let of_callee = all.get(callee).cloned().unwrap_or_default();
        for caller in callers.get(callee).into_iter().flatten() {
            let of_caller = all.entry(caller).or_default();
            let mut grew = false;
            for (global, r#use) in &of_callee {
                let known = of_caller.get(global).copied();
                if known.is_none_or(|known| *r#use > known) {
                    of_caller.insert(global, *r#use);
                    grew = true;
                }
            }
            if grew {
                pending.push(caller);
            }
        }
    }
    all
}
