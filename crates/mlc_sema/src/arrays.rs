//! Whole arrays, element by element: operators and functions on them become one [`ExprKind::Map`] each expression.
//!
//! Lists take part where Python defines nothing for them (`xs * 42.0`, `xs - ys`); the result is a list then.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::ast;

use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{CompareOp, Dim, Expr, ExprKind, Fill, MapInput, MathFn, Place, Ty, TyKind};

/// A value on its way into an element-wise expression.
struct Part {
    /// What stands for it in the body: an element, or the scalar.
    value: Val,
    inputs: Vec<MapInput>,
    shape: Option<Shape>,
}

#[derive(Clone, PartialEq)]
enum Shape {
    Array(Vec<Dim>),
    List,
}

impl<'a> FnCx<'_, 'a> {
    fn shape_of(&mut self, value: &Val) -> Option<Shape> {
        let ty = self.cx.resolve(value.expr.ty);
        match self.cx.types.kind(ty) {
            TyKind::Array { dims, .. } => Some(Shape::Array(dims.to_vec())),
            TyKind::List(elem) if self.is_arithmetic(*elem) => Some(Shape::List),
            _ => None,
        }
    }

    fn is_array(&mut self, value: &Val) -> bool {
        matches!(self.shape_of(value), Some(Shape::Array(_)))
    }

    /// The elements of an array, or a scalar that is kept for all of them.
    fn element_part(&mut self, value: Val) -> Part {
        let Some(shape) = self.shape_of(&value) else {
            let weak = value.weak;
            let expr = self.keep(value.expr);
            return Part {
                value: Val { expr, weak },
                inputs: Vec::new(),
                shape: None,
            };
        };
        let span = value.expr.span;
        if let ExprKind::Map { inputs, body } = value.expr.kind {
            return Part {
                value: Val::from(*body),
                inputs,
                shape: Some(shape),
            };
        }
        let ty = self.cx.resolve(value.expr.ty);
        let elem = self.element_type(ty);
        let param = self.temp("e", elem, span);
        let value = match value.expr.kind {
            ExprKind::Move(_) | ExprKind::Load(_) => {
                let place = crate::coerce::into_place(value.expr);
                Expr {
                    kind: ExprKind::Borrow {
                        place,
                        mutable: false,
                    },
                    ty,
                    span,
                }
            }
            kind => Expr { kind, ty, span },
        };
        Part {
            value: self.load_local(param, span).into(),
            inputs: vec![MapInput { param, value }],
            shape: Some(shape),
        }
    }

    pub fn element_type(&self, ty: Ty) -> Ty {
        match self.cx.types.kind(ty) {
            TyKind::Array { elem, .. } | TyKind::List(elem) => *elem,
            _ => ty,
        }
    }

    /// An element-wise computation of some values.
    fn map(
        &mut self,
        values: Vec<Val>,
        span: Span,
        body: impl FnOnce(&mut Self, Vec<Val>) -> Val,
    ) -> Val {
        let mut inputs = Vec::new();
        let mut elements = Vec::with_capacity(values.len());
        let mut shape: Option<Shape> = None;
        for value in values {
            let mut part = self.element_part(value);
            inputs.append(&mut part.inputs);
            elements.push(part.value);
            let Some(next) = part.shape else {
                continue;
            };
            shape = Some(match shape {
                None => next,
                Some(before) => match broadcast(&before, &next) {
                    Some(both) => both,
                    None => {
                        let message = "the shapes of these arrays do not go together";
                        self.report(Diagnostic::error("bad-operands", span, message));
                        return Val::error(span);
                    }
                },
            });
        }
        let value = body(self, elements);
        let value = self.settle(value);
        if value.ty == Ty::ERROR {
            return Val::error(span);
        }
        let ty = match shape {
            Some(Shape::Array(dims)) => self.cx.types.array(value.ty, &dims),
            Some(Shape::List) => self.cx.types.list(value.ty),
            None => return value.into(),
        };
        Val::strong(
            ExprKind::Map {
                inputs,
                body: Box::new(value),
            },
            ty,
            span,
        )
    }

    // -------------------------------------------------------------------------------------------------- operators

    pub fn array_binary(
        &mut self,
        op: ast::BinaryOp,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        if let Some(value) = self.simd_binary(op, left, right, span) {
            return Some(value);
        }
        let (left_shape, right_shape) = (self.shape_of(left), self.shape_of(right));
        let any_array = [&left_shape, &right_shape]
            .iter()
            .any(|shape| matches!(shape, Some(Shape::Array(_))));
        let any_list = [&left_shape, &right_shape]
            .iter()
            .any(|shape| matches!(shape, Some(Shape::List)));
        if !any_array && !any_list {
            return None;
        }
        if op == ast::BinaryOp::MatMul {
            return Some(self.matmul(left.clone(), right.clone(), span));
        }
        let numeric = [left, right].iter().all(|value| {
            let ty = self.cx.resolve(value.expr.ty);
            let elem = self.element_type(ty);
            self.is_arithmetic(elem)
        });
        if !numeric {
            return None;
        }
        // What Python defines for lists stays Python's.
        if !any_array {
            let both = left_shape.is_some() && right_shape.is_some();
            let other = if left_shape.is_some() { right } else { left };
            let repeats = op == ast::BinaryOp::Mul && !both && self.cx.types.is_int(other.expr.ty);
            if (op == ast::BinaryOp::Add && both) || repeats {
                return None;
            }
        }
        let (mut left, mut right) = (left.clone(), right.clone());
        if left_shape.is_some() && right_shape.is_some() && any_array {
            let (a, b) = (self.element_type_of(&left), self.element_type_of(&right));
            if a == Ty::BOOL
                && b == Ty::BOOL
                && let Some(value) = self.bool_arrays(op, &left, &right, span)
            {
                return Some(value);
            }
            if let Some(meeting) = self.cx.types.numpy_float_of(a, b) {
                left = self.array_cast(left, meeting, span);
                right = self.array_cast(right, meeting, span);
            }
        }
        Some(self.map(vec![left, right], span, |cx, mut elements| {
            match (elements.pop(), elements.pop()) {
                (Some(right), Some(left)) => cx.binary(op, left, right, span),
                _ => Val::error(span),
            }
        }))
    }

    fn element_type_of(&mut self, value: &Val) -> Ty {
        let ty = self.cx.resolve(value.expr.ty);
        self.element_type(ty)
    }

    /// Sums and products of arrays of `Bool` are of `Bool`, as in NumPy.
    fn bool_arrays(
        &mut self,
        op: ast::BinaryOp,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        let op = match op {
            ast::BinaryOp::Add => ast::BinaryOp::BitOr,
            ast::BinaryOp::Mul => ast::BinaryOp::BitAnd,
            ast::BinaryOp::Sub => {
                let (a, b) = (self.ty_name(left.expr.ty), self.ty_name(right.expr.ty));
                self.report(
                    diag::bad_operands(span, "-", &a, &b).help("where they differ is `a ^ b`"),
                );
                return Some(Val::error(span));
            }
            _ => return None,
        };
        self.array_binary(op, left, right, span)
    }

    pub fn array_unary(&mut self, op: ast::UnaryOp, value: &Val, span: Span) -> Option<Val> {
        if let Some(value) = self.simd_unary(op, value, span) {
            return Some(value);
        }
        self.shape_of(value)?;
        Some(self.map(
            vec![value.clone()],
            span,
            |cx, mut elements| match elements.pop() {
                // The complement of a truth value, as NumPy has it.
                Some(element) if op == ast::UnaryOp::Invert && element.expr.ty == Ty::BOOL => {
                    cx.not(element.expr).into()
                }
                Some(element) => cx.unary(op, element, span),
                None => Val::error(span),
            },
        ))
    }

    /// Comparison of arrays gives an array of `Bool`; lists compare as a whole.
    pub fn array_compare(
        &mut self,
        op: CompareOp,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        if !self.is_array(left) && !self.is_array(right) {
            return self.simd_compare(op, left, right, span);
        }
        let op = match op {
            CompareOp::Eq => ast::CompareOp::Eq,
            CompareOp::Ne => ast::CompareOp::NotEq,
            CompareOp::Lt => ast::CompareOp::Less,
            CompareOp::Le => ast::CompareOp::LessEq,
            CompareOp::Gt => ast::CompareOp::Greater,
            CompareOp::Ge => ast::CompareOp::GreaterEq,
        };
        Some(self.map(
            vec![left.clone(), right.clone()],
            span,
            |cx, mut elements| match (elements.pop(), elements.pop()) {
                (Some(right), Some(left)) => cx.compare(op, left, right, span),
                _ => Val::error(span),
            },
        ))
    }

    pub fn array_math(&mut self, function: MathFn, values: &[Val], span: Span) -> Option<Val> {
        if !values.iter().any(|value| self.shape_of(value).is_some()) {
            return self.simd_math(function, values, span);
        }
        Some(self.map(values.to_vec(), span, |cx, elements| {
            cx.math_call(function, elements, None, span)
        }))
    }

    pub fn array_abs(&mut self, value: &Val, span: Span) -> Option<Val> {
        if self.shape_of(value).is_none() {
            return self.simd_abs(value, span);
        }
        self.array_each(value, span, |cx, element| cx.absolute(element, span))
    }

    /// An array whose elements are each made by one function.
    pub fn array_each(
        &mut self,
        value: &Val,
        span: Span,
        make: impl FnOnce(&mut Self, Val) -> Val,
    ) -> Option<Val> {
        self.shape_of(value)?;
        Some(self.map(
            vec![value.clone()],
            span,
            |cx, mut elements| match elements.pop() {
                Some(element) => make(cx, element),
                None => Val::error(span),
            },
        ))
    }

    /// `where(condition, a, b)`
    pub fn array_where(&mut self, values: Vec<Val>, span: Span) -> Val {
        if let [mask, then, orelse] = values.as_slice() {
            let ty = self.cx.resolve(mask.expr.ty);
            if let Some((Ty::BOOL, lanes)) = self.simd_parts(ty) {
                let mask = mask.expr.clone();
                return self.simd_select(mask, then.clone(), orelse.clone(), lanes, span);
            }
        }
        self.map(values, span, |cx, elements| {
            let mut elements = elements.into_iter();
            let (Some(test), Some(then), Some(orelse)) =
                (elements.next(), elements.next(), elements.next())
            else {
                return Val::error(span);
            };
            let condition = cx.truth(test);
            let Some((then, orelse)) = cx.same_type(then, orelse, span) else {
                return Val::error(span);
            };
            let (then, orelse) = (cx.settle(then), cx.settle(orelse));
            let ty = then.ty;
            let kind = ExprKind::If {
                condition: Box::new(condition),
                then: Box::new(then),
                orelse: Box::new(orelse),
            };
            Val::strong(kind, ty, span)
        })
    }

    /// The array with its elements converted.
    pub fn array_cast(&mut self, value: Val, elem: Ty, span: Span) -> Val {
        let ty = self.cx.resolve(value.expr.ty);
        if self.element_type(ty) == elem {
            return value;
        }
        self.map(vec![value], span, |cx, mut elements| match elements.pop() {
            Some(element) => {
                let element = cx.settle(element);
                cx.cast_to(element, elem).into()
            }
            None => Val::error(span),
        })
    }

    /// An array of elements that widen to `elem`, for a place of them; an error where that would lose something.
    pub fn array_operand(&mut self, value: Val, elem: Ty) -> Expr {
        let ty = self.cx.resolve(value.expr.ty);
        let (from, span) = (self.element_type(ty), value.expr.span);
        if from == elem {
            return match value.expr.kind {
                ExprKind::Move(_) | ExprKind::Load(_) => self.borrow_always(value.expr),
                _ => value.expr,
            };
        }
        if self.widen(from, elem) == Some(elem) {
            return self.array_cast(value, elem, span).expr;
        }
        let (expected, found) = (self.ty_name(elem), self.ty_name(from));
        self.report(diag::type_mismatch(
            span,
            &format!("[{expected}; _]"),
            &format!("[{found}; _]"),
        ));
        Val::error(span).expr
    }

    /// A borrow also of what would be copied (a small fixed-size array).
    pub fn borrow_always(&mut self, expr: Expr) -> Expr {
        let (ty, span) = (expr.ty, expr.span);
        let place = crate::coerce::into_place(expr);
        Expr {
            kind: ExprKind::Borrow {
                place,
                mutable: false,
            },
            ty,
            span,
        }
    }

    // --------------------------------------------------------------------------------------------------- literals

    pub fn extent(&mut self, place: &Place, dims: &[Dim], axis: usize, span: Span) -> Expr {
        match dims[axis] {
            Dim::Static(extent) => self.int(i128::from(extent), span),
            Dim::Dynamic => self.len_of(place.clone(), axis as u32, span),
        }
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
            let zero = self.zero(elem, span);
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

    pub fn zero(&mut self, elem: Ty, span: Span) -> Expr {
        if elem == Ty::BOOL {
            return Val::strong(ExprKind::Bool(false), Ty::BOOL, span).expr;
        }
        self.coerce(Val::int(0, span), elem)
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
            self.report(Diagnostic::error("type-mismatch", span, message));
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
                self.report(Diagnostic::error("type-mismatch", item.span, message));
                return false;
            }
            if !self.array_items(inner, elem, &dims[1..], values, item.span) {
                return false;
            }
        }
        true
    }
}

fn broadcast(left: &Shape, right: &Shape) -> Option<Shape> {
    let (left, right) = match (left, right) {
        (Shape::List, Shape::List) => return Some(Shape::List),
        (Shape::List, Shape::Array(dims)) | (Shape::Array(dims), Shape::List) => {
            return Some(Shape::Array(dims.clone()));
        }
        (Shape::Array(left), Shape::Array(right)) => (left, right),
    };
    let rank = left.len().max(right.len());
    let mut dims = Vec::with_capacity(rank);
    for position in 0..rank {
        let at = |dims: &[Dim]| match (position + dims.len()).checked_sub(rank) {
            Some(axis) => dims[axis],
            None => Dim::Static(1),
        };
        dims.push(match (at(left), at(right)) {
            (Dim::Static(1), other) | (other, Dim::Static(1)) => other,
            (Dim::Static(left), Dim::Static(right)) if left != right => return None,
            (Dim::Static(extent), _) | (_, Dim::Static(extent)) => Dim::Static(extent),
            (Dim::Dynamic, Dim::Dynamic) => Dim::Dynamic,
        });
    }
    Some(Shape::Array(dims))
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
