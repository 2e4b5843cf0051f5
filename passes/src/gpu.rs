//! Passes on `gpu`: kernels and the module that holds them.

pub mod hide_functions;
