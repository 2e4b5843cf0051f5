//! Compiles the C++ shim and adds lld's libraries; MLIR and LLVM themselves come with `mlir-sys`.

use std::{env, path::PathBuf};

fn main() {
    println!("cargo:rerun-if-env-changed=MLIR_SYS_220_PREFIX");
    println!("cargo:rerun-if-changed=src/shim.cpp");
    println!("cargo:rerun-if-changed=src/jit.cpp");
    let prefix = PathBuf::from(env::var("MLIR_SYS_220_PREFIX").expect(
        "MLIR_SYS_220_PREFIX is not set: it is the folder that `llvm-config-22 --prefix` prints",
    ));
    let header = prefix.join("include/lld/Common/Driver.h");
    assert!(
        header.exists(),
        "{} is missing: it comes with Debian's liblld-22-dev",
        header.display()
    );

    cc::Build::new()
        .cpp(true)
        .std("c++17")
        .include(prefix.join("include"))
        .file("src/shim.cpp")
        .file("src/jit.cpp")
        // The prebuilt MLIR has neither; mixing would break the layout of its classes.
        .flag("-fno-rtti")
        .flag("-fno-exceptions")
        .define("NDEBUG", None)
        .opt_level(1)
        .debug(false)
        .warnings(false)
        .compile("mlc_shim");

    println!("cargo:rustc-link-search={}", prefix.join("lib").display());
    println!("cargo:rustc-link-lib=static=lldELF");
    println!("cargo:rustc-link-lib=static=lldCommon");
}
