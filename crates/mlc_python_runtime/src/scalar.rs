//! The scalar types that cross between Python and compiled code, and one value of them on its way.

use std::ffi::CStr;

use mlc_runtime::narrow::{narrow_bfloat, narrow_half, widen_half};
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyComplex, PyComplexMethods, PyFloat, PyString};

use crate::error::is_of_python_code;

/// A scalar type of compiled code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scalar {
    Bool,
    Int { bits: u8, signed: bool },
    F16,
    Bf16,
    F32,
    F64,
    C64,
    C128,
}

/// A scalar as compiled code has it in memory; the bytes behind its size are zero.
pub type Bits = [u8; 16];

impl Scalar {
    /// The scalar that a type is; `None` for any other type.
    pub fn of(ty: &mlc_interface::Type) -> Option<Scalar> {
        use mlc_interface::Type;
        Some(match ty {
            Type::Bool => Scalar::Bool,
            Type::Int { bits, signed } => Scalar::Int {
                bits: *bits,
                signed: *signed,
            },
            Type::F16 => Scalar::F16,
            Type::Bf16 => Scalar::Bf16,
            Type::F32 => Scalar::F32,
            Type::F64 => Scalar::F64,
            Type::C64 => Scalar::C64,
            Type::C128 => Scalar::C128,
            _ => return None,
        })
    }

    /// In bytes, which is also the alignment of all but complex numbers.
    pub fn size(self) -> usize {
        match self {
            Scalar::Bool => 1,
            Scalar::Int { bits, .. } => usize::from(bits) / 8,
            Scalar::F16 | Scalar::Bf16 => 2,
            Scalar::F32 => 4,
            Scalar::F64 | Scalar::C64 => 8,
            Scalar::C128 => 16,
        }
    }

    pub fn alignment(self) -> usize {
        match self {
            Scalar::C64 => 4,
            Scalar::C128 => 8,
            other => other.size(),
        }
    }

    /// NumPy's name of the type.
    pub fn dtype(self) -> &'static str {
        match self {
            Scalar::Bool => "bool",
            Scalar::Int {
                bits: 8,
                signed: true,
            } => "int8",
            Scalar::Int {
                bits: 16,
                signed: true,
            } => "int16",
            Scalar::Int {
                bits: 32,
                signed: true,
            } => "int32",
            Scalar::Int { signed: true, .. } => "int64",
            Scalar::Int { bits: 8, .. } => "uint8",
            Scalar::Int { bits: 16, .. } => "uint16",
            Scalar::Int { bits: 32, .. } => "uint32",
            Scalar::Int { .. } => "uint64",
            Scalar::F16 => "float16",
            Scalar::Bf16 => "bfloat16",
            Scalar::F32 => "float32",
            Scalar::F64 => "float64",
            Scalar::C64 => "complex64",
            Scalar::C128 => "complex128",
        }
    }

    /// How the buffer protocol writes the type (the `struct` module's letters, native order).
    pub fn format(self) -> &'static CStr {
        match self {
            Scalar::Bool => c"?",
            Scalar::Int {
                bits: 8,
                signed: true,
            } => c"b",
            Scalar::Int {
                bits: 16,
                signed: true,
            } => c"h",
            Scalar::Int {
                bits: 32,
                signed: true,
            } => c"i",
            Scalar::Int { signed: true, .. } => c"q",
            Scalar::Int { bits: 8, .. } => c"B",
            Scalar::Int { bits: 16, .. } => c"H",
            Scalar::Int { bits: 32, .. } => c"I",
            Scalar::Int { .. } => c"Q",
            Scalar::F16 => c"e",
            // The buffer protocol has no letter for it; what lies there are two bytes.
            Scalar::Bf16 => c"H",
            Scalar::F32 => c"f",
            Scalar::F64 => c"d",
            Scalar::C64 => c"Zf",
            Scalar::C128 => c"Zd",
        }
    }

    /// The type of a buffer's items; `None` where compiled code has none like it (other byte orders, structs, objects).
    pub fn of_buffer(format: &CStr, item_size: usize) -> Option<Scalar> {
        let text = format.to_bytes();
        let native = if cfg!(target_endian = "little") {
            b'<'
        } else {
            b'>'
        };
        let letters = match text {
            [sign, rest @ ..] if *sign == native || matches!(sign, b'@' | b'=') => rest,
            _ => text,
        };
        let bits = u8::try_from(item_size * 8).ok()?;
        Some(match letters {
            b"?" => Scalar::Bool,
            b"b" | b"h" | b"i" | b"l" | b"q" | b"n" => Scalar::Int { bits, signed: true },
            b"B" | b"H" | b"I" | b"L" | b"Q" | b"N" => Scalar::Int {
                bits,
                signed: false,
            },
            b"e" => Scalar::F16,
            b"f" => Scalar::F32,
            b"d" => Scalar::F64,
            b"Zf" => Scalar::C64,
            b"Zd" => Scalar::C128,
            _ => return None,
        })
    }

    /// Takes a Python number. `Err` is a `TypeError` or `OverflowError` whose text goes behind the parameter's name.
    pub fn extract(self, value: &Bound<'_, PyAny>) -> PyResult<Bits> {
        let mut bits = Bits::default();
        let mut put = |bytes: &[u8]| bits[..bytes.len()].copy_from_slice(bytes);
        match self {
            Scalar::Bool => put(&[u8::from(extract_bool(value)?)]),
            Scalar::Int {
                bits: width,
                signed,
            } => {
                put(&extract_int(value, width, signed)?.to_ne_bytes()[..self.size()]);
            }
            Scalar::F16 => put(&narrow_half(extract_float(value)?).to_ne_bytes()),
            Scalar::Bf16 => put(&narrow_bfloat(extract_float(value)?).to_ne_bytes()),
            Scalar::F32 => put(&(extract_float(value)? as f32).to_ne_bytes()),
            Scalar::F64 => put(&extract_float(value)?.to_ne_bytes()),
            Scalar::C64 => {
                let (re, im) = extract_complex(value)?;
                put(&(re as f32).to_ne_bytes());
                bits[4..8].copy_from_slice(&(im as f32).to_ne_bytes());
            }
            Scalar::C128 => {
                let (re, im) = extract_complex(value)?;
                put(&re.to_ne_bytes());
                bits[8..].copy_from_slice(&im.to_ne_bytes());
            }
        }
        Ok(bits)
    }

    /// The Python number that `bits` holds.
    pub fn to_python<'py>(self, py: Python<'py>, bits: &Bits) -> PyResult<Bound<'py, PyAny>> {
        let f32_at = |at: usize| f64::from(f32::from_ne_bytes(take(bits, at)));
        let f64_at = |at: usize| f64::from_ne_bytes(take(bits, at));
        let word = u64::from_ne_bytes(take(bits, 0));
        Ok(match self {
            Scalar::Bool => PyBool::new(py, bits[0] != 0).to_owned().into_any(),
            Scalar::Int {
                bits: width,
                signed: true,
            } => {
                let unused = 64 - u32::from(width);
                (((word << unused) as i64) >> unused)
                    .into_pyobject(py)?
                    .into_any()
            }
            Scalar::Int { bits: width, .. } => (word & (u64::MAX >> (64 - u32::from(width))))
                .into_pyobject(py)?
                .into_any(),
            Scalar::F16 => {
                PyFloat::new(py, widen_half(u16::from_ne_bytes(take(bits, 0)))).into_any()
            }
            Scalar::Bf16 => {
                let high = u32::from(u16::from_ne_bytes(take(bits, 0))) << 16;
                PyFloat::new(py, f64::from(f32::from_bits(high))).into_any()
            }
            Scalar::F32 => PyFloat::new(py, f32_at(0)).into_any(),
            Scalar::F64 => PyFloat::new(py, f64_at(0)).into_any(),
            Scalar::C64 => PyComplex::from_doubles(py, f32_at(0), f32_at(4)).into_any(),
            Scalar::C128 => PyComplex::from_doubles(py, f64_at(0), f64_at(8)).into_any(),
        })
    }
}

fn take<const N: usize>(bits: &Bits, at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&bits[at..at + N]);
    bytes
}

fn extract_bool(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    if let Ok(value) = value.cast::<PyBool>() {
        return Ok(value.is_true());
    }
    // NumPy's own bool is no subclass of Python's.
    let ty = value.get_type();
    if ty.name()?.to_cow()?.starts_with("bool") && ty.module()?.to_cow()? == "numpy" {
        return value.is_truthy();
    }
    Err(wrong_type(value, "a bool"))
}

fn extract_int(value: &Bound<'_, PyAny>, width: u8, signed: bool) -> PyResult<u64> {
    let py = value.py();
    // Whatever can index a list is an int: NumPy's scalars are, floats are not.
    // SAFETY: the object is live; what is returned is null with an exception set, or a new reference.
    let index = unsafe {
        if ffi::PyIndex_Check(value.as_ptr()) == 0 {
            return Err(wrong_type(value, "an int"));
        }
        Bound::from_owned_ptr_or_err(py, ffi::PyNumber_Index(value.as_ptr()))
    }
    .map_err(|error| unless_raised(value, error, "an int"))?;
    let unused = 64 - u32::from(width);
    let fitting = if signed {
        index
            .extract::<i64>()
            .ok()
            .filter(|&int| (int << unused) >> unused == int)
            .map(|int| int as u64)
    } else {
        index
            .extract::<u64>()
            .ok()
            .filter(|&int| (int << unused) >> unused == int)
    };
    fitting.ok_or_else(|| {
        let (low, high) = match signed {
            true => (
                i128::from(i64::MIN >> unused),
                i128::from(i64::MAX >> unused),
            ),
            false => (0, i128::from(u64::MAX >> unused)),
        };
        // Python does not write those of thousands of digits.
        let found = match index.str() {
            Ok(digits) => digits.to_string(),
            Err(_) => "one of thousands of digits".to_owned(),
        };
        PyOverflowError::new_err(format!(
            "expected an int from {low} to {high}, found {found}"
        ))
    })
}

fn extract_float(value: &Bound<'_, PyAny>) -> PyResult<f64> {
    value
        .extract::<f64>()
        .map_err(|error| unless_raised(value, error, "a float"))
}

fn extract_complex(value: &Bound<'_, PyAny>) -> PyResult<(f64, f64)> {
    let complex = match value.cast::<PyComplex>() {
        Ok(complex) => complex.clone(),
        // `complex` would parse it.
        Err(_) if value.is_instance_of::<PyString>() => {
            return Err(wrong_type(value, "a complex number"));
        }
        Err(_) => (value.py().get_type::<PyComplex>().call1((value,)))
            .map_err(|error| unless_raised(value, error, "a complex number"))?
            .cast_into()?,
    };
    Ok((complex.real(), complex.imag()))
}

/// A `TypeError` of CPython's as ours; what a method of `value` raised stays.
fn unless_raised(value: &Bound<'_, PyAny>, error: PyErr, expected: &str) -> PyErr {
    let py = value.py();
    if error.is_instance_of::<PyTypeError>(py) && !is_of_python_code(py, &error) {
        wrong_type(value, expected)
    } else {
        error
    }
}

/// "expected an int, found float".
pub fn wrong_type(value: &Bound<'_, PyAny>, expected: &str) -> PyErr {
    PyTypeError::new_err(format!("expected {expected}, found {}", type_name(value)))
}

/// How messages name the type of an object: as Python's own do, a NumPy array with its dtype.
pub fn type_name(value: &Bound<'_, PyAny>) -> String {
    let ty = value.get_type();
    let name = ty
        .name()
        .map_or_else(|_| "object".to_owned(), |name| name.to_string());
    match (name.as_str(), value.getattr("dtype"), value.getattr("ndim")) {
        ("ndarray", Ok(dtype), Ok(ndim)) => format!("a {ndim}-dimensional array of {dtype}"),
        ("NoneType", ..) => "None".to_owned(),
        _ => name,
    }
}
