//! `f(*xs, **kwargs)`: what the stars stand for is written out.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, Arg, ArgKind, ExprKind as Ast};

use crate::coerce::Val;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::Ty;
use crate::iterate::is_lent;
use crate::synthesized::{name_expr, positional};

/// How the variables that hold what is written out are called.
const PREFIX: &str = "$star";

impl<'a> FnCx<'_, 'a> {
    /// Whether a star is still to be written out; that of a list stays, once the list is in a variable.
    pub fn is_expandable(&self, arg: &Arg) -> bool {
        match arg.kind {
            ArgKind::Star => {
                !matches!(&arg.value.kind, Ast::Name(name) if name.as_str().starts_with(PREFIX))
            }
            ArgKind::DoubleStar => self.pack(&arg.value).is_some_and(|pack| pack.keyed),
            ArgKind::Positional | ArgKind::Keyword(_) => false,
        }
    }

    pub fn call_with_stars(
        &mut self,
        function: &'a ast::Expr,
        args: &'a [Arg],
        want: Option<Ty>,
        span: Span,
    ) -> Operand {
        let mut expanded: Vec<Arg> = Vec::with_capacity(args.len());
        let mut failed = false;
        let stmts = self.captured(|cx| {
            for arg in args {
                failed |= !cx.expand(arg, &mut expanded);
            }
        });
        if failed {
            return Operand::Value(Val::error(span));
        }
        let args: &'a [Arg] = self.cx.synthesized.args.alloc(expanded);
        let result = match self.call(function, args, want, span) {
            Operand::Value(value) => value,
            Operand::Place(place) => self.read(place).into(),
        };
        Operand::Value(Val {
            expr: crate::expr::with_stmts(stmts, result.expr),
            weak: result.weak,
        })
    }

    fn expand(&mut self, arg: &'a Arg, expanded: &mut Vec<Arg>) -> bool {
        let span = arg.value.span;
        if !self.is_expandable(arg) {
            expanded.push(arg.clone());
            return true;
        }
        if let Some(pack) = self.pack(&arg.value).cloned() {
            for (name, variable) in pack.items {
                let value = name_expr(variable, span);
                let kind = match pack.keyed {
                    true => ArgKind::Keyword(ast::Ident { name, span }),
                    false => ArgKind::Positional,
                };
                expanded.push(Arg { kind, value });
            }
            return true;
        }
        match self.fixed_elements(&arg.value) {
            Ok(values) => {
                for value in values {
                    if value.is_error() {
                        return false;
                    }
                    let variable = self.in_variable(value, span);
                    expanded.push(positional(name_expr(variable, span)));
                }
            }
            Err(value) => {
                if value.is_error() {
                    return false;
                }
                // The callee gets a list of its own, as in Python.
                let value = match is_lent(&value.expr) {
                    true => self.copy_of(value),
                    false => value,
                };
                let variable = self.in_variable(value, span);
                let value = name_expr(variable, span);
                let kind = ArgKind::Star;
                expanded.push(Arg { kind, value });
            }
        }
        true
    }

    /// A variable of its own for a value.
    fn in_variable(&mut self, value: Val, span: Span) -> Name {
        let name = Name::new(&format!("{PREFIX}{}", self.locals.len()));
        let at_top = std::mem::replace(&mut self.at_top, false);
        self.assign_name(name, span, value, span);
        self.at_top = at_top;
        name
    }
}
