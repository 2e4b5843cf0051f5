//! Statements other than loops.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast, StmtKind as AstStmt};

use crate::checker::Item;
use crate::coerce::Val;
use crate::diag;
use crate::expr::Operand;
use crate::func::{FnCx, Path};
use crate::hir::{
    BinaryOp, ErrorKind, Expr, ExprKind, Handler, Place, Root, Stmt, StmtKind, Ty, TyKind,
};
use crate::ops::binary_op;

impl<'a> FnCx<'_, 'a> {
    pub fn block(&mut self, body: &'a [ast::Stmt]) {
        for stmt in body {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &'a ast::Stmt) {
        let span = stmt.span;
        match &stmt.kind {
            AstStmt::Expr(value) => {
                let value = self.value(value, None);
                let value = self.settle(value);
                if value.ty != Ty::ERROR && !matches!(value.kind, ExprKind::None | ExprKind::Str(_))
                {
                    self.emit(StmtKind::Expr(value), span);
                }
            }
            AstStmt::Assign { targets, value } => self.assign(targets, value, span),
            AstStmt::AugAssign { target, op, value } => self.augmented(target, *op, value, span),
            AstStmt::Declare(declare) => self.declare(declare, span),
            AstStmt::If(item) => self.if_stmt(item, span),
            AstStmt::For(item) => self.for_stmt(item, span),
            AstStmt::While { test, body, orelse } => self.while_stmt(test, body, orelse, span),
            AstStmt::Return(value) => self.return_stmt(value.as_ref(), span),
            AstStmt::Pass => {}
            AstStmt::Break | AstStmt::Continue => {
                self.leave_loop(matches!(stmt.kind, AstStmt::Break), span)
            }
            AstStmt::Assert {
                comptime,
                test,
                message,
            } => self.assert_stmt(*comptime, test, message.as_ref(), span),
            AstStmt::Delete(targets) => targets.iter().for_each(|target| self.delete(target)),
            AstStmt::Raise { exception, cause } => {
                self.raise(exception.as_ref(), cause.as_ref(), span)
            }
            AstStmt::Try(item) => self.try_stmt(item, span),
            AstStmt::Atomic(inner) => self.atomic(inner, span),
            AstStmt::Comptime(item) => self.local_comptime(item),
            AstStmt::Global(names) => {
                for name in names {
                    if matches!(
                        self.cx.module(self.module).items.get(&name.name),
                        Some(Item::Global)
                    ) {
                        self.global_names.insert(name.name);
                    } else {
                        self.report(diag::unknown_name(name.span, name.name.as_str(), []));
                    }
                }
            }
            AstStmt::Function(function) => self.nested_function(function, span),
            AstStmt::Nonlocal(names) => self.nonlocal(names),
            AstStmt::Struct(_) => {
                if !self.at_top {
                    self.report(diag::not_yet(span, "a struct inside a function"));
                }
            }
            AstStmt::Import(_) | AstStmt::ImportFrom(_) => {
                if !self.at_top {
                    self.report(diag::not_yet(span, "an import inside a function"));
                }
            }
            AstStmt::With(_) => self.report(diag::not_yet(span, "`with`")),
            AstStmt::Match(_) => self.report(diag::not_yet(span, "`match`")),
            AstStmt::Invalid { names } => {
                for name in names {
                    self.bind_poisoned(*name, span);
                }
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ assignment

    fn assign(&mut self, targets: &'a [ast::Expr], value: &'a ast::Expr, span: Span) {
        if let [target] = targets
            && self.swap(target, value, span)
        {
            return;
        }
        let want = match targets {
            [target] => self.target_type(target),
            _ => None,
        };
        if let ([target], Ast::Tuple(items)) = (targets, &value.kind)
            && let Ast::Tuple(parts) | Ast::List(parts) = &target.kind
            && parts.len() == items.len()
            && !parts
                .iter()
                .chain(items)
                .any(|part| matches!(part.kind, Ast::Starred(_)))
        {
            return self.assign_in_parallel(parts, items, span);
        }
        let value = self.value(value, want);
        let Some((last, rest)) = targets.split_last() else {
            return;
        };
        if rest.is_empty() {
            return self.assign_to(last, value, span);
        }
        let (first, again) = self.evaluate_once(value);
        let mut next = Some(first);
        for target in rest {
            let value = next.take().unwrap_or_else(|| again.clone());
            self.assign_to(target, value, span);
        }
        self.assign_to(last, again, span);
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
            let value = match want {
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
            let (at, ty) = (value.span, value.ty);
            let local = self.temp("v", ty, at);
            self.emit(StmtKind::Bind { local, value }, at);
            let place = self.local_place(local, at);
            let mut value: Val = self.read(place).into();
            if weak == crate::coerce::Weak::Int {
                value.weak = crate::coerce::Weak::No;
            }
            taken.push(value);
        }
        for (target, value) in targets.iter().zip(taken) {
            self.assign_to(target, value, span);
        }
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
        let left = self.place(left);
        let right = self.place(right);
        if self.cx.diagnostics.len() > mark {
            return true;
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
    fn target_type(&mut self, target: &'a ast::Expr) -> Option<Ty> {
        match &target.kind {
            Ast::Name(name) => {
                if let Some((ty, _)) = self.annotated.get(name) {
                    return Some(*ty);
                }
                if let Some(var) = self.vars.get(name) {
                    let ty = self.local(var.local).ty;
                    let ty = self.cx.resolve(ty);
                    return (ty != Ty::ERROR).then_some(ty);
                }
                if self.is_global_target(*name) {
                    let global = *self.cx.module(self.module).globals.get(name)?;
                    return Some(self.cx.globals[global.0 as usize].ty);
                }
                None
            }
            Ast::Subscript { .. } | Ast::Attribute { .. } => {
                // Only for its type: the place itself is evaluated after the value.
                let diagnostics = self.cx.diagnostics.len();
                let outer = std::mem::take(&mut self.out);
                let mark = self.mark();
                let ty = match self.operand(target, None) {
                    Operand::Place(place) => Some(self.cx.resolve(place.ty)),
                    Operand::Value(_) => None,
                };
                self.roll_back(mark);
                self.out = outer;
                self.cx.diagnostics.truncate(diagnostics);
                ty.filter(|&ty| ty != Ty::ERROR)
            }
            _ => None,
        }
    }

    /// Whether a value assigned there must have the target's type.
    fn fixed_target(&self, target: &ast::Expr) -> bool {
        match &target.kind {
            Ast::Name(name) => !self.flexible || self.annotated.contains_key(name),
            _ => true,
        }
    }

    fn is_global_target(&self, name: Name) -> bool {
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

    /// `a, b = value`
    fn unpack(&mut self, parts: &'a [ast::Expr], at: Span, value: Val, span: Span) {
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

    /// `name = value`
    pub fn assign_name(&mut self, name: Name, at: Span, value: Val, span: Span) {
        self.narrowed.remove(&name);
        if self.is_global_target(name) {
            return self.assign_global(name, at, value, span);
        }
        if let Some((ty, _)) = self.annotated.get(&name).copied() {
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
                if old_ty == new_ty || (self.flexible && known) {
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

    /// Binds a variable to a value of its type: an alias of a part of another value, or its own.
    fn bind_value(&mut self, name: Name, at: Span, value: Expr, ty: Ty, span: Span) {
        if value.ty == Ty::ERROR {
            if !self.vars.contains_key(&name) {
                let local = self.local_for(name, ty, false, at);
                self.bind_var(name, local);
            }
            return;
        }
        // An `inout` parameter that is bound again: the caller sees it.
        if let Some(var) = self.vars.get(&name).copied()
            && self.local(var.local).mode == crate::hir::Mode::Mut
        {
            let place = self.local_place(var.local, at);
            let value = crate::places::owned(value, &self.cx.types);
            self.emit(StmtKind::Store { place, value }, span);
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
        self.emit(StmtKind::Bind { local, value }, span);
        self.bind_var(name, local);
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
            Root::Local(local) => {
                self.local(local).mode == crate::hir::Mode::Ref && !self.is_param(local)
            }
            Root::Global(_) | Root::Constant(_) => true,
            _ => false,
        }
    }

    pub fn is_param(&self, local: crate::hir::LocalId) -> bool {
        let header = self.cx.headers.get(self.func.0 as usize);
        header.is_some_and(|header| (local.0 as usize) < header.params.len())
    }

    /// The borrow that a name for a part is.
    pub fn alias_of(&mut self, value: Expr, span: Span) -> Expr {
        let (ty, at) = (value.ty, value.span);
        let place = self.held(value, span);
        Expr {
            kind: ExprKind::Borrow {
                place,
                mutable: false,
            },
            ty,
            span: at,
        }
    }

    fn assign_global(&mut self, name: Name, at: Span, value: Val, span: Span) {
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
            let place = Place {
                root: Root::Global(global),
                projections: Vec::new(),
                ty,
                span: at,
            };
            let value = crate::places::owned(value, &self.cx.types);
            self.emit(StmtKind::Store { place, value }, span);
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
        self.emit(StmtKind::Store { place, value }, span);
    }

    /// `a[i] = value`, `a.b = value`
    fn store(&mut self, target: &'a ast::Expr, value: Val, span: Span) {
        if let Some(done) = self.store_by_method(target, &value, span) {
            return done;
        }
        let place = match self.operand(target, None) {
            Operand::Place(place) => place,
            Operand::Value(value) => {
                if !value.is_error() {
                    self.report(diag::bad_target(target.span));
                }
                return;
            }
        };
        if self.base_type(&place) == Some(Ty::STR) {
            self.report(
                diag::bad_target(target.span).help("a `String` cannot be changed; build a new one"),
            );
            return;
        }
        let value = self.stored_value(&place, value);
        if value.ty != Ty::ERROR && place.ty != Ty::ERROR {
            self.emit(StmtKind::Store { place, value }, span);
        }
    }

    /// A value for a place: of its type, or, for a view of an array, a scalar for every element, or another array or list
    /// that is taken element by element.
    fn stored_value(&mut self, place: &Place, value: Val) -> Expr {
        let (to, from) = (self.cx.resolve(place.ty), self.cx.resolve(value.expr.ty));
        if let TyKind::Array { elem, .. } = *self.cx.types.kind(to)
            && self.is_view(place)
        {
            if self.is_arithmetic(from) {
                return self.coerce(value, elem);
            }
            if matches!(
                self.cx.types.kind(from),
                TyKind::Array { .. } | TyKind::List(_)
            ) {
                return self.array_operand(value, elem);
            }
        }
        let value = self.coerce(value, to);
        crate::places::owned(value, &self.cx.types)
    }

    /// The type of what a place is a part of.
    fn base_type(&self, place: &Place) -> Option<Ty> {
        let last = place.projections.len().checked_sub(1)?;
        if let Some(before) = last.checked_sub(1) {
            return Some(place.projections[before].ty);
        }
        match &place.root {
            Root::Local(local) => Some(self.local(*local).ty),
            Root::Global(global) => Some(self.cx.globals[global.0 as usize].ty),
            Root::Constant(_) => None,
            Root::Temporary(value) | Root::Borrowed(value) => Some(value.ty),
        }
    }

    /// Whether a place is a part of an array, rather than a variable, field or item that holds one.
    fn is_view(&self, place: &Place) -> bool {
        let Some(last) = place.projections.last() else {
            return false;
        };
        match &last.kind {
            crate::hir::ProjectionKind::Slice(_) => true,
            crate::hir::ProjectionKind::Index { .. } => {
                // An item of a list may be an array itself; a row of an array is a view.
                let base = self.base_type(place);
                base.is_some_and(|base| matches!(self.cx.types.kind(base), TyKind::Array { .. }))
            }
            _ => false,
        }
    }

    // -------------------------------------------------------------------------------------- augmented assignment

    fn augmented(
        &mut self,
        target: &'a ast::Expr,
        op: ast::BinaryOp,
        value: &'a ast::Expr,
        span: Span,
    ) {
        if let Ast::Name(name) = &target.kind {
            return self.augmented_name(*name, target, op, value, span);
        }
        if !matches!(target.kind, Ast::Subscript { .. } | Ast::Attribute { .. }) {
            if !matches!(target.kind, Ast::Invalid) {
                self.report(diag::bad_target(target.span));
            }
            return;
        }
        let place = match self.operand(target, None) {
            Operand::Place(place) => place,
            Operand::Value(found) => {
                self.value(value, None);
                if !found.is_error() {
                    self.report(diag::not_yet(span, "`op=` through `__getitem__`"));
                }
                return;
            }
        };
        let want = Some(self.cx.resolve(place.ty));
        let value = self.value(value, want);
        self.update(place, op, value, span);
    }

    fn augmented_name(
        &mut self,
        name: Name,
        target: &'a ast::Expr,
        op: ast::BinaryOp,
        value: &'a ast::Expr,
        span: Span,
    ) {
        let place = match self.operand(target, None) {
            Operand::Place(place) => place,
            Operand::Value(found) => {
                self.value(value, None);
                if !found.is_error() {
                    self.report(diag::bad_target(target.span));
                }
                return;
            }
        };
        let ty = self.cx.resolve(place.ty);
        let value = self.value(value, None);
        let through = matches!(place.root, Root::Local(local) if self.local(local).mode == crate::hir::Mode::Mut);
        match self.cx.types.kind(ty).clone() {
            TyKind::List(_) | TyKind::Array { .. } => self.update(place, op, value, span),
            _ if through || matches!(place.root, Root::Global(_)) => {
                self.update(place, op, value, span)
            }
            _ => {
                let old = self.read(place);
                let result = match self.in_place_method(op, &old.clone().into(), &value, span) {
                    Some(value) => value,
                    None => self.binary(op, old.into(), value, span),
                };
                if result.is_error() {
                    return;
                }
                self.assign_name(name, target.span, result, span);
            }
        }
    }

    /// `place op= value`
    fn update(&mut self, place: Place, op: ast::BinaryOp, value: Val, span: Span) {
        if value.is_error() || place.ty == Ty::ERROR {
            return;
        }
        let ty = self.cx.resolve(place.ty);
        match self.cx.types.kind(ty).clone() {
            TyKind::List(elem) => return self.update_list(place, elem, op, value, span),
            TyKind::Array { elem, .. } => return self.update_array(place, elem, op, value, span),
            _ => {}
        }
        let Some(operator) = binary_op(op) else {
            let (left, right) = (self.ty_name(ty), self.ty_name(value.expr.ty));
            return self.report(diag::bad_operands(span, op.as_str(), &left, &right));
        };
        if !self.is_arithmetic(ty) {
            // The place is read and written; what it holds is no number.
            let current = self.read(place.clone());
            if self.cx.types.is_owning(ty) && self.cx.struct_of(ty).is_none() {
                let (left, right) = (self.ty_name(ty), self.ty_name(value.expr.ty));
                return self.report(diag::bad_operands(span, op.as_str(), &left, &right));
            }
            let result = self.binary(op, current.into(), value, span);
            if result.is_error() {
                return;
            }
            let value = self.coerce(result, ty);
            return self.emit(StmtKind::Store { place, value }, span);
        }
        if operator == BinaryOp::Div && !self.cx.types.is_float(ty) && !self.cx.types.is_complex(ty)
        {
            let name = self.ty_name(ty);
            return self.report(diag::narrowing(span, &name, "f64"));
        }
        let shift = matches!(operator, BinaryOp::Shl | BinaryOp::Shr);
        let value = if shift {
            let value = self.settle(value);
            if self.cx.types.is_int(value.ty) {
                value
            } else {
                self.coerce(value.into(), ty)
            }
        } else {
            self.coerce(value, ty)
        };
        if value.ty != Ty::ERROR {
            let op = operator;
            self.emit(StmtKind::Update { place, op, value }, span);
        }
    }

    fn update_list(&mut self, place: Place, elem: Ty, op: ast::BinaryOp, value: Val, span: Span) {
        let from = self.cx.resolve(value.expr.ty);
        let list = Expr {
            ty: place.ty,
            span: place.span,
            kind: ExprKind::Borrow {
                place: place.clone(),
                mutable: true,
            },
        };
        match (op, self.cx.types.kind(from).clone()) {
            (ast::BinaryOp::Add, TyKind::List(_)) => {
                let value = self.coerce(value, place.ty);
                let value = self.borrow(value);
                let call = self.builtin(
                    crate::hir::Builtin::ListExtend,
                    vec![list, value],
                    Ty::NONE,
                    span,
                );
                if !call.is_error() {
                    self.emit(StmtKind::Expr(call.expr), span);
                }
            }
            (ast::BinaryOp::Mul, TyKind::Int { .. }) => {
                let count = self.coerce(value, Ty::INT);
                let shared = self.read(place.clone());
                let shared = self.borrow(shared);
                let ty = place.ty;
                let value = self.builtin(
                    crate::hir::Builtin::ListRepeat,
                    vec![shared, count],
                    ty,
                    span,
                );
                if !value.is_error() {
                    self.emit(
                        StmtKind::Store {
                            place,
                            value: value.expr,
                        },
                        span,
                    );
                }
            }
            _ => self.update_array(place, elem, op, value, span),
        }
    }

    /// Element by element, with a scalar or with another list or array.
    fn update_array(&mut self, place: Place, elem: Ty, op: ast::BinaryOp, value: Val, span: Span) {
        let from = self.cx.resolve(value.expr.ty);
        let ty = self.cx.resolve(place.ty);
        let (Some(operator), true) = (binary_op(op), self.is_arithmetic(elem)) else {
            let (left, right) = (self.ty_name(ty), self.ty_name(from));
            return self.report(diag::bad_operands(span, op.as_str(), &left, &right));
        };
        if operator == BinaryOp::Div
            && !self.cx.types.is_float(elem)
            && !self.cx.types.is_complex(elem)
        {
            let name = self.ty_name(ty);
            return self.report(diag::narrowing(span, &name, "[f64]"));
        }
        let value = match self.cx.types.kind(from) {
            TyKind::List(_) | TyKind::Array { .. } => self.array_operand(value, elem),
            _ => self.coerce(value, elem),
        };
        if value.ty != Ty::ERROR {
            let op = operator;
            self.emit(StmtKind::Update { place, op, value }, span);
        }
    }

    // ---------------------------------------------------------------------------------------------- declarations

    fn declare(&mut self, declare: &'a ast::Declare, span: Span) {
        let Ast::Name(name) = &declare.target.kind else {
            return match (&declare.annotation, &declare.value) {
                (None, Some(value)) => {
                    self.assign(std::slice::from_ref(&declare.target), value, span)
                }
                (Some(annotation), Some(value)) => {
                    let ty = self.annotation(annotation);
                    let value = self.value_of(value, ty);
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
        let ty = self.annotation(annotation);
        if let Some((before, first)) = self.annotated.get(name).copied()
            && before != ty
            && before != Ty::ERROR
            && ty != Ty::ERROR
        {
            let (old, new) = (self.ty_name(before), self.ty_name(ty));
            self.report(diag::type_changes(at, name.as_str(), &old, &new, first));
            return;
        }
        if ty == Ty::ERROR {
            if let Some(value) = &declare.value {
                self.value(value, None);
            }
            return self.bind_poisoned(*name, at);
        }
        if self.is_global_target(*name) {
            let value = declare.value.as_ref().map(|value| self.value_of(value, ty));
            if !self.cx.module(self.module).globals.contains_key(name) {
                self.cx.add_global(self.module, *name, ty, at);
            }
            if let Some(value) = value {
                self.assign_global(*name, at, value.into(), span);
            }
            return;
        }
        self.annotated.insert(*name, (ty, at));
        if let Some(value) = &declare.value {
            let value = self.value_of(value, ty);
            self.narrowed.remove(name);
            self.bind_value(*name, at, value, ty, span);
        }
    }

    fn delete(&mut self, target: &'a ast::Expr) {
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
            Ast::Subscript { value, index } => {
                let list = self.place(value);
                let ty = self.cx.resolve(list.ty);
                if !matches!(self.cx.types.kind(ty), TyKind::List(_))
                    || matches!(index.kind, Ast::Slice(_))
                {
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

    // -------------------------------------------------------------------------------------------------- branches

    fn if_stmt(&mut self, item: &'a ast::If, span: Span) {
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
        for branch in branches {
            let condition = self.condition(&branch.test);
            let narrowed = self.narrowings_of(&condition);
            let before = std::mem::take(&mut self.out);
            let then = self.path(|cx| {
                cx.assume(&narrowed.when_true);
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
        let last = self.path(|cx| cx.block(orelse));
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

    fn assert_stmt(
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
            self.str_of(value, message.span).expr
        });
        if condition.ty == Ty::ERROR {
            return;
        }
        self.emit(
            StmtKind::Check {
                condition,
                error: ErrorKind::AssertionError,
                message,
            },
            span,
        );
        self.assume(&shown.when_true);
    }

    fn return_stmt(&mut self, value: Option<&'a ast::Expr>, span: Span) {
        if let Some(header) = self.loops.iter().rev().find_map(|item| item.parallel) {
            self.report(diag::parallel_exit(span, "return", header));
            if let Some(value) = value {
                self.value(value, None);
            }
            return;
        }
        if self.at_top {
            self.report(mlc_diagnostics::Diagnostic::error(
                "outside-function",
                span,
                "`return` outside a function",
            ));
            return;
        }
        if self.constructs.is_some() {
            if let Some(value) = value {
                let found = self.value(value, None);
                if found.expr.ty != Ty::NONE && !found.is_error() {
                    let name = self.ty_name(found.expr.ty);
                    self.report(diag::type_mismatch(value.span, "None", &name));
                }
            }
            self.return_constructed(span);
            self.reachable = false;
            return;
        }
        let known = self.cx.header(self.func).result;
        let value = match (value, known) {
            (None, None | Some(Ty::NONE)) => {
                self.cx.headers[self.func.0 as usize].result = Some(Ty::NONE);
                None
            }
            (None, Some(ty)) => {
                let none = Val::strong(ExprKind::None, Ty::NONE, span);
                Some(self.coerce(none, ty))
            }
            (Some(value), Some(ty)) => {
                let found = self.value(value, Some(ty));
                if ty == Ty::NONE && found.expr.ty != Ty::NONE && !found.is_error() {
                    let found = self.ty_name(found.expr.ty);
                    let diagnostic = diag::type_mismatch(value.span, "None", &found);
                    self.report(diagnostic.help(format!("declare the result: `-> {found}`")));
                    None
                } else {
                    let result = self.inferred_result(found, ty);
                    Some(result)
                }
            }
            (Some(value), None) => {
                let value = self.value(value, None);
                let value = self.settle(value);
                let ty = self.cx.resolve(value.ty);
                self.cx.headers[self.func.0 as usize].result = Some(ty);
                Some(value)
            }
        };
        let value = value.map(|value| crate::places::owned(value, &self.cx.types));
        match value {
            Some(value) if value.ty == Ty::NONE => {
                if !matches!(value.kind, ExprKind::None) {
                    self.emit(StmtKind::Expr(value), span);
                }
                self.emit(StmtKind::Return(None), span);
            }
            Some(value) if value.ty == Ty::ERROR => {}
            value => self.emit(StmtKind::Return(value), span),
        }
        self.reachable = false;
    }

    /// A later `return` of a function whose result type is inferred may widen a number.
    fn inferred_result(&mut self, value: Val, ty: Ty) -> Expr {
        self.coerce(value, ty)
    }

    fn leave_loop(&mut self, is_break: bool, span: Span) {
        let word = if is_break { "break" } else { "continue" };
        let Some(innermost) = self.loops.last() else {
            return self.report(diag::outside_loop(span, word));
        };
        if let (true, Some(header)) = (is_break, innermost.parallel) {
            return self.report(diag::parallel_exit(span, word, header));
        }
        let delta = self.delta_since(innermost.mark);
        if let Some(innermost) = self.loops.last_mut() {
            if is_break {
                innermost.breaks.push(delta);
            } else {
                innermost.continues.push(delta);
            }
        }
        self.emit(
            if is_break {
                StmtKind::Break
            } else {
                StmtKind::Continue
            },
            span,
        );
        self.reachable = false;
    }

    // ------------------------------------------------------------------------------------------------ exceptions

    fn raise(
        &mut self,
        exception: Option<&'a ast::Expr>,
        cause: Option<&'a ast::Expr>,
        span: Span,
    ) {
        if let Some(cause) = cause {
            self.report(diag::not_yet(cause.span, "`raise … from …`"));
        }
        let Some(exception) = exception else {
            if self.handler_depth == 0 {
                self.report(mlc_diagnostics::Diagnostic::error(
                    "bad-raise",
                    span,
                    "`raise` without an exception, and none is being handled",
                ));
            } else {
                self.emit(StmtKind::Reraise(None), span);
            }
            self.reachable = false;
            return;
        };
        if let Some(error) = self.error_kind(exception) {
            self.emit(
                StmtKind::Raise {
                    error,
                    message: None,
                },
                span,
            );
        } else if let Ast::Call { function, args } = &exception.kind
            && let Some(error) = self.error_kind(function)
        {
            let message = match args.as_slice() {
                [] => None,
                [arg] => {
                    let value = self.value(&arg.value, None);
                    let value = self.settle(value);
                    Some(self.str_of(value, arg.value.span).expr)
                }
                _ => {
                    self.report(diag::not_yet(
                        exception.span,
                        "an exception with several arguments",
                    ));
                    None
                }
            };
            if message
                .as_ref()
                .is_none_or(|message| message.ty != Ty::ERROR)
            {
                self.emit(StmtKind::Raise { error, message }, span);
            }
        } else if let Some((name, at)) = self.unknown_exception(exception) {
            self.report_unknown_exception(&name, at);
        } else {
            let value = self.value(exception, None);
            match value.expr.ty {
                Ty::EXCEPTION => self.emit(StmtKind::Reraise(Some(value.expr)), span),
                Ty::ERROR => {}
                ty => {
                    let found = self.ty_name(ty);
                    self.report(diag::type_mismatch(exception.span, "an exception", &found));
                }
            }
        }
        self.reachable = false;
    }

    fn error_kind(&self, expr: &ast::Expr) -> Option<ErrorKind> {
        match &expr.kind {
            Ast::Name(name) if !self.vars.contains_key(name) => ErrorKind::from_name(name.as_str()),
            _ => None,
        }
    }

    fn try_stmt(&mut self, item: &'a ast::Try, span: Span) {
        let mut body = self.path(|cx| cx.block(&item.body));
        // In a handler, what the body binds may be bound or not.
        let maybe: Vec<(Name, crate::func::Var)> = (body.delta.iter())
            .filter_map(|(name, var)| {
                let var = (*var)?;
                let before = self.vars.get(name);
                match before {
                    Some(before) if before.local == var.local => None,
                    _ => Some((
                        *name,
                        crate::func::Var {
                            certain: false,
                            ..var
                        },
                    )),
                }
            })
            .collect();
        let mut handlers = Vec::with_capacity(item.handlers.len());
        let mut paths = Vec::new();
        for handler in &item.handlers {
            let kinds = self.handler_kinds(handler.exception.as_ref());
            let mut local = None;
            let path = self.path(|cx| {
                for (name, var) in &maybe {
                    cx.set_var(*name, Some(*var));
                }
                if let Some(name) = handler.name {
                    let id = cx.local_for(name.name, Ty::EXCEPTION, false, name.span);
                    cx.bind_var(name.name, id);
                    local = Some(id);
                }
                cx.handler_depth += 1;
                cx.block(&handler.body);
                cx.handler_depth -= 1;
                if let Some(name) = handler.name {
                    cx.set_var(name.name, None);
                }
            });
            handlers.push((kinds, local, handler.span));
            paths.push(path);
        }
        // `else` goes on from the end of the body.
        let delta = std::mem::take(&mut body.delta);
        let body_reachable = body.reachable;
        let orelse = self.path(|cx| {
            for (name, var) in delta {
                cx.set_var(name, var);
            }
            cx.block(&item.orelse);
        });
        paths.push(Path {
            reachable: orelse.reachable && body_reachable,
            ..orelse
        });
        let mut blocks = self.join(paths, span);
        let orelse = blocks.pop().unwrap_or_default();
        let handlers = (handlers.into_iter().zip(blocks))
            .map(|((kinds, name, span), body)| Handler {
                kinds,
                name,
                body,
                span,
            })
            .collect();
        let outer = std::mem::take(&mut self.out);
        let reachable = std::mem::replace(&mut self.reachable, true);
        self.block(&item.finally);
        let finally = std::mem::replace(&mut self.out, outer);
        self.reachable &= reachable;
        self.emit(
            StmtKind::Try {
                body: body.stmts,
                handlers,
                orelse,
                finally,
            },
            span,
        );
    }

    /// `raise Name` or `raise Name(…)` of something that nothing here is called.
    fn unknown_exception(&self, exception: &ast::Expr) -> Option<(String, Span)> {
        let class = match &exception.kind {
            Ast::Call { function, .. } => function,
            _ => exception,
        };
        let Ast::Name(name) = &class.kind else {
            return None;
        };
        let known = crate::expr::is_shadowed(self, *name)
            || self.assigned.contains(name)
            || crate::names::BUILTINS.contains(&name.as_str());
        (!known).then(|| (name.as_str().to_owned(), class.span))
    }

    fn report_unknown_exception(&mut self, name: &str, span: Span) {
        let known = ErrorKind::ALL.iter().map(|kind| kind.name());
        let message = format!("`{name}` is not a built-in exception");
        let mut diagnostic = mlc_diagnostics::Diagnostic::error("unknown-exception", span, message);
        if let Some(near) = mlc_diagnostics::closest(name, known) {
            diagnostic = diagnostic.fixit(format!("did you mean `{near}`?"), span, near);
        }
        self.report(diagnostic);
    }

    fn handler_kinds(&mut self, exception: Option<&'a ast::Expr>) -> Vec<ErrorKind> {
        let Some(exception) = exception else {
            return Vec::new();
        };
        let classes: &'a [ast::Expr] = match &exception.kind {
            Ast::Tuple(items) => items,
            _ => std::slice::from_ref(exception),
        };
        let mut kinds = Vec::with_capacity(classes.len());
        for class in classes {
            match self.error_kind(class) {
                Some(kind) => kinds.push(kind),
                None => {
                    let name = match &class.kind {
                        Ast::Name(name) => name.as_str(),
                        _ => "this",
                    };
                    self.report_unknown_exception(name, class.span);
                }
            }
        }
        kinds
    }
}

/// Whether two expressions are the same text, as far as names, literals and parts go.
fn same_expr(left: &ast::Expr, right: &ast::Expr) -> bool {
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
