//! `with`: what a context manager of Python does around a body.

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use crate::coerce::Val;
use crate::diag;
use crate::func::{FnCx, RegionOf};
use crate::hir::{ErrorKind, ExprKind, Handler, StmtKind, Ty};

impl<'a> FnCx<'_, 'a> {
    pub(super) fn with_stmt(&mut self, item: &'a ast::With, span: Span) {
        self.with_items(&item.items, &item.body, span);
    }

    /// Several items are one in the other.
    ///
    /// ```text
    /// value = enter(manager)
    /// failed = False
    /// try:
    ///     target = value
    ///     BODY
    /// except error:
    ///     failed = True
    ///     if not exit(manager, error): raise
    /// finally:
    ///     if not failed: exit(manager, None)
    /// ```
    fn with_items(&mut self, items: &'a [ast::WithItem], body: &'a [ast::Stmt], span: Span) {
        let Some((item, inner)) = items.split_first() else {
            return self.block(body);
        };
        let at = item.context.span;
        let manager = self.value(&item.context, None);
        let manager = self.settle(manager);
        if manager.ty != Ty::ERROR && !self.is_object(&manager) {
            let name = self.ty_name(manager.ty);
            self.report(diag::not_yet(at, &format!("`with` of a `{name}`")));
        }
        if !self.is_object(&manager) {
            // What its blocks do, a `return` say, is not known, so nothing is missed behind it.
            self.reachable = false;
            return;
        }
        let manager = self.keep(manager);
        let value = self.enter(manager.clone(), at);
        let value = self.keep(value);
        let failed = self.temp("failed", Ty::BOOL, at);
        let bind = |cx: &mut Self, truth: bool| {
            let value = cx.bool(truth, at);
            let local = failed;
            cx.emit(StmtKind::Bind { local, value }, at);
        };
        bind(self, false);
        let (path, states) = self.region(RegionOf::Handlers, at, |cx| {
            cx.path(|cx| {
                if let Some(target) = &item.target {
                    cx.assign_to(target, value.clone().into(), target.span);
                }
                cx.with_items(inner, body, span);
            })
        });
        let error = self.temp("error", Ty::EXCEPTION, at);
        let handler = self.path(|cx| {
            cx.set_states(&states);
            bind(cx, true);
            let object = cx.exception_object(error, at);
            let suppressed = cx.exit(manager.clone(), object, at);
            let condition = cx.not(suppressed);
            let again = crate::hir::Stmt {
                kind: StmtKind::Reraise(None),
                span,
            };
            let kind = StmtKind::If {
                condition,
                then: vec![again],
                orelse: Vec::new(),
            };
            cx.emit(kind, at);
        });
        let ended = self.path(|cx| {
            let none = Val::strong(ExprKind::None, Ty::NONE, at);
            let none = cx.object_of(none);
            let exit = cx.exit(manager, none, at);
            cx.emit(StmtKind::Expr(exit), at);
        });
        let finally = crate::hir::Stmt {
            kind: StmtKind::If {
                condition: {
                    let failed = self.load_local(failed, at);
                    self.not(failed)
                },
                then: ended.stmts,
                orelse: Vec::new(),
            },
            span: at,
        };
        let falls = path.reachable;
        let mut blocks = self.join(vec![path, handler], span).into_iter();
        let (body, handler) = (
            blocks.next().unwrap_or_default(),
            blocks.next().unwrap_or_default(),
        );
        let handler = Handler {
            kinds: Vec::new(),
            name: Some(error),
            body: handler,
            span: at,
        };
        self.emit(
            StmtKind::Try {
                body,
                handlers: vec![handler],
                orelse: Vec::new(),
                finally: vec![finally],
            },
            span,
        );
        self.only_suppressed = !falls;
    }

    /// At the end of a function with a result, to which only a manager leads that has suppressed an error.
    pub fn raise_suppressed(&mut self, span: Span) {
        let text = "`with` suppressed an error in front of the `return`, so there is no result";
        let message = Some(self.str(text, span));
        let error = ErrorKind::TypeError;
        self.emit(StmtKind::Raise { error, message }, span);
    }
}
