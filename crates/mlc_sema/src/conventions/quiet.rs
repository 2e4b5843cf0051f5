//! Functions that change nothing that they are given, so that a copy does as well.
//!
//! ```text
//! sorted(xs, key=lambda x: (len(x), x))        the key of each item gets a copy of it
//! sorted(xs, key=grown)                        `x.append(0); return (len(x), x)`: no copy, or the change would be lost
//! ```

use super::root_local;
use crate::hir::{Convention, Expr, ExprKind, FuncId, Function, Place, Stmt, StmtKind};
use crate::walk::{self, Visitor};

/// By function: whether it is quiet, for those that the library hands values over to. Values with one owner are meant.
pub(super) fn quiet(functions: &[Function]) -> Vec<bool> {
    let mut known = vec![None; functions.len()];
    for function in functions.iter().filter(|function| function.span.is_none()) {
        let mut handed = Handed {
            functions,
            callees: Vec::new(),
        };
        walk::walk(&function.body, &mut handed);
        for callee in handed.callees {
            is_quiet(functions, callee, &mut known);
        }
    }
    known.into_iter().map(|quiet| quiet == Some(true)).collect()
}

fn is_quiet(functions: &[Function], FuncId(at): FuncId, known: &mut Vec<Option<bool>>) -> bool {
    if let Some(quiet) = known[at as usize] {
        return quiet;
    }
    // One that calls itself is not looked into.
    known[at as usize] = Some(false);
    let function = &functions[at as usize];
    let mut changes = Changes {
        functions,
        function,
        found: false,
        handed: Vec::new(),
    };
    walk::walk(&function.body, &mut changes);
    let Changes { found, handed, .. } = changes;
    let quiet = !found && (handed.into_iter()).all(|callee| is_quiet(functions, callee, known));
    known[at as usize] = Some(quiet);
    quiet
}

/// The functions that become owners of arguments.
struct Handed<'f> {
    functions: &'f [Function],
    callees: Vec<FuncId>,
}

impl Visitor for Handed<'_> {
    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Call { callee, .. } = &expr.kind
            && takes(self.functions, *callee, Convention::Owned)
        {
            self.callees.push(*callee);
        }
    }
}

fn takes(functions: &[Function], FuncId(at): FuncId, convention: Convention) -> bool {
    let mut params = functions[at as usize].params.iter();
    params.any(|param| param.convention == convention)
}

/// What a function may change, and the functions that it hands values over to.
struct Changes<'f> {
    functions: &'f [Function],
    function: &'f Function,
    found: bool,
    handed: Vec<FuncId>,
}

impl Changes<'_> {
    /// The hidden list that a comprehension fills is nobody else's.
    fn is_filled(&self, place: &Place) -> bool {
        let name = |local| &self.function.locals[local as usize].name;
        place.projections.is_empty()
            && root_local(place).is_some_and(|local| name(local.0).starts_with("$list"))
    }
}

impl Visitor for Changes<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        self.found |= matches!(
            stmt.kind,
            StmtKind::Store { .. }
                | StmtKind::Update { .. }
                | StmtKind::AtomicUpdate { .. }
                | StmtKind::Swap { .. }
        );
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Borrow {
                place,
                mutable: true,
            } => self.found |= !self.is_filled(place),
            ExprKind::Call { callee, .. } => {
                self.found |= takes(self.functions, *callee, Convention::Inout);
                if takes(self.functions, *callee, Convention::Owned) {
                    self.handed.push(*callee);
                }
            }
            _ => {}
        }
    }
}
