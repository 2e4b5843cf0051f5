//! What an exception is raised with: a text of its message, and of its arguments where they do not follow from that.

use mlc_diagnostics::Span;
use mlc_exceptions::{ARGUMENTS, MESSAGE};
use mlc_syntax::ast::{Arg, ArgKind};

use crate::diag;
use crate::expr::with_stmts;
use crate::func::FnCx;
use crate::hir::{Builtin, ErrorKind, Expr, ExprKind, Stmt, StmtKind, Ty, TyKind};

impl<'a> FnCx<'_, 'a> {
    /// The text for `error(args…)`; `None` where there are no arguments.
    pub(super) fn told(&mut self, error: ErrorKind, args: &'a [Arg], span: Span) -> Option<Expr> {
        let unusual = args.iter().any(|arg| arg.kind != ArgKind::Positional)
            || (args.len() > 3 && error.is_a(ErrorKind::OSError));
        if unusual {
            let feature = format!("`{}` with these arguments", error.name());
            self.report(diag::not_yet(span, &feature));
            return None;
        }
        match args {
            [] => None,
            [arg] => {
                let value = self.value(&arg.value, None);
                let value = self.settle(value);
                Some(self.told_of_one(error, value, arg.value.span))
            }
            [number, text, file @ ..] if error.is_a(ErrorKind::OSError) => {
                Some(self.told_of_system(number, text, file.first(), span))
            }
            _ => {
                let mut shown = self.str("", span);
                for (at, arg) in args.iter().enumerate() {
                    let value = self.value(&arg.value, None);
                    let value = self.settle(value);
                    let value = self.repr_of(value, arg.value.span).expr;
                    if at > 0 {
                        let comma = self.str(", ", span);
                        shown = self.joined(vec![shown, comma], span);
                    }
                    shown = self.joined(vec![shown, value], span);
                }
                let (bind, shown) = self.bound_text(shown, span);
                let message = [self.str("(", span), shown.clone(), self.str(")", span)];
                let message = self.joined(message.into(), span);
                Some(self.with_arguments(vec![bind], shown, message, span))
            }
        }
    }

    /// `OSError(errno, strerror)` and `OSError(errno, strerror, filename)`.
    fn told_of_system(
        &mut self,
        number: &'a Arg,
        text: &'a Arg,
        file: Option<&'a Arg>,
        span: Span,
    ) -> Expr {
        let (mut shown, mut message) = (Vec::new(), Vec::new());
        let mut binds = Vec::new();
        let mut given = |cx: &mut Self, arg: &'a Arg| {
            let value = cx.value(&arg.value, None);
            let value = cx.settle(value);
            let (place, stmts) = cx.place_to_read(value, arg.value.span);
            binds.extend(stmts);
            place
        };
        let number = given(self, number);
        let text = given(self, text);
        let file = file.map(|file| given(self, file));
        for (place, before) in [(&number, "[Errno "), (&text, "] ")] {
            let value = self.read(place.clone());
            message.push(self.str(before, span));
            message.push(self.str_of(value.clone(), span).expr);
            if !shown.is_empty() {
                shown.push(self.str(", ", span));
            }
            shown.push(self.repr_of(value, span).expr);
        }
        if let Some(file) = file {
            let value = self.read(file);
            message.push(self.str(": ", span));
            message.push(self.repr_of(value, span).expr);
        }
        let shown = self.joined(shown, span);
        let message = self.joined(message, span);
        self.with_arguments(binds, shown, message, span)
    }

    /// The text for one argument.
    pub(super) fn told_of_one(&mut self, error: ErrorKind, value: Expr, span: Span) -> Expr {
        let of_key = error == ErrorKind::KeyError;
        let ty = self.cx.resolve(value.ty);
        match self.cx.types.kind(ty) {
            TyKind::Error => value,
            // What a `KeyError` says is the key as `repr` has it.
            _ if of_key => self.repr_of(value, span).expr,
            TyKind::Str if matches!(&value.kind, ExprKind::Str(text) if text.is_empty()) => {
                let shown = self.str("''", span);
                self.with_arguments(Vec::new(), shown, value, span)
            }
            TyKind::Str => value,
            TyKind::Struct(_) | TyKind::Exception | TyKind::Optional(_) | TyKind::PythonObject => {
                let at = self.out.len();
                let place = self.held(value, span);
                let [first, second] = [self.read(place.clone()), self.read(place)];
                let mut stmts = self.out.split_off(at);
                let message = self.str_of(first, span).expr;
                let (bind, message) = self.bound_text(message, span);
                stmts.push(bind);
                let shown = self.repr_of(second, span).expr;
                self.with_arguments(stmts, shown, message, span)
            }
            // `str` and `repr` say the same.
            _ => {
                let text = self.str_of(value, span).expr;
                let (bind, text) = self.bound_text(text, span);
                self.with_arguments(vec![bind], text.clone(), text, span)
            }
        }
    }

    fn with_arguments(&mut self, stmts: Vec<Stmt>, shown: Expr, message: Expr, span: Span) -> Expr {
        let parts = [
            self.str(ARGUMENTS, span),
            shown,
            self.str(MESSAGE, span),
            message,
        ];
        let text = self.joined(parts.into(), span);
        with_stmts(stmts, text)
    }

    /// A text in a variable of its own, to be read twice.
    fn bound_text(&mut self, text: Expr, span: Span) -> (Stmt, Expr) {
        let local = self.temp("text", Ty::STR, span);
        let kind = StmtKind::Bind { local, value: text };
        (Stmt { kind, span }, self.load_local(local, span))
    }

    /// The texts one after another: one literal where all are literals.
    fn joined(&mut self, parts: Vec<Expr>, span: Span) -> Expr {
        let join = |cx: &mut Self, left: Expr, right: Expr| match (&left.kind, &right.kind) {
            (ExprKind::Str(first), ExprKind::Str(second)) => {
                let text = [&**first, &**second].concat();
                cx.str(&text, span)
            }
            (ExprKind::Str(first), _) if first.is_empty() => right,
            _ => {
                cx.builtin(Builtin::StrConcat, vec![left, right], Ty::STR, span)
                    .expr
            }
        };
        let parts = parts.into_iter();
        parts.fold(self.str("", span), |text, part| join(self, text, part))
    }
}
