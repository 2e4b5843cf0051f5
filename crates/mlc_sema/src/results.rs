//! The result types that are not written: found out from the `return`s, also through recursion.
//!
//! A body whose result is not known yet is checked with what is known; where a call needs the result of a function that is
//! being checked itself, its value is left open, and other `return`s decide. As results are found and widened, the bodies
//! that went by less are checked again. Results only widen, so that this ends.

use mlc_diagnostics::{Diagnostic, Span};

use crate::checker::{Checker, DeclId};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{FuncId, Ty, TyKind};

/// How deep inferred results may hang on one another.
const MOST_NESTED: u32 = 500;
/// How many parts the type of an argument of a generic function may have.
const MOST_PARTS: usize = 1_000;
/// How many instances of one generic function may ask for one another.
const MOST_GENERATIONS: u32 = 200;
/// How often a body is checked at most.
const MOST_ROUNDS: u32 = 16;

#[derive(Clone, Default, Debug)]
pub(crate) struct Inference {
    /// No result is written: later `return`s may widen it.
    pub open: bool,
    checking: bool,
    /// The last check went by a result that has been widened since.
    stale: bool,
    /// The functions whose results were needed and not known.
    waits_for: Vec<FuncId>,
    /// The functions that went by the result so far.
    users: Vec<FuncId>,
    rounds: u32,
}

impl Checker<'_> {
    fn inference(&mut self, func: FuncId) -> &mut Inference {
        &mut self.headers[func.0 as usize].inference
    }

    /// The result type of an instance, for a call in `user`. `None`: it depends on itself, and that call's value is open.
    pub fn result_of(&mut self, func: FuncId, user: FuncId, span: Span) -> Option<Ty> {
        if self.inference(func).open {
            self.note_inferred();
        }
        if self.header(func).result.is_none() {
            if self.is_too_deep() {
                self.report_recursive(func, span);
            } else {
                self.check_body(func);
            }
        }
        let in_body = (user.0 as usize) < self.headers.len();
        match self.header(func).result {
            None if in_body => {
                self.inference(user).waits_for.push(func);
                None
            }
            None => {
                self.report_recursive(func, span);
                None
            }
            Some(ty) => {
                if self.inference(func).open
                    && in_body
                    && !self.inference(func).users.contains(&user)
                {
                    self.inference(func).users.push(user);
                }
                Some(ty)
            }
        }
    }

    /// Whether as many bodies are being checked inside one another as may be.
    pub fn is_too_deep(&self) -> bool {
        self.depth >= MOST_NESTED
    }

    /// What is not known of the types of arguments, as of `[]`, is taken for what it is in a call of the same function around this one:
    /// as something new it would be the type of one more instance, whose body asks for the next.
    pub fn settle_by_recursion(&mut self, decl: DeclId, tys: &mut [Ty]) {
        for position in 0..tys.len() {
            let mut asker = self.asker;
            while self.types.is_open(tys[position])
                && let Some(header) = asker.and_then(|func| self.headers.get(func.0 as usize))
            {
                asker = header.asked_by;
                // Functions that are passed are no parameters of the instance.
                if header.decl == Some(decl) && header.params.len() == tys.len() {
                    let known = header.params[position].ty;
                    self.unify(tys[position], known);
                    tys[position] = self.resolve(tys[position]);
                }
            }
        }
    }

    /// Whether a generic function asks for instance after instance of itself: a call at these types is an error.
    pub fn check_endless(&mut self, decl: DeclId, tys: &[Ty], span: Span) -> bool {
        let mut generations = 0;
        let mut asker = self.asker;
        while let Some(header) = asker.and_then(|func| self.headers.get(func.0 as usize)) {
            generations += u32::from(header.decl == Some(decl));
            asker = header.asked_by;
        }
        let is_larger = tys.iter().any(|&ty| self.types.is_larger(ty, MOST_PARTS));
        let is_endless = is_larger || generations >= MOST_GENERATIONS;
        if is_endless {
            let name = self.decl(decl).name.clone();
            self.report(diag::endless_instances(span, &name));
        }
        is_endless
    }

    fn report_recursive(&mut self, func: FuncId, span: Span) {
        let name = match self.header(func).decl {
            Some(decl) => self.decl(decl).name.clone(),
            None => self.symbols_by_func[func.0 as usize].clone(),
        };
        self.report(diag::recursive_result(span, &name));
        self.headers[func.0 as usize].result = Some(Ty::ERROR);
    }

    /// Whether a value in the function is open, because it needs a result that is not known.
    pub fn is_waiting(&self, func: FuncId) -> bool {
        let header = self.headers.get(func.0 as usize);
        header.is_some_and(|header| !header.inference.waits_for.is_empty())
    }

    /// What the `return`s of a function have in common so far. Who went by less is checked again.
    pub fn set_result(&mut self, func: FuncId, ty: Ty) {
        let Some(before) = self.headers[func.0 as usize].result.replace(ty) else {
            return;
        };
        // Who went by `[]` found out what its items are, and knows no less.
        if self.resolve(before) == self.resolve(ty) {
            return;
        }
        self.inference(func).stale = true;
        for user in std::mem::take(&mut self.inference(func).users) {
            self.inference(user).stale = true;
            if !self.inference(user).checking {
                self.headers[user.0 as usize].done = false;
                self.queue.push(user);
            }
        }
    }

    /// A body that ends without `return`: its result is `None`, unless it waits for another.
    pub fn end_without_result(&mut self, func: FuncId) {
        if !self.is_waiting(func) {
            self.set_result(func, Ty::NONE);
        }
    }

    /// A body that neither ends nor has told a result: the `return`s are in a part that is wrong and has not been checked.
    pub fn end_unknown(&mut self, func: FuncId) {
        if self.header(func).result.is_none() && !self.is_waiting(func) {
            self.set_result(func, Ty::ERROR);
        }
    }

    /// Checks every instance that was asked for and has no body yet.
    pub fn drain_queue(&mut self) {
        let mut next = self.check_many_bodies(0);
        while next < self.queue.len() {
            let func = self.queue[next];
            next += 1;
            self.check_body(func);
        }
        self.queue.clear();
    }

    pub fn check_body(&mut self, func: FuncId) {
        if std::mem::replace(&mut self.headers[func.0 as usize].done, true) {
            return;
        }
        let Some(decl) = self.header(func).decl else {
            return;
        };
        let outer = std::mem::take(&mut self.diagnostics);
        let asker = self.asker.replace(func);
        self.depth += 1;
        let mark = self.empty_lists.mark();
        loop {
            self.diagnostics.clear();
            let inference = self.inference(func);
            inference.checking = true;
            inference.stale = false;
            inference.rounds += 1;
            inference.waits_for.clear();
            // Results that are inferred hang on one another; the stack grows with the chain.
            let function =
                stacker::maybe_grow(512 * 1024, 4 * 1024 * 1024, || self.body_of(func, decl));
            self.functions[func.0 as usize] = Some(function);
            let found = std::mem::take(&mut self.diagnostics);
            let learns = self.learns_items(func, mark, &found);
            self.diagnostics = found;
            if !self.goes_on(func) && !learns {
                break;
            }
        }
        self.inference(func).checking = false;
        self.asker = asker;
        self.depth -= 1;
        let found = std::mem::replace(&mut self.diagnostics, outer);
        if !found.iter().any(Diagnostic::is_error)
            && let Some(function) = &mut self.functions[func.0 as usize]
        {
            crate::compact::compact(function);
        }
        if found.is_empty() {
            self.body_diagnostics.remove(&func);
        } else {
            self.body_diagnostics.insert(func, found);
        }
    }

    /// Whether a body that has just been checked is checked again at once.
    fn goes_on(&mut self, func: FuncId) -> bool {
        let waits_for = std::mem::take(&mut self.inference(func).waits_for);
        let rounds = self.inference(func).rounds;
        if waits_for.is_empty() {
            return self.inference(func).stale && rounds < MOST_ROUNDS;
        }
        let span = match self.header(func).decl {
            Some(decl) => self.decl(decl).ast.name.span,
            None => Span::NONE,
        };
        if rounds >= MOST_ROUNDS {
            self.report_recursive(func, span);
            return false;
        }
        let open = (waits_for.iter()).any(|&other| self.header(other).result.is_none());
        if !open {
            return true;
        }
        let waits_in_vain = waits_for.iter().all(|&other| other == func);
        if self.header(func).result.is_none() && waits_in_vain {
            self.report_recursive(func, span);
            return false;
        }
        // Another function that is being checked decides; this one is checked when that is done.
        self.functions[func.0 as usize] = None;
        self.diagnostics.clear();
        self.headers[func.0 as usize].done = false;
        self.queue.push(func);
        false
    }

    /// Everything found wrong, of bodies too.
    pub fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        let mut all = std::mem::take(&mut self.diagnostics);
        all.append(&mut self.lasting);
        let mut bodies: Vec<(FuncId, Vec<Diagnostic>)> = self.body_diagnostics.drain().collect();
        bodies.sort_by_key(|(func, _)| *func);
        all.extend(bodies.into_iter().flat_map(|(_, found)| found));
        all
    }

    /// What is done once, while a body is checked that may be checked again: its reports stay.
    pub fn once<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::take(&mut self.diagnostics);
        let result = work(self);
        let found = std::mem::replace(&mut self.diagnostics, outer);
        self.lasting.extend(found);
        result
    }

    /// Whether anything was found wrong so far.
    pub fn any_error(&self) -> bool {
        let bodies = self.body_diagnostics.values().flatten();
        let mut all = bodies.chain(&self.diagnostics).chain(&self.lasting);
        all.any(Diagnostic::is_error)
    }

    /// Whether the body of a function is wrong, which has been reported.
    pub fn is_wrong(&self, func: FuncId) -> bool {
        let found = self.body_diagnostics.get(&func);
        found.is_some_and(|found| found.iter().any(Diagnostic::is_error))
    }
}

impl FnCx<'_, '_> {
    /// The result where it may be widened by one more `return` of type `ty`, or stays as it is.
    pub fn result_with(&mut self, before: Ty, ty: Ty) -> Ty {
        if !self.cx.inference(self.func).open || before == Ty::ERROR || ty == Ty::ERROR {
            return before;
        }
        match self.joined_type(before, ty) {
            Some(joined) => {
                if joined != before {
                    self.cx.set_result(self.func, joined);
                }
                joined
            }
            None => before,
        }
    }

    /// The result of a function that may end without `return`: with `None`, where it is inferred.
    pub fn fall_off_end(&mut self, result: Ty) -> Ty {
        if matches!(self.cx.types.kind(result), TyKind::Optional(_)) {
            return result;
        }
        self.result_with(result, Ty::NONE)
    }
}
