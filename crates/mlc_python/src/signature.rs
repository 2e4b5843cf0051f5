//! What Python must know of a function to call it.

use pyo3::prelude::*;

use crate::argument::Access;
use crate::layout::Type;

/// A function that compiled code exports.
#[derive(Default)]
pub struct Signature {
    pub name: String,
    pub doc: String,
    pub params: Vec<Param>,
    /// The types of the results; several where it returns a tuple.
    pub results: Vec<Type>,
    pub returns_tuple: bool,
    /// Whether it returns a status and writes its results through pointers.
    pub raises: bool,
    /// Why it cannot be called from Python, if so.
    pub unsupported: Option<String>,
}

pub struct Param {
    pub name: String,
    pub ty: Type,
    pub access: Access,
    pub kind: Kind,
    pub default: Option<DefaultValue>,
}

/// How an argument may be given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Positional,
    PositionalOrKeyword,
    /// `*args`: all further positional arguments.
    VarPositional,
    Keyword,
    /// `**kwargs`
    VarKeyword,
}

/// A default value, as an object and as Python writes it.
pub struct DefaultValue {
    pub value: Py<PyAny>,
    pub text: String,
}

impl Signature {
    /// The docstring that CPython takes the text signature from: `name(a, /, b=1)`, a line of `--`, the text.
    pub fn builtin_doc(&self) -> String {
        let mut items: Vec<String> = Vec::new();
        let mut previous = None;
        for param in &self.params {
            if previous == Some(Kind::Positional) && param.kind != Kind::Positional {
                items.push("/".to_owned());
            }
            let starred = matches!(previous, Some(Kind::Keyword | Kind::VarPositional));
            if param.kind == Kind::Keyword && !starred {
                items.push("*".to_owned());
            }
            items.push(match (&param.default, param.kind) {
                (Some(default), _) => format!("{}={}", param.name, default.text),
                (None, Kind::VarPositional) => format!("*{}", param.name),
                (None, Kind::VarKeyword) => format!("**{}", param.name),
                (None, _) => param.name.clone(),
            });
            previous = Some(param.kind);
        }
        if previous == Some(Kind::Positional) {
            items.push("/".to_owned());
        }
        format!("{}({})\n--\n\n{}", self.name, items.join(", "), self.doc)
    }
}
