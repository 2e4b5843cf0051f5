//! Calls of generic functions: the types of the arguments decide the instance.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast};
use rustc_hash::FxHashMap;

use super::Given;
use crate::annotations::is_value_param;
use crate::checker::{Comptime, DeclId, GenericArg, Item};
use crate::coerce::{Val, Weak};
use crate::func::FnCx;
use crate::hir::{ConstValue, Convention, Dim, Expr, FuncId, Ty, TyKind};
use crate::nested::Bound;
use crate::want::Want;

/// What arrives in hidden parameters.
enum Hidden {
    Captures(Bound, Ty),
    Items(Vec<crate::hir::Expr>),
}

impl<'a> FnCx<'_, 'a> {
    /// The arguments of a generic function are typed first; their types decide the instance.
    pub fn generic_call(
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
        let all_written = !written.is_empty()
            && written.len() == function.generics.len()
            && self.cx.decl(decl).module == self.module;
        let mut values: Vec<Val> = Vec::with_capacity(bound.len());
        let mut passed: Vec<Hidden> = Vec::new();
        for (position, given) in bound.into_iter().enumerate() {
            let param: &'a ast::Param = &function.params[position];
            let value = match given {
                Some(Given::Expr(expr)) => match self.callable_argument(expr) {
                    Some(function) => {
                        let value = self.callable_value(&function, expr.span);
                        passed.push(Hidden::Captures(function, value.expr.ty));
                        value
                    }
                    None => {
                        let want = match &param.annotation {
                            Some(annotation) if all_written => {
                                let outer = std::mem::replace(&mut self.generics, generics.clone());
                                let ty = self.annotation(annotation);
                                self.generics = outer;
                                Want::written(ty)
                            }
                            Some(annotation) if !mentions_any(annotation, &function.generics) => {
                                self.want_of_param(decl, receiver_ty, annotation)
                            }
                            _ => Want::NOTHING,
                        };
                        self.value(expr, want)
                    }
                },
                Some(Given::Value(value)) => *value,
                Some(Given::Pack(given)) => {
                    let keyed = param.kind == ast::ParamKind::VarKeyword;
                    let (value, items) = self.pass_pack(keyed, given, span)?;
                    passed.push(Hidden::Items(items));
                    value
                }
                None => self.default_value(decl, param, None, &captured)?.into(),
            };
            if value.is_error() {
                return None;
            }
            values.push(value);
        }
        // Typed arguments decide, then the widest of the constants, then what is not known whole, such as `[]`.
        let mut annotated = Vec::with_capacity(values.len());
        for (value, param) in values.iter().zip(&function.params) {
            if let Some(annotation) = &param.annotation {
                let ty = self.cx.resolve(value.expr.ty);
                annotated.push((self.cx.types.is_open(ty), value.weak, annotation, ty));
            }
        }
        let order = [Weak::No, Weak::Complex, Weak::Float, Weak::Int];
        let rank = |weak| order.iter().position(|other| *other == weak);
        annotated.sort_by_key(|(is_open, weak, ..)| (*is_open, rank(*weak)));
        for (_, _, annotation, ty) in annotated {
            self.match_annotation(&function.generics, annotation, ty, &mut generics);
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
        self.check_bounds(function, &generics, span)?;
        // With the generics known, every annotated parameter has a type; the others take that of the argument.
        let mut known = self.cx.struct_generics(receiver_ty);
        known.extend(generics.clone());
        let mut tys = Vec::with_capacity(values.len());
        for (value, param) in values.iter().zip(&function.params) {
            let ty = match &param.annotation {
                Some(annotation) => {
                    let written = self.annotation_in(decl, &known, annotation);
                    self.param_type(param, written)
                }
                None => match receiver_ty {
                    Some(ty) if tys.is_empty() && !self.cx.decl(decl).is_static => ty,
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
        self.cx.settle_by_recursion(decl, &mut tys);
        if self.cx.check_endless(decl, &tys, span) {
            return None;
        }
        let func = self.cx.instance(decl, &tys, generics, receiver_ty);
        let mut args = Vec::with_capacity(values.len());
        for (position, (value, ty)) in values.into_iter().zip(tys).enumerate() {
            if self.cx.passed(ty).is_some() {
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
        for hidden in passed {
            match hidden {
                Hidden::Captures(function, ty) => {
                    args.extend(self.passed_values(&function, ty, span)?)
                }
                Hidden::Items(items) => args.extend(items),
            }
        }
        Some((func, args))
    }

    /// What a parameter hopes for whose type is written whole, in a function that is generic in others.
    fn want_of_param(
        &mut self,
        decl: DeclId,
        receiver_ty: Option<Ty>,
        annotation: &'a ast::Expr,
    ) -> Want {
        let mut generics = self.cx.struct_generics(receiver_ty);
        let outer = self.cx.decl(decl).outer_generics.iter();
        generics.extend(outer.map(|(name, arg)| (*name, arg.clone())));
        let ty = self.annotation_in(decl, &generics, annotation);
        match ty {
            Ty::ERROR => Want::NOTHING,
            _ => Want::of(ty, self.cx.tells_arrays(annotation, &generics)),
        }
    }

    /// `T: Number` is a number.
    fn check_bounds(
        &mut self,
        function: &'a ast::Function,
        generics: &FxHashMap<Name, GenericArg>,
        span: Span,
    ) -> Option<()> {
        for param in &function.generics {
            let name = param.name.name;
            if let Some(bound) = &param.bound
                && matches!(&bound.kind, Ast::Name(bound) if *bound == "Number")
                && let Some(GenericArg::Type(ty)) = generics.get(&name)
                && let ty = self.cx.resolve_or_int(*ty)
                && !self.cx.types.is_number(ty)
            {
                let found = self.ty_name(ty);
                let of = function.name.name;
                let message = format!("`{name}` of `{of}` is a number, found `{found}`");
                let diagnostic = mlc_diagnostics::Diagnostic::error("type-mismatch", span, message);
                self.report(diagnostic.label(param.span, "declared here"));
                return None;
            }
        }
        Some(())
    }

    /// Matches an annotation that mentions generic parameters with the type of an argument.
    pub fn match_annotation(
        &mut self,
        params: &'a [ast::GenericParam],
        annotation: &'a ast::Expr,
        ty: Ty,
        generics: &mut FxHashMap<Name, GenericArg>,
    ) {
        match (&annotation.kind, self.cx.types.kind(ty).clone()) {
            (Ast::Name(name), _) => {
                let is_type = params
                    .iter()
                    .any(|param| param.name.name == *name && !is_value_param(param));
                if is_type {
                    generics.entry(*name).or_insert(GenericArg::Type(ty));
                }
            }
            (Ast::List(items), TyKind::List(elem)) if items.len() == 1 => {
                self.match_annotation(params, &items[0], elem, generics);
            }
            (Ast::ArrayType { element, extents }, TyKind::Array { elem, dims }) => {
                self.match_annotation(params, element, elem, generics);
                for (extent, dim) in extents.iter().zip(&dims) {
                    if let (ast::Extent::Value(value), Dim::Static(extent)) = (extent, dim)
                        && let Ast::Name(name) = &value.kind
                        && params.iter().any(|param| param.name.name == *name)
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
                    self.match_annotation(params, part, *item, generics);
                }
            }
            (Ast::Optional(inner), TyKind::Optional(of)) => {
                self.match_annotation(params, inner, of, generics)
            }
            (Ast::Optional(inner), _) => self.match_annotation(params, inner, ty, generics),
            (Ast::Subscript { value, index }, TyKind::Struct(id)) => {
                self.match_struct(params, value, index, id, generics);
            }
            (Ast::Subscript { value, index }, TyKind::List(elem)) if matches!(&value.kind, Ast::Name(name) if matches!(name.as_str(), "list" | "List")) =>
            {
                self.match_annotation(params, index, elem, generics);
            }
            (Ast::Subscript { value, index }, TyKind::Simd { elem, lanes }) if matches!(&value.kind, Ast::Name(name) if *name == "SIMD") => {
                if let Ast::Tuple(parts) = &index.kind
                    && let [element, width] = parts.as_slice()
                {
                    self.match_annotation(params, element, elem, generics);
                    if let Ast::Name(name) = &width.kind
                        && params.iter().any(|param| param.name.name == *name)
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
        params: &'a [ast::GenericParam],
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
                    self.match_annotation(params, part, ty, generics)
                }
                (Some(value), Ast::Name(name))
                    if params.iter().any(|param| param.name.name == *name) =>
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

/// Whether a generic parameter stands in an annotation.
fn mentions_any(annotation: &ast::Expr, generics: &[ast::GenericParam]) -> bool {
    let mut found = false;
    crate::names::mentioned_expr(annotation, &mut |name| {
        found |= generics.iter().any(|param| param.name.name == name);
    });
    found
}
