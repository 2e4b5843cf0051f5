//! What statements do to variables: what they assign, what they read, and what they move from.
//!
//! Variables are numbered slots: the locals of the function, then [`Slots::ret`], the value to return, which a `return`
//! in a nested statement sets.

mod events;

use mlc_sema::hir::{Expr, Function, Program, Reduction, Stmt};

use crate::local_set::LocalSet;

/// What the analyses of one function share.
#[derive(Clone, Copy)]
pub struct Slots<'h> {
    pub program: &'h Program,
    pub function: &'h Function,
    wanted: Wanted,
}

/// Which events a walk is for. What a block reads takes a walk of its own, so blocks in blocks would take two each.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    All,
    Reads,
    Others,
}

impl<'h> Slots<'h> {
    pub fn new(program: &'h Program, function: &'h Function) -> Slots<'h> {
        Slots {
            program,
            function,
            wanted: Wanted::All,
        }
    }

    fn only(self, wanted: Wanted) -> Slots<'h> {
        Slots { wanted, ..self }
    }

    /// The slot of the value to return.
    pub fn ret(self) -> usize {
        self.function.locals.len()
    }

    /// The slot of how nested statements ended.
    pub fn signal(self) -> usize {
        self.function.locals.len() + 1
    }

    pub fn count(self) -> usize {
        self.function.locals.len() + 2
    }

    /// Adds what statements assign, and what a `try` among them moves, whose variables lie in cells and come back out of them.
    /// `reductions` are those of the innermost parallel loop around them.
    pub fn assigned<'s>(
        self,
        stmts: impl IntoIterator<Item = &'s Stmt>,
        reductions: &[Reduction],
        out: &mut LocalSet,
    ) {
        for stmt in stmts {
            let mut visit = |event: Event| {
                if let Event::Assign(slot) | Event::Bring(slot) = event {
                    out.insert(slot);
                }
            };
            self.only(Wanted::Others).stmt(stmt, reductions, &mut visit);
        }
    }

    /// Adds what an expression assigns.
    pub fn assigned_in(self, expr: &Expr, reductions: &[Reduction], out: &mut LocalSet) {
        self.only(Wanted::Others)
            .expr(expr, reductions, &mut |event| {
                if let Event::Assign(slot) = event {
                    out.insert(slot);
                }
            });
    }

    /// Adds everything that a statement reads, nested statements included.
    pub fn reads(self, stmt: &Stmt, out: &mut LocalSet) {
        self.only(Wanted::Reads).stmt(stmt, &[], &mut |event| {
            if let Event::Read(slot) = event {
                out.insert(slot);
            }
        });
    }

    /// Adds what statements move from.
    pub fn moved<'s>(self, stmts: impl IntoIterator<Item = &'s Stmt>, out: &mut LocalSet) {
        for stmt in stmts {
            self.only(Wanted::Others).stmt(stmt, &[], &mut |event| {
                if let Event::Take(slot) = event {
                    out.insert(slot);
                }
            });
        }
    }

    /// Adds the variables that statements write parts of.
    pub fn written_to<'s>(self, stmts: impl IntoIterator<Item = &'s Stmt>, out: &mut LocalSet) {
        for stmt in stmts {
            self.only(Wanted::Others).stmt(stmt, &[], &mut |event| {
                if let Event::Write(slot) = event {
                    out.insert(slot);
                }
            });
        }
    }

    /// Whether a statement may raise: true more often than it does.
    pub fn may_raise(self, stmt: &Stmt) -> bool {
        let mut raises = false;
        self.only(Wanted::Others).stmt(stmt, &[], &mut |event| {
            raises |= matches!(event, Event::Raise)
        });
        raises
    }

    /// Whether an expression may raise: true more often than it does.
    pub fn expr_may_raise(self, expr: &Expr) -> bool {
        let mut raises = false;
        self.only(Wanted::Others).expr(expr, &[], &mut |event| {
            raises |= matches!(event, Event::Raise)
        });
        raises
    }

    /// Adds everything that an expression reads.
    pub fn reads_of(self, expr: &Expr, out: &mut LocalSet) {
        self.only(Wanted::Reads).expr(expr, &[], &mut |event| {
            if let Event::Read(slot) = event {
                out.insert(slot);
            }
        });
    }
}

/// What happens to a variable, or to all of them.
pub enum Event {
    Assign(usize),
    Read(usize),
    /// A part of the variable is written, or it is borrowed exclusively.
    Write(usize),
    /// The variable is moved from.
    Take(usize),
    /// A `try` moves from the variable: it lies in a cell meanwhile, and is bound again behind it.
    Bring(usize),
    /// Something that may raise.
    Raise,
}
