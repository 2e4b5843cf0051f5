//! Functions inside functions.

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use crate::diag;
use crate::func::FnCx;

impl<'a> FnCx<'_, 'a> {
    pub fn nested_function(&mut self, function: &'a ast::Function, span: Span) {
        let _ = span;
        self.report(diag::not_yet(
            function.name.span,
            "a function inside a function",
        ));
        self.bind_poisoned(function.name.name, function.name.span);
    }
}
