//! Which functions use objects of Python, themselves or through what they call: they run on one thread, with the lock held.

use mlc_diagnostics::{Diagnostic, Span};

use crate::hir::{
    Builtin, Expr, ExprKind, FuncId, Function, ParFor, Place, Stmt, StmtKind, Struct, Ty, TyKind,
    TypeTable,
};
use crate::walk::{Visitor, walk};

/// The answer for every function of a program.
pub struct PythonUse(Vec<bool>);

impl PythonUse {
    pub fn of(functions: &[Function], structs: &[Struct], types: &TypeTable) -> PythonUse {
        let mut uses = vec![false; functions.len()];
        let mut callers: Vec<Vec<usize>> = vec![Vec::new(); functions.len()];
        let mut work = Vec::new();
        for (position, function) in functions.iter().enumerate() {
            let mut facts = Facts::default();
            walk(&function.body, &mut facts);
            for callee in facts.calls {
                callers[callee].push(position);
            }
            let holds = |ty| holds_object(ty, structs, types, &mut Vec::new());
            if facts.operates
                || holds(function.result)
                || function.locals.iter().any(|local| holds(local.ty))
            {
                uses[position] = true;
                work.push(position);
            }
        }
        while let Some(position) = work.pop() {
            for &caller in &callers[position] {
                if !std::mem::replace(&mut uses[caller], true) {
                    work.push(caller);
                }
            }
        }
        PythonUse(uses)
    }

    pub fn uses(&self, function: FuncId) -> bool {
        self.0.get(function.0 as usize).is_some_and(|&uses| uses)
    }

    /// Parallel loops whose bodies use objects: their iterations run on threads that have no lock.
    pub(crate) fn races(&self, functions: &[Function]) -> Vec<Diagnostic> {
        let mut loops = Loops {
            of: self,
            found: Vec::new(),
        };
        for (function, _) in functions.iter().zip(&self.0).filter(|(_, uses)| **uses) {
            walk(&function.body, &mut loops);
        }
        loops.found
    }
}

/// Whether a value of a type is or contains an object.
fn holds_object(ty: Ty, structs: &[Struct], types: &TypeTable, outer: &mut Vec<Ty>) -> bool {
    if outer.contains(&ty) {
        return false;
    }
    outer.push(ty);
    let mut holds = |ty| holds_object(ty, structs, types, outer);
    let found = match types.kind(ty) {
        TyKind::PythonObject => true,
        TyKind::List(of) | TyKind::Optional(of) | TyKind::Set(of) => holds(*of),
        TyKind::Dict(key, value) => holds(*key) || holds(*value),
        TyKind::Tuple(items) => items.iter().any(|&item| holds(item)),
        TyKind::Struct(id) => (structs[id.0 as usize].fields.iter()).any(|field| holds(field.ty)),
        _ => false,
    };
    outer.pop();
    found
}

#[derive(Default)]
struct Facts {
    operates: bool,
    calls: Vec<usize>,
}

impl Visitor for Facts {
    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Call { callee, .. } => self.calls.push(callee.0 as usize),
            ExprKind::Builtin {
                op: Builtin::Python(_),
                ..
            } => self.operates = true,
            _ => self.operates |= expr.ty == Ty::PYTHON_OBJECT,
        }
    }

    fn place(&mut self, place: &Place) {
        self.operates |= place.ty == Ty::PYTHON_OBJECT;
    }
}

struct Loops<'u> {
    of: &'u PythonUse,
    found: Vec<Diagnostic>,
}

impl Visitor for Loops<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        let StmtKind::ParFor(par) = &stmt.kind else {
            return;
        };
        if let Some((span, called)) = self.first_use(par) {
            let message = match called {
                true => "a parallel loop calls a function that uses objects of Python",
                false => "an object of Python is used in a parallel loop",
            };
            let diagnostic = Diagnostic::error("race", span, message)
                .help("convert what the loop needs before it (`[f64](…)`), or use a plain `for`");
            self.found.push(diagnostic);
        }
    }
}

impl Loops<'_> {
    fn first_use(&self, par: &ParFor) -> Option<(Span, bool)> {
        struct First<'u> {
            of: &'u PythonUse,
            found: Option<(Span, bool)>,
        }
        impl Visitor for First<'_> {
            fn expr(&mut self, expr: &Expr) {
                let called =
                    matches!(&expr.kind, ExprKind::Call { callee, .. } if self.of.uses(*callee));
                let operates = expr.ty == Ty::PYTHON_OBJECT
                    || matches!(
                        expr.kind,
                        ExprKind::Builtin {
                            op: Builtin::Python(_),
                            ..
                        }
                    );
                if (called || operates) && self.found.is_none() {
                    self.found = Some((expr.span, called));
                }
            }
        }
        let mut first = First {
            of: self.of,
            found: None,
        };
        walk(&par.body, &mut first);
        first.found
    }
}
