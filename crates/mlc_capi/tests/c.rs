//! The header compiles without a warning as C and as C++, and a host written in C does what it should.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn clang(name: &str) -> Command {
    let mut clang = Command::new(
        Path::new(env!("MLIR_SYS_220_PREFIX"))
            .join("bin")
            .join(name),
    );
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    clang
        .args(["-Wall", "-Wextra", "-Werror", "-I"])
        .arg(here.join("include"));
    clang
}

fn run(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    output
}

/// The folder of what cargo built for this package: that of the test, or the one above it.
fn library_folder() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let mut folders = test.ancestors().skip(1).take(2);
    let found = folders.find(|folder| folder.join("libmlc_capi.so").exists());
    found
        .expect("cargo builds the library before its tests")
        .to_owned()
}

#[test]
fn a_host_in_c_compiles_calls_and_is_told_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("embed");
    let library = library_folder();
    run(clang("clang")
        .args(["-std=c11", "-pedantic", "-pthread"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/embed.c"))
        .arg("-o")
        .arg(&program)
        .arg("-L")
        .arg(&library)
        .arg("-lmlc_capi")
        .arg(format!("-Wl,-rpath,{}", library.display())));
    assert_eq!(run(&mut Command::new(program)).stdout, b"embedded\n");
}

#[test]
fn the_header_is_c_plus_plus_too() {
    let header = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/mlc.h");
    run(clang("clang++")
        .args(["-std=c++17", "-fsyntax-only", "-x", "c++"])
        .arg(header));
}
