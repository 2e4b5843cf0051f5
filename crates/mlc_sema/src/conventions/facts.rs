//! What one body does with its locals: the facts from which conventions follow.

use mlc_diagnostics::Span;
use rustc_hash::FxHashSet;
use smallvec::{SmallVec, smallvec};

use super::borrowed_results::lent_place;
use super::rebound_operands::{is_init, is_named, may_bind};
use super::root_local;
use crate::hir::{
    Builtin, Expr, ExprKind, Function, Local, LocalId, Place, Root, Stmt, StmtKind, TyKind,
    TypeTable,
};
use crate::places::is_list_slice;
use crate::walk::{self, Part};

/// One argument of a call that names a place.
pub(super) struct CallArg {
    pub(super) callee: usize,
    pub(super) param: usize,
    pub(super) root: LocalId,
    pub(super) whole: bool,
    pub(super) span: Span,
}

pub(super) struct Facts {
    /// The locals that each local borrows from.
    pub(super) bases: Vec<Vec<LocalId>>,
    pub(super) written: Vec<bool>,
    /// Where places are written, by their roots.
    pub(super) writes: Vec<(LocalId, Span)>,
    pub(super) moved: FxHashSet<LocalId>,
    /// Of a variable that is bound again on some paths: the local before and the local where the paths meet.
    pub(super) joined: Vec<(LocalId, LocalId)>,
    /// What is moved other than to where paths meet.
    pub(super) taken: FxHashSet<LocalId>,
    pub(super) calls: Vec<CallArg>,
    /// The functions that get parts of what no local holds.
    pub(super) handed_temporaries: Vec<usize>,
    /// The names of parts that are small arrays, which are copied where nothing is written through the name.
    pub(super) small_parts: FxHashSet<LocalId>,
    /// The hidden names of slices of lists that loops visit, each with the local that holds the list.
    pub(super) visited_slices: Vec<(LocalId, Option<LocalId>)>,
    /// Whether a slice of a list is an operand anywhere.
    pub(super) has_slices: bool,
    /// Whether it binds what its caller sees to another value, or an operand of a call binds a variable.
    pub(super) binds_again: bool,
}

impl Facts {
    /// `lends` are, by function, the parameters that results are parts of.
    pub(super) fn of(function: &Function, types: &TypeTable, lends: &[Option<u32>]) -> Facts {
        let mut collector = Collector {
            types,
            locals: &function.locals,
            lends,
            facts: Facts {
                bases: vec![Vec::new(); function.locals.len()],
                written: vec![false; function.locals.len()],
                writes: Vec::new(),
                moved: FxHashSet::default(),
                joined: Vec::new(),
                taken: FxHashSet::default(),
                calls: Vec::new(),
                handed_temporaries: Vec::new(),
                small_parts: small_parts(function, types),
                visited_slices: Vec::new(),
                has_slices: false,
                binds_again: false,
            },
            is_init: is_init(function),
            returns_borrow: function.result_borrows.is_some(),
        };
        collector.stmts(&function.body);
        collector.facts
    }

    /// Whether a local is another one or borrows from it.
    pub(super) fn leads_to(&self, local: LocalId, base: LocalId, depth: u32) -> bool {
        local == base
            || (depth < 16
                && (self.bases[local.0 as usize].iter())
                    .any(|next| self.leads_to(*next, base, depth + 1)))
    }

    /// A local, and what it is where paths meet.
    pub(super) fn joins(&self, local: LocalId) -> SmallVec<[LocalId; 4]> {
        let mut found: SmallVec<[LocalId; 4]> = smallvec![local];
        let mut at = 0;
        while let Some(&from) = found.get(at) {
            for (_, to) in self.joined.iter().filter(|join| join.0 == from) {
                if !found.contains(to) {
                    found.push(*to);
                }
            }
            at += 1;
        }
        found
    }

    /// Makes room for locals that were added.
    pub(super) fn grow(&mut self, locals: usize) {
        self.bases.resize(locals, Vec::new());
        self.written.resize(locals, false);
    }

    /// Marks a local and everything that it borrows from as written through.
    pub(super) fn write(&mut self, local: LocalId) -> bool {
        if std::mem::replace(&mut self.written[local.0 as usize], true) {
            return false;
        }
        for base in self.bases[local.0 as usize].clone() {
            self.write(base);
        }
        true
    }
}

struct Collector<'t> {
    types: &'t TypeTable,
    locals: &'t [Local],
    lends: &'t [Option<u32>],
    facts: Facts,
    is_init: bool,
    returns_borrow: bool,
}

impl Collector<'_> {
    /// The local that a place is a part of, also by calls that return borrows.
    fn base(&self, place: &Place) -> Option<LocalId> {
        match &place.root {
            Root::Borrowed(call) => {
                let lent = lent_place(call, |callee| self.lends.get(callee).copied().flatten());
                self.base(lent?)
            }
            _ => root_local(place),
        }
    }

    fn stmts(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            match &stmt.kind {
                StmtKind::Bind { local, value } => {
                    let borrowed = match &value.kind {
                        ExprKind::Borrow { place, .. } => {
                            if is_list_slice(place, self.types) {
                                let slice = (*local, root_local(place));
                                self.facts.visited_slices.push(slice);
                            }
                            Some(place)
                        }
                        ExprKind::Load(place) => {
                            Some(place).filter(|_| self.facts.small_parts.contains(local))
                        }
                        _ => None,
                    };
                    if let Some(place) = borrowed
                        && let Some(base) = self.base(place)
                    {
                        self.facts.bases[local.0 as usize].push(base);
                        if self.facts.written[local.0 as usize] {
                            self.facts.write(base);
                        }
                    }
                    if let ExprKind::Move(place) = &value.kind
                        && let Some(from) = root_local(place)
                        && place.projections.is_empty()
                        && self.name(from) == self.name(*local)
                    {
                        self.facts.joined.push((from, *local));
                        self.facts.moved.insert(from);
                        continue;
                    }
                }
                StmtKind::Store { place, .. } | StmtKind::Update { place, .. } => {
                    self.stored(place)
                }
                StmtKind::AtomicUpdate { place, .. } => self.written(place),
                StmtKind::Swap { left, right } => {
                    self.stored(left);
                    self.stored(right);
                }
                StmtKind::Return(Some(value)) if self.returns_borrow => {
                    // Turned into a borrow: nothing is moved.
                    if let ExprKind::Move(place) = &value.kind {
                        walk::place_parts(place, &mut |part| self.part(part));
                        continue;
                    }
                }
                _ => {}
            }
            walk::stmt_parts(stmt, &mut |part| self.part(part));
            walk::blocks(stmt, &mut |block| self.stmts(block));
        }
    }

    fn name(&self, local: LocalId) -> &str {
        &self.locals[local.0 as usize].name
    }

    fn stored(&mut self, place: &Place) {
        self.facts.binds_again |= !self.is_init && may_bind(place, self.types);
        self.written(place);
    }

    fn written(&mut self, place: &Place) {
        if let Some(local) = self.base(place) {
            self.facts.writes.push((local, place.span));
            self.facts.write(local);
        }
    }

    fn part(&mut self, part: Part<'_>) {
        match part {
            Part::Expr(expr) => self.expr(expr),
            Part::Place(place) => walk::place_parts(place, &mut |part| self.part(part)),
            Part::Stmts(stmts) => self.stmts(stmts),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Move(place) | ExprKind::Borrow { place, .. } = &expr.kind {
            self.facts.has_slices |= is_list_slice(place, self.types);
        }
        match &expr.kind {
            ExprKind::Call { callee, args } => {
                for (param, arg) in args.iter().enumerate() {
                    self.facts.binds_again |= is_named(arg);
                    if let ExprKind::Move(place) = &arg.kind
                        && let Some(root) = self.base(place)
                    {
                        self.facts.has_slices |= is_list_slice(place, self.types);
                        self.facts.calls.push(CallArg {
                            callee: callee.0 as usize,
                            param,
                            root,
                            whole: place.projections.is_empty() && root_local(place).is_some(),
                            span: place.span,
                        });
                        walk::place_parts(place, &mut |part| self.part(part));
                    } else {
                        if matches!(arg.kind, ExprKind::Move(_)) {
                            self.facts.handed_temporaries.push(callee.0 as usize);
                        }
                        self.expr(arg);
                    }
                }
                return;
            }
            ExprKind::Builtin {
                op: Builtin::ListRemoveSlice,
                args,
            } => {
                if let [
                    Expr {
                        kind: ExprKind::Borrow { place, .. },
                        ..
                    },
                ] = args.as_slice()
                {
                    self.written(place);
                }
            }
            ExprKind::Move(place) => {
                if place.projections.is_empty()
                    && let Some(local) = root_local(place)
                {
                    self.facts.moved.insert(local);
                    self.facts.taken.insert(local);
                }
            }
            ExprKind::Borrow {
                place,
                mutable: true,
            } if !is_list_slice(place, self.types) => self.written(place),
            _ => {}
        }
        walk::expr_parts(expr, &mut |part| self.part(part));
    }
}

/// The variables that are bound to nothing but parts of other values which are arrays that are copied implicitly.
fn small_parts(function: &Function, types: &TypeTable) -> FxHashSet<LocalId> {
    fn visit(stmts: &[Stmt], found: &mut dyn FnMut(LocalId, &Expr)) {
        for stmt in stmts {
            if let StmtKind::Bind { local, value } = &stmt.kind {
                found(*local, value);
            }
            walk::blocks(stmt, &mut |block| visit(block, found));
        }
    }
    let is_small = |ty| matches!(types.kind(ty), TyKind::Array { .. }) && !types.is_owning(ty);
    let (mut parts, mut others) = (FxHashSet::default(), FxHashSet::default());
    visit(&function.body, &mut |local, value| {
        if !is_small(value.ty) {
            return;
        }
        let is_part = match &value.kind {
            ExprKind::Load(place) => {
                !place.projections.is_empty()
                    && matches!(place.root, Root::Local(_) | Root::Global(_))
            }
            _ => false,
        };
        match is_part {
            true => parts.insert(local),
            false => others.insert(local),
        };
    });
    for param in &function.params {
        others.insert(param.local);
    }
    parts.retain(|local| !others.contains(local));
    parts
}
