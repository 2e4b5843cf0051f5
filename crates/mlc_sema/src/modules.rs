//! The modules of a program: which import reaches which, and in what order they run.
//!
//! The walk goes as Python does when it runs the imports: from the top of a module, into each module that was not
//! reached before. So whoever reaches a module first is where it runs.

use std::sync::Arc;

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::ast::{self, StmtKind as AstStmt};
use mlc_syntax::{Module, Name};
use rustc_hash::FxHashMap;

use crate::checker::ModuleId;
use crate::diag;
use crate::names::bound_by;
use crate::options::{LoadError, Loader, MAIN, Options, Request};

/// Every module of a program, the one being compiled first.
pub(crate) struct Graph {
    pub nodes: Vec<Node>,
    /// Each module after everything that it imports.
    pub order: Vec<ModuleId>,
}

pub(crate) struct Node {
    /// `None` for the module being compiled.
    pub module: Option<Arc<Module>>,
    /// The dotted name.
    pub path: String,
    pub package: bool,
    pub links: Links,
}

/// What the imports of a module reach.
#[derive(Clone, Default)]
pub(crate) struct Links {
    /// By dotted name from the top; `None` where an error was reported.
    pub reached: FxHashMap<String, Option<ModuleId>>,
    /// The modules in this package that anything imports.
    pub submodules: FxHashMap<Name, ModuleId>,
    /// The modules that an import statement is the first to reach, in order; by the statement's span.
    pub first: FxHashMap<Span, Vec<ModuleId>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    Done,
}

struct Walk<'w> {
    main: &'w Module,
    loader: &'w mut dyn Loader,
    diagnostics: &'w mut Vec<Diagnostic>,
    graph: Graph,
    states: Vec<State>,
    /// By the loader's number.
    known: FxHashMap<u32, ModuleId>,
    /// By dotted name.
    named: FxHashMap<String, ModuleId>,
    /// The modules being walked, each with the import in it that led on.
    stack: Vec<(ModuleId, Span)>,
}

/// An import statement in a module.
#[derive(Clone, Copy)]
struct Site {
    importer: ModuleId,
    stmt: Span,
    relative: bool,
    /// Inside of a function or a block.
    inner: bool,
}

/// Loads everything that is imported, directly or not.
pub(crate) fn load_all(
    main: &Module,
    loader: &mut dyn Loader,
    options: &Options,
    diagnostics: &mut Vec<Diagnostic>,
) -> Graph {
    let node = Node {
        module: None,
        path: options.path.clone(),
        package: options.package,
        links: Links::default(),
    };
    let mut walk = Walk {
        main,
        loader,
        diagnostics,
        graph: Graph {
            nodes: vec![node],
            order: Vec::new(),
        },
        states: vec![State::Running],
        known: FxHashMap::from_iter([(MAIN, ModuleId(0))]),
        named: FxHashMap::from_iter([(options.path.clone(), ModuleId(0))]),
        stack: Vec::new(),
    };
    walk.visit(ModuleId(0));
    walk.graph
}

impl Walk<'_> {
    fn visit(&mut self, id: ModuleId) {
        let module = self.graph.nodes[id.0 as usize].module.clone();
        let body = module
            .as_deref()
            .map_or(&self.main.body, |module| &module.body);
        self.stack.push((id, Span::NONE));
        for stmt in body {
            self.import_stmt(id, stmt, false);
        }
        if (module.as_deref()).map_or(self.main.inner_imports, |module| module.inner_imports) {
            for stmt in body {
                inner_imports(stmt, &mut |stmt| self.import_stmt(id, stmt, true));
            }
        }
        self.stack.pop();
        self.states[id.0 as usize] = State::Done;
        self.graph.order.push(id);
    }

    fn import_stmt(&mut self, id: ModuleId, stmt: &ast::Stmt, inner: bool) {
        let at = |relative| Site {
            importer: id,
            stmt: stmt.span,
            relative,
            inner,
        };
        match &stmt.kind {
            AstStmt::Import(modules) => {
                for item in modules {
                    let path = dotted(&item.path);
                    if !is_built_in(&path) {
                        self.import(at(false), &path, 0, span_of(&item.path));
                    }
                }
            }
            AstStmt::ImportFrom(import) => self.import_from(at(import.level > 0), import),
            _ => return,
        }
        if inner {
            self.check_inert(id, stmt.span);
        }
    }

    /// An import in a function runs when it is reached. What it is the first to reach runs at the start of the program, which
    /// is the same only where that does nothing.
    fn check_inert(&mut self, importer: ModuleId, stmt: Span) {
        let links = &self.graph.nodes[importer.0 as usize].links;
        let mut pending = links.first.get(&stmt).cloned().unwrap_or_default();
        while let Some(id) = pending.pop() {
            let node = &self.graph.nodes[id.0 as usize];
            pending.extend(node.links.first.values().flatten());
            let body = node.module.as_deref().map(|module| &module.body);
            if !body.into_iter().flatten().all(is_inert) {
                let feature = format!(
                    "importing `{}` inside a function, where its top level does more than to define names,",
                    node.path
                );
                let diagnostic = diag::not_yet(stmt, &feature);
                let help = "import it at the top of this file";
                return self.diagnostics.push(diagnostic.help(help));
            }
        }
    }

    /// Reaches `a`, `a.b` and `a.b.c` for `a.b.c`; not what ends in the first `given` bytes.
    fn import(&mut self, site: Site, path: &str, given: usize, span: Span) {
        let ends = path.match_indices('.').map(|(at, _)| at);
        let ends = ends.filter(|&end| end > given);
        for end in ends.chain([path.len()]) {
            let found = self.reach(site, &path[..end], span);
            let Some(module) = found else {
                // What is in a package that is not there is not there.
                let links = &mut self.graph.nodes[site.importer.0 as usize].links;
                links.reached.insert(path.to_owned(), None);
                return;
            };
            if end == path.len() {
                self.finished(site, module, path, span);
            }
        }
    }

    fn import_from(&mut self, site: Site, import: &ast::ImportFrom) {
        let path = dotted(&import.path);
        if import.level == 0 && (is_built_in(&path) || is_python(&path)) {
            return;
        }
        let node = &self.graph.nodes[site.importer.0 as usize];
        let Some(base) = absolute(&node.path, node.package, import.level, &path) else {
            let span = import.path.first().map_or(site.stmt, |first| first.span);
            self.diagnostics.push(diag::outside_package(span));
            return;
        };
        let ast::ImportedNames::Some(names) = &import.names else {
            return self.import_base(site, &base, import);
        };
        // A package around the importer is still running, or need not run, for a module in it to be imported.
        let base_first = match self.known_module(&base) {
            Some(module) => self.states[module.0 as usize] == State::Done,
            None => !import.path.is_empty(),
        };
        if base_first {
            self.import_base(site, &base, import);
            let links = &self.graph.nodes[site.importer.0 as usize].links;
            if let Some(Some(module)) = links.reached.get(&base).copied() {
                for item in names {
                    if !self.binds(module, item.name.name) && self.is_package(module) {
                        self.try_submodule(site, &base, item.name);
                    }
                }
            }
            return;
        }
        for item in names {
            if !self.try_submodule(site, &base, item.name) {
                self.import_base(site, &base, import);
            }
        }
    }

    /// The module that `from … import` names.
    fn import_base(&mut self, site: Site, base: &str, import: &ast::ImportFrom) {
        let span = match import.path.as_slice() {
            [] => site.stmt,
            path => span_of(path),
        };
        // The packages that a relative import starts from are there.
        let given = if site.relative {
            base.len().saturating_sub(dotted(&import.path).len() + 1)
        } else {
            0
        };
        self.import(site, base, given, span);
    }

    /// The module `base.name`, if there is one.
    fn try_submodule(&mut self, site: Site, base: &str, name: ast::Ident) -> bool {
        let path = format!("{base}.{}", name.name);
        if let Ok(Some(module)) = self.load(site, &path, name.span) {
            self.finished(site, module, &path, name.span);
            return true;
        }
        // One with errors of its own is there, too.
        self.graph.nodes[site.importer.0 as usize]
            .links
            .reached
            .contains_key(&path)
    }

    /// The module of that name; an error is reported once for each importer.
    fn reach(&mut self, site: Site, path: &str, span: Span) -> Option<ModuleId> {
        match self.load(site, path, span) {
            Ok(found) => found,
            Err(error) => {
                self.diagnostics.push(error);
                let links = &mut self.graph.nodes[site.importer.0 as usize].links;
                links.reached.insert(path.to_owned(), None);
                None
            }
        }
    }

    /// The module of that name, walked; `None` where it has errors that were reported.
    #[expect(
        clippy::result_large_err,
        reason = "the error is the message, made once"
    )]
    fn load(&mut self, site: Site, path: &str, span: Span) -> Result<Option<ModuleId>, Diagnostic> {
        let links = &self.graph.nodes[site.importer.0 as usize].links;
        if let Some(&found) = links.reached.get(path) {
            return Ok(found);
        }
        let request = Request {
            name: path,
            importer: site.importer.0,
            relative: site.relative,
        };
        let loaded = match self.loader.load(request) {
            Ok(loaded) => loaded,
            Err(LoadError::Reported) => {
                let links = &mut self.graph.nodes[site.importer.0 as usize].links;
                links.reached.insert(path.to_owned(), None);
                return Ok(None);
            }
            Err(LoadError::NotFound(_)) if path == "sys" => {
                return Err(diag::not_yet(span, "the module `sys`"));
            }
            Err(LoadError::NotFound(why)) => return Err(diag::unknown_module(span, path, &why)),
            Err(LoadError::Unreadable(why)) => {
                return Err(diag::unreadable_module(span, path, &why));
            }
        };
        let module = match self.known.get(&loaded.id) {
            Some(&module) => module,
            None => self.add(site, span, loaded),
        };
        let own = self.graph.nodes[module.0 as usize].path.clone();
        if let Some((package, name)) = own.rsplit_once('.')
            && let Some(package) = self.known_module(package)
        {
            let links = &mut self.graph.nodes[package.0 as usize].links;
            links.submodules.insert(Name::new(name), module);
        }
        let links = &mut self.graph.nodes[site.importer.0 as usize].links;
        links.reached.insert(path.to_owned(), Some(module));
        Ok(Some(module))
    }

    /// A module that is reached for the first time.
    fn add(&mut self, site: Site, span: Span, loaded: crate::options::Loaded) -> ModuleId {
        let module = ModuleId(self.graph.nodes.len() as u32);
        self.known.insert(loaded.id, module);
        self.named.entry(loaded.path.clone()).or_insert(module);
        self.states.push(State::Running);
        self.graph.nodes.push(Node {
            module: Some(loaded.module),
            path: loaded.path,
            package: loaded.package,
            links: Links::default(),
        });
        if let Some(top) = self.stack.last_mut() {
            top.1 = span;
        }
        // Modules that import one another in a long chain.
        stacker::maybe_grow(64 << 10, 1 << 20, || self.visit(module));
        let links = &mut self.graph.nodes[site.importer.0 as usize].links;
        links.first.entry(site.stmt).or_default().push(module);
        module
    }

    /// Reports a module that is still running its imports where it is imported again.
    fn finished(&mut self, site: Site, module: ModuleId, path: &str, span: Span) {
        // What a function imports has run when the function is called.
        if self.states[module.0 as usize] == State::Done || site.inner {
            return;
        }
        if let Some(top) = self.stack.last_mut() {
            top.1 = span;
        }
        let from = self.stack.iter().position(|(id, _)| *id == module);
        let cycle: Vec<(String, Span)> = self.stack[from.unwrap_or(0)..]
            .iter()
            .map(|(id, span)| (self.shown(*id), *span))
            .collect();
        self.diagnostics.push(diag::circular_import(&cycle));
        let links = &mut self.graph.nodes[site.importer.0 as usize].links;
        links.reached.insert(path.to_owned(), None);
    }

    fn shown(&self, id: ModuleId) -> String {
        match self.graph.nodes[id.0 as usize].path.as_str() {
            "" => "__main__".to_owned(),
            path => path.to_owned(),
        }
    }

    /// A module that was reached under that name.
    fn known_module(&self, path: &str) -> Option<ModuleId> {
        self.named.get(path).copied()
    }

    fn is_package(&self, module: ModuleId) -> bool {
        self.graph.nodes[module.0 as usize].package
    }

    /// Whether the top level of a module binds a name.
    fn binds(&self, module: ModuleId, name: Name) -> bool {
        let node = &self.graph.nodes[module.0 as usize];
        let body = (node.module.as_deref()).map_or(&self.main.body, |module| &module.body);
        body.iter().any(|stmt| {
            let mut found = false;
            bound_by(stmt, &mut |bound| found |= bound == name);
            if let AstStmt::ImportFrom(import) = &stmt.kind
                && matches!(import.names, ast::ImportedNames::All(_))
                && let Some(path) = absolute(
                    &node.path,
                    node.package,
                    import.level,
                    &dotted(&import.path),
                )
                && let Some(Some(from)) = node.links.reached.get(&path)
                && *from != module
            {
                found |= self.states[from.0 as usize] == State::Done && self.binds(*from, name);
            }
            found
        })
    }
}

/// The imports in the blocks of a statement, at any depth.
pub(crate) fn inner_imports<'s>(stmt: &'s ast::Stmt, found: &mut dyn FnMut(&'s ast::Stmt)) {
    crate::names::each_block(stmt, &mut |block| {
        for stmt in block {
            if matches!(stmt.kind, AstStmt::Import(_) | AstStmt::ImportFrom(_)) {
                found(stmt);
            }
            inner_imports(stmt, found);
        }
    });
}

/// Whether nobody can tell when a statement of the top level runs: it defines a function or a type, or gives a name a literal.
fn is_inert(stmt: &ast::Stmt) -> bool {
    fn is_literal(value: &ast::Expr) -> bool {
        use ast::ExprKind as Ast;
        match &value.kind {
            Ast::Int(_) | Ast::Float(_) | Ast::Str(_) | Ast::Bool(_) | Ast::None => true,
            Ast::Unary { operand, .. } => is_literal(operand),
            Ast::Tuple(items) | Ast::List(items) => items.iter().all(is_literal),
            _ => false,
        }
    }
    let is_name = |target: &ast::Expr| matches!(target.kind, ast::ExprKind::Name(_));
    match &stmt.kind {
        AstStmt::Function(_)
        | AstStmt::Struct(_)
        | AstStmt::Comptime(_)
        | AstStmt::Import(_)
        | AstStmt::Pass
        | AstStmt::Invalid { .. } => true,
        AstStmt::ImportFrom(import) => import.level > 0 || !is_python(&dotted(&import.path)),
        AstStmt::Expr(value) => is_literal(value),
        AstStmt::Assign { targets, value } => targets.iter().all(is_name) && is_literal(value),
        AstStmt::Declare(declare) => {
            is_name(&declare.target) && declare.value.iter().all(is_literal)
        }
        _ => false,
    }
}

/// The dotted name from the top that an import means in a module; `None` for one that leaves the outermost package.
pub(crate) fn absolute(importer: &str, package: bool, level: u32, path: &str) -> Option<String> {
    if level == 0 {
        return Some(path.to_owned());
    }
    let up = if package { level - 1 } else { level };
    let mut base = importer;
    for _ in 0..up {
        base = base.rsplit_once('.').map_or("", |(package, _)| package);
    }
    match (base, path) {
        ("", _) => None,
        (base, "") => Some(base.to_owned()),
        (base, path) => Some(format!("{base}.{path}")),
    }
}

pub(crate) fn dotted(path: &[ast::Ident]) -> String {
    let parts: Vec<&str> = path.iter().map(|part| part.name.as_str()).collect();
    parts.join(".")
}

/// A module that is part of the language, which no file can stand in for.
pub(crate) fn is_built_in(path: &str) -> bool {
    path == "math"
}

/// Python's modules are imported when the program runs.
pub(crate) fn is_python(path: &str) -> bool {
    path == "python" || path.starts_with("python.")
}

fn span_of(path: &[ast::Ident]) -> Span {
    match (path.first(), path.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => Span::NONE,
    }
}
