//! Where defaults of the top level stand.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, Stmt, StmtKind};

use crate::checker::{Checker, DeclId, Item, ModuleId, StructDeclId};
use crate::hir::Ty;

/// The type of a default, as far as it is written.
#[derive(Clone, Copy)]
pub(crate) enum Written<'a> {
    Nothing,
    Param(&'a ast::Param, &'a ast::Expr),
    Type(Ty),
}

pub(crate) struct Site<'a> {
    pub default: &'a ast::Expr,
    /// The parameter or field.
    pub of: Name,
    pub module: ModuleId,
    pub written: Written<'a>,
    /// The function or struct of the top level that it belongs to, and where that stands.
    pub owner: Name,
    pub stmt: Span,
    /// The generic parameters around it.
    pub generics: Vec<Name>,
    pub of_field: bool,
    /// Whether that function or struct is a statement of the top level.
    pub at_top: bool,
}

impl<'a> Checker<'a> {
    /// `stmt`: the statement of the top level around it, where that is known.
    pub(super) fn site_of_param(
        &self,
        decl: DeclId,
        default: &'a ast::Expr,
        param: &'a ast::Param,
        stmt: Option<Span>,
    ) -> Site<'a> {
        let (function, module, owner) = {
            let decl = self.decl(decl);
            (decl.ast, decl.module, decl.owner)
        };
        let item = owner.map(|owner| self.struct_decl(owner).ast);
        let mut generics: Vec<Name> = Vec::new();
        let all = function
            .generics
            .iter()
            .chain(item.iter().flat_map(|item| &item.generics));
        generics.extend(all.map(|param| param.name.name));
        let name = item.map_or(function.name, |item| item.name);
        let stmt = stmt.or_else(|| self.top_statement(module, name));
        let annotation = param.annotation.as_ref();
        let written = match annotation.filter(|_| generics.is_empty() && stmt.is_some()) {
            Some(annotation) => Written::Param(param, annotation),
            None => Written::Nothing,
        };
        Site {
            default,
            of: param.name.name,
            module,
            written,
            owner: name.name,
            stmt: stmt.unwrap_or(name.span),
            generics,
            of_field: false,
            at_top: stmt.is_some(),
        }
    }

    pub(super) fn site_of_field(
        &self,
        decl: StructDeclId,
        default: &'a ast::Expr,
        ty: Ty,
        stmt: Option<Span>,
    ) -> Site<'a> {
        let (item, module) = {
            let decl = self.struct_decl(decl);
            (decl.ast, decl.module)
        };
        let stmt = stmt.or_else(|| self.top_statement(module, item.name));
        let mut fields = item.fields.iter();
        let field = fields.find(|field| {
            let of_field = field.default.as_ref();
            of_field.is_some_and(|of_field| of_field.span == default.span)
        });
        let field = field.map(|field| field.name.name);
        Site {
            default,
            of: field.unwrap_or(item.name.name),
            module,
            written: Written::Type(ty),
            owner: item.name.name,
            stmt: stmt.unwrap_or(item.name.span),
            generics: item.generics.iter().map(|param| param.name.name).collect(),
            of_field: true,
            at_top: stmt.is_some(),
        }
    }

    fn top_statement(&self, module: ModuleId, name: ast::Ident) -> Option<Span> {
        self.module(module).reach().statement_of(name)
    }

    /// The defaults of a function or struct of the top level, in the order in which they are computed.
    pub(super) fn default_sites(&mut self, module: ModuleId, stmt: &'a Stmt) -> Vec<Site<'a>> {
        let mut sites = Vec::new();
        match &stmt.kind {
            StmtKind::Function(function) => {
                if let Some(&Item::Function(decl)) =
                    self.module(module).items.get(&function.name.name)
                {
                    self.param_sites(decl, function, stmt.span, &mut sites);
                }
            }
            StmtKind::Struct(item) => {
                let Some(&Item::Struct(id)) = self.module(module).items.get(&item.name.name) else {
                    return sites;
                };
                let fields = item.fields.iter();
                // Only where it matters: structs that nobody uses have no types.
                let with_default: Vec<(usize, &'a ast::Expr)> = fields
                    .enumerate()
                    .filter_map(|(at, field)| Some((at, field.default.as_ref()?)))
                    .filter(|(_, default)| {
                        let at = Some(stmt.span);
                        self.may_change(&self.site_of_field(id, default, Ty::ERROR, at))
                    })
                    .collect();
                if item.generics.is_empty() && !with_default.is_empty() {
                    let ty = self.struct_type(id, &[], item.name.span);
                    if let Some(of) = self.struct_of(ty) {
                        for (at, default) in with_default {
                            let field = self.structs[of.0 as usize].fields.get(at);
                            let ty = field.map_or(Ty::ERROR, |field| field.ty);
                            sites.push(self.site_of_field(id, default, ty, Some(stmt.span)));
                        }
                    }
                }
                let methods: Vec<DeclId> = self.struct_decl(id).methods.values().copied().collect();
                for method in methods {
                    let function = self.decl(method).ast;
                    self.param_sites(method, function, stmt.span, &mut sites);
                }
                sites.sort_by_key(|site| site.default.span.start);
            }
            _ => {}
        }
        sites
    }

    fn param_sites(
        &self,
        decl: DeclId,
        function: &'a ast::Function,
        stmt: Span,
        sites: &mut Vec<Site<'a>>,
    ) {
        for param in &function.params {
            if let Some(default) = &param.default {
                sites.push(self.site_of_param(decl, default, param, Some(stmt)));
            }
        }
    }

    /// Whether what runs before a definition is through may come to use it: names lead from its statements to that.
    pub(super) fn may_be_used_early(&self, site: &Site<'a>) -> bool {
        let reach = self.module(site.module).reach();
        reach.is_used_before(site.owner, site.stmt)
    }

    /// Whether a default may read or write variables, itself or by what it calls.
    pub(super) fn may_use_variables(&self, site: &Site<'a>) -> bool {
        let reach = self.module(site.module).reach();
        let mut found = false;
        crate::names::mentioned_expr(site.default, &mut |name| {
            found |= reach.leads_to_variable(name);
        });
        found
    }
}
