//! What the imports of a module bind.

use std::sync::Arc;

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::ast::{self, StmtKind as AstStmt};
use mlc_syntax::{Module, Name};
use rustc_hash::FxHashSet;

use crate::checker::{Checker, Comptime, Item, ModuleId, ModuleScope};
use crate::diag;
use crate::hir::ConstValue;
use crate::modules::{Node, absolute, dotted, is_built_in, is_python};

impl<'a> Checker<'a> {
    pub fn add_module(&mut self, ast: &'a Module, node: &mut Node) -> ModuleId {
        let id = ModuleId(self.modules.len() as u32);
        self.modules.push(ModuleScope {
            ast,
            path: node.path.clone(),
            package: node.package,
            items: Default::default(),
            globals: Default::default(),
            links: std::mem::take(&mut node.links),
            hoisted: Default::default(),
            rebound: Default::default(),
            reach: Default::default(),
        });
        id
    }

    /// Finds the variables that other modules than their own bind again; all modules are there.
    pub fn find_set_elsewhere(&mut self) {
        if let [_] = self.modules.as_slice() {
            return;
        }
        let mut found = FxHashSet::default();
        for module in &self.modules {
            crate::names::set_elsewhere(module.ast, &mut found);
        }
        self.set_elsewhere = Arc::new(found);
    }

    pub fn declare_import(&mut self, id: ModuleId, stmt: &'a ast::Stmt) {
        match &stmt.kind {
            AstStmt::Import(modules) => {
                for item in modules {
                    let path = dotted(&item.path);
                    let (name, found) = match (item.alias, item.path.first()) {
                        (Some(alias), _) => (alias, self.imported(id, &path)),
                        (None, Some(&first)) => match self.imported(id, &path) {
                            Item::Poisoned => (first, Item::Poisoned),
                            _ => (first, self.imported(id, first.name.as_str())),
                        },
                        (None, None) => continue,
                    };
                    self.bind_import(id, name, found);
                }
            }
            AstStmt::ImportFrom(import) => self.declare_import_from(id, import),
            _ => {}
        }
    }

    fn declare_import_from(&mut self, id: ModuleId, import: &'a ast::ImportFrom) {
        let path = dotted(&import.path);
        if is_python(&path) && import.level == 0 {
            // The names are variables, set where the import stands.
            self.uses_python = true;
            return;
        }
        let scope = self.module(id);
        let base = absolute(&scope.path, scope.package, import.level, &path);
        let module = match &base {
            Some(base) => self.imported(id, base),
            None => Item::Poisoned,
        };
        match &import.names {
            ast::ImportedNames::All(_) => {
                if let Item::Module(module) = module {
                    self.import_all(id, module);
                }
            }
            ast::ImportedNames::Some(names) => {
                for item in names {
                    let name = item.alias.unwrap_or(item.name);
                    let submodule = base
                        .as_ref()
                        .map(|base| format!("{base}.{}", item.name.name));
                    let submodule =
                        submodule.and_then(|path| self.module(id).links.reached.get(&path));
                    let found = match submodule {
                        Some(Some(module)) => Item::Module(*module),
                        Some(None) => Item::Poisoned,
                        None => self.imported_name(id, &module, item.name),
                    };
                    self.bind_import(id, name, found);
                }
            }
        }
    }

    /// A module that is imported twice under one name is that module.
    fn bind_import(&mut self, id: ModuleId, name: ast::Ident, found: Item) {
        if let (Some(Item::Module(before)), Item::Module(now)) =
            (self.module(id).items.get(&name.name), &found)
            && before == now
        {
            return;
        }
        self.insert_item(id, name, found);
    }

    fn import_all(&mut self, id: ModuleId, from: ModuleId) {
        let items: Vec<(Name, Item)> = (self.module(from).items.keys())
            .filter(|name| !name.as_str().starts_with('_'))
            .filter_map(|name| Some((*name, self.member(from, *name)?)))
            .collect();
        let items_here = &mut self.modules[id.0 as usize].items;
        for (name, item) in items {
            items_here.entry(name).or_insert(item);
        }
    }

    fn imported(&self, id: ModuleId, path: &str) -> Item {
        if is_built_in(path) {
            return Item::Math;
        }
        match self.module(id).links.reached.get(path) {
            Some(Some(module)) => Item::Module(*module),
            _ => Item::Poisoned,
        }
    }

    /// What the symbols of a module start with.
    pub fn module_symbol(&self, id: ModuleId) -> &str {
        match id.0 {
            0 => &self.options.module,
            _ => &self.module(id).path,
        }
    }

    /// What a name means that is looked up in a module from outside: its own, or a module in the package.
    pub fn member(&self, module: ModuleId, name: Name) -> Option<Item> {
        let scope = self.module(module);
        match scope.items.get(&name) {
            Some(Item::Global) => Some(Item::Variable(module, name)),
            Some(item) => Some(item.clone()),
            None => (scope.links.submodules.get(&name)).map(|module| Item::Module(*module)),
        }
    }

    /// Whether a name of a module is out of reach: one with a leading underscore, outside the module's package.
    pub fn is_private(&self, from: ModuleId, module: ModuleId, name: Name) -> bool {
        let name = name.as_str();
        let outermost = |id: ModuleId| self.module(id).path.split('.').next().unwrap_or_default();
        name.starts_with('_')
            && !(name.starts_with("__") && name.ends_with("__"))
            && from != module
            && (outermost(from) != outermost(module) || outermost(from).is_empty())
    }

    fn imported_name(&mut self, id: ModuleId, module: &Item, name: ast::Ident) -> Item {
        match module {
            Item::Math => {
                if let Some(value) = crate::expr::math_constant(name.name.as_str()) {
                    return Item::Comptime(Comptime {
                        value: ConstValue::Float(value),
                        ty: None,
                    });
                }
                if crate::math::NAMES.contains(&name.name.as_str()) {
                    return Item::Builtin(name.name);
                }
                let known = crate::math::NAMES.iter().copied();
                self.report(diag::unknown_attribute(
                    name.span,
                    "math",
                    name.name.as_str(),
                    known,
                ));
                Item::Poisoned
            }
            Item::Module(module) => {
                if self.is_private(id, *module, name.name) {
                    let path = &self.module(*module).path;
                    self.report(diag::private_name(name.span, path, name.name.as_str()));
                    return Item::Poisoned;
                }
                match self.member(*module, name.name) {
                    // The name would stay with the value that it was imported with.
                    Some(Item::Variable(from, variable))
                        if let Some(who) = self.assigner(from, variable) =>
                    {
                        let what =
                            format!("importing `{variable}`, which {who} assigns, by its name");
                        let path = &self.module(*module).path;
                        let help = format!("import `{path}` and write `{path}.{variable}`");
                        self.report(diag::not_yet(name.span, &what).help(help));
                        Item::Poisoned
                    }
                    Some(item) => item,
                    None => {
                        self.report(self.no_member(*module, name));
                        Item::Poisoned
                    }
                }
            }
            _ => Item::Poisoned,
        }
    }

    /// Who assigns a variable of a module besides the top-level statements there.
    fn assigner(&self, module: ModuleId, variable: Name) -> Option<&'static str> {
        if self
            .module(module)
            .rebound()
            .by_functions
            .contains(&variable)
        {
            return Some("a function");
        }
        (self.set_elsewhere.contains(&variable)).then_some("another module")
    }

    /// A module has no such name.
    pub fn no_member(&self, module: ModuleId, name: ast::Ident) -> Diagnostic {
        let scope = self.module(module);
        let known = scope.items.keys().chain(scope.links.submodules.keys());
        let known = known
            .map(|name| name.as_str())
            .filter(|name| !name.starts_with('_'));
        diag::unknown_member(name.span, &scope.path, name.name.as_str(), known)
    }

    /// The variable of a module that an import gave a name.
    pub fn imported_variable(
        &mut self,
        module: ModuleId,
        name: Name,
        span: Span,
    ) -> Option<crate::hir::GlobalId> {
        let found = self.module(module).globals.get(&name).copied();
        if found.is_none() && !self.any_error() {
            self.report(diag::use_before_assignment(span, name.as_str()));
        }
        found
    }
}

/// Whether a statement imports modules of the language, by names that are no variables.
pub(crate) fn is_of_modules(stmt: &ast::Stmt) -> bool {
    match &stmt.kind {
        AstStmt::Import(_) => true,
        AstStmt::ImportFrom(import) => {
            let of_python = import.level == 0 && is_python(&dotted(&import.path));
            !of_python && matches!(import.names, ast::ImportedNames::Some(_))
        }
        _ => false,
    }
}
