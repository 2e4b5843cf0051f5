//! From the compiler's description of a module to the functions of a Python module.

use std::ffi::c_void;
use std::sync::Arc;

use mlc_sema::hir::{ConstValue, Convention, Dim, FloatKind, Program, Ty, TyKind, TypeTable};
use mlc_sema::signature::{self, FunctionKind, FunctionSignature, ParamKind, ParamSignature};
use pyo3::prelude::*;
use pyo3::types::{PyComplex, PyModule, PyTuple};

use crate::argument::Access;
use crate::call::{self, Entry};
use crate::error::Place;
use crate::function;
use crate::layout::Type;
use crate::scalar::Scalar;
use crate::signature::{DefaultValue, Kind, Param, Signature};

/// Gives `module` every function that `program` exports; `code` is its machine code.
pub fn add_to(
    module: &Bound<'_, PyModule>,
    program: &Program,
    code: &Arc<mlc::JitModule>,
) -> PyResult<()> {
    let exported = signature::of_program(program);
    let name = module.name()?;
    module.setattr("__doc__", &exported.doc)?;
    run_top_level(module.py(), program, code)?;
    for function in &exported.functions {
        let Some(entry) = code
            .entry(&function.symbol)
            .filter(|_| function.kind == FunctionKind::Function)
        else {
            continue;
        };
        let signature = describe(module.py(), &program.types, function)?;
        // SAFETY: an entry is a C function of this type, as `JitModule::entry` says.
        let entry = unsafe { std::mem::transmute::<*const c_void, Entry>(entry) };
        // SAFETY: the entry's slots are those of this signature, and `code` holds it.
        let callable =
            unsafe { function::new(module.py(), &name, signature, entry, code.clone())? };
        module.setattr(function.name.as_str(), callable)?;
    }
    Ok(())
}

/// Runs the top-level statements, once, before anything of the module is called.
fn run_top_level(py: Python<'_>, program: &Program, code: &mlc::JitModule) -> PyResult<()> {
    let Some(init) = program.init.map(|id| &program.functions[id.0 as usize]) else {
        return Ok(());
    };
    let Some(entry) = code.entry(&init.symbol) else {
        return Ok(());
    };
    let signature = Signature {
        name: "<module>".to_owned(),
        raises: init.raises,
        ..Signature::default()
    };
    let place = Place {
        function: signature.name.clone(),
    };
    // SAFETY: as above; the function takes nothing, and `code` holds it during the call.
    unsafe {
        let entry = std::mem::transmute::<*const c_void, Entry>(entry);
        call::call(py, &signature, entry, &place, &[])?;
    }
    Ok(())
}

fn describe(
    py: Python<'_>,
    types: &TypeTable,
    function: &FunctionSignature,
) -> PyResult<Signature> {
    let mut unsupported = None;
    let mut refuse = |what: String| {
        unsupported.get_or_insert(what);
        Type::Scalar(Scalar::Bool)
    };
    let mut params = Vec::with_capacity(function.params.len());
    for (position, param) in function.params.iter().enumerate() {
        let written = types.name(param.ty);
        let access = match param.convention {
            // Small arrays are copied at every call, so the callee gets a cell of its own.
            Convention::Borrowed if !types.is_scalar(param.ty) && !types.is_owning(param.ty) => {
                Access::Owned
            }
            Convention::Borrowed => Access::Borrowed,
            Convention::Inout => Access::Inout,
            Convention::Owned if function.returns_param == Some(position as u32) => {
                Access::Returned
            }
            Convention::Owned => Access::Owned,
        };
        let ty = match border_type(types, param.ty) {
            Some(Type::Scalar(_)) if access == Access::Inout => refuse(format!(
                "parameter `{}`: Python cannot pass a `{written}` that changes",
                param.name
            )),
            Some(ty) => ty,
            None => refuse(format!(
                "parameter `{}`: Python cannot pass a `{written}`",
                param.name
            )),
        };
        let kind = match param.kind {
            ParamKind::PositionalOnly => Kind::Positional,
            ParamKind::Plain => Kind::PositionalOrKeyword,
            ParamKind::VarPositional => Kind::VarPositional,
            ParamKind::KeywordOnly => Kind::Keyword,
            ParamKind::VarKeyword => Kind::VarKeyword,
        };
        params.push(Param {
            name: param.name.clone(),
            ty,
            access,
            kind,
            default: default(py, param)?,
        });
    }
    let items: &[Ty] = match types.kind(function.result) {
        TyKind::None => &[],
        TyKind::Tuple(items) => items,
        _ => std::slice::from_ref(&function.result),
    };
    let mut results = Vec::with_capacity(items.len());
    for &item in items {
        results.push(match border_type(types, item) {
            Some(ty) if function.result_borrows.is_none() || !ty.is_owning() => ty,
            _ => refuse(format!(
                "Python cannot take a result of type `{}`",
                types.name(item)
            )),
        });
    }
    Ok(Signature {
        name: function.name.clone(),
        doc: function.doc.clone().unwrap_or_default(),
        params,
        results,
        returns_tuple: matches!(types.kind(function.result), TyKind::Tuple(_)),
        raises: function.raises,
        unsupported,
    })
}

/// The default value of a parameter; one that is computed at each call has to be given from outside.
fn default(py: Python<'_>, param: &ParamSignature) -> PyResult<Option<DefaultValue>> {
    let Some(signature::Default::Value(value)) = &param.default else {
        return Ok(None);
    };
    let value = constant(py, value)?;
    let text = value.repr()?.to_string();
    Ok(Some(DefaultValue {
        value: value.unbind(),
        text,
    }))
}

fn constant<'py>(py: Python<'py>, value: &ConstValue) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        ConstValue::None => py.None().into_bound(py),
        ConstValue::Bool(value) => value.into_pyobject(py)?.to_owned().into_any(),
        ConstValue::Int(value) => value.into_pyobject(py)?.into_any(),
        ConstValue::Float(value) => value.into_pyobject(py)?.into_any(),
        ConstValue::Complex(re, im) => PyComplex::from_doubles(py, *re, *im).into_any(),
        ConstValue::Str(text) => text.into_pyobject(py)?.into_any(),
        ConstValue::Items(items) => {
            let items = items
                .iter()
                .map(|item| constant(py, item))
                .collect::<PyResult<Vec<_>>>()?;
            PyTuple::new(py, items)?.into_any()
        }
    })
}

/// The type as it crosses the border; `None` where it cannot.
fn border_type(types: &TypeTable, ty: Ty) -> Option<Type> {
    match types.kind(ty) {
        TyKind::List(elem) => Some(Type::List(Box::new(border_type(types, *elem)?))),
        TyKind::Array { elem, dims } => {
            let extent = |dim: &Dim| match dim {
                Dim::Static(extent) => usize::try_from(*extent).ok(),
                Dim::Dynamic => None,
            };
            Some(Type::Array {
                elem: scalar(types, *elem)?,
                dims: dims.iter().map(extent).collect(),
            })
        }
        _ => scalar(types, ty).map(Type::Scalar),
    }
}

fn scalar(types: &TypeTable, ty: Ty) -> Option<Scalar> {
    match *types.kind(ty) {
        TyKind::Bool => Some(Scalar::Bool),
        TyKind::Int { bits, signed } => Some(Scalar::Int { bits, signed }),
        TyKind::Float(FloatKind::F16) => Some(Scalar::F16),
        TyKind::Float(FloatKind::F32) => Some(Scalar::F32),
        TyKind::Float(FloatKind::F64) => Some(Scalar::F64),
        TyKind::Complex(FloatKind::F32) => Some(Scalar::C64),
        TyKind::Complex(_) => Some(Scalar::C128),
        _ => None,
    }
}
