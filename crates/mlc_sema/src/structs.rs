//! Structs: their types, constructors, methods, properties and operators.

use mlc_diagnostics::{Span, closest};
use mlc_syntax::Name;
use mlc_syntax::ast::{self, Arg, ArgKind};

use crate::annotations::is_value_param;
use crate::checker::{Checker, DeclId, GenericArg, StructDeclId, StructInstance};
use crate::coerce::Val;
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{self, CompareOp, Expr, ExprKind, FuncId, Place, StructId, Ty};

impl<'a> Checker<'a> {
    /// The type of a struct with these generic arguments; its fields are resolved the first time.
    pub fn struct_type(
        &mut self,
        decl: StructDeclId,
        args: &[(Name, GenericArg)],
        span: Span,
    ) -> Ty {
        let ast: &'a ast::Struct = self.struct_decl(decl).ast;
        if args.len() < ast.generics.len() {
            let message = format!(
                "`{}` needs its generic arguments: `{}[…]`",
                ast.name.name, ast.name.name
            );
            self.report(diag::bad_annotation(span, &message));
            return Ty::ERROR;
        }
        let shown = self.generic_text(args);
        let key = (decl, shown.clone());
        if let Some(&ty) = self.struct_keys.get(&key) {
            return ty;
        }
        let name = if args.is_empty() {
            ast.name.name.as_str().to_owned()
        } else {
            format!("{}[{shown}]", ast.name.name)
        };
        let (id, ty) = self.types.add_struct(&name);
        self.struct_keys.insert(key, ty);
        let generics = args.iter().cloned().collect();
        self.structs.push(hir::Struct {
            name,
            ty,
            fields: Vec::new(),
            destructor: None,
            methods: Vec::new(),
            doc: ast.docstring.as_ref().map(|doc| doc.text.to_string()),
            span: ast.name.span,
        });
        self.struct_instances.push(StructInstance {
            decl,
            generics,
            fields: rustc_hash::FxHashMap::default(),
        });
        self.resolve_fields(id, decl, ast);
        ty
    }

    pub fn generic_text(&self, args: &[(Name, GenericArg)]) -> String {
        let texts: Vec<String> = (args.iter())
            .map(|(_, arg)| match arg {
                GenericArg::Type(ty) => self.types.name(*ty),
                GenericArg::Value(value) => crate::hir_dump::constant_text(&value.value),
            })
            .collect();
        texts.join(", ")
    }

    fn resolve_fields(&mut self, id: StructId, decl: StructDeclId, ast: &'a ast::Struct) {
        let module = self.struct_decl(decl).module;
        let generics = self.struct_instances[id.0 as usize].generics.clone();
        for field in &ast.fields {
            let mut cx = FnCx::new(self, module, FuncId(u32::MAX));
            cx.generics = generics.clone();
            let ty = cx.annotation(&field.annotation);
            let instance = &mut self.struct_instances[id.0 as usize];
            let position = self.structs[id.0 as usize].fields.len() as u32;
            if instance.fields.insert(field.name.name, position).is_some() {
                let first = ast
                    .fields
                    .iter()
                    .find(|other| other.name.name == field.name.name);
                let first = first.map_or(field.span, |first| first.name.span);
                self.report(diag::duplicate(
                    field.name.span,
                    field.name.name.as_str(),
                    first,
                ));
            }
            if self.contains_struct(ty, id) {
                let message = format!(
                    "`{}` would contain itself and have no finite size",
                    ast.name.name
                );
                self.report(
                    mlc_diagnostics::Diagnostic::error(
                        "recursive-struct",
                        field.annotation.span,
                        message,
                    )
                    .help("store it in a list: `[T]`"),
                );
            }
            self.structs[id.0 as usize].fields.push(hir::Field {
                name: field.name.name.as_str().to_owned(),
                ty,
                span: field.name.span,
            });
        }
    }

    /// Whether a value of the type holds a value of the struct inline.
    fn contains_struct(&self, ty: Ty, id: StructId) -> bool {
        match self.types.kind(ty) {
            hir::TyKind::Struct(found) => {
                *found == id
                    || self.structs[found.0 as usize]
                        .fields
                        .iter()
                        .any(|field| self.contains_struct(field.ty, id))
            }
            hir::TyKind::Optional(of) => self.contains_struct(*of, id),
            hir::TyKind::Tuple(items) => items.iter().any(|&item| self.contains_struct(item, id)),
            hir::TyKind::Array { elem, .. } => self.contains_struct(*elem, id),
            _ => false,
        }
    }

    pub fn method(&self, id: StructId, name: Name) -> Option<DeclId> {
        let decl = self.struct_instances[id.0 as usize].decl;
        self.struct_decl(decl).methods.get(&name).copied()
    }
}

impl<'a> FnCx<'_, 'a> {
    /// The struct type that a call of its name means; generic arguments come from the argument types.
    pub fn struct_for_call(&mut self, decl: StructDeclId, args: &'a [Arg], span: Span) -> Ty {
        let ast: &'a ast::Struct = self.cx.struct_decl(decl).ast;
        if ast.generics.is_empty() {
            return self.cx.struct_type(decl, &[], span);
        }
        let mut found: Vec<(Name, GenericArg)> = Vec::new();
        for (position, arg) in args.iter().enumerate() {
            let field = match &arg.kind {
                ArgKind::Positional => ast.fields.get(position),
                ArgKind::Keyword(keyword) => ast
                    .fields
                    .iter()
                    .find(|field| field.name.name == keyword.name),
                _ => None,
            };
            let Some(field) = field else {
                continue;
            };
            let ast::ExprKind::Name(name) = &field.annotation.kind else {
                continue;
            };
            if !ast
                .generics
                .iter()
                .any(|param| param.name.name == *name && !is_value_param(param))
            {
                continue;
            }
            let outer = std::mem::take(&mut self.out);
            let diagnostics = self.cx.diagnostics.len();
            let value = self.value(&arg.value, None);
            self.cx.diagnostics.truncate(diagnostics);
            self.out = outer;
            found.push((*name, GenericArg::Type(value.expr.ty)));
        }
        let mut generics = Vec::new();
        for param in &ast.generics {
            match found.iter().find(|(name, _)| *name == param.name.name) {
                Some(arg) => generics.push(arg.clone()),
                None => {
                    let message = format!(
                        "cannot infer `{}` of `{}` from the arguments",
                        param.name.name, ast.name.name
                    );
                    self.report(
                        mlc_diagnostics::Diagnostic::error("cannot-infer", span, message)
                            .help(format!("write it: `{}[…](…)`", ast.name.name)),
                    );
                    return Ty::ERROR;
                }
            }
        }
        self.cx.struct_type(decl, &generics, span)
    }

    /// `Name(…)`: `__init__` where there is one, else one argument for each field.
    pub fn construct(&mut self, ty: Ty, args: &'a [Arg], span: Span) -> Val {
        let Some(id) = self.cx.struct_of(ty) else {
            return self.poisoned_call(args, span);
        };
        if let Some(init) = self.cx.method(id, Name::new("__init__")) {
            let value = Val::strong(ExprKind::None, ty, span);
            return self.call_decl(init, Some(value), &[], args, span);
        }
        let decl = self.cx.struct_instances[id.0 as usize].decl;
        let ast: &'a ast::Struct = self.cx.struct_decl(decl).ast;
        let name = ast.name.name;
        let mut given: Vec<Option<&'a ast::Expr>> = vec![None; ast.fields.len()];
        let mut fine = true;
        for (position, arg) in args.iter().enumerate() {
            match &arg.kind {
                ArgKind::Positional if position < given.len() => given[position] = Some(&arg.value),
                ArgKind::Positional => {
                    if fine {
                        let message = format!(
                            "`{name}` has {} fields, {} values were given",
                            given.len(),
                            args.len()
                        );
                        self.report(diag::wrong_arguments(arg.value.span, message));
                    }
                    fine = false;
                }
                ArgKind::Keyword(keyword) => {
                    match ast
                        .fields
                        .iter()
                        .position(|field| field.name.name == keyword.name)
                    {
                        Some(at) if given[at].is_some() => {
                            let message = format!("`{name}` gets `{}` twice", keyword.name);
                            self.report(diag::wrong_arguments(keyword.span, message));
                            fine = false;
                        }
                        Some(at) => given[at] = Some(&arg.value),
                        None => {
                            let message = format!("`{name}` has no field `{}`", keyword.name);
                            let mut diagnostic = diag::wrong_arguments(keyword.span, message);
                            let known = ast.fields.iter().map(|field| field.name.name.as_str());
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
            return self.poisoned_call(args, span);
        }
        let missing: Vec<String> = (ast.fields.iter().zip(&given))
            .filter(|(field, value)| value.is_none() && field.default.is_none())
            .map(|(field, _)| format!("`{}`", field.name.name))
            .collect();
        if !missing.is_empty() {
            let plural = if missing.len() == 1 {
                "field"
            } else {
                "fields"
            };
            let message = format!("missing {plural} {} of `{name}`", missing.join(", "));
            self.report(diag::wrong_arguments(span, message));
            return self.poisoned_call(args, span);
        }
        let mut fields = Vec::with_capacity(given.len());
        for (position, value) in given.into_iter().enumerate() {
            let ty = self.cx.structs[id.0 as usize].fields[position].ty;
            let value = match value {
                Some(value) => self.value_of(value, ty),
                None => match &ast.fields[position].default {
                    Some(default) => self.field_default(decl, default, ty),
                    None => return Val::error(span),
                },
            };
            fields.push(crate::places::owned(value, &self.cx.types));
        }
        if fields.iter().any(|value| value.ty == Ty::ERROR) {
            return Val::error(span);
        }
        Val::strong(ExprKind::Struct { id, fields }, ty, span)
    }

    pub fn field_default(&mut self, decl: StructDeclId, default: &'a ast::Expr, ty: Ty) -> Expr {
        let module = self.cx.struct_decl(decl).module;
        let outer = std::mem::replace(&mut self.module, module);
        let vars = std::mem::take(&mut self.vars);
        let assigned = std::mem::take(&mut self.assigned);
        let value = self.value_of(default, ty);
        self.module = outer;
        self.vars = vars;
        self.assigned = assigned;
        value
    }

    pub fn struct_method(
        &mut self,
        receiver: Place,
        id: StructId,
        attr: &'a ast::Ident,
        args: &'a [Arg],
        span: Span,
    ) -> Operand {
        let Some(decl) = self.cx.method(id, attr.name) else {
            let ty = self.cx.structs[id.0 as usize].ty;
            let name = self.ty_name(ty);
            let known = self.members(id);
            self.report(diag::unknown_attribute(
                attr.span,
                &name,
                attr.name.as_str(),
                known,
            ));
            return Operand::Value(self.poisoned_call(args, span));
        };
        if self.cx.decl(decl).is_static {
            return Operand::Value(self.call_decl(decl, None, &[], args, span));
        }
        let receiver = self.read(receiver);
        Operand::Value(self.call_decl(decl, Some(receiver.into()), &[], args, span))
    }

    fn members(&self, id: StructId) -> Vec<&'static str> {
        let instance = &self.cx.struct_instances[id.0 as usize];
        let methods = &self.cx.struct_decl(instance.decl).methods;
        instance
            .fields
            .keys()
            .chain(methods.keys())
            .map(|name| name.as_str())
            .collect()
    }

    /// `value.name` of a struct that has no such field: a property.
    pub fn property(
        &mut self,
        place: Place,
        id: StructId,
        attr: &'a ast::Ident,
        span: Span,
    ) -> Operand {
        match self.cx.method(id, attr.name) {
            Some(decl) if self.cx.decl(decl).is_property => {
                let receiver = self.read(place);
                Operand::Value(self.call_decl(decl, Some(receiver.into()), &[], &[], span))
            }
            Some(_) => {
                let feature = format!("the method `{}` as a value", attr.name);
                self.report(
                    diag::not_yet(span, &feature).help(format!("call it: `.{}(…)`", attr.name)),
                );
                Operand::Value(Val::error(span))
            }
            None => {
                let ty = self.cx.structs[id.0 as usize].ty;
                let name = self.ty_name(ty);
                let known = self.members(id);
                self.report(diag::unknown_attribute(
                    attr.span,
                    &name,
                    attr.name.as_str(),
                    known,
                ));
                Operand::Value(Val::error(span))
            }
        }
    }

    /// `Name.method(…)`
    pub fn call_static(
        &mut self,
        decl: StructDeclId,
        attr: &'a ast::Ident,
        args: &'a [Arg],
        span: Span,
    ) -> Val {
        let Some(&method) = self.cx.struct_decl(decl).methods.get(&attr.name) else {
            let declaration = self.cx.struct_decl(decl);
            let name = declaration.ast.name.name;
            let known: Vec<&'static str> = declaration
                .methods
                .keys()
                .map(|name| name.as_str())
                .collect();
            self.report(diag::unknown_attribute(
                attr.span,
                name.as_str(),
                attr.name.as_str(),
                known,
            ));
            return self.poisoned_call(args, span);
        };
        if self.cx.decl(method).is_static {
            return self.call_decl(method, None, &[], args, span);
        }
        // `Name.method(value, …)` is `value.method(…)`.
        let Some((first, rest)) = args.split_first() else {
            let message = format!("`{}` needs a value: `value.{}(…)`", attr.name, attr.name);
            self.report(diag::wrong_arguments(span, message));
            return Val::error(span);
        };
        let receiver = self.value(&first.value, None);
        if receiver.is_error() {
            return self.poisoned_call(rest, span);
        }
        self.call_decl(method, Some(receiver), &[], rest, span)
    }

    pub fn struct_constant(&mut self, decl: StructDeclId, attr: &'a ast::Ident, span: Span) -> Val {
        let ast: &'a ast::Struct = self.cx.struct_decl(decl).ast;
        let constant = ast
            .constants
            .iter()
            .find(|constant| constant.name.name == attr.name);
        match constant.and_then(|constant| constant.value.as_ref()) {
            Some(value) => match self.comptime_value(value) {
                Some(value) => self.comptime_literal(&value, span),
                None => Val::error(span),
            },
            None => {
                let known: Vec<&'static str> = ast
                    .constants
                    .iter()
                    .map(|item| item.name.name.as_str())
                    .collect();
                self.report(diag::unknown_attribute(
                    attr.span,
                    ast.name.name.as_str(),
                    attr.name.as_str(),
                    known,
                ));
                Val::error(span)
            }
        }
    }

    // -------------------------------------------------------------------------------------------------- operators

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
        self.dunder_call(name, receiver.clone(), Vec::new(), span)
    }

    fn dunder_call(
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
        let name = operator_name(op);
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
        let _ = (op, left, right, span);
        None
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
        let (name, swapped, negated) = match op {
            ast::CompareOp::Eq => ("__eq__", "__eq__", false),
            ast::CompareOp::NotEq => ("__ne__", "__ne__", false),
            ast::CompareOp::Less => ("__lt__", "__gt__", false),
            ast::CompareOp::LessEq => ("__le__", "__ge__", false),
            ast::CompareOp::Greater => ("__gt__", "__lt__", false),
            ast::CompareOp::GreaterEq => ("__ge__", "__le__", false),
            _ => return None,
        };
        let _ = negated;
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

    /// `a[i] = v` through `__setitem__`.
    pub fn store_by_method(
        &mut self,
        target: &'a ast::Expr,
        value: &Val,
        span: Span,
    ) -> Option<()> {
        let ast::ExprKind::Subscript { value: base, index } = &target.kind else {
            return None;
        };
        let outer = std::mem::take(&mut self.out);
        let diagnostics = self.cx.diagnostics.len();
        let ty = self.place(base).ty;
        self.cx.diagnostics.truncate(diagnostics);
        self.out = outer;
        let id = self.cx.struct_of(ty)?;
        let method = self.cx.method(id, Name::new("__setitem__"))?;
        let receiver = self.place(base);
        let receiver = self.read(receiver);
        let index = self.value(index, None);
        let call = self.call_with_values(method, receiver.into(), vec![index, value.clone()], span);
        if !call.is_error() {
            self.emit(hir::StmtKind::Expr(call.expr), span);
        }
        Some(())
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
