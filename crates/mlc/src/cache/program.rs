//! Programs that are run: kept as modules are, each as the code of its process.

use super::{Cache, Wanted, key::Form, key::Key};
use crate::{
    CompileError, Interface, Options, Program, Session, Source, SourceLoader, jit::Symbols,
};
use std::sync::Arc;

impl Cache {
    /// The program that a source is, from the cache or compiled and kept there. One that is warned of is not kept, so that it is
    /// warned of every time.
    pub fn program(
        &self,
        options: &Options,
        loader: &Arc<dyn SourceLoader>,
        source: &Source,
    ) -> Result<Program, CompileError> {
        let wanted = Wanted::program(self, source, options, &**loader);
        let take = |_, object: &[u8]| Some(Program::kept(source.module_name(), object.to_vec()));
        self.find_or_make(&wanted, &**loader, take, |shelf| {
            let session = Session::new(options.clone())?.load_from(Arc::clone(loader));
            let compiled = session.compile(source)?;
            let program = compiled.program()?;
            if !program.has_warnings() {
                let (interface, symbols) = (Interface::default(), Symbols::default());
                shelf.keep(&compiled, &interface, &symbols, program.object());
            }
            Ok(program)
        })
    }
}

impl Wanted {
    pub fn program(
        cache: &Cache,
        source: &Source,
        options: &Options,
        loader: &dyn SourceLoader,
    ) -> Wanted {
        let (name, folders) = cache.of_program(source);
        let form = Form::Program(loader.locate(source.name()));
        let key = Key::new(source, options, &form);
        Wanted { key, name, folders }
    }
}
