//! Functions and structs.

use std::fmt::{self, Write};

use super::Dumper;
use crate::ast::{
    ConventionKind, Expr, Field, Function, FunctionKeyword, GenericParam, Param, ParamKind, Struct,
};

impl Dumper {
    fn decorators(&mut self, decorators: &[Expr]) -> fmt::Result {
        for decorator in decorators {
            self.exprs("decorator", [decorator])?;
        }
        Ok(())
    }

    fn generics(&mut self, generics: &[GenericParam]) -> fmt::Result {
        for generic in generics {
            self.start()?;
            write!(self, "generic {}", generic.name.name)?;
            self.tail(": ", generic.bound.as_ref())?;
            self.tail(" = ", generic.default.as_ref())?;
            writeln!(self)?;
        }
        Ok(())
    }

    pub(super) fn function(&mut self, function: &Function) -> fmt::Result {
        let word = match function.keyword {
            FunctionKeyword::Fn => "fn",
            FunctionKeyword::Def => "def",
        };
        self.line(&format!("{word} {}", function.name.name))?;
        self.indent += 1;
        self.decorators(&function.decorators)?;
        self.generics(&function.generics)?;
        for param in &function.params {
            self.start()?;
            self.param(param)?;
            writeln!(self)?;
        }
        if function.raises.is_some() {
            self.line("raises")?;
        }
        if let Some(returns) = &function.returns {
            self.exprs("returns", [returns])?;
        }
        self.docstring(function.docstring.as_ref())?;
        self.stmts(&function.body)?;
        self.indent -= 1;
        Ok(())
    }

    pub(super) fn param(&mut self, param: &Param) -> fmt::Result {
        let word = match param.kind {
            ParamKind::PositionalOnly => "positional-only",
            ParamKind::Plain => "param",
            ParamKind::VarPositional => "var-positional",
            ParamKind::KeywordOnly => "keyword-only",
            ParamKind::VarKeyword => "var-keyword",
        };
        write!(self, "{word} ")?;
        if let Some(convention) = param.convention {
            let word = match convention.kind {
                ConventionKind::Borrowed => "borrowed",
                ConventionKind::Inout => "inout",
                ConventionKind::Owned => "owned",
                ConventionKind::Deinit => "deinit",
                ConventionKind::Out => "out",
            };
            write!(self, "{word} ")?;
        }
        write!(self, "{}", param.name.name)?;
        self.tail(": ", param.annotation.as_ref())?;
        self.tail(" = ", param.default.as_ref())
    }

    pub(super) fn structure(&mut self, structure: &Struct) -> fmt::Result {
        self.line(&format!("struct {}", structure.name.name))?;
        self.indent += 1;
        self.decorators(&structure.decorators)?;
        self.generics(&structure.generics)?;
        self.docstring(structure.docstring.as_ref())?;
        for constant in &structure.constants {
            self.start()?;
            write!(self, "comptime {}", constant.name.name)?;
            self.tail(": ", constant.annotation.as_ref())?;
            self.tail(" = ", constant.value.as_ref())?;
            writeln!(self)?;
        }
        for field in &structure.fields {
            self.field(field)?;
        }
        for method in &structure.methods {
            self.function(method)?;
        }
        self.indent -= 1;
        Ok(())
    }

    fn field(&mut self, field: &Field) -> fmt::Result {
        self.start()?;
        write!(self, "field {}: ", field.name.name)?;
        self.expr(&field.annotation)?;
        self.tail(" = ", field.default.as_ref())?;
        writeln!(self)
    }
}
