//! Passes within the `own` dialect.

pub mod insert_drops;
