//! Walks of loops, which settle after a few rounds.

use super::{State, Watch};
use melior::ir::{BlockLike, RegionLike, operation::OperationLike};
use mlc_mlir::rewrite::{Op, arguments, op_name, operand, results};

impl<'c: 'a, 'a> Watch<'c, 'a> {
    pub(super) fn for_loop(&mut self, op: Op<'c, 'a>, state: State<'c, 'a>) -> State<'c, 'a> {
        let Some(body) = op.region(0).ok().and_then(|region| region.first_block()) else {
            return state;
        };
        let parallel = op_name(op) == "par.for";
        let (inits, carried): (Vec<_>, Vec<_>) = match parallel {
            true => (Vec::new(), Vec::new()),
            false => (
                op.operands().skip(3).collect(),
                arguments(body).into_iter().skip(1).collect(),
            ),
        };
        let outer_exits = self.exits.clone();
        if parallel {
            self.parallel += 1;
            self.exits = Some(State::default());
        }
        let first = self.with_values(state.clone(), &inits, &carried, op);
        let mut entry = first.clone();
        let left = loop_rounds(&mut entry, |entry| {
            let end = self.block(body, entry.clone());
            let left = self.hand_over(end.clone(), body, 0, &results(op));
            let again = self.hand_over(end, body, 0, &carried);
            (first.clone().join(self.again(again, op, &carried)), left)
        });
        let mut left = self
            .with_values(state, &inits, &results(op), op)
            .join(self.outside(left, op, &results(op)));
        if parallel {
            self.parallel -= 1;
            let failed = std::mem::replace(&mut self.exits, outer_exits).unwrap_or_default();
            left = left.join(self.outside(failed, op, &[]));
        }
        left
    }

    pub(super) fn while_loop(&mut self, op: Op<'c, 'a>, state: State<'c, 'a>) -> State<'c, 'a> {
        let block = |position: usize| op.region(position).ok()?.first_block();
        let (Some(before), Some(after)) = (block(0), block(1)) else {
            return state;
        };
        let inits: Vec<_> = op.operands().collect();
        let first = self.with_values(state, &inits, &arguments(before), op);
        let mut entry = first.clone();
        loop_rounds(&mut entry, |entry| {
            let end = self.block(before, entry.clone());
            let goes_on = before.terminator().map(|op| operand(op, 0));
            // Where the loss means that the loop ends, or goes on, the other way is without it.
            let assuming = |state: State<'c, 'a>, holds| match goes_on {
                Some(condition) => state.assuming(condition, holds),
                None => state,
            };
            let left = assuming(end.clone(), false);
            let left = self.hand_over(left, before, 1, &results(op));
            let inside = self.hand_over(assuming(end, true), before, 1, &arguments(after));
            let again = self.block(after, inside);
            let again = self.hand_over(again, after, 0, &arguments(before));
            let again = self.again(again, op, &arguments(before));
            (
                first.clone().join(again),
                self.outside(left, op, &results(op)),
            )
        })
    }
}

/// After so many rounds the facts of a loop are given up, which is always right. Few loops need more than three.
const ROUNDS_WITH_FACTS: usize = 8;

/// Repeats the walk of a loop's body until what is known at its start, which the walk gives first, no longer changes. Returns
/// what holds behind the loop.
fn loop_rounds<'c: 'a, 'a>(
    entry: &mut State<'c, 'a>,
    mut walk: impl FnMut(&State<'c, 'a>) -> (State<'c, 'a>, State<'c, 'a>),
) -> State<'c, 'a> {
    for round in 0.. {
        let (next, left) = walk(entry);
        // Things are only added and facts only weakened, so that this ends.
        let mut next = entry.clone().join(next);
        if round >= ROUNDS_WITH_FACTS {
            next.forget_facts();
        }
        if next.is_like(entry) {
            return left;
        }
        *entry = next;
    }
    unreachable!("a round that is the last is returned from")
}
