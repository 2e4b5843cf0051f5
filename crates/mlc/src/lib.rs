//! The compiler as a library, for front ends and hosts: a [`Session`] compiles a [`Source`] to a [`Compiled`] module,
//! which is run in the process or written out.
//!
//! ```no_run
//! use mlc::{Emit, Format, Options, Session, Source};
//!
//! let session = Session::new(Options::default())?;
//! let source = Source::mlc("half.mlc", "fn half(x: f64) -> f64:\n    return x / 2.0\n");
//! match session.compile(&source) {
//!     Ok(compiled) => {
//!         std::fs::write("half.so", compiled.emit(Emit::Shared)?).expect("the folder can be written to");
//!         let code = compiled.jit()?;
//!         assert!(code.lookup("half").is_some());
//!     }
//!     Err(error) => eprint!("{}", error.render(Format::Human, false)),
//! }
//! # Ok::<(), mlc::CompileError>(())
//! ```
//!
//! Other front ends hand in textual IR of any stage ([`Source::mlir`]); it goes the same way from there.
//!
//! Everything here is owned and may go between threads; nothing shows what the compiler is made of.

pub mod cache;
mod compiled;
mod content_hash;
mod dependency;
mod diagnostic;
mod emit;
mod error;
mod explain;
mod files;
mod front;
mod generics;
mod guard;
mod imports;
mod interface;
mod ir_diagnostics;
mod jit;
mod loader;
mod native;
mod options;
mod program;
mod render;
mod separate;
mod session;
mod source;
mod state;
mod stub;
mod times;
mod words;

pub use cache::Cache;
pub use compiled::Compiled;
pub use content_hash::ContentHash;
pub use dependency::{Dependency, Reached};
pub use diagnostic::{Diagnostic, Label, Place, Severity};
pub use emit::Emit;
pub use error::{CompileError, Fault, Format};
pub use explain::{closest_code, codes, explain};
pub use files::FileLoader;
pub use jit::JitModule;
pub use loader::{Found, Import, Missing, ModuleName, SourceLoader};
pub use mlc_codegen::{cpu_names, gpu_names, host_cpu, on_fatal};
pub use mlc_interface::Interface;
pub use mlc_passes::stage::Stage;
pub use options::{Checks, Fp, OptLevel, Options, RaceChecks, Sanitize, Target};
pub use program::Program;
pub use session::{Observer, Session};
pub use source::{Language, Source};
pub use state::{Sharing, Values};
pub use times::PartTime;
pub use words::UnknownWord;

/// What a host keeps may be used from every thread.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Session>();
    shared::<Compiled>();
    shared::<JitModule>();
    shared::<CompileError>();
};
