//! Attributes and items of objects of Python: read, stored and deleted.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::coerce::Val;
use crate::func::FnCx;
use crate::hir::{Expr, ExprKind, PythonOp, StmtKind, Ty};

/// A part of an object, whose object and key have been evaluated.
enum Part {
    Attribute(Expr, Expr),
    Item(Expr, Expr),
}

impl<'a> FnCx<'_, 'a> {
    /// `object.name`
    pub fn python_attribute(&mut self, object: Expr, name: Name, span: Span) -> Val {
        let name = self.str(name.as_str(), span);
        self.object(PythonOp::Attribute, vec![object, name], span)
    }

    /// `object[index]`
    pub fn python_item(&mut self, object: Expr, index: &'a ast::Expr, span: Span) -> Val {
        let index = self.python_index(index);
        self.object(PythonOp::Item, vec![object, index], span)
    }

    /// What stands in brackets: a slice, a tuple with slices in it, or any value.
    fn python_index(&mut self, index: &'a ast::Expr) -> Expr {
        let span = index.span;
        match &index.kind {
            Ast::Slice(slice) => {
                let parts = [&slice.lower, &slice.upper, &slice.step];
                let parts = parts.map(|part| {
                    let value = match part {
                        Some(part) => self.value(part, None),
                        None => Val::strong(ExprKind::None, Ty::NONE, span),
                    };
                    self.object_of(value)
                });
                self.object(PythonOp::Slice, parts.to_vec(), span).expr
            }
            Ast::Ellipsis => self.builtin_object(Name::new("Ellipsis"), span),
            Ast::Tuple(items) => {
                let items = items.iter().map(|item| self.python_index(item)).collect();
                let items = self.list_of_objects(items, span);
                self.object(PythonOp::Tuple, vec![items], span).expr
            }
            _ => {
                let value = self.value(index, Some(Ty::PYTHON_OBJECT));
                self.object_of(value)
            }
        }
    }

    /// The part of an object that a target names; `None` where it is a part of something else.
    fn python_part(&mut self, target: &'a ast::Expr) -> Option<Part> {
        let base = match &target.kind {
            Ast::Subscript { value, .. } | Ast::Attribute { value, .. } => value,
            _ => return None,
        };
        if !self.is_object_expr(base) {
            return None;
        }
        let object = self.value(base, None).expr;
        Some(match &target.kind {
            Ast::Attribute { attr, .. } => {
                let name = self.str(attr.name.as_str(), attr.span);
                Part::Attribute(object, name)
            }
            Ast::Subscript { index, .. } => Part::Item(object, self.python_index(index)),
            _ => return None,
        })
    }

    fn set_part(&mut self, part: Part, value: Expr, span: Span) {
        let call = match part {
            Part::Attribute(object, name) => {
                let args = vec![object, name, value];
                self.python(PythonOp::SetAttribute, args, Ty::NONE, span)
            }
            Part::Item(object, index) => {
                let args = vec![object, index, value];
                self.python(PythonOp::SetItem, args, Ty::NONE, span)
            }
        };
        self.emit_call(call, span);
    }

    fn emit_call(&mut self, call: Val, span: Span) {
        if !call.is_error() {
            self.emit(StmtKind::Expr(call.expr), span);
        }
    }

    /// `object.name = value`, `object[index] = value`; false where the target is no part of an object.
    pub fn python_store(&mut self, target: &'a ast::Expr, value: &Val, span: Span) -> bool {
        // The value comes first.
        let (value, part) = {
            if !self.is_part_of_object(target) {
                return false;
            }
            let value = self.object_of(value.clone());
            let value = self.keep(value);
            (value, self.python_part(target))
        };
        if let Some(part) = part {
            self.set_part(part, value, span);
        }
        true
    }

    fn is_part_of_object(&mut self, target: &'a ast::Expr) -> bool {
        match &target.kind {
            Ast::Subscript { value, .. } | Ast::Attribute { value, .. } => {
                self.is_object_expr(value)
            }
            _ => false,
        }
    }

    /// `object.name op= value`, `object[index] op= value`
    pub fn python_update(
        &mut self,
        target: &'a ast::Expr,
        op: ast::BinaryOp,
        value: &'a ast::Expr,
        span: Span,
    ) -> bool {
        let Some(part) = self.python_part(target) else {
            return false;
        };
        let (part, old) = match part {
            Part::Attribute(object, name) => {
                let object = self.keep(object);
                let args = vec![object.clone(), name.clone()];
                (
                    Part::Attribute(object, name),
                    self.object(PythonOp::Attribute, args, target.span),
                )
            }
            Part::Item(object, index) => {
                let (object, index) = (self.keep(object), self.keep(index));
                let args = vec![object.clone(), index.clone()];
                (
                    Part::Item(object, index),
                    self.object(PythonOp::Item, args, target.span),
                )
            }
        };
        let old = self.keep(old.expr);
        let value = self.value(value, None);
        if let Some(new) = self.python_binary(op, true, &old.into(), &value, span) {
            self.set_part(part, new.expr, span);
        }
        true
    }

    /// `del object.name`, `del object[index]`
    pub fn python_delete(&mut self, target: &'a ast::Expr) -> bool {
        let Some(part) = self.python_part(target) else {
            return false;
        };
        let (op, args) = match part {
            Part::Attribute(object, name) => (PythonOp::DelAttribute, vec![object, name]),
            Part::Item(object, index) => (PythonOp::DelItem, vec![object, index]),
        };
        let call = self.python(op, args, Ty::NONE, target.span);
        self.emit_call(call, target.span);
        true
    }
}
