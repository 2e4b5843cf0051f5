//! Expressions in prefix form.

use std::fmt::{self, Write};

use super::Dumper;
use crate::ast::{
    Arg, ArgKind, Comprehension, ComprehensionKind, Conversion, DictItem, Expr, ExprKind, Extent,
    FStringPart, Slice,
};

impl Dumper {
    /// `(word a b …)`
    fn form<'a>(&mut self, word: &str, exprs: impl IntoIterator<Item = &'a Expr>) -> fmt::Result {
        write!(self, "({word}")?;
        for expr in exprs {
            write!(self, " ")?;
            self.expr(expr)?;
        }
        write!(self, ")")
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> fmt::Result {
        match &expr.kind {
            ExprKind::Name(name) => write!(self, "{name}"),
            ExprKind::Int(value) => write!(self, "{value}"),
            ExprKind::Float(value) => write!(self, "{value:?}"),
            ExprKind::Imaginary(value) => write!(self, "{value:?}j"),
            ExprKind::Str(text) => write!(self, "{text:?}"),
            ExprKind::FString(parts) => {
                write!(self, "(fstring")?;
                self.fstring_parts(parts)?;
                write!(self, ")")
            }
            ExprKind::Bool(true) => write!(self, "True"),
            ExprKind::Bool(false) => write!(self, "False"),
            ExprKind::None => write!(self, "None"),
            ExprKind::Ellipsis => write!(self, "..."),
            ExprKind::Tuple(items) => self.form("tuple", items),
            ExprKind::List(items) => self.form("list", items),
            ExprKind::Progression(p) => self.form("progression", [&p.first, &p.second, &p.last]),
            ExprKind::Set(items) => self.form("set", items),
            ExprKind::Dict(items) => {
                write!(self, "(dict")?;
                for item in items {
                    write!(self, " ")?;
                    match item {
                        DictItem::Pair(key, value) => self.form("pair", [key, value])?,
                        DictItem::Unpack(value) => self.form("**", [value])?,
                    }
                }
                write!(self, ")")
            }
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension),
            ExprKind::Unary { op, operand } => self.form(op.as_str(), [operand.as_ref()]),
            ExprKind::Binary { op, left, right } => {
                self.form(op.as_str(), [left.as_ref(), right.as_ref()])
            }
            ExprKind::Logical { op, values } => self.form(op.as_str(), values),
            ExprKind::Compare { left, rest } => {
                write!(self, "(compare ")?;
                self.expr(left)?;
                for (op, right) in rest {
                    write!(self, " {} ", op.as_str())?;
                    self.expr(right)?;
                }
                write!(self, ")")
            }
            ExprKind::IfElse(parts) => {
                self.form("if-else", [&parts.test, &parts.body, &parts.orelse])
            }
            ExprKind::Lambda(lambda) => {
                write!(self, "(lambda (")?;
                for (index, param) in lambda.params.iter().enumerate() {
                    write!(self, "{}", if index > 0 { ", " } else { "" })?;
                    self.param(param)?;
                }
                write!(self, ") ")?;
                self.expr(&lambda.body)?;
                write!(self, ")")
            }
            ExprKind::Named { target, value } => {
                self.form(&format!(":= {}", target.name), [value.as_ref()])
            }
            ExprKind::Call { function, args } => {
                write!(self, "(call ")?;
                self.expr(function)?;
                for arg in args {
                    write!(self, " ")?;
                    self.arg(arg)?;
                }
                write!(self, ")")
            }
            ExprKind::Attribute { value, attr } => {
                write!(self, "(. ")?;
                self.expr(value)?;
                write!(self, " {})", attr.name)
            }
            ExprKind::Subscript { value, index } => {
                self.form("index", [value.as_ref(), index.as_ref()])
            }
            ExprKind::Slice(slice) => self.slice(slice),
            ExprKind::Starred(value) => self.form("*", [value.as_ref()]),
            ExprKind::Transfer(value) => self.form("transfer", [value.as_ref()]),
            ExprKind::Optional(value) => self.form("optional", [value.as_ref()]),
            ExprKind::ArrayType { element, extents } => {
                write!(self, "(array ")?;
                self.expr(element)?;
                for extent in extents {
                    write!(self, " ")?;
                    match extent {
                        Extent::Dynamic(_) => write!(self, "_")?,
                        Extent::Value(value) => self.expr(value)?,
                    }
                }
                write!(self, ")")
            }
            ExprKind::Invalid => write!(self, "(invalid)"),
        }
    }

    fn arg(&mut self, arg: &Arg) -> fmt::Result {
        match arg.kind {
            ArgKind::Positional => self.expr(&arg.value),
            ArgKind::Keyword(name) => self.form(&format!("= {}", name.name), [&arg.value]),
            ArgKind::Star => self.form("*", [&arg.value]),
            ArgKind::DoubleStar => self.form("**", [&arg.value]),
        }
    }

    fn slice(&mut self, slice: &Slice) -> fmt::Result {
        write!(self, "(slice")?;
        for part in [&slice.lower, &slice.upper, &slice.step] {
            write!(self, " ")?;
            match part {
                Some(part) => self.expr(part)?,
                None => write!(self, "_")?,
            }
        }
        write!(self, ")")
    }

    fn comprehension(&mut self, comprehension: &Comprehension) -> fmt::Result {
        let word = match &comprehension.kind {
            ComprehensionKind::List => "list-for",
            ComprehensionKind::Set => "set-for",
            ComprehensionKind::Dict { .. } => "dict-for",
            ComprehensionKind::Generator => "generator",
        };
        write!(self, "({word} ")?;
        if let ComprehensionKind::Dict { key } = &comprehension.kind {
            self.expr(key)?;
            write!(self, ": ")?;
        }
        self.expr(&comprehension.element)?;
        for clause in &comprehension.clauses {
            write!(self, " for ")?;
            self.expr(&clause.target)?;
            write!(self, " in ")?;
            self.expr(&clause.iter)?;
            for condition in &clause.conditions {
                write!(self, " if ")?;
                self.expr(condition)?;
            }
        }
        write!(self, ")")
    }

    fn fstring_parts(&mut self, parts: &[FStringPart]) -> fmt::Result {
        for part in parts {
            match part {
                FStringPart::Text(text) => write!(self, " {text:?}")?,
                FStringPart::Value(value) => {
                    write!(self, " (value ")?;
                    if let Some(debug) = &value.debug {
                        write!(self, "{debug:?} ")?;
                    }
                    self.expr(&value.value)?;
                    match value.conversion {
                        None => {}
                        Some(Conversion::Str) => write!(self, " !s")?,
                        Some(Conversion::Repr) => write!(self, " !r")?,
                        Some(Conversion::Ascii) => write!(self, " !a")?,
                    }
                    if !value.spec.is_empty() {
                        write!(self, " :")?;
                        self.fstring_parts(&value.spec)?;
                    }
                    write!(self, ")")?;
                }
            }
        }
        Ok(())
    }
}
