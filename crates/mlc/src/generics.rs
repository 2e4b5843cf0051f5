//! The functions of a module that are compiled for the types of their arguments, as their text has them.

use mlc_interface::{Generic, GenericParam, ParamKind};
use mlc_syntax::{
    Module,
    ast::{Function, Param, ParamKind as Written, StmtKind},
};

/// Those at the top level that others may call; of several with one name the last.
pub(crate) fn of_module(module: &Module, text: &str) -> Vec<Generic> {
    let mut found: Vec<Generic> = Vec::new();
    for statement in &module.body {
        let StmtKind::Function(function) = &statement.kind else {
            continue;
        };
        let name = function.name.name.as_str();
        found.retain(|other| other.name != name);
        if is_generic(function) && !name.starts_with('_') {
            found.push(Generic {
                name: name.to_owned(),
                doc: function.docstring.as_ref().map(|doc| doc.text.to_string()),
                params: (function.params.iter())
                    .map(|item| param(item, text))
                    .collect(),
            });
        }
    }
    found
}

fn is_generic(function: &Function) -> bool {
    let untyped = |param: &Param| param.annotation.is_none();
    !function.generics.is_empty() || function.params.iter().any(untyped)
}

fn param(item: &Param, text: &str) -> GenericParam {
    let written = |start: u32, end: u32| text.get(start as usize..end as usize);
    GenericParam {
        name: item.name.name.as_str().to_owned(),
        kind: match item.kind {
            Written::PositionalOnly => ParamKind::PositionalOnly,
            Written::Plain => ParamKind::Plain,
            Written::VarPositional => ParamKind::VarPositional,
            Written::KeywordOnly => ParamKind::KeywordOnly,
            Written::VarKeyword => ParamKind::VarKeyword,
        },
        default: item.default.as_ref().map(|value| {
            let text = written(value.span.start, value.span.end);
            text.unwrap_or_default().to_owned()
        }),
    }
}
