//! `__del__`: what is called where a value of a struct is destroyed.

use mlc_syntax::Name;
use mlc_syntax::ast::{self, ConventionKind};

use crate::checker::{Checker, DeclId};
use crate::diag;
use crate::hir::{StructId, Ty};

pub(crate) const DESTRUCTOR: &str = "__del__";

impl<'a> Checker<'a> {
    /// Nobody calls a `__del__` by name, so every struct type that has one asks for it.
    pub fn instantiate_destructor(&mut self, id: StructId, ty: Ty) {
        let Some(decl) = self.method(id, Name::new(DESTRUCTOR)) else {
            return;
        };
        if self.once(|cx| cx.check_destructor(decl)) {
            self.structs[id.0 as usize].destructor = self.plain_instance(decl, Some(ty));
        }
    }

    fn check_destructor(&mut self, decl: DeclId) -> bool {
        let ast: &'a ast::Function = self.decl(decl).ast;
        let takes_self = matches!(ast.params.as_slice(), [this] if is_given_away(this));
        let decl = self.decl(decl);
        if takes_self && !decl.is_static && !decl.is_property {
            return true;
        }
        self.report(diag::bad_destructor(ast.name.span));
        false
    }

    /// Whether the function is the `__del__` of a struct.
    pub fn is_destructor(&self, decl: DeclId) -> bool {
        let decl = self.decl(decl);
        decl.owner.is_some() && decl.ast.name.name == DESTRUCTOR
    }
}

/// Whether a parameter is, or by default may be, taken over by the callee.
fn is_given_away(param: &ast::Param) -> bool {
    let convention = param.convention.as_ref().map(|written| written.kind);
    param.kind == ast::ParamKind::Plain
        && param.default.is_none()
        && matches!(
            convention,
            None | Some(ConventionKind::Owned | ConventionKind::Deinit)
        )
}
