//! Functions inside a function, from their `def`s on.
//!
//! Names of functions mean what they mean when a call runs, so that functions may call others that are defined further down. Such
//! a function waits, and cannot be called, until the last of those that it needs is there; then all are declared together:
//!
//! ```text
//! def is_even(n): return n == 0 or is_odd(n - 1)          # waits for `is_odd`
//! def is_odd(n): return n != 0 and is_even(n - 1)         # both are declared, each with the captures of both
//! ```

use std::rc::Rc;

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast, Stmt, StmtKind};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Bound, Capture, hidden_name};
use crate::checker::{DeclId, FnDecl, Item};
use crate::diag;
use crate::func::{FnCx, Var};

/// A function to be declared.
pub(crate) struct Member<'a> {
    pub name: Name,
    pub function: &'a ast::Function,
    /// The names that it takes from outside, and those of them that it binds again.
    pub free: FxHashSet<Name>,
    pub rebound: FxHashSet<Name>,
    /// The variables that hold the values of its defaults.
    pub defaults: Vec<Name>,
    /// The functions that it uses and that are defined further down.
    pub needs: Vec<Name>,
    pub span: Span,
}

/// The variables that a function captures, and whether by reference.
type Captures = FxHashMap<Name, bool>;

impl<'a> FnCx<'_, 'a> {
    /// A `def` inside a function: from here on, or from the last function on that it needs, its name can be called.
    pub fn nested_function(&mut self, function: &'a ast::Function, span: Span) {
        let name = function.name.name;
        let defaults = self.default_variables(function);
        let free = super::names_from_outside(function);
        let mut rebound: FxHashSet<Name> = FxHashSet::default();
        crate::names::rebound_in(function, &mut |name| {
            rebound.insert(name);
        });
        let decl = self.nested_decl(name, function, span);
        self.defined_again(name, decl, function.name.span);
        self.define(name, function, free, rebound, defaults, span);
    }

    /// A function gets its name, now or once those are there that it needs.
    pub(super) fn define(
        &mut self,
        name: Name,
        function: &'a ast::Function,
        free: FxHashSet<Name>,
        rebound: FxHashSet<Name>,
        defaults: Vec<Name>,
        span: Span,
    ) {
        self.unbind_nested(name);
        self.waiting.retain(|member| member.name != name);
        let mut needs = self.defined_later(&free, span);
        needs.retain(|&needed| needed != name);
        match needs.first() {
            Some(needed) => {
                let at = function.name.span;
                self.forbid(
                    name,
                    diag::needs_later(at, name.as_str(), needed.as_str()),
                    at,
                );
            }
            None => self.set_var(name, None),
        }
        self.waiting.push(Rc::new(Member {
            name,
            function,
            free,
            rebound,
            defaults,
            needs,
            span,
        }));
        self.declare_waiting();
    }

    /// The names among these that are those of functions which are not there yet, in their order.
    pub(super) fn defined_later(&self, names: &FxHashSet<Name>, span: Span) -> Vec<Name> {
        let mut later: Vec<Name> = names.iter().copied().collect();
        later.retain(|&name| self.is_defined_later(name, span));
        later.sort_by_key(|name| name.as_str());
        later
    }

    /// Whether a name is that of a function inside this one which is not there yet.
    pub fn is_defined_later(&self, name: Name, span: Span) -> bool {
        if self.waiting.iter().any(|member| member.name == name) {
            return true;
        }
        if self.vars.contains_key(&name) || self.nested.contains_key(&name) {
            return false;
        }
        if self.at_top {
            let module = self.cx.module(self.module);
            let is_item = matches!(module.items.get(&name), Some(Item::Function(_)));
            return !is_item && is_defined_behind(&module.ast.body, name, span.end);
        }
        let header = self.cx.headers.get(self.func.0 as usize);
        let decl = header.and_then(|header| header.decl);
        self.assigned.contains(&name)
            && decl
                .is_some_and(|decl| is_defined_behind(&self.cx.decl(decl).ast.body, name, span.end))
    }

    /// Declares the functions that wait for nothing but one another.
    pub(super) fn declare_waiting(&mut self) {
        let mut group = self.waiting.clone();
        loop {
            let before = group.len();
            let names: FxHashSet<Name> = group.iter().map(|member| member.name).collect();
            let is_there = |name: &Name| names.contains(name) || self.nested.contains_key(name);
            group.retain(|member| member.needs.iter().all(is_there));
            if group.len() == before {
                break;
            }
        }
        self.waiting
            .retain(|member| !group.iter().any(|other| Rc::ptr_eq(member, other)));
        for member in &group {
            self.set_var(member.name, None);
        }
        let members: Vec<&Member<'a>> = group.iter().map(|member| &**member).collect();
        self.declare_group(&members);
    }

    pub(super) fn declare_alone(&mut self, member: &Member<'a>) -> Bound {
        self.declare_group(&[member]);
        let decl = self.nested_decl(member.name, member.function, member.span);
        let declared = self.nested.get(&member.name);
        let sources = declared.map(|bound| bound.sources.clone());
        let sources = sources.unwrap_or_default();
        Bound { decl, sources }
    }

    /// Declares functions that may call one another.
    fn declare_group(&mut self, group: &[&Member<'a>]) {
        let names: FxHashSet<Name> = group.iter().map(|member| member.name).collect();
        let of_one = |member: &&Member<'a>| {
            let mut captures = self.captures_of(&names, &member.free, &member.rebound);
            captures.extend(member.defaults.iter().map(|name| (*name, false)));
            captures
        };
        let mut captures: Vec<Captures> = group.iter().map(of_one).collect();
        while group.len() > 1 && take_from_called(group, &mut captures) {}
        let mut declared: Vec<(DeclId, Vec<(Name, Capture)>)> = Vec::with_capacity(group.len());
        for (member, captures) in group.iter().zip(captures) {
            let decl = self.nested_decl(member.name, member.function, member.span);
            let own = crate::names::own_names(member.function);
            let capture = |(source, by_reference): (Name, bool)| {
                // What it captures only for a function that it calls may have the name of a variable of its own.
                let name = match own.contains(&source) {
                    true => hidden_name(&decl.0, source),
                    false => source,
                };
                let written =
                    (self.annotated.get(&source)).is_some_and(|annotated| annotated.written);
                let capture = Capture {
                    name,
                    by_reference,
                    written,
                };
                (source, capture)
            };
            let mut captures: Vec<(Name, Capture)> = captures.into_iter().map(capture).collect();
            captures.sort_by_key(|(_, capture)| capture.name.as_str());
            let sources = captures.iter().map(|(source, _)| *source).collect();
            self.bind_nested(member.name, Bound { decl, sources });
            declared.push((decl, captures));
        }
        for (member, (decl, captures)) in group.iter().zip(declared) {
            let scope = self.callable_in(member, &captures);
            let generics = self.generics.clone();
            let declaration: &mut FnDecl<'a> = &mut self.cx.decls[decl.0 as usize];
            declaration.captures = captures.into_iter().map(|(_, capture)| capture).collect();
            declaration.outer_generics = generics;
            declaration.scope = scope;
        }
    }

    pub(super) fn nested_decl(
        &mut self,
        name: Name,
        function: &'a ast::Function,
        span: Span,
    ) -> DeclId {
        let key = (span, self.func);
        if let Some(&decl) = self.cx.nested_decls.get(&key) {
            return decl;
        }
        let outer = self.outer_name();
        let text = if outer.is_empty() {
            name.to_string()
        } else {
            format!("{outer}.{name}")
        };
        let decl = self.cx.add_decl(self.module, function, None, text);
        self.cx.nested_decls.insert(key, decl);
        decl
    }

    /// The functions that can be called inside: those that are used there, if what they capture is captured too. `captures` are
    /// the variables here, and what they are inside.
    fn callable_in(
        &self,
        member: &Member<'a>,
        captures: &[(Name, Capture)],
    ) -> FxHashMap<Name, Bound> {
        let mut scope: FxHashMap<Name, Bound> = FxHashMap::default();
        for name in member.free.iter().chain([&member.name]) {
            let Some(sibling) = self.nested.get(name) else {
                continue;
            };
            let inside = |source: &Name| {
                let capture = captures.iter().find(|(outside, _)| outside == source);
                capture.map(|(_, capture)| capture.name)
            };
            let sources: Option<Vec<Name>> = sibling.sources.iter().map(inside).collect();
            if let Some(sources) = sources {
                let decl = sibling.decl;
                scope.insert(*name, Bound { decl, sources });
            }
        }
        scope
    }

    /// The variables of this function that the free names mean, with those that called siblings need. `group` are the names of
    /// the functions that are declared.
    fn captures_of(
        &self,
        group: &FxHashSet<Name>,
        free: &FxHashSet<Name>,
        rebound: &FxHashSet<Name>,
    ) -> Captures {
        let mut names = Captures::default();
        for name in free {
            if group.contains(name) {
                continue;
            }
            for variable in self.variables_of_struct(*name) {
                names.entry(variable).or_default();
            }
            if let Some(sibling) = self.nested.get(name) {
                let captures = &self.cx.decl(sibling.decl).captures;
                for (source, capture) in sibling.sources.iter().zip(captures) {
                    *names.entry(*source).or_default() |= capture.by_reference;
                }
            } else if self.vars.contains_key(name) || self.assigned.contains(name) {
                *names.entry(*name).or_default() |= rebound.contains(name);
            }
        }
        names.retain(|name, _| !group.contains(name));
        names
    }

    /// The name of a function comes to mean another one: those that call the first would call the second from here on.
    pub(super) fn defined_again(&mut self, name: Name, decl: DeclId, span: Span) {
        let Some(before) = self.nested.get(&name).map(|before| before.decl) else {
            return;
        };
        if before == decl {
            return;
        }
        let calls_it = |bound: &Bound| {
            let called = self.cx.decl(bound.decl).scope.get(&name);
            bound.decl != before && called.is_some_and(|called| called.decl == before)
        };
        let callers = self.nested.iter().filter(|(_, bound)| calls_it(bound));
        let callers: Vec<Name> = callers.map(|(caller, _)| *caller).collect();
        for caller in callers {
            let diagnostic = diag::calls_other(span, caller.as_str(), name.as_str());
            self.unbind_nested(caller);
            self.forbid(caller, diagnostic, span);
        }
    }

    /// Makes a name one that must not be read.
    fn forbid(&mut self, name: Name, diagnostic: Diagnostic, span: Span) {
        let local = self.conflict(name, diagnostic, span);
        let certain = true;
        self.set_var(name, Some(Var { local, certain }));
    }
}

/// Adds to what each function captures what those capture that it calls; whether that was new.
fn take_from_called(group: &[&Member<'_>], captures: &mut [Captures]) -> bool {
    let mut changed = false;
    for at in 0..group.len() {
        for other in 0..group.len() {
            if at == other || !group[at].free.contains(&group[other].name) {
                continue;
            }
            for (name, by_reference) in captures[other].clone() {
                let before = captures[at].get(&name).copied();
                let now = by_reference || before == Some(true);
                changed |= before != Some(now);
                captures[at].insert(name, now);
            }
        }
    }
    changed
}

/// Whether a function of that name is defined at `at` or behind it, at any depth of blocks.
fn is_defined_behind(block: &[Stmt], name: Name, at: u32) -> bool {
    block.iter().any(|stmt| match &stmt.kind {
        StmtKind::Function(function) => function.name.name == name && stmt.span.start >= at,
        StmtKind::Assign { targets, value } => {
            let is_target =
                |target: &ast::Expr| matches!(&target.kind, Ast::Name(other) if *other == name);
            matches!(value.kind, Ast::Lambda(_))
                && targets.iter().all(is_target)
                && stmt.span.start >= at
        }
        StmtKind::Struct(_) => false,
        _ => {
            let mut found = false;
            crate::names::each_block(stmt, &mut |block| {
                found |= is_defined_behind(block, name, at);
            });
            found
        }
    })
}
