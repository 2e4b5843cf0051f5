//! The whole check, from the syntax tree to the program.

use std::sync::Arc;

use mlc_diagnostics::Diagnostic;
use mlc_syntax::{Module, Name};

use crate::checker::{Checker, Item, ModuleId, StructInstance};
use crate::conventions;
use crate::defaults::Source;
use crate::func::FnCx;
use crate::hir::{self, FuncId, Program, StructId, Ty, TyKind};
use crate::library::Library;
use crate::modules::load_all;
use crate::options::{Loader, Options};
use crate::python_use::PythonUse;
use crate::raises;

/// What the deepest program that the parser lets through takes, without optimization.
const STACK: usize = 64 << 20;

/// Checks a module with everything that it imports. The program is whole, and may be compiled, if no diagnostic is an error.
/// The caller's stack may be small, as those of Python's threads are.
pub fn check(
    ast: &Module,
    loader: &mut dyn Loader,
    options: &Options,
) -> (Program, Vec<Diagnostic>) {
    stacker::maybe_grow(STACK, STACK, || check_here(ast, loader, options))
}

fn check_here(
    ast: &Module,
    loader: &mut dyn Loader,
    options: &Options,
) -> (Program, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut graph = load_all(ast, loader, options, &mut diagnostics);
    let synthesized = crate::synthesized::Synthesized::default();
    let library = Library::default();
    let mut cx = Checker::new(options, &synthesized, &library);
    cx.diagnostics = diagnostics;
    let modules: Vec<Option<Arc<Module>>> =
        graph.nodes.iter().map(|node| node.module.clone()).collect();
    for (module, node) in modules.iter().zip(&mut graph.nodes) {
        cx.add_module(module.as_deref().unwrap_or(ast), node);
    }
    cx.find_set_elsewhere();
    let main = ModuleId(0);
    let ids = graph.order;
    // What a module imports is declared before it.
    for &id in &ids {
        cx.declare_module(id);
        cx.declare_comptime(id);
    }
    // Types of structs, then the instances of what is not generic, so that they stand in the order of the text.
    let mut functions: Vec<FuncId> = Vec::new();
    declare_structs(&mut cx, main);
    for stmt in &ast.body {
        if let mlc_syntax::ast::StmtKind::Function(function) = &stmt.kind
            && let Some(func) = plain_function(&mut cx, main, function.name.name)
        {
            functions.push(func);
        }
    }
    instantiate_methods(&mut cx);
    // Each after those that its imports run.
    let mut inits: Vec<Option<FuncId>> = vec![None; cx.modules.len()];
    for &id in &ids {
        inits[id.0 as usize] = cx.check_top(id, &inits);
    }
    let init = inits[main.0 as usize];
    cx.drain_queue();
    finish(cx, ast, init)
}

fn declare_structs(cx: &mut Checker<'_>, main: ModuleId) {
    for position in 0..cx.struct_decls.len() {
        let decl = crate::checker::StructDeclId(position as u32);
        let (module, generic, span) = {
            let item = cx.struct_decl(decl);
            (
                item.module,
                !item.ast.generics.is_empty(),
                item.ast.name.span,
            )
        };
        if module == main && !generic {
            cx.struct_type(decl, &[], span);
        }
    }
}

fn plain_function(cx: &mut Checker<'_>, main: ModuleId, name: Name) -> Option<FuncId> {
    match cx.module(main).items.get(&name) {
        Some(Item::Function(decl)) if !cx.is_generic(*decl) => {
            let decl = *decl;
            cx.plain_instance(decl, None)
        }
        _ => None,
    }
}

fn instantiate_methods(cx: &mut Checker<'_>) {
    for position in 0..cx.decls.len() {
        let decl = crate::checker::DeclId(position as u32);
        let (owner, module) = (cx.decl(decl).owner, cx.decl(decl).module);
        let Some(owner) = owner else {
            continue;
        };
        if module.0 == 0 && cx.struct_decl(owner).ast.generics.is_empty() && !cx.is_generic(decl) {
            cx.plain_instance(decl, None);
        }
    }
}

/// The defaults of fields that are known at compile time, for callers from outside.
fn evaluate_field_defaults(cx: &mut Checker<'_>) {
    for position in 0..cx.structs.len() {
        let decl = cx.struct_instances[position].decl;
        let (module, ast) = (cx.struct_decl(decl).module, cx.struct_decl(decl).ast);
        let fields = cx.structs[position].fields.len();
        for (index, field) in ast.fields.iter().enumerate().take(fields) {
            let Some(default) = &field.default else {
                continue;
            };
            // Nobody outside makes values of a struct inside of a function.
            if matches!(cx.defaults.get(&default.span), Some(Source::Inner)) {
                continue;
            }
            let ty = cx.structs[position].fields[index].ty;
            let generics = cx.struct_instances[position].generics.clone();
            let mut of_field = FnCx::new(cx, module, FuncId(u32::MAX));
            of_field.generics = generics;
            let value = of_field.field_default(decl, default, ty);
            if let Ok(value) = crate::interp::evaluate(cx, &value) {
                cx.structs[position].fields[index].default = Some(value);
            }
        }
    }
}

fn finish(mut cx: Checker<'_>, ast: &Module, init: Option<FuncId>) -> (Program, Vec<Diagnostic>) {
    cx.diagnostics = cx.take_diagnostics();
    if !cx.diagnostics.iter().any(Diagnostic::is_error) {
        evaluate_field_defaults(&mut cx);
    }
    let mut functions: Vec<hir::Function> = cx.functions.drain(..).flatten().collect();
    let failed =
        cx.diagnostics.iter().any(Diagnostic::is_error) || functions.len() != cx.headers.len();
    let mut candidates = std::mem::take(&mut cx.candidates);
    if !failed {
        if let Some(init) = init {
            crate::module_values::settle(&mut candidates, &functions[init.0 as usize]);
        }
        // Those of functions are compact already, each since its body was checked.
        for (header, function) in cx.headers.iter().zip(&mut functions) {
            if header.decl.is_none() {
                crate::compact::compact(function);
            }
        }
        let (types, options) = (&cx.types, cx.options);
        let settled = conventions::infer(
            &mut functions,
            types,
            &cx.globals,
            options.threads,
            |function| {
                let races = crate::parallel::recognize(function, types);
                (races, raises::of_body(function, types, options))
            },
        );
        let (races, mut bodies): (Vec<_>, Vec<_>) = settled.given.into_iter().unzip();
        if settled.has_views {
            let each = functions.iter();
            bodies = each
                .map(|function| raises::of_body(function, types, options))
                .collect();
        }
        raises::infer(&mut functions, bodies);
        cx.diagnostics.extend(settled.wrong);
        cx.diagnostics.extend(races.into_iter().flatten());
        if cx.uses_python {
            let uses = PythonUse::of(&functions, &cx.structs, &cx.types);
            cx.diagnostics.extend(uses.races(&functions));
        }
    }
    for (position, header) in cx.headers.iter().enumerate() {
        let Some(decl) = header.decl else {
            continue;
        };
        let Some(owner) = cx.decl(decl).owner else {
            continue;
        };
        let first = header.params.first().map(|param| param.ty);
        // A static method has no `self`; one of a generic struct is called through its module only.
        let is_plain =
            |instance: &StructInstance| instance.decl == owner && instance.generics.is_empty();
        let plain = || cx.struct_instances.iter().position(is_plain);
        let of_self = first.and_then(|ty| cx.struct_of(ty));
        let id = of_self
            .filter(|id| cx.struct_instances[id.0 as usize].decl == owner)
            .or_else(|| plain().map(|position| StructId(position as u32)));
        if let Some(id) = id {
            let func = FuncId(position as u32);
            cx.structs[id.0 as usize].methods.push(func);
        }
    }
    mark_recursive(&mut cx);
    let named_constants = cx.named_constants();
    let variables = cx.variables();
    let ran = init.and_then(|init| cx.ran.get(&init).copied());
    let mut program = Program {
        module: cx.options.module.clone(),
        doc: ast.docstring.as_ref().map(|doc| doc.text.to_string()),
        types: cx.types,
        structs: cx.structs,
        globals: cx.globals,
        constants: cx.constants,
        functions,
        init,
        overflow: cx.options.overflow,
        variables,
        ran,
        named_constants,
    };
    if let (Some(init), Some(ran), false) = (init, ran, failed) {
        crate::module_values::store(&mut program, init, &candidates, ran);
    }
    let mut diagnostics = cx.diagnostics;
    diagnostics.sort_by_key(|diagnostic| (diagnostic.primary.file, diagnostic.primary.start));
    // A default, say, is looked at for each call.
    diagnostics.dedup();
    (program, diagnostics)
}

/// Finds the structs that hold values of their own type.
fn mark_recursive(cx: &mut Checker<'_>) {
    for position in 0..cx.structs.len() {
        let own = cx.structs[position].ty;
        let mut seen = vec![false; cx.structs.len()];
        let mut pending: Vec<Ty> = fields_of(cx, position);
        while let Some(ty) = pending.pop() {
            if ty == own {
                cx.structs[position].recursive = true;
                break;
            }
            match cx.types.kind(ty) {
                TyKind::List(of) | TyKind::Optional(of) | TyKind::Array { elem: of, .. } => {
                    pending.push(*of);
                }
                TyKind::Tuple(items) => pending.extend(items),
                TyKind::Struct(id) => {
                    let id = id.0 as usize;
                    if !std::mem::replace(&mut seen[id], true) {
                        pending.extend(fields_of(cx, id));
                    }
                }
                _ => {}
            }
        }
    }
}

fn fields_of(cx: &Checker<'_>, position: usize) -> Vec<Ty> {
    (cx.structs[position].fields.iter())
        .map(|field| field.ty)
        .collect()
}
