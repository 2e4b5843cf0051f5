//! Passes on `par`: parallel loops, made into what a target runs.

pub mod annotate_independent;
pub mod check;
pub mod forget_marks;
pub mod log_accesses;
pub mod materialize_collects;
pub mod outline;
pub mod reductions;

pub mod parallel_loop;
pub mod raises;

mod captures;
mod chunks;
mod cost;
mod first_iteration;
