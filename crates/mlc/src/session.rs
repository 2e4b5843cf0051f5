//! Compilations with the same options.

use crate::{CompileError, Compiled, Language, Options, Source, Target, backend, compiled};
use mlc_diagnostics::SourceMap;
use std::sync::Arc;

/// Compiles sources with one set of options. Sessions may be shared between threads, which then compile at once.
#[derive(Clone)]
pub struct Session {
    options: Options,
    observer: Option<Observer>,
}

/// Sees the name of every pass and the IR after it.
pub type Observer = Arc<dyn Fn(&str, &str) + Send + Sync>;

impl Session {
    /// A session, or [`crate::Fault::Request`] where this machine or this compiler cannot do what the options ask for.
    pub fn new(options: Options) -> Result<Session, CompileError> {
        backend::machine(&options)?;
        if options.target != Target::Cpu {
            let message = format!(
                "this build generates code for `cpu` only, not for `{}`",
                options.target
            );
            return Err(CompileError::request("unavailable-target", message));
        }
        Ok(Session {
            options,
            observer: None,
        })
    }

    /// The same session, which shows the IR after every pass.
    #[must_use]
    pub fn observe(mut self, observer: Observer) -> Session {
        self.observer = Some(observer);
        self
    }

    pub(crate) fn observer(&self) -> Option<Observer> {
        self.observer.clone()
    }

    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Checks a source and takes it as far as the checks go: what comes back has no errors of the user's left.
    pub fn compile(&self, source: &Source) -> Result<Compiled, CompileError> {
        let mut sources = SourceMap::new();
        let file = match sources.add_bytes(source.name(), source.bytes().to_vec()) {
            Ok(file) => file,
            Err(diagnostic) => {
                return Err(CompileError::program(Arc::new(sources), vec![diagnostic]));
            }
        };
        match source.language() {
            Language::Mlir => compiled::from_mlir(self, sources, file, source),
            Language::Mlc => Err(CompileError::request(
                "not-available",
                "this build compiles MLIR only: the front end is not part of it yet",
            )),
        }
    }
}
