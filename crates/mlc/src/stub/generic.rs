//! What is compiled for the types of arguments: what it takes and gives is known where it is used.

use std::fmt::Write as _;

use mlc_interface::{FunctionKind, Generic, GenericStruct, ParamKind, Struct};

use super::{Stub, body, docstring, is_public, separator, star};

impl Stub<'_> {
    /// A function; `kind` is that of a method.
    pub(super) fn generic(
        &self,
        text: &mut String,
        indent: &str,
        function: &Generic,
        kind: Option<FunctionKind>,
    ) {
        let name = &function.name;
        let decorator = match kind {
            Some(FunctionKind::StaticMethod) => "@staticmethod".to_owned(),
            Some(FunctionKind::Property) => "@property".to_owned(),
            Some(FunctionKind::Setter) => format!("@{name}.setter"),
            _ => String::new(),
        };
        let bound = !matches!(
            kind,
            None | Some(FunctionKind::StaticMethod | FunctionKind::Constructor)
        );
        let mut params: Vec<String> = Vec::new();
        if kind == Some(FunctionKind::Constructor) {
            params.push("self".to_owned());
        }
        let mut before = None;
        for (position, param) in function.params.iter().enumerate() {
            separator(&mut params, before, param.kind);
            before = Some(param.kind);
            if bound && position == 0 {
                params.push("self".to_owned());
                continue;
            }
            let default = if param.default.is_some() {
                " = ..."
            } else {
                ""
            };
            let (star, name) = (star(param.kind), &param.name);
            params.push(format!("{star}{name}: typing.Any{default}"));
        }
        if before == Some(ParamKind::PositionalOnly) {
            params.push("/".to_owned());
        }
        let result = match (kind, name.as_str()) {
            (Some(FunctionKind::Constructor | FunctionKind::Setter), _) => "None",
            (Some(_), "__eq__" | "__ne__" | "__lt__" | "__le__" | "__gt__" | "__ge__")
            | (Some(_), "__bool__" | "__contains__") => "bool",
            (Some(_), "__len__" | "__hash__") => "int",
            (Some(_), "__repr__" | "__str__") => "str",
            _ => "typing.Any",
        };
        let name = match kind {
            Some(FunctionKind::Constructor) => "__init__",
            _ => name,
        };
        if !decorator.is_empty() {
            let _ = writeln!(text, "{indent}{decorator}");
        }
        let params = params.join(", ");
        let _ = write!(text, "{indent}def {name}({params}) -> {result}:");
        // What makes a struct has its docstring.
        let doc = (function.doc.as_deref()).filter(|_| kind != Some(FunctionKind::Constructor));
        body(text, indent, "", doc);
    }

    pub(super) fn generic_methods(&self, text: &mut String, item: &GenericStruct) {
        for method in &item.methods {
            self.generic(text, "    ", &method.function, Some(method.kind));
        }
    }

    /// A struct that leaves types open. Where it leaves numbers open, too, type checkers know no more than its name.
    pub(super) fn generic_struct(&self, text: &mut String, item: &GenericStruct) {
        let name = &item.construct.name;
        if item.parameters.is_empty() {
            return;
        }
        if !item.is_of_types {
            let _ = writeln!(text, "\n{name}: typing.Any");
            return;
        }
        let variable = |parameter: &String| format!("_{name}_{parameter}");
        text.push('\n');
        for variable in item.parameters.iter().map(variable) {
            let made = format!("typing_extensions.TypeVar(\"{variable}\", default=typing.Any)");
            let _ = writeln!(text, "{variable} = {made}");
        }
        let variables: Vec<String> = item.parameters.iter().map(variable).collect();
        let variables = variables.join(", ");
        let _ = write!(text, "\nclass {name}(typing.Generic[{variables}]):\n");
        docstring(text, "    ", item.construct.doc.as_deref());
        let kind = Some(FunctionKind::Constructor);
        self.generic(text, "    ", &item.construct, kind);
        self.generic_methods(text, item);
        text.push_str("    def __getattr__(self, name: str) -> typing.Any: ...\n");
        text.push_str("    def __setattr__(self, name: str, value: typing.Any) -> None: ...\n");
    }

    /// A type of a generic struct.
    pub(super) fn instance(&self, item: &Struct) -> String {
        let base = item.name.split('[').next().unwrap_or_default();
        match self.generic_structs.get(base) {
            Some(generic) if item.home.is_none() && generic.is_of_types && is_public(base) => {
                let types = vec!["typing.Any"; generic.parameters.len()];
                format!("{base}[{}]", types.join(", "))
            }
            Some(_) => "typing.Any".to_owned(),
            None if item.home.is_some() && item.name.contains('[') => "typing.Any".to_owned(),
            None => "object".to_owned(),
        }
    }
}
