//! Which names a piece of syntax binds or mentions, and which names are always known.

use mlc_syntax::ast::{Expr, ExprKind, Stmt, StmtKind};
use mlc_syntax::{Name, ast};
use rustc_hash::FxHashSet;

/// Functions and types that need no import.
pub(crate) const BUILTINS: &[&str] = &[
    "len",
    "range",
    "min",
    "max",
    "abs",
    "sum",
    "any",
    "all",
    "zip",
    "enumerate",
    "reversed",
    "sorted",
    "print",
    "round",
    "divmod",
    "pow",
    "copy",
    "isinstance",
    "ord",
    "chr",
    "repr",
    "hex",
    "bin",
    "oct",
    "format",
    "int",
    "float",
    "bool",
    "str",
    "list",
    "tuple",
    "map",
    "filter",
    "zeros",
    "ones",
    "full",
    "empty",
    "arange",
    "linspace",
    "eye",
    "where",
    "zeros_like",
    "ones_like",
    "empty_like",
    "full_like",
    "dot",
    "Int",
    "UInt",
    "Bool",
    "String",
    "i8",
    "i16",
    "i32",
    "i64",
    "u8",
    "u16",
    "u32",
    "u64",
    "f16",
    "bf16",
    "f32",
    "f64",
    "c64",
    "c128",
    "complex",
    "SIMD",
    "exp",
    "log",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "tanh",
    "erf",
    "floor",
    "ceil",
];

/// Calls `found` for every name that the statement binds in its scope, at any depth of blocks.
pub(crate) fn bound_by(stmt: &Stmt, found: &mut dyn FnMut(Name)) {
    match &stmt.kind {
        StmtKind::Function(function) => found(function.name.name),
        StmtKind::Struct(item) => found(item.name.name),
        StmtKind::Assign { targets, value } => {
            targets
                .iter()
                .for_each(|target| target_names(target, found));
            walrus(value, found);
        }
        StmtKind::AugAssign { target, value, .. } => {
            target_names(target, found);
            walrus(value, found);
        }
        StmtKind::Declare(declare) => {
            target_names(&declare.target, found);
            if let Some(value) = &declare.value {
                walrus(value, found);
            }
        }
        StmtKind::Comptime(item) => found(item.name.name),
        StmtKind::Atomic(inner) => bound_by(inner, found),
        StmtKind::For(item) => {
            for axis in &item.axes {
                target_names(&axis.target, found);
                walrus(&axis.iter, found);
            }
            blocks(&[&item.body, &item.orelse], found);
        }
        StmtKind::While { test, body, orelse } => {
            walrus(test, found);
            blocks(&[body, orelse], found);
        }
        StmtKind::If(item) => {
            for branch in &item.branches {
                walrus(&branch.test, found);
                blocks(&[&branch.body], found);
            }
            blocks(&[&item.orelse], found);
        }
        StmtKind::With(item) => {
            for target in item.items.iter().filter_map(|item| item.target.as_ref()) {
                target_names(target, found);
            }
            blocks(&[&item.body], found);
        }
        StmtKind::Match(item) => {
            for case in &item.cases {
                blocks(&[&case.body], found);
            }
        }
        StmtKind::Try(item) => {
            blocks(&[&item.body, &item.orelse, &item.finally], found);
            for handler in &item.handlers {
                if let Some(name) = handler.name {
                    found(name.name);
                }
                blocks(&[&handler.body], found);
            }
        }
        StmtKind::Import(modules) => {
            for module in modules {
                if let Some(name) = module.alias.or(module.path.first().copied()) {
                    found(name.name);
                }
            }
        }
        StmtKind::ImportFrom(import) => {
            if let ast::ImportedNames::Some(names) = &import.names {
                for name in names {
                    found(name.alias.unwrap_or(name.name).name);
                }
            }
        }
        StmtKind::Expr(value) | StmtKind::Return(Some(value)) => walrus(value, found),
        StmtKind::Assert { test, .. } => walrus(test, found),
        StmtKind::Invalid { names } => names.iter().for_each(|name| found(*name)),
        StmtKind::Return(None)
        | StmtKind::Delete(_)
        | StmtKind::Raise { .. }
        | StmtKind::Global(_)
        | StmtKind::Nonlocal(_)
        | StmtKind::Pass
        | StmtKind::Break
        | StmtKind::Continue => {}
    }
}

fn blocks(blocks: &[&Vec<Stmt>], found: &mut dyn FnMut(Name)) {
    for stmt in blocks.iter().flat_map(|block| block.iter()) {
        bound_by(stmt, found);
    }
}

/// The names in an assignment target; `a[i]` and `a.b` bind nothing.
pub(crate) fn target_names(target: &Expr, found: &mut (impl FnMut(Name) + ?Sized)) {
    match &target.kind {
        ExprKind::Name(name) => found(*name),
        ExprKind::Tuple(items) | ExprKind::List(items) => {
            items.iter().for_each(|item| target_names(item, found));
        }
        ExprKind::Starred(inner) => target_names(inner, found),
        _ => {}
    }
}

/// The targets of `:=` in an expression (comprehensions bind theirs outside, as in Python).
fn walrus(expr: &Expr, found: &mut dyn FnMut(Name)) {
    if let ExprKind::Named { target, .. } = &expr.kind {
        found(target.name);
    }
    for_each_child(expr, &mut |child| walrus(child, found));
}

/// Calls `visit` for each direct subexpression, bodies of lambdas included.
pub(crate) fn for_each_child<'e>(expr: &'e Expr, visit: &mut (impl FnMut(&'e Expr) + ?Sized)) {
    match &expr.kind {
        ExprKind::Name(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Imaginary(_)
        | ExprKind::Str(_)
        | ExprKind::Bool(_)
        | ExprKind::None
        | ExprKind::Ellipsis
        | ExprKind::Invalid => {}
        ExprKind::FString(parts) => parts.iter().for_each(|part| f_string_part(part, visit)),
        ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Set(items) => {
            items.iter().for_each(visit)
        }
        ExprKind::Progression(item) => [&item.first, &item.second, &item.last]
            .into_iter()
            .for_each(visit),
        ExprKind::Dict(items) => {
            for item in items {
                match item {
                    ast::DictItem::Pair(key, value) => {
                        visit(key);
                        visit(value);
                    }
                    ast::DictItem::Unpack(value) => visit(value),
                }
            }
        }
        ExprKind::Comprehension(item) => {
            for clause in &item.clauses {
                visit(&clause.target);
                visit(&clause.iter);
                clause.conditions.iter().for_each(&mut *visit);
            }
            if let ast::ComprehensionKind::Dict { key } = &item.kind {
                visit(key);
            }
            visit(&item.element);
        }
        ExprKind::Unary { operand, .. } => visit(operand),
        ExprKind::Binary { left, right, .. } => {
            visit(left);
            visit(right);
        }
        ExprKind::Logical { values, .. } => values.iter().for_each(visit),
        ExprKind::Compare { left, rest } => {
            visit(left);
            rest.iter().for_each(|(_, value)| visit(value));
        }
        ExprKind::IfElse(item) => [&item.test, &item.body, &item.orelse]
            .into_iter()
            .for_each(visit),
        ExprKind::Lambda(item) => visit(&item.body),
        ExprKind::Named { value, .. } => visit(value),
        ExprKind::Call { function, args } => {
            visit(function);
            args.iter().for_each(|arg| visit(&arg.value));
        }
        ExprKind::Attribute { value, .. } => visit(value),
        ExprKind::Subscript { value, index } => {
            visit(value);
            visit(index);
        }
        ExprKind::Slice(slice) => {
            for part in [&slice.lower, &slice.upper, &slice.step]
                .into_iter()
                .flatten()
            {
                visit(part);
            }
        }
        ExprKind::Starred(value) | ExprKind::Transfer(value) | ExprKind::Optional(value) => {
            visit(value)
        }
        ExprKind::ArrayType { element, extents } => {
            visit(element);
            for extent in extents {
                if let ast::Extent::Value(value) = extent {
                    visit(value);
                }
            }
        }
    }
}

fn f_string_part<'e>(part: &'e ast::FStringPart, visit: &mut (impl FnMut(&'e Expr) + ?Sized)) {
    if let ast::FStringPart::Value(value) = part {
        visit(&value.value);
        value
            .spec
            .iter()
            .for_each(|part| f_string_part(part, visit));
    }
}

/// Calls `found` for every name that a function takes from outside: mentioned in its body, nested functions
/// included, and neither a parameter nor bound there, unless `global` or `nonlocal` says that it is another's.
pub(crate) fn free_in(function: &ast::Function, found: &mut dyn FnMut(Name)) {
    let mut bound: FxHashSet<Name> = function
        .params
        .iter()
        .map(|param| param.name.name)
        .collect();
    for stmt in &function.body {
        bound_by(stmt, &mut |name| {
            bound.insert(name);
        });
    }
    for stmt in &function.body {
        declared_elsewhere(stmt, &mut |name| {
            bound.remove(&name);
        });
    }
    mentioned_in(&function.body, &mut |name| {
        if !bound.contains(&name) {
            found(name);
        }
    });
}

/// The names that `global` and `nonlocal` declare, at any depth of blocks.
fn declared_elsewhere(stmt: &Stmt, found: &mut dyn FnMut(Name)) {
    if let StmtKind::Global(names) | StmtKind::Nonlocal(names) = &stmt.kind {
        names.iter().for_each(|name| found(name.name));
    }
    if !matches!(stmt.kind, StmtKind::Function(_) | StmtKind::Struct(_)) {
        each_block(stmt, &mut |block| {
            block
                .iter()
                .for_each(|stmt| declared_elsewhere(stmt, found));
        });
    }
}

fn mentioned_in(body: &[Stmt], found: &mut dyn FnMut(Name)) {
    for stmt in body {
        mentioned(stmt, found);
    }
}

fn mentioned(stmt: &Stmt, found: &mut dyn FnMut(Name)) {
    each_expr(stmt, &mut |expr| mentioned_expr(expr, found));
    match &stmt.kind {
        StmtKind::Function(function) => free_in(function, found),
        _ => each_block(stmt, &mut |block| mentioned_in(block, found)),
    }
    if let StmtKind::Global(names) | StmtKind::Nonlocal(names) = &stmt.kind {
        names.iter().for_each(|name| found(name.name));
    }
}

/// Calls `found` for every name that an expression takes from outside: not those that its comprehensions and
/// lambdas bind for themselves.
pub(crate) fn mentioned_expr(expr: &Expr, found: &mut dyn FnMut(Name)) {
    let mut own: FxHashSet<Name> = FxHashSet::default();
    match &expr.kind {
        ExprKind::Name(name) => found(*name),
        ExprKind::Comprehension(item) => {
            for clause in &item.clauses {
                target_names(&clause.target, &mut |name| {
                    own.insert(name);
                });
            }
        }
        ExprKind::Lambda(item) => own.extend(item.params.iter().map(|param| param.name.name)),
        _ => return for_each_child(expr, &mut |child| mentioned_expr(child, found)),
    }
    for_each_child(expr, &mut |child| {
        mentioned_expr(child, &mut |name| {
            if !own.contains(&name) {
                found(name);
            }
        });
    });
}

/// The names that `nonlocal` declares, at any depth of blocks.
pub(crate) fn nonlocals(stmt: &Stmt, found: &mut dyn FnMut(Name)) {
    if let StmtKind::Nonlocal(names) = &stmt.kind {
        names.iter().for_each(|name| found(name.name));
    }
    if !matches!(stmt.kind, StmtKind::Function(_) | StmtKind::Struct(_)) {
        each_block(stmt, &mut |block| {
            block.iter().for_each(|stmt| nonlocals(stmt, found));
        });
    }
}

/// Calls `visit` for each block directly in the statement.
pub(crate) fn each_block<'s>(stmt: &'s Stmt, visit: &mut (impl FnMut(&'s [Stmt]) + ?Sized)) {
    match &stmt.kind {
        StmtKind::Function(function) => visit(&function.body),
        StmtKind::Struct(item) => item.methods.iter().for_each(|method| visit(&method.body)),
        StmtKind::For(item) => {
            visit(&item.body);
            visit(&item.orelse);
        }
        StmtKind::While { body, orelse, .. } => {
            visit(body);
            visit(orelse);
        }
        StmtKind::If(item) => {
            item.branches.iter().for_each(|branch| visit(&branch.body));
            visit(&item.orelse);
        }
        StmtKind::With(item) => visit(&item.body),
        StmtKind::Match(item) => item.cases.iter().for_each(|case| visit(&case.body)),
        StmtKind::Try(item) => {
            visit(&item.body);
            item.handlers
                .iter()
                .for_each(|handler| visit(&handler.body));
            visit(&item.orelse);
            visit(&item.finally);
        }
        StmtKind::Atomic(inner) => visit(std::slice::from_ref(&**inner)),
        _ => {}
    }
}

/// Calls `visit` for each expression directly in the statement.
fn each_expr<'s>(stmt: &'s Stmt, visit: &mut (impl FnMut(&'s Expr) + ?Sized)) {
    match &stmt.kind {
        StmtKind::Return(Some(value)) | StmtKind::Expr(value) => visit(value),
        StmtKind::Delete(values) => values.iter().for_each(visit),
        StmtKind::Assign { targets, value } => {
            targets.iter().for_each(&mut *visit);
            visit(value);
        }
        StmtKind::AugAssign { target, value, .. } => {
            visit(target);
            visit(value);
        }
        StmtKind::Declare(declare) => {
            visit(&declare.target);
            declare
                .annotation
                .iter()
                .chain(&declare.value)
                .for_each(visit);
        }
        StmtKind::Comptime(item) => item.annotation.iter().chain(&item.value).for_each(visit),
        StmtKind::For(item) => {
            for axis in &item.axes {
                visit(&axis.target);
                visit(&axis.iter);
            }
        }
        StmtKind::While { test, .. } => visit(test),
        StmtKind::If(item) => item.branches.iter().for_each(|branch| visit(&branch.test)),
        StmtKind::With(item) => item.items.iter().for_each(|item| visit(&item.context)),
        StmtKind::Match(item) => visit(&item.subject),
        StmtKind::Raise { exception, cause } => exception.iter().chain(cause).for_each(visit),
        StmtKind::Try(item) => {
            item.handlers
                .iter()
                .filter_map(|handler| handler.exception.as_ref())
                .for_each(visit);
        }
        StmtKind::Assert { test, message, .. } => {
            visit(test);
            message.iter().for_each(visit);
        }
        StmtKind::Function(function) => {
            for param in &function.params {
                param
                    .annotation
                    .iter()
                    .chain(&param.default)
                    .for_each(&mut *visit);
            }
        }
        _ => {}
    }
}

/// Whether a `return` with a value stands anywhere in a body, not counting nested functions.
pub(crate) fn returns_value(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| {
        let mut found = matches!(stmt.kind, StmtKind::Return(Some(_)));
        if !matches!(stmt.kind, StmtKind::Function(_) | StmtKind::Struct(_)) {
            each_block(stmt, &mut |block| found |= returns_value(block));
        }
        found
    })
}

/// Whether a name is called anywhere in a body.
pub(crate) fn is_called(body: &[Stmt], name: Name) -> bool {
    fn in_expr(expr: &Expr, name: Name) -> bool {
        let mut found = matches!(
            &expr.kind,
            ExprKind::Call { function, .. } if matches!(&function.kind, ExprKind::Name(called) if *called == name)
        );
        for_each_child(expr, &mut |child| found |= in_expr(child, name));
        found
    }
    body.iter().any(|stmt| {
        let mut found = false;
        each_expr(stmt, &mut |expr| found |= in_expr(expr, name));
        each_block(stmt, &mut |block| found |= is_called(block, name));
        found
    })
}
