//! Whole arrays, element by element: operators and functions on them become one [`ExprKind::Map`] each expression.
//!
//! Lists take part where Python defines nothing for them (`xs * 42.0`, `xs - ys`); the result is a list then.

mod literal;
mod made;
mod map;

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use map::Shape;
pub(crate) use map::broadcast;

use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{CompareOp, Dim, Expr, ExprKind, MathFn, Place, Ty};

impl<'a> FnCx<'_, 'a> {
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
            (left, right) = self.meeting_arrays(left, right, span);
        }
        Some(self.map(vec![left, right], span, |cx, mut elements| {
            match (elements.pop(), elements.pop()) {
                (Some(right), Some(left)) => cx.binary(op, left, right, span),
                _ => Val::error(span),
            }
        }))
    }

    /// Two arrays as ones of the elements in which NumPy lets theirs meet, where that is not what numbers do.
    fn meeting_arrays(&mut self, left: Val, right: Val, span: Span) -> (Val, Val) {
        let (a, b) = (self.element_type_of(&left), self.element_type_of(&right));
        // A `Bool` takes the width of the numbers that it meets.
        let (to_left, to_right) = match (a, b) {
            (Ty::BOOL, other) if self.cx.types.is_int(other) => (b, b),
            (other, Ty::BOOL) if self.cx.types.is_int(other) => (a, a),
            _ => match self.cx.types.numpy_float_of(a, b) {
                Some(meeting) => (meeting, meeting),
                None => (a, b),
            },
        };
        let left = self.array_cast(left, to_left, span);
        (left, self.array_cast(right, to_right, span))
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
        let mut values = values;
        if let [_, then, orelse] = values.as_mut_slice()
            && self.is_array(then)
            && self.is_array(orelse)
        {
            let both = self.meeting_arrays(then.clone(), orelse.clone(), span);
            (*then, *orelse) = both;
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

    pub fn extent(&mut self, place: &Place, dims: &[Dim], axis: usize, span: Span) -> Expr {
        match dims[axis] {
            Dim::Static(extent) => self.int(i128::from(extent), span),
            Dim::Dynamic => self.len_of(place.clone(), axis as u32, span),
        }
    }
}
