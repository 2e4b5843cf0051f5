//! `prefetch(a[i])`: a hint that an element will be read soon.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{Arg, ArgKind, ExprKind as Ast};

use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Builtin, Expr, Ty, TyKind};

impl<'a> FnCx<'_, 'a> {
    /// The element is not read, and its indices are not checked.
    pub(super) fn prefetch(&mut self, args: &'a [Arg], span: Span) -> Val {
        let [arg] = args else {
            return self.no_element(span);
        };
        let Ast::Subscript { value, index } = &arg.value.kind else {
            return self.no_element(arg.value.span);
        };
        if arg.kind != ArgKind::Positional {
            return self.no_element(arg.value.span);
        }
        let place = self.place(value);
        let ty = self.cx.resolve(place.ty);
        let (elem, rank) = match self.cx.types.kind(ty) {
            TyKind::List(elem) => (*elem, 1),
            TyKind::Array { elem, dims } => (*elem, dims.len()),
            TyKind::Error => return Val::error(span),
            _ => return self.no_element(arg.value.span),
        };
        let indices = match &index.kind {
            Ast::Tuple(items) => items.as_slice(),
            _ => std::slice::from_ref(&**index),
        };
        let is_range = |index: &&mlc_syntax::ast::Expr| {
            matches!(index.kind, Ast::Slice(_) | Ast::Ellipsis | Ast::None)
        };
        let elem = self.cx.resolve(elem);
        if indices.len() != rank
            || indices.iter().any(|index| is_range(&index))
            || !self.is_arithmetic(elem)
        {
            return self.no_element(arg.value.span);
        }
        let array = self.read(place);
        let mut operands: Vec<Expr> = vec![self.borrow_always(array)];
        for index in indices {
            operands.push(self.value_of(index, Ty::INT));
        }
        if operands.iter().any(|operand| operand.ty == Ty::ERROR) {
            return Val::error(span);
        }
        self.builtin(Builtin::Prefetch, operands, Ty::NONE, span)
    }

    fn no_element(&mut self, span: Span) -> Val {
        let message = "`prefetch` takes an element of a list or array of numbers: `prefetch(a[i])`";
        self.report(diag::wrong_arguments(span, message));
        Val::error(span)
    }
}
