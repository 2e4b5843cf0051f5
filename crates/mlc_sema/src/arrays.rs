//! Whole arrays: operators and functions on them element by element, their methods, and what builds them.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, Arg};

use crate::coerce::Val;
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{CompareOp, Dim, Expr, ExprKind, Fill, MathFn, Place, Ty, TyKind};

impl<'a> FnCx<'_, 'a> {
    fn is_array(&mut self, value: &Val) -> bool {
        let ty = self.cx.resolve(value.expr.ty);
        matches!(
            self.cx.types.kind(ty),
            TyKind::Array { .. } | TyKind::Simd { .. }
        )
    }

    fn elementwise_not_yet(&mut self, what: &str, span: Span) -> Option<Val> {
        self.report(diag::not_yet(span, &format!("{what} of whole arrays")));
        Some(Val::error(span))
    }

    pub fn array_binary(
        &mut self,
        op: ast::BinaryOp,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        if !self.is_array(left) && !self.is_array(right) {
            return None;
        }
        self.elementwise_not_yet(&format!("`{}`", op.as_str()), span)
    }

    pub fn array_unary(&mut self, op: ast::UnaryOp, value: &Val, span: Span) -> Option<Val> {
        if !self.is_array(value) {
            return None;
        }
        self.elementwise_not_yet(&format!("`{}`", op.as_str()), span)
    }

    pub fn array_compare(
        &mut self,
        op: CompareOp,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        let _ = op;
        if !self.is_array(left) && !self.is_array(right) {
            return None;
        }
        self.elementwise_not_yet("comparison", span)
    }

    pub fn array_math(&mut self, function: MathFn, values: &[Val], span: Span) -> Option<Val> {
        let _ = function;
        if !values.iter().any(|value| self.is_array(value)) {
            return None;
        }
        self.elementwise_not_yet("a `math` function", span)
    }

    pub fn array_abs(&mut self, value: &Val, span: Span) -> Option<Val> {
        if !self.is_array(value) {
            return None;
        }
        self.elementwise_not_yet("`abs`", span)
    }

    pub fn array_attribute(
        &mut self,
        place: Place,
        elem: Ty,
        dims: &[Dim],
        attr: &ast::Ident,
        span: Span,
    ) -> Operand {
        let _ = elem;
        let value = match attr.name.as_str() {
            "ndim" => Val::int(dims.len() as i128, span),
            "size" => {
                let mut size: Option<Expr> = None;
                for axis in 0..dims.len() {
                    let extent = self.extent(&place, dims, axis, span);
                    size = Some(match size {
                        Some(size) => {
                            self.int_binary(crate::hir::BinaryOp::Mul, size, extent, span)
                        }
                        None => extent,
                    });
                }
                size.unwrap_or_else(|| self.int(1, span)).into()
            }
            "shape" => {
                let extents: Vec<Expr> = (0..dims.len())
                    .map(|axis| self.extent(&place, dims, axis, span))
                    .collect();
                let tys = vec![Ty::INT; dims.len()];
                let ty = self.cx.types.tuple(&tys);
                Val::strong(ExprKind::Tuple(extents), ty, span)
            }
            name => {
                let shown = self.ty_name(place.ty);
                self.report(diag::unknown_attribute(
                    attr.span,
                    &shown,
                    name,
                    ["ndim", "size", "shape"],
                ));
                Val::error(span)
            }
        };
        Operand::Value(value)
    }

    pub fn extent(&mut self, place: &Place, dims: &[Dim], axis: usize, span: Span) -> Expr {
        match dims[axis] {
            Dim::Static(extent) => self.int(i128::from(extent), span),
            Dim::Dynamic => self.len_of(place.clone(), axis as u32, span),
        }
    }

    pub fn array_method(
        &mut self,
        array: Place,
        elem: Ty,
        dims: &[Dim],
        attr: &'a ast::Ident,
        args: &'a [Arg],
        span: Span,
    ) -> Val {
        let _ = (array, elem, dims);
        self.report(diag::not_yet(
            attr.span,
            &format!("the array method `{}`", attr.name),
        ));
        self.poisoned_call(args, span)
    }

    pub fn array_builder(
        &mut self,
        name: &str,
        args: &'a [Arg],
        want: Option<Ty>,
        span: Span,
    ) -> Option<Val> {
        let _ = want;
        if !matches!(
            name,
            "zeros" | "ones" | "full" | "empty" | "arange" | "linspace" | "eye" | "dot"
        ) {
            return None;
        }
        self.report(diag::not_yet(span, &format!("`{name}`")));
        Some(self.poisoned_call(args, span))
    }

    pub fn array_from(&mut self, value: Val, ty: Ty, elem: Ty, dims: &[Dim], span: Span) -> Val {
        let _ = (elem, dims);
        let (found, name) = (self.ty_name(value.expr.ty), self.ty_name(ty));
        self.report(diag::not_yet(
            span,
            &format!("the conversion of `{found}` to `{name}`"),
        ));
        Val::error(span)
    }

    /// `[a, b, c]` where an array is expected; `[]` is all zeros.
    pub fn array_literal(
        &mut self,
        items: &'a [ast::Expr],
        ty: Ty,
        elem: Ty,
        dims: &[Dim],
        span: Span,
    ) -> Val {
        if items.is_empty() && dims.iter().all(|dim| matches!(dim, Dim::Static(_))) {
            let shape = (0..dims.len())
                .map(|axis| match dims[axis] {
                    Dim::Static(extent) => self.int(i128::from(extent), span),
                    Dim::Dynamic => self.int(0, span),
                })
                .collect();
            let zero = Val::int(0, span);
            let zero = if elem == Ty::BOOL {
                Val::strong(ExprKind::Bool(false), Ty::BOOL, span).expr
            } else {
                self.coerce(zero, elem)
            };
            let fill = Fill::Value(Box::new(zero));
            return Val::strong(ExprKind::ArrayFill { shape, fill }, ty, span);
        }
        let mut values = Vec::new();
        if !self.array_items(items, elem, dims, &mut values, span) {
            return Val::error(span);
        }
        // An extent that is not declared is that of the literal.
        let ty = if dims.contains(&Dim::Dynamic) && dims.len() > 1 {
            let known = literal_dims(items, dims);
            self.cx.types.array(elem, &known)
        } else {
            ty
        };
        Val::strong(ExprKind::Array(values), ty, span)
    }

    fn array_items(
        &mut self,
        items: &'a [ast::Expr],
        elem: Ty,
        dims: &[Dim],
        values: &mut Vec<Expr>,
        span: Span,
    ) -> bool {
        if let Dim::Static(extent) = dims[0]
            && extent != items.len() as u64
        {
            let message = format!("expected {extent} items, found {}", items.len());
            self.report(mlc_diagnostics::Diagnostic::error(
                "type-mismatch",
                span,
                message,
            ));
            return false;
        }
        for item in items {
            if dims.len() == 1 {
                let value = self.value_of(item, elem);
                if value.ty == Ty::ERROR {
                    return false;
                }
                values.push(value);
                continue;
            }
            let ast::ExprKind::List(inner) = &item.kind else {
                self.report(diag::not_yet(
                    item.span,
                    "an array of rows that are not literals",
                ));
                return false;
            };
            let first = match &items[0].kind {
                ast::ExprKind::List(first) => first.len(),
                _ => inner.len(),
            };
            if inner.len() != first {
                let message = format!("expected {first} items, found {}", inner.len());
                self.report(mlc_diagnostics::Diagnostic::error(
                    "type-mismatch",
                    item.span,
                    message,
                ));
                return false;
            }
            if !self.array_items(inner, elem, &dims[1..], values, item.span) {
                return false;
            }
        }
        true
    }
}

fn literal_dims(items: &[ast::Expr], dims: &[Dim]) -> Vec<Dim> {
    let mut known = vec![Dim::Static(items.len() as u64)];
    if dims.len() > 1 {
        match items.first().map(|item| &item.kind) {
            Some(ast::ExprKind::List(inner)) => known.extend(literal_dims(inner, &dims[1..])),
            _ => known.extend_from_slice(&dims[1..]),
        }
    }
    known
}
