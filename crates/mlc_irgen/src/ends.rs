//! How statements end: by their last line, or by a jump.

use mlc_sema::hir::{ExprKind, Stmt, StmtKind};

/// How a list of statements can end.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Ends {
    /// Reaches its end.
    pub falls: bool,
    pub breaks: bool,
    pub continues: bool,
    pub returns: bool,
}

impl Ends {
    pub const FALLS: Ends = Ends {
        falls: true,
        breaks: false,
        continues: false,
        returns: false,
    };

    /// The number of different ways.
    pub fn ways(self) -> usize {
        [self.falls, self.breaks, self.continues, self.returns]
            .into_iter()
            .filter(|&way| way)
            .count()
    }

    /// Whether it may leave by a jump.
    pub fn jumps(self) -> bool {
        self.breaks || self.continues || self.returns
    }

    pub fn or(self, other: Ends) -> Ends {
        Ends {
            falls: self.falls || other.falls,
            breaks: self.breaks || other.breaks,
            continues: self.continues || other.continues,
            returns: self.returns || other.returns,
        }
    }
}

/// How statements end; one that only raises ends in no way at all.
pub fn ends<'h>(stmts: impl IntoIterator<Item = &'h Stmt>) -> Ends {
    let mut all = Ends::FALLS;
    for stmt in stmts {
        let one = ends_of(stmt);
        all = Ends {
            falls: false,
            ..all
        }
        .or(one);
        if !one.falls {
            return all;
        }
    }
    all
}

fn ends_of(stmt: &Stmt) -> Ends {
    let nothing = Ends::default();
    match &stmt.kind {
        StmtKind::Break => Ends {
            breaks: true,
            ..nothing
        },
        StmtKind::Continue => Ends {
            continues: true,
            ..nothing
        },
        StmtKind::Return(_) => Ends {
            returns: true,
            ..nothing
        },
        StmtKind::Raise { .. } | StmtKind::Reraise(_) => nothing,
        StmtKind::If { then, orelse, .. } => ends(then).or(ends(orelse)),
        StmtKind::While {
            condition,
            body,
            orelse,
        } => {
            let inner = ends(body);
            let forever = matches!(condition.kind, ExprKind::Bool(true));
            let mut all = if forever { nothing } else { ends(orelse) };
            all.falls |= inner.breaks;
            all.returns |= inner.returns;
            all
        }
        StmtKind::For { body, orelse, .. } => {
            let inner = ends(body);
            let mut all = ends(orelse);
            all.falls |= inner.breaks;
            all.returns |= inner.returns;
            all
        }
        StmtKind::Drain { body, .. } => Ends {
            returns: ends(body).returns,
            ..Ends::FALLS
        },
        StmtKind::Try {
            body,
            handlers,
            orelse,
            finally,
        } => {
            let mut all = ends(body.iter().chain(orelse));
            for handler in handlers {
                all = all.or(ends(&handler.body));
            }
            let last = ends(finally);
            if last.falls {
                all.or(Ends {
                    falls: false,
                    ..last
                })
            } else {
                last
            }
        }
        _ => Ends::FALLS,
    }
}
