//! `--timing`.

use crate::{args::BuildArgs, report};
use mlc::Compiled;
use std::fmt::Write as _;

/// Says how long each part of a compilation took, where that was asked for.
pub fn report(compiled: &Compiled, build: &BuildArgs) {
    let Some(format) = &build.timing else { return };
    let times = compiled.times();
    let total: f64 = times.iter().map(|time| time.time.as_secs_f64()).sum();
    let mut text = String::new();
    if format == "json" {
        let parts: Vec<_> = times
            .iter()
            .map(|time| serde_json::json!({"phase": time.phase, "part": time.part, "seconds": time.time.as_secs_f64()}))
            .collect();
        let _ = writeln!(
            text,
            "{}",
            serde_json::json!({"parts": parts, "seconds": total})
        );
    } else {
        for time in &times {
            let milliseconds = time.time.as_secs_f64() * 1e3;
            let share = 100.0 * time.time.as_secs_f64() / total.max(f64::MIN_POSITIVE);
            let _ = writeln!(
                text,
                "{milliseconds:9.3} ms {share:5.1} %  {:8} {}",
                time.phase, time.part
            );
        }
        let _ = writeln!(text, "{:9.3} ms 100.0 %  total", total * 1e3);
    }
    report::say(&text);
}
