//! HIR types as types of the IR.
//!
//! A *flat* value is a list of SSA values: one for a scalar, none for `None`, those of the items for a tuple, a flag and
//! the value for an optional, one box for everything that lives in memory. A *payload* is the same value stored in a
//! container, in one piece: tuples and optionals are structs there.

use melior::{
    Context,
    ir::{
        Type,
        r#type::{IntegerType, MemRefType},
    },
};
use mlc_dialects::own;
use mlc_sema::hir::{Dim, FloatKind, Program, StructId, Ty, TyKind};

use crate::Error;

/// The extent of a dimension that is known at run time only, as MLIR writes it.
pub const DYNAMIC: i64 = i64::MIN;

#[derive(Clone, Copy)]
pub struct Types<'x, 'c> {
    pub context: &'c Context,
    pub program: &'x Program,
}

impl<'x, 'c> Types<'x, 'c> {
    pub fn kind(self, ty: Ty) -> &'x TyKind {
        self.program.types.kind(ty)
    }

    /// Whether a value is held in a box.
    pub fn is_boxed(self, ty: Ty) -> bool {
        matches!(
            self.kind(ty),
            TyKind::List(_) | TyKind::Array { .. } | TyKind::Struct(_)
        ) || self.is_counted(ty)
    }

    /// Whether a value is a box of a counted reference, which is copied implicitly.
    pub fn is_counted(self, ty: Ty) -> bool {
        matches!(self.kind(ty), TyKind::Str | TyKind::PythonObject)
    }

    /// Whether a value holds memory that is freed with it.
    pub fn owns_memory(self, ty: Ty) -> bool {
        match self.kind(ty) {
            TyKind::Tuple(items) => items.iter().any(|item| self.owns_memory(*item)),
            TyKind::Optional(of) => self.owns_memory(*of),
            _ => self.is_boxed(ty),
        }
    }

    /// The type of the elements of what is stored as a list and whose elements are borrowed in place: a list, or an array, of
    /// values that are no numbers.
    pub fn stored_element(self, ty: Ty) -> Option<Ty> {
        match self.kind(ty) {
            TyKind::List(elem) | TyKind::Array { elem, .. } if !self.is_scalar(*elem) => {
                Some(*elem)
            }
            _ => None,
        }
    }

    /// Whether a value is one SSA value that is no box: a number, a `Bool` or a vector.
    pub fn is_scalar(self, ty: Ty) -> bool {
        self.scalar(ty).is_some()
    }

    pub fn float(self, kind: FloatKind) -> Type<'c> {
        match kind {
            FloatKind::F16 => Type::float16(self.context),
            FloatKind::Bf16 => Type::bfloat16(self.context),
            FloatKind::F32 => Type::float32(self.context),
            FloatKind::F64 => Type::float64(self.context),
        }
    }

    /// The type of a number, a `Bool` or a vector.
    pub fn scalar(self, ty: Ty) -> Option<Type<'c>> {
        Some(match self.kind(ty) {
            TyKind::Bool => IntegerType::new(self.context, 1).into(),
            TyKind::Int { bits, .. } => IntegerType::new(self.context, u32::from(*bits)).into(),
            TyKind::Float(kind) => self.float(*kind),
            TyKind::Complex(kind) => {
                let text = if *kind == FloatKind::F32 {
                    "complex<f32>"
                } else {
                    "complex<f64>"
                };
                Type::parse(self.context, text)?
            }
            TyKind::Simd { elem, lanes } => Type::vector(&[u64::from(*lanes)], self.scalar(*elem)?),
            _ => return None,
        })
    }

    /// The SSA values that hold a value.
    pub fn flat(self, ty: Ty) -> Result<Vec<Type<'c>>, Error> {
        if let Some(scalar) = self.scalar(ty) {
            return Ok(vec![scalar]);
        }
        Ok(match self.kind(ty) {
            TyKind::None => vec![],
            TyKind::Tuple(items) => {
                let mut types = Vec::new();
                for &item in items {
                    types.extend(self.flat(item)?);
                }
                types
            }
            TyKind::Optional(of) => {
                let mut types = vec![IntegerType::new(self.context, 1).into()];
                types.extend(self.flat(*of)?);
                types
            }
            // The kind and the message.
            TyKind::Exception => vec![
                IntegerType::new(self.context, 32).into(),
                own::box_type(own::str_type(self.context)),
            ],
            _ => vec![own::box_type(self.payload(ty)?)],
        })
    }

    /// How a value is stored in a container.
    pub fn payload(self, ty: Ty) -> Result<Type<'c>, Error> {
        self.nested_payload(ty, &mut Vec::new())
    }

    fn nested_payload(self, ty: Ty, outer: &mut Vec<Ty>) -> Result<Type<'c>, Error> {
        if let Some(scalar) = self.scalar(ty) {
            return Ok(scalar);
        }
        if let TyKind::Struct(id) = self.kind(ty)
            && self.program.structs[id.0 as usize].recursive
        {
            return self.node(ty, *id, outer);
        }
        Ok(match self.kind(ty) {
            TyKind::Str => own::str_type(self.context),
            TyKind::PythonObject => own::object_type(self.context),
            TyKind::List(elem) => own::list_type(self.nested_payload(*elem, outer)?),
            TyKind::Array { elem, dims } => {
                let Some(elem) = self.scalar(*elem) else {
                    if dims.len() > 1 {
                        let what = "an array of values that are no numbers in several dimensions";
                        return Err(self.unsupported(ty, what));
                    }
                    // It never grows, and its elements lie as those of a list do.
                    return Ok(own::list_type(self.nested_payload(*elem, outer)?));
                };
                let dims: Vec<i64> = dims.iter().map(|dim| extent(*dim)).collect();
                MemRefType::new(elem, &dims, None, None).into()
            }
            TyKind::Struct(id) => {
                let decl = &self.program.structs[id.0 as usize];
                let mut fields = Vec::new();
                for field in &decl.fields {
                    fields.push(self.nested_payload(field.ty, outer)?);
                }
                own::struct_type(self.context, &decl.name, &fields, self.destructor(ty))
            }
            TyKind::Tuple(items) => {
                let mut fields = Vec::new();
                for &item in items {
                    fields.push(self.nested_payload(item, outer)?);
                }
                own::struct_type(self.context, &self.program.types.name(ty), &fields, None)
            }
            TyKind::Exception => {
                let fields = [
                    IntegerType::new(self.context, 32).into(),
                    own::str_type(self.context),
                ];
                own::struct_type(self.context, "Exception", &fields, None)
            }
            TyKind::Optional(of) => {
                let fields = [
                    IntegerType::new(self.context, 1).into(),
                    self.nested_payload(*of, outer)?,
                ];
                own::struct_type(self.context, &self.program.types.name(ty), &fields, None)
            }
            _ => return Err(self.unsupported(ty, "a value of this type")),
        })
    }

    /// A struct that holds itself. Structs of several programs may meet in one context, so that its name tells what it holds.
    fn node(self, ty: Ty, id: StructId, outer: &mut Vec<Ty>) -> Result<Type<'c>, Error> {
        let decl = &self.program.structs[id.0 as usize];
        let name = format!("{}.{:016x}", decl.name, self.shape_of(ty));
        if outer.contains(&ty) {
            return Ok(own::node_reference(self.context, &name));
        }
        own::node_type(self.context, &name, self.destructor(ty), || {
            outer.push(ty);
            let fields = (decl.fields.iter())
                .map(|field| self.nested_payload(field.ty, outer))
                .collect();
            outer.pop();
            fields
        })
    }

    /// A number for all that a type holds, by the names and fields of the structs in it.
    fn shape_of(self, ty: Ty) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        let mut seen = Vec::new();
        let mut pending = vec![ty];
        while let Some(ty) = pending.pop() {
            self.program.types.name(ty).hash(&mut hasher);
            match self.kind(ty) {
                TyKind::List(of) | TyKind::Optional(of) | TyKind::Array { elem: of, .. } => {
                    pending.push(*of);
                }
                TyKind::Tuple(items) => pending.extend(items),
                TyKind::Struct(id) if !seen.contains(&ty) => {
                    seen.push(ty);
                    self.destructor(ty).hash(&mut hasher);
                    let fields = &self.program.structs[id.0 as usize].fields;
                    pending.extend(fields.iter().map(|field| field.ty));
                }
                _ => {}
            }
        }
        hasher.finish()
    }

    /// The symbol of the `__del__` of a struct that has one.
    pub fn destructor(self, ty: Ty) -> Option<&'x str> {
        let TyKind::Struct(id) = self.kind(ty) else {
            return None;
        };
        let function = self.program.structs[id.0 as usize].destructor?;
        Some(&self.program.functions[function.0 as usize].symbol)
    }

    /// A borrow of a stored value.
    pub fn borrow(self, ty: Ty, mutable: bool) -> Result<Type<'c>, Error> {
        let payload = self.payload(ty)?;
        Ok(if mutable {
            own::mut_type(payload)
        } else {
            own::ref_type(payload)
        })
    }

    fn unsupported(self, ty: Ty, what: &str) -> Error {
        let span = match self.kind(ty) {
            TyKind::Struct(id) => self.program.structs[id.0 as usize].span,
            _ => mlc_diagnostics::Span::NONE,
        };
        Error::unsupported(span, &format!("{what} (`{}`)", self.program.types.name(ty)))
    }
}

/// An extent as MLIR writes it.
pub fn extent(dim: Dim) -> i64 {
    match dim {
        Dim::Static(extent) => i64::try_from(extent).unwrap_or(i64::MAX),
        Dim::Dynamic => DYNAMIC,
    }
}
