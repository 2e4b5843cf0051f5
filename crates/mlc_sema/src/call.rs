//! Calls: what is called, which argument goes to which parameter, and of which instance.

use mlc_diagnostics::{Span, closest};
use mlc_syntax::Name;
use mlc_syntax::ast::{self, Arg, ArgKind, ExprKind as Ast, ParamKind};
use rustc_hash::FxHashMap;

use crate::annotations::{is_value_param, scalar_type};
use crate::checker::{Comptime, DeclId, GenericArg, Item};
use crate::coerce::{Val, into_place};
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{ConstValue, Convention, Dim, Expr, ExprKind, FuncId, Ty, TyKind};
use crate::nested::Bound;

/// What an argument is given as: an expression of the program, or a value that is there already (`self`).
#[derive(Clone)]
pub(crate) enum Given<'a> {
    Expr(&'a ast::Expr),
    Value(Box<Val>),
}

impl<'a> FnCx<'_, 'a> {
    pub fn call(
        &mut self,
        function: &'a ast::Expr,
        args: &'a [Arg],
        want: Option<Ty>,
        span: Span,
    ) -> Operand {
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
                        Operand::Value(self.construct(ty, args, span))
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
            Ast::Lambda(_) => {
                self.report(diag::not_yet(
                    function.span,
                    "calling a lambda where it stands",
                ));
                Operand::Value(Val::error(span))
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
        want: Option<Ty>,
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
                self.construct(ty, args, span)
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
                ty => self.construct(ty, args, span),
            },
            Some(Item::Builtin(original)) => {
                self.call_builtin(original, function.span, args, want, span)
            }
            Some(Item::Poisoned) => self.poisoned_call(args, span),
            Some(Item::Comptime(_) | Item::Global) => {
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
        want: Option<Ty>,
        span: Span,
    ) -> Operand {
        let value = match self.static_item(base) {
            Some(Item::Math) => self.call_math(attr, args, want, span),
            Some(Item::Module(module)) => {
                match self.cx.module(module).items.get(&attr.name).cloned() {
                    Some(Item::Function(decl)) => self.call_decl(decl, None, &[], args, span),
                    Some(Item::Struct(decl)) => match self.struct_for_call(decl, args, span) {
                        Ty::ERROR => Val::error(span),
                        ty => self.construct(ty, args, span),
                    },
                    _ => {
                        let callee = self.value(function, None);
                        self.call_value(callee, args, span)
                    }
                }
            }
            Some(Item::Struct(decl)) => self.call_static(decl, attr, args, span),
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
        let ty = callee.expr.ty;
        let exprs: Vec<&'a ast::Expr> = args.iter().map(|arg| &arg.value).collect();
        if self.cx.struct_of(ty).is_some()
            && let Some(value) = self.dunder("__call__", callee.clone(), &exprs, span)
        {
            return value;
        }
        let name = self.ty_name(ty);
        self.report(diag::not_callable(callee.expr.span, &format!("a `{name}`")));
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
        let function: &'a ast::Function = self.cx.decl(decl).ast;
        let Some(bound) = self.bind_args(function, receiver.clone(), args, span) else {
            return self.poisoned_call(args, span);
        };
        let receiver_ty = receiver.map(|value| value.expr.ty);
        let (func, values) = if self.cx.is_generic(decl) {
            let found =
                self.generic_call(decl, receiver_ty, written_generics, bound, Vec::new(), span);
            let Some(found) = found else {
                return Val::error(span);
            };
            found
        } else {
            let Some(func) = self.cx.plain_instance(decl, receiver_ty) else {
                return self.poisoned_call(args, span);
            };
            let Some(values) = self.typed_args(func, decl, bound) else {
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
        let Some(bound) = self.bind_args(function, None, args, span) else {
            return self.poisoned_call(args, span);
        };
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
                Some(annotation) => self.annotation_in(decl, &none, annotation),
                None => Ty::ERROR,
            });
        }
        for value in &captured {
            let ty = self.cx.resolve(value.ty);
            tys.push(ty);
        }
        let func = self.cx.instance(decl, &tys, none, None);
        let Some(mut values) = self.typed_args(func, decl, bound) else {
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
        let result = self.cx.result_of(func, span);
        if result == Ty::ERROR || args.iter().any(|arg| arg.ty == Ty::ERROR) {
            return Val::error(span);
        }
        Val::strong(ExprKind::Call { callee: func, args }, result, span)
    }

    /// Which argument each parameter gets; `None` for a default.
    fn bind_args(
        &mut self,
        function: &'a ast::Function,
        receiver: Option<Val>,
        args: &'a [Arg],
        span: Span,
    ) -> Option<Vec<Option<Given<'a>>>> {
        let params = &function.params;
        let name = function.name.name;
        let mut bound: Vec<Option<Given<'a>>> = vec![None; params.len()];
        let mut next = 0;
        if let Some(value) = receiver {
            if params.is_empty() {
                self.report(diag::wrong_arguments(
                    span,
                    format!("`{name}` takes no `self`"),
                ));
                return None;
            }
            bound[0] = Some(Given::Value(Box::new(value)));
            next = 1;
        }
        let variadic = params
            .iter()
            .find(|param| matches!(param.kind, ParamKind::VarPositional | ParamKind::VarKeyword));
        if let Some(param) = variadic {
            self.report(diag::not_yet(param.span, "`*args` and `**kwargs`"));
            return None;
        }
        let positional =
            |param: &ast::Param| matches!(param.kind, ParamKind::PositionalOnly | ParamKind::Plain);
        let mut fine = true;
        for arg in args {
            match &arg.kind {
                ArgKind::Positional => {
                    if params.get(next).is_some_and(positional) {
                        bound[next] = Some(Given::Expr(&arg.value));
                        next += 1;
                    } else if fine {
                        let takes = params.iter().filter(|param| positional(param)).count();
                        let given = args
                            .iter()
                            .filter(|arg| arg.kind == ArgKind::Positional)
                            .count();
                        let plural = if takes == 1 { "argument" } else { "arguments" };
                        let message =
                            format!("`{name}` takes {takes} {plural}, {given} were given");
                        self.report(
                            diag::wrong_arguments(arg.value.span, message)
                                .label(function.signature, "declared here"),
                        );
                        fine = false;
                    }
                }
                ArgKind::Keyword(keyword) => {
                    let at = params.iter().position(|param| {
                        param.name.name == keyword.name && param.kind != ParamKind::PositionalOnly
                    });
                    match at {
                        Some(at) if bound[at].is_some() => {
                            let message = format!("`{name}` gets `{}` twice", keyword.name);
                            self.report(diag::wrong_arguments(keyword.span, message));
                            fine = false;
                        }
                        Some(at) => bound[at] = Some(Given::Expr(&arg.value)),
                        None => {
                            let message = format!("`{name}` has no parameter `{}`", keyword.name);
                            let known = params.iter().map(|param| param.name.name.as_str());
                            let mut diagnostic = diag::wrong_arguments(keyword.span, message);
                            if let Some(near) = closest(keyword.name.as_str(), known) {
                                diagnostic = diagnostic.fixit(
                                    format!("did you mean `{near}`?"),
                                    keyword.span,
                                    near,
                                );
                            }
                            self.report(diagnostic);
                            fine = false;
                        }
                    }
                }
                ArgKind::Star | ArgKind::DoubleStar => {
                    self.report(diag::not_yet(arg.value.span, "unpacking arguments"));
                    fine = false;
                }
            }
        }
        if !fine {
            return None;
        }
        let missing: Vec<String> = (params.iter().zip(&bound))
            .filter(|(param, given)| given.is_none() && param.default.is_none())
            .map(|(param, _)| format!("`{}`", param.name.name))
            .collect();
        if !missing.is_empty() {
            let plural = if missing.len() == 1 {
                "argument"
            } else {
                "arguments"
            };
            let message = format!("missing {plural} {} of `{name}`", missing.join(", "));
            self.report(
                diag::wrong_arguments(span, message).label(function.signature, "declared here"),
            );
            return None;
        }
        Some(bound)
    }

    /// The arguments of an instance whose parameter types are known.
    fn typed_args(
        &mut self,
        func: FuncId,
        decl: DeclId,
        bound: Vec<Option<Given<'a>>>,
    ) -> Option<Vec<Expr>> {
        let params: &'a [ast::Param] = &self.cx.decl(decl).ast.params;
        let mut values = Vec::with_capacity(bound.len());
        for (position, given) in bound.into_iter().enumerate() {
            let header = self.cx.header(func).params[position].clone();
            let value = match given {
                Some(Given::Expr(expr)) if header.written == Some(Convention::Inout) => {
                    self.inout_arg(expr, header.ty)
                }
                Some(Given::Expr(expr)) => self.value_of(expr, header.ty),
                Some(Given::Value(value)) if header.written == Some(Convention::Inout) => {
                    self.borrow_as(value.expr, true)
                }
                Some(Given::Value(value)) => self.coerce(*value, header.ty),
                None => self.default_value(decl, &params[position], Some(header.ty))?,
            };
            values.push(value);
        }
        Some(values)
    }

    /// An argument for a parameter written `inout`: the place itself, of exactly that type.
    fn inout_arg(&mut self, expr: &'a ast::Expr, ty: Ty) -> Expr {
        let value = match self.operand(expr, Some(ty)) {
            Operand::Place(place) => {
                let found = self.cx.resolve(place.ty);
                let span = place.span;
                if found != ty && found != Ty::ERROR && !self.cx.unify(found, ty) {
                    let static_to_dynamic = matches!(
                        (self.cx.types.kind(found), self.cx.types.kind(ty)),
                        (TyKind::Array { elem, .. }, TyKind::Array { elem: to, dims }) if elem == to && dims.iter().all(|dim| *dim == Dim::Dynamic)
                    );
                    if !static_to_dynamic {
                        let (expected, found) = (self.ty_name(ty), self.ty_name(found));
                        self.report(diag::type_mismatch(span, &expected, &found));
                        return Val::error(span).expr;
                    }
                }
                return Expr {
                    ty: if found == Ty::ERROR { found } else { ty },
                    kind: ExprKind::Borrow {
                        place,
                        mutable: true,
                    },
                    span,
                };
            }
            Operand::Value(value) => self.coerce(value, ty),
        };
        self.borrow_as(value, true)
    }

    /// The default of a parameter, evaluated in the module of the function.
    pub fn default_value(
        &mut self,
        decl: DeclId,
        param: &'a ast::Param,
        ty: Option<Ty>,
    ) -> Option<Expr> {
        let default = param.default.as_ref()?;
        let module = self.cx.decl(decl).module;
        let outer_module = std::mem::replace(&mut self.module, module);
        let vars = std::mem::take(&mut self.vars);
        let assigned = std::mem::take(&mut self.assigned);
        let value = self.value(default, ty);
        let value = match ty {
            Some(ty) => self.coerce(value, ty),
            None => self.settle(value),
        };
        self.module = outer_module;
        self.vars = vars;
        self.assigned = assigned;
        Some(value)
    }

    /// The arguments of a generic function are typed first; their types decide the instance.
    fn generic_call(
        &mut self,
        decl: DeclId,
        receiver_ty: Option<Ty>,
        written: &'a [ast::Expr],
        bound: Vec<Option<Given<'a>>>,
        captured: Vec<Expr>,
        span: Span,
    ) -> Option<(FuncId, Vec<Expr>)> {
        let function: &'a ast::Function = self.cx.decl(decl).ast;
        let mut generics: FxHashMap<Name, GenericArg> = FxHashMap::default();
        for (param, arg) in function.generics.iter().zip(written) {
            let arg = if is_value_param(param) {
                GenericArg::Value(self.comptime_value(arg)?)
            } else {
                GenericArg::Type(self.annotation(arg))
            };
            generics.insert(param.name.name, arg);
        }
        let mut values: Vec<Val> = Vec::with_capacity(bound.len());
        let mut passed: Vec<Bound> = Vec::new();
        for (position, given) in bound.into_iter().enumerate() {
            let param: &'a ast::Param = &function.params[position];
            let value = match given {
                Some(Given::Expr(expr)) => match self.callable_argument(expr) {
                    Some(function) => {
                        let value = self.callable_value(&function, expr.span);
                        passed.push(function);
                        value
                    }
                    None => self.value(expr, None),
                },
                Some(Given::Value(value)) => *value,
                None => self.default_value(decl, param, None)?.into(),
            };
            if value.is_error() {
                return None;
            }
            if let Some(annotation) = &param.annotation {
                self.infer_generics(function, annotation, &value, &mut generics);
            }
            values.push(value);
        }
        for param in &function.generics {
            if generics.contains_key(&param.name.name) {
                continue;
            }
            let arg = match &param.default {
                Some(default) if is_value_param(param) => {
                    GenericArg::Value(self.comptime_value(default)?)
                }
                Some(default) => GenericArg::Type(self.annotation(default)),
                None => {
                    let message = format!(
                        "cannot infer `{}` of `{}` from the arguments",
                        param.name.name, function.name.name
                    );
                    self.report(
                        mlc_diagnostics::Diagnostic::error("cannot-infer", span, message)
                            .help(format!("write it: `{}[…](…)`", function.name.name)),
                    );
                    return None;
                }
            };
            generics.insert(param.name.name, arg);
        }
        // With the generics known, every annotated parameter has a type; the others take that of the argument.
        let mut tys = Vec::with_capacity(values.len());
        for (value, param) in values.iter().zip(&function.params) {
            let ty = match &param.annotation {
                Some(annotation) => self.annotation_in(decl, &generics, annotation),
                None => match receiver_ty {
                    Some(ty) if tys.is_empty() => ty,
                    _ => {
                        let value = self.settle(value.clone());
                        self.cx.resolve(value.ty)
                    }
                },
            };
            if ty == Ty::ERROR {
                return None;
            }
            tys.push(ty);
        }
        for value in &captured {
            let ty = self.cx.resolve(value.ty);
            tys.push(ty);
        }
        let func = self.cx.instance(decl, &tys, generics, receiver_ty);
        let mut args = Vec::with_capacity(values.len());
        for (position, (value, ty)) in values.into_iter().zip(tys).enumerate() {
            if self.cx.callable(ty).is_some() {
                continue;
            }
            let inout = self.cx.header(func).params[position].written == Some(Convention::Inout);
            let value = self.coerce(value, ty);
            args.push(if inout {
                self.inout_value(value)
            } else {
                value
            });
        }
        args.extend(captured);
        for function in &passed {
            args.extend(self.captured_values(function, span)?);
        }
        Some((func, args))
    }

    fn inout_value(&mut self, value: Expr) -> Expr {
        if value.ty == Ty::ERROR {
            return value;
        }
        let (ty, span) = (value.ty, value.span);
        let place = into_place(value);
        Expr {
            kind: ExprKind::Borrow {
                place,
                mutable: true,
            },
            ty,
            span,
        }
    }

    /// Matches an annotation that mentions generic parameters with the type of an argument.
    fn infer_generics(
        &mut self,
        function: &'a ast::Function,
        annotation: &'a ast::Expr,
        value: &Val,
        generics: &mut FxHashMap<Name, GenericArg>,
    ) {
        let ty = match value.weak {
            crate::coerce::Weak::No => self.cx.resolve(value.expr.ty),
            _ => value.expr.ty,
        };
        // A weak number does not decide what a typed argument decides better.
        self.match_annotation(function, annotation, ty, generics);
    }

    fn match_annotation(
        &mut self,
        function: &'a ast::Function,
        annotation: &'a ast::Expr,
        ty: Ty,
        generics: &mut FxHashMap<Name, GenericArg>,
    ) {
        match (&annotation.kind, self.cx.types.kind(ty).clone()) {
            (Ast::Name(name), _) => {
                let is_type = function
                    .generics
                    .iter()
                    .any(|param| param.name.name == *name && !is_value_param(param));
                if is_type {
                    generics.entry(*name).or_insert(GenericArg::Type(ty));
                }
            }
            (Ast::List(items), TyKind::List(elem)) if items.len() == 1 => {
                self.match_annotation(function, &items[0], elem, generics);
            }
            (Ast::ArrayType { element, extents }, TyKind::Array { elem, dims }) => {
                self.match_annotation(function, element, elem, generics);
                for (extent, dim) in extents.iter().zip(&dims) {
                    if let (ast::Extent::Value(value), Dim::Static(extent)) = (extent, dim)
                        && let Ast::Name(name) = &value.kind
                        && function
                            .generics
                            .iter()
                            .any(|param| param.name.name == *name)
                    {
                        let value = Comptime {
                            value: ConstValue::Int(i128::from(*extent)),
                            ty: None,
                        };
                        generics.entry(*name).or_insert(GenericArg::Value(value));
                    }
                }
            }
            (Ast::Tuple(parts), TyKind::Tuple(items)) => {
                for (part, item) in parts.iter().zip(&items) {
                    self.match_annotation(function, part, *item, generics);
                }
            }
            (Ast::Optional(inner), TyKind::Optional(of)) => {
                self.match_annotation(function, inner, of, generics)
            }
            (Ast::Optional(inner), _) => self.match_annotation(function, inner, ty, generics),
            (Ast::Subscript { value, index }, TyKind::Struct(id)) => {
                self.match_struct(function, value, index, id, generics);
            }
            (Ast::Subscript { value, index }, TyKind::List(elem)) if matches!(&value.kind, Ast::Name(name) if matches!(name.as_str(), "list" | "List")) =>
            {
                self.match_annotation(function, index, elem, generics);
            }
            (Ast::Subscript { value, index }, TyKind::Simd { elem, lanes }) if matches!(&value.kind, Ast::Name(name) if *name == "SIMD") => {
                if let Ast::Tuple(parts) = &index.kind
                    && let [element, width] = parts.as_slice()
                {
                    self.match_annotation(function, element, elem, generics);
                    if let Ast::Name(name) = &width.kind
                        && function
                            .generics
                            .iter()
                            .any(|param| param.name.name == *name)
                    {
                        let value = Comptime {
                            value: ConstValue::Int(i128::from(lanes)),
                            ty: None,
                        };
                        generics.entry(*name).or_insert(GenericArg::Value(value));
                    }
                }
            }
            _ => {}
        }
    }

    fn match_struct(
        &mut self,
        function: &'a ast::Function,
        base: &'a ast::Expr,
        index: &'a ast::Expr,
        id: crate::hir::StructId,
        generics: &mut FxHashMap<Name, GenericArg>,
    ) {
        let instance = &self.cx.struct_instances[id.0 as usize];
        if !matches!(self.static_item(base), Some(Item::Struct(decl)) if decl == instance.decl) {
            return;
        }
        let decl_ast: &'a ast::Struct = self.cx.struct_decl(instance.decl).ast;
        let args: Vec<Option<GenericArg>> = (decl_ast.generics.iter())
            .map(|param| {
                self.cx.struct_instances[id.0 as usize]
                    .generics
                    .get(&param.name.name)
                    .cloned()
            })
            .collect();
        let parts: &'a [ast::Expr] = match &index.kind {
            Ast::Tuple(parts) => parts,
            _ => std::slice::from_ref(index),
        };
        for (part, arg) in parts.iter().zip(args) {
            match (arg, &part.kind) {
                (Some(GenericArg::Type(ty)), _) => {
                    self.match_annotation(function, part, ty, generics)
                }
                (Some(value), Ast::Name(name))
                    if function
                        .generics
                        .iter()
                        .any(|param| param.name.name == *name) =>
                {
                    generics.entry(*name).or_insert(value);
                }
                _ => {}
            }
        }
    }

    /// An annotation of a function's header, under the generic arguments of the call.
    pub fn annotation_in(
        &mut self,
        decl: DeclId,
        generics: &FxHashMap<Name, GenericArg>,
        annotation: &'a ast::Expr,
    ) -> Ty {
        let declaration = self.cx.decl(decl);
        let module = declaration.module;
        let mut all = declaration.outer_generics.clone();
        all.extend(generics.iter().map(|(name, arg)| (*name, arg.clone())));
        let outer_module = std::mem::replace(&mut self.module, module);
        let outer_generics = std::mem::replace(&mut self.generics, all);
        let ty = self.annotation(annotation);
        self.module = outer_module;
        self.generics = outer_generics;
        ty
    }
}

impl<'a> FnCx<'_, 'a> {
    /// A call with values that are there already: operators and other special methods.
    pub fn call_with_values(
        &mut self,
        decl: DeclId,
        receiver: Val,
        args: Vec<Val>,
        span: Span,
    ) -> Val {
        let function: &'a ast::Function = self.cx.decl(decl).ast;
        let given = args.len() + 1;
        let required = function
            .params
            .iter()
            .filter(|param| param.default.is_none())
            .count();
        if given > function.params.len() || given < required {
            let message = format!(
                "`{}` takes {} arguments, {given} were given",
                function.name.name,
                function.params.len()
            );
            self.report(
                diag::wrong_arguments(span, message).label(function.signature, "declared here"),
            );
            return Val::error(span);
        }
        let receiver_ty = receiver.expr.ty;
        let mut bound: Vec<Option<Given<'a>>> = vec![Some(Given::Value(Box::new(receiver)))];
        bound.extend(
            args.into_iter()
                .map(|value| Some(Given::Value(Box::new(value)))),
        );
        bound.resize(function.params.len(), None);
        if self.cx.is_generic(decl) {
            return match self.generic_call(decl, Some(receiver_ty), &[], bound, Vec::new(), span) {
                Some((func, values)) => self.finish_call(func, values, span),
                None => Val::error(span),
            };
        }
        let Some(func) = self.cx.plain_instance(decl, Some(receiver_ty)) else {
            return Val::error(span);
        };
        match self.typed_args(func, decl, bound) {
            Some(values) => self.finish_call(func, values, span),
            None => Val::error(span),
        }
    }
}
