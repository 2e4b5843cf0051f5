//! How payloads lie in memory, as LLVM types, with sizes and alignments in bytes.
//!
//! The layout is C's on the 64-bit machines that LLVM calls `e-i64:64-i128:128`.

use melior::{
    Context,
    dialect::llvm::r#type::{array, pointer, r#struct},
    ir::{
        Type, TypeLike,
        r#type::{IntegerType, MemRefType, ShapedTypeLike},
    },
};
use mlc_dialects::own;

/// The layout of a payload.
#[derive(Clone, Copy)]
pub struct Layout<'c> {
    /// The LLVM type of the payload in memory.
    pub ty: Type<'c>,
    pub size: i64,
    pub align: i64,
    /// Whether the payload owns memory, so that destroying it does something.
    pub owns: bool,
}

/// The layout of a payload: a scalar, an array, a list, a struct or a text.
pub fn layout<'c>(context: &'c Context, payload: Type<'c>) -> Layout<'c> {
    let pointer = pointer(context, 0);
    let i64 = IntegerType::new(context, 64).into();
    if own::list_element(payload).is_some() {
        let ty = r#struct(context, &[pointer, i64, i64], false);
        return Layout {
            ty,
            size: 24,
            align: 8,
            owns: true,
        };
    }
    if let Some(mut fields) = own::struct_fields(payload) {
        let destructor = own::struct_destructor(payload).is_some();
        // Whether it is armed lies behind the fields.
        if destructor {
            fields.push(IntegerType::new(context, 1).into());
        }
        let layout = struct_layout(context, &fields);
        return Layout {
            owns: layout.owns || destructor,
            ..layout
        };
    }
    if matches!(own::kind(payload), own::Kind::Str | own::Kind::Object) {
        return Layout {
            ty: pointer,
            size: 8,
            align: 8,
            owns: true,
        };
    }
    if let Ok(memref) = MemRefType::try_from(payload) {
        let rank = memref.rank() as u32;
        let mut fields = vec![pointer, pointer, i64];
        if rank > 0 {
            fields.extend([array(i64, rank), array(i64, rank)]);
        }
        return Layout {
            ty: r#struct(context, &fields, false),
            size: 24 + 16 * i64::from(rank),
            align: 8,
            owns: true,
        };
    }
    scalar_layout(context, payload)
}

/// The number of dimensions of a type that is known to be a memref, and each static extent.
pub fn extents(memref: Type) -> Vec<Option<i64>> {
    let Ok(memref) = MemRefType::try_from(memref) else {
        return Vec::new();
    };
    // SAFETY: every dimension is below the rank.
    let extent = |dimension| unsafe {
        let raw = memref.to_raw();
        (!mlir_sys::mlirShapedTypeIsDynamicDim(raw, dimension))
            .then(|| mlir_sys::mlirShapedTypeGetDimSize(raw, dimension))
    };
    (0..memref.rank() as isize).map(extent).collect()
}

/// The element type of a memref, if `ty` is one.
pub fn memref_element<'c>(ty: Type<'c>) -> Option<Type<'c>> {
    Some(MemRefType::try_from(ty).ok()?.element())
}

/// Whether the elements of a memref lie row by row without gaps, as its type tells.
pub fn is_contiguous(memref: Type) -> bool {
    let Ok(memref) = MemRefType::try_from(memref) else {
        return false;
    };
    // SAFETY: the layout of a memref type is a live attribute, and so is its map.
    unsafe {
        mlir_sys::mlirAffineMapIsIdentity(mlir_sys::mlirMemRefTypeGetAffineMap(memref.to_raw()))
    }
}

fn struct_layout<'c>(context: &'c Context, fields: &[Type<'c>]) -> Layout<'c> {
    let fields: Vec<_> = fields.iter().map(|field| layout(context, *field)).collect();
    let types: Vec<_> = fields.iter().map(|field| field.ty).collect();
    let align = fields.iter().map(|field| field.align).max().unwrap_or(1);
    let end = fields.iter().fold(0, |offset, field| {
        round_up(offset, field.align) + field.size
    });
    Layout {
        ty: r#struct(context, &types, false),
        size: round_up(end, align),
        align,
        owns: fields.iter().any(|field| field.owns),
    }
}

fn scalar_layout<'c>(context: &'c Context, scalar: Type<'c>) -> Layout<'c> {
    let raw = scalar.to_raw();
    // SAFETY: each query is guarded by the one for its kind.
    let (ty, bits) = unsafe {
        if mlir_sys::mlirTypeIsAComplex(raw) {
            let part = Type::from_raw(mlir_sys::mlirComplexTypeGetElementType(raw));
            return struct_layout(context, &[part, part]);
        } else if mlir_sys::mlirTypeIsAFloat(raw) {
            (scalar, mlir_sys::mlirFloatTypeGetWidth(raw))
        } else if mlir_sys::mlirTypeIsAInteger(raw) {
            (scalar, mlir_sys::mlirIntegerTypeGetWidth(raw))
        } else {
            (IntegerType::new(context, 64).into(), 64)
        }
    };
    let size = i64::from(bits.div_ceil(8).next_power_of_two());
    Layout {
        ty,
        size,
        align: size.min(16),
        owns: false,
    }
}

fn round_up(offset: i64, align: i64) -> i64 {
    (offset + align - 1) / align * align
}
