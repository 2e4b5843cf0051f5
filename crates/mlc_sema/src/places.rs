//! Attributes and subscripts: paths into values.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::call::Given;
use crate::checker::{Item, ModuleId};
use crate::coerce::{Val, into_place};
use crate::diag;
use crate::expr::{Operand, is_shadowed, math_constant, with_stmts};
use crate::func::FnCx;
use crate::hir::{Builtin, Dim, ExprKind, Place, ProjectionKind, Subscript, Ty, TyKind};

impl<'a> FnCx<'_, 'a> {
    /// The expression as a place: that of a variable or a part of one, or one that holds the fresh value.
    pub fn place(&mut self, expr: &'a ast::Expr) -> Place {
        match self.operand(expr, None) {
            Operand::Place(place) => place,
            Operand::Value(value) => {
                let value = self.settle(value);
                into_place(value)
            }
        }
    }

    /// The item that `module.name` means, if `module` is an imported module.
    pub fn module_member(&self, expr: &ast::Expr) -> Option<Item> {
        let Ast::Attribute { value, attr } = &expr.kind else {
            return None;
        };
        let module = match self.static_item(value)? {
            Item::Module(module) => module,
            _ => return None,
        };
        self.cx.member(module, attr.name)
    }

    /// The item that a name or dotted name means, if it is no variable.
    pub fn static_item(&self, expr: &ast::Expr) -> Option<Item> {
        match &expr.kind {
            Ast::Name(name) => {
                if let Some(decl) = self.local_struct_decl(*name) {
                    return Some(Item::Struct(decl));
                }
                if self.vars.contains_key(name) || (self.assigned.contains(name) && !self.at_top) {
                    return None;
                }
                self.cx.module(self.module).items.get(name).cloned()
            }
            Ast::Attribute { .. } => self.module_member(expr),
            _ => None,
        }
    }

    pub fn attribute(
        &mut self,
        whole: &'a ast::Expr,
        base: &'a ast::Expr,
        attr: &'a ast::Ident,
    ) -> Operand {
        let span = whole.span;
        match self.static_item(base) {
            Some(Item::Math) => {
                return Operand::Value(match math_constant(attr.name.as_str()) {
                    Some(value) => Val::float(value, span),
                    None => {
                        self.report(diag::unknown_attribute(
                            attr.span,
                            "math",
                            attr.name.as_str(),
                            crate::math::NAMES.iter().copied(),
                        ));
                        Val::error(span)
                    }
                });
            }
            Some(Item::Module(module)) => {
                return self.module_attribute(module, attr, span);
            }
            Some(Item::Struct(decl)) => {
                return Operand::Value(self.struct_constant(decl, attr, span));
            }
            Some(Item::Poisoned) => return Operand::Value(Val::error(span)),
            _ => {}
        }
        if self.is_python_namespace(base) {
            return Operand::Value(self.builtin_object(attr.name, span).into());
        }
        if attr.name == "__name__"
            && let Ast::Call { function, args } = &base.kind
            && let (Ast::Name(name), [arg]) = (&function.kind, args.as_slice())
            && *name == "type"
            && !is_shadowed(self, *name)
        {
            let value = self.value(&arg.value, None);
            return Operand::Value(self.type_name(value, span));
        }
        let place = self.place(base);
        self.part(place, attr, span)
    }

    /// `type(x).__name__`
    fn type_name(&mut self, value: Val, span: Span) -> Val {
        let ty = self.cx.resolve(value.expr.ty);
        let name = match self.cx.types.kind(ty) {
            TyKind::Exception => {
                return self.builtin(Builtin::ExceptionName, vec![value.expr], Ty::STR, span);
            }
            TyKind::Error => return Val::error(span),
            TyKind::Bool => "bool".to_owned(),
            TyKind::None => "NoneType".to_owned(),
            TyKind::Str => "str".to_owned(),
            TyKind::List(_) => "list".to_owned(),
            TyKind::Tuple(_) => "tuple".to_owned(),
            _ if ty == Ty::INT => "int".to_owned(),
            _ if ty == Ty::F64 => "float".to_owned(),
            _ if ty == Ty::C128 => "complex".to_owned(),
            _ => self.ty_name(ty),
        };
        let text = self.str(&name, span);
        let stmt = crate::hir::StmtKind::Expr(value.expr);
        with_stmts(vec![crate::hir::Stmt { kind: stmt, span }], text).into()
    }

    fn module_attribute(&mut self, module: ModuleId, attr: &ast::Ident, span: Span) -> Operand {
        match self.member(module, attr) {
            Some(Item::Comptime(value)) => Operand::Value(self.comptime_literal(&value, span)),
            Some(Item::Variable(module, name)) => self.variable(module, name, span),
            Some(Item::Poisoned) => Operand::Value(Val::error(span)),
            Some(_) => {
                self.report(diag::not_a_value(span, attr.name.as_str()));
                Operand::Value(Val::error(span))
            }
            None if attr.name == "__name__" => {
                let path = self.cx.module(module).path.as_str().into();
                Operand::Value(Val::strong(ExprKind::Str(path), Ty::STR, span))
            }
            None => {
                let diagnostic = self.cx.no_member(module, *attr);
                self.report(diagnostic);
                Operand::Value(Val::error(span))
            }
        }
    }

    /// What `module.name` means; a private name is reported and is poison.
    pub fn member(&mut self, module: ModuleId, attr: &ast::Ident) -> Option<Item> {
        if self.cx.is_private(self.module, module, attr.name) {
            let path = &self.cx.module(module).path;
            let diagnostic = diag::private_name(attr.span, path, attr.name.as_str());
            self.report(diagnostic);
            return Some(Item::Poisoned);
        }
        self.cx.member(module, attr.name)
    }

    /// A variable of another module.
    pub fn variable(&mut self, module: ModuleId, name: Name, span: Span) -> Operand {
        let Some(global) = self.cx.imported_variable(module, name, span) else {
            return Operand::Value(Val::error(span));
        };
        let ty = self.cx.globals[global.0 as usize].ty;
        Operand::Place(Place {
            root: crate::hir::Root::Global(global),
            projections: Vec::new(),
            ty,
            span,
        })
    }

    /// `place.attr` of a value.
    fn part(&mut self, place: Place, attr: &'a ast::Ident, span: Span) -> Operand {
        let ty = self.cx.resolve(place.ty);
        match self.cx.types.kind(ty).clone() {
            TyKind::Error => return Operand::Value(Val::error(span)),
            TyKind::Struct(id) => {
                let instance = &self.cx.struct_instances[id.0 as usize];
                if let Some(&field) = instance.fields.get(&attr.name) {
                    let ty = self.cx.structs[id.0 as usize].fields[field as usize].ty;
                    return Operand::Place(self.project(
                        place,
                        ProjectionKind::Field(field),
                        ty,
                        span,
                    ));
                }
                return self.property(place, id, attr, span);
            }
            TyKind::Optional(inner) => {
                let place =
                    self.project(place, ProjectionKind::Unwrap { checked: true }, inner, span);
                return self.part(place, attr, span);
            }
            TyKind::Complex(kind) => {
                let part = match attr.name.as_str() {
                    "real" => Some(Builtin::ComplexReal),
                    "imag" => Some(Builtin::ComplexImag),
                    _ => None,
                };
                if let Some(op) = part {
                    let value = self.read(place);
                    let ty = Ty::float(kind);
                    return Operand::Value(self.builtin(op, vec![value], ty, span));
                }
            }
            TyKind::Array { dims, .. } => return self.array_attribute(place, &dims, attr, span),
            TyKind::PythonObject => {
                let object = self.read(place);
                return Operand::Value(self.python_attribute(object, attr.name, span));
            }
            TyKind::Exception => {
                let value = self.read(place);
                let function = match attr.name.as_str() {
                    "args" => Some("arguments_of"),
                    "errno" => Some("number_of"),
                    "strerror" => Some("text_of"),
                    _ => None,
                };
                if let Some(function) = function {
                    let value = Given::Value(Box::new(value.into()));
                    return Operand::Value(self.call_library(function, vec![value], span));
                }
                match attr.name.as_str() {
                    "__arguments__" => {
                        let op = Builtin::ExceptionArguments;
                        return Operand::Value(self.builtin(op, vec![value], Ty::STR, span));
                    }
                    "__count__" => {
                        let op = Builtin::ExceptionCount;
                        return Operand::Value(self.builtin(op, vec![value], Ty::INT, span));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        let name = self.ty_name(ty);
        self.report(diag::unknown_attribute(
            attr.span,
            &name,
            attr.name.as_str(),
            [],
        ));
        Operand::Value(Val::error(span))
    }

    pub fn subscript(&mut self, base: &'a ast::Expr, index: &'a ast::Expr, span: Span) -> Operand {
        if let Some(item) = self.pack_item(base, index, span) {
            return item;
        }
        let place = self.place(base);
        self.element(place, index, span)
    }

    fn element(&mut self, place: Place, index: &'a ast::Expr, span: Span) -> Operand {
        let ty = self.cx.resolve(place.ty);
        match self.cx.types.kind(ty).clone() {
            TyKind::Error => {
                self.value(index, None);
                Operand::Value(Val::error(span))
            }
            TyKind::List(elem) => match &index.kind {
                Ast::Slice(slice) => {
                    let subscript = self.slice(slice);
                    Operand::Place(self.project(
                        place,
                        ProjectionKind::Slice(vec![subscript]),
                        ty,
                        span,
                    ))
                }
                _ => self.index(place, index, elem, span),
            },
            TyKind::Str => match &index.kind {
                Ast::Slice(slice) => {
                    let subscript = self.slice(slice);
                    Operand::Place(self.project(
                        place,
                        ProjectionKind::Slice(vec![subscript]),
                        ty,
                        span,
                    ))
                }
                _ => self.index(place, index, Ty::STR, span),
            },
            TyKind::Array { elem, dims } => self.array_element(place, elem, &dims, index, span),
            TyKind::Tuple(items) => self.tuple_item(place, &items, index, span),
            TyKind::Simd { elem, .. } => Operand::Value(match self.index_value(index) {
                Some(index) => self.simd_lane(place, index, elem, span),
                None => Val::error(span),
            }),
            TyKind::Optional(inner) => {
                let place =
                    self.project(place, ProjectionKind::Unwrap { checked: true }, inner, span);
                self.element(place, index, span)
            }
            TyKind::Struct(id) if matches!(index.kind, Ast::Slice(_)) => {
                if let Ast::Slice(slice) = &index.kind
                    && self.cx.is_library_struct(id, "Range")
                {
                    return Operand::Value(self.range_slice(place, slice, span));
                }
                let name = self.ty_name(ty);
                self.report(diag::not_yet(span, &format!("a slice of a `{name}`")));
                Operand::Value(Val::error(span))
            }
            TyKind::Struct(_) => {
                let receiver = self.read(place);
                let args = [index];
                match self.dunder("__getitem__", receiver.into(), &args, span) {
                    Some(value) => Operand::Value(value),
                    None => {
                        let name = self.ty_name(ty);
                        self.report(diag::not_subscriptable(span, &name));
                        Operand::Value(Val::error(span))
                    }
                }
            }
            TyKind::PythonObject => {
                let object = self.read(place);
                Operand::Value(self.python_item(object, index, span))
            }
            TyKind::Unknown(_) => {
                self.report(diag::cannot_infer(place.span, "this list"));
                Operand::Value(Val::error(span))
            }
            _ => {
                let name = self.ty_name(ty);
                self.report(diag::not_subscriptable(span, &name));
                Operand::Value(Val::error(span))
            }
        }
    }

    fn index(&mut self, place: Place, index: &'a ast::Expr, elem: Ty, span: Span) -> Operand {
        let Some(index) = self.index_value(index) else {
            return Operand::Value(Val::error(span));
        };
        let kind = ProjectionKind::Index {
            indices: vec![index],
            checked: true,
        };
        Operand::Place(self.project(place, kind, elem, span))
    }

    /// An integer used as an index.
    pub fn index_value(&mut self, index: &'a ast::Expr) -> Option<crate::hir::Expr> {
        let value = self.value(index, Some(Ty::INT));
        let value = self.as_index(value);
        let ty = self.cx.resolve(value.expr.ty);
        if ty == Ty::ERROR {
            return None;
        }
        if !self.cx.types.is_int(ty) && ty != Ty::BOOL {
            let of_array = match *self.cx.types.kind(ty) {
                TyKind::Array { elem: Ty::BOOL, .. } => Some("an index that is a mask of `Bool`"),
                TyKind::Array { .. } => Some("an index that is an array of integers"),
                TyKind::List(_) => Some("an index that is a list"),
                _ => None,
            };
            let diagnostic = match of_array {
                Some(feature) => diag::not_yet(index.span, feature)
                    .help("loop over the positions, or choose with `where`"),
                None => {
                    let found = self.ty_name(ty);
                    diag::type_mismatch(index.span, "Int", &found)
                }
            };
            self.report(diagnostic);
            return None;
        }
        let value = self.settle(value);
        Some(self.cast_to(value, Ty::INT))
    }

    fn slice(&mut self, slice: &'a ast::Slice) -> Subscript {
        let mut bound = |bound: &'a Option<ast::Expr>| {
            let bound = bound.as_ref()?;
            if matches!(bound.kind, Ast::None) {
                return None;
            }
            self.index_value(bound)
        };
        let (start, stop, step) = (bound(&slice.lower), bound(&slice.upper), bound(&slice.step));
        // Such a slice may be replaced by one of any length.
        let step = step.filter(|step| !matches!(step.kind, ExprKind::Int(1)));
        let lanes = match (&slice.lower, &slice.upper, &step) {
            (Some(lower), Some(upper), None) => self.constant_width(lower, upper),
            _ => None,
        };
        Subscript::Range {
            start,
            stop,
            step,
            lanes,
        }
    }

    /// `a[i]`, `a[i, j]`, `a[1:, j]`, … of an array.
    fn array_element(
        &mut self,
        place: Place,
        elem: Ty,
        dims: &[Dim],
        index: &'a ast::Expr,
        span: Span,
    ) -> Operand {
        let written: &'a [ast::Expr] = match &index.kind {
            Ast::Tuple(items) => items,
            _ => std::slice::from_ref(index),
        };
        // The first `...` stands for all of the dimensions that the others leave.
        let mut parts: Vec<Option<&'a ast::Expr>> = written.iter().map(Some).collect();
        if let Some(at) = written
            .iter()
            .position(|part| matches!(part.kind, Ast::Ellipsis))
        {
            let missing = (dims.len() + 1).saturating_sub(written.len());
            parts.splice(at..=at, std::iter::repeat_n(None, missing));
        }
        if parts.len() > dims.len() {
            let message = format!(
                "{} indices for an array of rank {}",
                parts.len(),
                dims.len()
            );
            self.report(mlc_diagnostics::Diagnostic::error(
                "bad-index",
                index.span,
                message,
            ));
            return Operand::Value(Val::error(span));
        }
        if let Some(part) =
            (parts.iter().flatten()).find(|part| matches!(part.kind, Ast::Ellipsis | Ast::None))
        {
            self.report(diag::not_yet(part.span, "this kind of array index"));
            return Operand::Value(Val::error(span));
        }
        let is_slice =
            |part: &Option<&ast::Expr>| part.is_none_or(|part| matches!(part.kind, Ast::Slice(_)));
        if !parts.iter().any(is_slice) {
            let mut indices = Vec::with_capacity(parts.len());
            for part in parts.iter().flatten() {
                match self.index_value(part) {
                    Some(index) => indices.push(index),
                    None => return Operand::Value(Val::error(span)),
                }
            }
            let rest = &dims[parts.len()..];
            let ty = if rest.is_empty() {
                elem
            } else {
                self.cx.types.array(elem, rest)
            };
            let checked = !self.known_in_bounds(&mut indices, dims);
            let kind = ProjectionKind::Index { indices, checked };
            return Operand::Place(self.project(place, kind, ty, span));
        }
        let mut subscripts = Vec::with_capacity(parts.len());
        let mut rest = Vec::new();
        for (part, dim) in parts.iter().zip(dims) {
            let Some(part) = part else {
                rest.push(*dim);
                subscripts.push(Subscript::Range {
                    start: None,
                    stop: None,
                    step: None,
                    lanes: None,
                });
                continue;
            };
            match &part.kind {
                Ast::Slice(slice) => {
                    let full =
                        slice.lower.is_none() && slice.upper.is_none() && slice.step.is_none();
                    rest.push(if full { *dim } else { Dim::Dynamic });
                    subscripts.push(self.slice(slice));
                }
                _ => match self.index_value(part) {
                    Some(index) => subscripts.push(Subscript::Index(index)),
                    None => return Operand::Value(Val::error(span)),
                },
            }
        }
        rest.extend_from_slice(&dims[parts.len()..]);
        let ty = self.cx.types.array(elem, &rest);
        Operand::Place(self.project(place, ProjectionKind::Slice(subscripts), ty, span))
    }
}

impl FnCx<'_, '_> {
    /// Whether all indices are constants that lie in extents known at compile time; negative ones are wrapped then.
    fn known_in_bounds(&self, indices: &mut [crate::hir::Expr], dims: &[Dim]) -> bool {
        let inside = indices
            .iter()
            .zip(dims)
            .all(|(index, dim)| match (&index.kind, dim) {
                (ExprKind::Int(at), Dim::Static(extent)) => {
                    let extent = i128::from(*extent);
                    -extent <= *at && *at < extent
                }
                _ => false,
            });
        if inside {
            for (index, dim) in indices.iter_mut().zip(dims) {
                if let (ExprKind::Int(at), Dim::Static(extent)) = (&mut index.kind, dim)
                    && *at < 0
                {
                    *at += i128::from(*extent);
                }
            }
        }
        inside
    }
}

/// Whether the place is a slice of a list, which as a value is a copy.
pub(crate) fn is_list_slice(place: &Place, types: &crate::hir::TypeTable) -> bool {
    match place.projections.last() {
        Some(last) if matches!(last.kind, ProjectionKind::Slice(_)) => {
            matches!(types.kind(place.ty), TyKind::List(_))
        }
        _ => false,
    }
}

/// The value of a place for a consumer that keeps it: a slice of a list is the copy that Python makes.
pub(crate) fn owned(expr: crate::hir::Expr, types: &crate::hir::TypeTable) -> crate::hir::Expr {
    match expr.kind {
        ExprKind::Move(place) if is_list_slice(&place, types) => crate::hir::Expr {
            kind: ExprKind::Share(place),
            ..expr
        },
        kind => crate::hir::Expr { kind, ..expr },
    }
}
