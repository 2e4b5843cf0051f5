//! The pipelines, as lists one can read.

/// A step of a pipeline: a pass with its options, as in `--pass-pipeline`.
pub type Step = &'static str;

/// Leaves stage `own`: ownership and races are checked, then resolved.
pub const OWN_TO_PAR: &[Step] = &["verify-own"];

/// The textual pipeline of some steps, anchored on the module.
pub fn text(steps: &[Step]) -> String {
    format!("builtin.module({})", steps.join(","))
}
