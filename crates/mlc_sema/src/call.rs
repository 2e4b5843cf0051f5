//! Calls: what is called.

mod bind;
mod generic;
mod order;
mod star;
mod typed;

pub(crate) use bind::{Binding, Slot, is_variadic};
pub(crate) use order::{is_out_of_order, is_seen, mixes_keywords};

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, Arg, ExprKind as Ast};
use rustc_hash::FxHashMap;

use crate::annotations::scalar_type;
use crate::checker::{DeclId, GenericArg, Item};
use crate::coerce::Val;
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{Expr, ExprKind, FuncId, Ty};
use crate::want::Want;

/// What an argument is given as: an expression of the program, or a value that is there already (`self`).
#[derive(Clone)]
pub(crate) enum Given<'a> {
    Expr(&'a ast::Expr),
    Value(Box<Val>),
    /// All that `*args` or `**kwargs` takes.
    Pack(Vec<(Option<Name>, &'a ast::Expr)>),
}

/// `simd_width`, which takes a type in brackets.
fn is_simd_width(callee: &ast::Expr) -> bool {
    matches!(&callee.kind, Ast::Name(name) if name.as_str() == "simd_width")
}

impl<'a> FnCx<'_, 'a> {
    pub fn call(
        &mut self,
        function: &'a ast::Expr,
        args: &'a [Arg],
        want: Want,
        span: Span,
    ) -> Operand {
        if args.iter().any(|arg| self.is_expandable(arg)) && !self.calls_object(function) {
            return self.call_with_stars(function, args, want, span);
        }
        match &function.kind {
            Ast::Name(name) => self.call_name(*name, function, args, want, span),
            Ast::Attribute { value, attr } => {
                self.call_attribute(function, value, attr, args, want, span)
            }
            Ast::Subscript { value, index } => {
                let generic = match self.static_item(value) {
                    Some(Item::Function(decl)) => Some(Ok(decl)),
                    Some(Item::Struct(_)) => Some(Err(())),
                    _ => None,
                };
                match generic {
                    Some(Ok(decl)) => {
                        let written: &'a [ast::Expr] = match &index.kind {
                            Ast::Tuple(items) => items,
                            _ => std::slice::from_ref(&**index),
                        };
                        Operand::Value(self.call_decl(decl, None, written, args, span))
                    }
                    Some(Err(())) => {
                        let ty = self.annotation(function);
                        Operand::Value(self.construct(ty, true, args, span))
                    }
                    None if is_simd_width(value) && args.is_empty() => {
                        Operand::Value(self.simd_width(index, span))
                    }
                    None if args.is_empty()
                        && let Ast::Attribute { value: base, attr } = &value.kind
                        && attr.name.as_str() == "cast" =>
                    {
                        Operand::Value(self.simd_cast_to(base, index, span))
                    }
                    None if self.is_type_name(value) => {
                        let ty = self.annotation(function);
                        Operand::Value(self.convert(ty, args, span))
                    }
                    None => {
                        let callee = self.value(function, None);
                        Operand::Value(self.call_value(callee, args, span))
                    }
                }
            }
            Ast::List(_) | Ast::ArrayType { .. } => {
                let ty = self.annotation(function);
                Operand::Value(self.convert(ty, args, span))
            }
            Ast::Lambda(lambda) => {
                let bound = self.lambda(lambda, function);
                Operand::Value(self.call_bound(&bound, args, span))
            }
            _ => {
                let callee = self.value(function, None);
                Operand::Value(self.call_value(callee, args, span))
            }
        }
    }

    fn is_type_name(&self, expr: &ast::Expr) -> bool {
        matches!(&expr.kind, Ast::Name(name) if matches!(name.as_str(), "SIMD" | "list" | "List" | "tuple"))
    }

    fn call_name(
        &mut self,
        name: Name,
        function: &'a ast::Expr,
        args: &'a [Arg],
        want: Want,
        span: Span,
    ) -> Operand {
        if self.vars.contains_key(&name) {
            let callee = self.value(function, None);
            return Operand::Value(self.call_value(callee, args, span));
        }
        if let Some(bound) = self.nested.get(&name).cloned() {
            return Operand::Value(self.call_bound(&bound, args, span));
        }
        if let Some(GenericArg::Type(ty)) = self.generics.get(&name) {
            let ty = *ty;
            return Operand::Value(if self.cx.struct_of(ty).is_some() {
                self.construct(ty, false, args, span)
            } else {
                self.convert(ty, args, span)
            });
        }
        let local =
            self.assigned.contains(&name) && !self.at_top && !self.global_names.contains(&name);
        let item = if local {
            None
        } else {
            self.cx.module(self.module).items.get(&name).cloned()
        };
        let value = match item {
            Some(Item::Function(decl)) => self.call_decl(decl, None, &[], args, span),
            Some(Item::Struct(decl)) => match self.struct_for_call(decl, args, span) {
                Ty::ERROR => Val::error(span),
                ty => self.construct(ty, false, args, span),
            },
            Some(Item::Builtin(original)) => {
                self.call_builtin(original, function.span, args, want, span)
            }
            Some(Item::Poisoned) => self.poisoned_call(args, span),
            Some(Item::Comptime(_) | Item::Global | Item::Variable(..)) => {
                let callee = self.value(function, None);
                self.call_value(callee, args, span)
            }
            Some(Item::Module(_) | Item::Math) => {
                self.report(diag::not_callable(
                    function.span,
                    &format!("the module `{name}`"),
                ));
                self.poisoned_call(args, span)
            }
            None if local => {
                self.value(function, None);
                self.poisoned_call(args, span)
            }
            None => match scalar_type(name.as_str()) {
                Some(ty) if ty != Ty::EXCEPTION => self.convert(ty, args, span),
                _ => return self.call_builtin_operand(name, function.span, args, want, span),
            },
        };
        Operand::Value(value)
    }

    /// After a report about what is called: the arguments are checked all the same.
    pub fn poisoned_call(&mut self, args: &'a [Arg], span: Span) -> Val {
        for arg in args {
            if !matches!(arg.value.kind, Ast::Lambda(_)) {
                self.value(&arg.value, None);
            }
        }
        Val::error(span)
    }

    fn call_attribute(
        &mut self,
        function: &'a ast::Expr,
        base: &'a ast::Expr,
        attr: &'a ast::Ident,
        args: &'a [Arg],
        want: Want,
        span: Span,
    ) -> Operand {
        let value = match self.static_item(base) {
            Some(Item::Math) => self.call_math(attr, args, want.ty(), span),
            Some(Item::Module(module)) => match self.member(module, attr) {
                Some(Item::Function(decl)) => self.call_decl(decl, None, &[], args, span),
                Some(Item::Struct(decl)) => match self.struct_for_call(decl, args, span) {
                    Ty::ERROR => Val::error(span),
                    ty => self.construct(ty, false, args, span),
                },
                Some(Item::Builtin(original)) => {
                    return self.call_builtin_operand(original, function.span, args, want, span);
                }
                Some(Item::Poisoned) => self.poisoned_call(args, span),
                _ => {
                    let callee = self.value(function, None);
                    self.call_value(callee, args, span)
                }
            },
            Some(Item::Struct(decl)) => self.call_static(decl, None, attr, args, span),
            None if let Some((decl, owner)) = self.struct_with_types(base) => {
                self.call_static(decl, Some(owner), attr, args, span)
            }
            None if self.is_python_namespace(base) => self.call_python(attr, args, span),
            None if let Some((receiver, rest)) = self.unbound_receiver(base, args) => {
                return self.call_method(receiver, attr, rest, span);
            }
            Some(Item::Poisoned) => self.poisoned_call(args, span),
            _ => {
                let receiver = self.place(base);
                return self.call_method(receiver, attr, args, span);
            }
        };
        Operand::Value(value)
    }

    fn call_value(&mut self, callee: Val, args: &'a [Arg], span: Span) -> Val {
        if callee.is_error() {
            return self.poisoned_call(args, span);
        }
        if self.is_object(&callee.expr) {
            return self.python_call(callee.expr, args, span);
        }
        let ty = callee.expr.ty;
        let exprs: Vec<&'a ast::Expr> = args.iter().map(|arg| &arg.value).collect();
        if self.cx.struct_of(ty).is_some()
            && let Some(value) = self.dunder("__call__", callee.clone(), &exprs, span)
        {
            return value;
        }
        let name = self.ty_name(ty);
        self.report(diag::not_callable(
            callee.expr.span,
            &format!("a value of type `{name}`"),
        ));
        self.poisoned_call(args, span)
    }

    /// A call of a declared function. `receiver` is the value of `self`.
    pub fn call_decl(
        &mut self,
        decl: DeclId,
        receiver: Option<Val>,
        written_generics: &'a [ast::Expr],
        args: &'a [Arg],
        span: Span,
    ) -> Val {
        let owner = receiver.as_ref().map(|value| value.expr.ty);
        self.call_of(decl, owner, receiver, written_generics, args, span)
    }

    /// A call of a function that belongs to the type `owner`, with a value of it unless it is static.
    pub fn call_of(
        &mut self,
        decl: DeclId,
        owner: Option<Ty>,
        receiver: Option<Val>,
        written_generics: &'a [ast::Expr],
        args: &'a [Arg],
        span: Span,
    ) -> Val {
        let function: &'a ast::Function = self.cx.decl(decl).ast;
        let callee = self.function_binding(function);
        if is_out_of_order(&callee, args, usize::from(receiver.is_some())) {
            return self.call_in_order(args, span, |cx, args| {
                cx.call_of(decl, owner, receiver, written_generics, args, span)
            });
        }
        let Some(bound) = self.bind_args(function, receiver, args, span) else {
            return self.poisoned_call(args, span);
        };
        let (func, values) = if self.cx.is_generic(decl) {
            let found = self.generic_call(decl, owner, written_generics, bound, Vec::new(), span);
            let Some(found) = found else {
                return Val::error(span);
            };
            found
        } else {
            let Some(func) = self.cx.plain_instance(decl, owner) else {
                return self.poisoned_call(args, span);
            };
            let Some(values) = self.typed_args(func, decl, bound, &[]) else {
                return Val::error(span);
            };
            (func, values)
        };
        self.finish_call(func, values, span)
    }

    /// A call of a nested function, with the values that it captures.
    pub fn call_with_captures(
        &mut self,
        decl: DeclId,
        captured: Vec<Expr>,
        args: &'a [Arg],
        span: Span,
    ) -> Val {
        let function: &'a ast::Function = self.cx.decl(decl).ast;
        let callee = self.function_binding(function);
        if is_out_of_order(&callee, args, 0) {
            return self.call_in_order(args, span, |cx, args| {
                cx.call_with_captures(decl, captured, args, span)
            });
        }
        match self.bind_args(function, None, args, span) {
            Some(bound) => self.call_captured(decl, captured, bound, span),
            None => self.poisoned_call(args, span),
        }
    }

    pub fn call_captured(
        &mut self,
        decl: DeclId,
        captured: Vec<Expr>,
        bound: Vec<Option<Given<'a>>>,
        span: Span,
    ) -> Val {
        let function: &'a ast::Function = self.cx.decl(decl).ast;
        if self.cx.is_generic(decl) {
            return match self.generic_call(decl, None, &[], bound, captured, span) {
                Some((func, values)) => self.finish_call(func, values, span),
                None => Val::error(span),
            };
        }
        let none = FxHashMap::default();
        let mut tys = Vec::with_capacity(function.params.len() + captured.len());
        for param in &function.params {
            tys.push(match &param.annotation {
                Some(annotation) => {
                    let written = self.annotation_in(decl, &none, annotation);
                    self.param_type(param, written)
                }
                None => Ty::ERROR,
            });
        }
        for value in &captured {
            let ty = self.cx.resolve(value.ty);
            tys.push(ty);
        }
        let func = self.cx.instance(decl, &tys, none, None);
        let Some(mut values) = self.typed_args(func, decl, bound, &captured) else {
            return Val::error(span);
        };
        values.extend(captured);
        self.finish_call(func, values, span)
    }

    /// The call itself, once the instance and its arguments are known.
    pub fn finish_call(&mut self, func: FuncId, mut args: Vec<Expr>, span: Span) -> Val {
        if self.cx.is_constructor(func) {
            // The value is made inside.
            args.remove(0);
        }
        self.cx.ask_callee(func);
        let Some(result) = self.cx.result_of(func, self.func, span) else {
            return Val::error(span);
        };
        if result == Ty::ERROR || args.iter().any(|arg| arg.ty == Ty::ERROR) {
            return Val::error(span);
        }
        let first = self.evaluated_first(&mut args);
        let value = Val::strong(ExprKind::Call { callee: func, args }, result, span);
        crate::expr::with_stmts(first, value.expr).into()
    }

    /// A call with values that are there already: operators and other special methods.
    pub fn call_with_values(
        &mut self,
        decl: DeclId,
        receiver: Val,
        args: Vec<Val>,
        span: Span,
    ) -> Val {
        let function: &'a ast::Function = self.cx.decl(decl).ast;
        let receiver_ty = receiver.expr.ty;
        let callee = self.function_binding(function);
        let values = std::iter::once(receiver).chain(args);
        let given = values.map(|value| Given::Value(Box::new(value)));
        let Some(bound) = self.bind(&callee, given.collect(), &[], span) else {
            return Val::error(span);
        };
        if self.cx.is_generic(decl) {
            return match self.generic_call(decl, Some(receiver_ty), &[], bound, Vec::new(), span) {
                Some((func, values)) => self.finish_call(func, values, span),
                None => Val::error(span),
            };
        }
        let Some(func) = self.cx.plain_instance(decl, Some(receiver_ty)) else {
            return Val::error(span);
        };
        match self.typed_args(func, decl, bound, &[]) {
            Some(values) => self.finish_call(func, values, span),
            None => Val::error(span),
        }
    }
}
