//! Passes within the `own` dialect.

pub mod annotate_globals;
pub mod annotate_lends;
pub mod check;
pub mod elide_checks;
pub mod elide_copies;
pub mod explain_drops;
pub mod guard_recursion;
pub mod hoist_checks;
pub mod hoist_loads;
pub mod hoist_views;
pub mod insert_drops;
pub mod presize_lists;
pub mod report_facts;
pub mod reuse;
pub mod stack_promote;
pub mod thread_moves;
