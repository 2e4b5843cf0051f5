//! Structs made of the values of their fields.

use std::sync::Arc;

use mlc_interface::Access;
use mlc_runtime::boxes::mlc_rt_box_free;
use pyo3::prelude::*;

use crate::call::in_parameter;
use crate::class::{self, Class};
use crate::drop::drop_value;
use crate::layout::Type;
use crate::signature::Signature;
use crate::store::{Held, Target};

/// An object of the class whose fields have these values, one for each parameter of `signature`.
pub fn of_fields<'py>(
    py: Python<'py>,
    signature: &Signature,
    class: &Arc<Class>,
    values: &[Bound<'py, PyAny>],
) -> PyResult<Bound<'py, PyAny>> {
    let cell = class::new_cell(class)?;
    let mut held = Held::default();
    for (position, (field, value)) in class.fields().iter().zip(values).enumerate() {
        let target = Target {
            parameter: position,
            access: Access::Owned,
            returned: false,
        };
        // SAFETY: the field lies within the cell.
        let place = unsafe { cell.add(field.offset) };
        if let Err(error) = held.fill(target, &field.ty, value, place) {
            // SAFETY: every field holds a value: those made, what was made of this one, and empty ones.
            unsafe {
                for field in class.fields() {
                    drop_value(&field.ty, cell.add(field.offset));
                }
                mlc_rt_box_free(cell.cast());
            }
            return Err(in_parameter(py, &signature.name, &field.name, error));
        }
    }
    // SAFETY: the cell holds a value of the class, and is ours.
    unsafe {
        class.arm(cell);
        class::adopt(py, class, cell)
    }
}

/// The fields as parameters of a constructor.
pub fn signature(
    py: Python<'_>,
    class: &Class,
    defaults: &[Option<mlc_interface::Value>],
    doc: &str,
) -> PyResult<Signature> {
    let param = |(field, default): (&class::Field, &Option<mlc_interface::Value>)| {
        Ok(crate::signature::Param {
            name: field.name.clone(),
            ty: field.ty.clone(),
            access: Access::Owned,
            passing: mlc_interface::Passing::Flat,
            kind: mlc_interface::ParamKind::Plain,
            default: match default {
                Some(value) => Some(crate::signature::default(py, value)?),
                None => None,
            },
        })
    };
    Ok(Signature {
        name: class.name.clone(),
        doc: doc.to_owned(),
        params: (class.fields().iter().zip(defaults))
            .map(param)
            .collect::<PyResult<_>>()?,
        result: Type::Tuple(Vec::new()),
        result_borrows: None,
        returns_param: None,
        raises: false,
        work: mlc_interface::Work::Unknown,
        relocates: Vec::new(),
        globals: Vec::new(),
        unsupported: None,
        strict: false,
    })
}
