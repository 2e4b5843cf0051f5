//! Comparisons: `==` and the order of values.

use crate::ops::is_simple;
use mlc_diagnostics::Span;
use mlc_syntax::ast;

use crate::call::{Given, is_seen};
use crate::coerce::{Val, into_place, logical};
use crate::expr::with_stmts;
use crate::func::FnCx;
use crate::hir::{
    CompareOp, Expr, ExprKind, LogicalOp, Place, ProjectionKind, Stmt, StmtKind, Ty, TyKind,
    is_quiet,
};
impl<'a> FnCx<'_, 'a> {
    /// `a < b <= c`, each operand evaluated once.
    pub fn compare_expr(
        &mut self,
        left: &'a ast::Expr,
        rest: &'a [(ast::CompareOp, ast::Expr)],
        span: Span,
    ) -> Val {
        if let [(op @ (ast::CompareOp::In | ast::CompareOp::NotIn), pack)] = rest
            && let Some(found) = self.in_pack(left, pack)
        {
            let truth = found == (*op == ast::CompareOp::In);
            return Val::strong(ExprKind::Bool(truth), Ty::BOOL, span);
        }
        // Each comparison with what is done in front of it.
        let mut chain: Vec<(Vec<Stmt>, Expr)> = Vec::with_capacity(rest.len());
        let mut before = self.value(left, None);
        for (position, (op, operand)) in rest.iter().enumerate() {
            let mut right = self.value(operand, None);
            let mut next = Val::error(span);
            let is_last = position + 1 == rest.len();
            let is_part = !is_last && self.is_owned_part(&right.expr);
            let is_membership = matches!(op, ast::CompareOp::In | ast::CompareOp::NotIn);
            let mut first = Vec::new();
            if (is_membership && is_seen(operand))
                || ((is_membership || is_part) && !is_quiet(&before.expr))
            {
                (first, before) = self.before_operand(before);
            }
            if is_part {
                let (place, stmts) = self.place_before(right.expr, false, span);
                first.extend(stmts);
                right = self.read(place.clone()).into();
                next = self.read(place).into();
            } else if !is_last && (is_simple(&right.expr) || right.is_error()) {
                next = right.clone();
            } else if !is_last {
                (right, next) = self.evaluate_once(right);
            }
            let one = self.compare(*op, before, right, operand.span);
            let one = match one.expr.ty {
                Ty::ERROR => return Val::error(span),
                Ty::BOOL => one.expr,
                _ if rest.len() == 1 => {
                    let expr = with_stmts(first, one.expr);
                    return Val { expr, ..one };
                }
                _ => self.truth(one),
            };
            chain.push((first, one));
            before = next;
        }
        let mut result: Option<Expr> = None;
        for (first, one) in chain.into_iter().rev() {
            let all = match result {
                Some(rest) => logical(LogicalOp::And, one, rest),
                None => one,
            };
            result = Some(with_stmts(first, all));
        }
        let mut expr = result.unwrap_or_else(|| Val::error(span).expr);
        expr.span = span;
        expr.into()
    }

    /// Whether a value that owns memory is a part of another one, or a variable, and stays there.
    fn is_owned_part(&mut self, value: &Expr) -> bool {
        let ty = self.cx.resolve(value.ty);
        ty != Ty::STR && self.cx.types.is_owning(ty) && !is_simple(value) && self.is_lent(value)
    }

    /// A value in front of another one whose evaluation may be seen, and what is done for that.
    fn before_operand(&mut self, value: Val) -> (Vec<Stmt>, Val) {
        let ty = self.cx.resolve(value.expr.ty);
        let is_variable = matches!(value.expr.kind, ExprKind::Move(_));
        if value.is_error() || value.constant().is_some() {
            return (Vec::new(), value);
        }
        if is_variable && self.cx.types.is_owning(ty) {
            let span = value.expr.span;
            let (place, stmts) = self.place_before(value.expr, false, span);
            return (stmts, self.read(place).into());
        }
        let (bind, read) = self.bound_once(value);
        (vec![bind], read.into())
    }

    /// The value kept in a temporary: the expression that sets and gives it, and one that reads it again.
    pub fn evaluate_once(&mut self, value: Val) -> (Val, Val) {
        let (bind, read) = self.bound_once(value);
        let (ty, span) = (read.ty, read.span);
        let kind = ExprKind::Block {
            stmts: vec![bind],
            value: Box::new(read.clone()),
        };
        (Val::strong(kind, ty, span), read.into())
    }

    /// What puts a value into a temporary, and what reads it there.
    fn bound_once(&mut self, value: Val) -> (Stmt, Expr) {
        let value = self.settle(value);
        let (span, ty) = (value.span, value.ty);
        let local = self.temp("v", ty, span);
        let kind = StmtKind::Bind { local, value };
        let place = self.local_place(local, span);
        (Stmt { kind, span }, self.read(place))
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
        if let (Some(a), Some(b)) = (left.constant(), right.constant()) {
            let truth = match operator {
                CompareOp::Eq => a == b,
                CompareOp::Ne => a != b,
                CompareOp::Lt => a < b,
                CompareOp::Le => a <= b,
                CompareOp::Gt => a > b,
                CompareOp::Ge => a >= b,
            };
            return Val::strong(ExprKind::Bool(truth), Ty::BOOL, span);
        }
        if self.is_one_sequence(&left.expr, &right.expr) {
            let truth = matches!(operator, CompareOp::Eq | CompareOp::Le | CompareOp::Ge);
            return Val::strong(ExprKind::Bool(truth), Ty::BOOL, span);
        }
        if let Some(value) = self.python_compare(operator, &left, &right, span) {
            return value;
        }
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
        let kinds = (
            self.cx.types.kind(left_ty).clone(),
            self.cx.types.kind(right_ty).clone(),
        );
        let is_literal = |value: &Val| matches!(value.expr.kind, ExprKind::Tuple(_));
        match kinds {
            (TyKind::Tuple(left_items), TyKind::Tuple(right_items))
                if self.cx.types.is_owning(left_ty)
                    && (is_literal(&left) || is_literal(&right)) =>
            {
                let (left, right) = (self.settle(left), self.settle(right));
                let sides = [(left, &*left_items), (right, &*right_items)];
                return self.compare_tuples(op, sides, span);
            }
            (TyKind::List(_), TyKind::List(_)) if !equality => {
                return self.order_of_items(operator, left, right, span);
            }
            (TyKind::Tuple(_), TyKind::Tuple(_))
                if !equality && self.cx.types.is_owning(left_ty) =>
            {
                return self.order_of_items(operator, left, right, span);
            }
            (TyKind::Tuple(_), TyKind::Tuple(_))
                if equality && left_ty == right_ty && self.holds_method(left_ty, "__eq__") =>
            {
                let found = self.inner_equality(operator, &left, &right, span);
                return found.unwrap_or_else(|| Val::error(span));
            }
            (TyKind::Tuple(left_items), TyKind::Tuple(right_items))
                if !equality || left_ty != right_ty =>
            {
                let (left, right) = (self.settle(left), self.settle(right));
                let sides = [(left, &*left_items), (right, &*right_items)];
                return self.compare_tuples(op, sides, span);
            }
            _ => {}
        }
        let complex = self.cx.types.is_complex(left_ty) || self.cx.types.is_complex(right_ty);
        if complex && equality {
            if let Some(found) = self.complex_equality(operator, &left, &right, span) {
                return found;
            }
        } else if !complex && let Some((left, right)) = self.exact_sides(&left, &right) {
            return self.make_compare(operator, left, right, span);
        }
        let both = if self.is_arithmetic(left_ty) && self.is_arithmetic(right_ty) {
            if complex && !equality {
                None
            } else {
                self.meet(left, right)
            }
        } else if self.comparable(left_ty, equality) && self.cx.unify(left_ty, right_ty) {
            if let Some(found) = self.inner_equality(operator, &left, &right, span) {
                return found;
            }
            let (left, right) = (self.borrow(left.expr), self.borrow(right.expr));
            Some((left.into(), right.into()))
        } else if equality && (left_ty == Ty::NONE || right_ty == Ty::NONE) {
            return self.identity(op, left, right, span);
        } else if equality && self.is_optional(left_ty) {
            return self.equal_optional(op, left, right, at);
        } else if equality && self.is_optional(right_ty) {
            return self.equal_optional(op, right, left, at);
        } else {
            match (
                self.cx.types.kind(left_ty).clone(),
                self.cx.types.kind(right_ty).clone(),
            ) {
                (TyKind::Optional(_), _) | (_, TyKind::Optional(_)) => {
                    return self.on_present(left, right, |cx, left, right| {
                        cx.compare(op, left, right, at)
                    });
                }
                _ => None,
            }
        };
        let Some((left, right)) = both else {
            return self.no_meeting(op.as_str(), left_ty, right_ty, span);
        };
        let (left, right) = (self.settle(left), self.settle(right));
        if left.ty == Ty::ERROR || right.ty == Ty::ERROR {
            return Val::error(span);
        }
        self.make_compare(operator, left, right, span)
    }

    pub fn is_optional(&self, ty: Ty) -> bool {
        matches!(self.cx.types.kind(ty), TyKind::Optional(_))
    }

    /// `x == y` with an optional `x`: `None` equals `None` alone.
    fn equal_optional(&mut self, op: ast::CompareOp, left: Val, right: Val, at: Span) -> Val {
        let span = left.expr.span.to(at);
        let TyKind::Optional(inner) = *self.cx.types.kind(left.expr.ty) else {
            return Val::error(span);
        };
        let right_is_optional = self.is_optional(right.expr.ty);
        let (left, mut stmts) = self.place_before(left.expr, is_quiet(&right.expr), span);
        let mut right = right;
        if !is_simple(&right.expr) {
            let value = self.settle(right);
            let (place, before) = self.place_to_read(value, span);
            stmts.extend(before);
            right = self.read(place).into();
        }
        let some = self.is_some(left.clone(), span);
        let unwrap = ProjectionKind::Unwrap { checked: false };
        let inside = self.project(left, unwrap, inner, span);
        let inside = self.read(inside);
        let same = self.compare(ast::CompareOp::Eq, right.clone(), inside.into(), at);
        if same.is_error() {
            return same;
        }
        let orelse = match right_is_optional {
            true => {
                let place = into_place(right.expr);
                let other = self.is_some(place, span);
                self.not(other)
            }
            false => self.bool(false, span),
        };
        let equal = Expr {
            kind: ExprKind::If {
                condition: Box::new(some),
                then: Box::new(same.expr),
                orelse: Box::new(orelse),
            },
            ty: Ty::BOOL,
            span,
        };
        let equal = match op {
            ast::CompareOp::NotEq => self.not(equal),
            _ => equal,
        };
        crate::expr::with_stmts(stmts, equal).into()
    }

    fn is_some(&self, place: Place, span: Span) -> Expr {
        Expr {
            kind: ExprKind::IsSome(Box::new(place)),
            ty: Ty::BOOL,
            span,
        }
    }

    /// `a < b` of lists or of tuples: the first items that differ decide.
    fn order_of_items(&mut self, op: CompareOp, left: Val, right: Val, span: Span) -> Val {
        let left_ty = self.cx.resolve(left.expr.ty);
        let kind = match self.cx.types.kind(left_ty) {
            TyKind::List(_) => "list",
            _ => "tuple",
        };
        let order = match op {
            CompareOp::Lt => "lt",
            CompareOp::Le => "le",
            CompareOp::Gt => "gt",
            _ => "ge",
        };
        // `[]` takes the type of the other side.
        let right_ty = self.cx.resolve(right.expr.ty);
        self.cx.unify(left_ty, right_ty);
        let args = [left, right].map(|value| Given::Value(Box::new(value)));
        self.call_library(&format!("{kind}_{order}"), args.into(), span)
    }

    /// Item by item: the first pair that differs decides, then the lengths.
    fn compare_tuples(&mut self, op: ast::CompareOp, sides: [(Expr, &[Ty]); 2], span: Span) -> Val {
        let lens = sides.each_ref().map(|(_, items)| items.len());
        let mut stmts = Vec::new();
        let mut items: [Vec<Val>; 2] = Default::default();
        let quiet = sides.iter().all(|(value, _)| is_quiet(value));
        for (side, (value, tys)) in sides.into_iter().enumerate() {
            // The items of a literal stay where they are.
            if let ExprKind::Tuple(values) = value.kind {
                for value in values {
                    let (place, before) = self.place_before(value, quiet, span);
                    stmts.extend(before);
                    items[side].push(self.read(place).into());
                }
                continue;
            }
            let (whole, before) = self.place_before(value, quiet, span);
            stmts.extend(before);
            for (at, &ty) in tys.iter().enumerate() {
                let base = whole.clone();
                let place = self.project(base, ProjectionKind::Item(at as u32), ty, span);
                items[side].push(self.read(place).into());
            }
        }
        let equality = matches!(op, ast::CompareOp::Eq | ast::CompareOp::NotEq);
        let decided = match op {
            ast::CompareOp::Eq => lens[0] == lens[1],
            ast::CompareOp::NotEq => lens[0] != lens[1],
            ast::CompareOp::Less => lens[0] < lens[1],
            ast::CompareOp::LessEq => lens[0] <= lens[1],
            ast::CompareOp::Greater => lens[0] > lens[1],
            _ => lens[0] >= lens[1],
        };
        // Of pairs that are equal, the next one decides; the strict order, where two items are not.
        let strict = match op {
            ast::CompareOp::LessEq => ast::CompareOp::Less,
            ast::CompareOp::GreaterEq => ast::CompareOp::Greater,
            op => op,
        };
        let mut result = Val::strong(ExprKind::Bool(decided), Ty::BOOL, span).expr;
        let [left, right] = items;
        if equality && lens[0] != lens[1] {
            return crate::expr::with_stmts(stmts, result).into();
        }
        for (left, right) in left.into_iter().zip(right).rev() {
            let same = self.compare(ast::CompareOp::Eq, left.clone(), right.clone(), span);
            let differs = match op {
                ast::CompareOp::Eq => Val::strong(ExprKind::Bool(false), Ty::BOOL, span),
                ast::CompareOp::NotEq => Val::strong(ExprKind::Bool(true), Ty::BOOL, span),
                _ => self.compare(strict, left, right, span),
            };
            if same.is_error() || differs.is_error() {
                return Val::error(span);
            }
            result = Expr {
                kind: ExprKind::If {
                    condition: Box::new(same.expr),
                    then: Box::new(result),
                    orelse: Box::new(differs.expr),
                },
                ty: Ty::BOOL,
                span,
            };
        }
        crate::expr::with_stmts(stmts, result).into()
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
            TyKind::Array { elem, dims } => {
                equality
                    && dims.len() == 1
                    && !self.is_arithmetic(*elem)
                    && self.comparable_item(*elem, true)
            }
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
}
