//! Functions that return a part of a parameter which a caller writes through: that caller calls a version whose parameter is
//! `inout`, so that others may go on to call the function with what they may only read.

use rustc_hash::FxHashMap;

use super::facts::Facts;
use crate::hir::{
    Convention, Expr, ExprKind, FuncId, Function, Place, Root, Stmt, StmtKind, TypeTable,
};
use crate::places::is_list_slice;
use crate::walk::{self, Rewriter};

/// The versions that there are, and what calls need to know of the functions.
#[derive(Default)]
pub(super) struct ExclusiveResults {
    signatures: Vec<Signature>,
    /// The version of each function that was asked for.
    versions: FxHashMap<u32, FuncId>,
}

impl ExclusiveResults {
    /// Redirects the calls whose results are written through, in the functions that may have some. Gives the functions that
    /// have changed and those that are new, in order.
    pub(super) fn redirect(
        &mut self,
        functions: &mut Vec<Function>,
        facts: &[Facts],
        touched: Vec<usize>,
        types: &TypeTable,
    ) -> Vec<usize> {
        for &position in &touched {
            let signature = Signature::of(&functions[position]);
            match self.signatures.get_mut(position) {
                Some(before) => *before = signature,
                None => self.signatures.push(signature),
            }
        }
        let mut made = Vec::new();
        let mut changed = Vec::new();
        for position in touched {
            let function = &mut functions[position];
            let returns_exclusive = (function.result_borrows).is_some_and(|param| {
                function.params[param as usize].convention == Convention::Inout
            });
            let mut pass = Redirect {
                signatures: &self.signatures,
                types,
                written: &facts[position].written,
                returns_exclusive,
                versions: &mut self.versions,
                made: &mut made,
                changed: false,
            };
            walk::rewrite(&mut function.body, &mut pass);
            if pass.changed {
                changed.push(position);
            }
        }
        for callee in made {
            let mut version = functions[callee as usize].clone();
            if let Some(param) = version.result_borrows {
                let param = &mut version.params[param as usize];
                param.convention = Convention::Inout;
                param.written = true;
            }
            version.symbol.push_str("$exclusive");
            version.exported = false;
            changed.push(functions.len());
            functions.push(version);
        }
        changed
    }
}

/// What calls need to know of a function.
struct Signature {
    conventions: Vec<Convention>,
    /// The parameter that the result is a part of, and whether what it takes may be chosen by callers.
    lends: Option<(u32, bool)>,
}

impl Signature {
    fn of(function: &Function) -> Signature {
        let is_open = |param: u32| {
            let param = &function.params[param as usize];
            param.convention == Convention::Borrowed && !param.written
        };
        Signature {
            conventions: (function.params.iter())
                .map(|param| param.convention)
                .collect(),
            lends: (function.result_borrows).map(|param| (param, is_open(param))),
        }
    }
}

struct Redirect<'r> {
    signatures: &'r [Signature],
    types: &'r TypeTable,
    /// The locals of the function that are written through.
    written: &'r [bool],
    /// Whether the function returns an exclusive borrow.
    returns_exclusive: bool,
    /// The version of each function that was asked for.
    versions: &'r mut FxHashMap<u32, FuncId>,
    made: &'r mut Vec<u32>,
    changed: bool,
}

impl Redirect<'_> {
    /// The place is written through: what it is a part of has to be lent for that.
    fn exclusive(&mut self, place: &mut Place) {
        let Root::Borrowed(call) = &mut place.root else {
            return;
        };
        let ExprKind::Call { callee, .. } = &mut call.kind else {
            return;
        };
        let lends = self
            .signatures
            .get(callee.0 as usize)
            .map(|callee| callee.lends);
        if let Some(Some((_, true))) = lends {
            let next = self.signatures.len() + self.made.len();
            let version = *self.versions.entry(callee.0).or_insert_with(|| {
                self.made.push(callee.0);
                FuncId(next as u32)
            });
            *callee = version;
            self.changed = true;
        }
    }

    fn exclusive_value(&mut self, value: &mut Expr) {
        if let ExprKind::Move(place) | ExprKind::Borrow { place, .. } = &mut value.kind {
            self.exclusive(place);
        }
    }
}

impl Rewriter for Redirect<'_> {
    fn stmt(&mut self, stmt: &mut Stmt) {
        match &mut stmt.kind {
            StmtKind::Bind { local, value } if self.written[local.0 as usize] => {
                self.exclusive_value(value);
            }
            StmtKind::Store { place, .. }
            | StmtKind::Update { place, .. }
            | StmtKind::AtomicUpdate { place, .. } => self.exclusive(place),
            StmtKind::Swap { left, right } => {
                self.exclusive(left);
                self.exclusive(right);
            }
            StmtKind::Return(Some(value)) if self.returns_exclusive => self.exclusive_value(value),
            _ => {}
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::Borrow {
                place,
                mutable: true,
            } if !is_list_slice(place, self.types) => self.exclusive(place),
            ExprKind::Call { callee, args } => {
                let Some(signature) = self.signatures.get(callee.0 as usize) else {
                    return;
                };
                for (arg, convention) in args.iter_mut().zip(&signature.conventions) {
                    if *convention == Convention::Inout {
                        self.exclusive_value(arg);
                    }
                }
            }
            _ => {}
        }
    }
}
