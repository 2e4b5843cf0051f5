//! Structs inside of functions: a name that stands for a type, as a generic parameter does.

use mlc_diagnostics::Span;
use mlc_syntax::{Name, ast};

use crate::checker::{GenericArg, StructDeclId};
use crate::diag;
use crate::func::FnCx;
use crate::hir::Ty;

impl<'a> FnCx<'_, 'a> {
    /// A `struct` in the body of a function: from here on its name can be used, in its own methods too, which see nothing else
    /// of the function.
    pub fn local_struct(&mut self, item: &'a ast::Struct, span: Span) {
        let name = item.name.name;
        if !item.generics.is_empty() {
            if self.cx.module(self.module).hoisted.contains(&span) {
                return;
            }
            self.report(diag::not_yet(span, "a generic struct inside a function"));
            self.generics.insert(name, GenericArg::Type(Ty::ERROR));
            return;
        }
        let key = (span, self.func);
        let decl = match self.cx.nested_structs.get(&key) {
            Some(&decl) => decl,
            None => {
                let decl = self.cx.add_struct_decl(self.module, item);
                self.cx.nested_structs.insert(key, decl);
                decl
            }
        };
        let ty = self.cx.struct_type(decl, &[], span);
        self.generics.insert(name, GenericArg::Type(ty));
        let methods: Vec<_> = self
            .cx
            .struct_decl(decl)
            .methods
            .values()
            .copied()
            .collect();
        for method in methods {
            let outer = self.generics.clone();
            self.cx.decls[method.0 as usize].outer_generics = outer;
        }
        if let Some(id) = self.cx.struct_of(ty) {
            self.struct_default_variables(decl, id);
        }
    }

    /// The declaration of the struct of this function, or of one around it, that has a name.
    pub fn local_struct_decl(&self, name: Name) -> Option<StructDeclId> {
        match self.generics.get(&name) {
            Some(GenericArg::Type(ty)) => {
                let id = self.cx.struct_of(*ty)?;
                let decl = self.cx.struct_instances[id.0 as usize].decl;
                (self.cx.struct_decl(decl).ast.name.name == name).then_some(decl)
            }
            _ => None,
        }
    }
}
