//! The ends of a loop's body, where variables go on with the locals that they have at its start.

use mlc_diagnostics::Span;
use mlc_syntax::Name;

use super::{Delta, FnCx, Var};
use crate::hir::{Expr, LocalId, Stmt, StmtKind, Ty};

impl FnCx<'_, '_> {
    /// At an end of the innermost loop's body: a variable that has another local here than at its start, as the `Int` of
    /// `x = None`, `for i in …: x = i`, gives its value to that one.
    pub fn end_round(&mut self, span: Span, is_meant: impl Fn(Name) -> bool) {
        let Some(innermost) = self.loops.last() else {
            return;
        };
        let mark = innermost.mark;
        let mut names: Vec<Name> = (self.delta_since(mark).iter())
            .filter(|(name, var)| var.is_some() && is_meant(*name) && !self.hidden.contains(name))
            .map(|(name, _)| name)
            .collect();
        names.sort_unstable_by_key(|name| name.as_str());
        for name in names {
            self.end_variable(name, mark, span);
        }
    }

    /// The condition of a `while`, where the loop may end: what `:=` has bound in it holds there.
    pub fn ending(&mut self, condition: Expr, span: Span) -> Expr {
        let Some(mark) = self.loops.last().map(|item| item.mark) else {
            return condition;
        };
        let delta = self.delta_since(mark);
        let has_end = delta
            .iter()
            .any(|(name, _)| self.ends_elsewhere(name, mark));
        if !has_end || condition.ty == Ty::ERROR {
            self.note_end(delta);
            return condition;
        }
        let condition = self.keep(condition);
        self.end_round(span, |_| true);
        let delta = self.delta_since(mark);
        self.note_end(delta);
        condition
    }

    /// A state that the innermost loop may be left with, or begin its next round with.
    fn note_end(&mut self, delta: Delta) {
        if let Some(innermost) = self.loops.last_mut() {
            innermost.continues.push(delta);
        }
    }

    fn ends_elsewhere(&mut self, name: Name, mark: usize) -> bool {
        let local = self.vars.get(&name).map(|var| var.local);
        let end = self.local_at_ends(name, mark);
        matches!((local, end), (Some(local), Some(end)) if local != end && self.takes(end, local))
    }

    /// The local that a variable has at the ends of the innermost loop's body, which began at `mark`.
    fn local_at_ends(&self, name: Name, mark: usize) -> Option<LocalId> {
        let before = self.at_mark(name, mark).flatten();
        let ends = self.loops.last().and_then(|item| item.ends.get(&name));
        let local = before.map(|var| var.local).or(ends.copied());
        // A parameter may be the caller's.
        local.filter(|local| !self.is_param(*local))
    }

    fn end_variable(&mut self, name: Name, mark: usize, span: Span) {
        if !self.ends_elsewhere(name, mark) {
            return;
        }
        let (Some(var), Some(local)) = (
            self.vars.get(&name).copied(),
            self.local_at_ends(name, mark),
        ) else {
            return;
        };
        let stmt = self.passed_on(var, local, span);
        self.out.push(stmt);
        self.note_bound(name, local);
        let certain = var.certain;
        self.set_var(name, Some(Var { local, certain }));
    }

    /// Gives the value of a variable to another local that it has from here on, where it is bound.
    pub fn passed_on(&mut self, var: Var, local: LocalId, span: Span) -> Stmt {
        let value = self.widened(var.local, local, span);
        let kind = StmtKind::Bind { local, value };
        if var.certain {
            return Stmt { kind, span };
        }
        let flag = self.flag_of(var.local, span);
        let condition = self.load_local(flag, span);
        let kind = StmtKind::If {
            condition,
            then: vec![Stmt { kind, span }],
            orelse: Vec::new(),
        };
        Stmt { kind, span }
    }

    /// Whether a local has room for what another one holds. What is only borrowed moves nowhere.
    pub fn takes(&mut self, to: LocalId, from: LocalId) -> bool {
        let tys = [to, from].map(|local| self.local(local).ty);
        let [to_ty, from_ty] = tys.map(|ty| self.cx.resolve(ty));
        if to_ty == Ty::ERROR || from_ty == Ty::ERROR {
            return false;
        }
        let same_mode = self.local(to).mode == self.local(from).mode;
        (same_mode || !self.cx.types.is_owning(from_ty))
            && self.joined_type(to_ty, from_ty) == Some(to_ty)
    }
}
