//! Passes on `vector`: SIMD where we know more than LLVM.

pub mod fuse_multiply_add;
pub mod vectorize_inner_loops;
