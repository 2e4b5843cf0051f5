//! What a module says about the treatment of races, as attributes: the passes read it, drivers and other front ends write it.

use melior::{
    Context,
    ir::{OperationRef, attribute::StringAttribute},
};
use mlc_mlir::rewrite::{set_attribute, string_attribute};

/// `"static"`: a loop of which only the run knows whether its iterations are independent is an error.
pub const RACE_CHECKS: &str = "mlc.race_checks";

/// `"race"`: the accesses of parallel loops are logged when they run (`par-log-accesses`).
pub const SANITIZE: &str = "mlc.sanitize";

/// How races are treated.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug)]
pub struct RaceOptions {
    pub only_static: bool,
    pub log_accesses: bool,
}

impl RaceOptions {
    /// Notes in a module what differs from the default.
    pub fn annotate<'c>(self, context: &'c Context, module: OperationRef<'c, '_>) {
        let mark = |name, value| {
            set_attribute(module, name, StringAttribute::new(context, value).into());
        };
        if self.only_static {
            mark(RACE_CHECKS, "static");
        }
        if self.log_accesses {
            mark(SANITIZE, "race");
        }
    }

    pub fn of(module: OperationRef) -> Self {
        let says = |name, value| string_attribute(module, name) == Some(value);
        Self {
            only_static: says(RACE_CHECKS, "static"),
            log_accesses: says(SANITIZE, "race"),
        }
    }
}
