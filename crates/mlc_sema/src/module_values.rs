//! What of a module's top level a host sees as values, and what makes one state of a module that several programs import.
//!
//! A top-level variable that no function mentions is a local of the top-level statements. Where a host imports the module, each that
//! still has its value at the end is stored in a global, so that it lives as long as the module:
//!
//! ```text
//! scale: f64 = 2.5            scale: f64 = 2.5
//!                             …
//!                             store global scale = scale
//!                             store global <ran> = True
//! ```

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use rustc_hash::FxHashSet;

use crate::checker::{Checker, Item, ModuleId};
use crate::func::FnCx;
use crate::hir::{
    self, Expr, ExprKind, GlobalId, LocalId, Mode, NamedConstant, Place, Program, Root, Stmt,
    StmtKind, Ty, TyKind, TypeTable,
};
use crate::walk::{Visitor, stmt_parts, walk, walk_part};

/// A variable of the main module's top level that is a local of its statements.
pub(crate) struct Candidate {
    name: Name,
    local: LocalId,
    ty: Option<Ty>,
    span: Span,
}

impl Candidate {
    /// Where the locals of `function` that the candidates are have gone to, by their names and types.
    fn find(&self, function: &hir::Function) -> Option<LocalId> {
        let same = |local: &hir::Local| local.name == self.name.as_str() && local.span == self.span;
        let mut found = function.locals.iter().enumerate();
        let found = found.find(|(_, local)| same(local) && Some(local.ty) == self.ty);
        found.map(|(position, _)| LocalId(position as u32))
    }
}

/// Takes down the types of the candidates, which are known now: locals change their places later.
pub(crate) fn settle(candidates: &mut [Candidate], function: &hir::Function) {
    for item in candidates {
        item.ty = (function.locals.get(item.local.0 as usize)).map(|local| local.ty);
    }
}

/// The variables that are locals of the top-level statements, which are all checked.
pub(crate) fn candidates(cx: &FnCx<'_, '_>) -> Vec<Candidate> {
    let bound = cx
        .vars
        .iter()
        .filter(|(name, var)| is_public(name.as_str()) && !cx.conflicts.contains_key(&var.local));
    let mut found: Vec<Candidate> = bound
        .map(|(name, var)| Candidate {
            name: *name,
            local: var.local,
            ty: None,
            span: cx.local(var.local).span,
        })
        .collect();
    found.sort_by_key(|item| item.span.start);
    found
}

fn is_public(name: &str) -> bool {
    !name.starts_with(['_', '$'])
}

impl Checker<'_> {
    /// The variable that says whether the top-level statements of a module have run.
    pub fn ran(&mut self, module: ModuleId) -> GlobalId {
        let span = self.module(module).ast.span;
        self.add_global(module, Name::new("__ran__"), Ty::BOOL, span)
    }

    /// The `comptime` names of the main module.
    pub fn named_constants(&self) -> Vec<NamedConstant> {
        let scope = self.module(ModuleId(0));
        let mut found: Vec<NamedConstant> = Vec::new();
        for (name, item) in &scope.items {
            if let (Item::Comptime(comptime), true) = (item, is_public(name.as_str())) {
                found.push(NamedConstant {
                    name: name.as_str().to_owned(),
                    ty: comptime.ty,
                    value: comptime.value.clone(),
                });
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }

    /// The top-level variables of the main module that are globals already.
    pub fn variables(&self) -> Vec<(String, GlobalId)> {
        let globals = &self.module(ModuleId(0)).globals;
        let mut found: Vec<(String, GlobalId)> = (globals.iter())
            .filter(|(name, _)| is_public(name.as_str()))
            .map(|(name, id)| (name.as_str().to_owned(), *id))
            .collect();
        found.sort_by_key(|(_, id)| *id);
        found
    }
}

/// Appends to the top-level statements what stores the candidates that still have their values, and says that they have run.
pub(crate) fn store(
    program: &mut Program,
    init: hir::FuncId,
    candidates: &[Candidate],
    ran: GlobalId,
) {
    let Program {
        functions,
        globals,
        types,
        variables,
        structs,
        ..
    } = program;
    let function = &mut functions[init.0 as usize];
    let has_destructor = |ty: Ty| has_destructor(structs, types, ty, &mut Vec::new());
    let alive = after(&function.body, FxHashSet::default()).unwrap_or_default();
    // Parts of other values first, for those are moved.
    let mut stores: Vec<(bool, Stmt)> = Vec::new();
    for item in candidates {
        let Some(id) = item.find(function) else {
            continue;
        };
        let local = &function.locals[id.0 as usize];
        let ty = local.ty;
        let part = local.mode != Mode::Owner;
        if !alive.contains(&id)
            || !is_stored(types, ty)
            || (part && types.is_owning(ty) && has_destructor(ty))
        {
            continue;
        }
        let place = Place {
            root: Root::Local(id),
            projections: Vec::new(),
            ty,
            span: item.span,
        };
        let kind = match (types.is_owning(ty), part) {
            (false, _) => ExprKind::Load(place),
            (true, true) => ExprKind::Copy(place),
            (true, false) => ExprKind::Move(place),
        };
        let global = GlobalId(globals.len() as u32);
        let name = item.name.as_str().to_owned();
        globals.push(hir::Global {
            name: name.clone(),
            ty,
            span: item.span,
        });
        variables.push((name, global));
        let value = Expr {
            kind,
            ty,
            span: item.span,
        };
        stores.push((!part, store_global(global, ty, value)));
    }
    stores.sort_by_key(|(moves, _)| *moves);
    function
        .body
        .extend(stores.into_iter().map(|(_, stmt)| stmt));
    let span = function.span;
    function.body.push(has_run(ran, span));
}

/// Says that a module's top-level statements have run.
pub(crate) fn has_run(ran: GlobalId, span: Span) -> Stmt {
    let value = Expr {
        kind: ExprKind::Bool(true),
        ty: Ty::BOOL,
        span,
    };
    store_global(ran, Ty::BOOL, value)
}

/// `statement`, unless the module has run.
pub(crate) fn unless_run(ran: GlobalId, statement: StmtKind, span: Span) -> StmtKind {
    let flag = ExprKind::Load(global_place(ran, Ty::BOOL, span));
    StmtKind::If {
        condition: Expr {
            kind: flag,
            ty: Ty::BOOL,
            span,
        },
        then: Vec::new(),
        orelse: vec![Stmt {
            kind: statement,
            span,
        }],
    }
}

fn global_place(id: GlobalId, ty: Ty, span: Span) -> Place {
    Place {
        root: Root::Global(id),
        projections: Vec::new(),
        ty,
        span,
    }
}

fn store_global(id: GlobalId, ty: Ty, value: Expr) -> Stmt {
    let span = value.span;
    Stmt {
        kind: StmtKind::store(global_place(id, ty, span), value),
        span,
    }
}

/// Whether a host can make anything of a variable of this type.
fn is_stored(types: &TypeTable, ty: Ty) -> bool {
    match types.kind(ty) {
        TyKind::Bool
        | TyKind::Int { .. }
        | TyKind::Float(_)
        | TyKind::Complex(_)
        | TyKind::Str
        | TyKind::Struct(_)
        | TyKind::Array { .. } => true,
        TyKind::List(of) | TyKind::Optional(of) => is_stored(types, *of),
        TyKind::Tuple(items) => items.iter().all(|&item| is_stored(types, item)),
        _ => false,
    }
}

/// Whether destroying a value calls a `__del__`. `around` are the structs that the type is inside of.
fn has_destructor(
    structs: &[hir::Struct],
    types: &TypeTable,
    ty: Ty,
    around: &mut Vec<hir::StructId>,
) -> bool {
    match types.kind(ty) {
        TyKind::Struct(id) if around.contains(id) => false,
        TyKind::Struct(id) => {
            around.push(*id);
            let item = &structs[id.0 as usize];
            item.destructor.is_some()
                || (item.fields.iter())
                    .any(|field| has_destructor(structs, types, field.ty, around))
        }
        TyKind::List(of) | TyKind::Optional(of) => has_destructor(structs, types, *of, around),
        TyKind::Tuple(items) => items
            .iter()
            .any(|&item| has_destructor(structs, types, item, around)),
        _ => false,
    }
}

/// The locals that surely have a value after the statements, of which `alive` have one before; `None` where the end is not reached.
fn after(stmts: &[Stmt], mut alive: FxHashSet<LocalId>) -> Option<FxHashSet<LocalId>> {
    for stmt in stmts {
        let mut taken = Taken::default();
        stmt_parts(stmt, &mut |part| walk_part(part, &mut taken));
        alive.retain(|local| !taken.0.contains(local));
        match &stmt.kind {
            StmtKind::Bind { local, .. } => {
                alive.insert(*local);
            }
            StmtKind::Drop(local) => {
                alive.remove(local);
            }
            StmtKind::If { then, orelse, .. } => {
                alive = both(after(then, alive.clone()), after(orelse, alive))?;
            }
            StmtKind::While { .. }
            | StmtKind::For { .. }
            | StmtKind::Drain { .. }
            | StmtKind::ParFor(_)
            | StmtKind::Try { .. } => {
                // How far these come is not followed: what they bind may be unbound, what they take is gone.
                let mut taken = Taken::default();
                walk(std::slice::from_ref(stmt), &mut taken);
                alive.retain(|local| !taken.0.contains(local));
            }
            StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Return(_)
            | StmtKind::Raise { .. }
            | StmtKind::Reraise(_) => return None,
            _ => {}
        }
    }
    Some(alive)
}

fn both(
    one: Option<FxHashSet<LocalId>>,
    other: Option<FxHashSet<LocalId>>,
) -> Option<FxHashSet<LocalId>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.intersection(&other).copied().collect()),
        (one, other) => one.or(other),
    }
}

/// The locals that are moved from, in whole or in part, or destroyed.
#[derive(Default)]
struct Taken(FxHashSet<LocalId>);

impl Visitor for Taken {
    fn stmt(&mut self, stmt: &Stmt) {
        if let StmtKind::Drop(local) = stmt.kind {
            self.0.insert(local);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Move(Place {
            root: Root::Local(local),
            ..
        }) = &expr.kind
        {
            self.0.insert(*local);
        }
    }
}
