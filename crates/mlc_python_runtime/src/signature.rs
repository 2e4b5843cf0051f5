//! What Python must know of a function to call it.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use mlc_interface::{Access, FunctionKind, ParamKind, Passing, Work};
use pyo3::prelude::*;
use pyo3::types::{PyComplex, PyTuple};

use crate::class::Class;
use crate::in_use::Global;
use crate::layout::Type;
use crate::scalar::Scalar;

/// The structs of a module by position; `None` for one that cannot cross the border, or is not made yet.
pub type Classes = Vec<Option<Arc<Class>>>;

/// A function that compiled code exports.
pub struct Signature {
    /// As messages name it: a method with its struct.
    pub name: String,
    pub doc: String,
    pub params: Vec<Param>,
    pub result: Type,
    /// The parameter of which the result is a part.
    pub result_borrows: Option<usize>,
    /// The parameter that comes back whole as the result.
    pub returns_param: Option<usize>,
    /// Whether it returns a status and writes its results through pointers.
    pub raises: bool,
    pub work: Work,
    /// The names of top-level variables whose parts may lie elsewhere after a call, and how many arrays look into them.
    pub relocates: Vec<(String, Arc<AtomicUsize>)>,
    /// The top-level variables that it uses.
    pub globals: Vec<Global>,
    /// Why it cannot be called from Python, if so.
    pub unsupported: Option<String>,
    /// Whether an array that does not lie in row-major order is an error, rather than copied.
    pub strict: bool,
}

pub struct Param {
    pub name: String,
    pub ty: Type,
    pub access: Access,
    pub passing: Passing,
    pub kind: ParamKind,
    pub default: Option<DefaultValue>,
}

/// A default value, as an object and as Python writes it.
pub struct DefaultValue {
    pub value: Py<PyAny>,
    pub text: String,
}

impl Signature {
    /// The signature of a function of a module with these structs.
    pub fn new(
        py: Python<'_>,
        function: &mlc_interface::Function,
        classes: &[Option<Arc<Class>>],
        strict: bool,
        relocates: Vec<(String, Arc<AtomicUsize>)>,
        globals: Vec<Global>,
    ) -> PyResult<Signature> {
        let mut unsupported = None;
        let name = match function.owner {
            Some(owner) => match &classes[owner] {
                Some(class) => format!("{}.{}", class.name, function.name),
                None => function.name.clone(),
            },
            None => function.name.clone(),
        };
        let mut refuse = |what: String| {
            unsupported.get_or_insert(what);
            Type::Tuple(Vec::new())
        };
        let mut params = Vec::with_capacity(function.params.len());
        for param in &function.params {
            let ty = match resolve(&param.ty, classes) {
                Ok(
                    Type::Scalar(_) | Type::Str | Type::Object | Type::Tuple(_) | Type::Optional(_),
                ) if param.access == Access::Inout => refuse(format!(
                    "parameter `{}`: Python cannot pass a number, text, object, tuple or optional that changes",
                    param.name
                )),
                Ok(ty) => ty,
                Err(ty) => refuse(format!(
                    "parameter `{}`: Python cannot pass a `{ty}`",
                    param.name
                )),
            };
            params.push(Param {
                name: param.name.clone(),
                ty,
                access: param.access,
                passing: param.passing,
                kind: param.kind,
                default: match &param.default {
                    Some(mlc_interface::Default::Value(value)) => Some(default(py, value)?),
                    Some(mlc_interface::Default::Computed) | None => None,
                },
            });
        }
        let result = resolve(&function.result, classes)
            .unwrap_or_else(|ty| refuse(format!("Python cannot take a result of type `{ty}`")));
        Ok(Signature {
            name,
            doc: function.doc.clone().unwrap_or_default(),
            params,
            result,
            result_borrows: function.result_borrows,
            returns_param: function.returns_param,
            raises: function.raises,
            work: function.work,
            relocates,
            globals,
            unsupported,
            strict,
        })
    }

    /// The docstring that CPython takes the text signature from: `name(a, /, b=1)`, a line of `--`, the text.
    pub fn builtin_doc(&self, kind: FunctionKind) -> String {
        let mut items: Vec<String> = Vec::new();
        let mut previous = None;
        for (position, param) in self.params.iter().enumerate() {
            if previous == Some(ParamKind::PositionalOnly)
                && param.kind != ParamKind::PositionalOnly
            {
                items.push("/".to_owned());
            }
            let starred = matches!(
                previous,
                Some(ParamKind::KeywordOnly | ParamKind::VarPositional)
            );
            if param.kind == ParamKind::KeywordOnly && !starred {
                items.push("*".to_owned());
            }
            items.push(match (&param.default, param.kind) {
                // CPython leaves out of the signature of a bound method what it has bound.
                (None, _) if position == 0 && kind == FunctionKind::Method => "self".to_owned(),
                (Some(default), _) => format!("{}={}", param.name, default.text),
                (None, ParamKind::VarPositional) => format!("*{}", param.name),
                (None, ParamKind::VarKeyword) => format!("**{}", param.name),
                (None, _) => param.name.clone(),
            });
            previous = Some(param.kind);
        }
        if previous == Some(ParamKind::PositionalOnly) {
            items.push("/".to_owned());
        }
        let name = self.name.rsplit('.').next().unwrap_or(&self.name);
        format!("{name}({})\n--\n\n{}", items.join(", "), self.doc)
    }

    /// How many values a call writes its result to.
    pub fn result_slots(&self) -> usize {
        if self.result_borrows.is_some() {
            1
        } else {
            flat_len(&self.result)
        }
    }
}

fn flat_len(ty: &Type) -> usize {
    match ty {
        Type::Tuple(items) => items.iter().map(flat_len).sum(),
        Type::Optional(of) => 1 + flat_len(of),
        _ => 1,
    }
}

/// The type as it crosses the border; an error with its name where it cannot.
pub fn resolve(ty: &mlc_interface::Type, classes: &[Option<Arc<Class>>]) -> Result<Type, String> {
    use mlc_interface::Type as From;
    Ok(match ty {
        From::None => Type::Tuple(Vec::new()),
        From::Str => Type::Str,
        From::Object => Type::Object,
        From::List(elem) => Type::List(Box::new(resolve(elem, classes)?)),
        From::Array { elem, dims } => match resolve(elem, classes)? {
            Type::Scalar(elem) => Type::Array {
                elem,
                dims: dims.clone(),
            },
            _ => return Err("array of values that are no numbers".to_owned()),
        },
        From::Tuple(items) => Type::Tuple(
            (items.iter())
                .map(|item| resolve(item, classes))
                .collect::<Result<_, _>>()?,
        ),
        From::Optional(of) => Type::Optional(Box::new(resolve(of, classes)?)),
        From::Struct(position) => match classes.get(*position) {
            Some(Some(class)) => Type::Struct(class.clone()),
            Some(None) | None => return Err("struct that Python cannot have".to_owned()),
        },
        From::Other(name) => return Err(name.clone()),
        scalar => match Scalar::of(scalar) {
            Some(scalar) => Type::Scalar(scalar),
            None => return Err(format!("{scalar:?}")),
        },
    })
}

/// A default value that is known at compile time.
pub fn default(py: Python<'_>, value: &mlc_interface::Value) -> PyResult<DefaultValue> {
    let value = constant(py, value)?;
    let text = value.repr()?.to_string();
    Ok(DefaultValue {
        value: value.unbind(),
        text,
    })
}

/// The object for a value that was known at compile time.
pub fn constant<'py>(py: Python<'py>, value: &mlc_interface::Value) -> PyResult<Bound<'py, PyAny>> {
    use mlc_interface::Value;
    Ok(match value {
        Value::None => py.None().into_bound(py),
        Value::Bool(value) => value.into_pyobject(py)?.to_owned().into_any(),
        Value::Int(value) => value.into_pyobject(py)?.into_any(),
        Value::Float(bits) => f64::from_bits(*bits).into_pyobject(py)?.into_any(),
        Value::Complex(re, im) => {
            PyComplex::from_doubles(py, f64::from_bits(*re), f64::from_bits(*im)).into_any()
        }
        Value::Str(text) => text.into_pyobject(py)?.into_any(),
        Value::Items(items) => {
            let items = items
                .iter()
                .map(|item| constant(py, item))
                .collect::<PyResult<Vec<_>>>()?;
            PyTuple::new(py, items)?.into_any()
        }
    })
}
