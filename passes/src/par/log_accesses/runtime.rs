//! What functions of the runtime touch through the pointers that they are given.

use super::{READ, WRITE};

/// How a call of the runtime touches what its pointers lead to, in their order: a text is a word, a list a header of three.
/// What it does not name touches memory of the runtime's own, or logs by itself.
pub(super) fn touches(callee: &str) -> &'static [(i64, i64)] {
    const TEXT: (i64, i64) = (READ, 8);
    const RESULT: (i64, i64) = (WRITE, 8);
    const LIST: (i64, i64) = (READ, 24);
    const GROWN: (i64, i64) = (WRITE, 24);
    /// The first whose name the callee's begins with.
    const TOUCHES: &[(&str, &[(i64, i64)])] = &[
        // They count, indivisibly, what nothing else writes.
        ("mlc_rt_str_retain", &[]),
        ("mlc_rt_str_release", &[]),
        ("mlc_rt_str_compare", &[TEXT, TEXT]),
        ("mlc_rt_str_contains", &[TEXT, TEXT]),
        ("mlc_rt_str_ends_with", &[TEXT, TEXT]),
        ("mlc_rt_str_equal", &[TEXT, TEXT]),
        ("mlc_rt_str_find", &[TEXT, TEXT]),
        ("mlc_rt_str_starts_with", &[TEXT, TEXT]),
        ("mlc_rt_str_len", &[TEXT]),
        ("mlc_rt_str_ord", &[TEXT]),
        ("mlc_rt_str_split", &[GROWN, TEXT, TEXT]),
        ("mlc_rt_str_join", &[RESULT, TEXT, LIST]),
        ("mlc_rt_str_", &[RESULT, TEXT, TEXT, TEXT]),
        ("mlc_rt_text_caught", &[RESULT]),
        ("mlc_rt_text_finish", &[RESULT, LIST]),
        ("mlc_rt_text_raise", &[TEXT]),
        ("mlc_rt_text_reraise", &[TEXT]),
        ("mlc_rt_text_", &[GROWN, TEXT, TEXT]),
        ("mlc_rt_print_text", &[TEXT]),
        ("mlc_rt_print_repr", &[TEXT]),
        ("mlc_rt_print_exception", &[TEXT]),
        ("mlc_rt_exception_count", &[TEXT]),
        ("mlc_rt_exception_", &[RESULT, TEXT]),
        ("mlc_rt_sort_", &[LIST]),
        ("mlc_rt_list_renew", &[GROWN]),
        ("mlc_rt_array_renew", &[GROWN]),
        ("mlc_rt_matmul_", &[LIST, LIST, LIST]),
    ];
    let found = (TOUCHES.iter()).find(|(name, _)| callee.starts_with(name));
    found.map_or(&[], |(_, touches)| touches)
}
