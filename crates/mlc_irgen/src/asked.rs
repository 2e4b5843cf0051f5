//! Where a program asks for what a function of the library does, which has no place in it.

use mlc_diagnostics::Span;
use mlc_sema::hir::{Expr, ExprKind, FuncId, Function, Program};
use mlc_sema::walk::{Visitor, walk};

/// The place of the first call that leads to the function; none for a function that has a place itself.
pub fn asked_at(program: &Program, function: &Function) -> Span {
    let position = |wanted: &Function| {
        (program.functions.iter()).position(|function| std::ptr::eq(function, wanted))
    };
    let mut ways: Vec<usize> = position(function).into_iter().collect();
    let mut next = 0;
    while let Some(&callee) = ways.get(next) {
        next += 1;
        if !program.functions[callee].span.is_none() {
            continue;
        }
        for (caller, function) in program.functions.iter().enumerate() {
            let mut calls = Calls {
                callee: FuncId(callee as u32),
                found: None,
            };
            walk(&function.body, &mut calls);
            match calls.found {
                Some(span) if !span.is_none() => return span,
                Some(_) if !ways.contains(&caller) => ways.push(caller),
                _ => {}
            }
        }
    }
    Span::NONE
}

/// The first call of a function, one with a place before others.
struct Calls {
    callee: FuncId,
    found: Option<Span>,
}

impl Visitor for Calls {
    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Call { callee, .. } = &expr.kind
            && *callee == self.callee
            && self.found.is_none_or(Span::is_none)
        {
            self.found = Some(expr.span);
        }
    }
}
