//! `if`, `elif`, `else` and `assert`.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::coerce::Val;
use crate::func::{FnCx, Path};
use crate::hir::{ErrorKind, Expr, ExprKind, Stmt, StmtKind, Ty};
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
        let mut orelse = orelse;
        for branch in branches {
            let condition = self.condition(&branch.test);
            if let Some(truth) = self.known_test(&branch.test, &condition) {
                self.out.extend(crate::expr::what_is_done(condition));
                if truth {
                    orelse = &branch.body;
                    break;
                }
                continue;
            }
            let narrowed = self.narrowings_of(&condition);
            let before = std::mem::take(&mut self.out);
            let then = self.path(|cx| {
                for arm in &arms {
                    cx.assume_bound(&arm.condition, false);
                }
                cx.assume(&narrowed.when_true);
                cx.assume_bound(&condition, true);
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
        let lead = std::mem::take(&mut self.out);
        let last = self.path(|cx| {
            cx.out = lead;
            for arm in &arms {
                cx.assume_bound(&arm.condition, false);
            }
            cx.block(orelse);
        });
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
            self.told_of_one(ErrorKind::AssertionError, value, message.span)
        });
        if condition.ty == Ty::ERROR {
            return;
        }
        let held = condition.clone();
        self.emit(
            StmtKind::Check {
                condition,
                error: ErrorKind::AssertionError,
                message,
            },
            span,
        );
        self.assume(&shown.when_true);
        self.assume_bound(&held, true);
    }

    /// The truth of a test of types, which the instance of the function decides: what is behind it need not make sense
    /// where it does not hold.
    pub fn known_test(&self, test: &ast::Expr, value: &Expr) -> Option<bool> {
        match &value.kind {
            ExprKind::Bool(truth) if self.tests_types(test) => Some(*truth),
            ExprKind::Block { value, .. } => self.known_test(test, value),
            _ => None,
        }
    }

    fn tests_types(&self, test: &ast::Expr) -> bool {
        match &test.kind {
            Ast::Call { function, args } => match (&function.kind, args.as_slice()) {
                (Ast::Name(name), [arg]) if *name == "len" => self.pack(&arg.value).is_some(),
                (Ast::Name(name), _) => *name == "isinstance",
                _ => false,
            },
            Ast::Name(_) => self.pack(test).is_some(),
            Ast::Compare { left, rest } => match rest.as_slice() {
                [(ast::CompareOp::Is | ast::CompareOp::IsNot, _)] => true,
                [(ast::CompareOp::In | ast::CompareOp::NotIn, pack)] => {
                    self.in_pack(left, pack).is_some()
                }
                [(_, right)] => self.tests_types(left) || self.tests_types(right),
                _ => false,
            },
            Ast::Unary { operand, .. } => self.tests_types(operand),
            Ast::Logical { values, .. } => values.iter().any(|value| self.tests_types(value)),
            _ => false,
        }
    }
}
