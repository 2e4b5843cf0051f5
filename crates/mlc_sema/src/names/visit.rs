//! The parts of statements and expressions, one level deep.

use mlc_syntax::ast;
use mlc_syntax::ast::{Expr, ExprKind, Stmt, StmtKind};

/// Calls `visit` for each direct subexpression, bodies and defaults of lambdas included.
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
        ExprKind::Lambda(item) => {
            let defaults = item.params.iter().flat_map(|param| &param.default);
            defaults.for_each(&mut *visit);
            visit(&item.body);
        }
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
pub(super) fn each_expr<'s>(stmt: &'s Stmt, visit: &mut (impl FnMut(&'s Expr) + ?Sized)) {
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
