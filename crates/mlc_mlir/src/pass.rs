//! Passes that are written in Rust, known to MLIR by name.

use melior::{
    Context, ContextRef, StringRef,
    ir::{Location, OperationRef, operation::OperationLike},
};
use mlir_sys::{MlirDialectRegistry, MlirLocation, MlirOperation, MlirStringRef};
use std::{
    ffi::c_void,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::OnceLock,
};

/// A pass: a name, a line of description and a function.
pub struct Pass {
    /// The name in pipelines, in `kebab-case`.
    pub name: &'static str,
    /// What the pass does, in a line.
    pub summary: &'static str,
    /// The operation that the pass runs on, such as `builtin.module`; empty for any.
    pub anchor: &'static str,
    /// Transforms one operation. `options` is the text between the braces in a pipeline.
    pub run:
        for<'c, 'a> fn(context: &'c Context, op: OperationRef<'c, 'a>, options: &str) -> PassResult,
}

/// What a pass returns.
pub type PassResult = Result<(), PassError>;

/// Why a pass failed.
#[derive(Debug)]
pub enum PassError {
    /// The pass has emitted diagnostics about the program.
    Reported,
    /// The pass cannot go on, and the program is not to blame: a bug, or a wrong option.
    Failed(String),
}

impl<T: Into<String>> From<T> for PassError {
    fn from(message: T) -> Self {
        Self::Failed(message.into())
    }
}

#[repr(C)]
struct PassInfo {
    pass: *const c_void,
    argument: MlirStringRef,
    summary: MlirStringRef,
    anchor: MlirStringRef,
    run: unsafe extern "C" fn(*const c_void, MlirOperation, MlirStringRef) -> bool,
}

unsafe extern "C" {
    fn mlcRegisterPass(info: *const PassInfo);
    fn mlcSetPassDialects(add: extern "C" fn(*mut c_void));
    fn mlcEmitRemark(location: MlirLocation, message: MlirStringRef);
    fn mlcEmitError(
        location: MlirLocation,
        message: MlirStringRef,
        count: usize,
        note_locations: *const MlirLocation,
        notes: *const MlirStringRef,
    );
}

/// Emits an error diagnostic at a location.
pub fn emit_error(location: Location, message: &str) {
    emit_error_with_notes(location, message, &[]);
}

/// Emits an error diagnostic with notes, each at a location of its own.
pub fn emit_error_with_notes(location: Location, message: &str, notes: &[(Location, String)]) {
    let locations: Vec<_> = notes
        .iter()
        .map(|(location, _)| location.to_raw())
        .collect();
    let texts: Vec<_> = notes
        .iter()
        .map(|(_, text)| StringRef::new(text).to_raw())
        .collect();
    // SAFETY: all locations and texts are live during the call, which copies the texts.
    unsafe {
        mlcEmitError(
            location.to_raw(),
            StringRef::new(message).to_raw(),
            notes.len(),
            locations.as_ptr(),
            texts.as_ptr(),
        );
    }
}

/// Emits a remark diagnostic.
pub fn emit_remark(location: Location, message: &str) {
    // SAFETY: both are live during the call, which copies the text.
    unsafe { mlcEmitRemark(location.to_raw(), StringRef::new(message).to_raw()) }
}

unsafe extern "C" fn run_pass(
    pass: *const c_void,
    op: MlirOperation,
    options: MlirStringRef,
) -> bool {
    // SAFETY: `register_pass` stored a `&'static Pass` under this pointer.
    let pass = unsafe { &*pass.cast::<Pass>() };
    // SAFETY: the pass manager passes a live operation, which it does not touch during the call.
    let op = unsafe { OperationRef::from_raw(op) };
    let options = if options.length == 0 {
        ""
    } else {
        // SAFETY: the text lives in the pass object during the call.
        let bytes =
            unsafe { std::slice::from_raw_parts(options.data.cast::<u8>(), options.length) };
        std::str::from_utf8(bytes).unwrap_or_default()
    };
    let context: ContextRef = op.context();
    // A panic must not unwind into C++.
    let result = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: the context outlives the operation, which is live during the call.
        let context = unsafe { context.to_ref() };
        (pass.run)(context, op, options)
    }));
    let message = match result {
        Ok(Ok(())) => return true,
        Ok(Err(PassError::Reported)) => return false,
        Ok(Err(PassError::Failed(message))) => message,
        Err(panic) => panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()))
            .unwrap_or_else(|| "panic".into()),
    };
    emit_error(
        op.location(),
        &format!("pass `{}` failed: {message}", pass.name),
    );
    false
}

static DIALECTS: OnceLock<fn(MlirDialectRegistry)> = OnceLock::new();

extern "C" fn add_dialects(registry: *mut c_void) {
    if let Some(add) = DIALECTS.get() {
        add(MlirDialectRegistry { ptr: registry });
    }
}

/// Tells which dialects, beside upstream ones, passes may build operations of: they are loaded
/// before a pass runs. Call it before the first pass is registered; the first call holds.
pub fn set_pass_dialects(add: fn(MlirDialectRegistry)) {
    DIALECTS.get_or_init(|| add);
    // SAFETY: the function lives as long as the process.
    unsafe { mlcSetPassDialects(add_dialects) }
}

/// Makes a pass known under its name to every textual pipeline of the process. Registering the
/// same name twice is an error of the caller, and aborts.
pub fn register_pass(pass: &'static Pass) {
    let text = |text: &'static str| StringRef::new(text).to_raw();
    let info = PassInfo {
        pass: (&raw const *pass).cast::<c_void>(),
        argument: text(pass.name),
        summary: text(pass.summary),
        anchor: text(pass.anchor),
        run: run_pass,
    };
    // SAFETY: `info` is copied; what it points to is static.
    unsafe { mlcRegisterPass(&raw const info) }
}
