//! Instances: a function with the types of its parameters, and its body once checked.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ConventionKind, FunctionKeyword};
use rustc_hash::FxHashMap;

use crate::c_names::is_c_name;
use crate::checker::{Checker, DeclId, GenericArg, Header, HeaderParam, InstanceKey, ModuleId};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{self, Convention, FuncId, Mode, Stmt, StmtKind, Ty, TyKind};
use crate::results::Inference;
use crate::walk::{Rewriter, rewrite};

impl<'a> Checker<'a> {
    /// Whether the instance depends on the arguments of the call.
    pub fn is_generic(&self, decl: DeclId) -> bool {
        let decl = self.decl(decl);
        let is_pack =
            |param: &ast::Param| param.annotation.is_none() && crate::call::is_variadic(param);
        !decl.ast.generics.is_empty()
            || decl.ast.params.iter().any(is_pack)
            || (decl.ast.params.iter().enumerate()).any(|(position, param)| {
                let is_self = position == 0 && decl.owner.is_some() && !decl.is_static;
                param.annotation.is_none()
                    && !is_self
                    && (decl.ast.keyword == FunctionKeyword::Def
                        || crate::names::is_called(&decl.ast.body, param.name.name))
            })
    }

    /// Whether the instance is of an `__init__`: it makes the value and returns it.
    pub fn is_constructor(&self, func: FuncId) -> bool {
        self.header(func).decl.is_some_and(|decl| {
            let decl = self.decl(decl);
            decl.owner.is_some() && decl.ast.name.name == "__init__"
        })
    }

    /// The one instance of a function that is not generic; of a method, that for the type of the receiver.
    pub fn plain_instance(&mut self, decl: DeclId, receiver: Option<Ty>) -> Option<FuncId> {
        let (ast, module, owner) = {
            let decl = self.decl(decl);
            (
                decl.ast,
                decl.module,
                decl.owner.filter(|_| !decl.is_static),
            )
        };
        let owner_ty = match owner {
            Some(_) if receiver.is_some() => receiver,
            Some(owner) => {
                if !self.struct_decl(owner).ast.generics.is_empty() {
                    return None;
                }
                Some(self.struct_type(owner, &[], ast.name.span))
            }
            None => None,
        };
        let generics = self.struct_generics(owner_ty);
        let mut tys = Vec::with_capacity(ast.params.len());
        for (position, param) in ast.params.iter().enumerate() {
            let ty = match (&param.annotation, owner_ty) {
                (Some(annotation), _) => {
                    let mut cx = FnCx::new(self, module, FuncId(u32::MAX));
                    cx.generics = generics.clone();
                    cx.generics.extend(cx.cx.decl(decl).outer_generics.clone());
                    let written = cx.annotation(annotation);
                    cx.param_type(param, written)
                }
                (None, Some(ty)) if position == 0 => ty,
                _ => Ty::ERROR,
            };
            tys.push(ty);
        }
        Some(self.instance(decl, &tys, FxHashMap::default(), owner_ty))
    }

    fn struct_generics(&self, ty: Option<Ty>) -> FxHashMap<Name, GenericArg> {
        match ty.and_then(|ty| self.struct_of(ty)) {
            Some(id) => self.struct_instances[id.0 as usize].generics.clone(),
            None => FxHashMap::default(),
        }
    }

    /// The instance of a function at these types; its body is checked later.
    pub fn instance(
        &mut self,
        decl: DeclId,
        tys: &[Ty],
        generics: FxHashMap<Name, GenericArg>,
        receiver: Option<Ty>,
    ) -> FuncId {
        let mut all = self.struct_generics(receiver);
        all.extend(self.decl(decl).outer_generics.clone());
        all.extend(generics);
        let mut shown: Vec<(Name, GenericArg)> =
            all.iter().map(|(name, arg)| (*name, arg.clone())).collect();
        shown.sort_by_key(|(name, _)| name.as_str());
        let key = InstanceKey {
            decl,
            params: tys.to_vec(),
            generics: self.generic_text(&shown),
        };
        if let Some(&func) = self.instances.get(&key) {
            return func;
        }
        let func = FuncId(self.headers.len() as u32);
        self.instances.insert(key, func);
        let (ast, module) = (self.decl(decl).ast, self.decl(decl).module);
        let params = (ast.params.iter().zip(tys))
            .map(|(param, &ty)| HeaderParam {
                name: param.name.name,
                ty,
                written: param.convention.map(|convention| match convention.kind {
                    ConventionKind::Borrowed => Convention::Borrowed,
                    ConventionKind::Inout | ConventionKind::Out => Convention::Inout,
                    ConventionKind::Owned | ConventionKind::Deinit => Convention::Owned,
                }),
                span: param.name.span,
            })
            .collect::<Vec<HeaderParam>>();
        let params = self.with_captures(decl, tys, params);
        let generic = self.is_generic(decl);
        let wanted = if generic {
            let names: Vec<String> = tys.iter().map(|&ty| self.type_or_passed_name(ty)).collect();
            format!("{}[{}]", self.decl(decl).name, names.join(", "))
        } else if module.0 == 0 && !is_c_name(&self.decl(decl).name) {
            self.decl(decl).name.clone()
        } else {
            format!("{}.{}", self.module_symbol(module), self.decl(decl).name)
        };
        let symbol = self.unique_symbol(&wanted);
        self.headers.push(Header {
            decl: Some(decl),
            params,
            result: None,
            done: false,
            inference: Inference::default(),
        });
        self.instance_generics.push(all.clone());
        self.functions.push(None);
        self.symbols_by_func.push(symbol);
        self.queue.push(func);
        if self.is_constructor(func) {
            self.headers[func.0 as usize].result = tys.first().copied();
        } else if let Some(returns) = &ast.returns {
            let ty = self.once(|checker| {
                let mut cx = FnCx::new(checker, module, FuncId(u32::MAX));
                cx.generics = all;
                cx.annotation(returns)
            });
            self.headers[func.0 as usize].result = Some(ty);
        } else if !crate::names::returns_value(&ast.body) {
            self.headers[func.0 as usize].result = Some(Ty::NONE);
        } else {
            self.headers[func.0 as usize].inference.open = true;
        }
        func
    }

    /// Adds the hidden parameters: what the function captures, then what the functions passed to it capture.
    fn with_captures(
        &self,
        decl: DeclId,
        tys: &[Ty],
        mut params: Vec<HeaderParam>,
    ) -> Vec<HeaderParam> {
        let declaration = self.decl(decl);
        let span = declaration.ast.name.span;
        let declared = declaration.ast.params.len();
        for (capture, &ty) in declaration
            .captures
            .iter()
            .zip(&tys[declared.min(tys.len())..])
        {
            params.push(HeaderParam {
                name: capture.name,
                ty,
                written: FnCx::capture_convention(capture),
                span,
            });
        }
        for (param, &ty) in declaration.ast.params.iter().zip(tys) {
            params.extend(self.hidden_params(param.name.name, ty, span));
        }
        params
    }

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
        cx.nested = cx.cx.decl(decl).scope.clone();
        let constructs = cx.cx.is_constructor(func);
        let generic = cx.cx.is_generic(decl);
        let mut params = Vec::with_capacity(header.params.len());
        for (position, param) in header.params.iter().enumerate() {
            let syntax = ast.params.get(position);
            if let Some(syntax) = syntax {
                cx.check_param(syntax, ast, position, owner.is_some());
            }
            let made_here = constructs && position == 0;
            if let Some(local) = cx.declare_param(param, syntax, made_here) {
                params.push(hir::Param {
                    local,
                    convention: param.written.unwrap_or(Convention::Borrowed),
                    written: param.written.is_some(),
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
        cx.block(&ast.body);
        let result = cx.cx.header(func).result;
        if cx.reachable && constructs {
            cx.return_constructed(ast.name.span);
        } else if cx.reachable {
            match result {
                None => cx.cx.end_without_result(func),
                Some(Ty::NONE | Ty::ERROR) => {}
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
        }
        let (locals, body) = finish_body(cx, unknowns_before);
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
            (Some(_), ..) => hir::FunctionKind::Method,
        };
        let generic = self.is_generic(decl);
        let private =
            ast.name.name.as_str().starts_with('_') && !ast.name.name.as_str().starts_with("__");
        hir::Function {
            name,
            symbol,
            params,
            result,
            result_borrows: None,
            returns_param: None,
            kind,
            locals,
            body,
            raises: ast.raises.is_some(),
            exported: module.0 == 0
                && !generic
                && !private
                && !self.decl(decl).is_setter
                && self.decl(decl).captures.is_empty(),
            attributes,
            doc: ast.docstring.as_ref().map(|doc| doc.text.to_string()),
            span: ast.name.span,
        }
    }

    fn reserve_init(&mut self, module: ModuleId) -> FuncId {
        let func = FuncId(self.headers.len() as u32);
        self.headers.push(Header {
            decl: None,
            params: Vec::new(),
            result: Some(Ty::NONE),
            done: true,
            inference: Inference::default(),
        });
        self.instance_generics.push(FxHashMap::default());
        self.functions.push(None);
        let wanted = if module.0 == 0 {
            "__init__".to_owned()
        } else {
            format!("{}.__init__", self.module(module).path)
        };
        let symbol = self.unique_symbol(&wanted);
        self.symbols_by_func.push(symbol);
        func
    }

    /// The top-level statements of a module as a function. An import runs those of the modules that it is the first to
    /// reach; `inits` are theirs.
    pub fn check_top(&mut self, module: ModuleId, inits: &[Option<FuncId>]) -> Option<FuncId> {
        let ast = self.module(module).ast;
        let runs = |cx: &Self, stmt: &ast::Stmt| -> Vec<FuncId> {
            let first = cx.module(module).links.first.get(&stmt.span);
            let first = first.into_iter().flatten();
            first.filter_map(|id| inits[id.0 as usize]).collect()
        };
        let any = ast.body.iter().any(|stmt| match stmt.kind {
            ast::StmtKind::Function(_)
            | ast::StmtKind::Struct(_)
            | ast::StmtKind::Comptime(_)
            | ast::StmtKind::Invalid { .. } => false,
            ast::StmtKind::Import(_) | ast::StmtKind::ImportFrom(_) => !runs(self, stmt).is_empty(),
            _ => true,
        });
        if !any {
            return None;
        }
        let func = self.reserve_init(module);
        let symbol = self.symbols_by_func[func.0 as usize].clone();
        let unknowns_before = self.unknowns.len();
        let mut cx = FnCx::new(self, module, func);
        cx.at_top = true;
        cx.flexible = true;
        for stmt in &ast.body {
            match stmt.kind {
                ast::StmtKind::Function(_) => {}
                ast::StmtKind::Import(_) | ast::StmtKind::ImportFrom(_) => {
                    for init in runs(cx.cx, stmt) {
                        cx.emit(call_of(init, stmt.span), stmt.span);
                    }
                }
                _ => cx.block(std::slice::from_ref(stmt)),
            }
        }
        let (locals, body) = finish_body(cx, unknowns_before);
        let function = init_function(symbol, locals, body, module.0 == 0, ast.span);
        self.functions[func.0 as usize] = Some(function);
        Some(func)
    }
}

/// A call of a function that takes and gives nothing.
fn call_of(callee: FuncId, span: Span) -> StmtKind {
    StmtKind::Expr(hir::Expr {
        kind: hir::ExprKind::Call {
            callee,
            args: Vec::new(),
        },
        ty: Ty::NONE,
        span,
    })
}

fn init_function(
    symbol: String,
    locals: Vec<hir::Local>,
    body: Vec<Stmt>,
    exported: bool,
    span: Span,
) -> hir::Function {
    hir::Function {
        name: "__init__".to_owned(),
        symbol,
        params: Vec::new(),
        result: Ty::NONE,
        result_borrows: None,
        returns_param: None,
        kind: hir::FunctionKind::Function,
        locals,
        body,
        raises: false,
        exported,
        attributes: hir::Attributes::default(),
        doc: None,
        span,
    }
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

impl<'a> FnCx<'_, 'a> {
    /// Makes the local of a parameter; `None` for one that is no parameter of the compiled function: a function that is
    /// passed, or the value that a constructor makes.
    fn declare_param(
        &mut self,
        param: &HeaderParam,
        syntax: Option<&'a ast::Param>,
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
        if syntax.is_some_and(|syntax| syntax.annotation.is_some()) {
            self.annotated.insert(param.name, (param.ty, param.span));
        }
        (!made_here).then_some(local)
    }

    /// The default of a parameter for callers from outside.
    fn constant_default(
        &mut self,
        decl: DeclId,
        param: &'a ast::Param,
        ty: Ty,
    ) -> Option<crate::signature::Default> {
        param.default.as_ref()?;
        let value = self.default_value(decl, param, Some(ty))?;
        if value.ty == Ty::ERROR {
            return None;
        }
        Some(
            match crate::interp::evaluate(self.cx, self.locals.len(), &value) {
                Ok(value) => crate::signature::Default::Value(value),
                Err(_) => crate::signature::Default::Computed,
            },
        )
    }

    fn check_param(
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
        if let Some(default) = &param.default
            && matches!(
                default.kind,
                ast::ExprKind::List(_)
                    | ast::ExprKind::Dict(_)
                    | ast::ExprKind::Set(_)
                    | ast::ExprKind::Comprehension(_)
            )
        {
            self.report(diag::mutable_default(default.span));
        }
    }
}

/// Fills in the types that were found out late, and sets the flags of variables that may be unbound.
fn finish_body(cx: FnCx<'_, '_>, unknowns_before: usize) -> (Vec<hir::Local>, Vec<Stmt>) {
    let FnCx {
        cx: checker,
        mut locals,
        out: mut body,
        flags,
        ..
    } = cx;
    if checker.unknowns.len() > unknowns_before {
        let mut unresolved: Option<(String, Span)> = None;
        for local in &mut locals {
            local.ty = checker.resolve(local.ty);
            if has_unknown(checker, local.ty) {
                if unresolved.is_none() && !local.name.starts_with('$') {
                    unresolved = Some((local.name.clone(), local.span));
                }
                local.ty = Ty::ERROR;
            }
        }
        if let Some((name, span)) = unresolved {
            checker.report(diag::cannot_infer(span, &format!("`{name}`")));
        }
        rewrite(&mut body, &mut Resolver { checker });
    }
    if !flags.is_empty() {
        let mut start: Vec<Stmt> = Vec::new();
        let mut all: Vec<_> = flags.iter().collect();
        all.sort();
        for (local, flag) in all {
            let span = locals[local.0 as usize].span;
            start.push(set_flag(*flag, false, span));
        }
        rewrite(&mut body, &mut Flags { flags: &flags });
        start.append(&mut body);
        body = start;
    }
    (locals, body)
}

fn has_unknown(checker: &Checker<'_>, ty: Ty) -> bool {
    match checker.types.kind(ty) {
        TyKind::Unknown(_) => true,
        TyKind::List(of) | TyKind::Optional(of) => has_unknown(checker, *of),
        TyKind::Array { elem, .. } => has_unknown(checker, *elem),
        TyKind::Tuple(items) => items.iter().any(|&item| has_unknown(checker, item)),
        _ => false,
    }
}

struct Resolver<'r, 'a> {
    checker: &'r mut Checker<'a>,
}

impl Rewriter for Resolver<'_, '_> {
    fn expr(&mut self, expr: &mut hir::Expr) {
        expr.ty = self.checker.resolve(expr.ty);
        // A value whose type was not known when it was read may turn out to own memory.
        if let hir::ExprKind::Load(place) = &expr.kind
            && self.checker.types.is_owning(expr.ty)
        {
            expr.kind = hir::ExprKind::Move(place.clone());
        }
    }

    fn place(&mut self, place: &mut hir::Place) {
        place.ty = self.checker.resolve(place.ty);
        for projection in &mut place.projections {
            projection.ty = self.checker.resolve(projection.ty);
        }
    }
}

struct Flags<'f> {
    flags: &'f FxHashMap<hir::LocalId, hir::LocalId>,
}

impl Rewriter for Flags<'_> {
    fn stmts(&mut self, stmts: &mut Vec<Stmt>) {
        let mut at = 0;
        while at < stmts.len() {
            let set = match &stmts[at].kind {
                StmtKind::Bind { local, .. } => self.flags.get(local).map(|flag| (*flag, true)),
                StmtKind::Drop(local) => self.flags.get(local).map(|flag| (*flag, false)),
                _ => None,
            };
            if let Some((flag, value)) = set {
                let span = stmts[at].span;
                stmts.insert(at + 1, set_flag(flag, value, span));
                at += 1;
            }
            at += 1;
        }
    }
}

fn set_flag(flag: hir::LocalId, value: bool, span: Span) -> Stmt {
    Stmt {
        kind: StmtKind::Bind {
            local: flag,
            value: hir::Expr {
                kind: hir::ExprKind::Bool(value),
                ty: Ty::BOOL,
                span,
            },
        },
        span,
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
            _ => {}
        }
    }
}
