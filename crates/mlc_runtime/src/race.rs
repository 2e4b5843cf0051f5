//! Races of parallel loops that only the run can decide: the check in front of a loop, and the log of `--sanitize=race`.

pub mod apart;
pub mod inspect;
pub mod log;
pub mod marks;
