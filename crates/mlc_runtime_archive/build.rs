//! Builds the runtime, and that of Python extension modules, once more: each as one static library that aborts on panic and is
//! optimized as a whole.
//!
//! A crate cannot ask cargo for another shape of a dependency, so this runs cargo on the workspace, with a target
//! folder of its own under `OUT_DIR` (the outer cargo has locked the other) and without network.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PROFILE: &str = "runtime-archive";

/// What an outer cargo, clippy or a coverage run sets for the build of the workspace, and not for that of the archive.
const OUTER_SETTINGS: [&str; 7] = [
    "CARGO_ENCODED_RUSTFLAGS",
    "RUSTFLAGS",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_TARGET",
    "CARGO_TARGET_DIR",
    "CARGO_BUILD_TARGET_DIR",
];

fn main() {
    let crates = variable("CARGO_MANIFEST_DIR")
        .parent()
        .map(Path::to_path_buf)
        .expect("a crate lies in a folder");
    let workspace = crates.parent().expect("the crates lie in the workspace");
    println!(
        "cargo::rerun-if-changed={}",
        workspace.join("Cargo.toml").display()
    );
    for package in [
        "mlc_exceptions",
        "mlc_runtime",
        "mlc_python_runtime",
        "mlc_interface",
    ] {
        for input in ["src", "Cargo.toml"] {
            let input = crates.join(package).join(input);
            println!("cargo::rerun-if-changed={}", input.display());
        }
    }
    build(workspace, "mlc_runtime", "entry");
    build(workspace, "mlc_python_runtime", "extension");
}

/// Builds `lib<package>.a` in `OUT_DIR`.
fn build(workspace: &Path, package: &str, feature: &str) {
    let out = variable("OUT_DIR");
    let target = env::var("TARGET").expect("cargo names the target");
    let mut cargo = Command::new(variable("CARGO"));
    cargo
        .args([
            "rustc",
            "--quiet",
            "--frozen",
            "--lib",
            "--package",
            package,
            "--features",
            feature,
        ])
        .args([
            "--crate-type",
            "staticlib",
            "--profile",
            PROFILE,
            "--target",
            &target,
        ])
        .arg("--manifest-path")
        .arg(workspace.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(out.join("target"));
    for setting in OUTER_SETTINGS {
        cargo.env_remove(setting);
    }
    let status = cargo
        .status()
        .unwrap_or_else(|cause| panic!("cannot run {cargo:?}: {cause}"));
    assert!(
        status.success(),
        "building the archive of {package} failed ({status}): {cargo:?}"
    );

    let file = format!("lib{package}.a");
    let built = out.join("target").join(target).join(PROFILE).join(&file);
    fs::copy(&built, out.join(&file))
        .unwrap_or_else(|cause| panic!("cannot copy {}: {cause}", built.display()));
}

fn variable(name: &str) -> PathBuf {
    env::var_os(name)
        .unwrap_or_else(|| panic!("cargo sets {name}"))
        .into()
}
