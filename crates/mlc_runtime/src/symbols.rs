//! The table from which the JIT resolves the runtime's names.

use crate::race::{apart, inspect, log, marks};
use crate::*;

struct Table(&'static [(&'static str, *const ())]);

// SAFETY: the addresses are those of functions, which every thread may call.
unsafe impl Sync for Table {}

macro_rules! table {
    ($($module:ident :: { $($function:ident),* $(,)? })*) => {
        [$($((stringify!($function), $module::$function as *const ()),)*)*]
    };
}

static TABLE: Table = Table(&table! {
    crate::{ mlc_rt_abi_version }
    alloc::{ mlc_rt_alloc, mlc_rt_free, mlc_rt_realloc, mlc_rt_live_bytes, mlc_rt_allocations }
    leaks::{ mlc_rt_check_leaks }
    boxes::{ mlc_rt_box_new, mlc_rt_box_free }
    deep::{ mlc_rt_deep_drop, mlc_rt_deep_dropped, mlc_rt_deep_copy, mlc_rt_deep_copied }
    destructor::{ mlc_rt_destructor_cell, mlc_rt_destructor_enter, mlc_rt_destructor_leave }
    stack::{ mlc_rt_stack_limit }
    list::{ mlc_rt_list_reserve }
    renew::{ mlc_rt_list_renew, mlc_rt_array_renew }
    pool::{ mlc_rt_parallel_for, mlc_rt_num_threads, mlc_rt_set_num_threads }
    interrupt::{ mlc_rt_interrupt, mlc_rt_interrupt_clear, mlc_rt_check_interrupt }
    apart::{ mlc_rt_race_apart, mlc_rt_race_number }
    log::{ mlc_rt_race_access, mlc_rt_race_enter, mlc_rt_race_iteration, mlc_rt_race_leave }
    inspect::{ mlc_rt_race_begin, mlc_rt_race_touch, mlc_rt_race_end }
    marks::{ mlc_rt_race_marks, mlc_rt_race_marks_apart }
    error::{
        mlc_rt_raise, mlc_rt_raise_index, mlc_rt_error_kind, mlc_rt_error_matches, mlc_rt_error_message,
        mlc_rt_error_file, mlc_rt_error_line, mlc_rt_error_clear, mlc_rt_error_at, mlc_rt_kind_name,
    }
    print::{ mlc_rt_print_str, mlc_rt_print_newline }
    number::{
        mlc_rt_complex_pow, mlc_rt_divide_i64, mlc_rt_divide_u64, mlc_rt_pow_mod, mlc_rt_round_f32, mlc_rt_round_f64,
        mlc_rt_round_i64,
    }
    output::{ mlc_rt_flush, mlc_rt_set_output }
    math::{
        mlc_rt_math_log10_f64, mlc_rt_math_sinh_f64, mlc_rt_math_cosh_f64, mlc_rt_math_tanh_f64, mlc_rt_math_asinh_f64, mlc_rt_math_acosh_f64, mlc_rt_math_atanh_f64, mlc_rt_math_cbrt_f64, mlc_rt_math_erf_f64, mlc_rt_math_erfc_f64, mlc_rt_math_tgamma_f64, mlc_rt_math_lgamma_f64, mlc_rt_math_tanh_f32, mlc_rt_math_acosh_f32, mlc_rt_math_erfc_f32, mlc_rt_math_tgamma_f32, mlc_rt_math_lgamma_f32, mlc_rt_math_expm1_f64, mlc_rt_math_expm1_f32, mlc_rt_math_log1p_f64, mlc_rt_math_log1p_f32, mlc_rt_math_rsqrt_f64,
    }
    matmul::{ mlc_rt_matmul_f32, mlc_rt_matmul_f64 }
    shapes::{ mlc_rt_raise_shapes }
    sort::{
        mlc_rt_sort_i8, mlc_rt_sort_i16, mlc_rt_sort_i32, mlc_rt_sort_i64, mlc_rt_sort_u8, mlc_rt_sort_u16, mlc_rt_sort_u32, mlc_rt_sort_u64, mlc_rt_sort_f32, mlc_rt_sort_f64, mlc_rt_sort_str,
    }
    text::{
        mlc_rt_print_bf16, mlc_rt_str_of_bf16, mlc_rt_text_format_bf16, mlc_rt_text_push_bf16,
        mlc_rt_print_bool, mlc_rt_str_of_bool, mlc_rt_text_format_bool, mlc_rt_text_push_bool,
        mlc_rt_print_c128, mlc_rt_str_of_c128, mlc_rt_text_format_c128, mlc_rt_text_push_c128,
        mlc_rt_print_c64, mlc_rt_str_of_c64, mlc_rt_text_format_c64, mlc_rt_text_push_c64,
        mlc_rt_print_f16, mlc_rt_str_of_f16, mlc_rt_text_format_f16, mlc_rt_text_push_f16,
        mlc_rt_print_f32, mlc_rt_str_of_f32, mlc_rt_text_format_f32, mlc_rt_text_push_f32,
        mlc_rt_print_f64, mlc_rt_str_of_f64, mlc_rt_text_format_f64, mlc_rt_text_push_f64,
        mlc_rt_print_i64, mlc_rt_str_of_i64, mlc_rt_text_format_i64, mlc_rt_text_push_i64,
        mlc_rt_print_u64, mlc_rt_str_of_u64, mlc_rt_text_format_u64, mlc_rt_text_push_u64,
        mlc_rt_print_exception, mlc_rt_text_push_exception, mlc_rt_str_of_kind,
        mlc_rt_exception_message, mlc_rt_exception_arguments, mlc_rt_exception_count, mlc_rt_exception_argument,
        mlc_rt_print_repr,
        mlc_rt_text_caught,
        mlc_rt_text_finish,
        mlc_rt_text_format_text,
        mlc_rt_text_push,
        mlc_rt_text_push_repr,
        mlc_rt_text_raise, mlc_rt_text_reraise,
        mlc_rt_print_text,
        mlc_rt_str_chr,
        mlc_rt_str_compare,
        mlc_rt_str_append,
        mlc_rt_str_concat,
        mlc_rt_str_contains,
        mlc_rt_str_ends_with,
        mlc_rt_str_equal,
        mlc_rt_str_find,
        mlc_rt_str_find_in,
        mlc_rt_str_index,
        mlc_rt_str_join,
        mlc_rt_str_len,
        mlc_rt_str_lower,
        mlc_rt_str_lstrip,
        mlc_rt_str_lstrip_of,
        mlc_rt_str_new,
        mlc_rt_str_ord,
        mlc_rt_str_release,
        mlc_rt_str_repeat,
        mlc_rt_str_replace,
        mlc_rt_str_replace_most,
        mlc_rt_str_repr,
        mlc_rt_str_retain,
        mlc_rt_str_rstrip,
        mlc_rt_str_rstrip_of,
        mlc_rt_str_slice,
        mlc_rt_str_split,
        mlc_rt_str_split_at,
        mlc_rt_str_split_at_most,
        mlc_rt_str_split_most,
        mlc_rt_str_starts_with,
        mlc_rt_str_strip,
        mlc_rt_str_strip_of,
        mlc_rt_str_to_c128,
        mlc_rt_str_to_f64,
        mlc_rt_str_to_int,
        mlc_rt_str_upper,
    }
    python::{
        mlc_rt_py_attribute, mlc_rt_py_binary, mlc_rt_py_call, mlc_rt_py_callback, mlc_rt_py_callback_place, mlc_rt_py_callback_uses, mlc_rt_py_compare, mlc_rt_py_contains, mlc_rt_py_del_attribute, mlc_rt_py_enter, mlc_rt_py_exit, mlc_rt_py_matches, mlc_rt_py_raise, mlc_rt_py_raise_from, mlc_rt_py_del_item, mlc_rt_py_format, mlc_rt_py_from, mlc_rt_py_hand_over, mlc_rt_py_import, mlc_rt_py_into, mlc_rt_py_is, mlc_rt_py_is_end, mlc_rt_py_item, mlc_rt_py_iterate, mlc_rt_py_len, mlc_rt_py_lend, mlc_rt_py_next, mlc_rt_py_release, mlc_rt_py_repr, mlc_rt_py_retain, mlc_rt_py_set_attribute, mlc_rt_py_set_item, mlc_rt_py_slice, mlc_rt_py_str, mlc_rt_py_struct, mlc_rt_py_truth, mlc_rt_py_tuple, mlc_rt_py_unary,
    }
    report::{ mlc_rt_report_uncaught }
});

/// Every function of the ABI by name, for a linker in the same process.
pub fn mlc_rt_symbols() -> &'static [(&'static str, *const ())] {
    TABLE.0
}
