//! Values of the language as objects of Python, and back.

use mlc_diagnostics::{Diagnostic, Span};

use crate::coerce::Val;
use crate::func::FnCx;
use crate::hir::{Expr, PythonOp, Ty, TyKind};

impl FnCx<'_, '_> {
    /// The object that stands for a value.
    pub fn object_of(&mut self, value: Val) -> Expr {
        let value = self.settle(value);
        let (ty, span) = (self.cx.resolve(value.ty), value.span);
        if ty == Ty::PYTHON_OBJECT || ty == Ty::ERROR {
            return value;
        }
        let is_struct = matches!(self.cx.types.kind(ty), TyKind::Struct(_));
        if !matches!(ty, Ty::NONE | Ty::EXCEPTION) && !is_struct && !self.crosses(ty) {
            let name = self.ty_name(ty);
            let diagnostic = Diagnostic::error(
                "type-mismatch",
                span,
                format!("a `{name}` cannot become an object of Python"),
            );
            let item = match self.cx.types.kind(ty) {
                TyKind::List(of) => Some(*of),
                _ => None,
            };
            let of_structs =
                item.is_some_and(|of| matches!(self.cx.types.kind(of), TyKind::Struct(_)));
            self.report(match of_structs {
                true => diagnostic
                    .help("make a list of objects: append each of its structs to `Python.list()`"),
                false => diagnostic,
            });
            return Val::error(span).expr;
        }
        let value = self.borrow(value);
        self.object(PythonOp::From, vec![value], span).expr
    }

    /// `T(object)`; `None` where the value is no object.
    pub fn converted_object(&mut self, value: &Val, to: Ty, span: Span) -> Option<Val> {
        if !self.is_object(&value.expr) {
            return None;
        }
        if to == Ty::BOOL {
            let mut truth = self.python_truth(value.expr.clone());
            truth.span = span;
            return Some(truth.into());
        }
        if !self.crosses(to) {
            let name = self.ty_name(to);
            self.report(Diagnostic::error(
                "type-mismatch",
                span,
                format!("an object of Python cannot be converted to `{name}`"),
            ));
            return Some(Val::error(span));
        }
        Some(self.python(PythonOp::Into, vec![value.expr.clone()], to, span))
    }

    /// Whether values of a type become objects, and objects values of it.
    fn crosses(&mut self, ty: Ty) -> bool {
        let ty = self.cx.resolve(ty);
        match self.cx.types.kind(ty).clone() {
            TyKind::Bool
            | TyKind::Int { .. }
            | TyKind::Float(_)
            | TyKind::Complex(_)
            | TyKind::Str
            | TyKind::PythonObject => true,
            TyKind::List(of) | TyKind::Optional(of) | TyKind::Array { elem: of, .. } => {
                self.crosses(of)
            }
            TyKind::Tuple(items) => items.iter().all(|&item| self.crosses(item)),
            _ => false,
        }
    }

    /// The items of an iterable object, all of them at once.
    pub fn objects_in(&mut self, object: Expr, span: Span) -> Expr {
        let ty = self.cx.types.list(Ty::PYTHON_OBJECT);
        self.python(PythonOp::Into, vec![object], ty, span).expr
    }
}
