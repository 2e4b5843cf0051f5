//! `mlc compile` and `mlc check`.

use crate::{
    args::{BuildArgs, CheckArgs, CompileArgs},
    input,
    output::{self, Destination},
    report::{self, Failure},
    timing,
};
use mlc::{Compiled, Emit, Session, Source};
use std::{path::Path, process::ExitCode, sync::Arc};

/// `mlc compile FILE`: everything is made before anything is written.
pub fn compile(args: CompileArgs) -> Result<ExitCode, Failure> {
    let build = &args.build;
    let emits = wanted(&args);
    let destination = Destination::new(args.output.as_deref(), &args.file, &emits, build)?;
    let source = input::read(&args.file, build)?;
    if emits == [Emit::Ast] && !args.save_temps {
        // The tree can be had of programs that are otherwise wrong.
        let session =
            Session::new(build.options()).map_err(|error| Failure::compile(error, build))?;
        let tree = session
            .syntax_tree(&source)
            .map_err(|error| Failure::compile(error, build))?;
        let file = destination.file(Emit::Ast);
        output::write(file.as_deref(), Emit::Ast, tree.as_bytes(), build)?;
        return Ok(ExitCode::SUCCESS);
    }
    let last = emits.last().copied().unwrap_or(Emit::Shared);
    let last = if args.save_temps {
        Emit::Shared.max(last)
    } else {
        last
    };
    let compiled = front(&source, last, build)?;

    let mut made = Vec::new();
    for emit in emits {
        let bytes = compiled
            .emit(emit)
            .map_err(|error| Failure::compile(error, build))?;
        made.push((destination.file(emit), emit, bytes));
    }
    if args.save_temps {
        made.extend(temporaries(&compiled, &args, &destination));
    }
    for (file, _, _) in &made {
        if let Some(file) = file
            && same_file(file, &args.file)
        {
            let message = format!(
                "`{}` is the source; it would be overwritten",
                file.display()
            );
            return Err(Failure::usage(message, build));
        }
    }
    for (file, emit, bytes) in &made {
        output::write(file.as_deref(), *emit, bytes, build)?;
    }
    timing::report(&compiled, build);
    Ok(ExitCode::SUCCESS)
}

/// `mlc check FILE`: errors and warnings, on request signatures.
pub fn check(args: CheckArgs) -> Result<ExitCode, Failure> {
    let build = &args.build;
    let source = input::read(&args.file, build)?;
    let compiled = front(&source, Emit::Exe, build)?;
    if args.signatures {
        output::print(&compiled.signatures());
    }
    if args.explain_drops {
        let text = compiled.explain_drops(build.error_format, report::color());
        output::print(&text.map_err(|error| Failure::compile(error, build))?);
    }
    timing::report(&compiled, build);
    Ok(ExitCode::SUCCESS)
}

/// A source without errors; its warnings have been shown.
pub fn front(source: &Source, last: Emit, build: &BuildArgs) -> Result<Compiled, Failure> {
    let fail = |error| Failure::compile(error, build);
    let mut session = Session::new(build.options()).map_err(fail)?;
    session = session.load_from(Arc::new(build.loader(source)));
    if build.print_ir_after_all {
        session = session.observe(Arc::new(|step: &str, ir: &str| {
            report::say(&format!("// ----- IR after {step} ----- //\n{ir}\n"));
        }));
    }
    let compiled = session.compile_for(source, last).map_err(fail)?;
    report::say(&compiled.render_warnings(build.error_format, report::color()));
    Ok(compiled)
}

/// What is to be written, each once, in the order of the flow.
fn wanted(args: &CompileArgs) -> Vec<Emit> {
    let mut emits = match args.stop_after {
        Some(stage) => Emit::ALL
            .iter()
            .copied()
            .filter(|emit| emit.stage() == Some(stage))
            .collect(),
        None if args.emit.is_empty() => vec![Emit::Shared],
        None => args.emit.clone(),
    };
    emits.sort();
    emits.dedup();
    emits
}

/// What `--save-temps` adds: every form on the way that this source has.
fn temporaries(
    compiled: &Compiled,
    args: &CompileArgs,
    destination: &Destination,
) -> Vec<(Option<std::path::PathBuf>, Emit, Vec<u8>)> {
    const FORMS: [Emit; 8] = [
        Emit::Own,
        Emit::Par,
        Emit::Linalg,
        Emit::Vector,
        Emit::Llvm,
        Emit::LlvmIr,
        Emit::Asm,
        Emit::Obj,
    ];
    let beside = match destination {
        Destination::File(file) => Destination::Stem(file.with_extension("")),
        Destination::Stem(stem) => Destination::Stem(stem.clone()),
        Destination::Stdout => {
            let name = args
                .file
                .file_name()
                .map_or_else(|| "stdin".into(), std::path::PathBuf::from);
            Destination::Stem(name.with_extension(""))
        }
    };
    let forms = FORMS
        .into_iter()
        .filter(|form| !wanted(args).contains(form));
    // A form that this source does not have is not one on the way.
    forms
        .filter_map(|form| Some((beside.file(form), form, compiled.emit(form).ok()?)))
        .collect()
}

fn same_file(left: &Path, right: &Path) -> bool {
    match (left.canonicalize(), right.canonicalize()) {
        (Ok(left), Ok(right)) => left == right,
        _ => false,
    }
}
