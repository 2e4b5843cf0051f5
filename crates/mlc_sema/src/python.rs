//! Objects of Python: what an operation means that meets one.

mod call;
mod callback;
mod convert;
mod exception;
mod import;
mod literal;
mod method;
mod named;
mod part;

pub(crate) use import::import_from_python;

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use crate::coerce::Val;
use crate::func::FnCx;
use crate::hir::{Builtin, CompareOp, Expr, ExprKind, PythonBinary, PythonOp, Ty};

fn operator(op: ast::BinaryOp) -> PythonBinary {
    match op {
        ast::BinaryOp::Add => PythonBinary::Add,
        ast::BinaryOp::Sub => PythonBinary::Sub,
        ast::BinaryOp::Mul => PythonBinary::Mul,
        ast::BinaryOp::MatMul => PythonBinary::MatMul,
        ast::BinaryOp::Div => PythonBinary::Div,
        ast::BinaryOp::FloorDiv => PythonBinary::FloorDiv,
        ast::BinaryOp::Mod => PythonBinary::Mod,
        ast::BinaryOp::Pow => PythonBinary::Pow,
        ast::BinaryOp::LeftShift => PythonBinary::Shl,
        ast::BinaryOp::RightShift => PythonBinary::Shr,
        ast::BinaryOp::BitOr => PythonBinary::Or,
        ast::BinaryOp::BitXor => PythonBinary::Xor,
        ast::BinaryOp::BitAnd => PythonBinary::And,
    }
}

impl<'a> FnCx<'_, 'a> {
    pub fn is_object(&mut self, value: &Expr) -> bool {
        self.cx.resolve(value.ty) == Ty::PYTHON_OBJECT
    }

    /// An operation on objects whose result is of that type.
    fn python(&mut self, op: PythonOp, args: Vec<Expr>, ty: Ty, span: Span) -> Val {
        self.builtin(Builtin::Python(op), args, ty, span)
    }

    fn object(&mut self, op: PythonOp, args: Vec<Expr>, span: Span) -> Val {
        self.python(op, args, Ty::PYTHON_OBJECT, span)
    }

    fn list_of_objects(&mut self, items: Vec<Expr>, span: Span) -> Expr {
        let ty = self.cx.types.list(Ty::PYTHON_OBJECT);
        if items.iter().any(|item| item.ty == Ty::ERROR) {
            return Val::error(span).expr;
        }
        Expr {
            kind: ExprKind::List(items),
            ty,
            span,
        }
    }

    /// `left op right` where one is an object.
    pub fn python_binary(
        &mut self,
        op: ast::BinaryOp,
        in_place: bool,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        if !self.is_object(&left.expr) && (in_place || !self.is_object(&right.expr)) {
            return None;
        }
        let args = vec![self.object_of(left.clone()), self.object_of(right.clone())];
        let op = match in_place {
            true => PythonOp::InPlace(operator(op)),
            false => PythonOp::Binary(operator(op)),
        };
        Some(self.object(op, args, span))
    }

    pub fn python_unary(&mut self, op: ast::UnaryOp, value: &Val, span: Span) -> Option<Val> {
        if !self.is_object(&value.expr) {
            return None;
        }
        let op = match op {
            ast::UnaryOp::Minus => PythonOp::Negative,
            ast::UnaryOp::Plus => PythonOp::Positive,
            ast::UnaryOp::Invert => PythonOp::Invert,
            ast::UnaryOp::Not => return None,
        };
        Some(self.object(op, vec![value.expr.clone()], span))
    }

    /// `left op right` where one is an object: an object too.
    pub fn python_compare(
        &mut self,
        op: CompareOp,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        if !self.is_object(&left.expr) && !self.is_object(&right.expr) {
            return None;
        }
        let args = vec![self.object_of(left.clone()), self.object_of(right.clone())];
        Some(self.object(PythonOp::Compare(op), args, span))
    }

    /// `left is right` where one is an object.
    pub fn python_is(&mut self, left: &Val, right: &Val, span: Span) -> Option<Expr> {
        if !self.is_object(&left.expr) && !self.is_object(&right.expr) {
            return None;
        }
        let args = vec![self.object_of(left.clone()), self.object_of(right.clone())];
        Some(self.python(PythonOp::Is, args, Ty::BOOL, span).expr)
    }

    /// `item in container` where one is an object.
    pub fn python_contains(&mut self, item: &Val, container: &Val, span: Span) -> Option<Val> {
        if !self.is_object(&item.expr) && !self.is_object(&container.expr) {
            return None;
        }
        let args = vec![
            self.object_of(item.clone()),
            self.object_of(container.clone()),
        ];
        Some(self.python(PythonOp::Contains, args, Ty::BOOL, span))
    }

    pub fn python_truth(&mut self, value: Expr) -> Expr {
        let span = value.span;
        self.python(PythonOp::Truth, vec![value], Ty::BOOL, span)
            .expr
    }

    pub fn python_len(&mut self, value: Expr, span: Span) -> Val {
        self.python(PythonOp::Len, vec![value], Ty::INT, span)
    }

    /// `str(value)`, or `repr(value)`.
    pub fn python_text(&mut self, value: &Expr, repr: bool, span: Span) -> Option<Val> {
        if !self.is_object(value) {
            return None;
        }
        let op = if repr { PythonOp::Repr } else { PythonOp::Str };
        Some(self.python(op, vec![value.clone()], Ty::STR, span))
    }

    /// `format(value, spec)`
    pub fn python_format(&mut self, value: &Expr, spec: &Val, span: Span) -> Option<Val> {
        if !self.is_object(value) {
            return None;
        }
        let spec = self.coerce(spec.clone(), Ty::STR);
        Some(self.python(PythonOp::Format, vec![value.clone(), spec], Ty::STR, span))
    }
}
