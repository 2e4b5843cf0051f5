//! A lit test's commands: substitutions, and their run in a folder of the test's own.

use std::ffi::OsString;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::command;
use crate::directives::Directives;
use crate::features::Features;

/// What every test gets, whichever file it comes from.
#[derive(Clone)]
pub struct Environment {
    pub root: PathBuf,
    pub mlc: PathBuf,
    pub python: PathBuf,
    pub limit: Duration,
    llvm_tools: PathBuf,
    ptxas: Option<PathBuf>,
}

impl Environment {
    pub fn new(root: &Path, features: &Features) -> Environment {
        let prefix =
            std::env::var_os("MLIR_SYS_220_PREFIX").unwrap_or_else(|| "/usr/lib/llvm-22".into());
        Environment {
            root: root.to_owned(),
            mlc: PathBuf::from(env!("CARGO_BIN_EXE_mlc")),
            python: features.python.clone(),
            limit: command::time_limit(),
            llvm_tools: Path::new(&prefix).join("bin"),
            ptxas: features.ptxas.clone(),
        }
    }

    /// LLVM's tools and the `mlc` under test come first on the path.
    pub fn path(&self) -> OsString {
        let own = [
            self.llvm_tools.clone(),
            self.mlc.parent().expect("a file has a folder").to_owned(),
        ];
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        std::env::join_paths(own.into_iter().chain(std::env::split_paths(&inherited)))
            .expect("the folders came from a path")
    }

    /// `line` with each `%name` replaced; `%%` is a percent sign, and what is no substitution stays.
    fn substitute(&self, line: &str, file: &Path, scratch: &Path) -> String {
        let folder = file.parent().expect("a file has a folder");
        let quoted = |path: &Path| quote(&path.display().to_string());
        let tool = |name: &str| quoted(&self.llvm_tools.join(name));
        // A longer name goes before its own beginning: `%mlc` is no `%m`, and `%split-file` no `%s`.
        let table: Vec<(&str, String)> = vec![
            ("%FileCheck", tool("FileCheck")),
            ("%split-file", tool("split-file")),
            ("%mlir-opt", tool("mlir-opt")),
            (
                "%ptxas",
                self.ptxas.as_deref().map_or("ptxas".to_owned(), quoted),
            ),
            ("%python", quoted(&self.python)),
            ("%clang", tool("clang")),
            ("%not", tool("not")),
            ("%mlc", quoted(&self.mlc)),
            ("%llc", tool("llc")),
            ("%%", "%".to_owned()),
            ("%s", quoted(file)),
            ("%S", quoted(folder)),
            ("%t", quoted(&scratch.join("t"))),
            ("%T", quoted(scratch)),
        ];
        let mut result = String::with_capacity(line.len());
        let mut rest = line;
        while let Some(at) = rest.find('%') {
            result.push_str(&rest[..at]);
            rest = &rest[at..];
            match table.iter().find(|(name, _)| rest.starts_with(name)) {
                Some((name, value)) => {
                    result.push_str(value);
                    rest = &rest[name.len()..];
                }
                None => {
                    result.push('%');
                    rest = &rest[1..];
                }
            }
        }
        result + rest
    }

    /// Runs the commands of a lit test in order up to the first that fails; `Err` is the report of what happened.
    pub fn run_script(
        &self,
        file: &Path,
        directives: &Directives,
        features: &Features,
    ) -> Result<(), String> {
        let outcome = self.run_commands(file, directives);
        match (outcome, directives.expected_to_fail(features)) {
            (outcome, false) => outcome,
            (Err(_), true) => Ok(()),
            (Ok(()), true) => {
                Err("passed, although XFAIL: says that it fails; remove that line".to_owned())
            }
        }
    }

    fn run_commands(&self, file: &Path, directives: &Directives) -> Result<(), String> {
        let scratch =
            tempfile::tempdir().map_err(|error| format!("no folder for the test: {error}"))?;
        for line in &directives.run {
            let line = self.substitute(line, file, scratch.path());
            let mut bash = Command::new("bash");
            // A test may count on no setting of the caller's that changes what a compiler does.
            bash.args(["-o", "pipefail", "-c", &line])
                .current_dir(scratch.path())
                .env("PATH", self.path())
                .env("LC_ALL", "C.UTF-8")
                .env_remove("RUST_BACKTRACE");
            let outcome = command::run(bash, scratch.path(), self.limit)
                .map_err(|error| format!("could not run bash: {error}\n  command: {line}"))?;
            if !outcome.succeeded() {
                let mut report = format!("{}\n  command: {line}\n", outcome.ending());
                for (name, text) in [("stdout", &outcome.stdout), ("stderr", &outcome.stderr)] {
                    if !text.is_empty() {
                        let _ = writeln!(report, "--- {name}\n{}", text.trim_end());
                    }
                }
                return Err(report);
            }
        }
        Ok(())
    }
}

/// `text` as one word of the shell; plain words stay readable.
fn quote(text: &str) -> String {
    let plain = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "/._-+=:,".contains(c));
    if plain {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
