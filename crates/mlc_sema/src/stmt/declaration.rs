//! Declarations of variables, and `del`.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::diag;
use crate::expr::Operand;
use crate::func::{Annotated, FnCx};
use crate::hir::{Expr, ExprKind, Place, ProjectionKind, Root, StmtKind, Subscript, Ty, TyKind};
impl<'a> FnCx<'_, 'a> {
    pub fn declare(&mut self, declare: &'a ast::Declare, span: Span) {
        let Ast::Name(name) = &declare.target.kind else {
            return match (&declare.annotation, &declare.value) {
                (None, Some(value)) => {
                    self.assign(std::slice::from_ref(&declare.target), value, span)
                }
                (Some(annotation), Some(value)) => {
                    let ty = self.annotation(annotation);
                    let want = self.want_by(annotation, ty);
                    let value = self.value_for(value, want, ty);
                    self.assign_to(&declare.target, value.into(), span);
                }
                _ => {}
            };
        };
        let at = declare.target.span;
        let Some(annotation) = &declare.annotation else {
            if let Some(value) = &declare.value {
                self.assign(std::slice::from_ref(&declare.target), value, span);
            }
            return;
        };
        if self.redefines(*name, at) {
            return;
        }
        let ty = self.annotation(annotation);
        if let Some(before) = self.annotated.get(name).copied()
            && before.ty != ty
            && before.ty != Ty::ERROR
            && ty != Ty::ERROR
        {
            let (old, new) = (self.ty_name(before.ty), self.ty_name(ty));
            self.report(diag::type_changes(
                at,
                name.as_str(),
                &old,
                &new,
                before.span,
            ));
            return;
        }
        if ty == Ty::ERROR {
            if let Some(value) = &declare.value {
                self.value(value, None);
            }
            return self.bind_poisoned(*name, at);
        }
        let want = self.want_by(annotation, ty);
        if self.is_global_target(*name) {
            let value = (declare.value.as_ref()).map(|value| self.value_for(value, want, ty));
            if !self.cx.module(self.module).globals.contains_key(name) {
                self.cx.add_global(self.module, *name, ty, at);
            }
            if let Some(value) = value {
                self.assign_global(*name, at, value.into(), span);
            }
            return;
        }
        let annotated = Annotated {
            ty,
            span: at,
            written: want.is_written(),
        };
        self.annotated.insert(*name, annotated);
        if let Some(value) = &declare.value {
            let value = self.value_for(value, want, ty);
            self.narrowed.remove(name);
            self.bind_value(*name, at, value, ty, span);
        }
    }

    pub fn delete(&mut self, target: &'a ast::Expr) {
        match &target.kind {
            Ast::Name(name) => match self.operand(target, None) {
                Operand::Place(place) => {
                    if let Root::Local(local) = place.root {
                        self.emit(StmtKind::Drop(local), target.span);
                        self.set_var(*name, None);
                        self.annotated.remove(name);
                    } else {
                        self.report(diag::not_yet(target.span, "`del` of a top-level variable"));
                    }
                }
                Operand::Value(_) => {}
            },
            Ast::Subscript { .. } | Ast::Attribute { .. } if self.python_delete(target) => {}
            Ast::Subscript { value, index } => {
                if let Ast::Slice(_) = &index.kind {
                    return self.delete_slice(target);
                }
                let list = self.place(value);
                let ty = self.cx.resolve(list.ty);
                if self.cx.struct_of(ty).is_some() {
                    return self.delete_by_method(list, index, target.span);
                }
                if !matches!(self.cx.types.kind(ty), TyKind::List(_)) {
                    return self.report(diag::not_yet(target.span, "this kind of `del`"));
                }
                let index = self.value_of(index, Ty::INT);
                let list = Expr {
                    ty,
                    span: list.span,
                    kind: ExprKind::Borrow {
                        place: list,
                        mutable: true,
                    },
                };
                let call = self.builtin(
                    crate::hir::Builtin::ListRemoveAt,
                    vec![list, index],
                    Ty::NONE,
                    target.span,
                );
                if !call.is_error() {
                    self.emit(StmtKind::Expr(call.expr), target.span);
                }
            }
            Ast::Tuple(items) | Ast::List(items) => items.iter().for_each(|item| self.delete(item)),
            _ => self.report(diag::not_yet(target.span, "this kind of `del`")),
        }
    }

    /// `del list[i:j]` stores no items in the slice; what has a step keeps its length when it is stored to.
    fn delete_slice(&mut self, target: &'a ast::Expr) {
        let Operand::Place(place) = self.operand(target, None) else {
            return;
        };
        let ty = self.cx.resolve(place.ty);
        match self.cx.types.kind(ty) {
            TyKind::List(_) if has_step(&place) => {
                let kind = ExprKind::Borrow {
                    place,
                    mutable: true,
                };
                let span = target.span;
                let slice = Expr { ty, span, kind };
                let op = crate::hir::Builtin::ListRemoveSlice;
                let call = self.builtin(op, vec![slice], Ty::NONE, span);
                if !call.is_error() {
                    self.emit(StmtKind::Expr(call.expr), span);
                }
            }
            TyKind::List(_) => {
                let value = Expr {
                    kind: ExprKind::List(Vec::new()),
                    ty,
                    span: target.span,
                };
                self.emit(StmtKind::store(place, value), target.span);
            }
            TyKind::Error => {}
            _ => self.report(diag::not_yet(target.span, "this kind of `del`")),
        }
    }
}

fn has_step(place: &Place) -> bool {
    let Some(ProjectionKind::Slice(subscripts)) = place.projections.last().map(|last| &last.kind)
    else {
        return false;
    };
    let in_steps =
        |subscript: &Subscript| matches!(subscript, Subscript::Range { step: Some(_), .. });
    subscripts.iter().any(in_steps)
}
