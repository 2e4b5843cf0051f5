//! The Python stub of a module: what type checkers and editors know of it.

mod generic;

use mlc_interface::{
    Access, Function, FunctionKind, GenericStruct, Interface, ParamKind, Type, Value,
};
use std::collections::HashMap;
use std::fmt::Write as _;

/// The text of `NAME.pyi`.
pub(crate) fn stub(interface: &Interface) -> String {
    let generic_structs = interface.generic_structs.iter();
    let stub = Stub {
        interface,
        generic_structs: (generic_structs.map(|item| (item.construct.name.as_str(), item)))
            .collect(),
    };
    let mut methods_of: Vec<Vec<&Function>> = vec![Vec::new(); interface.structs.len()];
    for function in &interface.functions {
        if let Some(owner) = function.owner {
            methods_of[owner].push(function);
        }
    }
    let mut body = String::new();
    let mut imports = String::new();
    for constant in &interface.constants {
        let ty = value_type(&constant.value);
        let _ = writeln!(body, "{}: {ty}", constant.name);
    }
    for variable in &interface.variables {
        if is_public(&variable.name) && !matches!(variable.ty, Type::Other(_)) {
            let ty = stub.kept(&variable.ty);
            let _ = writeln!(body, "{}: {ty}", variable.name);
        }
    }
    for (item, methods) in interface.structs.iter().zip(methods_of) {
        if !is_public(&item.name) || item.is_of_the_library() {
            continue;
        }
        if let Some(home) = &item.home {
            let name = &item.name;
            let _ = writeln!(imports, "from {home} import {name} as {name}");
            continue;
        }
        let _ = write!(body, "\nclass {}:\n", item.name);
        docstring(&mut body, "    ", item.doc.as_deref());
        for field in &item.fields {
            let ty = stub.kept(&field.ty);
            let _ = writeln!(body, "    {}: {ty}", field.name);
        }
        let is_constructor = |method: &&Function| method.kind == FunctionKind::Constructor;
        if !methods.iter().any(is_constructor) {
            let mut params = vec!["self".to_owned()];
            for field in &item.fields {
                let default = if field.default.is_some() {
                    " = ..."
                } else {
                    ""
                };
                let ty = stub.param(&field.ty, Access::Owned);
                params.push(format!("{}: {ty}{default}", field.name));
            }
            let _ = writeln!(body, "    def __init__({}) -> None: ...", params.join(", "));
        }
        for method in methods {
            stub.function(&mut body, "    ", method);
        }
        if let Some(generic) = stub.generic_structs.get(item.name.as_str()) {
            stub.generic_methods(&mut body, generic);
        }
        if item.fields.is_empty() && !body.ends_with("...\n") {
            body.push_str("    ...\n");
        }
    }
    for item in &interface.generic_structs {
        stub.generic_struct(&mut body, item);
    }
    for function in &interface.functions {
        if function.owner.is_none() {
            body.push('\n');
            stub.function(&mut body, "", function);
        }
    }
    for function in &interface.generics {
        body.push('\n');
        stub.generic(&mut body, "", function, None);
    }
    let mut text = String::new();
    docstring(&mut text, "", interface.doc.as_deref());
    let mentions = |text: &str| body.matches(text).count();
    let mutable = mentions("MutableSequence[");
    // The one name ends as the other does.
    let sequence = mentions("Sequence[") - mutable;
    for (count, import) in [
        (mutable, "from collections.abc import MutableSequence\n"),
        (sequence, "from collections.abc import Sequence\n"),
        (mentions("typing."), "import typing\n"),
        (mentions("TypeVar("), "import typing_extensions\n"),
        (mentions("np."), "import numpy as np\n"),
        (mentions("npt."), "import numpy.typing as npt\n"),
    ] {
        if count > 0 {
            text.push_str(import);
        }
    }
    text + &imports + &body
}

fn is_public(name: &str) -> bool {
    !name.starts_with('_') && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn docstring(text: &mut String, indent: &str, doc: Option<&str>) {
    if let Some(doc) = doc {
        let doc = doc
            .trim()
            .replace('\\', "\\\\")
            .replace("\"\"\"", "\\\"\\\"\\\"");
        let _ = writeln!(text, "{indent}\"\"\"{doc}\"\"\"");
    }
}

/// What stands between the parameters before and one of this kind.
fn separator(params: &mut Vec<String>, before: Option<ParamKind>, kind: ParamKind) {
    if before == Some(ParamKind::PositionalOnly) && kind != ParamKind::PositionalOnly {
        params.push("/".to_owned());
    }
    let starred = matches!(
        before,
        Some(ParamKind::KeywordOnly | ParamKind::VarPositional)
    );
    if kind == ParamKind::KeywordOnly && !starred {
        params.push("*".to_owned());
    }
}

fn star(kind: ParamKind) -> &'static str {
    match kind {
        ParamKind::VarPositional => "*",
        ParamKind::VarKeyword => "**",
        _ => "",
    }
}

/// What stands behind the colon of a function: a comment, and its text.
fn body(text: &mut String, indent: &str, note: &str, doc: Option<&str>) {
    match doc {
        Some(_) => {
            let _ = writeln!(text, "{note}");
            let inner = format!("{indent}    ");
            docstring(text, &inner, doc);
            let _ = writeln!(text, "{inner}...");
        }
        None => {
            let _ = writeln!(text, " ...{note}");
        }
    }
}

struct Stub<'i> {
    interface: &'i Interface,
    generic_structs: HashMap<&'i str, &'i GenericStruct>,
}

impl Stub<'_> {
    fn function(&self, text: &mut String, indent: &str, function: &Function) {
        if function.name == "__del__" {
            return;
        }
        let setter = format!("@{}.setter\n", function.name);
        let (decorator, name) = match function.kind {
            FunctionKind::StaticMethod => ("@staticmethod\n", function.name.as_str()),
            FunctionKind::Property => ("@property\n", function.name.as_str()),
            FunctionKind::Setter => (setter.as_str(), function.name.as_str()),
            FunctionKind::Constructor => ("", "__init__"),
            FunctionKind::Function | FunctionKind::Method => ("", function.name.as_str()),
        };
        let bound = matches!(
            function.kind,
            FunctionKind::Method | FunctionKind::Property | FunctionKind::Setter
        );
        let mut params: Vec<String> = Vec::new();
        if function.kind == FunctionKind::Constructor {
            params.push("self".to_owned());
        }
        let mut before = None;
        let mut changed: Vec<&str> = Vec::new();
        for (position, param) in function.params.iter().enumerate() {
            separator(&mut params, before, param.kind);
            before = Some(param.kind);
            if param.access == Access::Inout {
                changed.push(&param.name);
            }
            if bound && position == 0 {
                params.push("self".to_owned());
                continue;
            }
            // Whatever is compared for equality may be of any type, in Python.
            let compares = matches!(name, "__eq__" | "__ne__");
            let ty = match (&param.ty, param.kind) {
                _ if compares => "object".to_owned(),
                (Type::List(item), ParamKind::VarPositional) => self.param(item, param.access),
                (Type::Tuple(_), ParamKind::VarPositional) => "object".to_owned(),
                (ty, _) => self.param(ty, param.access),
            };
            let star = star(param.kind);
            let default = if param.default.is_some() {
                " = ..."
            } else {
                ""
            };
            params.push(format!("{star}{}: {ty}{default}", param.name));
        }
        if before == Some(ParamKind::PositionalOnly) {
            params.push("/".to_owned());
        }
        let result = match function.kind {
            FunctionKind::Constructor => "None".to_owned(),
            _ => self.result(&function.result),
        };
        if !decorator.is_empty() {
            let _ = write!(text, "{indent}{decorator}");
        }
        let _ = write!(
            text,
            "{indent}def {name}({}) -> {result}:",
            params.join(", ")
        );
        let note = match changed.as_slice() {
            [] => String::new(),
            names => format!("  # changes {}", names.join(", ")),
        };
        body(text, indent, &note, function.doc.as_deref());
    }

    /// What a parameter of this type takes.
    fn param(&self, ty: &Type, access: Access) -> String {
        match ty {
            Type::List(item) => {
                let items = self.param(item, access);
                // Only a list can be written back item by item.
                let list = match access {
                    Access::Inout => format!("MutableSequence[{}]", self.result(item)),
                    _ => format!("Sequence[{items}]"),
                };
                // An array of as many dimensions is a list of rows, too.
                let mut innermost = &**item;
                while let Type::List(of) = innermost {
                    innermost = of;
                }
                match dtype(innermost) {
                    Some(dtype) => format!("{list} | npt.NDArray[{dtype}]"),
                    None => list,
                }
            }
            Type::Tuple(items) if !items.is_empty() => {
                let items: Vec<String> =
                    items.iter().map(|item| self.param(item, access)).collect();
                format!("tuple[{}]", items.join(", "))
            }
            Type::Optional(of) => format!("{} | None", self.param(of, access)),
            _ => self.result(ty),
        }
    }

    /// What a field or variable of this type is: lists in it are those of compiled code.
    fn kept(&self, ty: &Type) -> String {
        match ty {
            Type::List(item) if dtype(item).is_none() => {
                format!("MutableSequence[{}]", self.kept(item))
            }
            Type::Tuple(items) if !items.is_empty() => {
                let items: Vec<String> = items.iter().map(|item| self.kept(item)).collect();
                format!("tuple[{}]", items.join(", "))
            }
            Type::Optional(of) => format!("{} | None", self.kept(of)),
            _ => self.result(ty),
        }
    }

    /// What a result of this type is.
    fn result(&self, ty: &Type) -> String {
        match ty {
            Type::None => "None".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Int { .. } => "int".to_owned(),
            Type::F16 | Type::Bf16 | Type::F32 | Type::F64 => "float".to_owned(),
            Type::C64 | Type::C128 => "complex".to_owned(),
            Type::Str => "str".to_owned(),
            Type::Object => "typing.Any".to_owned(),
            Type::List(item) => match dtype(item) {
                Some(dtype) => format!("npt.NDArray[{dtype}]"),
                None => format!("list[{}]", self.result(item)),
            },
            Type::Array { elem, .. } => match dtype(elem) {
                Some(dtype) => format!("npt.NDArray[{dtype}]"),
                None => "object".to_owned(),
            },
            Type::Tuple(items) if items.is_empty() => "None".to_owned(),
            Type::Tuple(items) => {
                let items: Vec<String> = items.iter().map(|item| self.result(item)).collect();
                format!("tuple[{}]", items.join(", "))
            }
            Type::Optional(of) => format!("{} | None", self.result(of)),
            Type::Struct(position) => match self.interface.structs.get(*position) {
                Some(item) if is_public(&item.name) => item.name.clone(),
                Some(item) => self.instance(item),
                None => "object".to_owned(),
            },
            Type::Other(_) => "object".to_owned(),
        }
    }
}

/// NumPy's type of these elements.
fn dtype(ty: &Type) -> Option<String> {
    Some(match ty {
        Type::Bool => "np.bool_".to_owned(),
        Type::Int { bits, signed } => {
            format!("np.{}int{bits}", if *signed { "" } else { "u" })
        }
        Type::F16 => "np.float16".to_owned(),
        Type::F32 => "np.float32".to_owned(),
        Type::F64 => "np.float64".to_owned(),
        Type::C64 => "np.complex64".to_owned(),
        Type::C128 => "np.complex128".to_owned(),
        _ => return None,
    })
}

fn value_type(value: &Value) -> String {
    match value {
        Value::Bool(_) => "bool".to_owned(),
        Value::Int(_) => "int".to_owned(),
        Value::Float(_) => "float".to_owned(),
        Value::Complex(..) => "complex".to_owned(),
        Value::Str(_) => "str".to_owned(),
        Value::None => "None".to_owned(),
        Value::Items(items) => {
            let mut types: Vec<String> = items.iter().map(value_type).collect();
            let count = types.len();
            types.dedup();
            match (types.as_slice(), count) {
                ([], _) => "tuple[()]".to_owned(),
                ([one], 2..) => format!("tuple[{one}, ...]"),
                _ => {
                    let types: Vec<String> = items.iter().map(value_type).collect();
                    format!("tuple[{}]", types.join(", "))
                }
            }
        }
    }
}
