//! What MLIR reports, as data.

use melior::{
    Context,
    diagnostic::{Diagnostic, DiagnosticSeverity},
    ir::Location,
};
use mlir_sys::{
    mlirIdentifierStr, mlirLocationCallSiteGetCallee, mlirLocationFileLineColRangeGetEndColumn,
    mlirLocationFileLineColRangeGetEndLine, mlirLocationFileLineColRangeGetFilename,
    mlirLocationFileLineColRangeGetStartColumn, mlirLocationFileLineColRangeGetStartLine,
    mlirLocationFusedGetLocations, mlirLocationFusedGetNumLocations, mlirLocationIsACallSite,
    mlirLocationIsAFileLineColRange, mlirLocationIsAFused, mlirLocationIsAName,
    mlirLocationNameGetChildLoc,
};
use std::{cell::RefCell, rc::Rc};

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IrSeverity {
    Error,
    Warning,
    Note,
    Remark,
}

/// A range in a file; lines and columns from 1, the end behind the last character.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IrPlace {
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

/// A diagnostic with its notes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IrDiagnostic {
    pub severity: IrSeverity,
    pub message: String,
    pub place: Option<IrPlace>,
    pub notes: Vec<IrDiagnostic>,
}

impl IrDiagnostic {
    fn new(from: &Diagnostic) -> IrDiagnostic {
        IrDiagnostic {
            severity: match from.severity() {
                DiagnosticSeverity::Error => IrSeverity::Error,
                DiagnosticSeverity::Warning => IrSeverity::Warning,
                DiagnosticSeverity::Note => IrSeverity::Note,
                DiagnosticSeverity::Remark => IrSeverity::Remark,
            },
            message: from.to_string(),
            place: place(from.location()),
            notes: (0..from.note_count())
                .filter_map(|index| from.note(index).ok())
                .map(|note| IrDiagnostic::new(&note))
                .collect(),
        }
    }
}

/// The first range in a file that a location holds.
pub(crate) fn place(location: Location) -> Option<IrPlace> {
    let raw = location.to_raw();
    // SAFETY: each accessor is called on a live location of the kind that the query before it found.
    unsafe {
        if mlirLocationIsAFileLineColRange(raw) {
            let name = mlirIdentifierStr(mlirLocationFileLineColRangeGetFilename(raw));
            let name = melior::StringRef::from_raw(name);
            let one = |number: i32| u32::try_from(number).unwrap_or(0).max(1);
            return Some(IrPlace {
                file: name.as_str().unwrap_or_default().to_owned(),
                line: one(mlirLocationFileLineColRangeGetStartLine(raw)),
                column: one(mlirLocationFileLineColRangeGetStartColumn(raw)),
                end_line: one(mlirLocationFileLineColRangeGetEndLine(raw)),
                end_column: one(mlirLocationFileLineColRangeGetEndColumn(raw)),
            });
        }
        if mlirLocationIsAName(raw) {
            return place(Location::from_raw(mlirLocationNameGetChildLoc(raw)));
        }
        if mlirLocationIsACallSite(raw) {
            return place(Location::from_raw(mlirLocationCallSiteGetCallee(raw)));
        }
        if mlirLocationIsAFused(raw) {
            let count = mlirLocationFusedGetNumLocations(raw) as usize;
            let mut parts = vec![raw; count];
            mlirLocationFusedGetLocations(raw, parts.as_mut_ptr());
            return parts
                .into_iter()
                .find_map(|part| place(Location::from_raw(part)));
        }
    }
    None
}

/// Runs `act` and returns what was reported to the context meanwhile, in order.
pub(crate) fn collect<T>(context: &Context, act: impl FnOnce() -> T) -> (T, Vec<IrDiagnostic>) {
    let found = Rc::new(RefCell::new(Vec::new()));
    let sink = Rc::clone(&found);
    let id = context.attach_diagnostic_handler(move |diagnostic| {
        sink.borrow_mut().push(IrDiagnostic::new(&diagnostic));
        true
    });
    let result = act();
    context.detach_diagnostic_handler(id);
    let found = found.take();
    (result, found)
}
