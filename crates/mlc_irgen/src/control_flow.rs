//! SSA form for structured control flow.
//!
//! A region that assigns variables hands their values on as results: those that are assigned in it and live where it leads, which
//! is behind it or to where it, or what stands in front of it, has jumped.
//! A jump sets the hidden variable *signal* (how the statements ended), and what follows is guarded by it. Where a list
//! of statements can end in one way only, there is no signal, and where one branch of an `if` always jumps, the rest of the list
//! moves into the other one, so that most functions never need it.

mod branch;
mod loops;
mod range;

use melior::ir::{Value, ValueLike};
use mlc_dialects::own;
use mlc_sema::hir::{Expr, Stmt, StmtKind};

pub use range::Bounds;

use crate::{
    ends::{Ends, ends},
    function::{Binding, Lower, Result},
    local_set::LocalSet,
};

/// The values of the signal.
const FELL: i64 = 0;
const BROKE: i64 = 1;
const CONTINUED: i64 = 2;
const RETURNED: i64 = 3;

/// So many statements of a list may jump before the list is cut in two: what is behind each of them nests in it.
const MOST_JUMPS: usize = 32;

fn only_signal(ends: Ends) -> i64 {
    if ends.breaks {
        BROKE
    } else if ends.continues {
        CONTINUED
    } else if ends.returns {
        RETURNED
    } else {
        FELL
    }
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// Statements in order. `behind` is what is live behind them. If they can end in several ways, the signal is set.
    pub fn stmts(&mut self, list: &[&'x Stmt], behind: &LocalSet) -> Result<()> {
        let lives = self.slots().live_behind_each(list, behind, &self.targets);
        let may_jump: Vec<usize> = (list.iter().enumerate())
            .filter(|(_, stmt)| {
                let one = ends([**stmt]);
                one.falls && one.jumps()
            })
            .map(|(at, _)| at)
            .collect();
        if may_jump.len() > MOST_JUMPS {
            let (first, second) = list.split_at(may_jump[may_jump.len() / 2]);
            self.stmts(first, &lives[first.len() - 1])?;
            return self.guarded(second, ends(first.iter().copied()), behind);
        }
        for (at, &stmt) in list.iter().enumerate() {
            let rest = &list[at + 1..];
            let one = ends([stmt]);
            if one.falls
                && one.jumps()
                && let StmtKind::If {
                    condition,
                    then,
                    orelse,
                } = &stmt.kind
            {
                let (first, second) = (ends(then), ends(orelse));
                let absorbs =
                    |stays: Ends, leaves: Ends| stays.falls && !leaves.falls && leaves.jumps();
                if absorbs(second, first) || absorbs(first, second) {
                    let mut then: Vec<&'x Stmt> = then.iter().collect();
                    let mut orelse: Vec<&'x Stmt> = orelse.iter().collect();
                    if first.falls { &mut then } else { &mut orelse }.extend(rest);
                    let slots = self.slots();
                    let mut live = behind.clone();
                    live.extend(&slots.live_before(&then, behind, &self.targets));
                    live.extend(&slots.live_before(&orelse, behind, &self.targets));
                    slots.reads_of(condition, &mut live);
                    self.live = live;
                    return self.branches(condition, &then, &orelse, behind);
                }
            }
            self.live = self.slots().live_in(stmt, &lives[at], &self.targets);
            self.stmt(stmt, &lives[at])?;
            if !one.falls {
                return Ok(());
            }
            if one.jumps() {
                return self.guarded(rest, one, behind);
            }
        }
        Ok(())
    }

    /// The rest of a list, behind statements that may have jumped.
    pub fn guarded(&mut self, rest: &[&'x Stmt], before: Ends, behind: &LocalSet) -> Result<()> {
        if rest.is_empty() {
            return Ok(());
        }
        let signal = self.current(self.slots().signal())?[0];
        let fell = self.is_signal(signal, FELL);
        let rest_ends = ends(rest.iter().copied());
        let jumped = Ends {
            falls: false,
            ..before
        };
        let live = self.live_at(jumped.or(rest_ends), behind);
        let mut carried = self.carried_by(&[rest], &[], &live);
        if rest_ends != Ends::FALLS {
            carried.push(self.slots().signal());
        }
        self.if_op(
            fell,
            &carried,
            |lower| {
                lower.stmts(rest, behind)?;
                lower.settle_signal(rest_ends);
                lower.forget_unread(&carried, rest_ends, behind);
                Ok(())
            },
            |lower| {
                lower.forget_unread(&carried, jumped, behind);
                Ok(())
            },
        )
    }

    /// Forgets the values of variables that a region hands on, but that nothing reads where statements with these ends lead:
    /// they may have been moved into a region that had no need to hand them on.
    pub fn forget_unread(&mut self, carried: &[usize], ends: Ends, behind: &LocalSet) {
        let live = self.live_at(ends, behind);
        for &slot in carried {
            if let Binding::Values(values) = &self.env[slot]
                && values.iter().any(|value| own::is_box(value.r#type()))
                && !live.contains(slot)
                && !self.accumulators.contains(slot)
            {
                self.env[slot] = Binding::Unset;
            }
        }
    }

    /// What is live where statements with these ends lead: behind them, and where they jump to.
    pub fn live_at(&self, ends: Ends, behind: &LocalSet) -> LocalSet {
        let mut live = LocalSet::default();
        if ends.falls {
            live.extend(behind);
        }
        for target in self.jump_targets(ends) {
            live.extend(target);
        }
        live
    }

    /// What is live where statements with these ends jump to, for each way in which they jump.
    pub fn jump_targets(&self, ends: Ends) -> impl Iterator<Item = &LocalSet> {
        let targets = &self.targets;
        let ways = [
            (ends.breaks, &targets.breaks),
            (ends.continues, &targets.continues),
            (ends.returns, &targets.returns),
        ];
        ways.into_iter()
            .filter_map(|(jumps, target)| jumps.then_some(target))
    }

    /// An `if` statement whose branches are lists.
    pub fn branches(
        &mut self,
        condition: &'x Expr,
        then: &[&'x Stmt],
        orelse: &[&'x Stmt],
        behind: &LocalSet,
    ) -> Result<()> {
        let condition = self.one(condition)?;
        let (first, second) = (ends(then.iter().copied()), ends(orelse.iter().copied()));
        let all = first.or(second);
        let live = self.live_at(all, behind);
        let mut carried = self.carried_by(&[then, orelse], &[], &live);
        let signals = all.ways() > 1;
        if signals {
            carried.push(self.slots().signal());
        }
        let branch = |lower: &mut Self, list: &[&'x Stmt], list_ends| {
            lower.stmts(list, behind)?;
            if signals {
                lower.settle_signal(list_ends);
            }
            lower.forget_unread(&carried, list_ends, behind);
            Ok(())
        };
        if orelse.is_empty() && carried.is_empty() {
            return self.when(condition, |lower| branch(lower, then, first));
        }
        self.if_op(
            condition,
            &carried,
            |lower| branch(lower, then, first),
            |lower| branch(lower, orelse, second),
        )
    }

    /// The variables that a region over `lists` and `exprs` has to hand on; `live` is what is live where it leads.
    pub fn carried_by(
        &self,
        lists: &[&[&'x Stmt]],
        exprs: &[&Expr],
        live: &LocalSet,
    ) -> Vec<usize> {
        let mut assigned = LocalSet::default();
        for list in lists {
            self.slots()
                .assigned(list.iter().copied(), self.reductions, &mut assigned);
        }
        for expr in exprs {
            self.slots()
                .assigned_in(expr, self.reductions, &mut assigned);
        }
        self.cells.without(assigned.common(live))
    }

    /// Sets the signal behind statements that end in one way only.
    pub fn settle_signal(&mut self, ends: Ends) {
        if ends.ways() <= 1 {
            self.set_signal(only_signal(ends));
        }
    }

    fn set_signal(&mut self, signal: i64) {
        let value = self.b.int(signal, self.b.int_type(32));
        let slot = self.slots().signal();
        self.env[slot] = Binding::Values(vec![value]);
    }

    /// Whether statements ended by their last line, by the signal that they left.
    pub fn fell(&self, signal: Value<'c, 'm>) -> Value<'c, 'm> {
        self.is_signal(signal, FELL)
    }

    fn is_signal(&self, signal: Value<'c, 'm>, wanted: i64) -> Value<'c, 'm> {
        let wanted = self.b.int(wanted, self.b.int_type(32));
        self.compare_ints("eq", signal, wanted)
    }
}
