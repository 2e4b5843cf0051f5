//! `reversed` of structs: by `__reversed__`, or by `__len__` and `__getitem__`; never by `__iter__`.

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use super::Source;
use crate::coerce::{Val, into_place};
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{Expr, Place, ProjectionKind, Ty, TyKind};

impl<'a> FnCx<'_, 'a> {
    /// What `reversed` of a struct goes through; `None` for what is no struct of the program.
    pub(super) fn reversed_struct(
        &mut self,
        iter: &'a ast::Expr,
        span: Span,
    ) -> Option<Source<'a>> {
        if self.is_iterator(iter) {
            return None;
        }
        let ty = self.type_if_evaluated(iter);
        let ty = match *self.cx.types.kind(ty) {
            TyKind::Optional(inner) => inner,
            _ => ty,
        };
        let id = self.cx.struct_of(ty)?;
        let decl = self.cx.struct_instances[id.0 as usize].decl;
        if Some(self.cx.struct_decl(decl).module) == self.cx.library_id {
            return None;
        }
        let mut place = match self.operand(iter, None) {
            Operand::Place(place) => place,
            Operand::Value(value) => {
                let value = self.settle(value);
                into_place(value)
            }
        };
        if self.cx.resolve(place.ty) != ty {
            let unwrap = ProjectionKind::Unwrap { checked: true };
            place = self.project(place, unwrap, ty, span);
        }
        if self.has_method(ty, "__reversed__") {
            let receiver = self.read(place);
            let found = self.dunder_value("__reversed__", &receiver.into(), span);
            let found = found.unwrap_or_else(|| Val::error(span));
            return Some(self.elements_of(found, span));
        }
        if !self.has_method(ty, "__getitem__") || !self.has_method(ty, "__len__") {
            let name = self.ty_name(ty);
            self.report(diag::not_reversible(iter.span, &name));
            return Some(Source::Failed);
        }
        let inner = self.items_at(place, span);
        let count = self.count(&inner, span);
        Some(self.downward(inner, count))
    }

    pub(super) fn downward(&mut self, inner: Source<'a>, count: Expr) -> Source<'a> {
        let count = self.keep(count);
        let inner = Box::new(inner);
        Source::Reversed { inner, count }
    }

    /// The items of a struct with `__len__` and `__getitem__`.
    pub(super) fn items_at(&mut self, place: Place, span: Span) -> Source<'a> {
        let receiver = self.stable(place, span);
        let value = self.read(receiver.clone());
        let count = self.dunder_value("__len__", &value.into(), span);
        let count = count.unwrap_or_else(|| Val::error(span));
        let count = self.coerce(count, Ty::INT);
        let count = self.keep(count);
        Source::Items { receiver, count }
    }
}
