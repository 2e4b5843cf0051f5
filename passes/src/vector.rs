//! Passes on `vector`: SIMD where we know more than LLVM.

pub mod bound_strided_loops;
pub mod convert_math_to_runtime;
pub mod expand_math;
pub mod expand_uniform_division;
pub mod extend_bf16;
pub mod fuse_multiply_add;
pub mod vectorize_inner_loops;

mod math;
