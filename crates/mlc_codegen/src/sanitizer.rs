//! Sanitizers of LLVM: what instruments a module for one, and where its runtime is.

use crate::{LinkError, llvm_version};
use std::path::PathBuf;

/// What LLVM instruments a module for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sanitizer {
    /// Accesses out of bounds and after free.
    Address,
    /// Accesses of two threads without an order.
    Thread,
}

impl Sanitizer {
    /// The passes that instrument.
    pub(crate) fn passes(self) -> &'static str {
        match self {
            Sanitizer::Address => "asan",
            Sanitizer::Thread => "tsan-module,function(tsan)",
        }
    }

    /// The attribute of functions that are instrumented.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Sanitizer::Address => "sanitize_address",
            Sanitizer::Thread => "sanitize_thread",
        }
    }

    fn library(self) -> &'static str {
        match self {
            Sanitizer::Address => "libclang_rt.asan-x86_64.so",
            Sanitizer::Thread => "libclang_rt.tsan-x86_64.so",
        }
    }

    /// The runtime, a shared library that comes with Clang: of this LLVM's version, for the two have no stable interface. It
    /// is in the folder that the environment's `MLC_SANITIZERS` names, or else in one of the usual ones.
    pub fn runtime(self) -> Result<PathBuf, LinkError> {
        let version = llvm_version();
        let major = version.split('.').next().unwrap_or_default();
        let named = std::env::var_os(FOLDER).filter(|folder| !folder.is_empty());
        let folders = match named {
            Some(folder) => vec![PathBuf::from(folder)],
            None => usual_folders(major),
        };
        let files = folders.iter().map(|folder| folder.join(self.library()));
        let found = files.into_iter().find(|file| file.exists());
        found.ok_or_else(|| {
            let looked: Vec<_> = (folders.iter())
                .map(|folder| folder.display().to_string())
                .collect();
            LinkError::NoSanitizer(format!(
                "there is no {} in {}; Debian's libclang-rt-{major}-dev brings it, and `{FOLDER}` names the folder where \
                 it is elsewhere",
                self.library(),
                looked.join(", ")
            ))
        })
    }
}

/// The variable of the environment that names the folder of the runtimes.
const FOLDER: &str = "MLC_SANITIZERS";

/// Where Clang of a major version is installed.
fn usual_folders(major: &str) -> Vec<PathBuf> {
    [
        format!("/usr/lib/llvm-{major}/lib/clang/{major}/lib/linux"),
        format!("/usr/lib/clang/{major}/lib/linux"),
        format!("/usr/lib64/clang/{major}/lib/linux"),
        format!("/usr/local/lib/clang/{major}/lib/linux"),
    ]
    .map(PathBuf::from)
    .into()
}
