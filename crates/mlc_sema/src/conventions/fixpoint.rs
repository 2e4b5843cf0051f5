//! The conventions of all functions at once: what a body does with its parameters, and what those that it calls do with theirs.

use std::collections::VecDeque;

use super::exclusive_results::ExclusiveResults;
use super::facts::Facts;
use super::rebound;
use crate::each_function::each_function;
use crate::hir::{Convention, Function, LocalId, TypeTable};

/// What is known of the functions, by their positions.
pub(super) struct Fixpoint<'t> {
    types: &'t TypeTable,
    /// The parameters that results are parts of.
    lends: Vec<Option<u32>>,
    pub(super) facts: Vec<Facts>,
    /// Who hands places to each function, and parts of temporaries.
    pub(super) callers: Vec<Vec<usize>>,
}

impl<'t> Fixpoint<'t> {
    /// Infers the conventions, and gives the facts that they follow from.
    pub(super) fn of(
        functions: &mut Vec<Function>,
        types: &'t TypeTable,
        threads: Option<usize>,
    ) -> Self {
        let lends: Vec<Option<u32>> = (functions.iter())
            .map(|function| function.result_borrows)
            .collect();
        let facts = each_function(functions.iter(), threads, |function| {
            Facts::of(function, types, &lends)
        });
        let mut known = Fixpoint {
            types,
            lends,
            callers: vec![Vec::new(); facts.len()],
            facts,
        };
        for position in 0..functions.len() {
            known.note_calls(position);
        }
        let all = (0..functions.len()).collect();
        let mut touched = known.settle(functions, all);
        if known.lends.iter().all(Option::is_none) {
            return known;
        }
        // A version that lends more is asked for by versions in turn: each round looks at what the one before has changed.
        let mut exclusive = ExclusiveResults::default();
        loop {
            let changed = exclusive.redirect(functions, &known.facts, touched, types);
            if changed.is_empty() {
                return known;
            }
            known.read_again(functions, &changed);
            touched = known.settle(functions, changed.into());
        }
    }

    fn note_calls(&mut self, position: usize) {
        let facts = &self.facts[position];
        let callees = facts.calls.iter().map(|call| call.callee);
        for callee in callees.chain(facts.handed_temporaries.iter().copied()) {
            let callers = &mut self.callers[callee];
            if callers.last() != Some(&position) {
                callers.push(position);
            }
        }
    }

    /// Takes in what bodies are that have changed or are new.
    fn read_again(&mut self, functions: &[Function], changed: &[usize]) {
        let new = &functions[self.lends.len()..];
        self.lends
            .extend(new.iter().map(|function| function.result_borrows));
        self.callers.resize(functions.len(), Vec::new());
        for &position in changed {
            let facts = Facts::of(&functions[position], self.types, &self.lends);
            match self.facts.get_mut(position) {
                Some(before) => *before = facts,
                None => self.facts.push(facts),
            }
            self.note_calls(position);
        }
    }

    /// Follows what `work` brings about. Gives the functions that were looked at, in order.
    fn settle(&mut self, functions: &mut [Function], mut work: VecDeque<usize>) -> Vec<usize> {
        let mut waiting = vec![false; functions.len()];
        for &position in &work {
            waiting[position] = true;
        }
        let mut touched = Vec::with_capacity(work.len());
        // First in, first out: a function with many callees waits for all of them.
        while let Some(position) = work.pop_front() {
            waiting[position] = false;
            touched.push(position);
            if self.update(position, functions) {
                for &caller in &self.callers[position] {
                    if !std::mem::replace(&mut waiting[caller], true) {
                        work.push_back(caller);
                    }
                }
            }
        }
        touched.sort_unstable();
        touched.dedup();
        touched
    }

    /// Brings the conventions of one function up to date; whether one of them changed.
    fn update(&mut self, position: usize, functions: &mut [Function]) -> bool {
        let fact = &mut self.facts[position];
        let mut owned: Vec<LocalId> = Vec::new();
        for at in 0..fact.calls.len() {
            let call = &fact.calls[at];
            let convention = functions[call.callee].params[call.param].convention;
            let (root, whole) = (call.root, call.whole);
            match convention {
                Convention::Inout => {
                    let span = call.span;
                    if fact.write(root) {
                        fact.writes.push((root, span));
                    }
                }
                Convention::Owned if whole => owned.push(root),
                _ => {}
            }
        }
        let mut changed = false;
        for at in 0..functions[position].params.len() {
            let function = &functions[position];
            let param = &function.params[at];
            if param.written {
                continue;
            }
            let local = param.local;
            // Where it is bound again on some paths only, what is only read behind is a copy on the others.
            let joined = fact.joins(local);
            let is_taken = |at: &LocalId| fact.taken.contains(at) || owned.contains(at);
            let is_written_behind =
                (joined.iter()).any(|at| *at != local && fact.written[at.0 as usize]);
            let found = if joined.iter().any(is_taken) {
                Convention::Owned
            } else if is_written_behind {
                match rebound::can_be_kept(function, param, self.types) {
                    true => Convention::Inout,
                    false => Convention::Owned,
                }
            } else if fact.written[local.0 as usize] {
                Convention::Inout
            } else {
                Convention::Borrowed
            };
            if found != param.convention {
                functions[position].params[at].convention = found;
                changed = true;
            }
        }
        changed
    }
}
