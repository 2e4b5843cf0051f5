//! Literals where an object is expected: lists, tuples, dicts and sets of Python, of whatever items.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::coerce::Val;
use crate::expr::is_starred;
use crate::func::FnCx;
use crate::hir::{Expr, PythonOp, Ty};

impl<'a> FnCx<'_, 'a> {
    /// The object that a display makes; `None` for any other expression.
    pub fn object_literal(&mut self, expr: &'a ast::Expr) -> Option<Val> {
        let span = expr.span;
        match &expr.kind {
            Ast::Name(name) => match self.named_in_python(*name, span) {
                Some(object) => Some(object),
                None => self.callback_object(expr),
            },
            Ast::Attribute { .. } | Ast::Lambda(_) => self.callback_object(expr),
            Ast::List(items) if !items.iter().any(is_starred) => {
                let items = self.objects(items, span);
                Some(self.object(PythonOp::From, vec![items], span))
            }
            Ast::Tuple(items) if !items.iter().any(is_starred) => {
                let items = self.objects(items, span);
                Some(self.object(PythonOp::Tuple, vec![items], span))
            }
            Ast::Set(items) if !items.iter().any(is_starred) => {
                let items = self.objects(items, span);
                Some(self.made_of("set", items, span))
            }
            Ast::Dict(items) => {
                let mut pairs = Vec::with_capacity(items.len());
                for item in items {
                    let ast::DictItem::Pair(key, value) = item else {
                        return None;
                    };
                    let parts = [key, value].map(|part| {
                        let value = self.value(part, Some(Ty::PYTHON_OBJECT));
                        self.object_of(value)
                    });
                    let pair = self.list_of_objects(parts.to_vec(), span);
                    pairs.push(self.object(PythonOp::Tuple, vec![pair], span).expr);
                }
                let pairs = self.list_of_objects(pairs, span);
                Some(self.made_of("dict", pairs, span))
            }
            _ => None,
        }
    }

    fn objects(&mut self, items: &'a [ast::Expr], span: Span) -> Expr {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            let value = self.value(item, Some(Ty::PYTHON_OBJECT));
            values.push(self.object_of(value));
        }
        self.list_of_objects(values, span)
    }

    /// What the built-in class makes of items.
    fn made_of(&mut self, class: &str, items: Expr, span: Span) -> Val {
        let class = self.builtin_object(Name::new(class), span);
        let items = self.object(PythonOp::From, vec![items], span).expr;
        let arguments = self.list_of_objects(vec![items], span);
        let names = self.str("", span);
        self.object(PythonOp::Call, vec![class, arguments, names], span)
    }
}
