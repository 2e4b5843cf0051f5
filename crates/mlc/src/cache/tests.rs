//! The cache never lies and never breaks.

use super::{
    Cache, FOLDER,
    entry::Entry,
    file,
    folder::Folder,
    key::{Form, Key},
};
use crate::{FileLoader, ModuleName, Options, Sharing, Source, SourceLoader};
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    sync::Arc,
};

/// A folder with `app/hot.mlc`, which imports `lib/far.mlc`, and a user's cache folder.
struct World {
    root: tempfile::TempDir,
}

impl World {
    fn new() -> World {
        let root = tempfile::tempdir().expect("there is room for files");
        let world = World { root };
        world.write(
            "app/hot.mlc",
            "import far\nfn f() -> Int:\n    return far.g() + 1\n",
        );
        world.write("lib/far.mlc", "fn g() -> Int:\n    return 40\n");
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        let folder = path.parent().expect("it is in a folder");
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .expect("it can be written");
    }

    fn cache(&self) -> Cache {
        Cache::new(Some(self.path("user")))
    }

    fn source(&self) -> Source {
        let path = self.path("app/hot.mlc");
        let text = fs::read(&path).expect("it is there");
        let name = ModuleName {
            path: "hot".to_owned(),
            package: false,
        };
        Source::mlc(path.to_string_lossy(), text).imported_as(name)
    }

    fn loader(&self) -> Arc<dyn SourceLoader> {
        Arc::new(FileLoader::new([self.path("first"), self.path("lib")]))
    }

    fn options() -> Options {
        Options {
            opt_level: crate::OptLevel::O0,
            ..Options::default()
        }
    }

    /// What `f()` gives, and whether the module came from the cache.
    fn load_with(&self, options: &Options) -> (i64, bool) {
        let module = self
            .cache()
            .load(options, &self.loader(), &self.source(), Sharing::All);
        let module = module.expect("the source is right");
        let entry = module.code.entry("f").expect("`f` is exported");
        let mut result = 0i64;
        let mut slots = [(&raw mut result).cast::<std::ffi::c_void>()];
        // SAFETY: `JitModule::entry` says that an entry is such a function; `f` takes nothing and gives an `Int`.
        unsafe {
            let f: extern "C" fn(*mut *mut std::ffi::c_void) = std::mem::transmute(entry);
            f(slots.as_mut_ptr());
        }
        (result, module.cached)
    }

    fn load(&self) -> (i64, bool) {
        self.load_with(&World::options())
    }

    fn explain(&self) -> String {
        let report = self
            .cache()
            .explain(&World::options(), &*self.loader(), &self.source());
        report
            .to_string()
            .replace(&self.root.path().display().to_string(), "")
    }

    /// The only file of the module beside the source.
    fn file(&self) -> PathBuf {
        let mut files = Folder::beside(&self.path("app")).all_of("hot");
        assert_eq!(files.len(), 1, "{files:?}");
        files.remove(0)
    }
}

fn reason(world: &World) -> String {
    world
        .explain()
        .lines()
        .last()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

#[test]
fn a_module_is_compiled_once_and_again_when_anything_changed() {
    let world = World::new();
    assert_eq!(
        world.explain().lines().last(),
        Some("  nothing is kept for this source")
    );
    assert_eq!(world.load(), (41, false));
    assert_eq!(world.load(), (41, true));
    assert!(world.explain().starts_with("hit\n"), "{}", world.explain());

    // A dependency outside the folder.
    world.write("lib/far.mlc", "fn g() -> Int:\n    return 50\n");
    assert_eq!(reason(&world), "`/lib/far.mlc` has changed");
    assert_eq!(world.load(), (51, false));
    assert_eq!(world.load(), (51, true));
    // What was compiled before is still right where the file is what it was.
    world.write("lib/far.mlc", "fn g() -> Int:\n    return 40\n");
    assert_eq!(world.load(), (41, true));

    // A file that is found before it.
    world.write("first/far.mlc", "fn g() -> Int:\n    return 60\n");
    assert!(
        world
            .explain()
            .contains("`import far` led to `/lib/far.mlc`, now to `/first/far.mlc`")
    );
    assert_eq!(world.load(), (61, false));
    world.write("app/far/__init__.mlc", "fn g() -> Int:\n    return 70\n");
    assert_eq!(world.load(), (71, false));
    fs::remove_dir_all(world.path("app/far")).expect("it is there");
    assert_eq!(world.load(), (61, true));
    fs::remove_file(world.path("first/far.mlc")).expect("it is there");
    assert_eq!(world.load(), (41, true));

    // The source.
    world.write(
        "app/hot.mlc",
        "import far\nfn f() -> Int:\n    return far.g() + 2\n",
    );
    assert!(world.explain().contains("the source has changed"));
    assert_eq!(world.load(), (42, false));

    // A dependency that is gone is an error of the compilation.
    fs::remove_file(world.path("lib/far.mlc")).expect("it is there");
    let gone = world.cache().load(
        &World::options(),
        &world.loader(),
        &world.source(),
        Sharing::All,
    );
    assert!(gone.is_err());
}

#[test]
fn time_stamps_mean_nothing() {
    let world = World::new();
    assert_eq!(world.load(), (41, false));
    let path = world.path("lib/far.mlc");
    let before = fs::metadata(&path)
        .and_then(|facts| facts.modified())
        .expect("it has one");
    // Another content of the same size, from before the clock was set back.
    world.write("lib/far.mlc", "fn g() -> Int:\n    return 50\n");
    for time in [before, std::time::UNIX_EPOCH] {
        let file = fs::File::options()
            .write(true)
            .open(&path)
            .expect("it is there");
        file.set_modified(time).expect("it is ours");
        assert_eq!(world.load().0, 51);
    }
}

#[test]
fn other_options_and_other_cpus_have_modules_of_their_own() {
    let world = World::new();
    world.write("app/hot.mlc", "fn f() -> Int:\n    return N\n");
    let with = |n: &str, cpu: &str| {
        let mut options = World::options();
        options.defines = vec![("N".to_owned(), n.to_owned())];
        options.cpu = cpu.to_owned();
        world.load_with(&options)
    };
    assert_eq!(with("1", "native"), (1, false));
    assert_eq!(with("2", "native"), (2, false));
    assert_eq!(with("1", "x86-64"), (1, false));
    assert_eq!(with("1", "x86-64-v2"), (1, false));
    for (n, cpu) in [
        ("1", "native"),
        ("2", "native"),
        ("1", "x86-64"),
        ("1", "x86-64-v2"),
    ] {
        assert!(with(n, cpu).1);
    }
}

#[test]
fn a_file_of_another_compiler_is_not_taken_even_under_the_right_name() {
    let world = World::new();
    assert_eq!(world.load(), (41, false));
    let path = world.file();
    let right = fs::read(&path).expect("it is there");
    let (entry, object) = super::entry::parse(&right).expect("it is whole");
    for name in [
        "compiler",
        "build",
        "LLVM",
        "runtime ABI",
        "form",
        "its features",
        "this CPU",
    ] {
        let mut facts = entry.facts.clone();
        let fact = facts.iter_mut().find(|(known, _)| known == name);
        fact.expect("the key has it").1.push('x');
        let other = Entry {
            facts,
            ..entry.clone()
        };
        fs::write(&path, other.to_bytes(object)).expect("it is ours");
        assert!(!world.explain().starts_with("hit"), "{name}");
        assert_eq!(world.load(), (41, false), "{name}");
        assert_eq!(world.load(), (41, true), "{name}");
    }
}

#[test]
fn every_flipped_byte_is_noticed_and_mended() {
    let world = World::new();
    assert_eq!(world.load(), (41, false));
    let (path, key) = (
        world.file(),
        Key::new(&world.source(), &World::options(), &Form::Module),
    );
    let folder = Folder::beside(&world.path("app"));
    let right = fs::read(&path).expect("it is there");
    let mut flipped = right.clone();
    for at in 0..right.len() {
        flipped[at] ^= 0x10;
        fs::write(&path, &flipped).expect("it is ours");
        assert!(
            super::find(&folder, "hot", &key, &*world.loader(), |_, _| Some(())).is_none(),
            "byte {at}"
        );
        flipped[at] = right[at];
    }
    for cut in [0, 1, right.len() / 2, right.len() - 1] {
        fs::write(&path, &right[..cut]).expect("it is ours");
        assert_eq!(reason(&world), "it is damaged");
        assert_eq!(world.load(), (41, false));
        assert_eq!(world.load(), (41, true));
    }
}

#[test]
fn files_that_others_may_have_written_are_not_loaded() {
    let world = World::new();
    assert_eq!(world.load(), (41, false));
    let path = world.file();
    for mode in [0o666, 0o622, 0o660] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
        assert_eq!(reason(&world), "others may write to it");
        assert_eq!(world.load(), (41, false));
        assert_eq!(world.load(), (41, true));
    }
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&path, Some(12345), None).expect("root may");
        assert_eq!(reason(&world), "it belongs to another user");
        assert_eq!(world.load(), (41, false));
        assert_eq!(world.load(), (41, true));
    }
    let elsewhere = world.path("elsewhere");
    fs::rename(&path, &elsewhere)
        .and_then(|()| symlink(&elsewhere, &path))
        .expect("it is ours");
    assert!(file::read(&path).is_err());
    assert_eq!(world.load(), (41, false));
}

#[test]
fn where_the_folder_cannot_be_written_the_users_is_taken_and_then_none() {
    let world = World::new();
    // Nobody can make a folder of that name, root neither.
    world.write(&format!("app/{FOLDER}"), "");
    assert_eq!(world.load(), (41, false));
    assert_eq!(world.load(), (41, true));
    assert_eq!(world.cache().clear(&world.source()), 1);
    fs::remove_dir_all(world.path("user")).expect("it was made");
    world.write("user", "");
    assert_eq!(world.load(), (41, false));
    assert_eq!(world.load(), (41, false));
}

#[test]
fn programs_are_kept_in_the_users_folder_alone() {
    let world = World::new();
    let program = |source: &Source| {
        let cache = world.cache();
        let program = cache.program(&World::options(), &world.loader(), source);
        program.expect("the source is right").is_cached()
    };
    let path = world.path("app/hot.mlc").display().to_string();
    let source = Source::mlc(path.as_str(), "import far\nassert far.g() == 40\n");
    assert!(!program(&source));
    assert!(program(&source));
    assert!(!world.path("app").join(FOLDER).exists());
    // As a module it is something else.
    assert_eq!(world.load(), (41, false));
    assert!(program(&source));

    world.write("lib/far.mlc", "fn g() -> Int:\n    return 50\n");
    assert!(!program(&source));
    // The folder becomes a package, and so what relative imports mean.
    assert!(program(&source));
    world.write("app/__init__.mlc", "");
    assert!(!program(&source));

    let warned = Source::mlc(path.as_str(), "s = \"\\d\"\n");
    let load = || {
        let cache = world.cache();
        let program = cache.program(&World::options(), &world.loader(), &warned);
        program.expect("the source is right")
    };
    assert!(load().has_warnings() && load().has_warnings());
    assert_eq!(world.cache().clear(&source), 4);
    assert!(!program(&source));
}

#[test]
fn parts_of_a_file_are_kept_apart() {
    let world = World::new();
    let load = |part: i64| {
        let text = format!("fn f() -> Int:\n    return {part}\n");
        let source = Source::mlc(world.path("app/hot.mlc").to_string_lossy(), text);
        let source = source.kept_as(format!("part-{part}"));
        let module = world
            .cache()
            .load(&World::options(), &world.loader(), &source, Sharing::All);
        module.expect("the source is right").cached
    };
    assert!((0..12).all(|part| !load(part)));
    assert!((0..12).all(load));
}

#[test]
fn what_is_old_goes_and_what_is_cleared_is_gone() {
    let world = World::new();
    for n in 0..12 {
        world.write("app/hot.mlc", &format!("fn f() -> Int:\n    return {n}\n"));
        assert_eq!(world.load(), (n, false));
    }
    let folder = Folder::beside(&world.path("app"));
    assert_eq!(folder.all_of("hot").len(), 8);
    assert_eq!(world.load(), (11, true));
    // What was left by one that was ended while writing goes with the next.
    fs::write(folder.path().join(".hot.abc"), "half").expect("it is ours");
    world.write("app/hot.mlc", "fn f() -> Int:\n    return 100\n");
    assert_eq!(world.load(), (100, false));
    assert_eq!(folder.temporaries_of("hot"), Vec::<PathBuf>::new());
    assert_eq!(world.cache().clear_below(world.root.path()), 8);
    assert!(!Path::exists(folder.path()));
    assert_eq!(world.load(), (100, false));
    assert_eq!(world.cache().clear(&world.source()), 1);
    assert!(!Path::exists(folder.path()));
}
