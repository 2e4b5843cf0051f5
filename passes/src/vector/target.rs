//! What the passes must know of the processor: attributes of the module, or options of the pass.

use melior::ir::{OperationRef, attribute::BoolAttribute, operation::OperationLike};
use mlc_mlir::rewrite::integer_attribute;

/// The attribute of the module that holds the width of a vector register in bits.
pub const VECTOR_BITS: &str = "mlc.vector_bits";

/// The attribute of the module that says whether there is a fused multiply-add; `true` without it.
pub const FUSED_MULTIPLY_ADD: &str = "mlc.fma";

/// The processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The width of a vector register in bits.
    pub vector_bits: u64,
    /// Whether a fused multiply-add is one instruction.
    pub fused_multiply_add: bool,
}

impl Target {
    /// The processor that a module is made for. An option `width=BITS` of the pass wins.
    pub fn of(module: OperationRef, options: &str) -> Result<Self, String> {
        let fused = module
            .attribute(FUSED_MULTIPLY_ADD)
            .ok()
            .and_then(|attribute| BoolAttribute::try_from(attribute).ok());
        let mut target = Self {
            vector_bits: integer_attribute(module, VECTOR_BITS)
                .and_then(|bits| u64::try_from(bits).ok())
                .unwrap_or(256),
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
