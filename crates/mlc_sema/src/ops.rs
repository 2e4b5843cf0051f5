//! Operators on scalars, strings and lists.

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use crate::coerce::{Val, Weak, into_place, logical};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{
    BinaryOp, Builtin, CompareOp, Expr, ExprKind, LogicalOp, Stmt, StmtKind, Ty, TyKind, UnaryOp,
};

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
        want: Option<Ty>,
        span: Span,
    ) -> Val {
        let want_operand = want.filter(|&ty| {
            self.cx.types.is_scalar(ty) || matches!(self.cx.types.kind(ty), TyKind::List(_))
        });
        if let Some(fill) = self.list_fill(op, left, right, want_operand, span) {
            return fill;
        }
        let left = self.value(left, None);
        let right = self.value(right, None);
        self.binary(op, left, right, span)
    }

    /// `[x] * n` makes the list at once.
    fn list_fill(
        &mut self,
        op: ast::BinaryOp,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        want: Option<Ty>,
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
        let elem = want.and_then(|want| match *self.cx.types.kind(want) {
            TyKind::List(elem) => Some(elem),
            _ => None,
        });
        let early = swapped.then(|| self.value(count, None));
        let item = self.value(item, elem);
        let item = match elem {
            Some(elem) => self.coerce(item, elem),
            None => self.settle(item),
        };
        let count = match early {
            Some(count) => count,
            None => self.value(count, None),
        };
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
            )
            .help("use a comprehension, which makes each item: `[… for _ in range(n)]`");
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
            (TyKind::Optional(inner), ..) => {
                let left = self.unwrap(left.expr, inner, true);
                return self.binary(op, left.into(), right, span);
            }
            (_, _, TyKind::Optional(inner)) => {
                let right = self.unwrap(right.expr, inner, true);
                return self.binary(op, left, right.into(), span);
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
        let (left, right) = (self.ty_name(left), self.ty_name(right));
        self.report(diag::bad_operands(span, op.as_str(), &left, &right));
        Val::error(span)
    }

    fn arithmetic(
        &mut self,
        op: ast::BinaryOp,
        operator: BinaryOp,
        left: Val,
        right: Val,
        span: Span,
    ) -> Val {
        if let (Some(a), Some(b)) = (left.constant(), right.constant())
            && let Some(value) = fold(operator, a, b, span)
        {
            return value;
        }
        let (left_ty, right_ty) = (left.expr.ty, right.expr.ty);
        let bits = matches!(operator, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor);
        if left_ty == Ty::BOOL && right_ty == Ty::BOOL && bits {
            return self.make_binary(operator, left.expr, right.expr, Ty::BOOL, Weak::No, span);
        }
        // `Bool` counts as an `Int` of 0 or 1.
        let left = self.bool_as_int(left);
        let right = self.bool_as_int(right);
        let (left_int, right_int) = (
            self.cx.types.is_int(left.expr.ty),
            self.cx.types.is_int(right.expr.ty),
        );
        match operator {
            BinaryOp::Shl | BinaryOp::Shr => {
                if !left_int || !right_int {
                    return self.operand_error(op, left_ty, right_ty, span);
                }
                let left = self.settle(left);
                let right = self.settle(right);
                let ty = left.ty;
                return self.make_binary(operator, left, right, ty, Weak::No, span);
            }
            BinaryOp::And | BinaryOp::Or | BinaryOp::Xor if !left_int || !right_int => {
                return self.operand_error(op, left_ty, right_ty, span);
            }
            BinaryOp::Pow if !left_int && right.constant().is_some() => {
                let weak = left.weak;
                let ty = left.expr.ty;
                let right = self.settle(right);
                return self.make_binary(operator, left.expr, right, ty, weak, span);
            }
            BinaryOp::Pow if left_int && right_int => {
                let left = self.settle(left);
                let right = self.settle(right);
                let ty = left.ty;
                return self.make_binary(operator, left, right, ty, Weak::No, span);
            }
            BinaryOp::FloorDiv | BinaryOp::Mod
                if self.cx.types.is_complex(left.expr.ty)
                    || self.cx.types.is_complex(right.expr.ty) =>
            {
                return self.operand_error(op, left_ty, right_ty, span);
            }
            _ => {}
        }
        let Some((left, right)) = self.meet(left, right) else {
            let (left, right) = (self.ty_name(left_ty), self.ty_name(right_ty));
            self.report(diag::mixed_sign(span, &left, &right));
            return Val::error(span);
        };
        let weak = if left.weak == Weak::Float {
            Weak::Float
        } else {
            Weak::No
        };
        let left = self.settle_int(left);
        let right = self.settle_int(right);
        if left.ty == Ty::ERROR || right.ty == Ty::ERROR {
            return Val::error(span);
        }
        let ty = left.ty;
        if operator == BinaryOp::Div && self.cx.types.is_int(ty) {
            let weak = if ty == Ty::INT { Weak::Float } else { Weak::No };
            return self.make_binary(operator, left, right, Ty::F64, weak, span);
        }
        self.make_binary(operator, left, right, ty, weak, span)
    }

    /// A constant integer becomes an `Int`; weak floats stay weak.
    fn settle_int(&mut self, value: Val) -> Expr {
        if value.weak == Weak::Int {
            self.settle(value)
        } else {
            value.expr
        }
    }

    fn bool_as_int(&mut self, value: Val) -> Val {
        if value.expr.ty == Ty::BOOL {
            return self.cast_to(value.expr, Ty::INT).into();
        }
        value
    }

    fn make_binary(
        &mut self,
        op: BinaryOp,
        left: Expr,
        right: Expr,
        ty: Ty,
        weak: Weak,
        span: Span,
    ) -> Val {
        let (left, right) = (Box::new(left), Box::new(right));
        Val {
            expr: Expr {
                kind: ExprKind::Binary { op, left, right },
                ty,
                span,
            },
            weak,
        }
    }

    /// `min(a, b)` and `max(a, b)` of two numbers.
    pub fn min_max(&mut self, op: BinaryOp, left: Val, right: Val, span: Span) -> Val {
        if left.is_error() || right.is_error() {
            return Val::error(span);
        }
        if let (Some(a), Some(b)) = (left.constant(), right.constant()) {
            return Val::int(
                if op == BinaryOp::Min {
                    a.min(b)
                } else {
                    a.max(b)
                },
                span,
            );
        }
        let (left_ty, right_ty) = (left.expr.ty, right.expr.ty);
        let ordered = self.is_arithmetic(left_ty)
            && self.is_arithmetic(right_ty)
            && !self.cx.types.is_complex(left_ty)
            && !self.cx.types.is_complex(right_ty);
        let both = if ordered {
            self.meet(left, right)
        } else {
            None
        };
        let Some((left, right)) = both else {
            let name = if op == BinaryOp::Min { "min" } else { "max" };
            let (left, right) = (self.ty_name(left_ty), self.ty_name(right_ty));
            self.report(diag::bad_operands(span, name, &left, &right));
            return Val::error(span);
        };
        let weak = if left.weak == Weak::Float {
            Weak::Float
        } else {
            Weak::No
        };
        let (left, right) = (self.settle_int(left), self.settle_int(right));
        let ty = left.ty;
        self.make_binary(op, left, right, ty, weak, span)
    }

    pub fn unary_expr(
        &mut self,
        op: ast::UnaryOp,
        operand: &'a ast::Expr,
        want: Option<Ty>,
        span: Span,
    ) -> Val {
        if op == ast::UnaryOp::Not {
            let value = self.value(operand, None);
            let value = self.truth(value);
            return self.not(value).into();
        }
        let value = self.value(operand, want);
        self.unary(op, value, span)
    }

    pub fn unary(&mut self, op: ast::UnaryOp, value: Val, span: Span) -> Val {
        if value.is_error() {
            return Val::error(span);
        }
        if let Some(found) = self.unary_method(op, &value, span) {
            return found;
        }
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

    /// `a and b`: on `Bool` itself; on other types the value that decides, as in Python.
    pub fn logical_expr(
        &mut self,
        op: ast::BoolOp,
        values: &'a [ast::Expr],
        want: Option<Ty>,
    ) -> Val {
        let op = match op {
            ast::BoolOp::And => LogicalOp::And,
            ast::BoolOp::Or => LogicalOp::Or,
        };
        let Some((first, rest)) = values.split_first() else {
            return Val::error(Span::NONE);
        };
        let mut result = self.value(first, want);
        for value in rest {
            let path = self.narrowed_operand(op, &result, value, want);
            result = self.logical_pair(op, result, path);
        }
        result
    }

    fn logical_pair(&mut self, op: LogicalOp, left: Val, right: Val) -> Val {
        let span = left.expr.span.to(right.expr.span);
        if left.is_error() || right.is_error() {
            return Val::error(span);
        }
        let (left_ty, right_ty) = (
            self.cx.resolve(left.expr.ty),
            self.cx.resolve(right.expr.ty),
        );
        if left_ty == Ty::BOOL && right_ty == Ty::BOOL {
            return logical(op, left.expr, right.expr).into();
        }
        // `a and b` is `b if a else a`, with `a` evaluated once.
        let (left, right) = if left_ty == right_ty && left.weak == right.weak {
            (self.settle(left), self.settle(right))
        } else if let (true, true) = (self.is_arithmetic(left_ty), self.is_arithmetic(right_ty)) {
            match self.meet(left, right) {
                Some((left, right)) => (self.settle(left), self.settle(right)),
                None => return self.logical_mismatch(op, left_ty, right_ty, span),
            }
        } else {
            return self.logical_mismatch(op, left_ty, right_ty, span);
        };
        let ty = left.ty;
        if self.cx.types.is_owning(ty) {
            return self.logical_mismatch(op, left_ty, right_ty, span);
        }
        let local = self.temp("v", ty, left.span);
        let stmts = vec![Stmt {
            span: left.span,
            kind: StmtKind::Bind { local, value: left },
        }];
        let test = self.load_local(local, span);
        let test = self.truth(test.into());
        let kept = self.load_local(local, span);
        let (then, orelse) = match op {
            LogicalOp::And => (right, kept),
            LogicalOp::Or => (kept, right),
        };
        let kind = ExprKind::If {
            condition: Box::new(test),
            then: Box::new(then),
            orelse: Box::new(orelse),
        };
        let value = Box::new(Expr { kind, ty, span });
        Val::strong(ExprKind::Block { stmts, value }, ty, span)
    }

    fn logical_mismatch(&mut self, op: LogicalOp, left: Ty, right: Ty, span: Span) -> Val {
        let (left, right) = (self.ty_name(left), self.ty_name(right));
        let word = if op == LogicalOp::And { "and" } else { "or" };
        let feature = format!("`{word}` of `{left}` and `{right}` as a value");
        self.report(
            diag::not_yet(span, &feature).help("compare them, so that both sides are `Bool`"),
        );
        Val::error(span)
    }

    /// `a < b <= c`, each operand evaluated once.
    pub fn compare_expr(
        &mut self,
        left: &'a ast::Expr,
        rest: &'a [(ast::CompareOp, ast::Expr)],
        span: Span,
    ) -> Val {
        let mut result: Option<Expr> = None;
        let mut before = self.value(left, None);
        for (position, (op, operand)) in rest.iter().enumerate() {
            let mut right = self.value(operand, None);
            let mut next = right.clone();
            if position + 1 < rest.len() && !is_simple(&right.expr) && !right.is_error() {
                (right, next) = self.evaluate_once(right);
            }
            let one = self.compare(*op, before, right, operand.span);
            let one = match one.expr.ty {
                Ty::ERROR => return Val::error(span),
                Ty::BOOL => one.expr,
                _ if rest.len() == 1 => return one,
                _ => self.truth(one),
            };
            result = Some(match result {
                Some(result) => logical(LogicalOp::And, result, one),
                None => one,
            });
            before = next;
        }
        let mut expr = result.unwrap_or_else(|| Val::error(span).expr);
        expr.span = span;
        expr.into()
    }

    /// The value kept in a temporary: the expression that sets and gives it, and one that reads it again.
    pub fn evaluate_once(&mut self, value: Val) -> (Val, Val) {
        let expr = self.settle(value);
        let (span, ty) = (expr.span, expr.ty);
        let local = self.temp("v", ty, span);
        let stmts = vec![Stmt {
            kind: StmtKind::Bind { local, value: expr },
            span,
        }];
        let place = self.local_place(local, span);
        let read = self.read(place);
        let kind = ExprKind::Block {
            stmts,
            value: Box::new(read.clone()),
        };
        (Val::strong(kind, ty, span), read.into())
    }

    pub fn compare(&mut self, op: ast::CompareOp, left: Val, right: Val, at: Span) -> Val {
        let span = left.expr.span.to(at);
        if left.is_error() || right.is_error() {
            return Val::error(span);
        }
        let operator = match op {
            ast::CompareOp::Eq => CompareOp::Eq,
            ast::CompareOp::NotEq => CompareOp::Ne,
            ast::CompareOp::Less => CompareOp::Lt,
            ast::CompareOp::LessEq => CompareOp::Le,
            ast::CompareOp::Greater => CompareOp::Gt,
            ast::CompareOp::GreaterEq => CompareOp::Ge,
            ast::CompareOp::Is | ast::CompareOp::IsNot => {
                return self.identity(op, left, right, span);
            }
            ast::CompareOp::In | ast::CompareOp::NotIn => {
                return self.membership(op, left, right, span);
            }
        };
        if let Some(value) = self.compare_method(op, &left, &right, span) {
            return value;
        }
        if let Some(value) = self.array_compare(operator, &left, &right, span) {
            return value;
        }
        let (left_ty, right_ty) = (
            self.cx.resolve(left.expr.ty),
            self.cx.resolve(right.expr.ty),
        );
        let equality = matches!(operator, CompareOp::Eq | CompareOp::Ne);
        let both = if self.is_arithmetic(left_ty) && self.is_arithmetic(right_ty) {
            let complex = self.cx.types.is_complex(left_ty) || self.cx.types.is_complex(right_ty);
            if complex && !equality {
                None
            } else {
                self.meet(left, right)
            }
        } else if self.comparable(left_ty, equality) && self.cx.unify(left_ty, right_ty) {
            let (left, right) = (self.borrow(left.expr), self.borrow(right.expr));
            Some((left.into(), right.into()))
        } else if equality && (left_ty == Ty::NONE || right_ty == Ty::NONE) {
            return self.identity(op, left, right, span);
        } else {
            match (
                self.cx.types.kind(left_ty).clone(),
                self.cx.types.kind(right_ty).clone(),
            ) {
                (TyKind::Optional(inner), _) => {
                    let left = self.unwrap(left.expr, inner, true);
                    return self.compare(op, left.into(), right, at);
                }
                (_, TyKind::Optional(inner)) => {
                    let right = self.unwrap(right.expr, inner, true);
                    return self.compare(op, left, right.into(), at);
                }
                _ => None,
            }
        };
        let Some((left, right)) = both else {
            let (left, right) = (self.ty_name(left_ty), self.ty_name(right_ty));
            self.report(diag::bad_operands(span, op.as_str(), &left, &right));
            return Val::error(span);
        };
        let (left, right) = (self.settle(left), self.settle(right));
        if left.ty == Ty::ERROR || right.ty == Ty::ERROR {
            return Val::error(span);
        }
        self.make_compare(operator, left, right, span)
    }

    pub fn make_compare(&self, op: CompareOp, left: Expr, right: Expr, span: Span) -> Val {
        let (left, right) = (Box::new(left), Box::new(right));
        Val::strong(ExprKind::Compare { op, left, right }, Ty::BOOL, span)
    }

    /// Whether two values of the type compare as a whole.
    fn comparable(&self, ty: Ty, equality: bool) -> bool {
        match self.cx.types.kind(ty) {
            TyKind::Str => true,
            TyKind::List(elem) => self.comparable_item(*elem, equality),
            TyKind::Tuple(items) => items
                .iter()
                .all(|&item| self.comparable_item(item, equality)),
            TyKind::Struct(_) | TyKind::Exception => equality,
            _ => false,
        }
    }

    fn comparable_item(&self, ty: Ty, equality: bool) -> bool {
        if self.cx.types.is_complex(ty) {
            return equality;
        }
        self.is_arithmetic(ty)
            || self.comparable(ty, equality)
            || matches!(self.cx.types.kind(ty), TyKind::Unknown(_))
    }

    /// `x is None`
    fn identity(&mut self, op: ast::CompareOp, left: Val, right: Val, span: Span) -> Val {
        let negated = matches!(op, ast::CompareOp::IsNot | ast::CompareOp::NotEq);
        let (left_ty, right_ty) = (
            self.cx.resolve(left.expr.ty),
            self.cx.resolve(right.expr.ty),
        );
        let tested = match (left_ty, right_ty) {
            (_, Ty::NONE) => left,
            (Ty::NONE, _) => right,
            _ => {
                let (left, right) = (self.ty_name(left_ty), self.ty_name(right_ty));
                let diagnostic = diag::bad_operands(span, op.as_str(), &left, &right);
                self.report(diagnostic.help("`is` tests for `None`; compare values with `==`"));
                return Val::error(span);
            }
        };
        let ty = self.cx.resolve(tested.expr.ty);
        if !matches!(
            self.cx.types.kind(ty),
            TyKind::Optional(_) | TyKind::Unknown(_)
        ) {
            let is_none = ty == Ty::NONE;
            return Val::strong(ExprKind::Bool(is_none != negated), Ty::BOOL, span);
        }
        let place = Box::new(into_place(tested.expr));
        let some = Expr {
            kind: ExprKind::IsSome(place),
            ty: Ty::BOOL,
            span,
        };
        if negated {
            some.into()
        } else {
            self.not(some).into()
        }
    }

    /// `x in xs`
    fn membership(&mut self, op: ast::CompareOp, left: Val, right: Val, span: Span) -> Val {
        let right_ty = self.cx.resolve(right.expr.ty);
        let found = match self.cx.types.kind(right_ty).clone() {
            TyKind::Str => {
                let needle = self.coerce(left, Ty::STR);
                self.builtin(
                    Builtin::StrContains,
                    vec![needle, right.expr],
                    Ty::BOOL,
                    span,
                )
            }
            TyKind::List(elem) | TyKind::Array { elem, .. } => {
                let item = self.coerce(left, elem);
                let item = if self.cx.types.is_owning(elem) {
                    self.borrow(item)
                } else {
                    item
                };
                let args = vec![self.borrow(right.expr), item];
                self.builtin(Builtin::Contains, args, Ty::BOOL, span)
            }
            TyKind::Tuple(items) => {
                return self.tuple_membership(op, left, right.expr, &items, span);
            }
            _ => {
                let (left, right) = (self.ty_name(left.expr.ty), self.ty_name(right_ty));
                self.report(diag::bad_operands(span, op.as_str(), &left, &right));
                return Val::error(span);
            }
        };
        if op == ast::CompareOp::NotIn && !found.is_error() {
            return self.not(found.expr).into();
        }
        found
    }

    pub fn builtin(&mut self, op: Builtin, args: Vec<Expr>, ty: Ty, span: Span) -> Val {
        if args.iter().any(|arg| arg.ty == Ty::ERROR) {
            return Val::error(span);
        }
        Val::strong(ExprKind::Builtin { op, args }, ty, span)
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
        let place = into_place(expr);
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

/// The result of a constant operation; `None` where it raises or leaves 128 bits, which is then left to run time.
fn fold(op: BinaryOp, a: i128, b: i128, span: Span) -> Option<Val> {
    let value = match op {
        BinaryOp::Add => a.checked_add(b)?,
        BinaryOp::Sub => a.checked_sub(b)?,
        BinaryOp::Mul => a.checked_mul(b)?,
        BinaryOp::Div if b != 0 => return Some(Val::float(a as f64 / b as f64, span)),
        BinaryOp::FloorDiv if b != 0 => a.checked_div_euclid(b).map(|_| floor_div(a, b))?,
        BinaryOp::Mod if b != 0 => a - b * floor_div(a, b),
        BinaryOp::Pow => a.checked_pow(u32::try_from(b).ok().filter(|&b| b < 128)?)?,
        BinaryOp::Shl if (0..64).contains(&b) => a.checked_mul(1i128 << b)?,
        BinaryOp::Shr if (0..128).contains(&b) => a >> b,
        BinaryOp::And => a & b,
        BinaryOp::Or => a | b,
        BinaryOp::Xor => a ^ b,
        _ => return None,
    };
    // What does not fit an `Int` is computed with wrapping at run time.
    (i128::from(i64::MIN)..=i128::from(u64::MAX))
        .contains(&value)
        .then(|| Val::int(value, span))
}

fn floor_div(a: i128, b: i128) -> i128 {
    let quotient = a / b;
    if a % b != 0 && (a < 0) != (b < 0) {
        quotient - 1
    } else {
        quotient
    }
}
