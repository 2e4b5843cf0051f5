//! Element-wise operations: one pass over arrays that are broadcast together.

use mlc_diagnostics::{Diagnostic, Span};

use crate::coerce::Val;
use crate::func::FnCx;
use crate::hir::{Dim, Expr, ExprKind, MapInput, Ty, TyKind};

/// A value on its way into an element-wise expression.
struct Part {
    /// What stands for it in the body: an element, or the scalar.
    value: Val,
    inputs: Vec<MapInput>,
    shape: Option<Shape>,
}

#[derive(Clone, PartialEq)]
pub(super) enum Shape {
    Array(Vec<Dim>),
    List,
}

impl<'a> FnCx<'_, 'a> {
    pub(super) fn shape_of(&mut self, value: &Val) -> Option<Shape> {
        let ty = self.cx.resolve(value.expr.ty);
        match self.cx.types.kind(ty) {
            // Arrays of structs, say, are taken as a whole.
            TyKind::Array { elem, dims } => {
                let is_number = self.is_arithmetic(*elem) || *elem == Ty::ERROR;
                is_number.then(|| Shape::Array(dims.to_vec()))
            }
            TyKind::List(elem) if self.is_arithmetic(*elem) => Some(Shape::List),
            _ => None,
        }
    }

    pub(super) fn is_array(&mut self, value: &Val) -> bool {
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
    pub(super) fn map(
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
                Some(before) => match common_shape(&before, &next) {
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

    pub(super) fn element_type_of(&mut self, value: &Val) -> Ty {
        let ty = self.cx.resolve(value.expr.ty);
        self.element_type(ty)
    }
}

fn common_shape(left: &Shape, right: &Shape) -> Option<Shape> {
    match (left, right) {
        (Shape::List, Shape::List) => Some(Shape::List),
        (Shape::List, Shape::Array(dims)) | (Shape::Array(dims), Shape::List) => {
            Some(Shape::Array(dims.clone()))
        }
        (Shape::Array(left), Shape::Array(right)) => broadcast(left, right).map(Shape::Array),
    }
}

/// The dimensions that two arrays have together, unless it is known that they have none.
pub(crate) fn broadcast(left: &[Dim], right: &[Dim]) -> Option<Vec<Dim>> {
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
    Some(dims)
}
