//! `par-forget-marks`: remove the marks that say what the checks are there to prove.
//!
//! Before:                                          After:
//!   par.for (%i) in (%n) {                           par.for (%i) in (%n) {
//!     memref.store %v, %y[%k]                          memref.store %v, %y[%k]
//!   } {par.elementwise}                              }
//!
//! Our own passes and front end make them of what they know; of IR that comes from elsewhere nothing is known.
//!
//! Leaves: no `par.elementwise` and no `par.independent`, which later passes find out again.
//! Does not: touch marks that no check depends on, such as `mlc.cold`.

use mlc_mlir::{
    Pass,
    rewrite::{all_ops, remove_attribute},
};

pub static FORGET_MARKS: Pass = Pass {
    name: "par-forget-marks",
    summary: "remove the marks that say what the checks are there to prove",
    anchor: "builtin.module",
    run: |_, module, _| {
        for op in all_ops(module) {
            remove_attribute(op, "par.elementwise");
            remove_attribute(op, "par.independent");
        }
        Ok(())
    },
};
