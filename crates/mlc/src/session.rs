//! Compilations with the same options.

use crate::{
    CompileError, Compiled, Emit, Options, Source, SourceLoader, front, guard::guard,
    imports::NoModules, native, times::Times,
};
use mlc_diagnostics::{FileId, SourceMap};
use std::sync::Arc;

/// Compiles sources with one set of options. Sessions may be shared between threads, which then compile at once.
#[derive(Clone)]
pub struct Session {
    options: Options,
    observer: Option<Observer>,
    loader: Arc<dyn SourceLoader>,
}

/// Sees the name of every pass and the IR after it.
pub type Observer = Arc<dyn Fn(&str, &str) + Send + Sync>;

impl Session {
    /// A session, or [`crate::Fault::Request`] where this machine or this compiler cannot do what the options ask for.
    pub fn new(options: Options) -> Result<Session, CompileError> {
        native::machine(&options)?;
        native::flow(&options)?;
        Ok(Session {
            options,
            observer: None,
            loader: Arc::new(NoModules),
        })
    }

    /// The same session, which shows the IR after every pass.
    #[must_use]
    pub fn observe(mut self, observer: Observer) -> Session {
        self.observer = Some(observer);
        self
    }

    /// The same session, whose sources import what a loader finds: [`crate::FileLoader`] for files. Without one there is nothing to
    /// import.
    #[must_use]
    pub fn load_from(mut self, loader: Arc<dyn SourceLoader>) -> Session {
        self.loader = loader;
        self
    }

    pub(crate) fn loader(&self) -> &dyn SourceLoader {
        &*self.loader
    }

    pub(crate) fn observer(&self) -> Option<Observer> {
        self.observer.clone()
    }

    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Checks a source and takes it as far as the checks go: what comes back has no errors of the user's left.
    pub fn compile(&self, source: &Source) -> Result<Compiled, CompileError> {
        self.compile_for(source, Emit::Pyi)
    }

    /// The same for a caller who asks for no later form than `last`: the syntax tree, the typed program and IR at stage
    /// `own` can be had of programs that later checks reject.
    pub fn compile_for(&self, source: &Source, last: Emit) -> Result<Compiled, CompileError> {
        guard(|| {
            let (sources, file) = read(source)?;
            Compiled::new(self, source, sources, file, last)
        })
    }

    /// The syntax tree of a source in the mlc language, as text.
    pub fn syntax_tree(&self, source: &Source) -> Result<String, CompileError> {
        guard(|| {
            let (sources, file) = read(source)?;
            let (_, tree, _) = front::parse(sources, file, &Times::default())?;
            Ok(mlc_syntax::dump(&tree))
        })
    }
}

fn read(source: &Source) -> Result<(SourceMap, FileId), CompileError> {
    let mut sources = SourceMap::new();
    match sources.add_bytes(source.name(), source.bytes().to_vec()) {
        Ok(file) => Ok((sources, file)),
        Err(diagnostic) => Err(CompileError::program(Arc::new(sources), vec![diagnostic])),
    }
}
