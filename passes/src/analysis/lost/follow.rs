//! Things that are not known before a walk finds them.

use super::{Loss, State, Thing, Watch};
use melior::ir::operation::OperationLike;
use mlc_mlir::rewrite::{Op, Val, block_key, op_name};

/// As what a thing goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    pub thing: Thing,
    /// Whether it is this operation that it is lost by.
    pub is_lost_here: bool,
}

/// What becomes of things that are found on the way. A thing that is in the state may be lost; what nothing is said of (`None`) goes on
/// as it is, and what goes on as nothing is not lost any more.
pub trait Follow<'c, 'a> {
    /// What a thing was lost by, if an operation uses it: `by` is what the state says.
    fn lost_by(&self, thing: Thing, by: Op<'c, 'a>, op: Op<'c, 'a>) -> Option<Op<'c, 'a>>;
    /// What a thing goes on as behind an operation.
    fn behind(&self, thing: Thing, op: Op<'c, 'a>) -> Option<Vec<Next>>;
    /// What begins with an operation.
    fn begun(&self, op: Op<'c, 'a>) -> Vec<Thing>;
    /// What a thing goes on as where values get other names.
    fn handed(&self, thing: Thing, from: &[Val<'c, 'a>], to: &[Val<'c, 'a>]) -> Option<Vec<Next>>;
    /// What a thing goes on as where a function that was walked into gives back what it was lent.
    fn returned(
        &self,
        thing: Thing,
        lent: &[Val<'c, 'a>],
        arguments: &[Val<'c, 'a>],
    ) -> Option<Vec<Next>>;
    /// What a thing goes on as outside of one iteration, or of a function, that has other names for some values.
    fn outside(&self, thing: Thing, around: Op<'c, 'a>, names: &[Val<'c, 'a>])
    -> Option<Vec<Next>>;
    /// What a thing goes on as where a loop or a function is left.
    fn left(&self, thing: Thing, around: Op<'c, 'a>) -> Option<Vec<Next>>;
}

impl<'c: 'a, 'a> Watch<'c, 'a> {
    /// Says that something begins with an operation. Returns the function that it is in.
    pub fn start(&mut self, op: Op<'c, 'a>) -> Option<Op<'c, 'a>> {
        let is_function = |op: &Op<'c, 'a>| op_name(*op) == "func.func";
        let mut around = std::iter::successors(Some(op), |op| op.parent_operation());
        around.find(|op| {
            if let Some(block) = op.block() {
                self.starts.entry(block_key(block)).or_default().push(*op);
            }
            is_function(op)
        })
    }

    /// What an operation does to what is found on the way.
    pub(super) fn follow_op(&mut self, op: Op<'c, 'a>, state: &mut State<'c, 'a>) {
        let Some(follow) = &self.follow else { return };
        for (thing, by) in state.losses() {
            if let Some(lost) = follow.lost_by(thing, by, op) {
                self.found.entry(thing).or_insert(Loss {
                    lost,
                    used: op,
                    lost_as: thing,
                    used_as: thing,
                });
            }
        }
        state.follow(op, |thing| follow.behind(thing, op));
        for thing in follow.begun(op) {
            state.restore(thing);
            state.lose(thing, op);
        }
    }

    /// What goes on at the next iteration of a loop, under names that it carries.
    pub(super) fn again(
        &self,
        state: State<'c, 'a>,
        around: Op<'c, 'a>,
        names: &[Val<'c, 'a>],
    ) -> State<'c, 'a> {
        let mut state = state.outside(around, names);
        if let Some(follow) = &self.follow {
            state.follow(around, |thing| follow.outside(thing, around, names));
        }
        state
    }

    /// What goes on behind a loop or a function, under names that it has there.
    pub(super) fn outside(
        &self,
        state: State<'c, 'a>,
        around: Op<'c, 'a>,
        names: &[Val<'c, 'a>],
    ) -> State<'c, 'a> {
        let mut state = self.again(state, around, names);
        if let Some(follow) = &self.follow {
            state.follow(around, |thing| follow.left(thing, around));
        }
        state
    }
}
