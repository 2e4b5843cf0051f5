//! Which Python a program runs with that no Python started.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An interpreter that was found, as it describes itself.
pub(super) struct Interpreter {
    /// What it calls itself; in a virtual environment the file there, by which it finds its packages.
    pub executable: String,
    /// Where its shared library may lie, the likeliest first.
    pub libraries: Vec<PathBuf>,
}

/// What an interpreter is asked: its name, and the places of its shared library.
const QUESTION: &str = "
import os, sys, sysconfig
print(sys.executable)
get = sysconfig.get_config_var
names = [name for name in (get('INSTSONAME'), get('LDLIBRARY')) if name and '.so' in name]
names.append('libpython%d.%d%s.so.1.0' % (*sys.version_info[:2], getattr(sys, 'abiflags', '')))
folders = [get('LIBDIR'), os.path.join(get('LIBDIR') or '', get('MULTIARCH') or ''), get('LIBPL'), os.path.join(sys.base_prefix, 'lib')]
for name in names:
    for folder in folders:
        if folder: print(os.path.join(folder, name))
";

/// Asks in this order: `MLC_PYTHON`, the active virtual environment, the Conda environment, `python3`. One that is named and does
/// not answer is an error, for another would not be what was meant.
pub(super) fn find() -> Result<Interpreter, String> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let (source, program) = if let Some(program) = variable("MLC_PYTHON") {
        ("MLC_PYTHON names", PathBuf::from(program))
    } else if let Some(folder) = variable("VIRTUAL_ENV") {
        (
            "VIRTUAL_ENV leads to",
            Path::new(&folder).join("bin/python"),
        )
    } else if let Some(folder) = variable("CONDA_PREFIX") {
        (
            "CONDA_PREFIX leads to",
            Path::new(&folder).join("bin/python"),
        )
    } else {
        ("", PathBuf::from("python3"))
    };
    ask(&program).map_err(|cause| match source {
        "" => format!(
            "no Python was found: {cause}; set MLC_PYTHON to an interpreter, activate an environment, or install python3"
        ),
        source => format!("{source} no Python that runs: {cause}"),
    })
}

fn ask(program: &Path) -> Result<Interpreter, String> {
    let shown = program.display();
    let output = Command::new(program)
        .args(["-c", QUESTION])
        .output()
        .map_err(|cause| match cause.kind() {
            std::io::ErrorKind::NotFound => format!("there is no `{shown}`"),
            _ => format!("`{shown}` cannot be started ({cause})"),
        })?;
    let answer = String::from_utf8_lossy(&output.stdout);
    let mut lines = answer.lines();
    match lines.next() {
        Some(executable) if output.status.success() && !executable.is_empty() => Ok(Interpreter {
            executable: executable.to_owned(),
            libraries: lines.map(PathBuf::from).collect(),
        }),
        _ => Err(format!("`{shown}` did not say where it lies")),
    }
}

impl Interpreter {
    /// The shared library, where it is installed.
    pub fn library(&self) -> Result<&Path, String> {
        let found = self.libraries.iter().find(|library| library.is_file());
        found.map(PathBuf::as_path).ok_or_else(|| {
            let name = self.libraries.first().and_then(|path| path.file_name());
            let name = name.map_or("libpython3.so".into(), |name| name.to_string_lossy());
            format!(
                "`{}` has no shared library `{name}`, with which a program can run it; install that (Debian: the package libpython3), or set MLC_PYTHON to another interpreter",
                self.executable
            )
        })
    }
}
