//! The values of arguments, at the types of their parameters.

use mlc_syntax::ast::{self};

use super::Given;
use crate::checker::DeclId;
use crate::coerce::{Val, into_place};
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{Convention, Dim, Expr, ExprKind, FuncId, Ty, TyKind};
use crate::want::Want;

impl<'a> FnCx<'_, 'a> {
    /// The arguments of an instance whose parameter types are known, without those that it `captured`.
    pub fn typed_args(
        &mut self,
        func: FuncId,
        decl: DeclId,
        bound: Vec<Option<Given<'a>>>,
        captured: &[Expr],
    ) -> Option<Vec<Expr>> {
        let params: &'a [ast::Param] = &self.cx.decl(decl).ast.params;
        let mut values = Vec::with_capacity(bound.len());
        for (position, given) in bound.into_iter().enumerate() {
            let header = self.cx.header(func).params[position].clone();
            let want = Want::of(header.ty, self.cx.is_param_written(func, position));
            let value = match given {
                Some(Given::Expr(expr)) if header.written == Some(Convention::Inout) => {
                    self.inout_arg(expr, want, header.ty)
                }
                Some(Given::Expr(expr)) => self.value_for(expr, want, header.ty),
                Some(Given::Value(value)) if header.written == Some(Convention::Inout) => {
                    self.borrow_as(value.expr, true)
                }
                Some(Given::Value(value)) => self.coerce(*value, header.ty),
                // What takes a pack makes the function generic.
                Some(Given::Pack(_)) => return None,
                None => {
                    let param = &params[position];
                    let value = self.default_value(decl, param, Some(header.ty), captured)?;
                    match header.written {
                        Some(Convention::Inout) => self.inout_value(value),
                        _ => value,
                    }
                }
            };
            values.push(value);
        }
        Some(values)
    }

    /// The type of a parameter from the one that is written: `*args: T` is a `[T]`.
    pub fn param_type(&mut self, param: &ast::Param, written: Ty) -> Ty {
        if param.kind == ast::ParamKind::VarPositional && written != Ty::ERROR {
            return self.cx.types.list(written);
        }
        written
    }

    /// An argument for a parameter written `inout`: the place itself, of exactly that type.
    fn inout_arg(&mut self, expr: &'a ast::Expr, want: Want, ty: Ty) -> Expr {
        if let ast::ExprKind::Name(name) = expr.kind {
            self.changed_by_others.insert(name);
            if let TyKind::Optional(_) = self.cx.types.kind(ty) {
                self.forget_shown(name);
            }
        }
        let value = match self.operand(expr, want) {
            Operand::Place(place) => {
                let found = self.cx.resolve(place.ty);
                let span = place.span;
                if found != ty && found != Ty::ERROR && !self.cx.unify(found, ty) {
                    let static_to_dynamic = matches!(
                        (self.cx.types.kind(found), self.cx.types.kind(ty)),
                        (TyKind::Array { elem, .. }, TyKind::Array { elem: to, dims }) if elem == to && dims.iter().all(|dim| *dim == Dim::Dynamic)
                    );
                    if !static_to_dynamic {
                        let (expected, found) = (self.ty_name(ty), self.ty_name(found));
                        self.report(diag::type_mismatch(span, &expected, &found));
                        return Val::error(span).expr;
                    }
                }
                return Expr {
                    ty: if found == Ty::ERROR { found } else { ty },
                    kind: ExprKind::Borrow {
                        place,
                        mutable: true,
                    },
                    span,
                };
            }
            Operand::Value(value) => self.coerce(value, ty),
        };
        self.borrow_as(value, true)
    }

    pub fn inout_value(&mut self, value: Expr) -> Expr {
        if value.ty == Ty::ERROR {
            return value;
        }
        let (ty, span) = (value.ty, value.span);
        let place = into_place(value);
        Expr {
            kind: ExprKind::Borrow {
                place,
                mutable: true,
            },
            ty,
            span,
        }
    }
}
