//! Compilations with the same options.

use crate::{CompileError, Compiled, Language, Options, Source, compiled};
use mlc_diagnostics::SourceMap;
use std::sync::Arc;

/// Compiles sources with one set of options. Sessions may be shared between threads, which then compile at once.
#[derive(Clone, Debug)]
pub struct Session {
    options: Options,
}

impl Session {
    /// A session, or [`crate::Fault::Request`] where this machine or this compiler cannot do what the options ask for.
    pub fn new(options: Options) -> Result<Session, CompileError> {
        Ok(Session { options })
    }

    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Checks a source and takes it as far as the checks go: what comes back has no errors of the user's left.
    pub fn compile(&self, source: &Source) -> Result<Compiled, CompileError> {
        let mut sources = SourceMap::new();
        let file = sources
            .add_bytes(source.name(), source.bytes().to_vec())
            .map_err(|diagnostic| diagnostic_of(&source_map(source), diagnostic))?;
        match source.language() {
            Language::Mlir => compiled::from_mlir(&self.options, sources, file, source),
            Language::Mlc => Err(CompileError::request(
                "not-available",
                "this build compiles MLIR only: the front end is not part of it yet",
            )),
        }
    }
}

fn source_map(source: &Source) -> Arc<SourceMap> {
    let mut sources = SourceMap::new();
    // What is wrong with it is known already.
    let _ = sources.add_bytes(source.name(), source.bytes().to_vec());
    Arc::new(sources)
}

fn diagnostic_of(
    sources: &Arc<SourceMap>,
    diagnostic: mlc_diagnostics::Diagnostic,
) -> CompileError {
    CompileError::program(Arc::clone(sources), vec![diagnostic])
}
