//! Structs: a block whose statements are fields, methods and constants.

use mlc_diagnostics::{Diagnostic, Span};

use super::{Parsed, Parser, take_docstring};
use crate::ast::{Declare, Expr, ExprKind, Field, Ident, Stmt, StmtKind, Struct};
use crate::token::TokenKind;

impl Parser<'_> {
    /// At `struct`.
    pub(super) fn structure(&mut self, decorators: Vec<Expr>) -> Parsed<StmtKind> {
        let start = self.start();
        self.bump();
        let name = self.ident("a struct's name")?;
        let generics = self.generics()?;
        let signature = self.span_from(start);
        if self.at(TokenKind::LeftParen) {
            return Err(self.unsupported(
                "inheritance",
                "give the struct a field of the other type instead",
            ));
        }
        let mut body = self.block("this struct")?;
        self.imports += usize::from(!generics.is_empty());
        let mut structure = Struct {
            decorators,
            name,
            generics,
            docstring: take_docstring(&mut body),
            fields: Vec::new(),
            methods: Vec::new(),
            constants: Vec::new(),
            signature,
        };
        for stmt in body {
            self.member(stmt, &mut structure);
        }
        Ok(StmtKind::Struct(Box::new(structure)))
    }

    fn member(&mut self, stmt: Stmt, structure: &mut Struct) {
        let span = stmt.span;
        match stmt.kind {
            StmtKind::Function(function) => structure.methods.push(*function),
            StmtKind::Comptime(constant) => structure.constants.push(*constant),
            StmtKind::Declare(declare) => {
                if let Some(field) = self.field(*declare, span) {
                    structure.fields.push(field);
                }
            }
            // A string may document the field above it, as in Python.
            StmtKind::Pass
            | StmtKind::Invalid { .. }
            | StmtKind::Expr(Expr {
                kind: ExprKind::Str(_) | ExprKind::Ellipsis,
                ..
            }) => {}
            StmtKind::Assign { targets, .. } if matches!(targets[0].kind, ExprKind::Name(_)) => {
                let place = targets[0].span;
                self.report_and_go_on(
                    Diagnostic::error("invalid-member", place, "a field needs a type")
                        .help("write `name: T = value`, or `comptime NAME = value` for a constant"),
                );
            }
            _ => self.report_and_go_on(
                Diagnostic::error(
                    "invalid-member",
                    span,
                    "only fields, methods and `comptime` constants can stand in a struct",
                )
                .help("move the statement into a method"),
            ),
        }
    }

    fn field(&mut self, declare: Declare, span: Span) -> Option<Field> {
        let ExprKind::Name(name) = declare.target.kind else {
            self.report_and_go_on(Diagnostic::error(
                "invalid-member",
                declare.target.span,
                "a field is declared as `name: T`",
            ));
            return None;
        };
        let Some(annotation) = declare.annotation else {
            self.report_and_go_on(
                Diagnostic::error(
                    "invalid-member",
                    declare.target.span,
                    "a field needs a type",
                )
                .help(format!("write `var {name}: T`")),
            );
            return None;
        };
        Some(Field {
            name: Ident {
                name,
                span: declare.target.span,
            },
            annotation,
            default: declare.value,
            span,
        })
    }
}
