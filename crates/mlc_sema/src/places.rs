//! Places: variables, and attributes as paths into values.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::call::Given;
use crate::checker::{Item, ModuleId};
use crate::coerce::{Val, constant_for, into_place};
use crate::diag;
use crate::expr::{Operand, is_shadowed, math_constant};
use crate::func::FnCx;
use crate::hir::{Builtin, ExprKind, Place, ProjectionKind, Ty, TyKind};

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
                if self.vars.contains_key(name)
                    || self.generics.contains_key(name)
                    || (self.assigned.contains(name) && !self.at_top)
                {
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
                return Operand::Value(self.struct_constant(decl, None, attr, span));
            }
            Some(Item::Poisoned) => return Operand::Value(Val::error(span)),
            None if let Some((decl, owner)) = self.struct_with_types(base) => {
                return Operand::Value(self.struct_constant(decl, Some(owner), attr, span));
            }
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
        match *self.cx.types.kind(ty) {
            TyKind::Exception => {
                self.builtin(Builtin::ExceptionName, vec![value.expr], Ty::STR, span)
            }
            TyKind::Error => Val::error(span),
            TyKind::Optional(inner) if inner == Ty::EXCEPTION => {
                self.report(diag::not_yet(
                    span,
                    "the class of what may be an exception or `None`",
                ));
                Val::error(span)
            }
            TyKind::Optional(inner) => {
                let names = [inner, Ty::NONE].map(|ty| {
                    let name = self.class_name(ty);
                    Box::new(self.str(&name, span))
                });
                let [then, orelse] = names;
                let condition = Box::new(self.holds_value(value.expr, span));
                let kind = ExprKind::If {
                    condition,
                    then,
                    orelse,
                };
                Val::strong(kind, Ty::STR, span)
            }
            _ => {
                let name = self.class_name(ty);
                constant_for(self.str(&name, span), value.expr).into()
            }
        }
    }

    /// What Python calls a type, where it has it.
    fn class_name(&mut self, ty: Ty) -> String {
        let ty = self.cx.resolve(ty);
        let name = match *self.cx.types.kind(ty) {
            TyKind::Bool => "bool",
            TyKind::None => "NoneType",
            TyKind::Str => "str",
            TyKind::List(_) => "list",
            TyKind::Tuple(_) => "tuple",
            TyKind::Struct(id) if self.cx.is_any_tuple(id) => "tuple",
            _ if ty == Ty::INT => "int",
            _ if ty == Ty::F64 => "float",
            _ if ty == Ty::C128 => "complex",
            _ => return self.ty_name(ty),
        };
        name.to_owned()
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
