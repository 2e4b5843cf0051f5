//! Arguments are evaluated in the order in which they are written, also where keywords give them in another one than the
//! parameters have.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, Arg, ArgKind, ExprKind as Ast};

use rustc_hash::FxHashMap;

use super::Binding;
use crate::coerce::{Val, Weak};
use crate::func::FnCx;
use crate::hir::TyKind;
use crate::names::for_each_child;
use crate::synthesized::name_expr;

/// Whether arguments whose evaluation may be seen stand in another order than what they are given to. `first`: how many
/// parameters have their values already.
pub(crate) fn is_out_of_order(callee: &Binding, args: &[Arg], first: usize) -> bool {
    let seen = args.iter().filter(|arg| is_seen(&arg.value)).count();
    let is_lambda = |arg: &Arg| matches!(arg.value.kind, Ast::Lambda(_)) && is_seen(&arg.value);
    // Its defaults would be computed in front of the other arguments.
    if seen > 1 && args.iter().any(is_lambda) {
        return true;
    }
    if seen == 0 {
        return false;
    }
    // The last positions so far, of arguments whose evaluation is seen, and of those that may see it.
    let (mut last_seen, mut last) = (0, 0);
    let mut named: Option<FxHashMap<Name, usize>> = None;
    for (at, arg) in args.iter().enumerate() {
        let position = match &arg.kind {
            ArgKind::Positional => Some(first + at),
            ArgKind::Keyword(keyword) => {
                let named = named.get_or_insert_with(|| callee.positions());
                named.get(&keyword.name).copied()
            }
            ArgKind::Star | ArgKind::DoubleStar => None,
        };
        // What `**kwargs` takes comes last.
        let position = position.unwrap_or(usize::MAX);
        let is_seen = is_seen(&arg.value);
        if !is_seen && !reads(&arg.value) {
            continue;
        }
        if position < last_seen || is_seen && position < last {
            return true;
        }
        last = last.max(position);
        if is_seen {
            last_seen = position;
        }
    }
    false
}

/// Whether the value of an expression hangs on a name.
fn reads(expr: &ast::Expr) -> bool {
    let mut found = matches!(expr.kind, Ast::Name(_));
    for_each_child(expr, &mut |child| found |= reads(child));
    found
}

/// Whether several arguments have an evaluation that may be seen, keywords among them, which may give them in any order.
pub(crate) fn mixes_keywords(args: &[Arg]) -> bool {
    let seen = || args.iter().filter(|arg| is_seen(&arg.value));
    seen().count() > 1 && seen().any(|arg| matches!(arg.kind, ArgKind::Keyword(_)))
}

/// Whether evaluating an expression may be seen: it calls something, or binds a name. Of a lambda its defaults are evaluated.
pub(crate) fn is_seen(expr: &ast::Expr) -> bool {
    match &expr.kind {
        Ast::Call { .. } | Ast::Named { .. } => return true,
        Ast::Lambda(lambda) => {
            let mut defaults = lambda.params.iter().flat_map(|param| &param.default);
            return defaults.any(is_seen);
        }
        _ => {}
    }
    let mut seen = false;
    for_each_child(expr, &mut |child| seen |= is_seen(child));
    seen
}

impl<'a> FnCx<'_, 'a> {
    /// A call whose arguments are evaluated first, in the order of the text.
    pub fn call_in_order(
        &mut self,
        args: &'a [Arg],
        span: Span,
        call: impl FnOnce(&mut Self, &'a [Arg]) -> Val,
    ) -> Val {
        let mut named: Vec<Arg> = Vec::with_capacity(args.len());
        let mut failed = false;
        let stmts = self.captured(|cx| {
            for arg in args {
                let mut arg = arg.clone();
                failed |= !cx.evaluate_first(&mut arg);
                named.push(arg);
            }
        });
        if failed {
            return Val::error(span);
        }
        let named: &'a [Arg] = self.cx.synthesized.args.alloc(named);
        let result = call(self, named);
        Val {
            expr: crate::expr::with_stmts(stmts, result.expr),
            weak: result.weak,
        }
    }

    /// Puts an argument whose evaluation may be seen, or may see that of others, into a variable; false if it is wrong.
    pub(super) fn evaluate_first(&mut self, arg: &mut Arg) -> bool {
        if !is_seen(&arg.value) && !self.reads_value(&arg.value) {
            return true;
        }
        let span = arg.value.span;
        if let Ast::Lambda(lambda) = &arg.value.kind {
            let mut lambda = lambda.clone();
            self.compute_early(&mut lambda, span);
            arg.value.kind = Ast::Lambda(lambda);
            return true;
        }
        let value: &'a ast::Expr = self.cx.synthesized.exprs.alloc(arg.value.clone());
        let value = self.value(value, None);
        if value.is_error() {
            return false;
        }
        let variable = self.in_variable(value, span);
        arg.value = name_expr(variable, span);
        true
    }

    /// Whether an expression, whose evaluation is not seen, reads variables and gives a value that has no owner.
    fn reads_value(&mut self, expr: &ast::Expr) -> bool {
        if !reads(expr) {
            return false;
        }
        let diagnostics = self.cx.diagnostics.len();
        let expr: &'a ast::Expr = self.cx.synthesized.exprs.alloc(expr.clone());
        let mut value = Val::error(expr.span);
        self.captured(|cx| value = cx.value(expr, None));
        self.cx.diagnostics.truncate(diagnostics);
        let ty = self.cx.resolve(value.expr.ty);
        value.weak == Weak::No
            && !matches!(
                self.cx.types.kind(ty),
                TyKind::None | TyKind::Error | TyKind::Unknown(_)
            )
            && !self.cx.types.is_owning(ty)
    }
}
