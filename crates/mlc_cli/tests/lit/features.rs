//! What this machine has, for `REQUIRES:` and its kin.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[derive(Clone)]
/// The features that this machine has.
pub struct Features {
    present: BTreeSet<&'static str>,
    /// The `ptxas` of the tests' Python environment, or of `PATH`.
    pub ptxas: Option<PathBuf>,
    /// The Python of the tests: that of `.venv`, or the one on `PATH`.
    pub python: PathBuf,
}

impl Features {
    pub fn of_this_machine(root: &Path) -> Features {
        let mut present = BTreeSet::new();
        present.insert(std::env::consts::OS);
        present.insert(std::env::consts::ARCH);
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx2")
                && std::arch::is_x86_feature_detected!("fma")
            {
                present.insert("avx2");
            }
            if std::arch::is_x86_feature_detected!("avx512f")
                && std::arch::is_x86_feature_detected!("avx512vl")
            {
                present.insert("avx512");
            }
        }
        let venv_python = root.join(".venv/bin/python");
        let python = if venv_python.exists() {
            venv_python
        } else {
            PathBuf::from("python3")
        };
        if imports(&python, "numpy") {
            present.insert("numpy");
        }
        if runs(Command::new("dpkg-query").arg("--version")) {
            present.insert("debian");
        }
        let ptxas = find_ptxas(root);
        if ptxas.is_some() {
            present.insert("ptxas");
        }
        if Path::new("/dev/nvidiactl").exists() && runs(Command::new("nvidia-smi").arg("-L")) {
            present.insert("cuda");
        }
        Features {
            present,
            ptxas,
            python,
        }
    }

    /// Whether a condition holds: names joined by `||` or `&&` (which binds tighter), each with `!` or without; `*` holds.
    pub fn hold(&self, condition: &str) -> bool {
        condition.split("||").any(|all| {
            all.split("&&")
                .map(str::trim)
                .all(|name| match name.strip_prefix('!') {
                    Some(name) => !self.has(name.trim()),
                    None => self.has(name),
                })
        })
    }

    fn has(&self, name: &str) -> bool {
        name == "*" || self.present.contains(name)
    }
}

fn find_ptxas(root: &Path) -> Option<PathBuf> {
    let libraries = std::fs::read_dir(root.join(".venv/lib"))
        .into_iter()
        .flatten()
        .flatten();
    let packaged = libraries
        .map(|python| python.path().join("site-packages/nvidia"))
        .flat_map(|nvidia| std::fs::read_dir(nvidia).into_iter().flatten().flatten())
        .map(|package| package.path().join("bin/ptxas"));
    let on_path = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .map(|folder| folder.join("ptxas"))
        .collect::<Vec<_>>();
    packaged
        .chain(on_path)
        .find(|path| runs(Command::new(path).arg("--version")))
}

fn imports(python: &Path, module: &str) -> bool {
    runs(Command::new(python).args(["-c", &format!("import {module}")]))
}

fn runs(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
