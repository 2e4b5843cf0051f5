//! `mlc cache`: what is kept of modules of Python's and of programs that were run.

use crate::{
    args::{BuildArgs, CacheCommand},
    input, output,
    report::Failure,
};
use mlc::{Cache, ModuleName, Source, SourceLoader};
use std::{path::Path, process::ExitCode};

/// Runs a command on the cache.
pub fn cache(command: CacheCommand) -> Result<ExitCode, Failure> {
    match command {
        CacheCommand::Explain { file, run, build } => explain(&file, run, &build),
        CacheCommand::Clear { paths } => Ok(clear(&paths)),
    }
}

/// Says whether a file's module, or a jitted function of a Python file, would come from the cache, and why each file there is taken or
/// not. Exit status 1: it would not.
fn explain(file: &Path, run: bool, build: &BuildArgs) -> Result<ExitCode, Failure> {
    let source = input::read(file, build)?;
    let loader = build.loader(&source);
    let (cache, options) = (Cache::of_user(), build.options());
    let report = if file.extension().is_some_and(|ending| ending == "py") {
        let path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        cache.explain_functions(&options, &source.renamed(path.to_string_lossy()))
    } else if run {
        cache.explain_program(&options, &loader, &source)
    } else {
        cache.explain(&options, &loader, &as_imported(file, source, &loader))
    };
    output::print(&report.to_string());
    Ok(ExitCode::from(u8::from(!report.hits())))
}

/// The source as Python imports it: by its whole path, under its name.
fn as_imported(file: &Path, source: Source, loader: &dyn SourceLoader) -> Source {
    if source.name() == input::STDIN {
        let source = Source::text(source.bytes());
        let name = ModuleName {
            path: source.module_name(),
            package: false,
        };
        return source.imported_as(name);
    }
    let path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let source = source.renamed(path.to_string_lossy());
    let name = loader.locate(source.name()).unwrap_or_default();
    source.imported_as(name)
}

/// Removes what is kept: for a file, below a folder, or, where no path is given, in the user's cache folder.
fn clear(paths: &[std::path::PathBuf]) -> ExitCode {
    let cache = Cache::of_user();
    let remove = |path: &std::path::PathBuf| {
        if path.is_dir() {
            return cache.clear_below(path);
        }
        let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        cache.clear(&Source::mlc(path.to_string_lossy(), ""))
    };
    let removed = match paths {
        [] => cache.clear_user(),
        paths => paths.iter().map(remove).sum(),
    };
    let modules = if removed == 1 { "module" } else { "modules" };
    output::print(&format!("{removed} {modules} removed\n"));
    ExitCode::SUCCESS
}
