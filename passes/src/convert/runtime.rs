//! Declarations of the runtime's functions, and the texts that compiled code hands to it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// The functions of the runtime that `convert-own` calls, with the attributes that matter to LLVM.
const FUNCTIONS: &[(&str, &str, &str)] = &[
    (
        "mlc_rt_alloc",
        "(i64) -> (!llvm.ptr {llvm.noalias})",
        ALLOCATES,
    ),
    ("mlc_rt_free", "(!llvm.ptr {llvm.allocptr})", FREES),
    (
        "mlc_rt_box_new",
        "(i64) -> (!llvm.ptr {llvm.noalias})",
        ALLOCATES_ZEROS,
    ),
    ("mlc_rt_box_free", "(!llvm.ptr {llvm.allocptr})", FREES),
    (
        "mlc_rt_deep_drop",
        "(!llvm.ptr, !llvm.ptr) -> (i1 {llvm.zeroext})",
        NO_UNWIND,
    ),
    ("mlc_rt_deep_dropped", "()", NO_UNWIND),
    (
        "mlc_rt_deep_copy",
        "(!llvm.ptr, !llvm.ptr, !llvm.ptr) -> (i1 {llvm.zeroext})",
        NO_UNWIND,
    ),
    ("mlc_rt_deep_copied", "(i32) -> i32", NO_UNWIND),
    (
        "mlc_rt_destructor_cell",
        "(!llvm.ptr, i64) -> (!llvm.ptr {llvm.noalias})",
        NO_UNWIND,
    ),
    ("mlc_rt_destructor_enter", "()", NO_UNWIND),
    ("mlc_rt_destructor_leave", "(!llvm.ptr, i64)", NO_UNWIND),
    ("mlc_rt_str_retain", "(!llvm.ptr)", NO_UNWIND),
    ("mlc_rt_str_release", "(!llvm.ptr)", NO_UNWIND),
    ("mlc_rt_py_retain", "(!llvm.ptr)", NO_UNWIND),
    ("mlc_rt_py_release", "(!llvm.ptr)", NO_UNWIND),
    ("mlc_rt_list_reserve", "(!llvm.ptr, i64, i64) -> i32", COLD),
    (
        "mlc_rt_list_renew",
        "(!llvm.ptr, i64, i32) -> i32",
        NO_UNWIND,
    ),
    (
        "mlc_rt_array_renew",
        "(!llvm.ptr, i64, i64, i32) -> i32",
        NO_UNWIND,
    ),
    (
        "mlc_rt_raise",
        "(i32, !llvm.ptr, i64, !llvm.ptr, i64, i32)",
        COLD,
    ),
    (
        "mlc_rt_raise_index",
        "(i64, i64, !llvm.ptr, i64, i32)",
        COLD,
    ),
    ("mlc_rt_error_at", "(!llvm.ptr, i64, i32)", COLD),
    ("mlc_rt_report_uncaught", "() -> i32", COLD),
];
const NO_UNWIND: &str = r#"["nounwind"]"#;
// What LLVM calls `allockind`, as the number that it keeps it in: 1 allocates, 4 frees, 8 leaves the memory as it is, 16 clears it.
// So told, LLVM drops a cell that a function was inlined with and whose contents it followed. 2^32 - 1 is `allocsize(0)`.
const ALLOCATES: &str =
    r#"["nounwind", ["allockind", "9"], ["alloc-family", "mlc"], ["allocsize", "4294967295"]]"#;
const ALLOCATES_ZEROS: &str =
    r#"["nounwind", ["allockind", "17"], ["alloc-family", "mlc"], ["allocsize", "4294967295"]]"#;
const FREES: &str = r#"["nounwind", ["allockind", "4"], ["alloc-family", "mlc"]]"#;
const COLD: &str = r#"["nounwind", "cold"]"#;

/// What a module needs of the runtime, collected while it is converted.
#[derive(Default)]
pub struct Runtime {
    functions: BTreeSet<&'static str>,
    /// The symbol of each text.
    texts: BTreeMap<String, String>,
}

impl Runtime {
    /// Notes that a function is called.
    pub fn require(&mut self, function: &'static str) {
        self.functions.insert(function);
    }

    /// The symbol of a constant that holds a text; equal texts share one.
    pub fn text(&mut self, text: &str) -> String {
        let next = format!("mlc.message.{}", self.texts.len());
        self.texts.entry(text.to_string()).or_insert(next).clone()
    }

    /// All that was noted, as declarations and definitions of a module.
    pub fn source(&self) -> String {
        let mut source = String::new();
        for (name, signature, attributes) in FUNCTIONS {
            if self.functions.contains(name) {
                let _ = writeln!(
                    source,
                    "func.func private @{name}{signature} attributes {{passthrough = {attributes}}}"
                );
            }
        }
        for (text, symbol) in &self.texts {
            let text = escaped(text);
            let _ = writeln!(
                source,
                "llvm.mlir.global private unnamed_addr constant @{symbol}(\"{text}\") {{addr_space = 0 : i32}}"
            );
        }
        source
    }
}

/// A text as MLIR writes it between quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' | 0..32 | 127.. => escaped.push_str(&format!("\\{byte:02X}")),
            _ => escaped.push(byte.into()),
        }
    }
    escaped
}
