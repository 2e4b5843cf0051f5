//! Types as they are written.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{BinaryOp, Expr, ExprKind, Extent};
use mlc_syntax::{Name, ast};

use crate::checker::{GenericArg, Item};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{ConstValue, Dim, Ty, TyKind};

/// The scalar types by every spelling.
pub(crate) fn scalar_type(name: &str) -> Option<Ty> {
    Some(match name {
        "Int" | "int" | "i64" | "Int64" => Ty::I64,
        "UInt" | "uint" | "u64" | "UInt64" => Ty::U64,
        "i8" | "Int8" => Ty::I8,
        "i16" | "Int16" => Ty::I16,
        "i32" | "Int32" => Ty::I32,
        "u8" | "UInt8" => Ty::U8,
        "u16" | "UInt16" => Ty::U16,
        "u32" | "UInt32" => Ty::U32,
        "f16" | "Float16" => Ty::F16,
        "bf16" | "BFloat16" => Ty::BF16,
        "f32" | "Float32" => Ty::F32,
        "f64" | "Float64" | "float" => Ty::F64,
        "c64" => Ty::C64,
        "c128" | "complex" => Ty::C128,
        "Bool" | "bool" => Ty::BOOL,
        "String" | "str" => Ty::STR,
        "None" => Ty::NONE,
        "Error" | "Exception" => Ty::EXCEPTION,
        _ => return None,
    })
}

/// Types that convert what they are called with, in the language's own spelling.
pub(crate) const CONVERTING_TYPES: &[&str] = &[
    "Int", "UInt", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f16", "bf16", "f32",
    "f64", "c64", "c128", "complex", "Bool", "String", "SIMD",
];

/// Other types that are suggested.
const OTHER_TYPES: &[&str] = &[
    "float",
    "bool",
    "str",
    "None",
    "list",
    "tuple",
    "dict",
    "set",
    "Dict",
    "Set",
    "Optional",
    "PythonObject",
];

/// The types of the language, for suggestions.
fn type_names() -> impl Iterator<Item = &'static str> {
    CONVERTING_TYPES.iter().chain(OTHER_TYPES).copied()
}

impl<'a> FnCx<'_, 'a> {
    /// The type that an annotation means; `Ty::ERROR` after a report.
    pub fn annotation(&mut self, expr: &'a Expr) -> Ty {
        match &expr.kind {
            ExprKind::Name(name) => self.named_type(*name, expr.span),
            ExprKind::None => Ty::NONE,
            ExprKind::List(items) if items.len() == 1 => {
                let elem = self.annotation(&items[0]);
                self.composed(elem, |types| types.list(elem))
            }
            ExprKind::ArrayType { element, extents } => self.array_type(element, extents),
            ExprKind::Tuple(items) => {
                let items: Vec<Ty> = items.iter().map(|item| self.annotation(item)).collect();
                if items.contains(&Ty::ERROR) {
                    return Ty::ERROR;
                }
                self.cx.types.tuple(&items)
            }
            ExprKind::Optional(inner) => {
                let of = self.annotation(inner);
                self.optional_of(of)
            }
            ExprKind::Binary {
                op: BinaryOp::BitOr,
                left,
                right,
            } => {
                let (left, right) = (self.annotation(left), self.annotation(right));
                match (left, right) {
                    (Ty::NONE, other) | (other, Ty::NONE) => self.optional_of(other),
                    _ => {
                        self.report(diag::bad_annotation(expr.span, "only `T | None` is a type"));
                        Ty::ERROR
                    }
                }
            }
            ExprKind::Subscript { value, index } => self.parametric_type(value, index, expr.span),
            ExprKind::Str(_) => {
                self.report(diag::bad_annotation(
                    expr.span,
                    "a type is not written in quotes",
                ));
                Ty::ERROR
            }
            ExprKind::Attribute { .. } => {
                if let Some(Item::Struct(decl)) = self.module_member(expr) {
                    return self.cx.struct_type(decl, &[], expr.span);
                }
                self.report(diag::bad_annotation(expr.span, "this is not a type"));
                Ty::ERROR
            }
            ExprKind::Invalid => Ty::ERROR,
            _ => {
                self.report(diag::bad_annotation(expr.span, "this is not a type"));
                Ty::ERROR
            }
        }
    }

    fn composed(&mut self, part: Ty, make: impl FnOnce(&mut crate::hir::TypeTable) -> Ty) -> Ty {
        if part == Ty::ERROR {
            return Ty::ERROR;
        }
        make(&mut self.cx.types)
    }

    fn optional_of(&mut self, of: Ty) -> Ty {
        self.composed(of, |types| {
            if matches!(types.kind(of), TyKind::Optional(_)) {
                of
            } else {
                types.optional(of)
            }
        })
    }

    fn named_type(&mut self, name: Name, span: Span) -> Ty {
        if let Some(arg) = self.generics.get(&name) {
            if let GenericArg::Type(ty) = arg {
                return *ty;
            }
            self.report(diag::bad_annotation(
                span,
                &format!("`{name}` is a number, not a type"),
            ));
            return Ty::ERROR;
        }
        match self.cx.module(self.module).items.get(&name) {
            Some(Item::Struct(decl)) => {
                let decl = *decl;
                return self.cx.struct_type(decl, &[], span);
            }
            Some(Item::Poisoned) => return Ty::ERROR,
            _ => {}
        }
        if let Some(ty) = scalar_type(name.as_str()) {
            return ty;
        }
        match name.as_str() {
            "PythonObject" => {
                self.cx.uses_python = true;
                return Ty::PYTHON_OBJECT;
            }
            "Dict" | "dict" | "Set" | "set" => {
                self.report(diag::not_yet(span, &format!("`{name}`")))
            }
            "list" | "tuple" | "SIMD" | "Optional" => {
                let message = format!("`{name}` needs its element type: `{name}[T]`");
                self.report(diag::bad_annotation(span, &message));
            }
            _ => {
                let structs = self.cx.module(self.module).items.iter();
                let mut known: Vec<&'static str> = structs
                    .filter(|(_, item)| matches!(item, Item::Struct(_)))
                    .map(|(name, _)| name.as_str())
                    .collect();
                known.extend(type_names());
                self.report(diag::unknown_type(span, name.as_str(), known));
            }
        }
        Ty::ERROR
    }

    fn array_type(&mut self, element: &'a Expr, extents: &'a [Extent]) -> Ty {
        let elem = self.annotation(element);
        let mut dims = Vec::with_capacity(extents.len());
        for extent in extents {
            match extent {
                Extent::Dynamic(_) => dims.push(Dim::Dynamic),
                Extent::Value(value) => match self.comptime_extent(value) {
                    Some(extent) => dims.push(Dim::Static(extent)),
                    None => return Ty::ERROR,
                },
            }
        }
        let is_number = elem == Ty::ERROR || self.cx.types.is_scalar(elem);
        if !is_number && dims.len() > 1 {
            let name = self.ty_name(elem);
            let feature = format!("an array of `{name}` of more than one dimension");
            let diagnostic = diag::not_yet(element.span, &feature);
            self.report(diagnostic.help("write an array of arrays, such as `[[T; 4]; 3]`"));
            return Ty::ERROR;
        }
        self.composed(elem, |types| types.array(elem, &dims))
    }

    fn comptime_extent(&mut self, expr: &'a Expr) -> Option<u64> {
        let value = self.comptime_value(expr)?;
        match value.value {
            ConstValue::Int(extent) if (0..=i128::from(i64::MAX)).contains(&extent) => {
                Some(extent as u64)
            }
            ConstValue::Int(extent) => {
                let message = format!("an array cannot have the extent {extent}");
                self.report(diag::bad_annotation(expr.span, &message));
                None
            }
            _ => {
                self.report(diag::bad_annotation(
                    expr.span,
                    "the extent of an array is an integer",
                ));
                None
            }
        }
    }

    fn parametric_type(&mut self, base: &'a Expr, index: &'a Expr, span: Span) -> Ty {
        let args: &'a [Expr] = match &index.kind {
            ExprKind::Tuple(items) => items,
            _ => std::slice::from_ref(index),
        };
        let item = match &base.kind {
            ExprKind::Name(name) => self.cx.module(self.module).items.get(name).cloned(),
            _ => self.module_member(base),
        };
        if let Some(Item::Struct(decl)) = item {
            let params: &'a [ast::GenericParam] = &self.cx.struct_decl(decl).ast.generics;
            let Some(args) = self.generic_args(params, args, span) else {
                return Ty::ERROR;
            };
            return self.cx.struct_type(decl, &args, span);
        }
        let ExprKind::Name(name) = &base.kind else {
            self.report(diag::bad_annotation(span, "this is not a type"));
            return Ty::ERROR;
        };
        match (name.as_str(), args) {
            ("list" | "List", [elem]) => {
                let elem = self.annotation(elem);
                self.composed(elem, |types| types.list(elem))
            }
            ("tuple" | "Tuple", items) => {
                let items: Vec<Ty> = items.iter().map(|item| self.annotation(item)).collect();
                if items.contains(&Ty::ERROR) {
                    return Ty::ERROR;
                }
                self.cx.types.tuple(&items)
            }
            ("Optional", [of]) => {
                let of = self.annotation(of);
                self.optional_of(of)
            }
            ("SIMD", [elem, lanes]) => {
                let elem = self.annotation(elem);
                let Some(lanes) = self.comptime_extent(lanes) else {
                    return Ty::ERROR;
                };
                if !lanes.is_power_of_two() || lanes > 1024 {
                    self.report(diag::bad_annotation(
                        span,
                        "the width of a SIMD type is a power of two up to 1024",
                    ));
                    return Ty::ERROR;
                }
                let lanes = lanes as u32;
                self.composed(elem, |types| types.intern(TyKind::Simd { elem, lanes }))
            }
            ("Dict" | "dict" | "Set" | "set", _) => {
                self.report(diag::not_yet(span, &format!("`{name}`")));
                Ty::ERROR
            }
            ("list" | "List" | "Optional" | "SIMD", _) => {
                self.report(diag::bad_annotation(
                    span,
                    &format!("wrong number of parameters for `{name}`"),
                ));
                Ty::ERROR
            }
            _ => {
                self.report(diag::unknown_type(base.span, name.as_str(), type_names()));
                Ty::ERROR
            }
        }
    }

    /// Written arguments in brackets for generic parameters, with defaults filled in.
    pub fn generic_args(
        &mut self,
        params: &'a [ast::GenericParam],
        args: &'a [Expr],
        span: Span,
    ) -> Option<Vec<(Name, GenericArg)>> {
        if args.len() > params.len() {
            let message = format!(
                "expected {} generic arguments, found {}",
                params.len(),
                args.len()
            );
            self.report(diag::wrong_arguments(span, message));
            return None;
        }
        let mut found = Vec::with_capacity(params.len());
        for (position, param) in params.iter().enumerate() {
            let Some(value) = args.get(position).or(param.default.as_ref()) else {
                let message = format!("missing generic argument `{}`", param.name.name);
                self.report(diag::wrong_arguments(span, message));
                return None;
            };
            let arg = if is_value_param(param) {
                GenericArg::Value(self.comptime_value(value)?)
            } else {
                match self.annotation(value) {
                    Ty::ERROR => return None,
                    ty => GenericArg::Type(ty),
                }
            };
            found.push((param.name.name, arg));
        }
        Some(found)
    }
}

/// Whether a generic parameter stands for a number (`N: Int`) rather than a type (`T`, `T: Number`).
pub fn is_value_param(param: &ast::GenericParam) -> bool {
    match param.bound.as_ref().map(|bound| &bound.kind) {
        Some(ExprKind::Name(name)) => scalar_type(name.as_str()).is_some(),
        _ => false,
    }
}
