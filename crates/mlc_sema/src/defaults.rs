//! Default values: computed once, where the `def` or the struct stands.
//!
//! ```text
//! def f(x, k=count()):             store global $default = count()
//!     …                            fn f(x, k)
//! f(1)                             f(1, $default)
//! ```
//!
//! What is known at compile time needs no variable: it is written into each call. The defaults of a function inside another one
//! are hidden variables of that, which the function captures.

mod inner;
mod reach;
mod site;

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::checker::{Checker, DeclId, Item, ModuleId};
use crate::coerce::Val;
use crate::diag;
use crate::expr::with_stmts;
use crate::func::FnCx;
use crate::hir::{ErrorKind, Expr, ExprKind, FuncId, GlobalId, Place, Root, StmtKind, Ty};
use crate::want::Want;
pub(crate) use inner::is_constant;
pub(crate) use reach::Reach;
pub(crate) use site::{Site, Written};

/// How a default of the top level is come by.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// It is always the same: each call has it for itself.
    InPlace,
    Global {
        value: GlobalId,
        /// Whether it has been computed, where that may be asked for too early.
        set: Option<GlobalId>,
    },
    /// It is computed where a struct inside a function stands: a variable of that.
    Inner,
    /// This is being found out.
    Open,
}

impl<'a> Checker<'a> {
    /// How a default is come by. Where it stands matters only for what is computed.
    fn source_of(
        &mut self,
        default: &'a ast::Expr,
        site: impl FnOnce(&Self) -> Site<'a>,
    ) -> Option<Source> {
        if is_constant(default) {
            return Some(Source::InPlace);
        }
        if let Some(found) = self.defaults.get(&default.span) {
            return Some(*found);
        }
        let site = site(self);
        self.default_source(&site)
    }

    /// `None`: it is wrong, or cannot be told yet.
    pub(crate) fn default_source(&mut self, site: &Site<'a>) -> Option<Source> {
        let span = site.default.span;
        match self.defaults.get(&span) {
            Some(Source::Open) => return None,
            Some(found) => return Some(*found),
            None => {}
        }
        if !self.may_change(site) {
            self.defaults.insert(span, Source::InPlace);
            return Some(Source::InPlace);
        }
        self.defaults.insert(span, Source::Open);
        let found = self.find_source(site);
        match found {
            Some(found) => self.defaults.insert(span, found),
            None => self.defaults.remove(&span),
        };
        found
    }

    /// Whether a default may be another one where it is computed again, as far as its text shows.
    fn may_change(&self, site: &Site<'a>) -> bool {
        let mut mentions_generic = false;
        let mut mentions_variable = false;
        crate::names::mentioned_expr(site.default, &mut |name| {
            mentions_generic |= site.generics.contains(&name);
            let item = self.module(site.module).items.get(&name);
            mentions_variable |= matches!(item, Some(Item::Global | Item::Variable(..)));
        });
        if mentions_generic || self.library_id == Some(site.module) {
            return false;
        }
        match &site.default.kind {
            Ast::List(_) | Ast::Dict(_) | Ast::Set(_) | Ast::Comprehension(_) => false,
            Ast::Name(name) => self.is_bound_again(site.module, *name),
            _ => mentions_variable || computes(site.default),
        }
    }

    fn is_bound_again(&self, module: ModuleId, name: Name) -> bool {
        let scope = self.module(module);
        match scope.items.get(&name) {
            Some(Item::Global) => {
                scope.rebound().again.contains(&name) || self.set_elsewhere.contains(&name)
            }
            Some(&Item::Variable(module, name)) => self.is_bound_again(module, name),
            _ => false,
        }
    }

    fn find_source(&mut self, site: &Site<'a>) -> Option<Source> {
        let reported = self.diagnostics.len();
        let mut cx = FnCx::new(self, site.module, FuncId(u32::MAX));
        // The very value is passed on as it is then, in Python as well.
        if let Some(Item::Variable(module, name)) = cx.static_item(site.default)
            && !cx.cx.is_bound_again(module, name)
        {
            return Some(Source::InPlace);
        }
        let value = cx.default_here(site);
        let value = with_stmts(std::mem::take(&mut cx.out), value);
        self.diagnostics.truncate(reported);
        let ty = self.resolve(value.ty);
        if ty == Ty::ERROR || self.types.is_open(ty) {
            return None;
        }
        // Each value of a struct has its own fields.
        let owning = self.types.is_owning(ty);
        if owning && site.of_field {
            return Some(Source::InPlace);
        }
        if !owning && !self.may_use_variables(site) && crate::interp::evaluate(self, &value).is_ok()
        {
            return Some(Source::InPlace);
        }
        if !site.at_top {
            return Some(Source::Inner);
        }
        let (module, span) = (site.module, site.default.span);
        // Users see what is behind the last dot.
        let name = Name::new(&format!("$default{}.{}", span.start, site.of));
        let value = self.add_global(module, name, ty, span);
        let set = self.may_be_used_early(site).then(|| self.is_set(site));
        Some(Source::Global { value, set })
    }

    /// The variable that says whether a function or struct is defined.
    fn is_set(&mut self, site: &Site<'a>) -> GlobalId {
        let name = Name::new(&format!("$defined{}.{}", site.stmt.start, site.owner));
        match self.module(site.module).globals.get(&name) {
            Some(&set) => set,
            None => self.add_global(site.module, name, Ty::BOOL, site.stmt),
        }
    }

    /// Whether a statement of the top level makes something run that is more than a definition.
    pub(crate) fn computes_defaults(&mut self, module: ModuleId, stmt: &'a ast::Stmt) -> bool {
        self.default_sites(module, stmt).iter().any(|site| {
            // Those are not there yet, so that functions that use them must not be looked at.
            self.may_change(site)
                && (self.may_use_variables(site)
                    || !matches!(self.default_source(site), Some(Source::InPlace)))
        })
    }
}

impl<'a> FnCx<'_, 'a> {
    /// The default of a parameter. `captured`: what the function captures.
    pub fn default_value(
        &mut self,
        decl: DeclId,
        param: &'a ast::Param,
        ty: Option<Ty>,
        captured: &[Expr],
    ) -> Option<Expr> {
        let default = param.default.as_ref()?;
        let value: Val = match self.captured_default(decl, default, captured) {
            Some(value) => value?.into(),
            None => {
                let source = self
                    .cx
                    .source_of(default, |cx| cx.site_of_param(decl, default, param, None));
                let declared = self.cx.decl(decl);
                let (module, owner) = (declared.module, declared.owner);
                let owner = owner.map(|owner| self.cx.struct_decl(owner).ast.name.name);
                let owner = owner.unwrap_or(declared.ast.name.name);
                let want = match param.annotation {
                    Some(_) => ty.map_or(Want::NOTHING, Want::written),
                    None => ty.into(),
                };
                self.default_of(default, source, (module, owner), want)
            }
        };
        Some(match ty {
            Some(ty) => self.coerce(value, ty),
            None => self.settle(value),
        })
    }

    pub fn field_default(
        &mut self,
        decl: crate::checker::StructDeclId,
        default: &'a ast::Expr,
        ty: Ty,
    ) -> Expr {
        let source = self
            .cx
            .source_of(default, |cx| cx.site_of_field(decl, default, ty, None));
        let item = self.cx.struct_decl(decl);
        let home = (item.module, item.ast.name.name);
        let value = self.default_of(default, source, home, Want::written(ty));
        self.coerce(value, ty)
    }

    /// A default by its source. `owner` is the function or struct of `module` that it belongs to.
    fn default_of(
        &mut self,
        default: &'a ast::Expr,
        source: Option<Source>,
        (module, owner): (ModuleId, Name),
        want: Want,
    ) -> Val {
        let span = default.span;
        match source {
            None | Some(Source::Open) => {
                let what = "this default value";
                self.report(diag::cannot_infer(span, what));
                Val::error(span)
            }
            Some(Source::Inner) => match self.struct_default(default) {
                Some(value) => value,
                None => {
                    let feature = "a default value that is computed, of a struct inside a function, in its methods,";
                    self.report(diag::not_yet(span, feature));
                    Val::error(span)
                }
            },
            Some(Source::Global { value, set }) => {
                if let Some(set) = set {
                    self.check_defined(set, owner, span);
                }
                let place = self.global_place(value, span);
                self.read(place).into()
            }
            Some(Source::InPlace) if self.cx.defaults_in_place.contains(&span) => {
                self.report(diag::recursive_default(span, owner.as_str()));
                Val::error(span)
            }
            Some(Source::InPlace) => {
                self.cx.defaults_in_place.push(span);
                let module = std::mem::replace(&mut self.module, module);
                let vars = std::mem::take(&mut self.vars);
                let assigned = std::mem::take(&mut self.assigned);
                let nested = std::mem::take(&mut self.nested);
                let value = self.value(default, want);
                self.module = module;
                self.vars = vars;
                self.assigned = assigned;
                self.nested = nested;
                self.cx.defaults_in_place.pop();
                value
            }
        }
    }

    fn global_place(&self, global: GlobalId, span: Span) -> Place {
        Place {
            root: Root::Global(global),
            projections: Vec::new(),
            ty: self.cx.globals[global.0 as usize].ty,
            span,
        }
    }

    fn check_defined(&mut self, set: GlobalId, owner: Name, span: Span) {
        let place = self.global_place(set, span);
        let condition = self.read(place);
        let text = format!("name '{owner}' is not defined");
        let message = self.str(&text, span);
        let check = StmtKind::Check {
            condition,
            error: ErrorKind::NameError,
            message: Some(message),
        };
        self.emit(check, span);
    }

    /// The value of a default, computed here.
    fn default_here(&mut self, site: &Site<'a>) -> Expr {
        let hint = match site.written {
            Written::Nothing => None,
            Written::Type(ty) => Some(ty),
            Written::Param(param, annotation) => {
                let written = self.annotation(annotation);
                Some(self.param_type(param, written))
            }
        };
        let want = hint.map_or(Want::NOTHING, Want::written);
        let value = self.value(site.default, want);
        match hint {
            Some(ty) => self.coerce(value, ty),
            None => self.settle(value),
        }
    }

    /// A definition at the top level: computes the defaults that are variables.
    pub fn compute_defaults(&mut self, stmt: &'a ast::Stmt) {
        let mut flag = None;
        for site in self.cx.default_sites(self.module, stmt) {
            if let Some(name) = self.unbound_in(&site) {
                let diagnostic = diag::unbound_default(site.default.span, name.as_str());
                self.report(diagnostic);
                continue;
            }
            match self.cx.default_source(&site) {
                Some(Source::Global { value, set }) => {
                    flag = flag.or(set);
                    let found = self.default_here(&site);
                    let place = self.global_place(value, site.default.span);
                    self.store_default(place, found);
                }
                Some(Source::InPlace | Source::Inner | Source::Open) => {}
                None => {
                    self.default_here(&site);
                }
            }
        }
        if let Some(set) = flag {
            let place = self.global_place(set, stmt.span);
            let yes = Val::strong(ExprKind::Bool(true), Ty::BOOL, stmt.span).expr;
            self.store_default(place, yes);
        }
    }

    fn store_default(&mut self, place: Place, value: Expr) {
        if value.ty != Ty::ERROR {
            let span = value.span;
            let value = crate::places::owned(value, &self.cx.types);
            self.emit(StmtKind::store(place, value), span);
        }
    }

    /// A top-level variable that a default reads and that no statement before has given a value.
    fn unbound_in(&self, site: &Site<'a>) -> Option<Name> {
        let module = self.cx.module(site.module);
        let mut unbound = None;
        crate::names::mentioned_expr(site.default, &mut |name| {
            let is_global = matches!(module.items.get(&name), Some(Item::Global));
            if is_global && !module.globals.contains_key(&name) {
                unbound = Some(name);
            }
        });
        unbound
    }
}

/// Whether an expression does more than to put constants together.
fn computes(expr: &ast::Expr) -> bool {
    let mut found = matches!(
        expr.kind,
        Ast::Call { .. }
            | Ast::Subscript { .. }
            | Ast::Attribute { .. }
            | Ast::Named { .. }
            | Ast::Comprehension(_)
    );
    found |= may_raise(expr);
    crate::names::for_each_child(expr, &mut |child| found |= computes(child));
    found
}

/// Whether an operation raises for some operands: a division, a shift or a power, unless its right side is a number for which it
/// does not.
pub(crate) fn may_raise(expr: &ast::Expr) -> bool {
    use ast::BinaryOp::{Div, FloorDiv, LeftShift, Mod, Pow, RightShift};
    match &expr.kind {
        Ast::Binary { op, right, .. } => {
            let fine = matches!(&right.kind, Ast::Int(value) if value.value() != 0);
            let divides = matches!(op, Div | FloorDiv | Mod | Pow | LeftShift | RightShift);
            divides && !fine
        }
        _ => false,
    }
}
