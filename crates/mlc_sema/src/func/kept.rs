//! Regions that an error may leave anywhere: the bodies of `try` and `with`.
//!
//! Where a variable has several locals in one, its value is kept in a further one that has room for all, or lives there, so that
//! who comes next finds it whatever the error is:
//!
//! ```text
//! x = None                          x.1 = None
//! try:                              kept = x.1
//!     x = f()                       try: x.2 = f(); kept = x.2
//! except ValueError: print(x)       except ValueError: print(kept)
//! ```

use mlc_diagnostics::Span;
use mlc_syntax::{Name, ast};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::{FnCx, Settled, Var};
use crate::hir::{Expr, LocalId, Stmt, StmtKind, Ty, TyKind};

/// How many `break`s and `continue`s the innermost loop has so far.
pub(crate) type Ends = (usize, usize);

/// Which region of a statement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RegionOf {
    Handlers,
    Finally,
}

impl<'a> FnCx<'_, 'a> {
    /// Checks what an error may leave, as often as it takes until it is known where variables are kept meanwhile. Gives the
    /// states of those that it binds, as an error finds them.
    pub fn region<R>(
        &mut self,
        of: RegionOf,
        span: Span,
        mut body: impl FnMut(&mut Self) -> R,
    ) -> (R, Vec<(Name, Var)>) {
        let outer = self.kept.clone();
        let key = (region_key(of, span), self.unrolled.clone());
        for known in self.settled.get(&key).cloned().unwrap_or_default() {
            if self.vars.get(&known.name).map(|var| var.local) == known.before {
                self.keep_in(known.name, known.inside, span);
            }
        }
        let mut conflicts: FxHashMap<Name, LocalId> = FxHashMap::default();
        loop {
            let diagnostics = self.cx.diagnostics.len();
            let changed = self.changed_by_others.len();
            let ends = self.ends_so_far();
            self.regions.push(FxHashMap::default());
            let result = body(self);
            let bound = self.regions.pop().unwrap_or_default();
            let found = self.several_locals(&bound, &conflicts);
            let again = self.changed_by_others.len() > changed && !self.kept.is_empty();
            if found.is_empty() && !again {
                let states = self.states_at_error(&bound, &conflicts);
                for (name, locals) in bound {
                    locals
                        .into_iter()
                        .for_each(|local| self.note_bound(name, local));
                }
                self.kept = outer;
                return (result, states);
            }
            for (name, locals) in found {
                let local = self.common_home(name, &locals, span);
                if self.local(local).ty == Ty::ERROR {
                    conflicts.insert(name, local);
                    continue;
                }
                let before = self.vars.get(&name).map(|var| var.local);
                self.keep_in(name, local, span);
                self.settled.entry(key.clone()).or_default().push(Settled {
                    name,
                    before,
                    inside: local,
                    from_start: true,
                });
            }
            self.forget_ends(ends);
            self.cx.diagnostics.truncate(diagnostics);
        }
    }

    /// The variables that have had several locals in a region, the one in front of it among them, and no room yet for all.
    fn several_locals(
        &mut self,
        bound: &FxHashMap<Name, SmallVec<[LocalId; 2]>>,
        conflicts: &FxHashMap<Name, LocalId>,
    ) -> Vec<(Name, SmallVec<[LocalId; 4]>)> {
        let mut names: Vec<Name> = bound.keys().copied().collect();
        names.sort_unstable_by_key(|name| name.as_str());
        let mut found = Vec::new();
        for name in names {
            let kept = self.kept.get(&name).and_then(|kept| kept.last()).copied();
            let before = self.vars.get(&name).map(|var| var.local);
            let mut locals: SmallVec<[LocalId; 4]> = kept.into_iter().collect();
            for local in before.into_iter().chain(bound[&name].iter().copied()) {
                if !locals.contains(&local) && !kept.is_some_and(|kept| self.takes(kept, local)) {
                    locals.push(local);
                }
            }
            if locals.len() > 1 && !conflicts.contains_key(&name) {
                found.push((name, locals));
            }
        }
        found
    }

    /// From here on, in front of a region: a variable is kept in a local.
    fn keep_in(&mut self, name: Name, local: LocalId, span: Span) {
        if let Some(var) = self.vars.get(&name).copied()
            && var.local != local
        {
            let stmt = self.passed_on(var, local, span);
            self.out.push(stmt);
            if !self.has_mirror(name, var.local) {
                let certain = var.certain;
                self.set_var(name, Some(Var { local, certain }));
            }
        }
        let kept = self.kept.entry(name).or_default();
        if kept.last() != Some(&local) {
            kept.push(local);
        }
    }

    /// What the variables that a region binds are where an error has left it.
    fn states_at_error(
        &self,
        bound: &FxHashMap<Name, SmallVec<[LocalId; 2]>>,
        conflicts: &FxHashMap<Name, LocalId>,
    ) -> Vec<(Name, Var)> {
        let mut states = Vec::with_capacity(bound.len());
        for (&name, locals) in bound {
            let before = self.vars.get(&name);
            let kept = self.kept.get(&name).and_then(|kept| kept.last());
            let (conflict, only) = (conflicts.get(&name), locals.first());
            let Some(&local) = conflict.or(kept).or(only) else {
                continue;
            };
            let certain = conflict.is_some() || before.is_some_and(|before| before.certain);
            states.push((name, Var { local, certain }));
        }
        states.sort_unstable_by_key(|(name, _)| name.as_str());
        states
    }

    /// Takes the variables as an error finds them: what was shown of them may not hold any more.
    pub fn set_states(&mut self, states: &[(Name, Var)]) {
        for (name, var) in states {
            self.set_var(*name, Some(*var));
            self.narrowed.remove(name);
        }
    }

    /// Notes in the region around that a variable has had a local.
    pub fn note_bound(&mut self, name: Name, local: LocalId) {
        if self.hidden.contains(&name) {
            return;
        }
        if let Some(region) = self.regions.last_mut() {
            let locals = region.entry(name).or_default();
            if !locals.contains(&local) {
                locals.push(local);
            }
        }
    }

    /// Whether a variable keeps a local of its own beside the one where an error finds it: values that nothing changes in place
    /// can be in both.
    fn has_mirror(&mut self, name: Name, local: LocalId) -> bool {
        let ty = self.local(local).ty;
        let ty = self.cx.resolve(ty);
        let is_value = matches!(
            self.cx.types.kind(ty),
            TyKind::Int { .. } | TyKind::Float(_) | TyKind::Complex(_) | TyKind::Bool | TyKind::Str
        );
        is_value && !self.changed_by_others.contains(&name)
    }

    /// Binds a variable to a value of its local's type, and keeps it where an error finds it.
    pub fn bind_kept(&mut self, name: Name, local: LocalId, value: Expr, span: Span) {
        let kept = match self.hidden.contains(&name) {
            true => None,
            false => self.kept.get(&name).cloned(),
        };
        let mut kept = kept.unwrap_or_default();
        kept.retain(|kept| *kept != local && self.takes(*kept, local));
        let (local, value) = match kept.last().copied() {
            Some(home) if !self.has_mirror(name, local) => {
                kept.clear();
                let ty = self.local(home).ty;
                (home, self.coerce(value.into(), ty))
            }
            _ => (local, value),
        };
        self.emit(StmtKind::Bind { local, value }, span);
        self.bind_var(name, local);
        self.note_bound(name, local);
        for home in kept {
            let value = self.widened(local, home, span);
            self.emit(StmtKind::Bind { local: home, value }, span);
        }
    }

    pub fn ends_so_far(&self) -> Ends {
        let innermost = self.loops.last();
        innermost.map_or((0, 0), |item| (item.breaks.len(), item.continues.len()))
    }

    pub fn forget_ends(&mut self, (breaks, continues): Ends) {
        if let Some(innermost) = self.loops.last_mut() {
            innermost.breaks.truncate(breaks);
            innermost.continues.truncate(continues);
        }
    }

    /// Checks a `finally`, which begins with the states in which any way leads there. What it binds holds behind it, and where
    /// a `break` or `continue` in front of it leads.
    pub fn finally(
        &mut self,
        body: &'a [ast::Stmt],
        states: &[(Name, Var)],
        (breaks, continues): Ends,
        span: Span,
    ) -> Vec<Stmt> {
        let leaves_round = self.ends_so_far() != (breaks, continues);
        let mut bound = FxHashMap::default();
        let path = self.path(|cx| {
            cx.set_states(states);
            cx.regions.push(FxHashMap::default());
            cx.block(body);
            bound = cx.regions.pop().unwrap_or_default();
            if cx.reachable && leaves_round {
                cx.end_round(span, |name| bound.contains_key(&name));
            }
        });
        let changes: Vec<(Name, Option<Var>)> = (path.delta.iter())
            .filter(|(name, var)| var.is_none() || bound.contains_key(name))
            .collect();
        for (name, var) in &changes {
            self.set_var(*name, *var);
        }
        if let Some(innermost) = self.loops.last_mut() {
            let ends = innermost.breaks[breaks..].iter_mut();
            for end in ends.chain(&mut innermost.continues[continues..]) {
                changes
                    .iter()
                    .for_each(|(name, var)| end.insert(*name, *var));
            }
        }
        for (name, locals) in bound {
            let locals = locals.into_iter();
            locals.for_each(|local| self.note_bound(name, local));
        }
        self.reachable &= path.reachable;
        path.stmts
    }
}

/// Regions are told from the loops whose variables are settled.
fn region_key(of: RegionOf, span: Span) -> Span {
    match of {
        RegionOf::Handlers => Span {
            start: span.end,
            ..span
        },
        RegionOf::Finally => Span {
            end: span.start,
            ..span
        },
    }
}
