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
    if !any_slice(&function.body, types) {
        return found;
    }
    let mut mentions = Mentions {
        locals: vec![Mentioned::default(); function.locals.len()],
        places: 0,
    };
    let mut slices = Vec::new();
    visit(&function.body, types, &mut mentions, &mut slices);
    for slice in slices {
        let is_owner = function.locals[slice.local.0 as usize].mode == Mode::Owner;
        let [all, base] = [slice.local, slice.base].map(|local| mentions.locals[local.0 as usize]);
        let is_here = all.places == 0 || (all.first >= slice.start && all.last < slice.end);
        if is_owner
            && all.places == all.reads
            && is_here
            && all.bound == 1
            && base.bound <= 1
            && !changes(slice.local)
            && !changes(slice.base)
        {
            found.push(slice.local);
        }
    }
    found
}

fn any_slice(stmts: &[Stmt], types: &TypeTable) -> bool {
    stmts.iter().any(|stmt| {
        let mut found = slice_bound(stmt, types).is_some();
        walk::blocks(stmt, &mut |block| found |= any_slice(block, types));
        found
    })
}

/// A name for a slice, and the places that are met from its binding to the end of the block.
struct SliceName {
    local: LocalId,
    base: LocalId,
    start: usize,
    end: usize,
}

fn visit(stmts: &[Stmt], types: &TypeTable, mentions: &mut Mentions, slices: &mut Vec<SliceName>) {
    let mut here = Vec::new();
    for stmt in stmts {
        mentions.stmt(stmt);
        walk::stmt_parts(stmt, &mut |part| walk::walk_part(part, mentions));
        walk::blocks(stmt, &mut |block| visit(block, types, mentions, slices));
        if let Some((local, base)) = slice_bound(stmt, types) {
            here.push(slices.len());
            let start = mentions.places;
            slices.push(SliceName {
                local,
                base,
                start,
                end: start,
            });
        }
    }
    for at in here {
        slices[at].end = mentions.places;
    }
}

/// The local that a statement binds to a slice of a list of numbers, and that list.
fn slice_bound(stmt: &Stmt, types: &TypeTable) -> Option<(LocalId, LocalId)> {
    let StmtKind::Bind { local, value } = &stmt.kind else {
        return None;
    };
    let (ExprKind::Move(place) | ExprKind::Copy(place) | ExprKind::Share(place)) = &value.kind
    else {
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
#[derive(Clone, Copy, Default)]
struct Mentioned {
    /// Places that it is the root of, and the first and the last of them in the order of a walk.
    places: usize,
    first: usize,
    last: usize,
    /// Those of them that are an element that is read or written, the length, or what a loop visits.
    reads: usize,
    bound: usize,
}

struct Mentions {
    locals: Vec<Mentioned>,
    /// How many places were met.
    places: usize,
}

impl Mentions {
    fn of(&mut self, local: LocalId) -> &mut Mentioned {
        &mut self.locals[local.0 as usize]
    }

    fn read_if_whole(&mut self, place: &Place) {
        if let (Root::Local(local), []) = (&place.root, place.projections.as_slice()) {
            self.of(*local).reads += 1;
        }
    }
}

impl Visitor for Mentions {
    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Bind { local, .. } | StmtKind::Drop(local) => self.of(*local).bound += 1,
            StmtKind::Iterate(place) => self.read_if_whole(place),
            _ => {}
        }
    }

    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Len { place, .. } = &expr.kind {
            self.read_if_whole(place);
        }
    }

    fn place(&mut self, place: &Place) {
        let at = self.places;
        self.places += 1;
        let Root::Local(local) = place.root else {
            return;
        };
        let mentioned = self.of(local);
        if mentioned.places == 0 {
            mentioned.first = at;
        }
        mentioned.places += 1;
        mentioned.last = at;
        let first = place.projections.first().map(|projection| &projection.kind);
        mentioned.reads += usize::from(matches!(first, Some(ProjectionKind::Index { .. })));
    }
}
