//! f-strings and `format`.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, FStringPart};

use crate::call::Given;
use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Builtin, Expr, ExprKind, Ty};

impl<'a> FnCx<'_, 'a> {
    /// `f"…{value!r:spec}…"`
    pub fn f_string(&mut self, parts: &'a [FStringPart], span: Span) -> Val {
        let mut pieces: Vec<Expr> = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                FStringPart::Text(text) => pieces.push(self.str(text, span)),
                FStringPart::Value(value) => {
                    if let Some(text) = &value.debug {
                        pieces.push(self.str(text, value.span));
                    }
                    let Some(piece) = self.f_string_value(value) else {
                        return Val::error(span);
                    };
                    pieces.push(piece);
                }
            }
        }
        let mut pieces = pieces.into_iter();
        let Some(mut result) = pieces.next() else {
            return Val::strong(ExprKind::Str("".into()), Ty::STR, span);
        };
        for piece in pieces {
            result = self
                .builtin(Builtin::StrConcat, vec![result, piece], Ty::STR, span)
                .expr;
        }
        result.into()
    }

    fn f_string_value(&mut self, part: &'a ast::FStringValue) -> Option<Expr> {
        let span = part.span;
        let value = self.value(&part.value, None);
        let value = self.settle(value);
        if value.ty == Ty::ERROR {
            return None;
        }
        let repr = matches!(
            part.conversion,
            Some(ast::Conversion::Repr | ast::Conversion::Ascii)
        ) || (part.debug.is_some() && part.conversion.is_none() && part.spec.is_empty());
        let value = match part.conversion {
            _ if repr => self.repr_of(value, span).expr,
            Some(ast::Conversion::Str) => self.str_of(value, span).expr,
            _ => value,
        };
        let value = match part.conversion {
            Some(ast::Conversion::Ascii) => {
                let text = vec![Given::Value(Box::new(value.into()))];
                self.call_library("ascii_text", text, span).expr
            }
            _ => value,
        };
        if value.ty == Ty::ERROR {
            return None;
        }
        let by_method = part.conversion.is_none() && self.has_method(value.ty, "__format__");
        if part.spec.is_empty() && (repr || !by_method) {
            return Some(self.str_of(value, span).expr);
        }
        let spec = self.f_string(&part.spec, span);
        let formatted = self.formatted(value, spec, span);
        (!formatted.is_error()).then_some(formatted.expr)
    }

    /// `format(value, spec)`
    pub fn formatted(&mut self, value: Expr, spec: Val, span: Span) -> Val {
        if let Some(text) = self.python_format(&value, &spec, span) {
            return text;
        }
        // Only without a specification `None` has a text.
        let value = match &spec.expr.kind {
            ExprKind::Str(spec) if !spec.is_empty() => self.present(value.into()).expr,
            _ => value,
        };
        let dunder = Val::from(value.clone());
        if let Some(text) = self.format_method(dunder, spec.clone(), span) {
            return text;
        }
        if !self.is_arithmetic(value.ty) && value.ty != Ty::STR && value.ty != Ty::ERROR {
            let name = self.ty_name(value.ty);
            self.report(diag::not_yet(span, &format!("a format for `{name}`")));
            return Val::error(span);
        }
        let spec = self.coerce(spec, Ty::STR);
        self.builtin(Builtin::Format, vec![value, spec], Ty::STR, span)
    }
}
