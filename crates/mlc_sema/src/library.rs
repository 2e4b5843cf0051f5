//! Built-in functions that are written in the language itself (`library.mlc` and `library/`): generic ones, whose comparisons and calls
//! mean what they mean for the types of a call. The file is parsed when a program first uses one of them.

use std::sync::OnceLock;

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::{Module, Name};

use crate::call::Given;
use crate::checker::{Checker, DeclId, Item, ModuleId};
use crate::coerce::Val;
use crate::func::FnCx;
use crate::hir::{FuncId, StructId, Ty};
use crate::modules::{Links, Node};

const SOURCE: &str = concat!(
    include_str!("library.mlc"),
    "\n",
    include_str!("library/ranges.mlc"),
    "\n",
    include_str!("library/complex.mlc"),
    "\n",
    include_str!("library/columns.mlc"),
);

/// The parsed file, kept for as long as the check runs.
#[derive(Default)]
pub(crate) struct Library {
    module: OnceLock<Module>,
}

impl Library {
    fn module(&self) -> &Module {
        self.module.get_or_init(|| {
            let (module, wrong) = mlc_syntax::parse(Span::NONE.file, SOURCE);
            debug_assert!(wrong.is_empty(), "{wrong:?}");
            module
        })
    }
}

impl<'a> Checker<'a> {
    fn library_module(&mut self) -> ModuleId {
        if let Some(id) = self.library_id {
            return id;
        }
        let mut node = Node {
            module: None,
            path: "mlc".to_owned(),
            package: false,
            links: Links::default(),
        };
        let id = self.add_module(self.library.module(), &mut node);
        self.library_id = Some(id);
        self.declare_module(id);
        id
    }

    fn library_function(&mut self, name: &str) -> DeclId {
        let module = self.library_module();
        match self.module(module).items.get(&Name::new(name)) {
            Some(Item::Function(decl)) => *decl,
            _ => unreachable!("`{name}` is a function of the library"),
        }
    }

    /// Whether a type is the library's struct of that name.
    pub fn is_library_struct(&self, id: StructId, name: &str) -> bool {
        let decl = &self.struct_decls[self.struct_instances[id.0 as usize].decl.0 as usize];
        self.is_of_library(id) && decl.ast.name.name == *name
    }

    /// Whether a struct is what Python has as a tuple.
    pub fn is_any_tuple(&self, id: StructId) -> bool {
        let mut names = ["Tuple", "Arguments"].into_iter();
        names.any(|name| self.is_library_struct(id, name))
    }

    /// Whether a type is a struct of the library.
    pub fn is_of_library(&self, id: StructId) -> bool {
        let decl = &self.struct_decls[self.struct_instances[id.0 as usize].decl.0 as usize];
        Some(decl.module) == self.library_id
    }

    /// Checks the bodies of the library that a call needs. What is wrong in one comes from the types of the call: it is
    /// reported there, once for each call.
    fn check_library_bodies(&mut self, func: FuncId, queued: usize, span: Span) {
        self.check_body(func);
        let mut wrong = self.body_diagnostics.remove(&func).unwrap_or_default();
        let mut next = queued;
        while let Some(&func) = self.queue.get(next) {
            let decl = self.header(func).decl;
            if decl.is_some_and(|decl| Some(self.decl(decl).module) == self.library_id) {
                self.check_body(func);
                wrong.extend(self.body_diagnostics.remove(&func).unwrap_or_default());
            }
            next += 1;
        }
        let (inside, outside): (Vec<_>, Vec<_>) =
            (wrong.into_iter()).partition(|diagnostic| diagnostic.primary.is_none());
        if !inside.is_empty() && outside.is_empty() {
            // A function that was passed may be what is wrong: its own mistakes are told alone.
            for at in queued..self.queue.len() {
                self.check_body(self.queue[at]);
            }
            let is_wrong = |func| {
                (self.body_diagnostics.get(func))
                    .is_some_and(|found| found.iter().any(Diagnostic::is_error))
            };
            if self.queue[queued..].iter().any(is_wrong) {
                return;
            }
        }
        if !outside.is_empty() {
            // A function that was passed is wrong: what follows from that here says nothing new.
            self.lasting.extend(outside);
            return;
        }
        if let Some(first) = inside.into_iter().next() {
            self.library_mistakes.insert(func, first);
        }
        let Some(mut mistake) = self.library_mistakes.get(&func).cloned() else {
            return;
        };
        let params: Vec<Ty> = (self.header(func).params.iter())
            .map(|param| param.ty)
            .collect();
        if params.into_iter().any(|ty| {
            let ty = self.resolve(ty);
            self.types.is_open(ty)
        }) {
            mistake = crate::diag::cannot_infer(span, "this argument");
        }
        mistake.primary = span;
        mistake.labels.retain(|label| !label.span.is_none());
        self.report(mistake);
    }
}

impl<'a> FnCx<'_, 'a> {
    /// A call of a function of the library.
    pub fn call_library(&mut self, name: &str, args: Vec<Given<'a>>, span: Span) -> Val {
        let decl = self.cx.library_function(name);
        let queued = self.cx.queue.len();
        let bound = args.into_iter().map(Some).collect();
        match self.generic_call(decl, None, &[], bound, Vec::new(), span) {
            Some((func, values)) => {
                self.cx.check_library_bodies(func, queued, span);
                self.finish_call(func, values, span)
            }
            None => Val::error(span),
        }
    }
}
