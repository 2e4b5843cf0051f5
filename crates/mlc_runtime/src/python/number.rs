//! Numbers in memory and as objects of Python.

use std::ffi::c_int;

use super::api::Api;
use super::shape::Number;
use super::{Object, Owned};
use crate::kind::{OVERFLOW_ERROR, TYPE_ERROR, VALUE_ERROR};
use crate::narrow::{narrow_bfloat, narrow_half, widen_bfloat, widen_half};

/// Any number, without loss.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Any {
    Int(i128),
    Float(f64),
    Complex(f64, f64),
}

/// An error that is to be raised: its kind and message.
pub(super) type Misfit = (i32, String);

impl Number {
    /// # Safety
    /// `place` must hold such a number, aligned or not.
    pub unsafe fn load(self, place: *const u8) -> Any {
        macro_rules! read {
            ($ty:ty) => {
                // SAFETY: the caller vouches for the place.
                unsafe { place.cast::<$ty>().read_unaligned() }
            };
        }
        match self {
            Number::Bool => Any::Int(i128::from(read!(u8) != 0)),
            Number::Int { bytes, signed } => Any::Int(match (bytes, signed) {
                (1, true) => read!(i8).into(),
                (2, true) => read!(i16).into(),
                (4, true) => read!(i32).into(),
                (_, true) => read!(i64).into(),
                (1, false) => read!(u8).into(),
                (2, false) => read!(u16).into(),
                (4, false) => read!(u32).into(),
                (_, false) => read!(u64).into(),
            }),
            Number::Half => Any::Float(widen_half(read!(u16))),
            Number::BFloat => Any::Float(widen_bfloat(read!(u16))),
            Number::Single => Any::Float(read!(f32).into()),
            Number::Double => Any::Float(read!(f64)),
            Number::Complex { double: false } => {
                let [re, im] = read!([f32; 2]);
                Any::Complex(re.into(), im.into())
            }
            Number::Complex { double: true } => {
                let [re, im] = read!([f64; 2]);
                Any::Complex(re, im)
            }
        }
    }

    /// Converts a number as the language's conversions do, but an integer that does not fit is an error, as from Python.
    ///
    /// # Safety
    /// `place` must have room for such a number, aligned or not.
    pub unsafe fn store(self, any: Any, place: *mut u8) -> Result<(), Misfit> {
        macro_rules! write {
            ($ty:ty, $value:expr) => {
                // SAFETY: the caller vouches for the place.
                unsafe { place.cast::<$ty>().write_unaligned($value) }
            };
        }
        macro_rules! int {
            ($ty:ty, $value:expr) => {
                write!($ty, <$ty>::try_from($value).map_err(|_| self.overflow())?)
            };
        }
        match self {
            Number::Bool => write!(u8, u8::from(is_true(any))),
            Number::Int { bytes, signed } => {
                let value = self.integer(any)?;
                match (bytes, signed) {
                    (1, true) => int!(i8, value),
                    (2, true) => int!(i16, value),
                    (4, true) => int!(i32, value),
                    (_, true) => int!(i64, value),
                    (1, false) => int!(u8, value),
                    (2, false) => int!(u16, value),
                    (4, false) => int!(u32, value),
                    (_, false) => int!(u64, value),
                }
            }
            Number::Half => write!(u16, narrow_half(self.real(any)?)),
            Number::BFloat => write!(u16, narrow_bfloat(self.real(any)?)),
            Number::Single => write!(f32, self.real(any)? as f32),
            Number::Double => write!(f64, self.real(any)?),
            Number::Complex { double } => {
                let (re, im) = match any {
                    Any::Int(value) => (value as f64, 0.0),
                    Any::Float(value) => (value, 0.0),
                    Any::Complex(re, im) => (re, im),
                };
                if double {
                    write!([f64; 2], [re, im]);
                } else {
                    write!([f32; 2], [re as f32, im as f32]);
                }
            }
        }
        Ok(())
    }

    fn overflow(self) -> Misfit {
        (
            OVERFLOW_ERROR,
            format!("the number does not fit `{}`", self.name()),
        )
    }

    fn integer(self, any: Any) -> Result<i128, Misfit> {
        match any {
            Any::Int(value) => Ok(value),
            Any::Float(value) if value.is_nan() => {
                Err((VALUE_ERROR, "cannot convert float NaN to integer".into()))
            }
            Any::Float(value) if value.is_infinite() => Err((
                OVERFLOW_ERROR,
                "cannot convert float infinity to integer".into(),
            )),
            // Far beyond every type it saturates, and does not fit them still.
            Any::Float(value) => Ok(value as i128),
            Any::Complex(..) => Err(self.is_complex()),
        }
    }

    fn real(self, any: Any) -> Result<f64, Misfit> {
        match any {
            Any::Int(value) => Ok(value as f64),
            Any::Float(value) => Ok(value),
            Any::Complex(..) => Err(self.is_complex()),
        }
    }

    fn is_complex(self) -> Misfit {
        (
            TYPE_ERROR,
            format!("a complex number cannot be converted to `{}`", self.name()),
        )
    }

    /// A new object with the number in the place; null with an error.
    ///
    /// # Safety
    /// `place` must hold such a number, and the GIL be held.
    pub unsafe fn give(self, api: &Api, place: *const u8) -> Object {
        // SAFETY: the caller vouches for the place and the GIL.
        unsafe {
            match self.load(place) {
                Any::Int(value) if self == Number::Bool => {
                    (api.PyBool_FromLong)(i64::from(value != 0))
                }
                Any::Int(value) => match i64::try_from(value) {
                    Ok(value) => (api.PyLong_FromLongLong)(value),
                    Err(_) => (api.PyLong_FromUnsignedLongLong)(value as u64),
                },
                Any::Float(value) => (api.PyFloat_FromDouble)(value),
                Any::Complex(re, im) => (api.PyComplex_FromDoubles)(re, im),
            }
        }
    }

    /// The number that Python's `int`, `float`, `complex` or `bool` makes of an object; `None` with an error of the interpreter.
    ///
    /// # Safety
    /// `object` must be live, and the GIL held.
    pub unsafe fn number_of(self, api: &'static Api, object: Object) -> Option<Any> {
        // SAFETY: the caller vouches for the object and the GIL.
        unsafe {
            let failed = || !(api.PyErr_Occurred)().is_null();
            match self {
                Number::Bool => match (api.PyObject_IsTrue)(object) {
                    -1 => None,
                    truth => Some(Any::Int(truth.into())),
                },
                Number::Int { .. } => {
                    let whole = Owned::new(api, (api.PyNumber_Long)(object))?;
                    let mut overflow: c_int = 0;
                    let value = (api.PyLong_AsLongLongAndOverflow)(whole.object, &raw mut overflow);
                    if overflow == 0 {
                        return (value != -1 || !failed()).then_some(Any::Int(value.into()));
                    }
                    let value = (api.PyLong_AsUnsignedLongLong)(whole.object);
                    if failed() {
                        (api.PyErr_Clear)();
                        // No type holds it.
                        return Some(Any::Int(i128::MAX));
                    }
                    Some(Any::Int(value.into()))
                }
                Number::Complex { .. } => {
                    let re = (api.PyComplex_RealAsDouble)(object);
                    let im = (api.PyComplex_ImagAsDouble)(object);
                    (!failed()).then_some(Any::Complex(re, im))
                }
                _ => {
                    let float = Owned::new(api, (api.PyNumber_Float)(object))?;
                    let value = (api.PyFloat_AsDouble)(float.object);
                    (!failed()).then_some(Any::Float(value))
                }
            }
        }
    }
}

fn is_true(any: Any) -> bool {
    match any {
        Any::Int(value) => value != 0,
        Any::Float(value) => value != 0.0,
        Any::Complex(re, im) => re != 0.0 || im != 0.0,
    }
}
