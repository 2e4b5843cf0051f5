//! `mlc targets`.

use crate::report::Failure;
use std::{fmt::Write as _, process::ExitCode};

/// Lists what code can be generated for, and what this machine is.
pub fn targets() -> Result<ExitCode, Failure> {
    let (name, features) = mlc::host_cpu();
    let enabled: Vec<&str> = features
        .split(',')
        .filter_map(|feature| feature.strip_prefix('+'))
        .collect();
    let mut text = String::from("targets:\n");
    for target in mlc::Target::ALL {
        let _ = writeln!(text, "  {target}");
    }
    let _ = writeln!(text, "this CPU:\n  {name}");
    let _ = writeln!(text, "its features:\n{}", wrapped(&enabled));
    let names = mlc::cpu_names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let _ = writeln!(text, "CPUs for --cpu:\n{}", wrapped(&names));
    let names = mlc::gpu_names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let _ = writeln!(text, "GPUs for --gpu-arch:\n{}", wrapped(&names));
    crate::output::print(&text);
    Ok(ExitCode::SUCCESS)
}

/// Words in lines of at most 100 columns, indented.
fn wrapped(words: &[&str]) -> String {
    let mut text = String::from(" ");
    let mut width = 1;
    for word in words {
        if width + 1 + word.len() > 100 {
            text.push_str("\n ");
            width = 1;
        }
        text.push(' ');
        text.push_str(word);
        width += 1 + word.len();
    }
    text
}
