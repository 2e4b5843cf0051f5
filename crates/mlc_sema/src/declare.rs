//! The top level of modules: what is declared, before any body is looked at.

use std::cell::LazyCell;

use mlc_diagnostics::Diagnostic;
use mlc_syntax::ast::{self, ExprKind as Ast, StmtKind as AstStmt};
use mlc_syntax::{Module, Name};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::checker::{Checker, Comptime, DeclId, FnDecl, Item, ModuleId, StructDecl, StructDeclId};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{self, ConstValue, FuncId, GlobalId, Ty};
use crate::python::import_from_python;

impl<'a> Checker<'a> {
    /// Functions, structs and imports of a module; variables that functions mention become globals.
    pub fn declare_module(&mut self, id: ModuleId) {
        let ast = self.module(id).ast;
        for stmt in &ast.body {
            match &stmt.kind {
                AstStmt::Function(function) => self.declare_function(id, function),
                AstStmt::Struct(item) => self.declare_struct(id, item),
                AstStmt::Import(_) | AstStmt::ImportFrom(_) => self.declare_import(id, stmt),
                _ => {}
            }
        }
        if ast.inner_imports {
            for stmt in &ast.body {
                crate::names::each_block(stmt, &mut |block| self.declare_inner(id, block));
            }
        }
        let mentioned = LazyCell::new(|| mentioned_by_functions(ast));
        let imported = id.0 != 0;
        let constants: FxHashSet<Name> = (ast.body.iter())
            .filter_map(|stmt| match &stmt.kind {
                AstStmt::Comptime(item) => Some(item.name.name),
                _ => None,
            })
            .collect();
        for stmt in &ast.body {
            let is_variable = !matches!(
                stmt.kind,
                AstStmt::Function(_)
                    | AstStmt::Struct(_)
                    | AstStmt::Import(_)
                    | AstStmt::ImportFrom(_)
                    | AstStmt::Comptime(_)
            ) || import_from_python(stmt).is_some();
            if !is_variable {
                continue;
            }
            if let AstStmt::Invalid { names } = &stmt.kind {
                for name in names {
                    self.modules[id.0 as usize]
                        .items
                        .entry(*name)
                        .or_insert(Item::Poisoned);
                }
                continue;
            }
            let mut bound = Vec::new();
            crate::names::bound_by(stmt, &mut |name| bound.push(name));
            bound.retain(|name| !constants.contains(name));
            for name in bound {
                let items = &mut self.modules[id.0 as usize].items;
                if let Some(Item::Variable(..)) = items.get(&name) {
                    items.insert(name, Item::Poisoned);
                    let what = format!("assigning to `{name}`, which is imported,");
                    self.report(diag::not_yet(stmt.span, &what));
                } else if imported || mentioned.contains(&name) {
                    items.entry(name).or_insert(Item::Global);
                }
            }
        }
    }

    /// Modules that are imported inside of functions and blocks, and generic structs there, mean what they mean everywhere.
    fn declare_inner(&mut self, id: ModuleId, block: &'a [ast::Stmt]) {
        for stmt in block {
            let mut bound = Vec::new();
            crate::names::bound_by(stmt, &mut |name| bound.push(name));
            let known = (bound.iter())
                .filter(|name| self.module(id).items.contains_key(*name))
                .count();
            match &stmt.kind {
                AstStmt::Struct(item) if !item.generics.is_empty() && known == 0 => {
                    self.declare_struct(id, item);
                    self.modules[id.0 as usize].hoisted.insert(stmt.span);
                }
                _ if crate::imports::is_of_modules(stmt)
                    && self.is_same_import(id, stmt, known) =>
                {
                    if known < bound.len() || bound.is_empty() {
                        self.declare_import(id, stmt);
                    }
                    self.modules[id.0 as usize].hoisted.insert(stmt.span);
                }
                _ => {}
            }
            crate::names::each_block(stmt, &mut |block| self.declare_inner(id, block));
        }
    }

    /// Whether the names of an import, some of which are known, mean what an import before gave them.
    fn is_same_import(&mut self, id: ModuleId, stmt: &'a ast::Stmt, known: usize) -> bool {
        if known == 0 {
            return true;
        }
        let before = self.module(id).items.clone();
        let reported = self.diagnostics.len();
        let mut names = Vec::new();
        crate::names::bound_by(stmt, &mut |name| names.push(name));
        let items = &mut self.modules[id.0 as usize].items;
        for name in &names {
            items.remove(name);
        }
        self.declare_import(id, stmt);
        self.diagnostics.truncate(reported);
        let items = &self.module(id).items;
        let same = (names.iter()).all(|name| {
            let was = before.get(name);
            was.is_none()
                || items
                    .get(name)
                    .zip(was)
                    .is_some_and(|(now, was)| same_item(now, was))
        });
        self.modules[id.0 as usize].items = before;
        same
    }

    pub fn insert_item(&mut self, module: ModuleId, name: ast::Ident, item: Item) {
        let scope = &mut self.modules[module.0 as usize];
        if scope.items.contains_key(&name.name) {
            let first = first_definition(scope.ast, name.name).unwrap_or(name.span);
            if first != name.span {
                self.report(diag::duplicate(name.span, name.name.as_str(), first));
            }
            return;
        }
        scope.items.insert(name.name, item);
    }

    fn declare_function(&mut self, module: ModuleId, function: &'a ast::Function) {
        let decl = self.add_decl(
            module,
            function,
            None,
            function.name.name.as_str().to_owned(),
        );
        self.insert_item(module, function.name, Item::Function(decl));
    }

    pub fn add_decl(
        &mut self,
        module: ModuleId,
        function: &'a ast::Function,
        owner: Option<StructDeclId>,
        name: String,
    ) -> DeclId {
        let id = DeclId(self.decls.len() as u32);
        let mut attributes = hir::Attributes::default();
        let (mut is_static, mut is_property, mut is_setter) = (false, false, false);
        for default in function
            .params
            .iter()
            .filter_map(|param| param.default.as_ref())
        {
            if matches!(
                default.kind,
                Ast::List(_) | Ast::Dict(_) | Ast::Set(_) | Ast::Comprehension(_)
            ) {
                self.report(diag::mutable_default(default.span));
            }
        }
        for decorator in &function.decorators {
            match &decorator.kind {
                Ast::Name(name) if *name == "strict" => attributes.strict = true,
                Ast::Name(name) if *name == "fast" => attributes.fast = true,
                Ast::Name(name) if *name == "unchecked" => attributes.unchecked = true,
                Ast::Name(name) if *name == "staticmethod" && owner.is_some() => is_static = true,
                Ast::Name(name) if *name == "property" && owner.is_some() => is_property = true,
                Ast::Attribute { value, attr }
                    if attr.name == "setter"
                        && owner.is_some()
                        && matches!(&value.kind, Ast::Name(name) if *name == function.name.name) =>
                {
                    is_setter = true;
                }
                Ast::Invalid => {}
                Ast::Name(name) if *name == "classmethod" && owner.is_some() => {
                    let diagnostic = diag::not_yet(decorator.span, "`@classmethod`");
                    let help =
                        "write `@staticmethod`, without `cls`, and name the struct in the body";
                    self.report(diagnostic.help(help));
                }
                _ => {
                    let known = ["strict", "fast", "unchecked", "staticmethod", "property"];
                    let name = match &decorator.kind {
                        Ast::Name(name) => name.as_str(),
                        _ => "",
                    };
                    self.report(diag::unknown_name(decorator.span, name, known));
                }
            }
        }
        self.decls.push(FnDecl {
            ast: function,
            module,
            owner,
            name,
            is_static,
            is_property,
            is_setter,
            attributes,
            captures: Vec::new(),
            scope: FxHashMap::default(),
            outer_generics: FxHashMap::default(),
        });
        id
    }

    fn declare_struct(&mut self, module: ModuleId, item: &'a ast::Struct) {
        let id = self.add_struct_decl(module, item);
        self.insert_item(module, item.name, Item::Struct(id));
    }

    pub fn add_struct_decl(&mut self, module: ModuleId, item: &'a ast::Struct) -> StructDeclId {
        let id = StructDeclId(self.struct_decls.len() as u32);
        self.struct_decls.push(StructDecl {
            ast: item,
            module,
            methods: FxHashMap::default(),
        });
        for method in &item.methods {
            let name = format!("{}.{}", item.name.name, method.name.name);
            let decl = self.add_decl(module, method, Some(id), name);
            let key = match self.decl(decl).is_setter {
                true => setter_name(method.name.name),
                false => method.name.name,
            };
            let methods = &mut self.struct_decls[id.0 as usize].methods;
            let field = (item.fields.iter()).find(|field| field.name.name == method.name.name);
            if methods.insert(key, decl).is_some() || field.is_some() {
                let first = item
                    .methods
                    .iter()
                    .find(|other| other.name.name == method.name.name);
                let first = field
                    .map(|field| &field.name)
                    .or(first.map(|first| &first.name));
                let first = first.map_or(method.name.span, |first| first.span);
                self.report(diag::duplicate(
                    method.name.span,
                    method.name.name.as_str(),
                    first,
                ));
            }
        }
        id
    }

    /// The `comptime` names of a module, in order; `-D` overrides.
    pub fn declare_comptime(&mut self, id: ModuleId) {
        let ast = self.module(id).ast;
        let mut declared: FxHashSet<Name> = FxHashSet::default();
        for stmt in &ast.body {
            let AstStmt::Comptime(item) = &stmt.kind else {
                continue;
            };
            declared.insert(item.name.name);
            let value = self.comptime_item(id, item);
            let item_value = match value {
                Some(value) => Item::Comptime(value),
                None => Item::Poisoned,
            };
            self.insert_item(id, item.name, item_value);
        }
        if id.0 == 0 {
            for (name, text) in &self.options.defines {
                let name = Name::new(name);
                if !declared.contains(&name) && !self.module(id).items.contains_key(&name) {
                    let value = define_value(text);
                    self.modules[0]
                        .items
                        .insert(name, Item::Comptime(Comptime { value, ty: None }));
                }
            }
        }
    }

    fn comptime_item(&mut self, id: ModuleId, item: &'a ast::Comptime) -> Option<Comptime> {
        let name = item.name.name;
        let define = self
            .options
            .defines
            .iter()
            .find(|(defined, _)| *defined == name.as_str());
        let define = define.map(|(_, text)| define_value(text));
        let mut cx = FnCx::new(self, id, FuncId(u32::MAX));
        let ty = item
            .annotation
            .as_ref()
            .map(|annotation| cx.annotation(annotation));
        if let Some(value) = define {
            let Some(ty) = ty else {
                return Some(Comptime { value, ty: None });
            };
            let comptime = Comptime { value, ty: None };
            let literal = cx.comptime_literal(&comptime, item.name.span);
            let typed = cx.coerce(literal, ty);
            return match crate::interp::evaluate(cx.cx, &typed) {
                Ok(value) if typed.ty != Ty::ERROR => Some(Comptime {
                    value,
                    ty: Some(ty),
                }),
                _ => None,
            };
        }
        match (&item.value, ty) {
            (Some(expr), Some(ty)) => cx.typed_comptime(expr, ty),
            (Some(expr), None) => cx.comptime_value(expr),
            (None, _) => {
                let message = format!("`{name}` has no value");
                let help = format!("give it one: `-D {name}=…`");
                cx.report(Diagnostic::error("not-comptime", item.name.span, message).help(help));
                None
            }
        }
    }

    pub fn add_global(
        &mut self,
        module: ModuleId,
        name: Name,
        ty: Ty,
        span: mlc_diagnostics::Span,
    ) -> GlobalId {
        let id = GlobalId(self.globals.len() as u32);
        let name_here = if module.0 == 0 {
            name.as_str().to_owned()
        } else {
            let wanted = format!("{}.{name}", self.module(module).path);
            self.unique_symbol(&wanted)
        };
        self.globals.push(hir::Global {
            name: name_here,
            ty,
            span,
        });
        self.modules[module.0 as usize].globals.insert(name, id);
        id
    }
}

/// Whether two names mean the same function, type, value or module.
fn same_item(one: &Item, other: &Item) -> bool {
    match (one, other) {
        (Item::Function(one), Item::Function(other)) => one == other,
        (Item::Struct(one), Item::Struct(other)) => one == other,
        (Item::Comptime(one), Item::Comptime(other)) => one == other,
        (Item::Variable(one, name), Item::Variable(other, same)) => one == other && name == same,
        (Item::Module(one), Item::Module(other)) => one == other,
        (Item::Builtin(one), Item::Builtin(other)) => one == other,
        (Item::Math, Item::Math) => true,
        _ => false,
    }
}

/// What the setter of a property is called among the methods.
pub(crate) fn setter_name(property: Name) -> Name {
    Name::new(&format!("{property}.setter"))
}

/// The names that functions and methods take from outside.
fn mentioned_by_functions(ast: &Module) -> FxHashSet<Name> {
    let mut names = FxHashSet::default();
    for stmt in &ast.body {
        match &stmt.kind {
            AstStmt::Function(function) => names_in(function, &mut names),
            AstStmt::Struct(item) => {
                (item.methods.iter()).for_each(|method| names_in(method, &mut names));
                for default in item.fields.iter().flat_map(|field| &field.default) {
                    crate::names::mentioned_expr(default, &mut |name| {
                        names.insert(name);
                    });
                }
            }
            _ => {}
        }
    }
    names
}

fn names_in(function: &ast::Function, names: &mut FxHashSet<Name>) {
    crate::names::free_in(function, &mut |name| {
        names.insert(name);
    });
    for default in function
        .params
        .iter()
        .filter_map(|param| param.default.as_ref())
    {
        crate::names::mentioned_expr(default, &mut |name| {
            names.insert(name);
        });
    }
}

/// Where a name of the top level is defined first.
pub(crate) fn first_definition(ast: &Module, name: Name) -> Option<mlc_diagnostics::Span> {
    ast.body.iter().find_map(|stmt| match &stmt.kind {
        AstStmt::Function(function) if function.name.name == name => Some(function.name.span),
        AstStmt::Struct(item) if item.name.name == name => Some(item.name.span),
        AstStmt::Comptime(item) if item.name.name == name => Some(item.name.span),
        AstStmt::Import(_) | AstStmt::ImportFrom(_) => {
            let mut found = None;
            crate::names::bound_by(stmt, &mut |bound| {
                if bound == name {
                    found = Some(stmt.span);
                }
            });
            found
        }
        _ => None,
    })
}

/// The value of `-D NAME=text`: a literal as in Python, anything else is a string.
fn define_value(text: &str) -> ConstValue {
    match text {
        "True" | "true" => return ConstValue::Bool(true),
        "False" | "false" => return ConstValue::Bool(false),
        _ => {}
    }
    let plain = text.replace('_', "");
    if let Ok(value) = plain.parse::<i128>() {
        return ConstValue::Int(value);
    }
    if plain.chars().any(|letter| letter.is_ascii_digit())
        && let Ok(value) = plain.parse::<f64>()
    {
        return ConstValue::Float(value);
    }
    let text = text.trim_matches(|quote| quote == '"' || quote == '\'');
    ConstValue::Str(text.into())
}
