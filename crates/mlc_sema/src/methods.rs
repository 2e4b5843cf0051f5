//! Methods of built-in types.

mod text;

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, Arg};

use crate::call::Given;
use crate::checker::Item;
use crate::coerce::Val;
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{Builtin, Expr, ExprKind, Place, ProjectionKind, Ty, TyKind};

const LIST_METHODS: &[&str] = &[
    "append", "extend", "pop", "insert", "clear", "reverse", "sort", "index", "count", "copy",
    "remove",
];
impl<'a> FnCx<'_, 'a> {
    pub fn call_method(
        &mut self,
        receiver: Place,
        attr: &'a ast::Ident,
        args: &'a [Arg],
        span: Span,
    ) -> Operand {
        let ty = self.cx.resolve(receiver.ty);
        let value = match self.cx.types.kind(ty).clone() {
            TyKind::Error => self.poisoned_call(args, span),
            TyKind::List(elem) => self.list_method(receiver, elem, attr, args, span),
            TyKind::Str => self.str_method(receiver, attr, args, span),
            TyKind::Array { elem, dims } => {
                self.array_method(receiver, elem, &dims, attr, args, span)
            }
            TyKind::Simd { .. } => self.simd_method(receiver, attr, args, span),
            TyKind::Tuple(items)
                if matches!(attr.name.as_str(), "index" | "count") && self.is_uniform(&items) =>
            {
                let list = self.tuple_as_list(receiver, &items, span);
                self.list_method(list, items[0], attr, args, span)
            }
            TyKind::Complex(_) if attr.name == "conjugate" && args.is_empty() => {
                self.conjugate(receiver, span)
            }
            TyKind::Exception if attr.name == "__argument__" && args.len() == 1 => {
                let exception = self.read(receiver);
                let index = self.value_of(&args[0].value, Ty::INT);
                let op = Builtin::ExceptionArgument;
                self.builtin(op, vec![exception, index], Ty::STR, span)
            }
            TyKind::PythonObject => {
                let object = self.read(receiver);
                self.python_method(object, attr, args, span)
            }
            TyKind::Struct(id) => return self.struct_method(receiver, id, attr, args, span),
            TyKind::Optional(inner) => {
                let at = receiver.span;
                let receiver = self.project(
                    receiver,
                    ProjectionKind::Unwrap { checked: true },
                    inner,
                    at,
                );
                return self.call_method(receiver, attr, args, span);
            }
            _ => {
                let name = self.ty_name(ty);
                self.report(diag::unknown_attribute(
                    attr.span,
                    &name,
                    attr.name.as_str(),
                    [],
                ));
                self.poisoned_call(args, span)
            }
        };
        Operand::Value(value)
    }

    /// `str.lower(text)` is `text.lower()`: the value whose method it is, and the other arguments.
    pub fn unbound_receiver(
        &mut self,
        base: &'a ast::Expr,
        args: &'a [Arg],
    ) -> Option<(Place, &'a [Arg])> {
        let class = self.class_with_methods(base)?;
        let (first, rest) = args.split_first()?;
        if first.kind != ast::ArgKind::Positional {
            return None;
        }
        let mut receiver = self.place(&first.value);
        let ty = self.cx.resolve(receiver.ty);
        let is_of_class = match self.cx.types.kind(ty) {
            TyKind::Error => true,
            TyKind::Str => class == "str",
            TyKind::List(_) => class == "list",
            TyKind::Tuple(_) => class == "tuple",
            TyKind::Complex(_) => class == "complex",
            _ => false,
        };
        if !is_of_class {
            let found = self.ty_name(ty);
            self.report(diag::type_mismatch(first.value.span, class, &found));
            receiver.ty = Ty::ERROR;
        }
        Some((receiver, rest))
    }

    /// Python's name of a built-in type that has methods.
    fn class_with_methods(&self, base: &ast::Expr) -> Option<&'static str> {
        let ast::ExprKind::Name(name) = &base.kind else {
            return None;
        };
        if crate::expr::is_shadowed(self, *name) {
            return None;
        }
        Some(match name.as_str() {
            "str" | "String" => "str",
            "list" => "list",
            "tuple" => "tuple",
            "complex" | "c128" | "c64" => "complex",
            _ => return None,
        })
    }

    /// Whether `base.attr` is a method that its type has: a function of the value and the arguments.
    pub fn is_method_of_type(&self, base: &ast::Expr, attr: &ast::Ident) -> bool {
        match self.static_item(base) {
            Some(Item::Struct(decl)) => {
                (self.cx.struct_decl(decl).methods).contains_key(&attr.name)
            }
            Some(Item::Math) => crate::expr::math_constant(attr.name.as_str()).is_none(),
            Some(_) => false,
            None => self.class_with_methods(base).is_some(),
        }
    }

    /// `z.conjugate()`
    fn conjugate(&mut self, receiver: Place, span: Span) -> Val {
        let ty = receiver.ty;
        let part = if ty == Ty::C64 { Ty::F32 } else { Ty::F64 };
        let value = self.read(receiver);
        let (value, again) = self.evaluate_once(value.into());
        let re = self.builtin(Builtin::ComplexReal, vec![value.expr], part, span);
        let im = self.builtin(Builtin::ComplexImag, vec![again.expr], part, span);
        let im = self.unary(ast::UnaryOp::Minus, im, span);
        self.builtin(Builtin::ComplexNew, vec![re.expr, im.expr], ty, span)
    }

    fn mutable(&mut self, place: Place) -> Expr {
        let (ty, span) = (place.ty, place.span);
        Expr {
            kind: ExprKind::Borrow {
                place,
                mutable: true,
            },
            ty,
            span,
        }
    }

    fn shared(&mut self, place: Place) -> Expr {
        let (ty, span) = (place.ty, place.span);
        Expr {
            kind: ExprKind::Borrow {
                place,
                mutable: false,
            },
            ty,
            span,
        }
    }

    fn list_method(
        &mut self,
        list: Place,
        elem: Ty,
        attr: &'a ast::Ident,
        args: &'a [Arg],
        span: Span,
    ) -> Val {
        let name = attr.name.as_str();
        let ty = list.ty;
        let want = self.want_in(&list, elem);
        match (name, args) {
            ("append", [arg]) => {
                let value = self.value(&arg.value, want);
                // Of a list whose items are not known yet the first one decides.
                let item = if matches!(self.cx.types.kind(elem), TyKind::Unknown(_)) {
                    self.settle(value).into()
                } else {
                    value
                };
                let item = self.coerce(item, elem);
                let list = self.mutable(list);
                self.builtin(Builtin::ListAppend, vec![list, item], Ty::NONE, span)
            }
            ("extend", [arg]) => {
                let other = self.listed(&arg.value, want.part(Some(ty)));
                let other = self.as_list(other, arg.value.span);
                let other = self.coerce(other, ty);
                let other = self.borrow(other);
                let list = self.mutable(list);
                self.builtin(Builtin::ListExtend, vec![list, other], Ty::NONE, span)
            }
            ("pop", []) => {
                let list = self.mutable(list);
                self.builtin(Builtin::ListPop, vec![list], elem, span)
            }
            ("pop", [arg]) => {
                let index = self.value_of(&arg.value, Ty::INT);
                let list = self.mutable(list);
                self.builtin(Builtin::ListPop, vec![list, index], elem, span)
            }
            ("insert", [index, item]) => {
                let index = self.value_of(&index.value, Ty::INT);
                let item = self.value_for(&item.value, want, elem);
                let list = self.mutable(list);
                self.builtin(Builtin::ListInsert, vec![list, index, item], Ty::NONE, span)
            }
            ("clear" | "reverse", []) => {
                let op = if name == "clear" {
                    Builtin::ListClear
                } else {
                    Builtin::ListReverse
                };
                let list = self.mutable(list);
                self.builtin(op, vec![list], Ty::NONE, span)
            }
            ("sort", _) => self.sort(list, "sort", args, span),
            ("index" | "count", [arg]) => {
                let (function, op) = match name {
                    "index" => ("position_of", Builtin::IndexOf),
                    _ => ("count_of", Builtin::CountOf),
                };
                let items = self.read(list.clone());
                let item = self.value(&arg.value, want);
                if let Some(found) = self.search_exactly(function, &items, &item, span) {
                    return found;
                }
                let item = self.coerce(item, elem);
                let item_value = Val::from(item.clone());
                if let Some(found) = self.inner_search(function, &items, &item_value, span) {
                    return found;
                }
                let item = self.borrow(item);
                let list = self.shared(list);
                self.builtin(op, vec![list, item], Ty::INT, span)
            }
            ("index", [arg, start, rest @ ..]) if rest.len() <= 1 => {
                let items = self.read(list);
                let item = self.value(&arg.value, want);
                let item = match self.is_sought_exactly(&items, &item) {
                    true => self.settle(item),
                    false => self.coerce(item, elem),
                };
                let start = self.value_of(&start.value, Ty::INT);
                let stop = match rest {
                    [stop] => self.value_of(&stop.value, Ty::INT),
                    _ => self.int(i128::from(i64::MAX), span),
                };
                let args = [items, item, start, stop];
                let args = args.map(|value| Given::Value(Box::new(value.into())));
                self.call_library("position_between", args.into(), span)
            }
            ("remove", [arg]) => {
                let mut pinned = list.clone();
                let stmts = self.captured(|cx| pinned = cx.pinned(list));
                let list = pinned;
                let items = self.read(list.clone());
                let item = self.value(&arg.value, want);
                let index = (self.search_exactly("removed_from", &items, &item, span))
                    .or_else(|| self.inner_search("removed_from", &items, &item, span));
                let index = match index {
                    Some(found) => found,
                    None => {
                        let item = self.coerce(item, elem);
                        let item = self.borrow(item);
                        let shared = self.shared(list.clone());
                        self.builtin(Builtin::IndexOf, vec![shared, item], Ty::INT, span)
                    }
                };
                let args = vec![self.mutable(list), index.expr];
                let removed = self.builtin(Builtin::ListRemoveAt, args, Ty::NONE, span);
                crate::expr::with_stmts(stmts, removed.expr).into()
            }
            ("copy", []) => {
                let value = self.read(list);
                self.share_items(value.into())
            }
            _ if LIST_METHODS.contains(&name) => self.wrong_method_call("list", name, args, span),
            _ => {
                let shown = self.ty_name(ty);
                self.report(diag::unknown_attribute(
                    attr.span,
                    &shown,
                    name,
                    LIST_METHODS.iter().copied(),
                ));
                self.poisoned_call(args, span)
            }
        }
    }

    pub(super) fn wrong_method_call(
        &mut self,
        ty: &str,
        name: &str,
        args: &'a [Arg],
        span: Span,
    ) -> Val {
        let message = format!("wrong number of arguments for `{name}` of a {ty}");
        self.report(diag::wrong_arguments(span, message));
        self.poisoned_call(args, span)
    }
}
