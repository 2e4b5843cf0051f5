//! Where the names of a module lead: to what its functions and structs mention, to what that means, and so on.
//!
//! It is found out once for all defaults of the module: following the names of each by itself takes quadratic time.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, Stmt, StmtKind};
use rustc_hash::{FxHashMap, FxHashSet};

#[derive(Clone)]
pub(crate) struct Reach {
    /// Where the first statement starts that may come to use a name when it runs.
    first_use: FxHashMap<Name, u32>,
    /// The names that lead to variables of the top level, those among them.
    to_variables: FxHashSet<Name>,
    /// The statements that define functions and structs, by where the names of these stand.
    statements: FxHashMap<Span, Span>,
}

impl Reach {
    /// `variables` are those of the top level, imported ones included.
    pub fn of(module: &ast::Module, variables: impl Iterator<Item = Name>) -> Self {
        let mut mentioned: FxHashMap<Name, Vec<Name>> = FxHashMap::default();
        let mut statements = FxHashMap::default();
        for stmt in &module.body {
            if let Some(name) = defined_by(stmt) {
                statements.insert(name.span, stmt.span);
                let mentions = mentioned.entry(name.name).or_default();
                mentioned_inside(stmt, &mut |name| mentions.push(name));
            }
        }
        Self {
            first_use: first_uses(module, &mentioned),
            to_variables: all_leading_to(variables, &mentioned),
            statements,
        }
    }

    /// Whether what runs before a place is reached may come to use a name.
    pub fn is_used_before(&self, name: Name, place: Span) -> bool {
        (self.first_use.get(&name)).is_some_and(|first| *first <= place.start)
    }

    /// Whether a name leads to a variable of the top level, or is one.
    pub fn leads_to_variable(&self, name: Name) -> bool {
        self.to_variables.contains(&name)
    }

    /// The statement of the top level that defines exactly this name.
    pub fn statement_of(&self, name: ast::Ident) -> Option<Span> {
        self.statements.get(&name.span).copied()
    }
}

fn first_uses(
    module: &ast::Module,
    mentioned: &FxHashMap<Name, Vec<Name>>,
) -> FxHashMap<Name, u32> {
    let mut first: FxHashMap<Name, u32> = FxHashMap::default();
    let mut open: Vec<Name> = Vec::new();
    for stmt in &module.body {
        mentioned_when_run(stmt, &mut |name| open.push(name));
        while let Some(name) = open.pop() {
            first.entry(name).or_insert_with(|| {
                open.extend(mentioned.get(&name).into_iter().flatten());
                stmt.span.start
            });
        }
    }
    first
}

fn all_leading_to(
    variables: impl Iterator<Item = Name>,
    mentioned: &FxHashMap<Name, Vec<Name>>,
) -> FxHashSet<Name> {
    let mut mentioned_by: FxHashMap<Name, Vec<Name>> = FxHashMap::default();
    for (&name, mentions) in mentioned {
        for &other in mentions {
            mentioned_by.entry(other).or_default().push(name);
        }
    }
    let mut found: FxHashSet<Name> = FxHashSet::default();
    let mut open: Vec<Name> = variables.collect();
    while let Some(name) = open.pop() {
        if found.insert(name) {
            open.extend(mentioned_by.get(&name).into_iter().flatten());
        }
    }
    found
}

fn defined_by(stmt: &Stmt) -> Option<ast::Ident> {
    match &stmt.kind {
        StmtKind::Function(function) => Some(function.name),
        StmtKind::Struct(item) => Some(item.name),
        _ => None,
    }
}

/// The names that a function, or the methods of a struct, take from outside.
fn mentioned_inside(stmt: &Stmt, found: &mut dyn FnMut(Name)) {
    match &stmt.kind {
        StmtKind::Function(function) => crate::names::free_in(function, found),
        StmtKind::Struct(item) => {
            for method in &item.methods {
                crate::names::free_in(method, found);
            }
        }
        _ => {}
    }
}

/// The names that a statement of the top level mentions in what it does where it stands.
fn mentioned_when_run(stmt: &Stmt, found: &mut dyn FnMut(Name)) {
    match &stmt.kind {
        StmtKind::Function(function) => defaults_of(function, found),
        StmtKind::Struct(item) => {
            for default in item.fields.iter().flat_map(|field| &field.default) {
                crate::names::mentioned_expr(default, found);
            }
            for method in &item.methods {
                defaults_of(method, found);
            }
        }
        _ => crate::names::mentioned(stmt, found),
    }
}

/// The names that the defaults of a function mention.
fn defaults_of(function: &ast::Function, found: &mut dyn FnMut(Name)) {
    for default in function.params.iter().flat_map(|param| &param.default) {
        crate::names::mentioned_expr(default, found);
    }
}
