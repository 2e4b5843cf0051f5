//! `for` over what an object of Python iterates over.

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use super::End;
use crate::func::FnCx;
use crate::hir::{Builtin, Expr, ExprKind, PythonOp, Stmt, StmtKind, Ty};

impl<'a> FnCx<'_, 'a> {
    /// Items are asked for one by one: the loop becomes one that ends where there is none.
    pub(super) fn object_for(&mut self, item: &'a ast::For, axis: &'a ast::ForAxis, span: Span) {
        let at = axis.iter.span;
        let object = self.value(&axis.iter, None).expr;
        let objects = |op, args| Expr {
            kind: ExprKind::Builtin {
                op: Builtin::Python(op),
                args,
            },
            ty: Ty::PYTHON_OBJECT,
            span: at,
        };
        let iterator = self.temp("iterator", Ty::PYTHON_OBJECT, at);
        self.emit(
            StmtKind::Bind {
                local: iterator,
                value: objects(PythonOp::Iterate, vec![object]),
            },
            at,
        );
        let next = self.temp("item", Ty::PYTHON_OBJECT, axis.target.span);
        let end = End::Else(&item.orelse);
        let mut checked = self.looped(None, end, span, |cx| {
            let value = cx.load_local(next, axis.target.span);
            cx.assign_to(&axis.target, value.into(), axis.target.span);
            cx.block(&item.body);
        });
        let orelse = self.after_loop(&mut checked, end, span);
        let iterator = self.load_local(iterator, at);
        let bind = Stmt {
            kind: StmtKind::Bind {
                local: next,
                value: objects(PythonOp::Next, vec![iterator]),
            },
            span: at,
        };
        let next = self.load_local(next, at);
        let ended = Expr {
            ty: Ty::BOOL,
            ..objects(PythonOp::IsEnd, vec![next])
        };
        let condition = Expr {
            kind: ExprKind::Block {
                stmts: vec![bind],
                value: Box::new(self.not(ended)),
            },
            ty: Ty::BOOL,
            span: at,
        };
        self.emit(
            StmtKind::While {
                condition,
                body: checked.path.stmts,
                orelse,
            },
            span,
        );
    }
}
