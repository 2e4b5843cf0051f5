//! The paths that the documents name exist: hand-written maps rot.

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Failed, Trial};

/// One test a document.
pub fn trials(root: &Path, documents: &[String]) -> Vec<Trial> {
    let mut trials = Vec::new();
    for name in documents {
        let (root, name) = (root.to_owned(), name.to_owned());
        trials.push(Trial::test(format!("paths of {name}"), move || {
            let text =
                std::fs::read_to_string(root.join(&name)).map_err(|error| error.to_string())?;
            let broken = missing_paths(&root, Path::new(&name), &text);
            match broken.is_empty() {
                true => Ok(()),
                false => Err(Failed::from(format!(
                    "names what does not exist: {}",
                    broken.join(", ")
                ))),
            }
        }));
    }
    trials
}

/// The `*.md` files of the repository.
pub fn markdown_files(root: &Path) -> Vec<String> {
    let listed = Command::new("git")
        .args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "*.md",
        ])
        .current_dir(root)
        .output();
    let listed = listed.expect("the tests run in a clone, with git");
    String::from_utf8_lossy(&listed.stdout)
        .lines()
        .map(str::to_owned)
        .collect()
}

/// The paths that `text`, the document at `name`, names and that are not there.
pub fn missing_paths(root: &Path, name: &Path, text: &str) -> Vec<String> {
    let folder = root
        .join(name)
        .parent()
        .expect("a file has a folder")
        .to_owned();
    let mut broken: Vec<String> = named_paths(root, text)
        .into_iter()
        .flat_map(|path| expand_braces(&path))
        .filter(|path| !folder.join(path).exists() && !root.join(path).exists())
        .collect();
    broken.dedup();
    broken
}

/// Targets of relative links, and code spans that begin with a folder of the repository.
fn named_paths(root: &Path, text: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if fenced {
            continue;
        }
        paths.extend(
            line.split('`')
                .skip(1)
                .step_by(2)
                .filter(|span| is_path(root, span))
                .map(str::to_owned),
        );
        for link in line.split("](").skip(1) {
            let target = link.split([')', '#', ' ']).next().unwrap_or_default();
            if !target.is_empty() && !target.contains(':') {
                paths.push(target.to_owned());
            }
        }
    }
    paths
}

fn is_path(root: &Path, span: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "/._-{},".contains(c);
    let Some((first, _)) = span.split_once('/') else {
        return false;
    };
    // What a build makes is named, too, but is in no clone.
    let built = ["target", ".venv"].contains(&first);
    span.chars().all(allowed) && !first.is_empty() && !built && root.join(first).is_dir()
}

/// `a/{b,c}.rs` is `a/b.rs` and `a/c.rs`.
fn expand_braces(path: &str) -> Vec<String> {
    match (path.find('{'), path.find('}')) {
        (Some(open), Some(close)) if open < close => path[open + 1..close]
            .split(',')
            .flat_map(|choice| {
                expand_braces(&format!("{}{choice}{}", &path[..open], &path[close + 1..]))
            })
            .collect(),
        _ => vec![PathBuf::from(path).display().to_string()],
    }
}
