//! `name = value`: variables, names for parts, and top-level variables.

use mlc_diagnostics::Span;
use mlc_syntax::Name;

use crate::checker::{GenericArg, Item};
use crate::coerce::Val;
use crate::declare::first_definition;
use crate::diag;
use crate::func::{Annotated, FnCx};
use crate::hir::{Expr, ExprKind, LocalId, Mode, Place, Root, StmtKind, Ty, TyKind};

impl<'a> FnCx<'_, 'a> {
    /// `name = value`
    pub fn assign_name(&mut self, name: Name, at: Span, value: Val, span: Span) {
        self.narrowed.remove(&name);
        if self.redefines(name, at) {
            return;
        }
        if self.is_comptime(name) {
            return self.report(diag::constant_assigned(at, name.as_str()));
        }
        if self.is_global_target(name) {
            return self.assign_global(name, at, value, span);
        }
        if let Some(Annotated { ty, .. }) = self.annotated.get(&name).copied() {
            let value = self.coerce(value, ty);
            return self.bind_value(name, at, value, ty, span);
        }
        if value.is_error() {
            if !self.vars.contains_key(&name) {
                self.bind_poisoned(name, at);
            }
            return;
        }
        let old = self
            .vars
            .get(&name)
            .map(|var| self.local(var.local).clone());
        let value = match &old {
            Some(old) if old.ty != Ty::ERROR => {
                let old_ty = self.cx.resolve(old.ty);
                let new_ty = self.cx.resolve(value.expr.ty);
                let known = !matches!(self.cx.types.kind(old_ty), TyKind::Unknown(_));
                // What callers see changed keeps the type that they know.
                let changes = self.flexible && known && old.mode != Mode::Mut;
                if old_ty == new_ty || changes {
                    self.settle(value)
                } else {
                    let mark = self.cx.diagnostics.len();
                    let value = self.coerce(value, old_ty);
                    if value.ty == Ty::ERROR && self.cx.diagnostics.len() > mark {
                        let first = old.span;
                        let note = format!("`{name}` is a `{}` since here", self.ty_name(old_ty));
                        if let Some(last) = self.cx.diagnostics.pop() {
                            self.report(last.label(first, note));
                        }
                    }
                    value
                }
            }
            _ => self.settle(value),
        };
        if value.ty == Ty::NONE
            && matches!(value.kind, ExprKind::None)
            && !self.flexible
            && old.is_none()
        {
            let diagnostic = diag::cannot_infer(at, &format!("`{name}`"));
            self.report(diagnostic);
            return self.bind_poisoned(name, at);
        }
        let ty = self.cx.resolve(value.ty);
        self.bind_value(name, at, value, ty, span);
    }

    /// Whether a variable at the top level has the name of a function or struct there, which is reported: calls inside of functions
    /// would go on to mean that.
    pub fn redefines(&mut self, name: Name, at: Span) -> bool {
        let module = self.cx.module(self.module);
        let is_definition = self.at_top
            && matches!(
                module.items.get(&name),
                Some(Item::Function(_) | Item::Struct(_))
            );
        if is_definition {
            let first = first_definition(module.ast, name).unwrap_or(at);
            self.report(diag::duplicate(at, name.as_str(), first));
        }
        is_definition
    }

    /// Whether a name is one that `comptime` gave a value, here or, at the top level, in the module.
    pub fn is_comptime(&self, name: Name) -> bool {
        if self.vars.contains_key(&name) {
            return false;
        }
        let local = matches!(self.generics.get(&name), Some(GenericArg::Value(_)));
        let item = || self.cx.module(self.module).items.get(&name);
        local || (self.at_top && matches!(item(), Some(Item::Comptime(_))))
    }

    /// Binds a variable to a value of its type: an alias of a part of another value, or its own.
    pub fn bind_value(&mut self, name: Name, at: Span, value: Expr, ty: Ty, span: Span) {
        if value.ty == Ty::ERROR {
            if !self.vars.contains_key(&name) {
                let local = self.local_for(name, ty, false, at);
                self.bind_var(name, local);
            }
            return;
        }
        // An `inout` parameter that is bound again: the caller sees it.
        if let Some(var) = self.vars.get(&name).copied()
            && self.local(var.local).mode == Mode::Mut
        {
            let place = self.local_place(var.local, at);
            let value = crate::places::owned(value, &self.cx.types);
            self.emit(StmtKind::store(place, value), span);
            return;
        }
        let value = crate::places::owned(value, &self.cx.types);
        let alias = self.is_part(&value);
        let value = if alias {
            self.alias_of(value, span)
        } else {
            value
        };
        let local = self.local_for(name, ty, alias, at);
        self.bind_kept(name, local, value, span);
    }

    /// Whether a value is part of another one, so that a name for it is a borrow.
    fn is_part(&self, value: &Expr) -> bool {
        let ExprKind::Move(place) = &value.kind else {
            return false;
        };
        if !place.projections.is_empty() {
            return true;
        }
        match place.root {
            Root::Local(local) => self.local(local).mode == Mode::Ref && !self.is_param(local),
            Root::Global(_) | Root::Constant(_) => true,
            _ => false,
        }
    }

    /// Whether a value is a part of another one, or a parameter, which may stay the caller's.
    pub fn is_lent(&self, value: &Expr) -> bool {
        let is_param = match &value.kind {
            ExprKind::Move(Place {
                root: Root::Local(local),
                ..
            }) => self.is_param(*local),
            _ => false,
        };
        is_param || self.is_part(value)
    }

    pub fn is_param(&self, local: crate::hir::LocalId) -> bool {
        let header = self.cx.headers.get(self.func.0 as usize);
        header.is_some_and(|header| (local.0 as usize) < header.params.len())
    }

    /// The borrow that a name for a part is.
    pub fn alias_of(&mut self, value: Expr, span: Span) -> Expr {
        let (ty, at) = (value.ty, value.span);
        let place = self.placed(value, span);
        Expr {
            kind: ExprKind::Borrow {
                place,
                mutable: false,
            },
            ty,
            span: at,
        }
    }

    /// A hidden local that borrows a place from here to its last use.
    pub fn lent_local(&mut self, place: Place, hint: &str, span: Span) -> LocalId {
        let ty = place.ty;
        let local = self.temp(hint, ty, span);
        self.locals[local.0 as usize].mode = Mode::Ref;
        let kind = ExprKind::Borrow {
            place,
            mutable: false,
        };
        let value = Expr { kind, ty, span };
        self.emit(StmtKind::Bind { local, value }, span);
        local
    }

    pub fn assign_global(&mut self, name: Name, at: Span, value: Val, span: Span) {
        let Some(&global) = self.cx.module(self.module).globals.get(&name) else {
            // The first assignment gives the type.
            let value = self.settle(value);
            let ty = self.cx.resolve(value.ty);
            if ty == Ty::ERROR {
                self.cx.modules[self.module.0 as usize]
                    .items
                    .insert(name, Item::Poisoned);
                return;
            }
            let global = self.cx.add_global(self.module, name, ty, at);
            self.cx.found_globals.insert(global);
            let place = Place {
                root: Root::Global(global),
                projections: Vec::new(),
                ty,
                span: at,
            };
            let value = crate::places::owned(value, &self.cx.types);
            self.emit(StmtKind::store(place, value), span);
            return;
        };
        let ty = self.cx.globals[global.0 as usize].ty;
        let value = self.coerce(value, ty);
        if value.ty == Ty::ERROR {
            return;
        }
        let place = Place {
            root: Root::Global(global),
            projections: Vec::new(),
            ty,
            span: at,
        };
        let value = crate::places::owned(value, &self.cx.types);
        self.emit(StmtKind::store(place, value), span);
    }
}
