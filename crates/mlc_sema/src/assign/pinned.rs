//! Places that are read and written by different operations: what leads to them is evaluated once.

use crate::func::FnCx;
use crate::hir::{Expr, Place, Projection, ProjectionKind, Root, StmtKind, Subscript};

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
}
