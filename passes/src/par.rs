//! Passes on `par`: parallel loops, made into what a target runs.

pub mod annotate_independent;
pub mod check;
pub mod outline;

mod captures;
mod cost;
pub mod reductions;
