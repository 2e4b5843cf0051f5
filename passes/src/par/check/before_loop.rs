//! The checks in front of a loop of which only the run knows whether its iterations are independent.

use super::{
    Checker, guard,
    inspect::{Inspection, MOST_NUMBERS, Target},
    slice::Slice,
};
use crate::{
    analysis::{
        access::{Access, Mode, Step},
        dependence::{common_indices, induction_variables},
        place::root,
    },
    emit,
    par::raises::add_statuses_around,
};
use melior::ir::{BlockLike, TypeLike, ValueLike, operation::OperationLike};
use mlc_mlir::rewrite::{
    Blk, Cursor, Op, Val, defining_op, is_inside, nested_blocks, op_name, operand, value_key,
};

/// Two accesses of which nothing is proved.
pub struct Pair<'c, 'a> {
    pub first: Access<'c, 'a>,
    pub second: Access<'c, 'a>,
}

/// A check in front of a loop: pairs of accesses of one root, whose places are told by as many indices.
pub struct LoopCheck<'c, 'a> {
    /// The body of the loop, which stays when the loop is rebuilt.
    body: Blk<'c, 'a>,
    pairs: Vec<Pair<'c, 'a>>,
    writes: Vec<Access<'c, 'a>>,
    targets: Vec<(Op<'c, 'a>, bool, Vec<Val<'c, 'a>>)>,
    extents: Option<Val<'c, 'a>>,
}

impl<'c: 'a, 'a> LoopCheck<'c, 'a> {
    /// The check, or the pair that keeps it from being made.
    pub fn of(
        around: Op<'c, 'a>,
        pairs: Vec<Pair<'c, 'a>>,
        writes: &[Access<'c, 'a>],
    ) -> Result<Self, Pair<'c, 'a>> {
        let mut targets: Vec<(Op<'c, 'a>, bool, Vec<Val<'c, 'a>>)> = Vec::new();
        for pair in &pairs {
            let common = common_indices(&pair.first, &pair.second).unwrap_or_default();
            let (first, second): (Vec<_>, Vec<_>) = common.into_iter().unzip();
            for (access, indices) in [(&pair.first, first), (&pair.second, second)] {
                let writes = access.mode == Mode::Write;
                if !targets
                    .iter()
                    .any(|known| known.0 == access.op && known.1 == writes)
                {
                    targets.push((access.op, writes, indices));
                }
            }
        }
        let extents = extents(around, &pairs);
        let places = targets.first().map_or(0, |target| target.2.len());
        let fits = nested_blocks(around)[0].argument_count() <= MOST_NUMBERS
            && (extents.is_some() || places <= MOST_NUMBERS);
        let sliced: Vec<_> = (targets.iter())
            .map(|(op, _, indices)| (*op, indices.clone()))
            .collect();
        match Slice::of(around, &sliced, writes) {
            Some(_) if fits => Ok(Self {
                body: nested_blocks(around)[0],
                pairs,
                writes: writes.to_vec(),
                targets,
                extents,
            }),
            _ => Err(pairs.into_iter().next().expect("a group has a pair")),
        }
    }

    pub fn emit(self, checker: &Checker<'c, 'a, '_>) {
        let context = checker.context;
        let Some(around) = self.body.parent_operation() else {
            return;
        };
        let sliced: Vec<_> = (self.targets.iter())
            .map(|(op, _, indices)| (*op, indices.clone()))
            .collect();
        let Some(slice) = Slice::of(around, &sliced, &self.writes) else {
            return;
        };
        let mut at = Cursor::before(context, around);
        at.location = self.pairs[0].second.op.location();
        let targets = (self.targets.into_iter())
            .map(|(op, writes, indices)| Target {
                op,
                writes,
                indices,
            })
            .collect();
        let inspection = Inspection {
            context,
            module: checker.module,
            around,
            slice,
            targets,
            extents: self.extents,
        };
        let induction = induction_variables(around);
        let apart: Option<Vec<Val>> = (self.pairs.iter())
            .map(|pair| {
                let indices = common_indices(&pair.first, &pair.second)?;
                guard::apart(&at, checker.module, around, &induction, &indices)
            })
            .collect();
        let apart = apart.and_then(|apart| {
            apart
                .into_iter()
                .reduce(|all, one| emit::binary(&at, "arith.andi", all, one))
        });
        match apart {
            None => inspection.emit(&at),
            Some(apart) => {
                let inspect = |at: &Cursor<'c, 'a>| {
                    inspection.emit(at);
                    Vec::new()
                };
                emit::if_else(&at, apart, &[], |_| Vec::new(), inspect);
            }
        }
        add_statuses_around(context, around);
    }
}

/// What tells how many places there are, where one index step alone tells a place: an array or a list from before the loop.
fn extents<'c: 'a, 'a>(around: Op<'c, 'a>, pairs: &[Pair<'c, 'a>]) -> Option<Val<'c, 'a>> {
    let access = &pairs.first()?.second;
    let steps = (access.path.iter().zip(&pairs.first()?.first.path))
        .filter(|(step, _)| matches!(step, Step::At(_)))
        .count();
    if steps != 1 {
        return None;
    }
    let reaches = |value: &Val<'c, 'a>| value_key(root(*value)) == value_key(access.root);
    let mut place = access.op.operands().find(reaches)?;
    if !place.r#type().is_mem_ref() {
        while let Some(op) = defining_op(place) {
            match op_name(op) {
                "own.elem" | "own.field" | "own.borrow" | "own.borrow_mut" => {
                    place = operand(op, 0)
                }
                _ => return None,
            }
            if op_name(op) == "own.elem" {
                break;
            }
        }
    }
    (!is_inside(place, around)).then_some(place)
}
