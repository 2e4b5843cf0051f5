//! The kernels of a module as PTX.

use crate::{LlvmError, Lowering};
use melior::{
    StringRef,
    ir::{
        Attribute, AttributeLike, Module,
        attribute::ArrayAttribute,
        operation::{OperationLike, WalkOrder, WalkResult},
    },
};
use mlc_passes::pipeline;
use mlir_sys::{mlirAttributeIsAGPUObjectAttr, mlirGPUObjectAttrGetObject};

impl Lowering {
    /// The PTX of the kernels of a module at stage `nvvm`; `None` where there are no kernels.
    pub fn ptx(&self) -> Result<Option<String>, LlvmError> {
        self.on_copy(pipeline::NVVM_TO_PTX, read)
            .map_err(|reported| {
                let reason = reported.first().map(|diagnostic| &diagnostic.message);
                let reason = reason.map_or("no reason was given", |reason| reason);
                LlvmError(format!("the kernels could not be compiled: {reason}"))
            })
    }
}

/// The text in the binary of a module, which has one at most: all kernels are in one module of their own.
fn read(module: &Module) -> Option<String> {
    let mut text = None;
    module.as_operation().walk(WalkOrder::PreOrder, |op| {
        let objects = op.attribute("objects");
        let objects = objects.and_then(ArrayAttribute::try_from);
        if let Ok(object) = objects.and_then(|objects| objects.element(0)) {
            text = object_text(object);
        }
        if text.is_some() {
            WalkResult::Interrupt
        } else {
            WalkResult::Advance
        }
    });
    text
}

fn object_text(object: Attribute) -> Option<String> {
    // SAFETY: the kind of the attribute is checked before its text is read, which lives in the context.
    let text = unsafe {
        if !mlirAttributeIsAGPUObjectAttr(object.to_raw()) {
            return None;
        }
        StringRef::from_raw(mlirGPUObjectAttrGetObject(object.to_raw()))
    };
    // The text ends in a zero byte for the driver's sake.
    let text = text.as_str().ok()?;
    Some(text.trim_end_matches('\0').to_owned())
}
