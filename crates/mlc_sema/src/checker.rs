//! The state of one check: everything declared, every instance made, every diagnostic so far.

use std::sync::{Arc, OnceLock};

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::{Name, ast};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::defaults::Reach;
use crate::empty_lists::EmptyLists;
use crate::hir::{self, ConstValue, FuncId, GlobalId, StructId, Ty, TyKind, TypeTable};
use crate::library::Library;
use crate::modules::Links;
use crate::names::Rebound;
use crate::nested::{Bound, Capture};
use crate::options::Options;
use crate::passed::Passed;
use crate::synthesized::Synthesized;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct ModuleId(pub u32);

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct DeclId(pub u32);

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct StructDeclId(pub u32);

/// A compile-time value with the type it was declared with; `ty` is `None` for an untyped number, which is weak.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Comptime {
    pub value: ConstValue,
    pub ty: Option<Ty>,
}

/// What a name at the top level of a module means.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Function(DeclId),
    Struct(StructDeclId),
    Comptime(Comptime),
    /// A variable that the top-level statements bind and a function mentions.
    Global,
    /// A variable of another module, imported by its name.
    Variable(ModuleId, Name),
    Module(ModuleId),
    /// `import math`
    Math,
    /// A name of `math`, imported by `from math import …`.
    Builtin(Name),
    /// Something that was wrong and has been reported.
    Poisoned,
}

#[derive(Clone)]
pub(crate) struct ModuleScope<'a> {
    pub ast: &'a ast::Module,
    /// The dotted name.
    pub path: String,
    pub package: bool,
    pub items: FxHashMap<Name, Item>,
    pub globals: FxHashMap<Name, GlobalId>,
    pub links: Links,
    /// The imports and generic structs inside of functions whose names mean the same in all of the module.
    pub hoisted: FxHashSet<Span>,
    /// Found out when somebody asks.
    pub rebound: OnceLock<Rebound>,
    pub reach: OnceLock<Reach>,
}

impl ModuleScope<'_> {
    pub fn rebound(&self) -> &Rebound {
        self.rebound.get_or_init(|| Rebound::of(self.ast))
    }

    pub fn reach(&self) -> &Reach {
        self.reach.get_or_init(|| {
            let items = self.items.iter();
            let variables =
                items.filter(|(_, item)| matches!(item, Item::Global | Item::Variable(..)));
            Reach::of(self.ast, variables.map(|(name, _)| *name))
        })
    }
}

/// A function as declared, before any instance.
#[derive(Clone)]
pub(crate) struct FnDecl<'a> {
    pub ast: &'a ast::Function,
    pub module: ModuleId,
    pub owner: Option<StructDeclId>,
    /// `Struct.method`, `outer.inner`, plain name.
    pub name: String,
    pub is_static: bool,
    pub is_property: bool,
    /// `@name.setter`
    pub is_setter: bool,
    pub attributes: hir::Attributes,
    /// The variables of the enclosing function that the body mentions.
    pub captures: Vec<Capture>,
    /// The functions of the enclosing one that can be called inside.
    pub scope: FxHashMap<Name, Bound>,
    /// Generic arguments of the enclosing instance.
    pub outer_generics: FxHashMap<Name, GenericArg>,
}

#[derive(Clone)]
pub(crate) struct StructDecl<'a> {
    pub ast: &'a ast::Struct,
    pub module: ModuleId,
    pub methods: FxHashMap<Name, DeclId>,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum GenericArg {
    Type(Ty),
    Value(Comptime),
}

/// A struct with its generic arguments filled in.
#[derive(Clone)]
pub(crate) struct StructInstance {
    pub decl: StructDeclId,
    pub generics: FxHashMap<Name, GenericArg>,
    pub fields: FxHashMap<Name, u32>,
}

/// What distinguishes the instances of one function: argument types and generic values (as text, which is canonical).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct InstanceKey {
    pub decl: DeclId,
    pub params: Vec<Ty>,
    pub generics: String,
}

#[derive(Clone, Debug)]
pub(crate) struct HeaderParam {
    pub name: Name,
    pub ty: Ty,
    /// The convention that is written.
    pub written: Option<hir::Convention>,
    pub span: Span,
}

/// The signature of an instance; known before its body is.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub decl: Option<DeclId>,
    pub params: Vec<HeaderParam>,
    /// `None` until the body has been seen where no result type is written.
    pub result: Option<Ty>,
    pub done: bool,
    /// The instance that asked for this one first.
    pub asked_by: Option<FuncId>,
    /// How far the result is known where none is written.
    pub inference: crate::results::Inference,
}

pub(crate) struct Checker<'a> {
    pub options: &'a Options,
    pub types: TypeTable,
    pub diagnostics: Vec<Diagnostic>,
    /// Whether an object of Python may occur from here on.
    pub uses_python: bool,
    pub modules: Vec<ModuleScope<'a>>,
    /// The names of variables that other modules than their own bind again.
    pub set_elsewhere: Arc<FxHashSet<Name>>,
    pub decls: Vec<FnDecl<'a>>,
    pub struct_decls: Vec<StructDecl<'a>>,
    pub structs: Vec<hir::Struct>,
    pub struct_instances: Vec<StructInstance>,
    pub struct_keys: FxHashMap<(StructDeclId, String), Ty>,
    pub headers: Vec<Header>,
    pub functions: Vec<Option<hir::Function>>,
    pub instances: FxHashMap<InstanceKey, FuncId>,
    /// Those of functions that are not generic, by the type of the receiver that was asked with.
    pub plain_instances: FxHashMap<(DeclId, Option<Ty>), FuncId>,
    /// The symbols that are taken, with the number that was last put behind each.
    pub symbols: FxHashMap<String, u32>,
    pub globals: Vec<hir::Global>,
    /// Those whose type was found out, not written.
    pub found_globals: FxHashSet<GlobalId>,
    /// By where a default value of the top level stands, how it is come by.
    pub defaults: FxHashMap<Span, crate::defaults::Source>,
    /// The defaults that are being computed where they are used, inside one another.
    pub defaults_in_place: Vec<Span>,
    pub constants: Vec<hir::Constant>,
    pub constants_at: crate::constants::ConstantIndex,
    pub passed: Vec<Passed>,
    pub passed_at: FxHashMap<Passed, usize>,
    /// What the top-level statements of the main module leave in locals.
    pub candidates: Vec<crate::module_values::Candidate>,
    /// By the function of top-level statements, what says whether it has run; only where a host imports the module.
    pub ran: FxHashMap<FuncId, GlobalId>,
    /// Nested functions and lambdas by where they stand and in which instance.
    pub nested_decls: FxHashMap<(Span, FuncId), DeclId>,
    /// The same for structs.
    pub nested_structs: FxHashMap<(Span, FuncId), StructDeclId>,
    pub synthesized: &'a Synthesized,
    /// `map` and `filter` by where they stand, as generator expressions.
    pub as_generators: FxHashMap<Span, &'a ast::Expr>,
    pub library: &'a Library,
    /// What is wrong with functions of the library at the types of a call.
    pub library_mistakes: FxHashMap<FuncId, Diagnostic>,
    /// The module that the library became, once something of it is used.
    pub library_id: Option<ModuleId>,
    /// Types that stood for `Unknown(n)` once that was known.
    pub unknowns: Vec<Option<Ty>>,
    pub empty_lists: EmptyLists,
    /// Parallel to `headers`.
    pub instance_generics: Vec<FxHashMap<Name, GenericArg>>,
    pub symbols_by_func: Vec<String>,
    /// Instances whose bodies are still to be checked.
    pub queue: Vec<FuncId>,
    /// What was found wrong in what is looked at once.
    pub lasting: Vec<Diagnostic>,
    /// What was found wrong in bodies that are done.
    pub body_diagnostics: FxHashMap<FuncId, Vec<Diagnostic>>,
    /// How many types of structs are being resolved inside one another.
    pub struct_depth: u32,
    /// How many instances each generic function has.
    pub instance_counts: FxHashMap<DeclId, u32>,
    /// A function had too many, which has been reported.
    pub has_endless_instances: bool,
    /// How many instances are being checked inside one another.
    pub depth: u32,
    /// The instance whose body is being checked.
    pub asker: Option<FuncId>,
    /// Of a checker that works with a copy of what is declared.
    pub watch: Option<crate::many_bodies::Watch>,
}

impl<'a> Checker<'a> {
    pub fn new(options: &'a Options, synthesized: &'a Synthesized, library: &'a Library) -> Self {
        Checker {
            options,
            types: TypeTable::default(),
            diagnostics: Vec::new(),
            uses_python: false,
            modules: Vec::new(),
            set_elsewhere: Arc::default(),
            decls: Vec::new(),
            struct_decls: Vec::new(),
            structs: Vec::new(),
            struct_instances: Vec::new(),
            struct_keys: FxHashMap::default(),
            headers: Vec::new(),
            functions: Vec::new(),
            instances: FxHashMap::default(),
            plain_instances: FxHashMap::default(),
            symbols: FxHashMap::default(),
            globals: Vec::new(),
            found_globals: FxHashSet::default(),
            defaults: FxHashMap::default(),
            defaults_in_place: Vec::new(),
            constants: Vec::new(),
            constants_at: Default::default(),
            passed: Vec::new(),
            passed_at: FxHashMap::default(),
            candidates: Vec::new(),
            ran: FxHashMap::default(),
            nested_decls: FxHashMap::default(),
            nested_structs: FxHashMap::default(),
            synthesized,
            as_generators: FxHashMap::default(),
            library,
            library_mistakes: FxHashMap::default(),
            library_id: None,
            unknowns: Vec::new(),
            empty_lists: EmptyLists::default(),
            instance_generics: Vec::new(),
            symbols_by_func: Vec::new(),
            queue: Vec::new(),
            lasting: Vec::new(),
            body_diagnostics: FxHashMap::default(),
            struct_depth: 0,
            instance_counts: FxHashMap::default(),
            has_endless_instances: false,
            depth: 0,
            asker: None,
            watch: None,
        }
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub fn module(&self, module: ModuleId) -> &ModuleScope<'a> {
        &self.modules[module.0 as usize]
    }

    pub fn decl(&self, decl: DeclId) -> &FnDecl<'a> {
        &self.decls[decl.0 as usize]
    }

    pub fn struct_decl(&self, decl: StructDeclId) -> &StructDecl<'a> {
        &self.struct_decls[decl.0 as usize]
    }

    pub fn header(&self, func: FuncId) -> &Header {
        &self.headers[func.0 as usize]
    }

    pub fn struct_of(&self, ty: Ty) -> Option<StructId> {
        match self.types.kind(ty) {
            TyKind::Struct(id) => Some(*id),
            _ => None,
        }
    }

    /// A type whose kind will be found out from its first use (`[]`, `None`).
    pub fn fresh_unknown(&mut self) -> Ty {
        let id = self.unknowns.len() as u32;
        self.unknowns.push(None);
        self.types.intern(TyKind::Unknown(id))
    }

    /// The type with everything found out since filled in.
    pub fn resolve(&mut self, ty: Ty) -> Ty {
        if !self.types.is_open(ty) {
            return ty;
        }
        match self.types.kind(ty).clone() {
            TyKind::Unknown(id) => match self.unknowns[id as usize] {
                Some(found) => {
                    let found = self.resolve(found);
                    // What calls itself binds one unknown to the next: the chain is followed once.
                    self.unknowns[id as usize] = Some(found);
                    found
                }
                None => ty,
            },
            TyKind::List(elem) => {
                let elem = self.resolve(elem);
                self.types.list(elem)
            }
            TyKind::Optional(of) => {
                let of = self.resolve(of);
                self.types.optional(of)
            }
            TyKind::Tuple(items) => {
                let items: Vec<Ty> = items.iter().map(|&item| self.resolve(item)).collect();
                self.types.tuple(&items)
            }
            TyKind::Array { elem, dims } => {
                let elem = self.resolve(elem);
                self.types.array(elem, &dims)
            }
            _ => ty,
        }
    }

    /// The type with what nothing tells taken for `Int`.
    pub fn resolve_or_int(&mut self, ty: Ty) -> Ty {
        let mut ty = self.resolve(ty);
        while let Some(open) = self.types.first_unknown(ty) {
            self.unify(open, Ty::INT);
            ty = self.resolve(ty);
        }
        ty
    }

    /// Makes two types equal by filling in what is unknown in either; `false` if they differ otherwise.
    pub fn unify(&mut self, left: Ty, right: Ty) -> bool {
        let (left, right) = (self.resolve(left), self.resolve(right));
        if left == right || left == Ty::ERROR || right == Ty::ERROR {
            return true;
        }
        match (
            self.types.kind(left).clone(),
            self.types.kind(right).clone(),
        ) {
            // The older one stays: instances are known by it.
            (TyKind::Unknown(older), TyKind::Unknown(id)) if older < id => {
                self.unknowns[id as usize] = Some(left);
                true
            }
            (TyKind::Unknown(id), _) => {
                if self.mentions(right, id) {
                    return false;
                }
                self.unknowns[id as usize] = Some(right);
                true
            }
            (_, TyKind::Unknown(id)) => {
                if self.mentions(left, id) {
                    return false;
                }
                self.unknowns[id as usize] = Some(left);
                true
            }
            (TyKind::List(left), TyKind::List(right))
            | (TyKind::Optional(left), TyKind::Optional(right)) => self.unify(left, right),
            (TyKind::Tuple(left), TyKind::Tuple(right)) => {
                left.len() == right.len()
                    && left
                        .iter()
                        .zip(right.iter())
                        .all(|(&left, &right)| self.unify(left, right))
            }
            _ => false,
        }
    }

    /// Fills in a type that is not known yet.
    pub fn unify_unknown(&mut self, ty: Ty, found: Ty) {
        let ty = self.resolve(ty);
        if matches!(self.types.kind(ty), TyKind::Unknown(_)) {
            self.unify(ty, found);
        }
    }

    fn mentions(&self, ty: Ty, unknown: u32) -> bool {
        match self.types.kind(ty) {
            TyKind::Unknown(id) => *id == unknown,
            TyKind::List(of) | TyKind::Optional(of) => self.mentions(*of, unknown),
            TyKind::Array { elem, .. } => self.mentions(*elem, unknown),
            TyKind::Tuple(items) => items.iter().any(|&item| self.mentions(item, unknown)),
            _ => false,
        }
    }

    /// A symbol that no other function of the program has.
    pub fn unique_symbol(&mut self, wanted: &str) -> String {
        let Some(last) = self.symbols.get(wanted) else {
            self.symbols.insert(wanted.to_owned(), 1);
            return wanted.to_owned();
        };
        let mut number = last + 1;
        let mut symbol = format!("{wanted}.{number}");
        while self.symbols.contains_key(&symbol) {
            number += 1;
            symbol = format!("{wanted}.{number}");
        }
        self.symbols.insert(wanted.to_owned(), number);
        self.symbols.insert(symbol.clone(), 1);
        symbol
    }
}
