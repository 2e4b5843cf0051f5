//! Which argument goes to which parameter, by Python's rules and with Python's messages.

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use mlc_interface::ParamKind;

use crate::signature::{Param, Signature};

/// The arguments of a call as CPython's fast call passes them.
pub struct Passed<'a, 'py> {
    pub positional: &'a [Borrowed<'a, 'py, PyAny>],
    pub keywords: &'a [Borrowed<'a, 'py, PyAny>],
    pub names: Option<Borrowed<'a, 'py, PyTuple>>,
}

impl<'a, 'py> Passed<'a, 'py> {
    /// # Safety
    /// `arguments` holds `positional` objects, and behind them one for each name in the tuple `names`, which may be
    /// null; all of them live as long as `'a`.
    pub unsafe fn new(
        py: Python<'py>,
        arguments: *const *mut ffi::PyObject,
        positional: usize,
        names: *mut ffi::PyObject,
    ) -> Passed<'a, 'py> {
        // SAFETY: a null pointer gives `None`; any other is the tuple of names.
        let names = unsafe {
            Borrowed::from_ptr_or_opt(py, names).map(|names| names.cast_unchecked::<PyTuple>())
        };
        let count = positional + names.as_ref().map_or(0, |names| names.len());
        let all: &[Borrowed<'_, '_, PyAny>] = if count == 0 {
            &[]
        } else {
            // SAFETY: `Borrowed` is a pointer to an object, and there are `count` of them.
            unsafe { std::slice::from_raw_parts(arguments.cast(), count) }
        };
        let (positional, keywords) = all.split_at(positional);
        Passed {
            positional,
            keywords,
            names,
        }
    }

    /// The argument of each parameter, in their order.
    pub fn bind(&self, py: Python<'py>, signature: &Signature) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let name = &signature.name;
        let params = &signature.params;
        let mut bound: Vec<Option<Bound<'py, PyAny>>> = Vec::with_capacity(params.len());
        let by_place =
            |param: &&Param| matches!(param.kind, ParamKind::PositionalOnly | ParamKind::Plain);
        let takes = params.iter().filter(by_place).count();
        let rest = params
            .iter()
            .position(|param| param.kind == ParamKind::VarPositional);
        let (direct, further) = self.positional.split_at(self.positional.len().min(takes));
        if !further.is_empty() && rest.is_none() {
            return Err(PyTypeError::new_err(format!(
                "{name}() takes {takes} positional argument{} but {} {} given",
                if takes == 1 { "" } else { "s" },
                self.positional.len(),
                if self.positional.len() == 1 {
                    "was"
                } else {
                    "were"
                },
            )));
        }
        bound.extend(direct.iter().map(|value| Some(value.as_any().clone())));
        bound.resize_with(params.len(), || None);
        if let Some(rest) = rest {
            bound[rest] = Some(
                PyTuple::new(py, further.iter().map(|value| value.as_any().clone()))?.into_any(),
            );
        }
        if let Some(names) = &self.names {
            for (keyword, value) in names.iter().zip(self.keywords) {
                let keyword = keyword.cast_into::<PyString>()?;
                let keyword = keyword.to_cow()?;
                let place = params
                    .iter()
                    .position(|param| param.name == keyword && takes_keyword(param));
                let Some(place) = place else {
                    return Err(PyTypeError::new_err(format!(
                        "{name}() got an unexpected keyword argument '{keyword}'"
                    )));
                };
                if bound[place].is_some() {
                    return Err(PyTypeError::new_err(format!(
                        "{name}() got multiple values for argument '{keyword}'"
                    )));
                }
                bound[place] = Some(value.as_any().clone());
            }
        }
        let mut missing: Vec<&Param> = Vec::new();
        for (value, param) in bound.iter_mut().zip(params) {
            if value.is_none() {
                match &param.default {
                    Some(default) => *value = Some(default.value.bind(py).clone()),
                    None => missing.push(param),
                }
            }
        }
        if !missing.is_empty() {
            return Err(PyTypeError::new_err(missing_text(name, &missing)));
        }
        Ok(bound.into_iter().flatten().collect())
    }
}

fn takes_keyword(param: &Param) -> bool {
    matches!(param.kind, ParamKind::Plain | ParamKind::KeywordOnly)
}

fn missing_text(name: &str, missing: &[&Param]) -> String {
    let quoted: Vec<String> = missing
        .iter()
        .map(|param| format!("'{}'", param.name))
        .collect();
    let kind = if missing
        .iter()
        .all(|param| param.kind == ParamKind::KeywordOnly)
    {
        "keyword-only"
    } else {
        "positional"
    };
    match quoted.as_slice() {
        [one] => format!("{name}() missing 1 required {kind} argument: {one}"),
        [first, second] => {
            format!("{name}() missing 2 required {kind} arguments: {first} and {second}")
        }
        [rest @ .., last] => {
            format!(
                "{name}() missing {} required {kind} arguments: {}, and {last}",
                quoted.len(),
                rest.join(", ")
            )
        }
        [] => unreachable!("called with what is missing"),
    }
}
