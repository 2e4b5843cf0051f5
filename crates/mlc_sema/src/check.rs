//! The whole check, from the syntax tree to the program.

use mlc_diagnostics::Diagnostic;
use mlc_syntax::{Module, Name};

use crate::checker::{Checker, Item, ModuleId};
use crate::declare::load_all;
use crate::hir::{self, FuncId, Program};
use crate::options::{Loader, Options};

/// Checks a module with everything that it imports. The program is whole, and may be compiled, if no diagnostic is an error.
pub fn check(
    ast: &Module,
    loader: &mut dyn Loader,
    options: &Options,
) -> (Program, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let (loaded, main_imports) = load_all(ast, loader, &mut diagnostics);
    let synthesized = typed_arena::Arena::new();
    let mut cx = Checker::new(options, &synthesized);
    cx.diagnostics = diagnostics;
    let main = cx.add_module(ast, &options.module);
    for item in &loaded {
        cx.add_module(&item.module, &item.path);
    }
    let to_id = |at: &Option<usize>| at.map(|at| ModuleId(at as u32 + 1));
    cx.modules[0].imports = main_imports
        .iter()
        .map(|(key, at)| (key.clone(), to_id(at)))
        .collect();
    for (position, item) in loaded.iter().enumerate() {
        cx.modules[position + 1].imports = item
            .imports
            .iter()
            .map(|(key, at)| (key.clone(), to_id(at)))
            .collect();
    }
    // What a module imports is declared, and at run time initialized, before it.
    let ids = in_order_of_imports(&cx);
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
    let mut tops: Vec<FuncId> = Vec::new();
    let mut main_top = None;
    for &id in &ids {
        let top = cx.check_top(id);
        if id == main {
            main_top = top;
        } else {
            tops.extend(top);
        }
    }
    let init = cx.whole_init(main_top, &tops);
    cx.drain_queue();
    finish(cx, ast, init)
}

/// Modules after everything that they import; those that import each other in the order of the first import.
fn in_order_of_imports(cx: &Checker<'_>) -> Vec<ModuleId> {
    fn visit(cx: &Checker<'_>, id: ModuleId, seen: &mut Vec<bool>, order: &mut Vec<ModuleId>) {
        if std::mem::replace(&mut seen[id.0 as usize], true) {
            return;
        }
        let mut imports: Vec<ModuleId> =
            cx.module(id).imports.values().flatten().copied().collect();
        imports.sort_unstable_by_key(|id| id.0);
        for import in imports {
            visit(cx, import, seen, order);
        }
        order.push(id);
    }
    let mut order = Vec::with_capacity(cx.modules.len());
    let mut seen = vec![false; cx.modules.len()];
    for id in 0..cx.modules.len() as u32 {
        visit(cx, ModuleId(id), &mut seen, &mut order);
    }
    order
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

fn finish(mut cx: Checker<'_>, ast: &Module, init: Option<FuncId>) -> (Program, Vec<Diagnostic>) {
    let mut functions: Vec<hir::Function> = cx.functions.drain(..).flatten().collect();
    let failed =
        cx.diagnostics.iter().any(Diagnostic::is_error) || functions.len() != cx.headers.len();
    if !failed {
        for function in &mut functions {
            crate::indices::simplify(function);
            crate::compact::compact(function);
        }
        crate::conventions::infer(&mut functions, &cx.types);
        for function in &mut functions {
            crate::parallel::recognize(function, &cx.types);
        }
        crate::raises::infer(&mut functions, &cx.types, cx.options.unchecked);
    }
    for (position, header) in cx.headers.iter().enumerate() {
        let Some(decl) = header.decl else {
            continue;
        };
        let first = header.params.first().map(|param| param.ty);
        if let (Some(_), Some(id)) = (cx.decl(decl).owner, first.and_then(|ty| cx.struct_of(ty))) {
            let func = FuncId(position as u32);
            cx.structs[id.0 as usize].methods.push(func);
            if cx.decl(decl).ast.name.name == "__del__" {
                cx.structs[id.0 as usize].destructor = Some(func);
            }
        }
    }
    let program = Program {
        module: cx.options.module.clone(),
        doc: ast.docstring.as_ref().map(|doc| doc.text.to_string()),
        types: cx.types,
        structs: cx.structs,
        globals: cx.globals,
        constants: cx.constants,
        functions,
        init,
    };
    let mut diagnostics = cx.diagnostics;
    diagnostics.sort_by_key(|diagnostic| (diagnostic.primary.file, diagnostic.primary.start));
    // A default, say, is looked at for each call.
    diagnostics.dedup();
    (program, diagnostics)
}
