//! `if`, `elif`, `else` and `assert`.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self};

use crate::coerce::Val;
use crate::func::{FnCx, Path};
use crate::hir::{ErrorKind, Expr, Stmt, StmtKind, Ty};
impl<'a> FnCx<'_, 'a> {
    pub fn if_stmt(&mut self, item: &'a ast::If, span: Span) {
        if item.comptime {
            return self.comptime_if(item);
        }
        self.if_branches(&item.branches, &item.orelse, span);
    }

    fn if_branches(&mut self, branches: &'a [ast::Branch], orelse: &'a [ast::Stmt], span: Span) {
        // The `elif`s nest; they are gathered in a loop, so that a long chain needs no deep stack.
        struct Arm {
            condition: Expr,
            before: Vec<Stmt>,
            narrowed_false: Vec<Name>,
        }
        let mut arms: Vec<Arm> = Vec::new();
        let mut thens: Vec<Path> = Vec::new();
        let outer = std::mem::take(&mut self.out);
        let mut assumed: Vec<Name> = Vec::new();
        for branch in branches {
            let condition = self.condition(&branch.test);
            let narrowed = self.narrowings_of(&condition);
            let before = std::mem::take(&mut self.out);
            let then = self.path(|cx| {
                cx.assume(&narrowed.when_true);
                cx.block(&branch.body);
            });
            thens.push(then);
            assumed.extend(self.assume(&narrowed.when_false));
            arms.push(Arm {
                condition,
                before,
                narrowed_false: narrowed.when_false,
            });
        }
        let last = self.path(|cx| cx.block(orelse));
        self.restore(assumed);
        self.out = outer;
        let else_left = !last.reachable;
        let all_left = thens.iter().all(|path| !path.reachable);
        let mut paths = thens;
        paths.push(last);
        let mut blocks = self.join(paths, span);
        let mut tail = blocks.pop().unwrap_or_default();
        for (arm, then) in arms.iter_mut().zip(blocks).rev() {
            let condition = std::mem::replace(&mut arm.condition, Val::error(span).expr);
            let mut stmts = std::mem::take(&mut arm.before);
            if condition.ty != Ty::ERROR {
                stmts.push(Stmt {
                    kind: StmtKind::If {
                        condition,
                        then,
                        orelse: std::mem::take(&mut tail),
                    },
                    span,
                });
            }
            tail = stmts;
        }
        self.out.append(&mut tail);
        // `if x is None: return` shows that `x` holds a value from here on.
        if all_left && !else_left {
            for arm in &arms {
                self.assume(&arm.narrowed_false);
            }
        }
    }

    pub fn assert_stmt(
        &mut self,
        comptime: bool,
        test: &'a ast::Expr,
        message: Option<&'a ast::Expr>,
        span: Span,
    ) {
        if comptime {
            return self.comptime_assert(test, message, span);
        }
        let condition = self.condition(test);
        let shown = self.narrowings_of(&condition);
        let message = message.map(|message| {
            let value = self.value(message, None);
            let value = self.settle(value);
            self.str_of(value, message.span).expr
        });
        if condition.ty == Ty::ERROR {
            return;
        }
        self.emit(
            StmtKind::Check {
                condition,
                error: ErrorKind::AssertionError,
                message,
            },
            span,
        );
        self.assume(&shown.when_true);
    }
}
