//! Gives this build of the compiler a number of its own, for the cache: a hash of every source that it is made from.

use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::{Hash, Hasher},
    path::{Path, PathBuf},
};

/// What decides how programs are compiled, from the root of the workspace.
const PARTS: [&str; 13] = [
    "Cargo.lock",
    "crates/mlc_diagnostics",
    "crates/mlc_syntax",
    "crates/mlc_sema",
    "crates/mlc_mlir",
    "dialects",
    "passes",
    "crates/mlc_irgen",
    "crates/mlc_runtime",
    "crates/mlc_codegen",
    "crates/mlc_interface",
    "crates/mlc/src",
    "crates/mlc/build.rs",
];

fn main() {
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let root = Path::new(&here).join("../..");
    let mut hasher = DefaultHasher::new();
    std::env::var("PROFILE").ok().hash(&mut hasher);
    for part in PARTS {
        let path = root.join(part);
        println!("cargo:rerun-if-changed={}", path.display());
        for file in files_of(path) {
            file.strip_prefix(&root).ok().hash(&mut hasher);
            fs::read(&file).unwrap_or_default().hash(&mut hasher);
        }
    }
    println!("cargo:rustc-env=MLC_BUILD_ID={:016x}", hasher.finish());
}

/// The file, or all files in the folder, in an order that does not change.
fn files_of(path: PathBuf) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(&path) else {
        return vec![path];
    };
    let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    entries.into_iter().flat_map(files_of).collect()
}
