//! What the passes must know of the processor: attributes of the module, or options of a pass.

use melior::{
    Context,
    ir::{
        OperationRef,
        attribute::{BoolAttribute, IntegerAttribute},
        operation::OperationLike,
        r#type::IntegerType,
    },
};
use mlc_mlir::rewrite::{integer_attribute, set_attribute};

/// The attribute of the module that holds the width of a vector register in bits.
pub const VECTOR_BITS: &str = "mlc.vector_bits";

/// The attribute of the module that says whether there is a fused multiply-add; `true` without it.
pub const FUSED_MULTIPLY_ADD: &str = "mlc.fma";

/// What a processor does on vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Simd {
    /// The width of a vector register in bits.
    pub vector_bits: u64,
    /// Whether a fused multiply-add is one instruction.
    pub fused_multiply_add: bool,
}

impl Default for Simd {
    fn default() -> Self {
        Self {
            vector_bits: 256,
            fused_multiply_add: true,
        }
    }
}

impl Simd {
    /// Notes in a module, unless it says so itself, which processor it is made for.
    pub fn annotate<'c>(self, context: &'c Context, module: OperationRef<'c, '_>) {
        if !module.has_attribute(VECTOR_BITS) {
            let word = IntegerType::new(context, 64).into();
            let bits = IntegerAttribute::new(word, self.vector_bits as i64);
            set_attribute(module, VECTOR_BITS, bits.into());
        }
        if !module.has_attribute(FUSED_MULTIPLY_ADD) {
            let fused = BoolAttribute::new(context, self.fused_multiply_add);
            set_attribute(module, FUSED_MULTIPLY_ADD, fused.into());
        }
    }

    /// That of the processor that a module is made for. An option `width=BITS` of the pass wins.
    pub fn of(module: OperationRef, options: &str) -> Result<Self, String> {
        let fused = module
            .attribute(FUSED_MULTIPLY_ADD)
            .ok()
            .and_then(|attribute| BoolAttribute::try_from(attribute).ok());
        let mut target = Self {
            vector_bits: integer_attribute(module, VECTOR_BITS)
                .and_then(|bits| u64::try_from(bits).ok())
                .unwrap_or(Self::default().vector_bits),
            fused_multiply_add: fused.is_none_or(|attribute| attribute.value()),
        };
        for option in options.split_whitespace() {
            match option.split_once('=') {
                Some(("width", bits)) => {
                    target.vector_bits = bits
                        .parse()
                        .map_err(|_| format!("expected `width` in bits, found `{bits}`"))?;
                }
                _ => return Err(format!("unknown option `{option}`")),
            }
        }
        if !matches!(target.vector_bits, 128 | 256 | 512) {
            return Err(format!(
                "expected a vector width of 128, 256 or 512 bits, found {}",
                target.vector_bits
            ));
        }
        Ok(target)
    }
}
