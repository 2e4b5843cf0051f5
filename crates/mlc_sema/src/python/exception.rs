//! Errors as objects of Python: context managers get them, `except` names classes, `raise` takes instances.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast;

use crate::func::FnCx;
use crate::hir::{ErrorKind, Expr, LocalId, PythonOp, StmtKind, Ty};

impl<'a> FnCx<'_, 'a> {
    /// The exception that a caught error is in Python.
    pub fn exception_object(&mut self, error: LocalId, span: Span) -> Expr {
        let error = self.load_local(error, span);
        self.object(PythonOp::From, vec![error], span).expr
    }

    /// Whether a caught error is an instance of one of these classes.
    pub fn is_caught_by(&mut self, error: LocalId, classes: &'a [ast::Expr], span: Span) -> Expr {
        let error = self.exception_object(error, span);
        let mut objects = Vec::with_capacity(classes.len());
        for class in classes {
            objects.push(match self.error_kind(class) {
                Some(ErrorKind::RaceError) => {
                    let feature = "`RaceError` beside exceptions of Python";
                    self.report(crate::diag::not_yet(class.span, feature));
                    return self.bool(false, span);
                }
                Some(kind) => self.builtin_object(Name::new(kind.name()), class.span),
                None => {
                    let class = self.value(class, Some(Ty::PYTHON_OBJECT));
                    self.object_of(class)
                }
            });
        }
        let objects = self.list_of_objects(objects, span);
        let tuple = self.object(PythonOp::Tuple, vec![objects], span).expr;
        self.python(PythonOp::Matches, vec![error, tuple], Ty::BOOL, span)
            .expr
    }

    /// `raise object from cause`
    pub fn raise_object(&mut self, object: Expr, cause: Option<&'a ast::Expr>, span: Span) {
        let (op, args) = match cause {
            Some(cause) => {
                let cause = self.value(cause, Some(Ty::PYTHON_OBJECT));
                (PythonOp::RaiseFrom, vec![object, self.object_of(cause)])
            }
            None => (PythonOp::Raise, vec![object]),
        };
        let call = self.python(op, args, Ty::NONE, span);
        if call.is_error() {
            return;
        }
        self.emit(StmtKind::Expr(call.expr), span);
        // The call never comes back; this says so to who follows the paths.
        let error = ErrorKind::RuntimeError;
        let message = None;
        self.emit(StmtKind::Raise { error, message }, span);
    }

    /// `manager.__enter__()`
    pub fn enter(&mut self, manager: Expr, span: Span) -> Expr {
        self.object(PythonOp::Enter, vec![manager], span).expr
    }

    /// `manager.__exit__(…)` with an exception or `None`: whether it suppresses that.
    pub fn exit(&mut self, manager: Expr, exception: Expr, span: Span) -> Expr {
        let args = vec![manager, exception];
        self.python(PythonOp::Exit, args, Ty::BOOL, span).expr
    }
}
