//! Assignments: what stands on the left, and which values it gets in which order.

mod augmented;
mod name;
mod pinned;
mod store;
mod unpack;

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::checker::Item;
use crate::coerce::Val;
use crate::declare::first_definition;
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{ExprKind, Place, Root, StmtKind, Ty};
use crate::want::Want;
impl<'a> FnCx<'_, 'a> {
    pub fn assign(&mut self, targets: &'a [ast::Expr], value: &'a ast::Expr, span: Span) {
        if let [target] = targets
            && (self.swap(target, value, span) || self.names_function(target, value))
        {
            return;
        }
        let want = match targets {
            [target] => self.target_type(target),
            _ => Want::NOTHING,
        };
        if let ([target], Ast::Tuple(items) | Ast::List(items)) = (targets, &value.kind)
            && let Ast::Tuple(parts) | Ast::List(parts) = &target.kind
            && parts.len() == items.len()
            && !parts
                .iter()
                .chain(items)
                .any(|part| matches!(part.kind, Ast::Starred(_)))
        {
            return self.assign_in_parallel(parts, items, span);
        }
        let unpacked = |target: &ast::Expr| matches!(target.kind, Ast::Tuple(_) | Ast::List(_));
        let value = match targets.iter().all(unpacked) {
            true => match self.unzipped(value) {
                Some(parts) => parts,
                None => self.listed(value, want),
            },
            false => self.value(value, want),
        };
        if let [target] = targets {
            return self.assign_to(target, value, span);
        }
        let ty = self.cx.resolve(value.expr.ty);
        let mut order: Vec<&'a ast::Expr> = targets.iter().collect();
        if self.cx.types.is_owning(ty) {
            let names = targets.iter().filter(|target| !unpacked(target));
            if names.clone().count() > 1 {
                let spans: Vec<Span> = names.map(|target| target.span).collect();
                let ty = self.ty_name(ty);
                self.report(diag::one_owner_for_several(&spans, &ty));
                for target in targets {
                    self.assign_to(target, Val::error(span), span);
                }
                return;
            }
            // What takes the items comes before what takes the whole.
            order.sort_by_key(|target| !unpacked(target));
        }
        let value = self.settle(value);
        let local = self.temp("v", value.ty, value.span);
        self.emit(StmtKind::Bind { local, value }, span);
        for target in order {
            let value = self.read_local(local, span);
            self.assign_to(target, value.into(), span);
        }
    }

    /// `a, b = x, y`: all values first, then all targets.
    fn assign_in_parallel(
        &mut self,
        targets: &'a [ast::Expr],
        values: &'a [ast::Expr],
        span: Span,
    ) {
        let mut taken = Vec::with_capacity(values.len());
        for (target, value) in targets.iter().zip(values) {
            let want = self.target_type(target);
            let value = self.value(value, want);
            let value = match want.ty() {
                Some(want) if self.fixed_target(target) => self.coerce(value, want).into(),
                _ => value,
            };
            if matches!(
                value.expr.kind,
                ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Bool(_)
            ) || value.is_error()
            {
                taken.push(value);
                continue;
            }
            let weak = value.weak;
            let value = self.settle(value);
            let mut value: Val = self.taken(value, Some(target)).into();
            if weak == crate::coerce::Weak::Int {
                value.weak = crate::coerce::Weak::No;
            }
            taken.push(value);
        }
        for (target, value) in targets.iter().zip(taken) {
            self.assign_to(target, value, span);
        }
    }

    fn names_function(&mut self, target: &'a ast::Expr, value: &'a ast::Expr) -> bool {
        let Ast::Name(name) = &target.kind else {
            return false;
        };
        let module = self.cx.module(self.module);
        // At the top level the name has been declared as that of the lambda or function.
        let is_declared = self.at_top
            && matches!(module.items.get(name), Some(Item::Function(_)))
            && matches!(value.kind, Ast::Lambda { .. } | Ast::Name(_))
            && first_definition(module.ast, *name).is_none();
        is_declared || (!self.is_global_target(*name) && self.name_function(*name, value))
    }

    /// `m[i], m[j] = m[j], m[i]` on values that have one owner.
    fn swap(&mut self, target: &'a ast::Expr, value: &'a ast::Expr, span: Span) -> bool {
        let (Ast::Tuple(targets), Ast::Tuple(values)) = (&target.kind, &value.kind) else {
            return false;
        };
        let ([left, right], [first, second]) = (targets.as_slice(), values.as_slice()) else {
            return false;
        };
        let is_part =
            |expr: &ast::Expr| matches!(expr.kind, Ast::Subscript { .. } | Ast::Attribute { .. });
        if !is_part(left) || !is_part(right) || !same_expr(left, second) || !same_expr(right, first)
        {
            return false;
        }
        let mark = self.cx.diagnostics.len();
        let before = self.out.len();
        let left = self.place(left);
        let right = self.place(right);
        if self.cx.diagnostics.len() > mark {
            return true;
        }
        // What a method gives, as `__getitem__` and properties do, is in no place.
        let is_value = |place: &Place| matches!(place.root, Root::Temporary(_));
        if is_value(&left) || is_value(&right) {
            self.out.truncate(before);
            return false;
        }
        if left.ty != right.ty {
            let (left, right) = (self.ty_name(left.ty), self.ty_name(right.ty));
            self.report(diag::type_mismatch(span, &left, &right));
            return true;
        }
        self.emit(StmtKind::Swap { left, right }, span);
        true
    }

    /// The type that a target has already.
    fn target_type(&mut self, target: &'a ast::Expr) -> Want {
        match &target.kind {
            Ast::Name(name) => {
                if let Some(annotated) = self.annotated.get(name) {
                    return Want::of(annotated.ty, annotated.written);
                }
                if let Some(var) = self.vars.get(name) {
                    let ty = self.local(var.local).ty;
                    let ty = self.cx.resolve(ty);
                    return Some(ty).filter(|&ty| ty != Ty::ERROR).into();
                }
                if self.is_global_target(*name) {
                    let Some(&global) = self.cx.module(self.module).globals.get(name) else {
                        return Want::NOTHING;
                    };
                    let ty = self.cx.globals[global.0 as usize].ty;
                    return Want::of(ty, !self.cx.found_globals.contains(&global));
                }
                Want::NOTHING
            }
            Ast::Subscript { .. } | Ast::Attribute { .. } => {
                // Only for its type: the place itself is evaluated after the value.
                let diagnostics = self.cx.diagnostics.len();
                let outer = std::mem::take(&mut self.out);
                let mark = self.mark();
                let want = match self.operand(target, None) {
                    Operand::Place(place) => {
                        let ty = self.cx.resolve(place.ty);
                        self.want_in(&place, ty)
                    }
                    Operand::Value(value) if value.expr.ty == Ty::PYTHON_OBJECT => {
                        Want::written(Ty::PYTHON_OBJECT)
                    }
                    Operand::Value(_) => Want::NOTHING,
                };
                self.roll_back(mark);
                self.out = outer;
                self.cx.diagnostics.truncate(diagnostics);
                want.part(want.ty().filter(|&ty| ty != Ty::ERROR))
            }
            _ => Want::NOTHING,
        }
    }

    /// Whether a value assigned there must have the target's type.
    fn fixed_target(&self, target: &ast::Expr) -> bool {
        match &target.kind {
            Ast::Name(name) => !self.flexible || self.annotated.contains_key(name),
            _ => true,
        }
    }

    pub fn is_global_target(&self, name: Name) -> bool {
        (self.at_top || self.global_names.contains(&name))
            && matches!(
                self.cx.module(self.module).items.get(&name),
                Some(Item::Global)
            )
    }

    pub fn assign_to(&mut self, target: &'a ast::Expr, value: Val, span: Span) {
        match &target.kind {
            Ast::Name(name) => self.assign_name(*name, target.span, value, span),
            Ast::Tuple(parts) | Ast::List(parts) => self.unpack(parts, target.span, value, span),
            Ast::Subscript { .. } | Ast::Attribute { .. } => self.store(target, value, span),
            Ast::Invalid => {}
            _ => self.report(diag::bad_target(target.span)),
        }
    }
}

/// Whether two expressions are the same text, as far as names, literals and parts go.
pub(crate) fn same_expr(left: &ast::Expr, right: &ast::Expr) -> bool {
    match (&left.kind, &right.kind) {
        (Ast::Name(left), Ast::Name(right)) => left == right,
        (Ast::Int(left), Ast::Int(right)) => left == right,
        (
            Ast::Attribute { value, attr },
            Ast::Attribute {
                value: other,
                attr: other_attr,
            },
        ) => attr.name == other_attr.name && same_expr(value, other),
        (
            Ast::Subscript { value, index },
            Ast::Subscript {
                value: other,
                index: other_index,
            },
        ) => same_expr(value, other) && same_expr(index, other_index),
        (
            Ast::Binary { op, left, right },
            Ast::Binary {
                op: other_op,
                left: other_left,
                right: other_right,
            },
        ) => op == other_op && same_expr(left, other_left) && same_expr(right, other_right),
        (
            Ast::Unary { op, operand },
            Ast::Unary {
                op: other_op,
                operand: other,
            },
        ) => op == other_op && same_expr(operand, other),
        _ => false,
    }
}
