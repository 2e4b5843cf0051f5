//! `raise`.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::diag;
use crate::func::FnCx;
use crate::hir::{ErrorKind, StmtKind, Ty};

/// `OSError(2, …)` is a `FileNotFoundError`, as in Python, where the number is written.
fn class_of_number(error: ErrorKind, args: &[ast::Arg]) -> ErrorKind {
    match args {
        [first, _, ..] if error == ErrorKind::OSError => match &first.value.kind {
            Ast::Int(number) => i128::try_from(number.value()).map_or(error, ErrorKind::of_number),
            _ => error,
        },
        _ => error,
    }
}

impl<'a> FnCx<'_, 'a> {
    pub fn raise(
        &mut self,
        exception: Option<&'a ast::Expr>,
        cause: Option<&'a ast::Expr>,
        span: Span,
    ) {
        if let Some(cause) = cause
            && !exception.is_some_and(|exception| self.is_object_expr(exception))
        {
            self.cause(cause);
        }
        let Some(exception) = exception else {
            if self.handler_depth == 0 {
                self.report(mlc_diagnostics::Diagnostic::error(
                    "bad-raise",
                    span,
                    "`raise` without an exception, and none is being handled",
                ));
            } else {
                self.emit(StmtKind::Reraise(None), span);
            }
            self.reachable = false;
            return;
        };
        if let Some(error) = self.error_kind(exception) {
            self.emit(
                StmtKind::Raise {
                    error,
                    message: None,
                },
                span,
            );
        } else if let Ast::Call { function, args } = &exception.kind
            && let Some(error) = self.error_kind(function)
        {
            let message = self.told(error, args, exception.span);
            let error = class_of_number(error, args);
            if message
                .as_ref()
                .is_none_or(|message| message.ty != Ty::ERROR)
            {
                self.emit(StmtKind::Raise { error, message }, span);
            }
        } else if let Some((name, at)) = self.unknown_exception(exception) {
            self.report_unknown_exception(&name, at);
        } else {
            let value = self.value(exception, None);
            match value.expr.ty {
                Ty::PYTHON_OBJECT => self.raise_object(value.expr, cause, span),
                Ty::EXCEPTION => self.emit(StmtKind::Reraise(Some(value.expr)), span),
                Ty::ERROR => {}
                ty => {
                    let found = self.ty_name(ty);
                    self.report(diag::unlike(exception.span, "an exception", &found));
                }
            }
        }
        self.reachable = false;
    }

    /// `from cause`: it is evaluated, and says nothing where the exception is caught.
    fn cause(&mut self, cause: &'a ast::Expr) {
        let class = match &cause.kind {
            Ast::Call { function, args } => {
                if self.error_kind(function).is_some() {
                    for arg in args {
                        self.value(&arg.value, None);
                    }
                }
                function
            }
            _ => cause,
        };
        if matches!(cause.kind, Ast::None) || self.error_kind(class).is_some() {
            return;
        }
        let value = self.value(cause, None);
        if !matches!(value.expr.ty, Ty::EXCEPTION | Ty::PYTHON_OBJECT | Ty::ERROR) {
            let found = self.ty_name(value.expr.ty);
            self.report(diag::unlike(cause.span, "an exception", &found));
        }
    }

    pub fn error_kind(&self, expr: &ast::Expr) -> Option<ErrorKind> {
        match &expr.kind {
            Ast::Name(name) if self.vars.contains_key(name) => None,
            Ast::Name(name) if name.as_str() == "Error" => Some(ErrorKind::Exception),
            Ast::Name(name) if matches!(name.as_str(), "IOError" | "EnvironmentError") => {
                Some(ErrorKind::OSError)
            }
            Ast::Name(name) => ErrorKind::from_name(name.as_str()),
            _ => None,
        }
    }

    /// `raise Name` or `raise Name(…)` of something that nothing here is called.
    fn unknown_exception(&self, exception: &ast::Expr) -> Option<(String, Span)> {
        let class = match &exception.kind {
            Ast::Call { function, .. } => function,
            _ => exception,
        };
        let Ast::Name(name) = &class.kind else {
            return None;
        };
        let known = crate::expr::is_shadowed(self, *name)
            || self.assigned.contains(name)
            || crate::names::is_builtin(name.as_str());
        (!known).then(|| (name.as_str().to_owned(), class.span))
    }

    pub(super) fn report_unknown_exception(&mut self, name: &str, span: Span) {
        let known = ErrorKind::ALL.iter().map(|kind| kind.name());
        let message = format!("`{name}` is not a built-in exception");
        let mut diagnostic = mlc_diagnostics::Diagnostic::error("unknown-exception", span, message);
        if let Some(near) = mlc_diagnostics::closest(name, known) {
            diagnostic = diagnostic.fixit(format!("did you mean `{near}`?"), span, near);
        }
        self.report(diagnostic);
    }
}
