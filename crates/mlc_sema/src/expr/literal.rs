//! Literals of tuples and lists, and the type in which their items meet.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::coerce::{Val, Weak};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Expr, ExprKind, FloatKind, Ty, TyKind};
use crate::want::Want;

/// How many values a tuple holds at most, with those of the tuples inside of it.
const MOST_PARTS: usize = 4096;

impl<'a> FnCx<'_, 'a> {
    pub(super) fn tuple_literal(&mut self, items: &'a [ast::Expr], want: Want, span: Span) -> Val {
        if items.iter().any(is_starred) {
            return self.tuple_with_stars(items, span);
        }
        let wants: Option<Box<[Ty]>> = want.ty().and_then(|want| match self.cx.types.kind(want) {
            TyKind::Tuple(wants) if wants.len() == items.len() => Some(wants.clone()),
            _ => None,
        });
        let mut values = Vec::with_capacity(items.len());
        for (position, item) in items.iter().enumerate() {
            let value = match &wants {
                Some(wants) => {
                    let ty = wants[position];
                    self.value_for(item, want.part(Some(ty)), ty)
                }
                None => {
                    let value = self.value(item, None);
                    self.settle(value)
                }
            };
            values.push(value);
        }
        if values.iter().any(|value| value.ty == Ty::ERROR) {
            return Val::error(span);
        }
        let tys: Vec<Ty> = values.iter().map(|value| value.ty).collect();
        let ty = self.cx.types.tuple(&tys);
        // Tuples of tuples double with each step.
        if self.cx.types.is_larger(ty, MOST_PARTS) {
            self.report(diag::tuple_too_large(span, MOST_PARTS));
            return Val::error(span);
        }
        Val::strong(ExprKind::Tuple(values), ty, span)
    }

    /// `[a, b]`: a list, or an array where one is written.
    pub(super) fn list_literal(&mut self, items: &'a [ast::Expr], want: Want, span: Span) -> Val {
        if let Some((ty, elem, dims)) = self.array_wanted(want) {
            return self.array_literal(items, ty, elem, &dims, span);
        }
        let mut elem = self.item_wanted(want);
        if items.iter().any(is_starred) {
            return self.list_with_stars(items, want.part(elem), span);
        }
        let mut values: Vec<Expr> = Vec::with_capacity(items.len());
        if let Some(elem) = elem {
            for item in items {
                let value = self.value_for(item, want.part(Some(elem)), elem);
                values.push(value);
            }
        } else if items.is_empty() {
            elem = Some(self.cx.items_of_empty(self.func, span));
        } else {
            // The items meet in one type.
            let vals: Vec<Val> = items.iter().map(|item| self.value(item, None)).collect();
            if vals.iter().any(Val::is_error) {
                return Val::error(span);
            }
            let common = self.common_type(&vals, span);
            let Some(common) = common else {
                return Val::error(span);
            };
            values = vals
                .into_iter()
                .map(|value| self.coerce(value, common))
                .collect();
            elem = Some(common);
        }
        let elem = elem.unwrap_or(Ty::ERROR);
        if values.iter().any(|value| value.ty == Ty::ERROR) {
            return Val::error(span);
        }
        let elem = self.cx.resolve(elem);
        let ty = self.cx.types.list(elem);
        Val::strong(ExprKind::List(values), ty, span)
    }

    /// The type in which the items of a literal meet.
    pub fn common_type(&mut self, values: &[Val], span: Span) -> Option<Ty> {
        let mut strong: Option<Ty> = None;
        let mut weak_float = false;
        let mut weak_complex = false;
        let mut none = false;
        for value in values {
            let ty = self.cx.resolve(value.expr.ty);
            match value.weak {
                Weak::Complex => weak_complex = true,
                Weak::Float => weak_float = true,
                Weak::Int => {}
                Weak::No if ty == Ty::NONE => none = true,
                Weak::No => {
                    strong = Some(match strong {
                        None => ty,
                        Some(before) if self.cx.unify(before, ty) => self.cx.resolve(before),
                        Some(before) => {
                            let wide = if (before == Ty::BOOL) == (ty == Ty::BOOL) {
                                self.widen(before, ty)
                            } else {
                                None
                            };
                            match wide {
                                Some(wide) => wide,
                                None => {
                                    let (before, ty) = (self.ty_name(before), self.ty_name(ty));
                                    self.report(diag::type_mismatch(value.expr.span, &before, &ty));
                                    return None;
                                }
                            }
                        }
                    });
                }
            }
        }
        let any_int = values.iter().any(|value| value.weak == Weak::Int);
        let ty = match strong {
            Some(ty) if weak_complex && self.is_arithmetic(ty) => match *self.cx.types.kind(ty) {
                TyKind::Complex(_) => ty,
                TyKind::Float(FloatKind::F64) | TyKind::Int { .. } | TyKind::Bool => Ty::C128,
                _ => Ty::C64,
            },
            None if weak_complex => Ty::C128,
            Some(ty) if weak_float && self.cx.types.is_int(ty) => Ty::F64,
            Some(ty) if ty == Ty::BOOL && (weak_float || any_int) => {
                self.report(diag::type_mismatch(
                    span,
                    "Bool",
                    if weak_float { "f64" } else { "Int" },
                ));
                return None;
            }
            Some(ty) => ty,
            None if weak_float => Ty::F64,
            None if any_int => Ty::INT,
            None => Ty::NONE,
        };
        Some(
            if none && ty != Ty::NONE && !matches!(self.cx.types.kind(ty), TyKind::Optional(_)) {
                self.cx.types.optional(ty)
            } else {
                ty
            },
        )
    }
}

pub(crate) fn is_starred(expr: &ast::Expr) -> bool {
    matches!(expr.kind, Ast::Starred(_))
}
