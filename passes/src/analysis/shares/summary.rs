//! What callers are to know of a function: how deep it changes its arguments and top-level values, where it stores the values that it
//! is given, and what is shared where it returns.

use super::{
    events::Events,
    flow::{Flow, Part, Place, ports},
    run::Run,
    runs,
};
use crate::analysis::{outlined::Unit, place::Owner};
use melior::ir::ValueLike;
use mlc_dialects::own;
use mlc_mlir::rewrite::{Op, arguments, nested_blocks, ops_named, string_attribute};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

/// A way from a whole to a part.
pub type Path = Vec<Part>;

/// All that is in a value.
pub const ANY_DEPTH: usize = usize::MAX;

/// What a function has in common with its callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Port<'c> {
    Argument(usize),
    Result(usize),
    Global(&'c str),
}

pub type End<'c> = (Port<'c>, Path);

/// What is shared with what.
pub type Shares<'c> = BTreeMap<End<'c>, BTreeSet<End<'c>>>;

#[derive(Clone, Default, PartialEq, Eq)]
struct Summary<'c> {
    /// Down to which depth an argument is changed, where it is.
    depths: BTreeMap<usize, usize>,
    /// The top-level values that are read, and down to which depth they are changed.
    globals: BTreeMap<&'c str, Option<usize>>,
    /// Where boxes among the arguments go.
    flows: BTreeMap<usize, Vec<End<'c>>>,
    /// Where parts of lent arguments go: to other arguments and to results.
    parts: BTreeMap<usize, Vec<End<'c>>>,
    shares: Shares<'c>,
}

/// The summaries of the functions of a module, by symbol.
#[derive(Default)]
pub struct Summaries<'c> {
    all: HashMap<&'c str, Summary<'c>>,
    /// Whether any function catches errors: what they leave behind may be looked at.
    errors_are_caught: bool,
}

impl<'c> Summaries<'c> {
    /// Finds the runs of each function that follow what it shares, one thing each.
    pub fn runs<'a>(units: &[Unit<'c, 'a>]) -> Vec<Vec<Rc<Run<'c, 'a>>>>
    where
        'c: 'a,
    {
        let mut callers: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut all = HashMap::new();
        for (at, unit) in units.iter().enumerate() {
            for &function in &unit.functions {
                all.insert(symbol(function, "sym_name"), Summary::default());
                for call in ops_named(function, "func.call") {
                    callers.entry(symbol(call, "callee")).or_default().push(at);
                }
            }
        }
        let mut summaries = Self {
            all,
            errors_are_caught: units.iter().any(|unit| unit.functions.len() > 1),
        };
        let mut found: Vec<_> = units.iter().map(|_| Vec::new()).collect();
        let mut pending: BTreeSet<usize> = (0..units.len()).collect();
        // Functions come behind those that call them, as a rule.
        while let Some(at) = pending.pop_last() {
            // What is called inside of a unit comes behind.
            for (number, &function) in units[at].functions.iter().enumerate().rev() {
                let name = symbol(function, "sym_name");
                let mut summary = summaries.summarized(function);
                if number == 0 {
                    (found[at], summary.shares) = runs(&units[at], &summaries);
                }
                if summaries.all.get(name) != Some(&summary) {
                    summaries.all.insert(name, summary);
                    pending.extend(callers.get(name).into_iter().flatten());
                }
            }
        }
        found
    }

    /// Whether functions that end with an error leave something behind that may be looked at.
    pub fn errors_are_caught(&self) -> bool {
        self.errors_are_caught
    }

    /// Down to which depth a function changes an argument, if it does.
    pub fn depth(&self, callee: &str, argument: usize) -> Option<usize> {
        match self.all.get(callee) {
            Some(summary) => summary.depths.get(&argument).copied(),
            None => Some(ANY_DEPTH),
        }
    }

    /// The top-level values that a function reads, and down to which depth it changes them.
    pub fn globals(&self, callee: &str) -> impl Iterator<Item = (&'c str, Option<usize>)> {
        let summary = self.all.get(callee).into_iter();
        summary.flat_map(|summary| summary.globals.iter().map(|(name, depth)| (*name, *depth)))
    }

    /// Where a function moves a box that it is given.
    pub fn flows(&self, callee: &str, argument: usize) -> &[End<'c>] {
        let summary = self.all.get(callee);
        let ends = summary.and_then(|summary| summary.flows.get(&argument));
        ends.map_or(&[], Vec::as_slice)
    }

    /// Where a function moves parts of what it is lent.
    pub fn parts(&self, callee: &str) -> impl Iterator<Item = (usize, &End<'c>)> {
        let summary = self.all.get(callee).into_iter();
        let parts = summary.flat_map(|summary| &summary.parts);
        parts.flat_map(|(at, ends)| ends.iter().map(move |end| (*at, end)))
    }

    /// What is shared by a call.
    pub fn shared_by(&self, call: Op<'c, '_>) -> impl Iterator<Item = [&End<'c>; 2]> {
        let summary = self.all.get(symbol(call, "callee")).into_iter();
        let shares = summary.flat_map(|summary| &summary.shares);
        shares.flat_map(|(from, all)| all.iter().map(move |to| [from, to]))
    }

    fn summarized<'a>(&self, function: Op<'c, 'a>) -> Summary<'c>
    where
        'c: 'a,
    {
        let mut summary = Summary::default();
        let Some(entry) = nested_blocks(function).first().copied() else {
            return summary;
        };
        let flow = Flow::of(function, self);
        let events = Events::of(function, self);
        for (at, argument) in arguments(entry).into_iter().enumerate() {
            let kind = own::kind(argument.r#type());
            if !matches!(kind, own::Kind::Box | own::Kind::Mut) {
                continue;
            }
            let places = flow.closure(&[Place::new(argument, Path::new())]);
            let depths = (events.writes_of(&places))
                .map(|(place, event)| event.depth_below(&place.path))
                .max();
            summary.depths.extend(depths.map(|depth| (at, depth)));
            let is_other = |(port, _): &End<'c>| *port != Port::Argument(at);
            if kind == own::Kind::Box {
                summary.flows.insert(at, ports(function, &places));
            } else {
                let parts = flow.closure(&[Place::new(argument, vec![Part::Any])]);
                let mut ends = ports(function, &parts);
                ends.retain(is_other);
                summary.parts.insert(at, ends);
            }
        }
        for (owner, event) in events.all() {
            if let Owner::Global(name) = owner {
                let depth = summary.globals.entry(name).or_default();
                *depth = (*depth).max(event.written_depth());
            }
        }
        summary
    }
}

fn symbol<'c>(op: Op<'c, '_>, name: &str) -> &'c str {
    string_attribute(op, name).unwrap_or_default()
}
