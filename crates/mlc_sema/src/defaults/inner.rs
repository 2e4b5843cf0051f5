//! The defaults of functions and structs inside functions, and of lambdas: hidden variables.
//!
//! ```text
//! for i in range(3):               for i in range(3):
//!     def g(x, k=i * n): …             $default = i * n
//!     g(1)                             g(1, $default, …)
//! ```

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast};

use super::{Site, Source};
use crate::checker::{DeclId, StructDeclId};
use crate::coerce::Val;
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{Expr, StmtKind, StructId, Ty};
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

    /// Computes the defaults of a struct that is defined here, those of its fields and those of its methods.
    pub fn struct_default_variables(&mut self, decl: StructDeclId, id: StructId) {
        let item: &'a ast::Struct = self.cx.struct_decl(decl).ast;
        let mut sites = Vec::new();
        for (at, field) in item.fields.iter().enumerate() {
            if let Some(default) = &field.default {
                let ty = self.cx.structs[id.0 as usize].fields[at].ty;
                sites.push((self.cx.site_of_field(decl, default, ty, None), Some(ty)));
            }
        }
        let methods: Vec<DeclId> = (self.cx.struct_decl(decl).methods.values().copied()).collect();
        for method in methods {
            for param in &self.cx.decl(method).ast.params {
                let Some(default) = &param.default else {
                    continue;
                };
                let annotation = param.annotation.as_ref();
                let ty = annotation.map(|annotation| self.annotation(annotation));
                sites.push((self.cx.site_of_param(method, default, param, None), ty));
            }
        }
        sites.sort_by_key(|(site, _)| site.default.span.start);
        for (site, ty) in sites {
            self.struct_default_variable(&site, ty);
        }
    }

    fn struct_default_variable(&mut self, site: &Site<'a>, ty: Option<Ty>) {
        let default = site.default;
        let mut is_local = false;
        crate::names::mentioned_expr(default, &mut |name| {
            is_local |= self.vars.contains_key(&name) || self.nested.contains_key(&name);
        });
        let is_inner = is_local || matches!(self.cx.default_source(site), Some(Source::Inner));
        if !is_inner || ty == Some(Ty::ERROR) {
            return;
        }
        self.cx.defaults.insert(default.span, Source::Inner);
        let mut value = match ty {
            Some(ty) => self.value_for(default, Want::written(ty), ty),
            None => {
                let value = self.value(default, None);
                self.settle(value)
            }
        };
        let ty = self.cx.resolve(value.ty);
        if ty != Ty::ERROR && self.cx.types.is_owning(ty) {
            self.report(match site.of_field {
                true => {
                    let feature =
                        "a default value with an owner that uses variables of the function around";
                    diag::not_yet(default.span, feature)
                }
                false => diag::mutable_default(default.span),
            });
            value.ty = Ty::ERROR;
        }
        self.bind_hidden(variable_of(default), value, default.span);
    }

    /// A default of a struct that was computed where it stands; none in a function that does not capture it.
    pub(super) fn struct_default(&mut self, default: &ast::Expr) -> Option<Val> {
        let name = variable_of(default);
        self.vars.get(&name)?;
        match self.name(name, default.span) {
            Operand::Place(place) => Some(self.read(place).into()),
            Operand::Value(value) => Some(value),
        }
    }

    /// The variables that hold the defaults of a struct inside of this function, for those who make values of it.
    pub fn variables_of_struct(&self, name: Name) -> Vec<Name> {
        let Some(decl) = self.local_struct_decl(name) else {
            return Vec::new();
        };
        let item: &'a ast::Struct = self.cx.struct_decl(decl).ast;
        let fields = item.fields.iter().map(|field| &field.default);
        let params = item.methods.iter().flat_map(|method| &method.params);
        let defaults = fields.chain(params.map(|param| &param.default));
        let names = defaults.flatten().map(variable_of);
        names.filter(|name| self.vars.contains_key(name)).collect()
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
