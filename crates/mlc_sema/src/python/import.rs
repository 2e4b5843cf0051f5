//! `from python import numpy as np`: a variable that holds the module.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, StmtKind as AstStmt};

use crate::diag;
use crate::func::FnCx;
use crate::hir::PythonOp;
use crate::modules::{dotted, is_python};

/// The import of Python's modules that a statement is.
pub(crate) fn import_from_python(stmt: &ast::Stmt) -> Option<&ast::ImportFrom> {
    match &stmt.kind {
        AstStmt::ImportFrom(import) if import.level == 0 && is_python(&dotted(&import.path)) => {
            Some(import)
        }
        _ => None,
    }
}

impl<'a> FnCx<'_, 'a> {
    pub fn import_objects(&mut self, import: &'a ast::ImportFrom, span: Span) {
        self.cx.uses_python = true;
        let path = dotted(&import.path);
        let package = path.split_once('.').map_or("", |(_, package)| package);
        let ast::ImportedNames::Some(names) = &import.names else {
            let diagnostic = diag::not_yet(span, "importing all names of a module of Python");
            self.report(diagnostic.help("import the names that are used"));
            return;
        };
        for item in names {
            let at = item.name.span;
            let package = self.str(package, at);
            let name = self.str(item.name.name.as_str(), at);
            let module = self.object(PythonOp::Import, vec![package, name], at);
            let bound = item.alias.unwrap_or(item.name);
            self.assign_name(bound.name, bound.span, module, span);
        }
    }
}
