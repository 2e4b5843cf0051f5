//! Textual IR with a file name.

use crate::{emit_error, nesting::too_deep};
use melior::{
    Context, StringRef,
    ir::{Location, Module},
};
use mlir_sys::{MlirContext, MlirModule, MlirStringRef};
use std::ffi::CString;

unsafe extern "C" {
    fn mlcParseModule(context: MlirContext, text: MlirStringRef, name: MlirStringRef)
    -> MlirModule;
}

/// Parses and verifies a module that does not nest too deeply; operations get locations in the file `name`. `None` where the text is
/// malformed: the context's diagnostic handlers were told why.
pub fn parse_module<'c>(context: &'c Context, text: &str, name: &str) -> Option<Module<'c>> {
    // The parser wants a zero behind the text; a zero inside it ends the text, which then is malformed or was complete.
    let zero = text.find('\0').unwrap_or(text.len());
    let text = &text[..zero];
    if let Some(place) = too_deep(text.as_bytes()) {
        let location = Location::new(context, name, place.line, place.column);
        emit_error(location, &place.message());
        return None;
    }
    let text = CString::new(text).ok()?;
    // SAFETY: text and name are copied or read during the call; the module lives in the context.
    unsafe {
        Module::from_option_raw(mlcParseModule(
            context.to_raw(),
            StringRef::from_c_str(&text).to_raw(),
            StringRef::new(name).to_raw(),
        ))
    }
}
