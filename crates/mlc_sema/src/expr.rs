//! Expressions: dispatch, names, literals, conditional expressions.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::checker::{GenericArg, Item};
use crate::coerce::{Val, Weak};
use crate::diag;
use crate::func::{FnCx, Var};
use crate::hir::{
    Builtin, CompareOp, ConstValue, ErrorKind, Expr, ExprKind, LogicalOp, Mode, Place, Projection,
    ProjectionKind, Root, Stmt, StmtKind, Ty, TyKind,
};

/// A place where the expression is one, else a value.
pub(crate) enum Operand {
    Place(Place),
    Value(Val),
}

/// After so many diagnostics unknown names are no longer compared with known ones.
const MOST_SUGGESTED: usize = 200;

impl<'a> FnCx<'_, 'a> {
    /// The expression as a value. `want` is the type that is hoped for; the value may have another.
    /// An owning value in a place comes back as a (provisional) `Move`.
    pub fn value(&mut self, expr: &'a ast::Expr, want: Option<Ty>) -> Val {
        match self.operand(expr, want) {
            Operand::Place(place) => self.read(place).into(),
            Operand::Value(value) => value,
        }
    }

    /// The expression as a value of exactly that type.
    pub fn value_of(&mut self, expr: &'a ast::Expr, ty: Ty) -> Expr {
        let value = self.value(expr, Some(ty));
        self.coerce(value, ty)
    }

    /// The expression as a condition.
    pub fn condition(&mut self, expr: &'a ast::Expr) -> Expr {
        if let Ast::Logical { op, values } = &expr.kind {
            return self.logical_condition(*op, values);
        }
        let value = self.value(expr, None);
        self.truth(value)
    }

    pub fn operand(&mut self, expr: &'a ast::Expr, want: Option<Ty>) -> Operand {
        let span = expr.span;
        let value = match &expr.kind {
            Ast::Name(name) => return self.name(*name, span),
            Ast::Attribute { value, attr } => return self.attribute(expr, value, attr),
            Ast::Subscript { value, index } => return self.subscript(value, index, span),
            Ast::Int(value) => match i128::try_from(value.value()) {
                Ok(value) => Val::int(value, span),
                Err(_) => {
                    self.report(diag::out_of_range(span, &value.to_string(), "Int"));
                    Val::error(span)
                }
            },
            Ast::Float(value) => Val::float(*value, span),
            Ast::Imaginary(value) => Val::strong(ExprKind::Complex(0.0, *value), Ty::C128, span),
            Ast::Str(text) => Val::strong(ExprKind::Str(text.clone()), Ty::STR, span),
            Ast::Bool(value) => Val::strong(ExprKind::Bool(*value), Ty::BOOL, span),
            Ast::None => Val::strong(ExprKind::None, Ty::NONE, span),
            Ast::FString(parts) => self.f_string(parts, span),
            Ast::Tuple(items) => self.tuple_literal(items, want, span),
            Ast::List(items) => self.list_literal(items, want, span),
            Ast::Progression(item) => self.progression(item, want, span),
            Ast::Comprehension(item) => self.comprehension(item, want, span),
            Ast::Unary { op, operand } => self.unary_expr(*op, operand, want, span),
            Ast::Binary { op, left, right } => self.binary_expr(*op, left, right, want, span),
            Ast::Logical { op, values } => self.logical_expr(*op, values, want),
            Ast::Compare { left, rest } => self.compare_expr(left, rest, span),
            Ast::IfElse(item) => self.conditional(item, want, span),
            Ast::Call { function, args } => return self.call(function, args, want, span),
            Ast::Named { target, value } => self.walrus(*target, value, want, span),
            Ast::Transfer(value) => self.transfer(value, span),
            Ast::Set(_) | Ast::Dict(_) => {
                let what = if matches!(expr.kind, Ast::Set(_)) {
                    "`Set`"
                } else {
                    "`Dict`"
                };
                self.report(diag::not_yet(span, what));
                Val::error(span)
            }
            Ast::Lambda(_) => {
                let diagnostic =
                    diag::not_yet(span, "a lambda that is not passed straight to a function");
                self.report(diagnostic);
                Val::error(span)
            }
            Ast::Slice(_)
            | Ast::Starred(_)
            | Ast::Ellipsis
            | Ast::Optional(_)
            | Ast::ArrayType { .. } => {
                self.report(mlc_diagnostics::Diagnostic::error(
                    "bad-expression",
                    span,
                    "this is not a value",
                ));
                Val::error(span)
            }
            Ast::Invalid => Val::error(span),
        };
        Operand::Value(value)
    }

    /// What a name means where it is read.
    pub fn name(&mut self, name: Name, span: Span) -> Operand {
        if let Some(var) = self.vars.get(&name).copied() {
            return Operand::Place(self.read_var(name, var, span));
        }
        if let Some(arg) = self.generics.get(&name).cloned() {
            return Operand::Value(match arg {
                GenericArg::Value(value) => self.comptime_literal(&value, span),
                GenericArg::Type(_) => self.not_a_value(name, span),
            });
        }
        if self.nested.contains_key(&name) {
            return Operand::Value(self.not_a_value(name, span));
        }
        if let Some(pack) = self.packs.get(&name).cloned() {
            return Operand::Value(self.pack_value(&pack, span));
        }
        if self.assigned.contains(&name) && !self.global_names.contains(&name) {
            self.report(diag::use_before_assignment(span, name.as_str()));
            self.read_unbound.insert(name);
            self.bind_poisoned(name, span);
            return Operand::Value(Val::error(span));
        }
        match self.cx.module(self.module).items.get(&name).cloned() {
            Some(Item::Comptime(value)) => Operand::Value(self.comptime_literal(&value, span)),
            Some(Item::Global) => self.global(name, span),
            Some(Item::Variable(module, name)) => self.variable(module, name, span),
            Some(Item::Poisoned) => Operand::Value(Val::error(span)),
            Some(_) => Operand::Value(self.not_a_value(name, span)),
            None => Operand::Value(self.unknown(name, span)),
        }
    }

    fn not_a_value(&mut self, name: Name, span: Span) -> Val {
        self.report(diag::not_yet(
            span,
            &format!("`{name}` as a value (a function, type or module that is not called)"),
        ));
        Val::error(span)
    }

    fn unknown(&mut self, name: Name, span: Span) -> Val {
        if name == "__name__" {
            return Val::strong(ExprKind::Str(self.module_name()), Ty::STR, span);
        }
        if crate::names::BUILTINS.contains(&name.as_str()) {
            return self.not_a_value(name, span);
        }
        if let Some(constant) = math_constant(name.as_str()) {
            return Val::float(constant, span);
        }
        // Each look at all names takes its time, and nobody reads that many.
        let known = if self.cx.diagnostics.len() < MOST_SUGGESTED {
            self.visible_names()
        } else {
            Default::default()
        };
        self.report(diag::unknown_name(span, name.as_str(), known));
        self.bind_poisoned(name, span);
        Val::error(span)
    }

    fn module_name(&self) -> Box<str> {
        if self.module.0 == 0 && !self.cx.options.imported {
            "__main__".into()
        } else {
            self.cx.module(self.module).path.as_str().into()
        }
    }

    /// After a report about a name: later uses of it in the function say nothing more.
    pub fn bind_poisoned(&mut self, name: Name, span: Span) {
        let local = self.local_for(name, Ty::ERROR, false, span);
        self.bind_var(name, local);
    }

    fn global(&mut self, name: Name, span: Span) -> Operand {
        let Some(&global) = self.cx.module(self.module).globals.get(&name) else {
            return Operand::Value(Val::error(span));
        };
        let ty = self.cx.globals[global.0 as usize].ty;
        Operand::Place(Place {
            root: Root::Global(global),
            projections: Vec::new(),
            ty,
            span,
        })
    }

    /// The place of a variable, with a check in front where it may not be bound.
    fn read_var(&mut self, name: Name, var: Var, span: Span) -> Place {
        if let Some(mut conflict) = self.conflicts.get(&var.local).cloned() {
            conflict.primary = span;
            self.report(conflict);
            self.bind_poisoned(name, span);
            return self.local_place(self.vars[&name].local, span);
        }
        if !var.certain {
            let flag = self.flag_of(var.local, span);
            let condition = self.load_local(flag, span);
            let text = format!(
                "cannot access local variable '{name}' where it is not associated with a value"
            );
            let message = Expr {
                kind: ExprKind::Str(text.into()),
                ty: Ty::STR,
                span,
            };
            self.emit(
                StmtKind::Check {
                    condition,
                    error: ErrorKind::UnboundLocalError,
                    message: Some(message),
                },
                span,
            );
            // From here on it is bound, or the function has been left.
            self.bind_var(name, var.local);
        }
        let mut place = self.local_place(var.local, span);
        self.narrow(name, &mut place);
        place
    }

    fn flag_of(&mut self, local: crate::hir::LocalId, span: Span) -> crate::hir::LocalId {
        if let Some(&flag) = self.flags.get(&local) {
            return flag;
        }
        let hint = format!("bound_{}", self.local(local).name);
        let flag = self.new_local(format!("${hint}"), Ty::BOOL, Mode::Owner, span);
        self.flags.insert(local, flag);
        flag
    }

    /// A compile-time value where it is used.
    pub fn comptime_literal(&mut self, value: &crate::checker::Comptime, span: Span) -> Val {
        let ty = value.ty;
        let literal = match &value.value {
            ConstValue::None => Val::strong(ExprKind::None, Ty::NONE, span),
            ConstValue::Bool(value) => Val::strong(ExprKind::Bool(*value), Ty::BOOL, span),
            ConstValue::Int(value) => Val::int(*value, span),
            ConstValue::Float(value) => Val::float(*value, span),
            ConstValue::Complex(re, im) => Val::strong(ExprKind::Complex(*re, *im), Ty::C128, span),
            ConstValue::Str(text) => Val::strong(ExprKind::Str(text.clone()), Ty::STR, span),
            ConstValue::Items(_) => return self.comptime_data(value, span),
        };
        match ty {
            Some(ty) => self.coerce(literal, ty).into(),
            None => literal,
        }
    }

    /// `body if test else orelse`
    fn conditional(&mut self, item: &'a ast::IfElse, want: Option<Ty>, span: Span) -> Val {
        let condition = self.condition(&item.test);
        match self.known_test(&item.test, &condition) {
            Some(true) => return self.value(&item.body, want),
            Some(false) => return self.value(&item.orelse, want),
            None => {}
        }
        let narrowed = self.narrowings_of(&condition);
        let (then, then_stmts) =
            self.branch_value(&narrowed.when_true, |cx| cx.value(&item.body, want));
        let (orelse, else_stmts) =
            self.branch_value(&narrowed.when_false, |cx| cx.value(&item.orelse, want));
        if then.is_error() != orelse.is_error() && self.cx.is_waiting(self.func) {
            // Of a branch that needs a result which is not known yet, the other one tells the type.
            return if then.is_error() { orelse } else { then };
        }
        if then.is_error() || orelse.is_error() || condition.ty == Ty::ERROR {
            return Val::error(span);
        }
        let (then, orelse) = match want {
            Some(want) if !self.cx.types.is_scalar(want) => (
                self.coerce(then, want).into(),
                self.coerce(orelse, want).into(),
            ),
            _ => match self.same_type(then, orelse, span) {
                Some(both) => both,
                None => return Val::error(span),
            },
        };
        let weak = if then.weak == Weak::Float && orelse.weak == Weak::Float {
            Weak::Float
        } else {
            Weak::No
        };
        let (then, orelse) = if weak == Weak::Float {
            (then.expr, orelse.expr)
        } else {
            (self.settle(then), self.settle(orelse))
        };
        let ty = then.ty;
        let kind = ExprKind::If {
            condition: Box::new(condition),
            then: Box::new(with_stmts(then_stmts, then)),
            orelse: Box::new(with_stmts(else_stmts, orelse)),
        };
        Val {
            expr: Expr { kind, ty, span },
            weak,
        }
    }

    /// Two values of which one is taken: numbers meet, anything else must agree.
    pub fn same_type(&mut self, left: Val, right: Val, span: Span) -> Option<(Val, Val)> {
        let (left_ty, right_ty) = (
            self.cx.resolve(left.expr.ty),
            self.cx.resolve(right.expr.ty),
        );
        if left_ty == right_ty && left.weak == right.weak {
            return Some((left, right));
        }
        if self.is_arithmetic(left_ty)
            && self.is_arithmetic(right_ty)
            && (left_ty == Ty::BOOL) == (right_ty == Ty::BOOL)
            && let Some(both) = self.meet(left.clone(), right.clone())
        {
            return Some(both);
        }
        if left_ty == Ty::NONE || right_ty == Ty::NONE {
            let inner = if left_ty == Ty::NONE {
                right_ty
            } else {
                left_ty
            };
            let ty = match self.cx.types.kind(inner) {
                TyKind::Optional(_) => inner,
                _ => self.cx.types.optional(inner),
            };
            return Some((self.coerce(left, ty).into(), self.coerce(right, ty).into()));
        }
        if let TyKind::Optional(_) = self.cx.types.kind(left_ty) {
            return Some((left, self.coerce(right, left_ty).into()));
        }
        if let TyKind::Optional(_) = self.cx.types.kind(right_ty) {
            return Some((self.coerce(left, right_ty).into(), right));
        }
        if self.cx.unify(left_ty, right_ty) {
            return Some((left, right));
        }
        let (expected, found) = (self.ty_name(left_ty), self.ty_name(right_ty));
        let at = if right.expr.span.is_none() {
            span
        } else {
            right.expr.span
        };
        self.report(diag::type_mismatch(at, &expected, &found));
        None
    }

    /// A value that is evaluated on one path only, with the statements that it needs.
    fn branch_value(
        &mut self,
        narrowed: &[Name],
        evaluate: impl FnOnce(&mut Self) -> Val,
    ) -> (Val, Vec<Stmt>) {
        let mut value = None;
        let path = self.path(|cx| {
            let undo = cx.assume(narrowed);
            value = Some(evaluate(cx));
            cx.restore(undo);
        });
        // What `:=` bound on this path is bound on some paths only.
        for (name, var) in path.delta {
            if let Some(var) = var {
                let known = self
                    .vars
                    .get(&name)
                    .is_some_and(|before| before.local == var.local && before.certain);
                self.set_var(
                    name,
                    Some(Var {
                        certain: known,
                        ..var
                    }),
                );
            }
        }
        (value.unwrap_or_else(|| Val::error(Span::NONE)), path.stmts)
    }

    /// The right side of `and` and `or`: evaluated only where the left does not decide, under what the left has shown.
    pub fn narrowed_operand(
        &mut self,
        op: LogicalOp,
        left: &Val,
        right: &'a ast::Expr,
        want: Option<Ty>,
    ) -> Val {
        let narrowed = self.shown_by(op, &left.expr);
        let (value, stmts) = self.branch_value(&narrowed, |cx| cx.value(right, want));
        Val {
            expr: with_stmts(stmts, value.expr),
            weak: value.weak,
        }
    }

    /// The right side of `and` and `or` where only its truth matters.
    pub fn narrowed_condition(&mut self, op: LogicalOp, left: &Expr, right: &'a ast::Expr) -> Expr {
        let narrowed = self.shown_by(op, left);
        let (value, stmts) = self.branch_value(&narrowed, |cx| cx.condition(right).into());
        with_stmts(stmts, value.expr)
    }

    /// The names that are narrowed where `left` does not decide.
    fn shown_by(&mut self, op: LogicalOp, left: &Expr) -> Vec<Name> {
        let shown = self.narrowings_of(left);
        if op == LogicalOp::And {
            shown.when_true
        } else {
            shown.when_false
        }
    }

    fn walrus(
        &mut self,
        target: ast::Ident,
        value: &'a ast::Expr,
        want: Option<Ty>,
        span: Span,
    ) -> Val {
        let value = self.value(value, want);
        let outer = std::mem::take(&mut self.out);
        self.assign_name(target.name, target.span, value, span);
        let stmts = std::mem::replace(&mut self.out, outer);
        let value = match self.name(target.name, span) {
            Operand::Place(place) => self.read(place),
            Operand::Value(value) => value.expr,
        };
        let ty = value.ty;
        let kind = ExprKind::Block {
            stmts,
            value: Box::new(value),
        };
        Val::strong(kind, ty, span)
    }

    /// `x^`: moves, also into a parameter that only borrows.
    fn transfer(&mut self, value: &'a ast::Expr, span: Span) -> Val {
        match self.operand(value, None) {
            Operand::Value(value) => value,
            Operand::Place(place) => {
                let mut value = self.transferred(place);
                value.expr.span = span;
                value
            }
        }
    }

    /// The value taken out of a place, also where the consumer only borrows.
    pub fn transferred(&mut self, place: Place) -> Val {
        let read = self.read(place);
        if !matches!(read.kind, ExprKind::Move(_)) {
            return read.into();
        }
        let (ty, span) = (read.ty, read.span);
        let place = crate::coerce::temporary(read);
        Val::strong(ExprKind::Move(place), ty, span)
    }

    fn tuple_literal(&mut self, items: &'a [ast::Expr], want: Option<Ty>, span: Span) -> Val {
        if items.iter().any(is_starred) {
            return self.tuple_with_stars(items, span);
        }
        let wants: Option<Box<[Ty]>> = want.and_then(|want| match self.cx.types.kind(want) {
            TyKind::Tuple(wants) if wants.len() == items.len() => Some(wants.clone()),
            _ => None,
        });
        let mut values = Vec::with_capacity(items.len());
        for (position, item) in items.iter().enumerate() {
            let value = match &wants {
                Some(wants) => self.value_of(item, wants[position]),
                None => {
                    let value = self.value(item, None);
                    self.settle(value)
                }
            };
            values.push(value);
        }
        if values.iter().any(|value| value.ty == Ty::ERROR) {
            return Val::error(span);
        }
        let tys: Vec<Ty> = values.iter().map(|value| value.ty).collect();
        let ty = self.cx.types.tuple(&tys);
        Val::strong(ExprKind::Tuple(values), ty, span)
    }

    /// `[a, b]`: a list, or an array where one is expected.
    fn list_literal(&mut self, items: &'a [ast::Expr], want: Option<Ty>, span: Span) -> Val {
        let want = want.map(|want| self.cx.resolve(want));
        if let Some(want) = want
            && let TyKind::Array { elem, dims } = self.cx.types.kind(want).clone()
        {
            return self.array_literal(items, want, elem, &dims, span);
        }
        let mut elem = want.and_then(|want| match *self.cx.types.kind(want) {
            TyKind::List(elem) => Some(elem),
            TyKind::Optional(inner) => match *self.cx.types.kind(inner) {
                TyKind::List(elem) => Some(elem),
                _ => None,
            },
            _ => None,
        });
        if items.iter().any(is_starred) {
            return self.list_with_stars(items, elem, span);
        }
        let mut values: Vec<Expr> = Vec::with_capacity(items.len());
        if let Some(elem) = elem {
            for item in items {
                let value = self.value_of(item, elem);
                values.push(value);
            }
        } else if items.is_empty() {
            elem = Some(self.cx.fresh_unknown());
        } else {
            // The items meet in one type.
            let vals: Vec<Val> = items.iter().map(|item| self.value(item, None)).collect();
            if vals.iter().any(Val::is_error) {
                return Val::error(span);
            }
            let common = self.common_type(&vals, span);
            let Some(common) = common else {
                return Val::error(span);
            };
            values = vals
                .into_iter()
                .map(|value| self.coerce(value, common))
                .collect();
            elem = Some(common);
        }
        let elem = elem.unwrap_or(Ty::ERROR);
        if values.iter().any(|value| value.ty == Ty::ERROR) {
            return Val::error(span);
        }
        let elem = self.cx.resolve(elem);
        let ty = self.cx.types.list(elem);
        Val::strong(ExprKind::List(values), ty, span)
    }

    /// The type in which the items of a literal meet.
    pub fn common_type(&mut self, values: &[Val], span: Span) -> Option<Ty> {
        let mut strong: Option<Ty> = None;
        let mut weak_float = false;
        let mut none = false;
        for value in values {
            let ty = self.cx.resolve(value.expr.ty);
            match value.weak {
                Weak::Float => weak_float = true,
                Weak::Int => {}
                Weak::No if ty == Ty::NONE => none = true,
                Weak::No => {
                    strong = Some(match strong {
                        None => ty,
                        Some(before) if self.cx.unify(before, ty) => self.cx.resolve(before),
                        Some(before) => {
                            let wide = if (before == Ty::BOOL) == (ty == Ty::BOOL) {
                                self.widen(before, ty)
                            } else {
                                None
                            };
                            match wide {
                                Some(wide) => wide,
                                None => {
                                    let (before, ty) = (self.ty_name(before), self.ty_name(ty));
                                    self.report(diag::type_mismatch(value.expr.span, &before, &ty));
                                    return None;
                                }
                            }
                        }
                    });
                }
            }
        }
        let any_int = values.iter().any(|value| value.weak == Weak::Int);
        let ty = match strong {
            Some(ty) if weak_float && self.cx.types.is_int(ty) => Ty::F64,
            Some(ty) if ty == Ty::BOOL && (weak_float || any_int) => {
                self.report(diag::type_mismatch(
                    span,
                    "Bool",
                    if weak_float { "f64" } else { "Int" },
                ));
                return None;
            }
            Some(ty) => ty,
            None if weak_float => Ty::F64,
            None if any_int => Ty::INT,
            None => Ty::NONE,
        };
        Some(
            if none && ty != Ty::NONE && !matches!(self.cx.types.kind(ty), TyKind::Optional(_)) {
                self.cx.types.optional(ty)
            } else {
                ty
            },
        )
    }

    pub fn project(&mut self, mut place: Place, kind: ProjectionKind, ty: Ty, span: Span) -> Place {
        place.projections.push(Projection { kind, ty, span });
        place.ty = ty;
        place.span = span;
        place
    }

    pub fn len_of(&mut self, place: Place, axis: u32, span: Span) -> Expr {
        Expr {
            kind: ExprKind::Len {
                place: Box::new(place),
                axis,
            },
            ty: Ty::INT,
            span,
        }
    }

    pub fn int(&self, value: i128, span: Span) -> Expr {
        Expr {
            kind: ExprKind::Int(value),
            ty: Ty::INT,
            span,
        }
    }

    pub fn str(&self, text: &str, span: Span) -> Expr {
        Expr {
            kind: ExprKind::Str(text.into()),
            ty: Ty::STR,
            span,
        }
    }

    pub fn int_binary(
        &self,
        op: crate::hir::BinaryOp,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Expr {
        Expr {
            kind: ExprKind::Binary {
                op,
                left: Box::new(left),
                right: Box::new(right),
            },
            ty: Ty::INT,
            span,
        }
    }

    pub fn compare_ints(&self, op: CompareOp, left: Expr, right: Expr, span: Span) -> Expr {
        self.make_compare(op, left, right, span).expr
    }

    /// What `repr(value)` gives.
    pub fn repr_of(&mut self, value: Expr, span: Span) -> Val {
        if let Some(text) = self.text_method(&value, true, span) {
            return text;
        }
        let value = self.borrow(value);
        self.builtin(Builtin::Repr, vec![value], Ty::STR, span)
    }

    /// What `str(value)` gives.
    pub fn str_of(&mut self, value: Expr, span: Span) -> Val {
        if value.ty == Ty::STR {
            return value.into();
        }
        if let Some(text) = self.text_method(&value, false, span) {
            return text;
        }
        let arg = self.borrow(value);
        self.builtin(Builtin::Str, vec![arg], Ty::STR, span)
    }
}

pub(crate) fn is_starred(expr: &ast::Expr) -> bool {
    matches!(expr.kind, Ast::Starred(_))
}

pub(crate) fn with_stmts(stmts: Vec<Stmt>, value: Expr) -> Expr {
    if stmts.is_empty() {
        return value;
    }
    Expr {
        ty: value.ty,
        span: value.span,
        kind: ExprKind::Block {
            stmts,
            value: Box::new(value),
        },
    }
}

pub(crate) fn math_constant(name: &str) -> Option<f64> {
    Some(match name {
        "pi" => std::f64::consts::PI,
        "e" => std::f64::consts::E,
        "tau" => std::f64::consts::TAU,
        "inf" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => return None,
    })
}

/// Whether a name that the language knows means something else here.
pub(crate) fn is_shadowed(cx: &FnCx<'_, '_>, name: Name) -> bool {
    cx.vars.contains_key(&name)
        || cx.nested.contains_key(&name)
        || cx.cx.module(cx.module).items.contains_key(&name)
}
