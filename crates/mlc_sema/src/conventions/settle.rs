//! Turns the provisional moves of a body into the borrows, copies and moves that conventions ask for.

use rustc_hash::FxHashSet;

use super::facts::Facts;
use super::root_local;
use crate::coerce::temporary;
use crate::hir::{
    Convention, Expr, ExprKind, Function, LocalId, Mode, Place, Root, Stmt, StmtKind, TypeTable,
};
use crate::places::is_list_slice;
use crate::slice_views::slice_views;
use crate::walk::{self, Rewriter};

/// Sets the modes of locals and turns provisional moves into what the conventions ask for.
pub(super) fn settle(
    function: &mut Function,
    facts: &Facts,
    types: &TypeTable,
    conventions: &[Vec<Convention>],
    quiet: &[bool],
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
    for local in &facts.small_parts {
        if facts.written[local.0 as usize] {
            function.locals[local.0 as usize].mode = Mode::Mut;
        }
    }
    let copied = changing_slices(facts);
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
        in_library: function.span.is_none(),
        quiet,
        conventions,
        modes: &modes,
        copied: &copied,
        viewed: &viewed,
        joined: &facts.joined,
        small_parts: &facts.small_parts,
        result_borrow: function.result_borrows.map(|_| result_mutable),
    };
    walk::rewrite(&mut function.body, &mut pass);
}

/// The hidden names of slices of lists that loops visit, where the list may change meanwhile.
fn changing_slices(facts: &Facts) -> Vec<LocalId> {
    let written = |local: LocalId| facts.written[local.0 as usize];
    (facts.visited_slices.iter())
        .filter(|(slice, list)| !written(*slice) && list.is_none_or(written))
        .map(|(slice, _)| *slice)
        .collect()
}

struct Settle<'s> {
    types: &'s TypeTable,
    /// Whether the function is the library's: what it keeps of a value that stays elsewhere, the keys of items, is only looked at, so that
    /// a copy does.
    in_library: bool,
    /// The functions that change nothing.
    quiet: &'s [bool],
    conventions: &'s [Vec<Convention>],
    modes: &'s [Mode],
    /// Names for slices of lists that are the copies that Python makes.
    copied: &'s [LocalId],
    small_parts: &'s FxHashSet<LocalId>,
    /// Names for slices of lists of which nobody can tell that they are no copies.
    viewed: &'s [LocalId],
    joined: &'s [(LocalId, LocalId)],
    result_borrow: Option<bool>,
}

impl Settle<'_> {
    /// Whether a parameter that stays with the caller becomes a variable of the function where paths meet.
    fn is_join_of_borrow(&self, place: &Place, to: LocalId) -> bool {
        let mode = |local: LocalId| self.modes[local.0 as usize];
        root_local(place).is_some_and(|from| {
            self.joined.contains(&(from, to))
                && mode(from) != Mode::Owner
                && mode(to) == Mode::Owner
        })
    }

    /// Whether what a place holds is a part of something else, and stays there.
    fn is_lent(&self, place: &Place) -> bool {
        match root_local(place) {
            Some(local) => {
                self.modes[local.0 as usize] != Mode::Owner || !place.projections.is_empty()
            }
            None => false,
        }
    }

    fn arg(&self, arg: &mut Expr, convention: Convention, callee: usize) {
        if !self.types.is_owning(arg.ty) || matches!(arg.kind, ExprKind::Borrow { .. }) {
            return;
        }
        let (ty, span) = (arg.ty, arg.span);
        let kind = std::mem::replace(&mut arg.kind, ExprKind::None);
        arg.kind = match (convention, kind) {
            (Convention::Owned, ExprKind::Move(place))
                if self.in_library && self.quiet[callee] && self.is_lent(&place) =>
            {
                ExprKind::Copy(place)
            }
            (Convention::Owned, kind) => kind,
            (Convention::Borrowed, ExprKind::Move(place)) => ExprKind::Borrow {
                place,
                mutable: false,
            },
            // Python passes a copy of a slice; what is written to it is lost.
            (Convention::Inout, ExprKind::Move(place)) if is_list_slice(&place, self.types) => {
                let copy = Expr {
                    kind: ExprKind::Share(place),
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
                    value.kind = ExprKind::Share(place.clone());
                } else if self.viewed.contains(local)
                    && let ExprKind::Move(place) | ExprKind::Copy(place) | ExprKind::Share(place) =
                        &value.kind
                {
                    value.kind = ExprKind::Borrow {
                        place: place.clone(),
                        mutable: false,
                    };
                } else if let ExprKind::Move(place) = &value.kind
                    && self.is_join_of_borrow(place, *local)
                {
                    value.kind = ExprKind::Share(place.clone());
                } else if self.small_parts.contains(local)
                    && self.modes[local.0 as usize] == Mode::Mut
                    && let ExprKind::Load(place) = &value.kind
                {
                    value.kind = ExprKind::Borrow {
                        place: place.clone(),
                        mutable: true,
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
                self.arg(arg, *convention, callee.0 as usize);
            }
        }
        // A copy of a whole temporary is its value, unless its parts may be those of others in Python.
        if let ExprKind::Copy(place) = &mut expr.kind
            && place.projections.is_empty()
            && matches!(place.root, Root::Temporary(_))
            && !self.types.has_owning_parts(place.ty)
        {
            let place = place.clone();
            expr.kind = ExprKind::Move(place);
        }
        // What is kept of a slice of a list is a copy; a whole temporary is its value.
        while let ExprKind::Move(place) = &mut expr.kind {
            if is_list_slice(place, self.types) {
                expr.kind = ExprKind::Share(place.clone());
                return;
            }
            if self.in_library && matches!(place.root, Root::Borrowed(_)) {
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
