//! The command `mlc`.

mod opt;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    match args.next() {
        Some(word) if word == "opt" => opt::run(args),
        _ => {
            eprintln!("error: expected a command: opt");
            ExitCode::from(2)
        }
    }
}
