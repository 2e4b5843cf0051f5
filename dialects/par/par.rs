//! Rust half of the `par` dialect: generated op builders, and its attributes.

use melior::{
    Context,
    ir::{Attribute, AttributeLike},
};
use mlir_sys::{MlirAttribute, MlirContext};

melior::dialect! {
    name: "par",
    files: ["par.td"],
    include_directories: ["./dialects/par"],
}

pub use par::*;

unsafe extern "C" {
    fn mlcParReductionAttrGet(context: MlirContext, kind: u32) -> MlirAttribute;
    fn mlcParReductionAttrGetKind(attribute: MlirAttribute) -> i64;
}

/// How the contributions of the iterations combine. The numbers are those of `par.td`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Reduction {
    Add,
    Mul,
    MinS,
    MaxS,
    MinU,
    MaxU,
    MinF,
    MaxF,
    And,
    Or,
    Xor,
}

impl Reduction {
    pub const ALL: [Self; 11] = [
        Self::Add,
        Self::Mul,
        Self::MinS,
        Self::MaxS,
        Self::MinU,
        Self::MaxU,
        Self::MinF,
        Self::MaxF,
        Self::And,
        Self::Or,
        Self::Xor,
    ];

    /// The reduction as an attribute.
    pub fn attribute(self, context: &Context) -> Attribute<'_> {
        // SAFETY: every variant is a case of the enum in `par.td`.
        unsafe { Attribute::from_raw(mlcParReductionAttrGet(context.to_raw(), self as u32)) }
    }

    /// The reduction that an attribute holds.
    pub fn from_attribute(attribute: Attribute) -> Option<Self> {
        // SAFETY: the query accepts any live attribute.
        let kind = unsafe { mlcParReductionAttrGetKind(attribute.to_raw()) };
        Self::ALL.get(usize::try_from(kind).ok()?).copied()
    }
}
