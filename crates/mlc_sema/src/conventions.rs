//! Parameter conventions where none is written, and which names for parts are exclusive borrows.
//!
//! Until here an owning value in a place is read by a provisional `Move`. From what the bodies do with their parameters, as a
//! fixpoint over all calls, follows for each parameter: only read is `borrowed`, written through is `inout`, stored or
//! returned whole is `owned`. Then every argument becomes the borrow or move that its
//! parameter asks for. A function whose results are all parts of one parameter returns a borrow of it.

use mlc_diagnostics::{Diagnostic, Span};
use rustc_hash::FxHashSet;

use crate::coerce::temporary;
use crate::hir::{
    Convention, Expr, ExprKind, Function, LocalId, Mode, Place, Root, Stmt, StmtKind, TypeTable,
};
use crate::places::is_list_slice;
use crate::slice_views::slice_views;
use crate::walk::{self, Part, Rewriter, Visitor, walk_part};

pub(crate) fn infer(functions: &mut [Function], types: &TypeTable) -> Vec<Diagnostic> {
    borrowed_results(functions, types);
    let mut facts: Vec<Facts> = functions
        .iter()
        .map(|function| Facts::of(function, types))
        .collect();
    let mut callers: Vec<Vec<usize>> = vec![Vec::new(); functions.len()];
    for (position, fact) in facts.iter().enumerate() {
        for call in &fact.calls {
            callers[call.callee].push(position);
        }
    }
    let mut work: Vec<usize> = (0..functions.len()).collect();
    let mut waiting = vec![true; functions.len()];
    while let Some(position) = work.pop() {
        waiting[position] = false;
        if update(position, functions, &mut facts) {
            for &caller in &callers[position] {
                if !std::mem::replace(&mut waiting[caller], true) {
                    work.push(caller);
                }
            }
        }
    }
    let wrong = (functions.iter().zip(&facts))
        .flat_map(|(function, facts)| shared_writes(function, facts))
        .collect();
    for (function, facts) in functions.iter_mut().zip(&facts) {
        function.returns_param = param_returned(function, facts);
    }
    let conventions: Vec<Vec<Convention>> = (functions.iter())
        .map(|function| {
            function
                .params
                .iter()
                .map(|param| param.convention)
                .collect()
        })
        .collect();
    let borrows: Vec<bool> = functions
        .iter()
        .map(|function| function.result_borrows.is_some())
        .collect();
    for (function, facts) in functions.iter_mut().zip(&facts) {
        settle(function, facts, types, &conventions, &borrows);
    }
    wrong
}

/// The first write to each parameter that is declared to be read only.
fn shared_writes(function: &Function, facts: &Facts) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for param in &function.params {
        let is_shared = param.written && param.convention == Convention::Borrowed;
        if !is_shared || !facts.written[param.local.0 as usize] {
            continue;
        }
        let write = (facts.writes.iter())
            .filter(|(local, _)| facts.leads_to(*local, param.local, 0))
            .min_by_key(|(_, span)| span.start);
        if let Some(&(_, span)) = write {
            let local = &function.locals[param.local.0 as usize];
            found.push(crate::diag::write_through_shared_borrow(
                span,
                &local.name,
                local.span,
            ));
        }
    }
    found
}

/// One argument of a call that names a place.
struct CallArg {
    callee: usize,
    param: usize,
    root: LocalId,
    whole: bool,
    span: Span,
}

struct Facts {
    /// The locals that each local borrows from.
    bases: Vec<Vec<LocalId>>,
    written: Vec<bool>,
    /// Where places are written, by their roots.
    writes: Vec<(LocalId, Span)>,
    moved: FxHashSet<LocalId>,
    calls: Vec<CallArg>,
}

impl Facts {
    fn of(function: &Function, types: &TypeTable) -> Facts {
        let mut collector = Collector {
            types,
            facts: Facts {
                bases: vec![Vec::new(); function.locals.len()],
                written: vec![false; function.locals.len()],
                writes: Vec::new(),
                moved: FxHashSet::default(),
                calls: Vec::new(),
            },
            returns_borrow: function.result_borrows.is_some(),
        };
        collector.stmts(&function.body);
        collector.facts
    }

    /// Whether a local is another one or borrows from it.
    fn leads_to(&self, local: LocalId, base: LocalId, depth: u32) -> bool {
        local == base
            || (depth < 16
                && (self.bases[local.0 as usize].iter())
                    .any(|next| self.leads_to(*next, base, depth + 1)))
    }

    /// Marks a local and everything that it borrows from as written through.
    fn write(&mut self, local: LocalId) -> bool {
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
    facts: Facts,
    returns_borrow: bool,
}

fn root_local(place: &Place) -> Option<LocalId> {
    match place.root {
        Root::Local(local) => Some(local),
        _ => None,
    }
}

impl Collector<'_> {
    fn stmts(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            match &stmt.kind {
                StmtKind::Bind { local, value } => {
                    if let ExprKind::Borrow { place, .. } = &value.kind
                        && let Some(base) = root_local(place)
                    {
                        self.facts.bases[local.0 as usize].push(base);
                        if self.facts.written[local.0 as usize] {
                            self.facts.write(base);
                        }
                    }
                }
                StmtKind::Store { place, .. } => self.written(place),
                StmtKind::Update { place, .. } | StmtKind::AtomicUpdate { place, .. } => {
                    self.written(place)
                }
                StmtKind::Swap { left, right } => {
                    self.written(left);
                    self.written(right);
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

    fn written(&mut self, place: &Place) {
        if let Some(local) = root_local(place) {
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
        match &expr.kind {
            ExprKind::Call { callee, args } => {
                for (param, arg) in args.iter().enumerate() {
                    if let ExprKind::Move(place) = &arg.kind
                        && let Some(root) = root_local(place)
                    {
                        self.facts.calls.push(CallArg {
                            callee: callee.0 as usize,
                            param,
                            root,
                            whole: place.projections.is_empty(),
                            span: place.span,
                        });
                        walk::place_parts(place, &mut |part| self.part(part));
                    } else {
                        self.expr(arg);
                    }
                }
                return;
            }
            ExprKind::Move(place) => {
                if place.projections.is_empty()
                    && let Some(local) = root_local(place)
                {
                    self.facts.moved.insert(local);
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

/// Brings the conventions of one function up to date; whether one of them changed.
fn update(position: usize, functions: &mut [Function], facts: &mut [Facts]) -> bool {
    let fact = &mut facts[position];
    let mut owned: Vec<LocalId> = Vec::new();
    for at in 0..fact.calls.len() {
        let call = &fact.calls[at];
        let convention = functions[call.callee].params[call.param].convention;
        let (root, whole) = (call.root, call.whole);
        match convention {
            Convention::Inout => {
                let span = call.span;
                if fact.write(root) {
                    fact.writes.push((root, span));
                }
            }
            Convention::Owned if whole => owned.push(root),
            _ => {}
        }
    }
    let mut changed = false;
    for param in &mut functions[position].params {
        if param.written {
            continue;
        }
        let local = param.local;
        let found = if fact.moved.contains(&local) || owned.contains(&local) {
            Convention::Owned
        } else if fact.written[local.0 as usize] {
            Convention::Inout
        } else {
            Convention::Borrowed
        };
        if found != param.convention {
            param.convention = found;
            changed = true;
        }
    }
    changed
}

/// The parameter that a function changes in place and returns whole on every path.
fn param_returned(function: &Function, facts: &Facts) -> Option<u32> {
    let mut values = Vec::new();
    returned(&function.body, &mut values);
    let mut found: Option<u32> = None;
    for value in values {
        let ExprKind::Move(place) = &value.kind else {
            return None;
        };
        let root = root_local(place).filter(|_| place.projections.is_empty())?;
        let param = function
            .params
            .iter()
            .position(|param| param.local == root && !param.written)?;
        if found.is_some_and(|before| before != param as u32) || !facts.written[root.0 as usize] {
            return None;
        }
        found = Some(param as u32);
    }
    found
}

fn returned<'v>(stmts: &'v [Stmt], values: &mut Vec<&'v Expr>) {
    for stmt in stmts {
        if let StmtKind::Return(Some(value)) = &stmt.kind {
            values.push(value);
        }
        walk::blocks(stmt, &mut |block| returned(block, values));
    }
}

/// Finds the functions that return a part of one parameter, and turns the results into borrows.
fn borrowed_results(functions: &mut [Function], types: &TypeTable) {
    loop {
        let mut changed = false;
        for position in 0..functions.len() {
            let function = &functions[position];
            if function.result_borrows.is_some() || !types.is_owning(function.result) {
                continue;
            }
            if let Some(param) = part_returned(function, functions, types) {
                functions[position].result_borrows = Some(param);
                changed = true;
            }
        }
        if !changed {
            return;
        }
        mark_aliases(functions, types);
    }
}

/// The parameter that all results are parts of.
fn part_returned(function: &Function, functions: &[Function], types: &TypeTable) -> Option<u32> {
    let mut values = Vec::new();
    returned(&function.body, &mut values);
    let mut found: Option<u32> = None;
    for value in values {
        let param = part_of_param(value, function, functions, types)?;
        if found.is_some_and(|before| before != param) {
            return None;
        }
        found = Some(param);
    }
    let param = found?;
    let convention = &function.params[param as usize];
    (!(convention.written && convention.convention == Convention::Owned)).then_some(param)
}

fn part_of_param(
    value: &Expr,
    function: &Function,
    functions: &[Function],
    types: &TypeTable,
) -> Option<u32> {
    match &value.kind {
        ExprKind::Move(place) => {
            if is_list_slice(place, types) {
                return None;
            }
            let root = root_local(place)?;
            if let Some(param) = function.params.iter().position(|param| param.local == root) {
                return (!place.projections.is_empty()).then_some(param as u32);
            }
            alias_param(root, function, 0)
        }
        ExprKind::Call { callee, args } => {
            let callee = functions.get(callee.0 as usize)?;
            let arg = args.get(callee.result_borrows? as usize)?;
            let ExprKind::Move(place) = &arg.kind else {
                return None;
            };
            let root = root_local(place)?;
            match function.params.iter().position(|param| param.local == root) {
                Some(param) => Some(param as u32),
                None => alias_param(root, function, 0),
            }
        }
        _ => None,
    }
}

/// The parameter that a name for a part borrows from.
fn alias_param(alias: LocalId, function: &Function, depth: u32) -> Option<u32> {
    if function.locals[alias.0 as usize].mode == Mode::Owner || depth > 8 {
        return None;
    }
    fn bases(stmts: &[Stmt], alias: LocalId, found: &mut Vec<LocalId>, all: &mut bool) {
        for stmt in stmts {
            if let StmtKind::Bind { local, value } = &stmt.kind
                && *local == alias
            {
                match &value.kind {
                    ExprKind::Borrow { place, .. } => match root_local(place) {
                        Some(root) => found.push(root),
                        None => *all = false,
                    },
                    _ => *all = false,
                }
            }
            walk::blocks(stmt, &mut |block| bases(block, alias, found, all));
        }
    }
    let (mut found, mut all) = (Vec::new(), true);
    bases(&function.body, alias, &mut found, &mut all);
    if !all {
        return None;
    }
    let mut result = None;
    for base in found {
        if base == alias {
            continue;
        }
        let param = match function.params.iter().position(|param| param.local == base) {
            Some(param) => param as u32,
            None => alias_param(base, function, depth + 1)?,
        };
        if result.is_some_and(|before| before != param) {
            return None;
        }
        result = Some(param);
    }
    result
}

/// Variables that are bound to results which are borrows become borrows themselves.
fn mark_aliases(functions: &mut [Function], types: &TypeTable) {
    let borrows: Vec<Option<u32>> = functions
        .iter()
        .map(|function| function.result_borrows)
        .collect();
    for function in functions.iter_mut() {
        let Function { locals, body, .. } = function;
        let mut pass = AliasPass {
            borrows: &borrows,
            locals,
            types,
        };
        walk::rewrite(body, &mut pass);
    }
}

struct AliasPass<'p> {
    borrows: &'p [Option<u32>],
    locals: &'p mut Vec<crate::hir::Local>,
    types: &'p TypeTable,
}

impl AliasPass<'_> {
    fn is_borrow(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Call { callee, .. } => self
                .borrows
                .get(callee.0 as usize)
                .is_some_and(Option::is_some),
            _ => false,
        }
    }
}

impl Rewriter for AliasPass<'_> {
    fn stmt(&mut self, stmt: &mut Stmt) {
        if let StmtKind::Bind { local, value } = &mut stmt.kind
            && self.is_borrow(value)
            && self.types.is_owning(value.ty)
        {
            self.locals[local.0 as usize].mode = Mode::Ref;
            let (ty, span) = (value.ty, value.span);
            let call = std::mem::replace(&mut value.kind, ExprKind::None);
            let call = Expr {
                kind: call,
                ty,
                span,
            };
            let place = Place {
                root: Root::Borrowed(Box::new(call)),
                projections: Vec::new(),
                ty,
                span,
            };
            value.kind = ExprKind::Borrow {
                place,
                mutable: false,
            };
        }
    }

    fn place(&mut self, place: &mut Place) {
        if let Root::Temporary(value) = &place.root
            && self.is_borrow(value)
        {
            let root = std::mem::replace(&mut place.root, Root::Local(LocalId(0)));
            if let Root::Temporary(value) = root {
                place.root = Root::Borrowed(value);
            }
        }
    }
}

/// Sets the modes of locals and turns provisional moves into what the conventions ask for.
fn settle(
    function: &mut Function,
    facts: &Facts,
    types: &TypeTable,
    conventions: &[Vec<Convention>],
    borrows: &[bool],
) {
    for param in &function.params {
        let local = &mut function.locals[param.local.0 as usize];
        if types.is_owning(local.ty) {
            local.mode = match param.convention {
                Convention::Borrowed => Mode::Ref,
                Convention::Inout => Mode::Mut,
                Convention::Owned => Mode::Owner,
            };
        }
    }
    for (position, local) in function.locals.iter_mut().enumerate() {
        if local.mode == Mode::Ref
            && facts.written[position]
            && !function
                .params
                .iter()
                .any(|param| param.local.0 as usize == position)
        {
            local.mode = Mode::Mut;
        }
    }
    let copied = visited_slices(function, facts, types);
    for local in &copied {
        function.locals[local.0 as usize].mode = Mode::Owner;
    }
    let owned_by_call = |local: LocalId| {
        (facts.calls.iter()).any(|call| {
            call.root == local && conventions[call.callee][call.param] == Convention::Owned
        })
    };
    let viewed = slice_views(function, types, &|local| {
        facts.written[local.0 as usize] || facts.moved.contains(&local) || owned_by_call(local)
    });
    for local in &viewed {
        function.locals[local.0 as usize].mode = Mode::Ref;
    }
    let modes: Vec<Mode> = function.locals.iter().map(|local| local.mode).collect();
    let result_mutable = function
        .result_borrows
        .is_some_and(|param| function.params[param as usize].convention == Convention::Inout);
    let mut pass = Settle {
        types,
        conventions,
        borrows,
        modes: &modes,
        copied: &copied,
        viewed: &viewed,
        result_borrow: function.result_borrows.map(|_| result_mutable),
    };
    walk::rewrite(&mut function.body, &mut pass);
}

/// The hidden names of slices of lists that loops visit, where the list may change meanwhile.
fn visited_slices(function: &Function, facts: &Facts, types: &TypeTable) -> Vec<LocalId> {
    fn visit(stmts: &[Stmt], found: &mut dyn FnMut(LocalId, &Place)) {
        for stmt in stmts {
            if let StmtKind::Bind { local, value } = &stmt.kind
                && let ExprKind::Borrow { place, .. } = &value.kind
            {
                found(*local, place);
            }
            walk::blocks(stmt, &mut |block| visit(block, found));
        }
    }
    let mut copied = Vec::new();
    visit(&function.body, &mut |local, place| {
        let changes = root_local(place).is_none_or(|root| facts.written[root.0 as usize]);
        if is_list_slice(place, types) && !facts.written[local.0 as usize] && changes {
            copied.push(local);
        }
    });
    copied
}

struct Settle<'s> {
    types: &'s TypeTable,
    conventions: &'s [Vec<Convention>],
    borrows: &'s [bool],
    modes: &'s [Mode],
    /// Names for slices of lists that are the copies that Python makes.
    copied: &'s [LocalId],
    /// Names for slices of lists of which nobody can tell that they are no copies.
    viewed: &'s [LocalId],
    result_borrow: Option<bool>,
}

impl Settle<'_> {
    fn is_borrow(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Borrow { .. } => true,
            ExprKind::Call { callee, .. } => {
                self.borrows[callee.0 as usize] && self.types.is_owning(expr.ty)
            }
            _ => false,
        }
    }

    fn arg(&self, arg: &mut Expr, convention: Convention) {
        if !self.types.is_owning(arg.ty) || self.is_borrow(arg) {
            return;
        }
        let (ty, span) = (arg.ty, arg.span);
        let kind = std::mem::replace(&mut arg.kind, ExprKind::None);
        arg.kind = match (convention, kind) {
            (Convention::Owned, kind) => kind,
            (Convention::Borrowed, ExprKind::Move(place)) => ExprKind::Borrow {
                place,
                mutable: false,
            },
            // Python passes a copy of a slice; what is written to it is lost.
            (Convention::Inout, ExprKind::Move(place)) if is_list_slice(&place, self.types) => {
                let copy = Expr {
                    kind: ExprKind::Copy(place),
                    ty,
                    span,
                };
                ExprKind::Borrow {
                    place: temporary(copy),
                    mutable: true,
                }
            }
            (Convention::Inout, ExprKind::Move(place)) => ExprKind::Borrow {
                place,
                mutable: true,
            },
            (_, kind) => ExprKind::Borrow {
                place: temporary(Expr { kind, ty, span }),
                mutable: convention == Convention::Inout,
            },
        };
    }
}

impl Rewriter for Settle<'_> {
    fn stmt(&mut self, stmt: &mut Stmt) {
        match &mut stmt.kind {
            StmtKind::Bind { local, value } => {
                if self.copied.contains(local)
                    && let ExprKind::Borrow { place, .. } = &value.kind
                {
                    value.kind = ExprKind::Copy(place.clone());
                } else if self.viewed.contains(local)
                    && let ExprKind::Move(place) | ExprKind::Copy(place) = &value.kind
                {
                    value.kind = ExprKind::Borrow {
                        place: place.clone(),
                        mutable: false,
                    };
                } else if let ExprKind::Borrow { mutable, .. } = &mut value.kind {
                    *mutable = self.modes[local.0 as usize] == Mode::Mut;
                }
            }
            StmtKind::Return(Some(value)) => {
                if let Some(mutable) = self.result_borrow
                    && let ExprKind::Move(place) = &value.kind
                {
                    value.kind = ExprKind::Borrow {
                        place: place.clone(),
                        mutable,
                    };
                }
            }
            _ => {}
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        if let ExprKind::Call { callee, args } = &mut expr.kind {
            for (arg, convention) in args.iter_mut().zip(&self.conventions[callee.0 as usize]) {
                self.arg(arg, *convention);
            }
        }
        // What is kept of a slice of a list is a copy; a whole temporary is its value.
        while let ExprKind::Move(place) = &mut expr.kind {
            if is_list_slice(place, self.types) {
                expr.kind = ExprKind::Copy(place.clone());
                return;
            }
            if !place.projections.is_empty() {
                return;
            }
            match std::mem::replace(&mut place.root, Root::Local(LocalId(0))) {
                Root::Temporary(value) => expr.kind = value.kind,
                root => {
                    place.root = root;
                    return;
                }
            }
        }
    }
}

/// Everything mentioned in an expression, for tests of independence.
pub(crate) fn mentions(expr: &Expr, local: LocalId) -> bool {
    struct Found(LocalId, bool);
    impl Visitor for Found {
        fn place(&mut self, place: &Place) {
            self.1 |= root_local(place) == Some(self.0);
        }
    }
    let mut found = Found(local, false);
    walk_part(Part::Expr(expr), &mut found);
    found.1
}
