//! The body of an instance, checked: parameters, statements, what happens at its end.

use std::rc::Rc;

use mlc_syntax::Name;
use mlc_syntax::ast::{self, FunctionKeyword};

use super::finish::finish_body;
use crate::checker::{Checker, DeclId};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{self, Convention, FuncId, StmtKind, Ty, TyKind};

impl<'a> Checker<'a> {
    pub fn body_of(&mut self, func: FuncId, decl: DeclId) -> hir::Function {
        let (ast, module, attributes, name, owner) = {
            let decl = self.decl(decl);
            (
                decl.ast,
                decl.module,
                decl.attributes,
                decl.name.clone(),
                decl.owner,
            )
        };
        let generics = self.instance_generics[func.0 as usize].clone();
        let params_known = self.resolve_params(func);
        let header = self.header(func).clone();
        let symbol = self.symbols_by_func[func.0 as usize].clone();
        let unknowns_before = self.unknowns.len();
        let mut cx = FnCx::new(self, module, func);
        cx.generics = generics;
        cx.attributes = attributes;
        cx.flexible = ast.keyword == FunctionKeyword::Def;
        crate::func::assigned_names(&ast.body, &mut cx.assigned);
        global_names(&ast.body, &mut |name| {
            cx.assigned.remove(&name);
        });
        let mut rebound = rustc_hash::FxHashSet::default();
        for stmt in &ast.body {
            crate::names::nonlocals(stmt, &mut |name| {
                rebound.insert(name);
            });
        }
        cx.assigned.retain(|name| !rebound.contains(name));
        cx.expect_names(cx.assigned.len() + header.params.len());
        cx.nested = Rc::new(cx.cx.decl(decl).scope.clone());
        let constructs = cx.cx.is_constructor(func);
        let generic = cx.cx.is_generic(decl);
        let captures = cx.cx.decl(decl).captures.clone();
        let mut params = Vec::with_capacity(header.params.len());
        for (position, param) in header.params.iter().enumerate() {
            let syntax = ast.params.get(position);
            if let Some(syntax) = syntax {
                cx.check_param(syntax, ast, position, owner.is_some());
            }
            let captured = (position.checked_sub(ast.params.len())).and_then(|at| captures.get(at));
            let made_here = constructs && position == 0;
            if let Some(local) = cx.declare_param(param, syntax, captured, made_here) {
                params.push(hir::Param {
                    local,
                    convention: param.written.unwrap_or(Convention::Borrowed),
                    written: param.written.is_some(),
                    deinit: cx.cx.is_destructor(decl) || syntax.is_some_and(is_deinit),
                    kind: syntax.map_or(hir::ParamKind::Plain, |syntax| param_kind(syntax.kind)),
                    default: syntax
                        .filter(|_| !generic)
                        .and_then(|syntax| cx.constant_default(decl, syntax, param.ty)),
                });
            }
        }
        if constructs && let Some(this) = header.params.first() {
            cx.start_construction(this, ast);
        }
        match header.params.first().filter(|_| constructs) {
            Some(this) => cx.construct_in(this, ast),
            None if cx.callback_body(ast) => {}
            None => cx.block(&ast.body),
        }
        let result = cx.cx.header(func).result;
        if cx.reachable && constructs {
            cx.return_constructed(ast.name.span);
        } else if cx.reachable {
            match result {
                None => cx.cx.end_without_result(func),
                Some(Ty::NONE | Ty::ERROR) => {}
                Some(_) if cx.only_suppressed => cx.raise_suppressed(ast.name.span),
                Some(ty) => {
                    let ty = cx.fall_off_end(ty);
                    if matches!(cx.cx.types.kind(ty), TyKind::Optional(_)) {
                        let none = crate::coerce::Val::strong(
                            hir::ExprKind::None,
                            Ty::NONE,
                            ast.name.span,
                        );
                        let value = cx.coerce(none, ty);
                        cx.emit(StmtKind::Return(Some(value)), ast.name.span);
                    } else {
                        let ty = cx.ty_name(ty);
                        cx.report(diag::missing_return(ast.name.span, &name, &ty));
                    }
                }
            }
        } else {
            cx.cx.end_unknown(func);
        }
        let any_unknown = !params_known || cx.cx.unknowns.len() > unknowns_before;
        let (locals, body) = finish_body(cx, any_unknown);
        let result = self.header(func).result.unwrap_or(Ty::NONE);
        let result = self.resolve(result);
        if self.header(func).result.is_some() {
            self.headers[func.0 as usize].result = Some(result);
        }
        let kind = match (
            owner,
            self.decl(decl).is_static,
            self.decl(decl).is_property,
        ) {
            (None, ..) => hir::FunctionKind::Function,
            (Some(_), ..) if self.is_constructor(func) => hir::FunctionKind::Constructor,
            (Some(_), true, _) => hir::FunctionKind::StaticMethod,
            (Some(_), _, true) => hir::FunctionKind::Property,
            (Some(_), ..) if self.decl(decl).is_setter => hir::FunctionKind::Setter,
            (Some(_), ..) => hir::FunctionKind::Method,
        };
        let generic = self.is_generic(decl);
        // Who holds values of another module's struct has to end them.
        let is_offered = module.0 == 0 || self.is_destructor(decl);
        let private =
            ast.name.name.as_str().starts_with('_') && !ast.name.name.as_str().starts_with("__");
        hir::Function {
            name,
            symbol,
            params,
            result,
            result_borrows: None,
            result_view: false,
            returns_param: None,
            kind,
            locals,
            body,
            raises: ast.raises.is_some(),
            exported: is_offered && !generic && !private && self.decl(decl).captures.is_empty(),
            attributes,
            doc: ast.docstring.as_ref().map(|doc| doc.text.to_string()),
            span: ast.name.span,
        }
    }
}

fn is_deinit(param: &ast::Param) -> bool {
    let convention = param.convention.as_ref().map(|written| written.kind);
    convention == Some(ast::ConventionKind::Deinit)
}

fn param_kind(kind: ast::ParamKind) -> hir::ParamKind {
    match kind {
        ast::ParamKind::PositionalOnly => hir::ParamKind::PositionalOnly,
        ast::ParamKind::Plain => hir::ParamKind::Plain,
        ast::ParamKind::VarPositional => hir::ParamKind::VarPositional,
        ast::ParamKind::KeywordOnly => hir::ParamKind::KeywordOnly,
        ast::ParamKind::VarKeyword => hir::ParamKind::VarKeyword,
    }
}

/// The names that `global` declares anywhere in a body.
fn global_names(body: &[ast::Stmt], found: &mut dyn FnMut(Name)) {
    for stmt in body {
        match &stmt.kind {
            ast::StmtKind::Global(names) => names.iter().for_each(|name| found(name.name)),
            ast::StmtKind::If(item) => {
                item.branches
                    .iter()
                    .for_each(|branch| global_names(&branch.body, found));
                global_names(&item.orelse, found);
            }
            ast::StmtKind::For(item) => global_names(&item.body, found),
            ast::StmtKind::While { body, .. } => global_names(body, found),
            ast::StmtKind::Try(item) => global_names(&item.body, found),
            ast::StmtKind::With(item) => global_names(&item.body, found),
            _ => {}
        }
    }
}
