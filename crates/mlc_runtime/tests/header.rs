//! The C header and the symbol table describe the same interface, and the header is clean C and C++.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

const HEADER: &str = include_str!("../include/mlc_runtime.h");

/// The functions that the header declares: names before a parenthesis.
fn declared() -> BTreeSet<&'static str> {
    HEADER
        .split('(')
        .filter_map(|before| {
            let start = before.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_')? + 1;
            before[start..]
                .starts_with("mlc_rt_")
                .then_some(&before[start..])
        })
        .collect()
}

#[test]
fn declares_what_the_table_defines() {
    let table: BTreeSet<&str> = mlc_runtime::mlc_rt_symbols()
        .iter()
        .map(|&(name, _)| name)
        .collect();
    assert_eq!(
        table.len(),
        mlc_runtime::mlc_rt_symbols().len(),
        "a name occurs twice"
    );
    assert_eq!(declared(), table);
}

#[test]
fn table_holds_every_exported_function() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut exported = BTreeSet::new();
    let mut folders = vec![sources];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for after in text.split("#[unsafe(no_mangle)]").skip(1) {
                let name = after
                    .split("fn ")
                    .nth(1)
                    .unwrap()
                    .split('(')
                    .next()
                    .unwrap();
                // Other names are those that LLVM calls by itself.
                if name.starts_with("mlc_rt_") {
                    exported.insert(name.to_owned());
                }
            }
            // What a macro defines is named where the macro is used.
            for after in text.split("!(").skip(1) {
                let names = after.split(',').map(str::trim);
                let names = names.take_while(|name| name.starts_with("mlc_rt_"));
                exported.extend(names.map(str::to_owned));
            }
            // Calls in a macro's arguments, and its parameters, are no names.
            let is_name = |name: &String| {
                name.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            };
            exported.retain(is_name);
        }
    }
    let table: BTreeSet<String> = mlc_runtime::mlc_rt_symbols()
        .iter()
        .map(|&(name, _)| name.to_owned())
        .collect();
    assert_eq!(exported, table);
}

#[test]
fn numbers_the_kinds_as_the_runtime_does() {
    for (number, name) in mlc_runtime::kind::all() {
        // An underscore before each word; a run of capitals (OS, EOF) is one, up to the capital of the next word.
        let letters: Vec<char> = name.chars().collect();
        let is =
            |at: usize, property: fn(char) -> bool| letters.get(at).copied().is_some_and(property);
        let mut constant = String::from("MLC_RT_");
        for (at, letter) in letters.iter().enumerate() {
            let begins = letter.is_uppercase()
                && (is(at.wrapping_sub(1), char::is_lowercase) || is(at + 1, char::is_lowercase));
            if at > 0 && begins {
                constant.push('_');
            }
            constant.push(letter.to_ascii_uppercase());
        }
        let line = format!("  {constant} = {number}");
        assert!(
            HEADER
                .lines()
                .any(|known| known.trim_end_matches(',') == line),
            "{line} is not in the header"
        );
    }
    assert!(HEADER.contains(&format!("MLC_RT_ABI_VERSION {}u", mlc_runtime::ABI_VERSION)));
}

#[test]
fn compiles_without_a_warning() {
    let compiler = Path::new(env!("MLIR_SYS_220_PREFIX")).join("bin/clang");
    for language in [
        ["-x", "c", "-std=c99"],
        ["-x", "c", "-std=c23"],
        ["-x", "c++", "-std=c++11"],
    ] {
        let output = Command::new(&compiler)
            .args(language)
            .args(["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"])
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("include/mlc_runtime.h"))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
