//! A copy of what is declared, with which another thread checks bodies.

use std::sync::Arc;

use mlc_diagnostics::Span;
use mlc_syntax::{Name, ast};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::checker::{
    Checker, DeclId, FnDecl, GenericArg, Header, InstanceKey, ModuleId, ModuleScope, StructDecl,
    StructDeclId, StructInstance,
};
use crate::constants::ConstantIndex;
use crate::defaults::Source;
use crate::hir::{self, FuncId, GlobalId, Ty, TypeTable};
use crate::library::Library;
use crate::options::Options;
use crate::passed::Passed;
use crate::synthesized::Synthesized;

/// What is new to a checker that works with a copy: from which instance and constant on, and whether it was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch {
    functions: usize,
    constants: usize,
    asked: bool,
}

pub(super) struct Declared<'a> {
    options: &'a Options,
    library: &'a Library,
    types: TypeTable,
    uses_python: bool,
    modules: Vec<ModuleScope<'a>>,
    set_elsewhere: Arc<FxHashSet<Name>>,
    decls: Vec<FnDecl<'a>>,
    struct_decls: Vec<StructDecl<'a>>,
    structs: Vec<hir::Struct>,
    struct_instances: Vec<StructInstance>,
    struct_keys: FxHashMap<(StructDeclId, String), Ty>,
    headers: Vec<Header>,
    instances: FxHashMap<InstanceKey, FuncId>,
    plain_instances: FxHashMap<(DeclId, Option<Ty>), FuncId>,
    globals: Vec<hir::Global>,
    found_globals: FxHashSet<GlobalId>,
    defaults: FxHashMap<Span, Source>,
    constants: Vec<hir::Constant>,
    constants_at: ConstantIndex,
    passed: Vec<Passed>,
    passed_at: FxHashMap<Passed, usize>,
    ran: FxHashMap<FuncId, GlobalId>,
    as_generators: FxHashMap<Span, &'a ast::Expr>,
    library_id: Option<ModuleId>,
    unknowns: Vec<Option<Ty>>,
    instance_generics: Vec<FxHashMap<Name, GenericArg>>,
    symbols_by_func: Vec<String>,
}

impl<'a> Declared<'a> {
    pub fn of(checker: &Checker<'a>) -> Declared<'a> {
        let mut types = checker.types.clone();
        types.watch();
        Declared {
            options: checker.options,
            library: checker.library,
            types,
            uses_python: checker.uses_python,
            modules: checker.modules.clone(),
            set_elsewhere: checker.set_elsewhere.clone(),
            decls: checker.decls.clone(),
            struct_decls: checker.struct_decls.clone(),
            structs: checker.structs.clone(),
            struct_instances: checker.struct_instances.clone(),
            struct_keys: checker.struct_keys.clone(),
            headers: checker.headers.clone(),
            instances: checker.instances.clone(),
            plain_instances: checker.plain_instances.clone(),
            globals: checker.globals.clone(),
            found_globals: checker.found_globals.clone(),
            defaults: checker.defaults.clone(),
            constants: checker.constants.clone(),
            constants_at: checker.constants_at.clone(),
            passed: checker.passed.clone(),
            passed_at: checker.passed_at.clone(),
            ran: checker.ran.clone(),
            as_generators: checker.as_generators.clone(),
            library_id: checker.library_id,
            unknowns: checker.unknowns.clone(),
            instance_generics: checker.instance_generics.clone(),
            symbols_by_func: checker.symbols_by_func.clone(),
        }
    }

    /// A checker that notes what is new to it. No body has been checked for it.
    pub fn checker(self, synthesized: &'a Synthesized) -> Checker<'a> {
        let mut checker = Checker::new(self.options, synthesized, self.library);
        checker.watch = Some(Watch {
            functions: self.headers.len(),
            constants: self.constants.len(),
            asked: false,
        });
        checker.functions = vec![None; self.headers.len()];
        checker.types = self.types;
        checker.uses_python = self.uses_python;
        checker.modules = self.modules;
        checker.set_elsewhere = self.set_elsewhere;
        checker.decls = self.decls;
        checker.struct_decls = self.struct_decls;
        checker.structs = self.structs;
        checker.struct_instances = self.struct_instances;
        checker.struct_keys = self.struct_keys;
        checker.headers = self.headers;
        for header in &mut checker.headers {
            header.done = false;
        }
        checker.instances = self.instances;
        checker.plain_instances = self.plain_instances;
        checker.globals = self.globals;
        checker.found_globals = self.found_globals;
        checker.defaults = self.defaults;
        checker.constants = self.constants;
        checker.constants_at = self.constants_at;
        checker.passed = self.passed;
        checker.passed_at = self.passed_at;
        checker.ran = self.ran;
        checker.as_generators = self.as_generators;
        checker.library_id = self.library_id;
        checker.unknowns = self.unknowns;
        checker.instance_generics = self.instance_generics;
        checker.symbols_by_func = self.symbols_by_func;
        checker
    }
}

impl Checker<'_> {
    pub fn note_instance(&mut self, func: FuncId) {
        if let Some(watch) = &mut self.watch {
            watch.asked |= func.0 as usize >= watch.functions;
        }
    }

    pub fn note_constant(&mut self, at: usize) {
        if let Some(watch) = &mut self.watch {
            watch.asked |= at >= watch.constants;
        }
    }

    /// A result that is inferred may widen, and who asks for it be checked again.
    pub fn note_inferred(&mut self) {
        if let Some(watch) = &mut self.watch {
            watch.asked = true;
        }
    }

    /// Whether anything new was asked for since the last answer.
    pub(super) fn take_asked_for_new(&mut self) -> bool {
        let of_types = self.types.take_asked_for_new();
        let here = self
            .watch
            .as_mut()
            .is_some_and(|watch| std::mem::take(&mut watch.asked));
        of_types || here
    }
}
