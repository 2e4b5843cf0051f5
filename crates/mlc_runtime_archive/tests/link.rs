//! The archive links into shared libraries and executables with lld and the system's shared objects alone.
//!
//! Clang stands in for the code generator; nothing of a C toolchain takes part in the links.

use std::ffi::{CString, c_void};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mlc_runtime_archive::{
    ARCHIVE, DYNAMIC_LINKER, ENTRY, LINK_FLAGS, SHARED_LIBRARIES, version_script,
};
use tempfile::TempDir;

struct Workshop {
    folder: TempDir,
}

impl Workshop {
    fn new() -> Workshop {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("libmlc_runtime.a"), ARCHIVE).unwrap();
        Workshop { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn compile(&self, program: &str) -> PathBuf {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR"));
        let object = self.path(&format!("{program}.o"));
        run(tool("clang")
            .args(["-c", "-O2", "-fPIC", "-Wall", "-Wextra", "-Werror", "-I"])
            .arg(crates.join("../mlc_runtime/include"))
            .arg(crates.join("tests/programs").join(format!("{program}.c")))
            .arg("-o")
            .arg(&object));
        object
    }

    fn linker(&self, output: &Path) -> Command {
        let mut linker = tool("ld.lld");
        linker
            .args(LINK_FLAGS)
            .arg("--strip-all")
            .arg("-o")
            .arg(output)
            .arg(self.path("libmlc_runtime.a"));
        let folder = system_libraries();
        linker.args(SHARED_LIBRARIES.iter().map(|name| folder.join(name)));
        linker
    }

    fn shared(&self, program: &str, functions: &[&str]) -> PathBuf {
        let output = self.path(&format!("lib{program}.so"));
        let script = self.path(&format!("{program}.version"));
        fs::write(&script, version_script(functions.iter().copied())).unwrap();
        let mut linker = self.linker(&output);
        linker
            .arg("-shared")
            .arg("--soname")
            .arg(&output)
            .arg("--version-script")
            .arg(script);
        run(linker.arg(self.compile(program)));
        output
    }

    fn executable(&self, program: &str, libraries: &[PathBuf]) -> PathBuf {
        let output = self.path(program);
        let mut linker = self.linker(&output);
        linker.args(["-pie", "--dynamic-linker", DYNAMIC_LINKER, "--entry", ENTRY]);
        run(linker.arg(self.compile(program)).args(libraries));
        output
    }
}

fn tool(name: &str) -> Command {
    Command::new(
        Path::new(env!("MLIR_SYS_220_PREFIX"))
            .join("bin")
            .join(name),
    )
}

fn system_libraries() -> PathBuf {
    let folders = ["/lib/x86_64-linux-gnu", "/lib64", "/usr/lib"];
    folders
        .iter()
        .map(PathBuf::from)
        .find(|folder| folder.join("libc.so.6").exists())
        .unwrap()
}

fn run(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|cause| panic!("{command:?}: {cause}"));
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// The names that a library exports.
fn exported(library: &Path) -> Vec<String> {
    let output = run(tool("llvm-nm")
        .args(["-D", "--defined-only", "--format=just-symbols"])
        .arg(library));
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

/// A loaded library; it stays loaded.
struct Library(*mut c_void);

impl Library {
    fn load(path: &Path) -> Library {
        let name = CString::new(path.to_str().unwrap()).unwrap();
        // SAFETY: what the tests load runs no code of its own when it is loaded.
        let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        assert!(!handle.is_null(), "{path:?} does not load");
        Library(handle)
    }

    fn address(&self, name: &str) -> *mut c_void {
        let name = CString::new(name).unwrap();
        // SAFETY: the handle is valid, for libraries stay loaded.
        let address = unsafe { libc::dlsym(self.0, name.as_ptr()) };
        assert!(!address.is_null(), "{name:?} is missing");
        address
    }
}

/// The functions of `shared.c`.
struct Shared {
    halve_all: extern "C" fn(*mut f64, i64) -> i32,
    keep: extern "C" fn(i64) -> *mut c_void,
    live: extern "C" fn() -> i64,
    error_line: extern "C" fn() -> i32,
}

impl Shared {
    fn load(path: &Path) -> Shared {
        let library = Library::load(path);
        // SAFETY: the types are those of shared.c and mlc_runtime.h.
        unsafe {
            Shared {
                halve_all: std::mem::transmute::<*mut c_void, extern "C" fn(*mut f64, i64) -> i32>(
                    library.address("halve_all"),
                ),
                keep: std::mem::transmute::<*mut c_void, extern "C" fn(i64) -> *mut c_void>(
                    library.address("keep"),
                ),
                live: std::mem::transmute::<*mut c_void, extern "C" fn() -> i64>(
                    library.address("live"),
                ),
                error_line: std::mem::transmute::<*mut c_void, extern "C" fn() -> i32>(
                    library.address("mlc_rt_error_line"),
                ),
            }
        }
    }

    fn halves(&self) {
        let mut values: Vec<f64> = (0..10_000).map(f64::from).collect();
        assert_eq!((self.halve_all)(values.as_mut_ptr(), 10_000), 0);
        assert!(
            values
                .iter()
                .enumerate()
                .all(|(i, &value)| value == i as f64 / 2.0)
        );
        values[4321] = -1.0;
        values[8765] = -1.0;
        assert_eq!(
            (self.halve_all)(values.as_mut_ptr(), 10_000),
            mlc_runtime::kind::VALUE_ERROR
        );
        assert_eq!((self.error_line)(), 43);
    }
}

#[test]
fn shared_library_is_small_and_closed() {
    let workshop = Workshop::new();
    let library = workshop.shared("shared", &["halve_all", "keep", "live"]);
    let size = fs::metadata(&library).unwrap().len();
    // Texts brought tables of Unicode's, which take a third of it.
    assert!(size < 1 << 20, "{size} bytes");

    let mut names = exported(&library);
    names.retain(|name| !name.starts_with("mlc_rt_"));
    names.sort();
    assert_eq!(names, ["halve_all", "keep", "live"]);

    let dynamic = run(tool("llvm-readelf").arg("--dynamic-table").arg(&library));
    let dynamic = String::from_utf8(dynamic.stdout).unwrap();
    for needed in dynamic.lines().filter(|line| line.contains("(NEEDED)")) {
        assert!(
            SHARED_LIBRARIES
                .iter()
                .any(|known| needed.contains(&format!("[{known}]"))),
            "{needed}"
        );
    }
    assert!(dynamic.contains("NODELETE"));
}

#[test]
fn library_without_the_runtime_stays_without() {
    let workshop = Workshop::new();
    let library = workshop.shared("pure", &["add"]);
    assert_eq!(exported(&library), ["add"]);
    assert!(fs::metadata(&library).unwrap().len() < 8 << 10);
}

#[test]
fn two_loaded_libraries_run_at_once() {
    let (first, second) = (Workshop::new(), Workshop::new());
    let functions = ["halve_all", "keep", "live"];
    let first = Shared::load(&first.shared("shared", &functions));
    let second = Shared::load(&second.shared("shared", &functions));
    std::thread::scope(|scope| {
        for library in [&first, &second, &first, &second] {
            scope.spawn(move || (0..200).for_each(|_| library.halves()));
        }
    });
    let (before_first, before_second) = ((first.live)(), (second.live)());
    assert!(!(first.keep)(1000).is_null());
    assert_eq!(
        (
            (first.live)() - before_first,
            (second.live)() - before_second
        ),
        (1000, 0)
    );
}

#[test]
fn libraries_linked_together_share_a_runtime() {
    let workshop = Workshop::new();
    let libraries = [
        workshop.shared("shared", &["halve_all", "keep", "live"]),
        workshop.shared("other", &["other_live"]),
    ];
    run(&mut Command::new(workshop.executable("shares", &libraries)));
}

#[test]
fn executable_needs_no_c_toolchain() {
    let workshop = Workshop::new();
    let program = workshop.executable("executable", &[]);
    let output = run(&mut Command::new(&program));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "arguments 0\n0.1\nTrue"
    );
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");

    let output = Command::new(&program).args(["a", "b"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "arguments 2\n0.1\nTrue"
    );
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "Traceback (most recent call last):\n  File \"x.mlc\", line 3\nIndexError: index 7 is out of range for length 5\n"
    );
}
