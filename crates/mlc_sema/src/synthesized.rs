//! Syntax that no text has: what sugar stands for (`map(f, xs)` is `(f(x) for x in xs)`), checked like what a program says.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{
    self, Arg, ArgKind, Comprehension, ComprehensionClause, ComprehensionKind, Expr, ExprKind,
};
use typed_arena::Arena;

/// The nodes live as long as the syntax of the program.
#[derive(Default)]
pub(crate) struct Synthesized {
    pub functions: Arena<ast::Function>,
    pub exprs: Arena<Expr>,
    pub args: Arena<Vec<Arg>>,
}

pub(crate) fn name_expr(name: Name, span: Span) -> Expr {
    Expr {
        kind: ExprKind::Name(name),
        span,
    }
}

pub(crate) fn positional(value: Expr) -> Arg {
    Arg {
        kind: ArgKind::Positional,
        value,
    }
}

pub(crate) fn call_expr(function: Expr, args: Vec<Arg>, span: Span) -> Expr {
    Expr {
        kind: ExprKind::Call {
            function: Box::new(function),
            args,
        },
        span,
    }
}

/// `map(f, xs, ys)` as `(f(a, b) for a, b in zip(xs, ys))`.
pub(crate) fn map_as_generator(function: &Expr, inputs: &[Arg], span: Span) -> Expr {
    let names: Vec<Expr> = (0..inputs.len())
        .map(|number| name_expr(Name::new(&format!("$item{number}")), span))
        .collect();
    let call = call_expr(
        function.clone(),
        names.iter().cloned().map(positional).collect(),
        function.span,
    );
    let (target, iter) = match inputs {
        [only] => (names[0].clone(), only.value.clone()),
        _ => (
            Expr {
                kind: ExprKind::Tuple(names),
                span,
            },
            call_expr(name_expr(Name::new("zip"), span), inputs.to_vec(), span),
        ),
    };
    generator(call, target, iter, Vec::new(), span)
}

/// `filter(p, xs)` as `(x for x in xs if p(x))`; without a predicate it is `if x`.
pub(crate) fn filter_as_generator(predicate: &Expr, input: &Expr, span: Span) -> Expr {
    let item = name_expr(Name::new("$item"), span);
    let condition = match predicate.kind {
        ExprKind::None => item.clone(),
        _ => call_expr(
            predicate.clone(),
            vec![positional(item.clone())],
            predicate.span,
        ),
    };
    generator(item.clone(), item, input.clone(), vec![condition], span)
}

fn generator(element: Expr, target: Expr, iter: Expr, conditions: Vec<Expr>, span: Span) -> Expr {
    let clause = ComprehensionClause {
        target,
        iter,
        conditions,
    };
    Expr {
        kind: ExprKind::Comprehension(Box::new(Comprehension {
            kind: ComprehensionKind::Generator,
            element,
            clauses: vec![clause],
        })),
        span,
    }
}
