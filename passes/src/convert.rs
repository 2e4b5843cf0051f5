//! Passes from one dialect to another.

mod emit;
mod glue;
pub mod layout;
mod runtime;

pub mod exits;
pub mod math_to_nvvm;
pub mod own;
pub mod par_to_gpu;
pub mod regions;
pub mod results;
pub mod scf_parallel;
