//! `--emit ast`: the tree as indented text, a statement a line, expressions in prefix form.
//!
//! The text is for reading and for tests; it says everything that the tree holds but spans.

mod expr;
mod item;
mod pattern;

use std::fmt::{self, Write};

use crate::ast::{
    Branch, Declare, Docstring, Expr, For, ForKind, Ident, ImportFrom, ImportedNames, Match,
    Module, Stmt, StmtKind, Try,
};

/// The whole module, ended by a line end.
pub fn dump(module: &Module) -> String {
    let mut dumper = Dumper {
        out: String::new(),
        indent: 0,
    };
    // Writing to a string does not fail.
    let _ = dumper.module(module);
    dumper.out
}

struct Dumper {
    out: String,
    indent: usize,
}

impl Write for Dumper {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.out.write_str(text)
    }
}

impl Dumper {
    fn module(&mut self, module: &Module) -> fmt::Result {
        self.line("module")?;
        self.indent += 1;
        self.docstring(module.docstring.as_ref())?;
        self.stmts(&module.body)
    }

    fn line(&mut self, text: &str) -> fmt::Result {
        self.start()?;
        writeln!(self, "{text}")
    }

    fn start(&mut self) -> fmt::Result {
        write!(self, "{:1$}", "", self.indent * 2)
    }

    fn docstring(&mut self, docstring: Option<&Docstring>) -> fmt::Result {
        match docstring {
            Some(docstring) => {
                self.start()?;
                writeln!(self, "docstring {:?}", docstring.text)
            }
            None => Ok(()),
        }
    }

    fn stmts(&mut self, stmts: &[Stmt]) -> fmt::Result {
        stmts.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    /// A headline and the statements below it.
    fn block(&mut self, headline: &str, body: &[Stmt]) -> fmt::Result {
        self.line(headline)?;
        self.indented(body)
    }

    fn indented(&mut self, body: &[Stmt]) -> fmt::Result {
        self.indent += 1;
        self.stmts(body)?;
        self.indent -= 1;
        Ok(())
    }

    fn clause(&mut self, headline: &str, body: &[Stmt]) -> fmt::Result {
        if body.is_empty() {
            return Ok(());
        }
        self.block(headline, body)
    }

    /// A word and expressions on one line.
    fn exprs<'a>(&mut self, word: &str, exprs: impl IntoIterator<Item = &'a Expr>) -> fmt::Result {
        self.start()?;
        write!(self, "{word}")?;
        for expr in exprs {
            write!(self, " ")?;
            self.expr(expr)?;
        }
        writeln!(self)
    }

    fn names(&mut self, word: &str, names: &[Ident]) -> fmt::Result {
        self.start()?;
        write!(self, "{word}")?;
        for name in names {
            write!(self, " {}", name.name)?;
        }
        writeln!(self)
    }

    fn stmt(&mut self, stmt: &Stmt) -> fmt::Result {
        match &stmt.kind {
            StmtKind::Function(function) => self.function(function),
            StmtKind::Struct(structure) => self.structure(structure),
            StmtKind::Return(value) => self.exprs("return", value),
            StmtKind::Delete(targets) => self.exprs("del", targets),
            StmtKind::Assign { targets, value } => {
                self.exprs("assign", targets.iter().chain([value]))
            }
            StmtKind::AugAssign { target, op, value } => {
                self.exprs(&format!("update {}=", op.as_str()), [target, value])
            }
            StmtKind::Declare(declare) => self.declare(declare),
            StmtKind::Comptime(constant) => {
                self.start()?;
                write!(self, "comptime {}", constant.name.name)?;
                self.tail(": ", constant.annotation.as_ref())?;
                self.tail(" = ", constant.value.as_ref())?;
                writeln!(self)
            }
            StmtKind::Atomic(update) => {
                self.line("atomic")?;
                self.indented(std::slice::from_ref(update))
            }
            StmtKind::For(for_) => self.for_(for_),
            StmtKind::While { test, body, orelse } => {
                self.exprs("while", [test])?;
                self.indented(body)?;
                self.clause("else", orelse)
            }
            StmtKind::If(if_) => {
                let word = if if_.comptime { "comptime-if" } else { "if" };
                for (index, Branch { test, body }) in if_.branches.iter().enumerate() {
                    self.exprs(if index == 0 { word } else { "elif" }, [test])?;
                    self.indented(body)?;
                }
                self.clause("else", &if_.orelse)
            }
            StmtKind::With(with) => {
                self.start()?;
                write!(self, "with")?;
                for item in &with.items {
                    write!(self, " ")?;
                    self.expr(&item.context)?;
                    self.tail(" as ", item.target.as_ref())?;
                }
                writeln!(self)?;
                self.indented(&with.body)
            }
            StmtKind::Match(match_) => self.match_(match_),
            StmtKind::Raise { exception, cause } => {
                self.start()?;
                write!(self, "raise")?;
                self.tail(" ", exception.as_ref())?;
                self.tail(" from ", cause.as_ref())?;
                writeln!(self)
            }
            StmtKind::Try(try_) => self.try_(try_),
            StmtKind::Assert {
                comptime,
                test,
                message,
            } => {
                let word = if *comptime {
                    "comptime-assert"
                } else {
                    "assert"
                };
                self.exprs(word, std::iter::once(test).chain(message))
            }
            StmtKind::Import(modules) => {
                self.start()?;
                write!(self, "import")?;
                for module in modules {
                    write!(self, " ")?;
                    self.path(&module.path)?;
                    self.alias(module.alias)?;
                }
                writeln!(self)
            }
            StmtKind::ImportFrom(import) => self.import_from(import),
            StmtKind::Global(names) => self.names("global", names),
            StmtKind::Nonlocal(names) => self.names("nonlocal", names),
            StmtKind::Expr(value) => self.exprs("expr", [value]),
            StmtKind::Pass => self.line("pass"),
            StmtKind::Break => self.line("break"),
            StmtKind::Continue => self.line("continue"),
            StmtKind::Invalid { names } => {
                let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
                self.line(&format!("invalid {}", names.join(" ")))
            }
        }
    }

    /// `prefix` and an expression, if it is there.
    fn tail(&mut self, prefix: &str, expr: Option<&Expr>) -> fmt::Result {
        match expr {
            Some(expr) => {
                write!(self, "{prefix}")?;
                self.expr(expr)
            }
            None => Ok(()),
        }
    }

    fn declare(&mut self, declare: &Declare) -> fmt::Result {
        self.start()?;
        write!(self, "{} ", if declare.var { "var" } else { "declare" })?;
        self.expr(&declare.target)?;
        self.tail(": ", declare.annotation.as_ref())?;
        self.tail(" = ", declare.value.as_ref())?;
        writeln!(self)
    }

    fn for_(&mut self, for_: &For) -> fmt::Result {
        self.start()?;
        write!(
            self,
            "{}",
            match for_.kind {
                ForKind::Serial => "for",
                ForKind::Parallel => "parallel-for",
                ForKind::Comptime => "comptime-for",
            }
        )?;
        for axis in &for_.axes {
            write!(self, " ")?;
            self.expr(&axis.target)?;
            write!(self, " in ")?;
            self.expr(&axis.iter)?;
        }
        writeln!(self)?;
        self.indented(&for_.body)?;
        self.clause("else", &for_.orelse)
    }

    fn match_(&mut self, match_: &Match) -> fmt::Result {
        self.exprs("match", [&match_.subject])?;
        self.indent += 1;
        for case in &match_.cases {
            self.start()?;
            write!(self, "case ")?;
            self.pattern(&case.pattern)?;
            self.tail(" if ", case.guard.as_ref())?;
            writeln!(self)?;
            self.indented(&case.body)?;
        }
        self.indent -= 1;
        Ok(())
    }

    fn try_(&mut self, try_: &Try) -> fmt::Result {
        self.block("try", &try_.body)?;
        for handler in &try_.handlers {
            self.start()?;
            write!(self, "except")?;
            self.tail(" ", handler.exception.as_ref())?;
            self.alias(handler.name)?;
            writeln!(self)?;
            self.indented(&handler.body)?;
        }
        self.clause("else", &try_.orelse)?;
        self.clause("finally", &try_.finally)
    }

    fn path(&mut self, path: &[Ident]) -> fmt::Result {
        for (index, part) in path.iter().enumerate() {
            write!(self, "{}{}", if index > 0 { "." } else { "" }, part.name)?;
        }
        Ok(())
    }

    fn alias(&mut self, alias: Option<Ident>) -> fmt::Result {
        match alias {
            Some(alias) => write!(self, " as {}", alias.name),
            None => Ok(()),
        }
    }

    fn import_from(&mut self, import: &ImportFrom) -> fmt::Result {
        self.start()?;
        write!(self, "from {}", ".".repeat(import.level as usize))?;
        self.path(&import.path)?;
        write!(self, " import")?;
        match &import.names {
            ImportedNames::All(_) => write!(self, " *")?,
            ImportedNames::Some(names) => {
                for name in names {
                    write!(self, " {}", name.name.name)?;
                    self.alias(name.alias)?;
                }
            }
        }
        writeln!(self)
    }
}
