//! Generates the C++ classes of the dialects from their `.td` files and compiles them.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// The headers that one dialect folder asks `mlir-tblgen` for: file suffix and generator.
const GENERATED: &[(&str, &str)] = &[
    ("dialect.h.inc", "--gen-dialect-decls"),
    ("dialect.cpp.inc", "--gen-dialect-defs"),
    ("types.h.inc", "--gen-typedef-decls"),
    ("types.cpp.inc", "--gen-typedef-defs"),
    ("enums.h.inc", "--gen-enum-decls"),
    ("enums.cpp.inc", "--gen-enum-defs"),
    ("attributes.h.inc", "--gen-attrdef-decls"),
    ("attributes.cpp.inc", "--gen-attrdef-defs"),
    ("ops.h.inc", "--gen-op-decls"),
    ("ops.cpp.inc", "--gen-op-defs"),
];

fn main() {
    println!("cargo:rerun-if-env-changed=MLIR_SYS_220_PREFIX");
    let prefix = PathBuf::from(env::var("MLIR_SYS_220_PREFIX").expect(
        "MLIR_SYS_220_PREFIX is not set: it is the folder that `llvm-config-22 --prefix` prints",
    ));
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    let include = prefix.join("include");

    let mut build = cc::Build::new();
    build
        .cpp(true)
        .std("c++17")
        .include(&include)
        .include(&out)
        // The prebuilt MLIR has neither; mixing would break the layout of its classes.
        .flag("-fno-rtti")
        .flag("-fno-exceptions")
        .define("NDEBUG", None)
        .opt_level(1)
        .debug(false)
        .warnings(false);
    for dialect in ["own", "par"] {
        let folder = Path::new(dialect);
        for suffix in ["td", "h", "cpp"] {
            println!("cargo:rerun-if-changed={dialect}/{dialect}.{suffix}");
        }
        for (name, generator) in GENERATED {
            let target = out.join(format!("{dialect}_{name}"));
            let status = Command::new(prefix.join("bin/mlir-tblgen"))
                .arg(generator)
                .arg("-I")
                .arg(&include)
                .arg(folder.join(format!("{dialect}.td")))
                .arg("-o")
                .arg(&target)
                .status()
                .expect("mlir-tblgen runs: it comes with Debian's mlir-22-tools");
            assert!(
                status.success(),
                "mlir-tblgen failed on the {dialect} dialect"
            );
        }
        build
            .include(folder)
            .file(folder.join(format!("{dialect}.cpp")));
    }
    build.compile("mlc_dialects");
}
