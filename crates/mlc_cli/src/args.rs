//! What can be written on the command line.

use crate::input;
use clap::{Args, Parser, Subcommand, builder::TypedValueParser};
use mlc::{
    Checks, Emit, FileLoader, Format, Fp, OptLevel, Options, RaceChecks, Sanitize, Source, Stage,
    Target,
};
use std::path::PathBuf;

/// The compiler for the hot part of Python programs.
#[derive(Parser)]
#[command(name = "mlc", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Compile a file and write what was asked for
    Compile(CompileArgs),
    /// Compile a file and run its top-level statements
    Run(RunArgs),
    /// Report the errors in a file
    Check(CheckArgs),
    /// Run passes over MLIR, as mlir-opt does (and with its flags: `mlc opt --help`)
    #[command(disable_help_flag = true)]
    Opt {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<std::ffi::OsString>,
    },
    /// Explain an error code, such as `use-after-move`
    Explain { code: String },
    /// List what code can be generated for
    Targets,
    /// Look into, or empty, the cache of what was compiled for Python and for `mlc run`
    #[command(subcommand)]
    Cache(CacheCommand),
}

#[derive(Subcommand)]
pub enum CacheCommand {
    /// Say whether a file is found in the cache, and why or why not
    Explain {
        /// The source; `-` is a text that Python compiles, from standard input
        file: PathBuf,
        /// As `mlc run` finds it, not as Python does
        #[arg(long)]
        run: bool,
        #[command(flatten)]
        build: BuildArgs,
    },
    /// Remove what is kept
    Clear {
        /// Sources, or folders with sources in them or below [default: the user's cache folder]
        paths: Vec<PathBuf>,
    },
}

/// A choice among words, which `--help` lists.
fn words<T>(all: &'static [T], word: fn(T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    clap::builder::PossibleValuesParser::new(all.iter().map(|&choice| word(choice))).map(
        move |text| {
            let found = all.iter().find(|&&choice| word(choice) == text);
            // The parser in front lets no other word pass.
            *found.unwrap_or(&all[0])
        },
    )
}

/// What decides how a program is compiled.
#[derive(Args)]
pub struct BuildArgs {
    /// What the program runs on
    #[arg(long, value_parser = words(Target::ALL, Target::word), default_value = "cpu")]
    target: Target,
    /// How hard to optimize
    #[arg(short = 'O', value_name = "LEVEL", value_parser = words(OptLevel::ALL, OptLevel::word), default_value = "3")]
    opt_level: OptLevel,
    /// Tell source lines to debuggers
    #[arg(short = 'g')]
    debug_info: bool,
    /// The CPU to generate code for: `native`, or a name that `mlc targets` lists
    #[arg(long, value_name = "NAME", default_value = "native")]
    cpu: String,
    /// The GPU to generate code for: a name that `mlc targets` lists
    #[arg(long, value_name = "ARCH", default_value = "sm_80")]
    gpu_arch: String,
    /// Give a compile-time name a value
    #[arg(short = 'D', value_name = "NAME=VALUE", value_parser = define)]
    defines: Vec<(String, String)>,
    /// Look for imported modules here, too; several are searched in order, then those of MLC_PATH
    #[arg(short = 'I', value_name = "DIR")]
    include: Vec<PathBuf>,
    /// Which run-time checks there are
    #[arg(long, value_parser = words(Checks::ALL, Checks::word), default_value = "bounds")]
    checks: Checks,
    /// What may be done with floating-point arithmetic
    #[arg(long, value_parser = words(Fp::ALL, Fp::word), default_value = "reassoc")]
    fp: Fp,
    /// Whether loops that cannot be proved free of races are checked when they run, or errors
    #[arg(long, value_parser = words(RaceChecks::ALL, RaceChecks::word), default_value = "dynamic")]
    race_checks: RaceChecks,
    /// What to instrument the program for, which then reports what it finds and fails
    #[arg(long, value_parser = words(Sanitize::ALL, Sanitize::word), default_value = "none")]
    sanitize: Sanitize,
    /// How errors are shown
    #[arg(long, value_parser = words(Format::ALL, Format::word), default_value = "human")]
    pub error_format: Format,
    /// Where to write what shows a bug of the compiler's again
    #[arg(long, value_name = "FILE")]
    pub reproducer: Option<PathBuf>,
    /// Write the IR after every pass to standard error
    #[arg(long)]
    pub print_ir_after_all: bool,
    /// Say on standard error how long each part took
    #[arg(long, value_name = "FORMAT", num_args = 0..=1, require_equals = true,
          default_missing_value = "text", value_parser = ["text", "json"])]
    pub timing: Option<String>,
}

fn define(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    let starts = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
    if !starts || name.contains(|letter: char| !letter.is_alphanumeric() && letter != '_') {
        return Err(format!("`{name}` is not a name"));
    }
    Ok((name.to_owned(), value.to_owned()))
}

impl BuildArgs {
    pub fn options(&self) -> Options {
        let mut options = Options::default();
        options.target = self.target;
        options.opt_level = self.opt_level;
        options.debug_info = self.debug_info;
        options.cpu.clone_from(&self.cpu);
        options.gpu_arch.clone_from(&self.gpu_arch);
        options.defines.clone_from(&self.defines);
        options.checks = self.checks;
        options.fp = self.fp;
        options.race_checks = self.race_checks;
        options.sanitize = self.sanitize;
        options
    }
}

impl BuildArgs {
    /// The folders of `-I`, then those of `MLC_PATH`.
    pub fn loader(&self, source: &Source) -> FileLoader {
        // What is typed in is in the folder where it is typed.
        let here = (source.name() == input::STDIN).then(|| PathBuf::from("."));
        let path = std::env::var_os("MLC_PATH").unwrap_or_default();
        let path = std::env::split_paths(&path).filter(|folder| !folder.as_os_str().is_empty());
        FileLoader::new(
            here.into_iter()
                .chain(self.include.iter().cloned())
                .chain(path),
        )
    }
}

#[derive(Args)]
pub struct CompileArgs {
    /// The source: mlc, or MLIR of any stage where the name ends in `.mlir`; `-` is standard input
    pub file: PathBuf,
    /// Where to write (`-` is standard output); of several things, the name without its ending
    #[arg(short, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// What to write, several separated by commas [default: shared]
    #[arg(long, value_delimiter = ',', value_parser = words(Emit::ALL, Emit::word))]
    pub emit: Vec<Emit>,
    /// Stop after a stage and write its IR
    #[arg(long, value_name = "STAGE", conflicts_with = "emit", value_parser = words(&Stage::ALL, Stage::name))]
    pub stop_after: Option<Stage>,
    /// Also write the IR of every stage, LLVM IR, assembly and the object beside the output
    #[arg(long)]
    pub save_temps: bool,
    #[command(flatten)]
    pub build: BuildArgs,
}

#[derive(Args)]
pub struct RunArgs {
    #[command(flatten)]
    pub build: BuildArgs,
    /// The source: mlc, or MLIR of any stage where the name ends in `.mlir`; `-` is standard input
    pub file: PathBuf,
    /// What the program finds in `sys.argv[1:]`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<String>,
}

#[derive(Args)]
pub struct CheckArgs {
    /// The source: mlc, or MLIR of any stage where the name ends in `.mlir`; `-` is standard input
    pub file: PathBuf,
    /// Write the signatures of the functions, with the conventions that were inferred
    #[arg(long)]
    pub signatures: bool,
    /// Write where each value is destroyed, and where its memory is used again
    #[arg(long)]
    pub explain_drops: bool,
    #[command(flatten)]
    pub build: BuildArgs,
}
