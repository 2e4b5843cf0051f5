//! Passes that change nothing and report what must not be.

pub mod stage;
