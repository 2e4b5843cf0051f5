//! The functions and structs of a module that are compiled for the types of arguments, as its text has them.

use std::collections::{BTreeSet, HashSet};

use mlc_interface::{FunctionKind, Generic, GenericMethod, GenericParam, GenericStruct, ParamKind};
use mlc_sema::is_value_param;
use mlc_syntax::{
    Module,
    ast::{Expr, Function, ImportedNames, Param, ParamKind as Written, StmtKind, Struct},
};

/// The functions at the top level that others may call.
pub(crate) fn of_module(module: &Module, text: &str) -> Vec<Generic> {
    let functions = module.body.iter().filter_map(|statement| {
        let StmtKind::Function(function) = &statement.kind else {
            return None;
        };
        let is_public = !function.name.name.as_str().starts_with('_');
        (is_public && is_generic(function)).then(|| generic(function, text))
    });
    functions.collect()
}

/// The structs at the top level that others may name, where they or methods of theirs are generic.
pub(crate) fn structs_of_module(module: &Module, text: &str) -> Vec<GenericStruct> {
    let names = names(module);
    let structs = module.body.iter().filter_map(|statement| {
        let StmtKind::Struct(item) = &statement.kind else {
            return None;
        };
        let found = of_struct(item, &names, text);
        let is_needed = !item.generics.is_empty() || !found.methods.is_empty();
        (is_needed && !item.name.name.as_str().starts_with('_')).then_some(found)
    });
    structs.collect()
}

fn of_struct(item: &Struct, names: &HashSet<&str>, text: &str) -> GenericStruct {
    let init = (item.methods.iter()).find(|method| method.name.name.as_str() == "__init__");
    let params = match init {
        Some(init) => (init.params.iter().skip(1))
            .map(|item| param(item, text))
            .collect(),
        None => (item.fields.iter())
            .map(|field| GenericParam {
                name: field.name.name.as_str().to_owned(),
                kind: ParamKind::Plain,
                annotation: Some(written(&field.annotation, text)),
                default: field.default.as_ref().map(|value| written(value, text)),
            })
            .collect(),
    };
    let construct = Generic {
        name: item.name.name.as_str().to_owned(),
        doc: item.docstring.as_ref().map(|doc| doc.text.to_string()),
        params,
    };
    let methods: Vec<_> = (item.methods.iter())
        .filter(|method| !matches!(method.name.name.as_str(), "__init__" | "__del__"))
        .map(|function| method(function, text))
        .filter(|method| {
            let is_private =
                method.function.name.starts_with('_') && !method.function.name.ends_with("__");
            !is_private && (!item.generics.is_empty() || !method.is_typed)
        })
        .collect();
    let all = (methods.iter().map(|method| &method.function)).chain([&construct]);
    let mentioned: BTreeSet<&str> = all
        .flat_map(|function| &function.params)
        .flat_map(|param| [&param.annotation, &param.default])
        .flat_map(|text| words(text.as_deref().unwrap_or_default()))
        .filter(|word| names.contains(word))
        .collect();
    let names = mentioned.into_iter().map(str::to_owned).collect();
    let parameters = item.generics.iter();
    GenericStruct {
        parameters: (parameters.map(|param| param.name.name.as_str().to_owned())).collect(),
        is_of_types: !item.generics.iter().any(is_value_param),
        has_init: init.is_some(),
        construct,
        methods,
        names,
    }
}

/// The words of a text, among which its names are.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// The names at the top level that annotations may mention.
fn names(module: &Module) -> HashSet<&str> {
    let mut names: HashSet<&str> = HashSet::new();
    for statement in &module.body {
        match &statement.kind {
            StmtKind::Struct(item) => names.extend([item.name.name.as_str()]),
            StmtKind::Comptime(item) => names.extend([item.name.name.as_str()]),
            StmtKind::ImportFrom(import) => {
                if let ImportedNames::Some(imported) = &import.names {
                    names.extend((imported.iter()).map(|item| {
                        let name = item.alias.as_ref().unwrap_or(&item.name);
                        name.name.as_str()
                    }));
                }
            }
            _ => {}
        }
    }
    names.retain(|name| !name.starts_with('_'));
    names
}

fn method(function: &Function, text: &str) -> GenericMethod {
    let decorated = |name: &str| {
        let is = |item: &&Expr| written(item, text).rsplit('.').next() == Some(name);
        function.decorators.iter().any(|item| is(&item))
    };
    let kind = if decorated("staticmethod") {
        FunctionKind::StaticMethod
    } else if decorated("property") {
        FunctionKind::Property
    } else if decorated("setter") {
        FunctionKind::Setter
    } else {
        FunctionKind::Method
    };
    let own = usize::from(kind != FunctionKind::StaticMethod);
    let untyped = |param: &Param| param.annotation.is_none();
    GenericMethod {
        kind,
        is_typed: function.generics.is_empty() && !function.params.iter().skip(own).any(untyped),
        function: generic(function, text),
    }
}

fn is_generic(function: &Function) -> bool {
    let untyped = |param: &Param| param.annotation.is_none();
    !function.generics.is_empty() || function.params.iter().any(untyped)
}

fn generic(function: &Function, text: &str) -> Generic {
    Generic {
        name: function.name.name.as_str().to_owned(),
        doc: function.docstring.as_ref().map(|doc| doc.text.to_string()),
        params: (function.params.iter())
            .map(|item| param(item, text))
            .collect(),
    }
}

fn param(item: &Param, text: &str) -> GenericParam {
    GenericParam {
        name: item.name.name.as_str().to_owned(),
        kind: match item.kind {
            Written::PositionalOnly => ParamKind::PositionalOnly,
            Written::Plain => ParamKind::Plain,
            Written::VarPositional => ParamKind::VarPositional,
            Written::KeywordOnly => ParamKind::KeywordOnly,
            Written::VarKeyword => ParamKind::VarKeyword,
        },
        annotation: item.annotation.as_ref().map(|value| written(value, text)),
        default: item.default.as_ref().map(|value| written(value, text)),
    }
}

fn written(value: &Expr, text: &str) -> String {
    let text = text.get(value.span.start as usize..value.span.end as usize);
    text.unwrap_or_default().to_owned()
}
