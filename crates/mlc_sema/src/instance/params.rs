//! Parameters inside the body: their locals, defaults and what is wrong with how they are written.

use mlc_syntax::ast::{self, FunctionKeyword};

use crate::checker::{DeclId, HeaderParam};
use crate::defaults::Source;
use crate::diag;
use crate::func::{Annotated, FnCx};
use crate::hir::{self, Convention, Mode, Ty};
use crate::nested::Capture;

impl<'a> FnCx<'_, 'a> {
    /// Makes the local of a parameter; `None` for one that is no parameter of the compiled function: a function that is
    /// passed, or the value that a constructor makes.
    pub(super) fn declare_param(
        &mut self,
        param: &HeaderParam,
        syntax: Option<&'a ast::Param>,
        captured: Option<&Capture>,
        made_here: bool,
    ) -> Option<hir::LocalId> {
        if self.declare_passed(param.name, param.ty) {
            // It keeps the numbering of parameters and locals alike.
            self.new_local(param.name.to_string(), Ty::NONE, Mode::Owner, param.span);
            return None;
        }
        let owning = self.cx.types.is_owning(param.ty);
        let mode = match param.written {
            _ if made_here => Mode::Owner,
            Some(Convention::Inout) => Mode::Mut,
            Some(Convention::Borrowed) if owning => Mode::Ref,
            _ => Mode::Owner,
        };
        let local = self.new_local(param.name.as_str().to_owned(), param.ty, mode, param.span);
        // What owns memory may turn out to be borrowed; bound again it becomes another variable.
        if !owning || matches!(param.written, Some(Convention::Inout | Convention::Owned)) {
            self.remember_local(param.name, param.ty, false, local);
        }
        self.bind_var(param.name, local);
        self.assigned.insert(param.name);
        if let Some(annotated) = self.annotation_of(param, syntax, captured) {
            self.annotated.insert(param.name, annotated);
        }
        (!made_here).then_some(local)
    }

    /// What is written for a parameter, or for the variable outside that it captures.
    fn annotation_of(
        &self,
        param: &HeaderParam,
        syntax: Option<&'a ast::Param>,
        captured: Option<&Capture>,
    ) -> Option<Annotated> {
        let written = match (syntax, captured) {
            (Some(syntax), _) => {
                let want = self.want_by(syntax.annotation.as_ref()?, param.ty);
                want.is_written()
            }
            (None, Some(capture)) => capture.written.then_some(true)?,
            (None, None) => return None,
        };
        Some(Annotated {
            ty: param.ty,
            span: param.span,
            written,
        })
    }

    /// The default of a parameter for callers from outside.
    pub(super) fn constant_default(
        &mut self,
        decl: DeclId,
        param: &'a ast::Param,
        ty: Ty,
    ) -> Option<crate::signature::Default> {
        let default = param.default.as_ref()?;
        if matches!(self.cx.defaults.get(&default.span), Some(Source::Inner)) {
            return None;
        }
        // It is only looked at.
        let mut value = None;
        self.captured(|cx| value = cx.default_value(decl, param, Some(ty), &[]));
        let value = value?;
        if value.ty == Ty::ERROR {
            return None;
        }
        Some(match crate::interp::evaluate(self.cx, &value) {
            Ok(value) => crate::signature::Default::Value(value),
            Err(_) => crate::signature::Default::Computed,
        })
    }

    pub(super) fn check_param(
        &mut self,
        param: &'a ast::Param,
        function: &'a ast::Function,
        position: usize,
        method: bool,
    ) {
        let is_self = position == 0 && method;
        if param.annotation.is_none()
            && !is_self
            && !crate::call::is_variadic(param)
            && function.keyword == FunctionKeyword::Fn
            && !crate::names::is_called(&function.body, param.name.name)
        {
            self.report(diag::missing_annotation(
                param.name.span,
                param.name.name.as_str(),
                function.name.name.as_str(),
            ));
        }
    }
}
