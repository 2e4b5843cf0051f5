//! Names for slices of lists that need no copy: a slice is a copy, as in Python, but where it is only read and its list does
//! not change nobody can tell.
//!
//! Without regard to the order of statements: the list is nowhere written, moved or bound again in the function, the name is
//! bound once, all that is done with it is to read elements and its length, and that in the block in which it is bound.

use crate::hir::{
    Expr, ExprKind, Function, LocalId, Mode, Place, ProjectionKind, Root, Stmt, StmtKind, Ty,
    TyKind, TypeTable,
};
use crate::places::is_list_slice;
use crate::walk::{self, Visitor};

/// The locals of a function that may be borrows of the slices that they are bound to. `changes` tells whether a local is
/// written or moved.
pub(crate) fn slice_views(
    function: &Function,
    types: &TypeTable,
    changes: &dyn Fn(LocalId) -> bool,
) -> Vec<LocalId> {
    let mut found = Vec::new();
    visit(&function.body, &mut |list, at| {
        let Some((local, base)) = slice_bound(&list[at], types) else {
            return;
        };
        let is_owner = function.locals[local.0 as usize].mode == Mode::Owner;
        let all = Mentions::of(&function.body, local);
        let here = Mentions::of(&list[at + 1..], local);
        let only_read_here = all.places == all.reads && all.places == here.places;
        if is_owner
            && only_read_here
            && all.bound == 1
            && Mentions::of(&function.body, base).bound <= 1
            && !changes(local)
            && !changes(base)
        {
            found.push(local);
        }
    });
    found
}

fn visit(stmts: &[Stmt], found: &mut dyn FnMut(&[Stmt], usize)) {
    for (at, stmt) in stmts.iter().enumerate() {
        found(stmts, at);
        walk::blocks(stmt, &mut |block| visit(block, found));
    }
}

/// The local that a statement binds to a slice of a list of numbers, and that list.
fn slice_bound(stmt: &Stmt, types: &TypeTable) -> Option<(LocalId, LocalId)> {
    let StmtKind::Bind { local, value } = &stmt.kind else {
        return None;
    };
    let (ExprKind::Move(place) | ExprKind::Copy(place)) = &value.kind else {
        return None;
    };
    let (Root::Local(base), [_]) = (&place.root, place.projections.as_slice()) else {
        return None;
    };
    let TyKind::List(elem) = *types.kind(place.ty) else {
        return None;
    };
    let is_plain = types.is_number(elem) || elem == Ty::BOOL;
    (is_list_slice(place, types) && is_plain).then_some((*local, *base))
}

/// How often a local is mentioned.
struct Mentions {
    local: LocalId,
    /// Places that it is the root of.
    places: usize,
    /// Those of them that are an element that is read or written, the length, or what a loop visits.
    reads: usize,
    bound: usize,
}

impl Mentions {
    fn of(stmts: &[Stmt], local: LocalId) -> Mentions {
        let mut mentions = Mentions {
            local,
            places: 0,
            reads: 0,
            bound: 0,
        };
        walk::walk(stmts, &mut mentions);
        mentions
    }

    fn is_whole(&self, place: &Place) -> bool {
        matches!(place.root, Root::Local(root) if root == self.local)
            && place.projections.is_empty()
    }
}

impl Visitor for Mentions {
    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Bind { local, .. } | StmtKind::Drop(local) if *local == self.local => {
                self.bound += 1;
            }
            StmtKind::Iterate(place) if self.is_whole(place) => self.reads += 1,
            _ => {}
        }
    }

    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Len { place, .. } = &expr.kind
            && self.is_whole(place)
        {
            self.reads += 1;
        }
    }

    fn place(&mut self, place: &Place) {
        if !matches!(place.root, Root::Local(root) if root == self.local) {
            return;
        }
        self.places += 1;
        let first = place.projections.first().map(|projection| &projection.kind);
        self.reads += usize::from(matches!(first, Some(ProjectionKind::Index { .. })));
    }
}
