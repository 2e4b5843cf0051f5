//! `a, b = value`: the parts of a tuple or list to several targets.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{ErrorKind, Expr, ExprKind, Place, Root, StmtKind, Ty, TyKind};
impl<'a> FnCx<'_, 'a> {
    /// `a, b = value`
    pub fn unpack(&mut self, parts: &'a [ast::Expr], at: Span, value: Val, span: Span) {
        let value = self.settle(value);
        let ty = self.cx.resolve(value.ty);
        if let Some(part) = parts
            .iter()
            .find(|part| matches!(part.kind, Ast::Starred(_)))
        {
            self.report(diag::not_yet(part.span, "`*` in an assignment target"));
            return self.poison_targets(parts);
        }
        let items = match self.cx.types.kind(ty).clone() {
            TyKind::Tuple(items) => items,
            TyKind::List(elem) | TyKind::Array { elem, .. } => {
                return self.unpack_list(parts, value, elem, span);
            }
            _ => {
                if ty != Ty::ERROR {
                    let name = self.ty_name(ty);
                    self.report(diag::type_mismatch(
                        at,
                        &format!("a tuple of {}", parts.len()),
                        &name,
                    ));
                }
                return self.poison_targets(parts);
            }
        };
        if items.len() != parts.len() {
            let expected = format!("a tuple of {}", parts.len());
            let name = self.ty_name(ty);
            self.report(diag::type_mismatch(at, &expected, &name));
            return self.poison_targets(parts);
        }
        if let ExprKind::Tuple(values) = value.kind {
            // The parts of a literal; each is taken before the first target is written.
            let values: Vec<Expr> = values;
            let mut taken = Vec::with_capacity(values.len());
            for value in values {
                let (at, ty) = (value.span, value.ty);
                let local = self.temp("v", ty, at);
                self.emit(StmtKind::Bind { local, value }, at);
                let place = self.local_place(local, at);
                taken.push(self.read(place));
            }
            for (part, value) in parts.iter().zip(taken) {
                self.assign_to(part, value.into(), span);
            }
            return;
        }
        let local = self.temp("t", ty, value.span);
        let at = value.span;
        self.emit(StmtKind::Bind { local, value }, at);
        for (position, part) in parts.iter().enumerate() {
            let base = self.local_place(local, at);
            let kind = crate::hir::ProjectionKind::Item(position as u32);
            let place = self.project(base, kind, items[position], part.span);
            let item = if self.cx.types.is_owning(items[position]) {
                Expr {
                    ty: place.ty,
                    span: place.span,
                    kind: ExprKind::Move(crate::coerce::temporary(Expr {
                        ty: place.ty,
                        span: place.span,
                        kind: ExprKind::Move(place),
                    })),
                }
            } else {
                self.read(place)
            };
            self.assign_to(part, item.into(), span);
        }
    }

    /// `a, b = xs`: as many items as targets, checked at run time.
    fn unpack_list(&mut self, parts: &'a [ast::Expr], value: Expr, elem: Ty, span: Span) {
        let at = value.span;
        let place = self.held(value, at);
        let len = self.len_of(place.clone(), 0, at);
        let wanted = self.int(parts.len() as i128, at);
        let condition = self.compare_ints(crate::hir::CompareOp::Eq, len, wanted, at);
        let message = self.str(&format!("expected {} values to unpack", parts.len()), at);
        self.emit(
            StmtKind::Check {
                condition,
                error: ErrorKind::ValueError,
                message: Some(message),
            },
            at,
        );
        for (position, part) in parts.iter().enumerate() {
            let kind = crate::hir::ProjectionKind::Index {
                indices: vec![self.int(position as i128, part.span)],
                checked: false,
            };
            let item = self.project(place.clone(), kind, elem, part.span);
            let item = self.read(item);
            self.assign_to(part, item.into(), span);
        }
    }

    /// A place that keeps the value for the statements that follow: its own place, or a hidden local.
    pub fn held(&mut self, value: Expr, span: Span) -> Place {
        let place = crate::coerce::into_place(value);
        match place.root {
            Root::Temporary(inner) => {
                let local = self.temp("t", inner.ty, span);
                self.emit(
                    StmtKind::Bind {
                        local,
                        value: *inner,
                    },
                    span,
                );
                Place {
                    root: Root::Local(local),
                    ..place
                }
            }
            _ => place,
        }
    }

    fn poison_targets(&mut self, parts: &'a [ast::Expr]) {
        for part in parts {
            crate::names::target_names(part, &mut |name| {
                if !self.vars.contains_key(&name) {
                    self.bind_poisoned(name, part.span);
                }
            });
        }
    }
}
