//! Places that are read and written by different operations: what leads to them is evaluated once.

use crate::func::FnCx;
use crate::hir::{BinaryOp, Expr, Place, Projection, ProjectionKind, Root, StmtKind, Subscript};

impl FnCx<'_, '_> {
    /// The same place, with all that is computed on the way to it in hidden locals.
    pub fn pinned(&mut self, place: Place) -> Place {
        let root = match place.root {
            Root::Temporary(value) | Root::Borrowed(value) => {
                let (ty, span) = (value.ty, value.span);
                let local = self.temp("whole", ty, span);
                self.emit(
                    StmtKind::Bind {
                        local,
                        value: *value,
                    },
                    span,
                );
                Root::Local(local)
            }
            root => root,
        };
        let projections = (place.projections.into_iter())
            .map(|projection| self.pinned_step(projection))
            .collect();
        Place {
            root,
            projections,
            ..place
        }
    }

    fn pinned_step(&mut self, projection: Projection) -> Projection {
        let kind = match projection.kind {
            ProjectionKind::Index { indices, checked } => ProjectionKind::Index {
                indices: indices.into_iter().map(|index| self.keep(index)).collect(),
                checked,
            },
            ProjectionKind::Slice(subscripts) => {
                let subscripts = subscripts.into_iter();
                ProjectionKind::Slice(subscripts.map(|part| self.pinned_subscript(part)).collect())
            }
            kind => kind,
        };
        Projection { kind, ..projection }
    }

    fn pinned_subscript(&mut self, subscript: Subscript) -> Subscript {
        match subscript {
            Subscript::Index(index) => Subscript::Index(self.keep(index)),
            Subscript::Range {
                start,
                stop,
                step,
                lanes,
            } => {
                let mut kept = |bound: Option<Expr>| bound.map(|bound| self.keep(bound));
                let (start, stop, step) = (kept(start), kept(stop), kept(step));
                Subscript::Range {
                    start,
                    stop,
                    step,
                    lanes,
                }
            }
        }
    }

    /// The empty slice behind a slice of a list, which is pinned; `None` where it has a step.
    pub fn behind_slice(&mut self, place: &Place) -> Option<Place> {
        let mut place = place.clone();
        let span = place.span;
        let ProjectionKind::Slice(subscripts) = &place.projections.last()?.kind else {
            return None;
        };
        let [
            Subscript::Range {
                start,
                stop,
                step: None,
                ..
            },
        ] = &subscripts[..]
        else {
            return None;
        };
        let (start, stop) = (start.clone(), stop.clone());
        // Bounds are clamped, and one below the start is the start.
        let up_to = |cx: &mut Self, stop: Option<Expr>| {
            let mut part = place.clone();
            set_bounds(&mut part, None, stop);
            cx.len_of(part, 0, span)
        };
        let last = up_to(self, stop);
        let end = match start {
            Some(start) => {
                let first = up_to(self, Some(start));
                self.int_binary(BinaryOp::Max, first, last, span)
            }
            None => last,
        };
        let end = self.keep(end);
        set_bounds(&mut place, Some(end.clone()), Some(end));
        Some(place)
    }
}

/// Gives a place that ends in a slice of a list other bounds.
fn set_bounds(place: &mut Place, start: Option<Expr>, stop: Option<Expr>) {
    if let Some(last) = place.projections.last_mut() {
        last.kind = ProjectionKind::Slice(vec![Subscript::Range {
            start,
            stop,
            step: None,
            lanes: None,
        }]);
    }
}
