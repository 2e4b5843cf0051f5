//! Builds `mlc_runtime` once more, as one static library that aborts on panic and is optimized as a whole.
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
    let runtime = crates.join("mlc_runtime");
    let workspace = crates.parent().expect("the crates lie in the workspace");
    for input in [
        runtime.join("src"),
        runtime.join("Cargo.toml"),
        workspace.join("Cargo.toml"),
    ] {
        println!("cargo::rerun-if-changed={}", input.display());
    }

    let out = variable("OUT_DIR");
    let target = env::var("TARGET").expect("cargo names the target");
    let mut cargo = Command::new(variable("CARGO"));
    cargo
        .args([
            "rustc",
            "--quiet",
            "--frozen",
            "--package",
            "mlc_runtime",
            "--lib",
        ])
        .args([
            "--features",
            "entry",
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
        "building the runtime's archive failed ({status}): {cargo:?}"
    );

    let built = out
        .join("target")
        .join(target)
        .join(PROFILE)
        .join("libmlc_runtime.a");
    let archive = out.join("libmlc_runtime.a");
    fs::copy(&built, &archive)
        .unwrap_or_else(|cause| panic!("cannot copy {}: {cause}", built.display()));
}

fn variable(name: &str) -> PathBuf {
    env::var_os(name)
        .unwrap_or_else(|| panic!("cargo sets {name}"))
        .into()
}
