//! What types are called: by users, and by NumPy.

use super::{FloatKind, Ty, TyKind, TypeTable};
use crate::types::Dim;

impl TypeTable {
    /// The type as a user writes it.
    pub fn name(&self, ty: Ty) -> String {
        let mut text = String::new();
        self.write_name(ty, &mut text);
        text
    }

    /// What NumPy calls a type of elements.
    pub fn numpy_name(&self, elem: Ty) -> &'static str {
        let found = NUMPY_NAMES.iter().find(|(_, ty)| *ty == elem);
        found.map_or("object", |(name, _)| name)
    }

    pub fn by_numpy_name(&self, name: &str) -> Option<Ty> {
        let found = NUMPY_NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, ty)| *ty)
    }

    fn write_name(&self, ty: Ty, out: &mut String) {
        use std::fmt::Write as _;
        match self.kind(ty) {
            TyKind::Error => out.push_str("<error>"),
            TyKind::Unknown(_) => out.push('?'),
            TyKind::Passed(at) => {
                let _ = write!(out, "function {at}");
            }
            TyKind::None => out.push_str("None"),
            TyKind::Bool => out.push_str("Bool"),
            TyKind::Int { bits: 64, signed } => out.push_str(if *signed { "Int" } else { "UInt" }),
            TyKind::Int { bits, signed } => {
                let _ = write!(out, "{}{bits}", if *signed { 'i' } else { 'u' });
            }
            TyKind::Float(kind) => out.push_str(kind.name()),
            TyKind::Complex(kind) => out.push_str(if *kind == FloatKind::F32 {
                "c64"
            } else {
                "c128"
            }),
            TyKind::Str => out.push_str("String"),
            TyKind::List(elem) => {
                out.push('[');
                self.write_name(*elem, out);
                out.push(']');
            }
            TyKind::Array { elem, dims } => {
                out.push('[');
                self.write_name(*elem, out);
                for (position, dim) in dims.iter().enumerate() {
                    out.push_str(if position == 0 { "; " } else { ", " });
                    match dim {
                        Dim::Static(extent) => {
                            let _ = write!(out, "{extent}");
                        }
                        Dim::Dynamic => out.push('_'),
                    }
                }
                out.push(']');
            }
            TyKind::Simd { elem, lanes } => {
                out.push_str("SIMD[");
                self.write_name(*elem, out);
                let _ = write!(out, ", {lanes}]");
            }
            TyKind::Tuple(items) => {
                out.push('(');
                for (position, item) in items.iter().enumerate() {
                    if position > 0 {
                        out.push_str(", ");
                    }
                    self.write_name(*item, out);
                }
                out.push_str(if items.len() == 1 { ",)" } else { ")" });
            }
            TyKind::Optional(of) => {
                self.write_name(*of, out);
                out.push('?');
            }
            TyKind::Struct(id) => out.push_str(&self.structs[id.0 as usize].name),
            TyKind::Dict(key, value) => {
                out.push_str("Dict[");
                self.write_name(*key, out);
                out.push_str(", ");
                self.write_name(*value, out);
                out.push(']');
            }
            TyKind::Set(of) => {
                out.push_str("Set[");
                self.write_name(*of, out);
                out.push(']');
            }
            TyKind::Exception => out.push_str("Exception"),
            TyKind::PythonObject => out.push_str("PythonObject"),
        }
    }
}

const NUMPY_NAMES: &[(&str, Ty)] = &[
    ("bool", Ty::BOOL),
    ("int8", Ty::I8),
    ("int16", Ty::I16),
    ("int32", Ty::I32),
    ("int64", Ty::I64),
    ("uint8", Ty::U8),
    ("uint16", Ty::U16),
    ("uint32", Ty::U32),
    ("uint64", Ty::U64),
    ("float16", Ty::F16),
    ("bfloat16", Ty::BF16),
    ("float32", Ty::F32),
    ("float64", Ty::F64),
    ("complex64", Ty::C64),
    ("complex128", Ty::C128),
];
