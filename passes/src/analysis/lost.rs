//! Whether something is used after it was lost, by abstract interpretation of structured control flow.
//!
//! What is watched is anything that some operations use, some lose (a move, a write that ends a borrow) and some bring back
//! (a field that is filled again, a borrow that is made anew). What is known at a place is either that it is there, or that it
//! may be lost, together with *what holds if it is lost*: the values that hidden variables and conditions have then. Early exits
//! from loops are such variables and guards of them, so `if not left: use(x)` after `use(x^); left = true` is seen to be fine,
//! while a plain move in a loop is not. Facts only get weaker, so loops settle in a few rounds.
//!
//! The rule is that of non-lexical lifetimes (Rust RFC 2094): nothing has a scope, what counts is whether a use can still come.

use super::guards::{Facts, assume, evaluate};
use melior::ir::{BlockLike, RegionLike, operation::OperationLike};
use mlc_mlir::rewrite::{
    Blk, Key, Op, Val, arguments, block_key, blocks, is_inside, op_key, op_name, operand,
    order_in_block, results, value_key,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What an operation does to what is watched, in this order.
#[derive(Clone, Copy, Default, Debug)]
pub struct Effect {
    pub uses: bool,
    pub loses: bool,
    pub restores: bool,
    /// It uses and loses at once, in operands that are taken together: that alone is wrong.
    pub clashes: bool,
}

/// A use of something that may be lost by then.
#[derive(Clone, Copy, Debug)]
pub struct Loss<'c, 'a> {
    pub lost: Op<'c, 'a>,
    pub used: Op<'c, 'a>,
}

/// What the operations of a function do to one thing.
#[derive(Default)]
pub struct Watch<'c, 'a> {
    effects: HashMap<Key, Effect>,
    /// The operations that have effects, and those around them.
    around: HashSet<Key>,
    /// The same by block, so that a walk is as long as what is watched, however long the function is.
    in_block: HashMap<Key, Vec<Op<'c, 'a>>>,
    found: Option<Loss<'c, 'a>>,
}

impl<'c: 'a, 'a> Watch<'c, 'a> {
    pub fn new() -> Self {
        Self {
            effects: HashMap::new(),
            around: HashSet::new(),
            in_block: HashMap::new(),
            found: None,
        }
    }

    /// What an operation does, to be changed.
    pub fn effect(&mut self, op: Op<'c, 'a>) -> &mut Effect {
        let mut around = Some(op);
        while let Some(op) = around {
            if !self.around.insert(op_key(op)) {
                break;
            }
            if let Some(block) = op.block() {
                self.in_block.entry(block_key(block)).or_default().push(op);
            }
            around = op.parent_operation();
        }
        self.effects.entry(op_key(op)).or_default()
    }

    /// The first use behind a loss in a block, at whose start the thing is there.
    pub fn first_loss(self, block: Blk<'c, 'a>) -> Option<Loss<'c, 'a>> {
        self.walk(block, State::There)
    }

    /// As [`Watch::first_loss`], where the thing is not there before something brings it: so long it cannot be lost.
    pub fn first_loss_of_brought(self, block: Blk<'c, 'a>) -> Option<Loss<'c, 'a>> {
        self.walk(block, State::Absent)
    }

    fn walk(mut self, block: Blk<'c, 'a>, state: State<'c, 'a>) -> Option<Loss<'c, 'a>> {
        for ops in self.in_block.values_mut() {
            ops.sort_by(|first, second| order_in_block(*first, *second));
        }
        self.block(block, state);
        self.found
    }

    /// The state before the terminator, whose operands the caller looks at.
    fn block(&mut self, block: Blk<'c, 'a>, mut state: State<'c, 'a>) -> State<'c, 'a> {
        let watched = self.in_block.get(&block_key(block)).cloned();
        for op in watched.into_iter().flatten() {
            state = self.op(op, state);
        }
        state
    }

    fn op(&mut self, op: Op<'c, 'a>, mut state: State<'c, 'a>) -> State<'c, 'a> {
        if let Some(&effect) = self.effects.get(&op_key(op)) {
            let lost = match &state {
                State::Lost { by, .. } if effect.uses => Some(*by),
                State::There if effect.clashes => Some(op),
                _ => None,
            };
            if let (Some(lost), None) = (lost, &self.found) {
                self.found = Some(Loss { lost, used: op });
            }
            if effect.loses && !matches!(state, State::Absent) {
                let facts = Facts::new();
                state = State::Lost { by: op, facts };
            }
            if effect.restores {
                state = State::There;
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
        let condition = operand(op, 0);
        let taken = state.value_of(condition);
        let mut joined = None;
        for (position, region) in op.regions().enumerate() {
            // Where the loss rules the branch out, it is not lost in it.
            let holds = position == 0;
            let excluded = BTreeSet::from([i64::from(!holds)]);
            let entry = match &taken {
                Some(taken) if *taken == excluded => State::There,
                _ => state.clone().assuming(condition, holds),
            };
            let left = match region.first_block() {
                Some(block) => {
                    let left = self.block(block, entry).assuming(condition, holds);
                    hand_over(left, block, 0, &results(op))
                }
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
            // Where the loss means that the loop ends, or goes on, the other way is without it.
            left = match goes_on == Some(BTreeSet::from([1])) {
                true => State::There,
                false => hand_over(end.clone(), before, 1, &results(op)).outside(op, &results(op)),
            };
            let inside = match goes_on == Some(BTreeSet::from([0])) {
                true => State::There,
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

#[derive(Clone)]
enum State<'c, 'a> {
    /// Nothing has brought it yet.
    Absent,
    There,
    Lost {
        by: Op<'c, 'a>,
        facts: Facts<'c, 'a>,
    },
}

/// In the last but one of so many rounds the facts of a loop are given up, which is always right.
const ROUNDS: usize = 4;

impl<'c: 'a, 'a> State<'c, 'a> {
    /// The values that an integer may have if it is lost; `None` where nothing is known.
    fn value_of(&self, value: Val<'c, 'a>) -> Option<BTreeSet<i64>> {
        match self {
            State::Absent | State::There => None,
            State::Lost { facts, .. } => evaluate(value, facts, 0),
        }
    }

    /// Adds that a condition holds, or does not.
    fn assuming(mut self, condition: Val<'c, 'a>, holds: bool) -> Self {
        if let State::Lost { facts, .. } = &mut self {
            assume(condition, holds, facts);
        }
        self
    }

    /// Says that values have other names from here on.
    fn with_values(self, from: &[Val<'c, 'a>], to: &[Val<'c, 'a>]) -> Self {
        let State::Lost { by, mut facts } = self else {
            return self;
        };
        let known: Vec<_> = (from.iter().zip(to))
            .filter_map(|(from, to)| Some((*to, evaluate(*from, &facts, 0)?)))
            .collect();
        for (value, set) in known {
            facts.insert(value_key(value), (value, set));
        }
        State::Lost { by, facts }
    }

    /// Forgets what is known of values that the next iteration of a loop, or nothing, defines; `keep`
    /// are the names under which values go on.
    fn outside(self, around: Op<'c, 'a>, keep: &[Val<'c, 'a>]) -> Self {
        let State::Lost { by, mut facts } = self else {
            return self;
        };
        facts.retain(|_, (value, _)| keep.contains(value) || !is_inside(*value, around));
        State::Lost { by, facts }
    }

    /// Becomes `other`, which is weaker, and tells whether that is a change. In the last round the
    /// facts are given up.
    fn weaken(&mut self, other: Self, round: usize) -> bool {
        let same = match (&*self, &other) {
            (State::Absent, State::Absent) | (State::There, State::There) => true,
            (State::Lost { facts, .. }, State::Lost { facts: new, .. }) => {
                let set = |facts: &Facts<'c, 'a>, key| facts.get(key).map(|(_, set)| set.clone());
                facts.len() == new.len() && facts.keys().all(|key| set(facts, key) == set(new, key))
            }
            _ => false,
        };
        *self = match other {
            State::Lost { by, .. } if round + 2 == ROUNDS => State::Lost {
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
        (State::Absent, other) | (other, State::Absent) => other,
        (State::There, other) | (other, State::There) => other,
        (State::Lost { by, facts }, State::Lost { facts: other, .. }) => {
            let mut joined = facts;
            joined.retain(|key, (_, set)| match other.get(key) {
                Some((_, more)) => {
                    set.extend(more);
                    true
                }
                None => false,
            });
            State::Lost { by, facts: joined }
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
