//! Special methods: operators, comparison, subscripts and truth of structs.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self};

use crate::call::is_seen;
use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{self, CompareOp, Expr, ExprKind, Ty};
impl<'a> FnCx<'_, 'a> {
    /// A special method of the value with arguments that are expressions.
    pub fn dunder(
        &mut self,
        name: &str,
        receiver: Val,
        args: &[&'a ast::Expr],
        span: Span,
    ) -> Option<Val> {
        let id = self.cx.struct_of(receiver.expr.ty)?;
        self.cx.method(id, Name::new(name))?;
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            values.push(self.value(arg, None));
        }
        self.dunder_call(name, receiver, values, span)
    }

    /// A special method without further arguments.
    pub fn dunder_value(&mut self, name: &str, receiver: &Val, span: Span) -> Option<Val> {
        self.cx.struct_of(receiver.expr.ty)?;
        self.dunder_call(name, receiver.clone(), Vec::new(), span)
    }

    /// What the methods of a struct say it is as text: `__str__`, unless `repr` is asked for, or `__repr__`; also
    /// of a value that holds structs with one of their own.
    pub fn text_method(&mut self, value: &Expr, repr: bool, span: Span) -> Option<Val> {
        let names = if repr {
            &["__repr__"][..]
        } else {
            &["__str__", "__repr__"]
        };
        if self.cx.struct_of(value.ty).is_some() {
            let receiver = Val::from(value.clone());
            for name in names {
                if let Some(text) = self.dunder_value(name, &receiver, span) {
                    return Some(text);
                }
            }
        }
        self.inner_text(value, repr, span)
    }

    /// `__format__`
    pub fn format_method(&mut self, receiver: Val, spec: Val, span: Span) -> Option<Val> {
        self.dunder_call("__format__", receiver, vec![spec], span)
    }

    pub fn dunder_call(
        &mut self,
        name: &str,
        receiver: Val,
        args: Vec<Val>,
        span: Span,
    ) -> Option<Val> {
        let id = self.cx.struct_of(receiver.expr.ty)?;
        let decl = self.cx.method(id, Name::new(name))?;
        if args.iter().any(Val::is_error) {
            return Some(Val::error(span));
        }
        Some(self.call_with_values(decl, receiver, args, span))
    }

    pub fn operator_method(
        &mut self,
        op: ast::BinaryOp,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        self.operator_method_named(operator_name(op), left, right, span)
    }

    /// `__name__` of the left operand or `__rname__` of the right one.
    pub fn operator_method_named(
        &mut self,
        name: &str,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        if self.cx.struct_of(left.expr.ty).is_some() {
            let found = self.dunder_call(
                &format!("__{name}__"),
                left.clone(),
                vec![right.clone()],
                span,
            );
            if found.is_some() {
                return found;
            }
        }
        if self.cx.struct_of(right.expr.ty).is_some() {
            return self.dunder_call(
                &format!("__r{name}__"),
                right.clone(),
                vec![left.clone()],
                span,
            );
        }
        None
    }

    pub fn in_place_method(
        &mut self,
        op: ast::BinaryOp,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        self.cx.struct_of(left.expr.ty)?;
        let name = format!("__i{}__", operator_name(op));
        self.dunder_call(&name, left.clone(), vec![right.clone()], span)
    }

    pub fn unary_method(&mut self, op: ast::UnaryOp, value: &Val, span: Span) -> Option<Val> {
        let name = match op {
            ast::UnaryOp::Minus => "__neg__",
            ast::UnaryOp::Plus => "__pos__",
            ast::UnaryOp::Invert => "__invert__",
            ast::UnaryOp::Not => return None,
        };
        self.dunder_value(name, value, span)
    }

    pub fn compare_method(
        &mut self,
        op: ast::CompareOp,
        left: &Val,
        right: &Val,
        span: Span,
    ) -> Option<Val> {
        let (name, swapped) = match op {
            ast::CompareOp::Eq => ("__eq__", "__eq__"),
            ast::CompareOp::NotEq => ("__ne__", "__ne__"),
            ast::CompareOp::Less => ("__lt__", "__gt__"),
            ast::CompareOp::LessEq => ("__le__", "__ge__"),
            ast::CompareOp::Greater => ("__gt__", "__lt__"),
            ast::CompareOp::GreaterEq => ("__ge__", "__le__"),
            _ => return None,
        };
        if [left, right]
            .iter()
            .all(|side| self.cx.struct_of(side.expr.ty).is_none())
        {
            return None;
        }
        if let Some(found) = self.dunder_call(name, left.clone(), vec![right.clone()], span) {
            return Some(found);
        }
        if op == ast::CompareOp::NotEq
            && let Some(found) = self.dunder_call("__eq__", left.clone(), vec![right.clone()], span)
        {
            return Some(if found.is_error() {
                found
            } else {
                self.not(found.expr).into()
            });
        }
        self.dunder_call(swapped, right.clone(), vec![left.clone()], span)
    }

    /// What a target is stored by, if that is a method: `__setitem__`, or the setter of a property. With it the receiver and
    /// the key.
    fn storing_method(
        &mut self,
        target: &'a ast::Expr,
    ) -> Option<(hir::StructId, Name, &'a ast::Expr, Option<&'a ast::Expr>)> {
        let (base, key) = match &target.kind {
            ast::ExprKind::Subscript { value, index } => (&**value, Some(&**index)),
            ast::ExprKind::Attribute { value, .. } => (&**value, None),
            _ => return None,
        };
        if self.static_item(base).is_some() {
            return None;
        }
        // Mostly it is a variable of another type.
        if let ast::ExprKind::Name(name) = &base.kind
            && let Some(var) = self.vars.get(name)
            && matches!(
                self.cx.types.kind(self.local(var.local).ty),
                hir::TyKind::List(_) | hir::TyKind::Array { .. }
            )
        {
            return None;
        }
        // Only for its type: it is evaluated when the method is called.
        let diagnostics = self.cx.diagnostics.len();
        let mark = self.mark();
        let mut ty = Ty::ERROR;
        self.captured(|cx| ty = cx.place(base).ty);
        self.roll_back(mark);
        self.cx.diagnostics.truncate(diagnostics);
        let id = self.cx.struct_of(ty)?;
        let name = match &target.kind {
            ast::ExprKind::Attribute { attr, .. } => crate::declare::setter_name(attr.name),
            _ => Name::new("__setitem__"),
        };
        self.cx.method(id, name)?;
        Some((id, name, base, key))
    }

    /// `a[i] = v` through `__setitem__`, `a.x = v` through a setter.
    pub fn store_by_method(
        &mut self,
        target: &'a ast::Expr,
        value: &Val,
        span: Span,
    ) -> Option<()> {
        let (id, name, base, key) = self.storing_method(target)?;
        let method = self.cx.method(id, name)?;
        let value = match is_seen(base) || key.is_some_and(is_seen) {
            true => self.in_hidden_local(value.clone()),
            false => value.clone(),
        };
        let receiver = self.place(base);
        let receiver = self.read(receiver);
        let mut args: Vec<Val> = Vec::new();
        if let Some(key) = key {
            let key = self.value(key, None);
            args.push(key);
        }
        args.push(value);
        let call = self.call_with_values(method, receiver.into(), args, span);
        if !call.is_error() {
            self.emit(hir::StmtKind::Expr(call.expr), span);
        }
        Some(())
    }

    /// `a[i] op= v` and `a.x op= v` where both reading and storing are methods.
    pub fn update_by_method(
        &mut self,
        target: &'a ast::Expr,
        op: ast::BinaryOp,
        value: &'a ast::Expr,
        span: Span,
    ) -> Option<()> {
        let (id, name, base, key) = self.storing_method(target)?;
        let setter = self.cx.method(id, name)?;
        let getter = match &target.kind {
            ast::ExprKind::Attribute { attr, .. } => attr.name,
            _ => Name::new("__getitem__"),
        };
        let getter = self.cx.method(id, getter)?;
        let receiver = self.place(base);
        let receiver = self.pinned(receiver);
        let receiver: Val = self.read(receiver).into();
        let mut args: Vec<Val> = Vec::new();
        if let Some(key) = key {
            let key = self.value(key, None);
            args.push(self.in_hidden_local(key));
        }
        let old = self.call_with_values(getter, receiver.clone(), args.clone(), span);
        let old = self.in_hidden_local(old);
        let value = self.value(value, None);
        let new = match self.in_place_method(op, &old, &value, span) {
            Some(new) => new,
            None => self.binary(op, old, value, span),
        };
        if new.is_error() {
            return Some(());
        }
        args.push(new);
        let call = self.call_with_values(setter, receiver, args, span);
        if !call.is_error() {
            self.emit(hir::StmtKind::Expr(call.expr), span);
        }
        Some(())
    }

    /// What counts as an integer where a position or a number of things is meant: a struct may say so by `__index__`.
    pub fn as_index(&mut self, value: Val) -> Val {
        let span = value.expr.span;
        let value = self.present(value);
        self.dunder_value("__index__", &value, span)
            .unwrap_or(value)
    }

    /// `del a[i]` through `__delitem__`.
    pub fn delete_by_method(&mut self, place: hir::Place, key: &'a ast::Expr, span: Span) {
        let receiver = self.read(place);
        let name = self.ty_name(receiver.ty);
        match self.dunder("__delitem__", receiver.into(), &[key], span) {
            Some(call) if call.is_error() => {}
            Some(call) => self.emit(hir::StmtKind::Expr(call.expr), span),
            None => self.report(diag::bad_operand(span, "del", &name)),
        }
    }

    pub fn struct_truth(&mut self, value: Expr) -> Expr {
        let span = value.span;
        let value: Val = value.into();
        if let Some(found) = self.dunder_value("__bool__", &value, span) {
            return found.expr;
        }
        if let Some(found) = self.dunder_value("__len__", &value, span) {
            let zero = self.int(0, span);
            return self.compare_ints(CompareOp::Ne, found.expr, zero, span);
        }
        Val::strong(ExprKind::Bool(true), Ty::BOOL, span).expr
    }
}

fn operator_name(op: ast::BinaryOp) -> &'static str {
    match op {
        ast::BinaryOp::Add => "add",
        ast::BinaryOp::Sub => "sub",
        ast::BinaryOp::Mul => "mul",
        ast::BinaryOp::MatMul => "matmul",
        ast::BinaryOp::Div => "truediv",
        ast::BinaryOp::FloorDiv => "floordiv",
        ast::BinaryOp::Mod => "mod",
        ast::BinaryOp::Pow => "pow",
        ast::BinaryOp::LeftShift => "lshift",
        ast::BinaryOp::RightShift => "rshift",
        ast::BinaryOp::BitOr => "or",
        ast::BinaryOp::BitXor => "xor",
        ast::BinaryOp::BitAnd => "and",
    }
}
