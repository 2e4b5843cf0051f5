//! Arrays of other libraries as compiled code sees them: a place, extents and elements.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::layout::Type;
use crate::memory::Memory;
use crate::numpy;
use crate::scalar::{Scalar, type_name, wrong_type};

/// The elements of one array.
pub struct Elements {
    memory: Memory,
    scalar: Scalar,
    /// The elements in row-major order, where those of the array are not; in words, so that they are aligned.
    copy: Option<Box<[u64]>>,
    /// Whether the copy goes back after the call.
    writes: bool,
}

impl Elements {
    /// The elements of `value`, which must be an array of this type, and writable if the callee writes.
    pub fn of(value: &Bound<'_, PyAny>, ty: &Type, writes: bool) -> PyResult<Elements> {
        let Some((rank, scalar)) = ty.as_array() else {
            return Err(wrong_type(value, &expected(ty)));
        };
        numpy::learn(value);
        let memory = memory_of(value, ty)?;
        let wrong = || {
            let found = type_name(value);
            format!("expected {}, found {found}", expected(ty))
        };
        if memory.scalar != Some(scalar) {
            return Err(PyTypeError::new_err(wrong()));
        }
        if memory.shape().len() != rank {
            return Err(PyValueError::new_err(wrong()));
        }
        check_extents(ty, memory.shape())?;
        if writes && memory.readonly {
            return Err(PyValueError::new_err(
                "expected a writable array, found a read-only one",
            ));
        }
        Ok(Elements {
            memory,
            scalar,
            copy: None,
            writes: false,
        })
    }

    /// Whether compiled code can use the elements where they are.
    pub fn is_row_major(&self) -> bool {
        let address = self.memory.data().addr();
        self.memory.is_row_major() && address.is_multiple_of(self.scalar.alignment())
    }

    /// Copies the elements to memory of their own; with `writes` they are copied back after the call.
    pub fn make_row_major(&mut self, writes: bool) {
        let size = self.memory.item_size();
        let mut words = vec![0u64; self.memory.bytes().div_ceil(8).max(1)].into_boxed_slice();
        let mut to = words.as_mut_ptr().cast::<u8>();
        self.memory.for_each(|element| {
            // SAFETY: `to` walks over as many elements as the array has.
            unsafe {
                to.copy_from_nonoverlapping(element, size);
                to = to.add(size);
            }
        });
        self.copy = Some(words);
        self.writes = writes;
    }

    /// Copies what was changed in a copy back to the array.
    pub fn copy_back(&self) {
        let Some(copy) = self.copy.as_ref().filter(|_| self.writes) else {
            return;
        };
        let bytes = self.memory.bytes();
        // SAFETY: every initialized word is eight bytes, of which the array needs no more.
        let bytes = unsafe { std::slice::from_raw_parts(copy.as_ptr().cast::<u8>(), bytes) };
        self.memory.scatter(bytes);
    }

    /// Where the copy lies that the callee works on, if there is one.
    pub fn copy_place(&self) -> Option<*mut u8> {
        let copy = self.copy.as_ref()?;
        Some(copy.as_ptr().cast_mut().cast())
    }

    /// Where the elements lie in row-major order; never null for some.
    pub fn data(&mut self) -> *mut u8 {
        match &mut self.copy {
            Some(copy) => copy.as_mut_ptr().cast(),
            None => self.memory.data(),
        }
    }

    pub fn memory(&self) -> &Memory {
        &self.memory
    }
}

/// What a parameter of this type takes, in words.
pub fn expected(ty: &Type) -> String {
    let (Some((rank, scalar)), false) = (ty.as_array(), matches!(ty, Type::Scalar(_))) else {
        return match ty {
            Type::List(_) => "a list".to_owned(),
            _ => "another type".to_owned(),
        };
    };
    let array = format!("a {rank}-dimensional array of {}", scalar.dtype());
    if matches!(ty, Type::List(_)) {
        format!("{array}, or a list")
    } else {
        array
    }
}

/// The memory of an argument that must be an array of this type.
pub fn memory_of(value: &Bound<'_, PyAny>, ty: &Type) -> PyResult<Memory> {
    Memory::of(value)?.ok_or_else(|| wrong_type(value, &expected(ty)))
}

fn check_extents(ty: &Type, found: &[usize]) -> PyResult<()> {
    let Type::Array { dims, .. } = ty else {
        return match ty {
            // Of nested lists the rows may be arrays with extents of their own.
            Type::List(elem) if !matches!(**elem, Type::Scalar(_)) => {
                check_extents(elem, &found[1..])
            }
            _ => Ok(()),
        };
    };
    let fits =
        |(wanted, &found): (&Option<usize>, &usize)| wanted.is_none_or(|wanted| wanted == found);
    if dims.iter().zip(found).all(fits) {
        return Ok(());
    }
    let shape = |extents: Vec<String>| format!("({})", extents.join(", "));
    let wanted = dims
        .iter()
        .map(|dim| dim.map_or("_".to_owned(), |dim| dim.to_string()))
        .collect();
    let found = found.iter().map(usize::to_string).collect();
    Err(PyValueError::new_err(format!(
        "expected shape {}, found {}",
        shape(wanted),
        shape(found)
    )))
}
