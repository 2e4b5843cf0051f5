//! What a test shows about optionals: under `x is not None`, `x` is read as the value inside.

use mlc_diagnostics::Span;
use mlc_syntax::Name;

use crate::coerce::{Val, Weak, into_place};
use crate::expr::with_stmts;
use crate::func::FnCx;
use crate::hir::{
    Expr, ExprKind, LogicalOp, Place, Projection, ProjectionKind, Root, Stmt, StmtKind, Ty, TyKind,
    UnaryOp, is_quiet,
};
use crate::ops::is_simple;

/// The variables that hold a value where a test is true, and where it is false.
#[derive(Default)]
pub(crate) struct Narrowings {
    pub when_true: Vec<Name>,
    pub when_false: Vec<Name>,
}

impl FnCx<'_, '_> {
    pub fn narrowings_of(&self, test: &Expr) -> Narrowings {
        let mut found = Narrowings::default();
        self.collect_narrowings(test, &mut found);
        found
    }

    fn collect_narrowings(&self, test: &Expr, found: &mut Narrowings) {
        match &test.kind {
            ExprKind::IsSome(place) if place.projections.is_empty() => {
                if let Root::Local(local) = place.root {
                    found.when_true.push(Name::new(&self.local(local).name));
                }
            }
            ExprKind::Unary {
                op: UnaryOp::Not,
                operand,
            } => {
                let mut inner = Narrowings::default();
                self.collect_narrowings(operand, &mut inner);
                found.when_true.append(&mut inner.when_false);
                found.when_false.append(&mut inner.when_true);
            }
            ExprKind::Logical { op, left, right } => {
                let mut inner = Narrowings::default();
                self.collect_narrowings(left, &mut inner);
                self.collect_narrowings(right, &mut inner);
                match op {
                    LogicalOp::And => found.when_true.append(&mut inner.when_true),
                    LogicalOp::Or => found.when_false.append(&mut inner.when_false),
                }
            }
            ExprKind::Block { stmts, value } if stmts.is_empty() => {
                self.collect_narrowings(value, found)
            }
            _ => {}
        }
    }

    /// Takes the variables as narrowed; what comes back undoes it.
    pub fn assume(&mut self, names: &[Name]) -> Vec<Name> {
        names
            .iter()
            .copied()
            .filter(|name| self.narrowed.insert(*name))
            .collect()
    }

    pub fn restore(&mut self, names: Vec<Name>) {
        for name in names {
            self.narrowed.remove(&name);
        }
    }

    /// A variable goes to who may put `None` there: nothing is shown of it from here on.
    pub fn forget_shown(&mut self, name: Name) {
        self.narrowed.remove(&name);
    }

    /// Whether an optional is not `None`.
    pub fn holds_value(&mut self, value: Expr, span: Span) -> Expr {
        let place = into_place(value);
        // A value that is no variable is evaluated first.
        let (place, stmts) = match place.root {
            Root::Temporary(_) => {
                let value = self.read(place);
                self.place_to_read(value, span)
            }
            _ => (place, Vec::new()),
        };
        let kind = ExprKind::IsSome(Box::new(place));
        let ty = Ty::BOOL;
        with_stmts(stmts, Expr { kind, ty, span })
    }

    /// What an optional holds, where `None` has no meaning: a check raises `TypeError`. Other values are as they are.
    pub fn present(&mut self, value: Val) -> Val {
        let ty = self.cx.resolve(value.expr.ty);
        match *self.cx.types.kind(ty) {
            TyKind::Optional(inner) => self.unwrap(value.expr, inner, true).into(),
            _ => value,
        }
    }

    /// An operation on what two operands hold. Both are evaluated before either is found to be `None`.
    pub fn on_present(
        &mut self,
        left: Val,
        right: Val,
        operation: impl FnOnce(&mut Self, Val, Val) -> Val,
    ) -> Val {
        if !self.is_optional(left.expr.ty) || right.weak != Weak::No || is_simple(&right.expr) {
            let (left, right) = (self.present(left), self.present(right));
            return operation(self, left, right);
        }
        let (left_at, right_at) = (left.expr.span, right.expr.span);
        let (left, mut stmts) = self.place_before(left.expr, is_quiet(&right.expr), left_at);
        let (right, after) = self.place_to_read(right.expr, right_at);
        stmts.extend(after);
        let (left, right) = (self.read(left), self.read(right));
        let (left, right) = (self.present(left.into()), self.present(right.into()));
        let value = operation(self, left, right);
        Val {
            expr: with_stmts(stmts, value.expr),
            weak: value.weak,
        }
    }

    /// Arguments of which one must not be `None` and others stand behind it: all are evaluated, in what is given back, before that is
    /// looked at.
    pub fn evaluated_first(&mut self, args: &mut [Expr]) -> Vec<Stmt> {
        let types = &self.cx.types;
        let is_unwrapped =
            |arg: &mut Expr| unwrapped(arg).is_some_and(|place| !types.is_owning(place.ty));
        let Some(first) = args.iter_mut().position(is_unwrapped) else {
            return Vec::new();
        };
        if args[first + 1..].iter().all(is_simple) {
            return Vec::new();
        }
        self.captured(|cx| {
            for arg in &mut args[first..] {
                cx.evaluate_here(arg);
            }
        })
    }

    /// Puts what an argument is made of into a variable, but for what is only lent.
    fn evaluate_here(&mut self, arg: &mut Expr) {
        if let Some(place) = unwrapped(arg) {
            let mut optional = place.clone();
            let unwrap = optional.projections.pop();
            optional.ty = match optional.projections.last() {
                Some(step) => step.ty,
                None => self.root_type(&optional),
            };
            if self.cx.types.is_owning(optional.ty) {
                return;
            }
            let value = self.read(optional);
            place.root = self.variable_of(value);
            place.projections = unwrap.into_iter().collect();
            return;
        }
        let span = arg.span;
        if is_simple(arg) {
            return;
        }
        match &mut arg.kind {
            ExprKind::Move(_) => {}
            ExprKind::Borrow { place, .. } => {
                if let Root::Temporary(value) = &mut place.root {
                    let value = std::mem::replace(&mut **value, Val::error(span).expr);
                    place.root = self.variable_of(value);
                }
            }
            _ => {
                let ty = arg.ty;
                let value = std::mem::replace(arg, Val::error(span).expr);
                let root = self.variable_of(value);
                let projections = Vec::new();
                *arg = self.read(Place {
                    root,
                    projections,
                    ty,
                    span,
                });
            }
        }
    }

    fn variable_of(&mut self, value: Expr) -> Root {
        let (ty, span) = (value.ty, value.span);
        let local = self.temp("v", ty, span);
        self.emit(StmtKind::Bind { local, value }, span);
        Root::Local(local)
    }

    /// Reads through the optional if the variable is narrowed.
    pub fn narrow(&self, name: Name, place: &mut Place) {
        if !self.narrowed.contains(&name) {
            return;
        }
        if let TyKind::Optional(inner) = *self.cx.types.kind(place.ty) {
            place.projections.push(Projection {
                kind: ProjectionKind::Unwrap { checked: false },
                ty: inner,
                span: place.span,
            });
            place.ty = inner;
        }
    }
}

/// The place that is read of an optional that must not be `None`.
fn unwrapped(expr: &mut Expr) -> Option<&mut Place> {
    match &mut expr.kind {
        ExprKind::Cast(inner) => unwrapped(inner),
        ExprKind::Load(place) | ExprKind::Move(place) => {
            let last = place.projections.last().map(|step| &step.kind);
            let is_checked = matches!(last, Some(ProjectionKind::Unwrap { checked: true }));
            is_checked.then_some(place)
        }
        _ => None,
    }
}
