//! Which files below `tests/` are tests, and of what kind.

use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};

use crate::directives::Directives;
use crate::features::Features;
use crate::script::Environment;
use crate::{diagnostics, programs};

/// A test file.
pub struct Test {
    /// Its path below the repository's root, which is also its name.
    name: String,
    file: PathBuf,
    kind: Kind,
}

enum Kind {
    Lit(Directives),
    /// The file's directives cannot be read.
    Unreadable(String),
    Diagnostics,
    Program(programs::Program),
}

impl Test {
    pub fn into_trial(self, environment: &Environment, features: &Features) -> Trial {
        let Test { name, file, kind } = self;
        let environment = environment.clone();
        match kind {
            Kind::Unreadable(message) => Trial::test(name, move || Err(Failed::from(message))),
            Kind::Lit(directives) => lit_trial(name, file, directives, environment, features),
            Kind::Diagnostics => {
                Trial::test(name, move || Ok(diagnostics::check(&environment, &file)?))
            }
            Kind::Program(program) => Trial::test(name, move || {
                Ok(programs::check(&environment, &file, &program)?)
            }),
        }
    }
}

/// A lit test; one whose needs are unmet shows as ignored, with the need in front of its name.
pub fn lit_trial(
    name: String,
    file: PathBuf,
    directives: Directives,
    environment: Environment,
    features: &Features,
) -> Trial {
    let unmet = directives.unmet(features);
    let ignored = unmet.is_some();
    let features = features.clone();
    Trial::test(name, move || {
        Ok(environment.run_script(&file, &directives, &features)?)
    })
    .with_ignored_flag(ignored)
    .with_kind(unmet.unwrap_or_default())
}

/// The tests below `tests`, in order, and the files there that no runner would run.
pub fn tests_below(tests: &Path) -> (Vec<Test>, Vec<String>) {
    let root = tests
        .parent()
        .expect("tests/ lies in the repository's root");
    let mut found = Vec::new();
    let mut strays = Vec::new();
    for file in files_below(tests) {
        let name = file
            .strip_prefix(root)
            .expect("found below it")
            .display()
            .to_string();
        match kind_of(&file, &name) {
            Found::Test(kind) => found.push(Test { name, file, kind }),
            Found::PartOfAnother => {}
            Found::Stray => strays.push(name),
        }
    }
    (found, strays)
}

/// The programs of `examples` that have their output beside them.
pub fn examples_below(examples: &Path) -> Vec<Test> {
    let root = examples
        .parent()
        .expect("examples/ lies in the repository's root");
    let program = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).ok()?;
        let name = file.strip_prefix(root).expect("found below it");
        let name = name.display().to_string();
        let kind = match programs::Program::parse(&file, &text) {
            Ok(program) => Kind::Program(program),
            Err(message) => Kind::Unreadable(message),
        };
        Some(Test { name, file, kind })
    };
    files_below(examples)
        .into_iter()
        .filter(|file| file.extension().is_some_and(|found| found == "mlc"))
        .filter(|file| file.with_extension("out").exists())
        .filter_map(program)
        .collect()
}

enum Found {
    Test(Kind),
    PartOfAnother,
    Stray,
}

fn kind_of(file: &Path, name: &str) -> Found {
    // pytest runs these; Inputs/ holds what a test names itself, and Markdown is for readers.
    let by_pytest = [
        "tests/conftest.py",
        "tests/python/",
        "tests/oracle/",
        "tests/accuracy/",
        "tests/soundness/",
    ]
    .iter()
    .any(|folder| name.starts_with(folder));
    let by_pytest = by_pytest || name == "tests/conftest.py";
    if by_pytest || name.contains("/Inputs/") || name.ends_with(".md") {
        return Found::PartOfAnother;
    }
    // Text of no encoding can be no test by itself, and a lit test would have it among its Inputs/.
    let Ok(text) = std::fs::read_to_string(file) else {
        return Found::Stray;
    };
    match Directives::parse(&text) {
        Ok(directives) if !directives.run.is_empty() => return Found::Test(Kind::Lit(directives)),
        Ok(_) => {}
        Err(message) => return Found::Test(Kind::Unreadable(message)),
    }
    let source = name.ends_with(".mlc")
        || (name.starts_with("tests/diagnostics/") && name.ends_with(".mlir"));
    if name.starts_with("tests/diagnostics/") && (source || belongs_to_source(file, "stderr")) {
        return if source {
            Found::Test(Kind::Diagnostics)
        } else {
            Found::PartOfAnother
        };
    }
    if name.starts_with("tests/run/") && (source || belongs_to_source(file, "out")) {
        return match (source, programs::Program::parse(file, &text)) {
            (false, _) => Found::PartOfAnother,
            (true, Ok(program)) => Found::Test(Kind::Program(program)),
            (true, Err(message)) => Found::Test(Kind::Unreadable(message)),
        };
    }
    Found::Stray
}

fn belongs_to_source(file: &Path, extension: &str) -> bool {
    let beside = |source| file.with_extension(source).exists();
    file.extension().is_some_and(|found| found == extension) && (beside("mlc") || beside("mlir"))
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with(['.', '_']);
            match path.is_dir() {
                true if !hidden => open.push(path),
                false if !hidden => files.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    files
}

/// Fails where a file below `tests/` is no test and part of none: it would rot unseen.
pub fn no_strays_trial(strays: Vec<String>) -> Trial {
    Trial::test("every file of tests/ is run", move || {
        match strays.is_empty() {
            true => Ok(()),
            false => Err(Failed::from(format!(
                "no RUN: line, and no other runner takes them:\n  {}",
                strays.join("\n  ")
            ))),
        }
    })
}
