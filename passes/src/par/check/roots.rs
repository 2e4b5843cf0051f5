//! How the roots of two accesses lie to each other.

use crate::analysis::place::owner;
use melior::ir::{ShapedTypeLike, Type, TypeLike, ValueLike, r#type::MemRefType};
use mlc_dialects::own;
use mlc_mlir::rewrite::Val;

/// How two roots lie to each other.
pub enum Roots {
    /// They are one value, or what the same indices lead to is one place.
    One,
    Apart,
    Unknown,
}

/// Scalars of different types never lie in one buffer. Lists of scalars are one value or none: neither is a part of the
/// other, and two headers never share a buffer. Of two arrays, one may be some part of what the other is a part of.
pub fn relation(first: Val, second: Val) -> Roots {
    if owner(first) == owner(second) {
        return Roots::One;
    }
    let scalars = |root: Val| {
        let payload = own::payload(root.r#type()).unwrap_or(root.r#type());
        let element = own::list_element(payload)
            .or_else(|| Some(MemRefType::try_from(payload).ok()?.element()))?;
        let is_list = own::kind(payload) == own::Kind::List;
        is_scalar(element).then(|| (element.to_string(), is_list))
    };
    match (scalars(first), scalars(second)) {
        (Some((first, _)), Some((second, _))) if first != second => Roots::Apart,
        (Some((_, true)), Some((_, true))) => Roots::One,
        _ => Roots::Unknown,
    }
}

fn is_scalar(ty: Type) -> bool {
    own::kind(ty) == own::Kind::Other && !ty.is_mem_ref()
}
