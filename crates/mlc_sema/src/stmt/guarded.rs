//! `try` and its handlers.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::func::{FnCx, Path, RegionOf, Var};
use crate::hir::{ErrorKind, Expr, Handler, LocalId, Stmt, StmtKind, Ty};

/// What a handler catches.
enum Caught {
    /// Errors of these kinds; empty: all.
    Kinds(Vec<ErrorKind>),
    /// Those for which a test of the error, which is bound to the local first, holds.
    Test {
        error: LocalId,
        before: Vec<Stmt>,
        condition: Expr,
    },
}

/// The head of a handler, whose body is checked apart.
struct Head {
    caught: Caught,
    name: Option<LocalId>,
    span: Span,
}

impl<'a> FnCx<'_, 'a> {
    pub fn try_stmt(&mut self, item: &'a ast::Try, span: Span) {
        if item.finally.is_empty() {
            let (body, handlers, orelse) = self.handled(item, span);
            let finally = Vec::new();
            let kind = StmtKind::Try {
                body,
                handlers,
                orelse,
                finally,
            };
            return self.emit(kind, span);
        }
        let ends = self.ends_so_far();
        let ((path, parts), states) = self.region(RegionOf::Finally, span, |cx| {
            let mut parts = None;
            let path = cx.path(|cx| parts = Some(cx.handled(item, span)));
            (path, parts.unwrap_or_default())
        });
        self.out.extend(path.stmts);
        for (name, var) in path.delta.iter() {
            self.set_var(name, var);
        }
        self.reachable &= path.reachable;
        let (body, handlers, orelse) = parts;
        let finally = self.finally(&item.finally, &states, ends, span);
        let kind = StmtKind::Try {
            body,
            handlers,
            orelse,
            finally,
        };
        self.emit(kind, span);
    }

    /// The body, the handlers and the `else`.
    fn handled(&mut self, item: &'a ast::Try, span: Span) -> (Vec<Stmt>, Vec<Handler>, Vec<Stmt>) {
        let (mut body, states) = match item.handlers.is_empty() {
            true => (self.path(|cx| cx.block(&item.body)), Vec::new()),
            false => self.region(RegionOf::Handlers, span, |cx| {
                cx.path(|cx| cx.block(&item.body))
            }),
        };
        let mut heads = Vec::with_capacity(item.handlers.len());
        let mut paths = Vec::new();
        for handler in &item.handlers {
            let caught = self.caught(handler.exception.as_ref(), &states, handler.span);
            let mut local = None;
            let path = self.path(|cx| {
                cx.set_states(&states);
                if let Some(name) = handler.name {
                    local = Some(cx.bind_caught(name, &caught));
                }
                cx.handler_depth += 1;
                cx.block(&handler.body);
                cx.handler_depth -= 1;
                if let Some(name) = handler.name {
                    cx.set_var(name.name, None);
                }
            });
            heads.push(Head {
                caught,
                name: local,
                span: handler.span,
            });
            paths.push(path);
        }
        // `else` goes on from the end of the body.
        let delta = std::mem::take(&mut body.delta);
        let body_reachable = body.reachable;
        let orelse = self.path(|cx| {
            for (name, var) in delta.iter() {
                cx.set_var(name, var);
            }
            cx.block(&item.orelse);
        });
        paths.push(Path {
            reachable: orelse.reachable && body_reachable,
            ..orelse
        });
        let mut blocks = self.join(paths, span);
        let orelse = blocks.pop().unwrap_or_default();
        let handlers = self.handlers(heads, blocks);
        (body.stmts, handlers, orelse)
    }

    /// The local of `as name`: an `Exception`, or the object that it is where a test of Python's caught it.
    fn bind_caught(&mut self, name: ast::Ident, caught: &Caught) -> LocalId {
        let (ty, error) = match caught {
            Caught::Kinds(_) => (Ty::EXCEPTION, None),
            Caught::Test { error, .. } => (Ty::PYTHON_OBJECT, Some(*error)),
        };
        let local = self.local_for(name.name, ty, false, name.span);
        if let Some(error) = error {
            let value = self.exception_object(error, name.span);
            self.emit(StmtKind::Bind { local, value }, name.span);
        }
        self.bind_var(name.name, local);
        local
    }

    /// What stands behind `except`.
    fn caught(
        &mut self,
        exception: Option<&'a ast::Expr>,
        states: &[(Name, Var)],
        span: Span,
    ) -> Caught {
        let Some(exception) = exception else {
            return Caught::Kinds(Vec::new());
        };
        let classes: &'a [ast::Expr] = match &exception.kind {
            Ast::Tuple(items) => items,
            _ => std::slice::from_ref(exception),
        };
        if classes.iter().any(|class| self.is_object_expr(class)) {
            let error = self.temp("caught", Ty::EXCEPTION, span);
            let mut condition = self.bool(false, span);
            let path = self.path(|cx| {
                cx.set_states(states);
                condition = cx.is_caught_by(error, classes, exception.span);
            });
            return Caught::Test {
                error,
                before: path.stmts,
                condition,
            };
        }
        let mut kinds = Vec::with_capacity(classes.len());
        for class in classes {
            match self.error_kind(class) {
                Some(kind) => kinds.push(kind),
                None => match &class.kind {
                    Ast::Name(name) => self.report_unknown_exception(name.as_str(), class.span),
                    _ => {
                        let message = "expected the name of an exception";
                        let code = "unknown-exception";
                        self.report(Diagnostic::error(code, class.span, message));
                    }
                },
            }
        }
        Caught::Kinds(kinds)
    }

    /// Handlers with their bodies. One with a test catches all: where the test fails, it raises the error again for those behind it.
    fn handlers(&mut self, heads: Vec<Head>, bodies: Vec<Vec<Stmt>>) -> Vec<Handler> {
        let mut handlers: Vec<Handler> = Vec::new();
        for (head, mut body) in heads.into_iter().zip(bodies).rev() {
            let span = head.span;
            let stmt = |kind| Stmt { kind, span };
            match head.caught {
                Caught::Kinds(kinds) => {
                    let name = self.name_handled(head.name, &mut body, span);
                    let handler = Handler {
                        kinds,
                        name,
                        body,
                        span,
                    };
                    handlers.insert(0, handler);
                }
                Caught::Test {
                    error,
                    before,
                    condition,
                } => {
                    self.raise_handled(error, &mut body);
                    let again = self.load_local(error, span);
                    let again = stmt(StmtKind::Reraise(Some(again)));
                    let behind = std::mem::take(&mut handlers);
                    let otherwise = match behind.is_empty() {
                        true => again,
                        false => stmt(StmtKind::Try {
                            body: vec![again],
                            handlers: behind,
                            orelse: Vec::new(),
                            finally: Vec::new(),
                        }),
                    };
                    let mut tested = before;
                    tested.push(stmt(StmtKind::If {
                        condition,
                        then: body,
                        orelse: vec![otherwise],
                    }));
                    handlers.push(Handler {
                        kinds: Vec::new(),
                        name: Some(error),
                        body: tested,
                        span,
                    });
                }
            }
        }
        handlers
    }
}
