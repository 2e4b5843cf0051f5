//! From the typed HIR to the IR of stage `own`: functions over SSA values, structured control flow, owned values and
//! parallel loops.
//!
//! Nothing here checks the program: types, conventions and conversions are in the HIR, ownership and races are checked
//! on the IR that is made here.

mod access;
mod arith;
mod array;
mod asked;
mod builder;
mod builtin;
mod choice;
mod control_flow;
mod convert;
mod copies;
mod elements;
mod elementwise;
mod ends;
mod env;
mod exceptions;
mod expr;
mod function;
mod global;
mod interval;
mod kept;
mod list;
mod literal;
mod live;
mod loc;
mod local_set;
mod math;
mod matmul;
mod module;
mod node;
mod parallel;
mod place;
mod prefetch;
mod print;
mod python;
mod reduce;
mod same_value;
mod shapes;
mod simd;
mod slice_store;
mod slice_view;
mod stmt;
mod subscript;
mod text;
mod types;
mod view;
mod walk;

pub use global::{class_symbol, variable_symbol};

use melior::{Context, ir::Module};
use mlc_diagnostics::{Diagnostic, SourceMap, Span};
use mlc_sema::hir;

/// How floating-point arithmetic may be changed, for functions that do not say so themselves.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum FpMode {
    /// Source order, one rounding per operation.
    Strict,
    /// Products and sums contract; reductions take a fixed shape.
    #[default]
    Reassoc,
    /// As `Reassoc`, and there are no NaN and no infinities.
    Fast,
}

/// What the caller decides.
#[derive(Clone, Copy, Default, Debug)]
pub struct Options {
    pub fp: FpMode,
    /// `--checks=none`: no run-time check is emitted.
    pub unchecked: bool,
}

/// Why there is no module.
#[derive(Debug)]
pub enum Error {
    /// The program uses what cannot be compiled.
    Unsupported(Box<Diagnostic>),
    /// A bug: the IR that was made is not valid. The diagnostics handlers of the context have been told more.
    Invalid(String),
}

impl Error {
    pub(crate) fn unsupported(span: Span, what: &str) -> Error {
        let message = format!("{what} cannot be compiled yet");
        Error::Unsupported(Box::new(Diagnostic::error("not-yet", span, message)))
    }

    /// The same error, reported at `span` if it has no place of its own.
    pub(crate) fn at(self, span: Span) -> Error {
        match self {
            Error::Unsupported(mut diagnostic) if diagnostic.primary.is_none() => {
                diagnostic.primary = span;
                Error::Unsupported(diagnostic)
            }
            other => other,
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Unsupported(diagnostic) => formatter.write_str(&diagnostic.message),
            Error::Invalid(message) => formatter.write_str(message),
        }
    }
}

impl std::error::Error for Error {}

/// The module of a program that was checked without errors. The dialects must be registered in the context and loaded.
pub fn generate<'c>(
    context: &'c Context,
    program: &hir::Program,
    sources: &SourceMap,
    options: Options,
) -> Result<Module<'c>, Error> {
    module::generate(context, program, sources, options)
}
