//! Structs: their types.

mod construct;
pub(crate) mod destructor;
mod init;
mod inner;
mod local;
mod member;
mod operator;

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast;
use rustc_hash::FxHashSet;

use crate::checker::{Checker, DeclId, GenericArg, StructDeclId, StructInstance};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{self, FuncId, StructId, Ty};

/// The value of a struct of these fields, which its `__del__` ends.
pub(crate) fn whole_struct(id: StructId, fields: Vec<hir::Expr>) -> hir::ExprKind {
    hir::ExprKind::Struct {
        id,
        fields,
        whole: true,
    }
}

/// How many types of structs are resolved inside one another at most.
const MOST_NESTED: u32 = 400;

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
            self.types.note_asked(ty);
            return ty;
        }
        if self.struct_depth >= MOST_NESTED {
            let name = &ast.name.name;
            let message = format!("`{name}` would contain ever more types of its own");
            let diagnostic = mlc_diagnostics::Diagnostic::error("recursive-struct", span, message);
            self.report(diagnostic.help("give the field a type that does not grow"));
            return Ty::ERROR;
        }
        let name = if args.is_empty() {
            ast.name.name.as_str().to_owned()
        } else if Some(self.struct_decl(decl).module) == self.library_id {
            // The one that Python has no struct for is a tuple.
            format!("({shown}, ...)")
        } else {
            format!("{}[{shown}]", ast.name.name)
        };
        let (id, ty) = self.types.add_struct(&name);
        self.struct_keys.insert(key, ty);
        let generics = args.iter().cloned().collect();
        let home = self.struct_decl(decl).module;
        let home = (home.0 != 0).then(|| self.module(home).path.to_string());
        self.structs.push(hir::Struct {
            name,
            home,
            ty,
            fields: Vec::new(),
            recursive: false,
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
        self.struct_depth += 1;
        self.once(|cx| cx.resolve_fields(id, decl, ast));
        self.struct_depth -= 1;
        self.instantiate_destructor(id, ty);
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
            let endless = self.contains_struct(ty, id, &mut FxHashSet::default());
            if endless {
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
                // No struct of the program contains itself.
                ty: if endless { Ty::ERROR } else { ty },
                default: None,
                span: field.name.span,
            });
        }
    }

    /// Whether a value of the type holds a value of the struct inline. `seen`: those that need no second look.
    fn contains_struct(&self, ty: Ty, id: StructId, seen: &mut FxHashSet<StructId>) -> bool {
        match self.types.kind(ty) {
            hir::TyKind::Struct(found) => {
                *found == id
                    || seen.insert(*found)
                        && (self.structs[found.0 as usize].fields.iter())
                            .any(|field| self.contains_struct(field.ty, id, seen))
            }
            hir::TyKind::Optional(of) => self.contains_struct(*of, id, seen),
            hir::TyKind::Tuple(items) => {
                (items.iter()).any(|&item| self.contains_struct(item, id, seen))
            }
            hir::TyKind::Array { elem, .. } => self.contains_struct(*elem, id, seen),
            _ => false,
        }
    }

    pub fn method(&self, id: StructId, name: Name) -> Option<DeclId> {
        let decl = self.struct_instances[id.0 as usize].decl;
        self.struct_decl(decl).methods.get(&name).copied()
    }
}
