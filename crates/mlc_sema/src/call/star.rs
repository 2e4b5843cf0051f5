//! `f(*xs, **kwargs)`: what the stars stand for is written out.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, Arg, ArgKind, ExprKind as Ast, ParamKind};

use super::order::is_seen;
use super::{Binding, Slot};
use crate::checker::Item;
use crate::coerce::Val;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{BinaryOp, Builtin, CompareOp, ErrorKind, Expr, ExprKind, StmtKind, Ty, TyKind};
use crate::iterate::is_lent;
use crate::synthesized::{name_expr, positional};
use crate::want::Want;

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
        want: Want,
        span: Span,
    ) -> Operand {
        let mut expanded: Vec<Arg> = Vec::with_capacity(args.len());
        let mut failed = false;
        let fixed = self.fixed_parameters(function);
        let stmts = self.captured(|cx| {
            for arg in args {
                let is_last = std::ptr::eq(arg, &raw const args[args.len() - 1]);
                let fixed = fixed.as_ref().filter(|_| is_last);
                if cx.is_expandable(arg) && is_seen(&arg.value) {
                    // Keywords are evaluated behind all stars, as in Python.
                    for before in &mut expanded {
                        let by_position = !matches!(before.kind, ArgKind::Keyword(_));
                        failed |= by_position && !cx.evaluate_first(before);
                    }
                }
                failed |= !cx.expand(arg, &mut expanded, fixed);
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

    /// The callee, where it takes a fixed number of arguments by position.
    fn fixed_parameters(&self, function: &'a ast::Expr) -> Option<Binding> {
        let Some(Item::Function(decl)) = self.static_item(function) else {
            return None;
        };
        let callee = self.function_binding(self.cx.decl(decl).ast);
        let variadic = |slot: &Slot| {
            let kind = slot.kind;
            matches!(kind, ParamKind::VarPositional | ParamKind::VarKeyword)
        };
        let by_position = callee.by_position();
        let fixed = by_position.iter().all(|slot| !slot.has_default);
        (fixed && !callee.slots.iter().any(variadic)).then_some(callee)
    }

    /// The items of a list in a variable, for the parameters that are left; whether there are as many is known when it runs.
    fn expand_into(&mut self, callee: &Binding, list: Name, expanded: &mut Vec<Arg>, span: Span) {
        let before = expanded.len();
        let left: Vec<&Slot> = callee.by_position().into_iter().skip(before).collect();
        let name = name_expr(list, span);
        let name: &'a ast::Expr = self.cx.synthesized.exprs.alloc(name);
        let place = self.place(name);
        let len = self.len_of(place, 0, span);
        let function = callee.name;
        for given in 0..left.len() {
            let missing: Vec<String> = (left[given..].iter())
                .map(|slot| format!("'{}'", slot.name))
                .collect();
            let count = missing.len();
            let (noun, missing) = match missing.as_slice() {
                [one] => ("argument", one.clone()),
                [one, two] => ("arguments", format!("{one} and {two}")),
                [rest @ .., last] => ("arguments", format!("{}, and {last}", rest.join(", "))),
                [] => continue,
            };
            let text =
                format!("{function}() missing {count} required positional {noun}: {missing}");
            let message = self.str(&text, span);
            self.check_len(&len, CompareOp::Ne, given, message, span);
        }
        let takes = before + left.len();
        let noun = if takes == 1 { "argument" } else { "arguments" };
        let text = format!("{function}() takes {takes} positional {noun} but ");
        let start = self.str(&text, span);
        let end = self.str(" were given", span);
        let count = Expr {
            kind: ExprKind::Binary {
                op: BinaryOp::Add,
                left: Box::new(len.clone()),
                right: Box::new(self.int(before as i128, span)),
            },
            ty: Ty::INT,
            span,
        };
        let mut message = start;
        for part in [self.str_of(count, span).expr, end] {
            let both = vec![self.borrow(message), self.borrow(part)];
            message = self.builtin(Builtin::StrConcat, both, Ty::STR, span).expr;
        }
        self.check_len(&len, CompareOp::Le, left.len(), message, span);
        for position in 0..left.len() {
            let index = ast::IntLit::new(position as u128);
            let index = ast::Expr {
                kind: Ast::Int(index),
                span,
            };
            let item = Ast::Subscript {
                value: Box::new(name_expr(list, span)),
                index: Box::new(index),
            };
            expanded.push(positional(ast::Expr { kind: item, span }));
        }
    }

    fn check_len(&mut self, len: &Expr, op: CompareOp, other: usize, message: Expr, span: Span) {
        let other = self.int(other as i128, span);
        let condition = self.compare_ints(op, len.clone(), other, span);
        let check = StmtKind::Check {
            condition,
            error: ErrorKind::TypeError,
            message: Some(message),
        };
        self.emit(check, span);
    }

    /// `fixed`: the callee, if a list may stand for the parameters that are left.
    fn expand(&mut self, arg: &'a Arg, expanded: &mut Vec<Arg>, fixed: Option<&Binding>) -> bool {
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
                let mut named = true;
                let value = match self.cx.types.kind(value.expr.ty) {
                    TyKind::Struct(_) => {
                        named = false;
                        let source = self.elements_of(value, span);
                        self.listed_from(source, span)
                    }
                    _ => value,
                };
                if value.is_error() {
                    return false;
                }
                let is_list = matches!(self.cx.types.kind(value.expr.ty), TyKind::List(_));
                let by_position = |arg: &Arg| matches!(arg.kind, ArgKind::Positional);
                let fixed = fixed.filter(|callee| {
                    is_list
                        && expanded.iter().all(by_position)
                        && expanded.len() <= callee.by_position().len()
                });
                if let Some(callee) = fixed
                    && named
                    && let Some(variable) = self.alias(&arg.value)
                {
                    self.expand_into(callee, variable, expanded, span);
                    return true;
                }
                // The callee gets a list of its own, as in Python.
                let value = match is_lent(&value.expr) {
                    true => self.share_items(value),
                    false => value,
                };
                let variable = self.in_variable(value, span);
                if let Some(callee) = fixed {
                    self.expand_into(callee, variable, expanded, span);
                    return true;
                }
                let value = name_expr(variable, span);
                let kind = ArgKind::Star;
                expanded.push(Arg { kind, value });
            }
        }
        true
    }

    /// Another name for a variable, which so is not moved.
    fn alias(&mut self, value: &ast::Expr) -> Option<Name> {
        let Ast::Name(name) = value.kind else {
            return None;
        };
        let var = *self.vars.get(&name)?;
        let alias = Name::new(&format!("{PREFIX}.{name}"));
        self.set_var(alias, Some(var));
        Some(alias)
    }

    /// A variable of its own for a value.
    pub(super) fn in_variable(&mut self, value: Val, span: Span) -> Name {
        let name = Name::new(&format!("{PREFIX}{}", self.locals.len()));
        let at_top = std::mem::replace(&mut self.at_top, false);
        self.assign_name(name, span, value, span);
        self.at_top = at_top;
        name
    }
}
