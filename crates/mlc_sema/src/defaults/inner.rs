//! The defaults of functions inside others, and of lambdas: hidden variables.
//!
//! ```text
//! for i in range(3):               for i in range(3):
//!     def g(x, k=i * n): …             $default = i * n
//!     g(1)                             g(1, $default, …)
//! ```

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::checker::DeclId;
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{Expr, StmtKind, Ty};
use crate::nested::Bound;
use crate::want::Want;

const PREFIX: &str = "$default";

fn variable_of(default: &ast::Expr) -> Name {
    Name::new(&format!("{PREFIX}{}", default.span.start))
}

impl<'a> FnCx<'_, 'a> {
    /// Computes the defaults of a function that is defined here; gives the variables that hold them.
    pub fn default_variables(&mut self, function: &'a ast::Function) -> Vec<Name> {
        let mut variables = Vec::new();
        for param in &function.params {
            let Some(default) = &param.default else {
                continue;
            };
            let name = variable_of(default);
            if let Some(at) = self.early_defaults.iter().position(|early| *early == name) {
                self.early_defaults.swap_remove(at);
                variables.push(name);
                continue;
            }
            if is_mutable_literal(default) {
                self.report(diag::mutable_default(default.span));
                continue;
            }
            if is_constant(default) {
                continue;
            }
            variables.push(name);
            let annotation = param.annotation.as_ref();
            let annotation = annotation.filter(|_| function.generics.is_empty());
            let hint = annotation.map(|annotation| self.annotation(annotation));
            let want = hint.map_or(Want::NOTHING, Want::written);
            let value = self.value(default, want);
            let mut value = match hint {
                Some(ty) => self.coerce(value, ty),
                None => self.settle(value),
            };
            let mut ty = self.cx.resolve(value.ty);
            if ty != Ty::ERROR && self.cx.types.is_owning(ty) {
                self.report(diag::mutable_default(default.span));
                ty = Ty::ERROR;
            }
            value.ty = ty;
            self.bind_hidden(name, value, default.span);
        }
        variables
    }

    fn bind_hidden(&mut self, name: Name, value: Expr, span: Span) {
        let ty = value.ty;
        let local = self.local_for(name, ty, false, span);
        if ty != Ty::ERROR {
            self.emit(StmtKind::Bind { local, value }, span);
        }
        self.bind_var(name, local);
    }

    /// The default of a function that captures it, for a call that captures these values. `Some(None)`: there are none.
    pub(super) fn captured_default(
        &self,
        decl: DeclId,
        default: &ast::Expr,
        captured: &[Expr],
    ) -> Option<Option<Expr>> {
        let captures = &self.cx.decl(decl).captures;
        if captures.is_empty() {
            return None;
        }
        let name = variable_of(default);
        let at = captures.iter().position(|capture| capture.name == name)?;
        Some(captured.get(at).cloned())
    }

    /// A function under another name keeps its defaults, also where it is defined again.
    pub fn with_own_defaults(&mut self, alias: Name, bound: Bound, span: Span) -> Bound {
        let captures = self.cx.decl(bound.decl).captures.clone();
        let mut sources = Vec::with_capacity(captures.len());
        for (capture, source) in captures.iter().zip(&bound.sources) {
            if !capture.name.as_str().starts_with(PREFIX) {
                sources.push(*source);
                continue;
            }
            let name = Name::new(&format!("{PREFIX}.{alias}.{}.{source}", span.start));
            if let Operand::Place(place) = self.name(*source, span) {
                let value = self.read(place);
                self.bind_hidden(name, value, span);
            }
            sources.push(name);
        }
        Bound { sources, ..bound }
    }
}

fn is_mutable_literal(default: &ast::Expr) -> bool {
    matches!(
        default.kind,
        Ast::List(_) | Ast::Dict(_) | Ast::Set(_) | Ast::Comprehension(_)
    )
}

/// Whether an expression is put together from literals alone.
pub(crate) fn is_constant(expr: &ast::Expr) -> bool {
    let mut constant = !matches!(
        expr.kind,
        Ast::Name(_)
            | Ast::Call { .. }
            | Ast::Subscript { .. }
            | Ast::Attribute { .. }
            | Ast::Named { .. }
            | Ast::Comprehension(_)
            | Ast::Lambda(_)
    );
    constant &= !super::may_raise(expr);
    crate::names::for_each_child(expr, &mut |child| constant &= is_constant(child));
    constant
}
