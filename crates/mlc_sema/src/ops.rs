//! Operators: which operation the types of the operands mean.

mod arithmetic;
mod compare;
mod exact;
mod logical;
mod membership;

pub(crate) use arithmetic::{floor_div, floor_mod};

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use crate::coerce::{Val, into_place};
use crate::diag;
use crate::expr::with_stmts;
use crate::func::FnCx;
use crate::hir::{BinaryOp, Builtin, Expr, ExprKind, Ty, TyKind, UnaryOp};
use crate::want::Want;

/// The HIR's operator; `@` has none.
pub(crate) fn binary_op(op: ast::BinaryOp) -> Option<BinaryOp> {
    Some(match op {
        ast::BinaryOp::Add => BinaryOp::Add,
        ast::BinaryOp::Sub => BinaryOp::Sub,
        ast::BinaryOp::Mul => BinaryOp::Mul,
        ast::BinaryOp::MatMul => return None,
        ast::BinaryOp::Div => BinaryOp::Div,
        ast::BinaryOp::FloorDiv => BinaryOp::FloorDiv,
        ast::BinaryOp::Mod => BinaryOp::Mod,
        ast::BinaryOp::Pow => BinaryOp::Pow,
        ast::BinaryOp::LeftShift => BinaryOp::Shl,
        ast::BinaryOp::RightShift => BinaryOp::Shr,
        ast::BinaryOp::BitOr => BinaryOp::Or,
        ast::BinaryOp::BitXor => BinaryOp::Xor,
        ast::BinaryOp::BitAnd => BinaryOp::And,
    })
}

impl<'a> FnCx<'_, 'a> {
    pub fn binary_expr(
        &mut self,
        op: ast::BinaryOp,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        want: Want,
        span: Span,
    ) -> Val {
        if let Some(array) = self.array_repetition(op, (left, right), want, span) {
            return array;
        }
        if let Some(fill) = self.list_fill(op, left, right, want, span) {
            return fill;
        }
        let left = self.value(left, None);
        let right = self.value(right, None);
        self.binary(op, left, right, span)
    }

    /// `[x] * n` makes the list at once.
    pub(crate) fn list_fill(
        &mut self,
        op: ast::BinaryOp,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        want: Want,
        span: Span,
    ) -> Option<Val> {
        if op != ast::BinaryOp::Mul {
            return None;
        }
        let (item, count, swapped) = match (&left.kind, &right.kind) {
            (ast::ExprKind::List(items), _) if items.len() == 1 => (&items[0], right, false),
            (_, ast::ExprKind::List(items)) if items.len() == 1 => (&items[0], left, true),
            _ => return None,
        };
        if matches!(item.kind, ast::ExprKind::Starred(_)) {
            return None;
        }
        let elem = self.item_wanted(want);
        let item_span = item.span;
        let is_place = matches!(
            item.kind,
            ast::ExprKind::Name(_)
                | ast::ExprKind::Attribute { .. }
                | ast::ExprKind::Subscript { .. }
        );
        let early = swapped.then(|| self.value(count, None));
        let item = self.value(item, want.part(elem));
        let item = match elem {
            Some(elem) => self.coerce(item, elem),
            None => self.settle(item),
        };
        let count = match early {
            Some(count) => count,
            None => self.value(count, None),
        };
        let count = self.present(count);
        if !count.is_error() && !self.cx.types.is_int(count.expr.ty) {
            let list = self.cx.types.list(item.ty);
            let (list, other) = (self.ty_name(list), self.ty_name(count.expr.ty));
            self.report(diag::not_yet(
                span,
                &format!("element-wise `*` of `{list}` and `{other}`"),
            ));
            return Some(Val::error(span));
        }
        let count = self.coerce(count, Ty::INT);
        if self.cx.types.is_owning(item.ty) {
            let diagnostic = mlc_diagnostics::Diagnostic::error(
                "move-out-of-borrow",
                span,
                "this list would hold the same value several times, and it has one owner",
            );
            let message = "use a comprehension, which makes each item: `[… for _ in range(n)]`";
            let edit = |start, end, text: &str| mlc_diagnostics::Edit {
                span: Span { start, end, ..span },
                replacement: text.to_owned(),
            };
            let diagnostic = match (&right.kind, swapped) {
                (_, false) => diagnostic.fixit_edits(
                    message,
                    if is_place {
                        vec![
                            edit(item_span.start, item_span.start, "copy("),
                            edit(item_span.end, right.span.start, ") for _ in range("),
                            edit(span.end, span.end, ")]"),
                        ]
                    } else {
                        vec![
                            edit(item_span.end, right.span.start, " for _ in range("),
                            edit(span.end, span.end, ")]"),
                        ]
                    },
                ),
                _ => diagnostic.help(message),
            };
            self.report(diagnostic);
            return Some(Val::error(span));
        }
        let ty = self.cx.types.list(item.ty);
        let kind = ExprKind::ListFill {
            value: Box::new(item),
            count: Box::new(count),
        };
        Some(Val::strong(kind, ty, span))
    }

    /// `left op right` on values.
    pub fn binary(&mut self, op: ast::BinaryOp, left: Val, right: Val, span: Span) -> Val {
        if left.is_error() || right.is_error() {
            return Val::error(span);
        }
        let (left_ty, right_ty) = (
            self.cx.resolve(left.expr.ty),
            self.cx.resolve(right.expr.ty),
        );
        if let Some(value) = self.python_binary(op, false, &left, &right, span) {
            return value;
        }
        if let Some(value) = self.operator_method(op, &left, &right, span) {
            return value;
        }
        if let Some(value) = self.array_binary(op, &left, &right, span) {
            return value;
        }
        match (
            self.cx.types.kind(left_ty).clone(),
            op,
            self.cx.types.kind(right_ty).clone(),
        ) {
            (TyKind::Str, ast::BinaryOp::Add, TyKind::Str) => {
                return self.builtin(
                    Builtin::StrConcat,
                    vec![left.expr, right.expr],
                    Ty::STR,
                    span,
                );
            }
            (TyKind::Str, ast::BinaryOp::Mul, TyKind::Int { .. }) => {
                let count = self.coerce(right, Ty::INT);
                return self.builtin(Builtin::StrRepeat, vec![left.expr, count], Ty::STR, span);
            }
            (TyKind::Int { .. }, ast::BinaryOp::Mul, TyKind::Str) => {
                let count = self.coerce(left, Ty::INT);
                return self.builtin(Builtin::StrRepeat, vec![right.expr, count], Ty::STR, span);
            }
            (TyKind::List(_), ast::BinaryOp::Add, TyKind::List(_)) => {
                if !self.cx.unify(left_ty, right_ty) {
                    return self.operand_error(op, left_ty, right_ty, span);
                }
                let ty = self.cx.resolve(left_ty);
                let args = vec![self.borrow(left.expr), self.borrow(right.expr)];
                return self.builtin(Builtin::ListConcat, args, ty, span);
            }
            (TyKind::List(_), ast::BinaryOp::Mul, TyKind::Int { .. }) => {
                let count = self.coerce(right, Ty::INT);
                let args = vec![self.borrow(left.expr), count];
                return self.builtin(Builtin::ListRepeat, args, left_ty, span);
            }
            (TyKind::Int { .. }, ast::BinaryOp::Mul, TyKind::List(_)) => {
                let count = self.coerce(left, Ty::INT);
                let args = vec![self.borrow(right.expr), count];
                return self.builtin(Builtin::ListRepeat, args, right_ty, span);
            }
            (TyKind::Tuple(left_items), ast::BinaryOp::Add, TyKind::Tuple(right_items)) => {
                return self.tuple_concat(left.expr, &left_items, right.expr, &right_items, span);
            }
            (TyKind::Tuple(items), ast::BinaryOp::Mul, TyKind::Int { .. }) => {
                return self.tuple_repeat(left.expr, &items, &right, span);
            }
            (TyKind::Int { .. }, ast::BinaryOp::Mul, TyKind::Tuple(items)) => {
                return self.tuple_repeat(right.expr, &items, &left, span);
            }
            (TyKind::Optional(_), ..) | (_, _, TyKind::Optional(_)) => {
                return self.on_present(left, right, |cx, left, right| {
                    cx.binary(op, left, right, span)
                });
            }
            _ => {}
        }
        let Some(operator) = binary_op(op) else {
            return self.operand_error(op, left_ty, right_ty, span);
        };
        if !self.is_arithmetic(left_ty) || !self.is_arithmetic(right_ty) {
            return self.operand_error(op, left_ty, right_ty, span);
        }
        self.arithmetic(op, operator, left, right, span)
    }

    fn operand_error(&mut self, op: ast::BinaryOp, left: Ty, right: Ty, span: Span) -> Val {
        let is_format = left == Ty::STR && op == ast::BinaryOp::Mod;
        let (left, right) = (self.ty_name(left), self.ty_name(right));
        let diagnostic = diag::bad_operands(span, op.as_str(), &left, &right);
        self.report(match is_format {
            true => {
                diagnostic.help("values are written into a text by an f-string: `f\"{n} items\"`")
            }
            false => diagnostic,
        });
        Val::error(span)
    }

    pub fn unary_expr(
        &mut self,
        op: ast::UnaryOp,
        operand: &'a ast::Expr,
        want: Option<Ty>,
        span: Span,
    ) -> Val {
        if op == ast::UnaryOp::Not {
            let value = self.condition(operand);
            return self.not(value).into();
        }
        let value = self.value(operand, want);
        self.unary(op, value, span)
    }

    pub fn unary(&mut self, op: ast::UnaryOp, value: Val, span: Span) -> Val {
        if value.is_error() {
            return Val::error(span);
        }
        if let Some(found) = self.python_unary(op, &value, span) {
            return found;
        }
        if let Some(found) = self.unary_method(op, &value, span) {
            return found;
        }
        let value = self.present(value);
        if let Some(found) = self.array_unary(op, &value, span) {
            return found;
        }
        let ty = value.expr.ty;
        if !self.is_arithmetic(ty)
            || (op == ast::UnaryOp::Invert && !self.cx.types.is_int(ty) && ty != Ty::BOOL)
        {
            let name = self.ty_name(ty);
            self.report(diag::bad_operand(span, op.as_str(), &name));
            return Val::error(span);
        }
        if let Some(constant) = value.constant() {
            return Val::int(
                match op {
                    ast::UnaryOp::Minus => -constant,
                    ast::UnaryOp::Invert => !constant,
                    _ => constant,
                },
                span,
            );
        }
        let value = self.bool_as_int(value);
        let operator = match op {
            ast::UnaryOp::Minus => UnaryOp::Neg,
            ast::UnaryOp::Invert => UnaryOp::Invert,
            _ => return value,
        };
        let weak = value.weak;
        if let (UnaryOp::Neg, ExprKind::Float(constant)) = (operator, &value.expr.kind) {
            let mut expr = value.expr.clone();
            expr.kind = ExprKind::Float(-constant);
            expr.span = span;
            return Val { expr, weak };
        }
        let ty = value.expr.ty;
        let operand = Box::new(value.expr);
        let kind = ExprKind::Unary {
            op: operator,
            operand,
        };
        Val {
            expr: Expr { kind, ty, span },
            weak,
        }
    }

    pub fn builtin(&mut self, op: Builtin, mut args: Vec<Expr>, ty: Ty, span: Span) -> Val {
        if args.iter().any(|arg| arg.ty == Ty::ERROR) {
            return Val::error(span);
        }
        let first = self.evaluated_first(&mut args);
        let value = Val::strong(ExprKind::Builtin { op, args }, ty, span);
        with_stmts(first, value.expr).into()
    }

    /// A shared borrow of what owns memory; other values as they are.
    pub fn borrow(&mut self, expr: Expr) -> Expr {
        self.borrow_as(expr, false)
    }

    pub fn borrow_as(&mut self, expr: Expr, mutable: bool) -> Expr {
        if expr.ty == Ty::ERROR || (!mutable && !self.cx.types.is_owning(expr.ty)) {
            return expr;
        }
        if matches!(expr.kind, ExprKind::Borrow { .. }) {
            return expr;
        }
        let (ty, span) = (expr.ty, expr.span);
        let place = match mutable {
            true => into_place(expr),
            false => into_place(expr.keeping_branches()),
        };
        Expr {
            kind: ExprKind::Borrow { place, mutable },
            ty,
            span,
        }
    }
}

/// Whether evaluating it twice is the same as once, and cheap.
pub(crate) fn is_simple(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Bool(_)
        | ExprKind::Str(_)
        | ExprKind::None => true,
        ExprKind::Load(place) | ExprKind::Move(place) => {
            place.projections.is_empty() && matches!(place.root, crate::hir::Root::Local(_))
        }
        ExprKind::Cast(inner) => is_simple(inner),
        _ => false,
    }
}
