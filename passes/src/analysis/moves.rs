//! Where a box is used although it may have been moved, by abstract interpretation of structured control
//! flow.
//!
//! What is known at a place is either that the box is owned, or that it may be moved, together with
//! *what holds if it is moved*: the values that hidden variables have then. Early exits from loops are
//! such variables and guards of them, so `if not left: use(x)` after `use(x); left = true` is seen to be
//! fine, while a plain move in a loop is not. Facts only get weaker, so loops settle in a few rounds.

use super::borrows::{Use, uses_of};
use melior::ir::{BlockLike, RegionLike, ValueLike, operation::OperationLike};
use mlc_mlir::rewrite::{
    Blk, Key, Op, Val, ancestor_in_block, arguments, blocks, constant_integer, defining_block,
    defining_op, integer_attribute, is_inside, op_key, op_name, operand, ops, results, value_key,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// A use of a box that may be moved by then.
pub struct UseAfterMove<'c, 'a> {
    pub moved: Op<'c, 'a>,
    pub used: Op<'c, 'a>,
    /// The use is of something that was borrowed before the move.
    pub through_borrow: bool,
}

/// The first use of a box after a move of it.
pub fn use_after_move<'c: 'a, 'a>(value: Val<'c, 'a>) -> Option<UseAfterMove<'c, 'a>> {
    let block = defining_block(value)?;
    let uses = uses_of(value);
    if is_plain(block, &uses) {
        return None;
    }
    let mut walk = Walk {
        uses: HashMap::new(),
        around: HashSet::new(),
        found: None,
    };
    for r#use in uses {
        let kind = walk.uses.entry(op_key(r#use.op)).or_default();
        kind.direct |= r#use.direct;
        kind.through_borrow |= !r#use.direct;
        kind.moves += usize::from(r#use.consumes);
        let mut around = Some(r#use.op);
        while let Some(op) = around {
            walk.around.insert(op_key(op));
            around = op.parent_operation().filter(|_| op.block() != Some(block));
        }
    }
    walk.block(block, State::Owned);
    walk.found
}

/// Whether a box is consumed at most once, by straight-line code behind all other uses.
fn is_plain<'c: 'a, 'a>(block: Blk<'c, 'a>, uses: &[Use<'c, 'a>]) -> bool {
    let mut moves = uses.iter().filter(|r#use| r#use.consumes);
    let Some(last) = moves.next() else {
        return true;
    };
    let is_before = |r#use: &Use<'c, 'a>| {
        let ancestor = ancestor_in_block(block, r#use.op);
        r#use.consumes || ancestor.is_some_and(|op| op.is_before_in_block(last.op))
    };
    moves.next().is_none() && last.op.block() == Some(block) && uses.iter().all(is_before)
}

/// How an operation uses the box.
#[derive(Default)]
struct UseKind {
    direct: bool,
    through_borrow: bool,
    moves: usize,
}

/// The values of some integers where the box is moved.
type Facts<'c, 'a> = HashMap<Key, (Val<'c, 'a>, BTreeSet<i64>)>;

#[derive(Clone)]
enum State<'c, 'a> {
    Owned,
    Moved {
        by: Op<'c, 'a>,
        facts: Facts<'c, 'a>,
    },
}

struct Walk<'c, 'a> {
    uses: HashMap<Key, UseKind>,
    /// The operations that hold uses, or are uses.
    around: HashSet<Key>,
    found: Option<UseAfterMove<'c, 'a>>,
}

/// In the last but one of so many rounds the facts of a loop are given up, which is always right.
const ROUNDS: usize = 4;

impl<'c: 'a, 'a> Walk<'c, 'a> {
    /// The state before the terminator, whose operands the caller looks at.
    fn block(&mut self, block: Blk<'c, 'a>, mut state: State<'c, 'a>) -> State<'c, 'a> {
        for op in ops(block) {
            if self.around.contains(&op_key(op)) {
                state = self.op(op, state);
            }
        }
        state
    }

    fn op(&mut self, op: Op<'c, 'a>, mut state: State<'c, 'a>) -> State<'c, 'a> {
        if let Some(kind) = self.uses.get(&op_key(op)) {
            let moves = kind.moves > 0;
            // One operation may move a box and use it in another operand.
            let by = match &state {
                State::Moved { by, .. } => Some(*by),
                State::Owned if kind.moves > 1 || (moves && kind.through_borrow) => Some(op),
                State::Owned => None,
            };
            if let (Some(moved), None) = (by, &self.found) {
                let both = matches!(state, State::Owned) && kind.moves == 1;
                self.found = Some(UseAfterMove {
                    moved,
                    used: op,
                    through_borrow: !kind.direct || both,
                });
            }
            if moves {
                state = State::Moved {
                    by: op,
                    facts: Facts::new(),
                };
            }
        }
        match op_name(op) {
            "scf.if" => self.branch(op, state),
            "scf.while" => self.while_loop(op, state),
            "scf.for" | "par.for" => self.for_loop(op, state),
            "scf.index_switch" => (op.regions().flat_map(blocks))
                .map(|block| {
                    let left = self.block(block, state.clone());
                    hand_over(left, block, 0, &results(op))
                })
                .reduce(join)
                .unwrap_or(state),
            _ => {
                (op.regions().flat_map(blocks)).fold(state, |state, block| self.block(block, state))
            }
        }
    }

    fn branch(&mut self, op: Op<'c, 'a>, state: State<'c, 'a>) -> State<'c, 'a> {
        let taken = state.value_of(operand(op, 0));
        let mut joined = None;
        for (position, region) in op.regions().enumerate() {
            // Where a moved box rules the branch out, the box is owned in it.
            let excluded = BTreeSet::from([if position == 0 { 0 } else { 1 }]);
            let entry = match &taken {
                Some(taken) if *taken == excluded => State::Owned,
                _ => state.clone(),
            };
            let left = match region.first_block() {
                Some(block) => hand_over(self.block(block, entry), block, 0, &results(op)),
                None => entry,
            };
            joined = Some(match joined {
                None => left,
                Some(other) => join(other, left),
            });
        }
        joined.unwrap_or(state)
    }

    fn for_loop(&mut self, op: Op<'c, 'a>, state: State<'c, 'a>) -> State<'c, 'a> {
        let Some(body) = op.region(0).ok().and_then(|region| region.first_block()) else {
            return state;
        };
        let carried: Vec<_> = arguments(body).into_iter().skip(1).collect();
        let carried = if op_name(op) == "scf.for" {
            carried
        } else {
            Vec::new()
        };
        let inits: Vec<_> = op.operands().skip(3).collect();
        let first = state.clone().with_values(&inits, &carried);
        let mut entry = first.clone();
        let mut left = state.clone();
        for round in 0..ROUNDS {
            let end = self.block(body, entry.clone());
            left = hand_over(end.clone(), body, 0, &results(op));
            let again = hand_over(end, body, 0, &carried).outside(op, &carried);
            if !entry.weaken(join(first.clone(), again), round) {
                break;
            }
        }
        join(
            state.with_values(&inits, &results(op)),
            left.outside(op, &results(op)),
        )
    }

    fn while_loop(&mut self, op: Op<'c, 'a>, state: State<'c, 'a>) -> State<'c, 'a> {
        let block = |position: usize| op.region(position).ok()?.first_block();
        let (Some(before), Some(after)) = (block(0), block(1)) else {
            return state;
        };
        let inits: Vec<_> = op.operands().collect();
        let first = state.with_values(&inits, &arguments(before));
        let mut entry = first.clone();
        let mut left = entry.clone();
        for round in 0..ROUNDS {
            let end = self.block(before, entry.clone());
            let goes_on = before
                .terminator()
                .and_then(|condition| end.value_of(operand(condition, 0)));
            // Where a moved box means that the loop ends, or goes on, the other way has it owned.
            left = match goes_on == Some(BTreeSet::from([1])) {
                true => State::Owned,
                false => hand_over(end.clone(), before, 1, &results(op)).outside(op, &results(op)),
            };
            let inside = match goes_on == Some(BTreeSet::from([0])) {
                true => State::Owned,
                false => hand_over(end, before, 1, &arguments(after)),
            };
            let again = self.block(after, inside);
            let again = hand_over(again, after, 0, &arguments(before));
            let again = again.outside(op, &arguments(before));
            if !entry.weaken(join(first.clone(), again), round) {
                break;
            }
        }
        left
    }
}

impl<'c: 'a, 'a> State<'c, 'a> {
    /// The values that an integer may have if the box is moved; `None` where nothing is known.
    fn value_of(&self, value: Val<'c, 'a>) -> Option<BTreeSet<i64>> {
        match self {
            State::Owned => None,
            State::Moved { facts, .. } => evaluate(value, facts, 0),
        }
    }

    /// Says that values have other names from here on.
    fn with_values(self, from: &[Val<'c, 'a>], to: &[Val<'c, 'a>]) -> Self {
        let State::Moved { by, mut facts } = self else {
            return self;
        };
        let known: Vec<_> = (from.iter().zip(to))
            .filter_map(|(from, to)| Some((*to, evaluate(*from, &facts, 0)?)))
            .collect();
        for (value, set) in known {
            facts.insert(value_key(value), (value, set));
        }
        State::Moved { by, facts }
    }

    /// Forgets what is known of values that the next iteration of a loop, or nothing, defines; `keep`
    /// are the names under which values go on.
    fn outside(self, around: Op<'c, 'a>, keep: &[Val<'c, 'a>]) -> Self {
        let State::Moved { by, mut facts } = self else {
            return self;
        };
        facts.retain(|_, (value, _)| keep.contains(value) || !is_inside(*value, around));
        State::Moved { by, facts }
    }

    /// Becomes `other`, which is weaker, and tells whether that is a change. In the last round the
    /// facts are given up.
    fn weaken(&mut self, other: Self, round: usize) -> bool {
        let same = match (&*self, &other) {
            (State::Owned, State::Owned) => true,
            (State::Moved { facts, .. }, State::Moved { facts: new, .. }) => {
                let set = |facts: &Facts<'c, 'a>, key| facts.get(key).map(|(_, set)| set.clone());
                facts.len() == new.len() && facts.keys().all(|key| set(facts, key) == set(new, key))
            }
            _ => false,
        };
        *self = match other {
            State::Moved { by, .. } if round + 2 == ROUNDS => State::Moved {
                by,
                facts: Facts::new(),
            },
            other => other,
        };
        !same
    }
}

/// What holds where two paths meet.
fn join<'c, 'a>(first: State<'c, 'a>, second: State<'c, 'a>) -> State<'c, 'a> {
    match (first, second) {
        (State::Owned, other) | (other, State::Owned) => other,
        (State::Moved { by, facts }, State::Moved { facts: other, .. }) => {
            let mut joined = facts;
            joined.retain(|key, (_, set)| match other.get(key) {
                Some((_, more)) => {
                    set.extend(more);
                    true
                }
                None => false,
            });
            State::Moved { by, facts: joined }
        }
    }
}

/// Names the operands of a block's terminator, from a position on, as `to`.
fn hand_over<'c: 'a, 'a>(
    state: State<'c, 'a>,
    block: Blk<'c, 'a>,
    from: usize,
    to: &[Val<'c, 'a>],
) -> State<'c, 'a> {
    match block.terminator() {
        Some(terminator) => {
            let operands: Vec<_> = terminator.operands().skip(from).collect();
            state.with_values(&operands, to)
        }
        None => state,
    }
}

/// How deep expressions are looked into.
const DEPTH: usize = 8;

/// The values that an expression of guards may have.
fn evaluate<'c: 'a, 'a>(
    value: Val<'c, 'a>,
    facts: &Facts<'c, 'a>,
    depth: usize,
) -> Option<BTreeSet<i64>> {
    if let Some((_, set)) = facts.get(&value_key(value)) {
        return Some(set.clone());
    }
    if let Some(constant) = constant_integer(value) {
        // A boolean is 1 or -1 by the way it is written.
        let is_flag = value.r#type().to_string() == "i1";
        return Some(BTreeSet::from([if is_flag {
            constant & 1
        } else {
            constant
        }]));
    }
    let op = defining_op(value).filter(|_| depth < DEPTH)?;
    let part = |position: usize| evaluate(operand(op, position), facts, depth + 1);
    let flag = |known: Option<bool>| known.map(|known| BTreeSet::from([i64::from(known)]));
    let is = |set: &Option<BTreeSet<i64>>, value: i64| *set == Some(BTreeSet::from([value]));
    match op_name(op) {
        "arith.cmpi" => {
            let (left, right) = (part(0)?, part(1)?);
            let equal = if left.is_disjoint(&right) {
                Some(false)
            } else if left.len() == 1 && left == right {
                Some(true)
            } else {
                None
            };
            match integer_attribute(op, "predicate")? {
                0 => flag(equal),
                1 => flag(equal.map(|equal| !equal)),
                _ => None,
            }
        }
        "arith.andi" => {
            let (left, right) = (part(0), part(1));
            if is(&left, 0) || is(&right, 0) {
                flag(Some(false))
            } else if is(&left, 1) {
                right
            } else if is(&right, 1) {
                left
            } else {
                None
            }
        }
        "arith.ori" => {
            let (left, right) = (part(0), part(1));
            if is(&left, 0) {
                right
            } else if is(&right, 0) {
                left
            } else if is(&left, 1) || is(&right, 1) {
                flag(Some(true))
            } else {
                None
            }
        }
        "arith.xori" => {
            let (left, right) = (part(0)?, part(1)?);
            match (left.len(), right.len()) {
                (1, 1) => Some(BTreeSet::from([left.first()? ^ right.first()?])),
                _ => None,
            }
        }
        "arith.select" => {
            let choice = part(0);
            if is(&choice, 1) {
                part(1)
            } else if is(&choice, 0) {
                part(2)
            } else {
                Some(part(1)?.union(&part(2)?).copied().collect())
            }
        }
        "arith.index_cast" | "arith.extui" | "arith.index_castui" => part(0),
        _ => None,
    }
}
