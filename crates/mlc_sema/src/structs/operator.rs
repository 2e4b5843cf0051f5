//! Special methods: operators, comparison, subscripts and truth of structs.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self};

use crate::coerce::Val;
use crate::func::FnCx;
use crate::hir::{self, CompareOp, Expr, ExprKind, Ty};
impl<'a> FnCx<'_, 'a> {
    /// A special method of the value with arguments that are expressions.
    pub fn dunder(
        &mut self,
        name: &str,
        receiver: Val,
        args: &[&'a ast::Expr],
        span: Span,
    ) -> Option<Val> {
        let id = self.cx.struct_of(receiver.expr.ty)?;
        self.cx.method(id, Name::new(name))?;
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            values.push(self.value(arg, None));
        }
        self.dunder_call(name, receiver, values, span)
    }

    /// A special method without further arguments.
    pub fn dunder_value(&mut self, name: &str, receiver: &Val, span: Span) -> Option<Val> {
        self.dunder_call(name, receiver.clone(), Vec::new(), span)
    }

    /// `__format__`
    pub fn format_method(&mut self, receiver: Val, spec: Val, span: Span) -> Option<Val> {
        self.dunder_call("__format__", receiver, vec![spec], span)
    }

    fn dunder_call(
        &mut self,
        name: &str,
        receiver: Val,
        args: Vec<Val>,
        span: Span,
    ) -> Option<Val> {
        let id = self.cx.struct_of(receiver.expr.ty)?;
        let decl = self.cx.method(id, Name::new(name))?;
        if args.iter().any(Val::is_error) {
            return Some(Val::error(span));
        }
        Some(self.call_with_values(decl, receiver, args, span))
    }

    pub fn operator_method(
        &mut self,
        op: ast::BinaryOp,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        let name = operator_name(op);
        if self.cx.struct_of(left.expr.ty).is_some() {
            let found = self.dunder_call(
                &format!("__{name}__"),
                left.clone(),
                vec![right.clone()],
                span,
            );
            if found.is_some() {
                return found;
            }
        }
        if self.cx.struct_of(right.expr.ty).is_some() {
            return self.dunder_call(
                &format!("__r{name}__"),
                right.clone(),
                vec![left.clone()],
                span,
            );
        }
        None
    }

    pub fn in_place_method(
        &mut self,
        op: ast::BinaryOp,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        let _ = (op, left, right, span);
        None
    }

    pub fn unary_method(&mut self, op: ast::UnaryOp, value: &Val, span: Span) -> Option<Val> {
        let name = match op {
            ast::UnaryOp::Minus => "__neg__",
            ast::UnaryOp::Plus => "__pos__",
            ast::UnaryOp::Invert => "__invert__",
            ast::UnaryOp::Not => return None,
        };
        self.dunder_value(name, value, span)
    }

    pub fn compare_method(
        &mut self,
        op: ast::CompareOp,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        let (name, swapped, negated) = match op {
            ast::CompareOp::Eq => ("__eq__", "__eq__", false),
            ast::CompareOp::NotEq => ("__ne__", "__ne__", false),
            ast::CompareOp::Less => ("__lt__", "__gt__", false),
            ast::CompareOp::LessEq => ("__le__", "__ge__", false),
            ast::CompareOp::Greater => ("__gt__", "__lt__", false),
            ast::CompareOp::GreaterEq => ("__ge__", "__le__", false),
            _ => return None,
        };
        let _ = negated;
        if let Some(found) = self.dunder_call(name, left.clone(), vec![right.clone()], span) {
            return Some(found);
        }
        if op == ast::CompareOp::NotEq
            && let Some(found) = self.dunder_call("__eq__", left.clone(), vec![right.clone()], span)
        {
            return Some(if found.is_error() {
                found
            } else {
                self.not(found.expr).into()
            });
        }
        self.dunder_call(swapped, right.clone(), vec![left.clone()], span)
    }

    /// `a[i] = v` through `__setitem__`.
    pub fn store_by_method(
        &mut self,
        target: &'a ast::Expr,
        value: &Val,
        span: Span,
    ) -> Option<()> {
        let ast::ExprKind::Subscript { value: base, index } = &target.kind else {
            return None;
        };
        let outer = std::mem::take(&mut self.out);
        let diagnostics = self.cx.diagnostics.len();
        let ty = self.place(base).ty;
        self.cx.diagnostics.truncate(diagnostics);
        self.out = outer;
        let id = self.cx.struct_of(ty)?;
        let method = self.cx.method(id, Name::new("__setitem__"))?;
        let receiver = self.place(base);
        let receiver = self.read(receiver);
        let index = self.value(index, None);
        let call = self.call_with_values(method, receiver.into(), vec![index, value.clone()], span);
        if !call.is_error() {
            self.emit(hir::StmtKind::Expr(call.expr), span);
        }
        Some(())
    }

    pub fn struct_truth(&mut self, value: Expr) -> Expr {
        let span = value.span;
        let value: Val = value.into();
        if let Some(found) = self.dunder_value("__bool__", &value, span) {
            return found.expr;
        }
        if let Some(found) = self.dunder_value("__len__", &value, span) {
            let zero = self.int(0, span);
            return self.compare_ints(CompareOp::Ne, found.expr, zero, span);
        }
        Val::strong(ExprKind::Bool(true), Ty::BOOL, span).expr
    }
}

fn operator_name(op: ast::BinaryOp) -> &'static str {
    match op {
        ast::BinaryOp::Add => "add",
        ast::BinaryOp::Sub => "sub",
        ast::BinaryOp::Mul => "mul",
        ast::BinaryOp::MatMul => "matmul",
        ast::BinaryOp::Div => "truediv",
        ast::BinaryOp::FloorDiv => "floordiv",
        ast::BinaryOp::Mod => "mod",
        ast::BinaryOp::Pow => "pow",
        ast::BinaryOp::LeftShift => "lshift",
        ast::BinaryOp::RightShift => "rshift",
        ast::BinaryOp::BitOr => "or",
        ast::BinaryOp::BitXor => "xor",
        ast::BinaryOp::BitAnd => "and",
    }
}
