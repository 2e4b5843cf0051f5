//! Constructors: an `__init__` makes the value, fills it and returns it.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast, StmtKind as AstStmt};

use crate::checker::HeaderParam;
use crate::coerce::Val;
use crate::func::FnCx;
use crate::hir::{Builtin, Dim, Expr, ExprKind, Fill, LocalId, StmtKind, StructId, Ty, TyKind};
use crate::structs::destructor::DESTRUCTOR;

impl<'a> FnCx<'_, 'a> {
    /// Starts the body of an `__init__`: every field has its default or is empty.
    pub fn start_construction(&mut self, this: &HeaderParam, function: &'a ast::Function) {
        let local = LocalId(0);
        self.constructs = Some(local);
        let Some(id) = self.cx.struct_of(this.ty) else {
            return;
        };
        let span = function.name.span;
        let item: &'a ast::Struct = {
            let decl = self.cx.struct_instances[id.0 as usize].decl;
            self.cx.struct_decl(decl).ast
        };
        for field in &item.fields {
            if field.default.is_none()
                && !assigns_field(&function.body, this, field.name.name.as_str())
            {
                let message = format!(
                    "`__init__` gives no value to the field `{}`",
                    field.name.name
                );
                let diagnostic = Diagnostic::error("use-before-assignment", span, message);
                self.report(diagnostic.label(field.name.span, "declared here"));
                return;
            }
        }
        match self.empty_struct(id, span) {
            Some(value) => self.emit(StmtKind::Bind { local, value }, span),
            None => self.report(crate::diag::not_yet(
                span,
                "`__init__` of a struct with such fields",
            )),
        }
    }

    /// The body of an `__init__`. From the statement on that gives the last field its value the struct is whole: an error
    /// that leaves behind it destroys the struct as any other.
    pub fn construct_in(&mut self, this: &HeaderParam, function: &'a ast::Function) {
        let needs = self.fields_without_default(this.ty);
        let gives = |stmt: &ast::Stmt| {
            let one = std::slice::from_ref(stmt);
            needs
                .iter()
                .any(|field| assigns_field(one, this, field.as_str()))
        };
        let whole = (function.body.iter())
            .rposition(gives)
            .map_or(0, |last| last + 1);
        let (before, behind) = function.body.split_at(whole);
        self.block(before);
        if !behind.is_empty() && self.reachable {
            self.arm_constructed(function.name.span);
        }
        self.block(behind);
    }

    fn fields_without_default(&self, ty: Ty) -> Vec<Name> {
        let Some(id) = self.cx.struct_of(ty) else {
            return Vec::new();
        };
        let decl = self.cx.struct_instances[id.0 as usize].decl;
        let fields = self.cx.struct_decl(decl).ast.fields.iter();
        let needs = fields.filter(|field| field.default.is_none());
        needs.map(|field| field.name.name).collect()
    }

    /// The value that is being constructed has all its fields.
    fn arm_constructed(&mut self, span: Span) {
        let Some(local) = self.constructs else {
            return;
        };
        let place = self.local_place(local, span);
        if !self.has_method(place.ty, DESTRUCTOR) {
            return;
        }
        let whole = Expr {
            ty: place.ty,
            kind: ExprKind::Borrow {
                place,
                mutable: true,
            },
            span,
        };
        let armed = ExprKind::Builtin {
            op: Builtin::Arm,
            args: vec![whole],
        };
        let armed = Expr {
            kind: armed,
            ty: Ty::NONE,
            span,
        };
        self.emit(StmtKind::Expr(armed), span);
    }

    pub fn return_constructed(&mut self, span: Span) {
        self.arm_constructed(span);
        if let Some(local) = self.constructs {
            let place = self.local_place(local, span);
            let value = self.read(place);
            self.emit(StmtKind::Return(Some(value)), span);
        }
    }

    fn empty_struct(&mut self, id: StructId, span: Span) -> Option<Expr> {
        let decl = self.cx.struct_instances[id.0 as usize].decl;
        let item: &'a ast::Struct = self.cx.struct_decl(decl).ast;
        let ty = self.cx.structs[id.0 as usize].ty;
        let mut fields = Vec::with_capacity(item.fields.len());
        for (position, field) in item.fields.iter().enumerate() {
            let field_ty = self.cx.structs[id.0 as usize].fields[position].ty;
            fields.push(match &field.default {
                Some(default) => self.field_default(decl, default, field_ty),
                None => self.empty_value(field_ty, span)?,
            });
        }
        let kind = ExprKind::Struct {
            id,
            fields,
            whole: false,
        };
        Some(Val::strong(kind, ty, span).expr)
    }

    /// A value that owns nothing, to be replaced.
    pub fn empty_value(&mut self, ty: Ty, span: Span) -> Option<Expr> {
        let kind = match self.cx.types.kind(ty).clone() {
            TyKind::Bool | TyKind::Int { .. } | TyKind::Float(_) | TyKind::Complex(_) => {
                return Some(self.zero(ty, span));
            }
            TyKind::Str => ExprKind::Str("".into()),
            TyKind::List(_) => ExprKind::List(Vec::new()),
            TyKind::Optional(_) => ExprKind::Nothing,
            TyKind::Array { elem, dims } => {
                let shape = dims.iter().map(|dim| match dim {
                    Dim::Static(extent) => self.int(i128::from(*extent), span),
                    Dim::Dynamic => self.int(0, span),
                });
                let shape = shape.collect();
                let zero = self.zero(elem, span);
                ExprKind::ArrayFill {
                    shape,
                    fill: Fill::Value(Box::new(zero)),
                }
            }
            TyKind::Tuple(items) => {
                let items: Option<Vec<Expr>> = items
                    .iter()
                    .map(|&item| self.empty_value(item, span))
                    .collect();
                ExprKind::Tuple(items?)
            }
            TyKind::Struct(id) => return self.empty_struct(id, span),
            _ => return None,
        };
        Some(Val::strong(kind, ty, span).expr)
    }
}

/// Whether `self.field = …` stands anywhere in the body.
fn assigns_field(body: &[ast::Stmt], this: &HeaderParam, field: &str) -> bool {
    let is_field = |target: &ast::Expr| match &target.kind {
        Ast::Attribute { value, attr } => {
            attr.name == field && matches!(&value.kind, Ast::Name(name) if *name == this.name)
        }
        _ => false,
    };
    body.iter().any(|stmt| {
        let mut found = match &stmt.kind {
            AstStmt::Assign { targets, .. } => targets.iter().any(|target| match &target.kind {
                Ast::Tuple(items) | Ast::List(items) => items.iter().any(is_field),
                _ => is_field(target),
            }),
            AstStmt::Declare(declare) => is_field(&declare.target),
            _ => false,
        };
        crate::names::each_block(stmt, &mut |block| {
            found |= assigns_field(block, this, field)
        });
        found
    })
}
