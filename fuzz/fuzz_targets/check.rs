//! Programs that are nearly right: lexed, parsed, checked, and every diagnostic rendered. The mutations work on tokens
//! and lines, so that what comes out still reaches the checker.
//!
//! Begin with the tests: cargo +nightly fuzz run check corpus/check ../tests/run ../tests/diagnostics

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use mlc_diagnostics::render::{Format, render};
use mlc_diagnostics::{Diagnostic, FileId, SourceMap};
use mlc_sema::{NoImports, Options, check};
use mlc_syntax::{lex, parse};

static OPTIONS: LazyLock<Options> = LazyLock::new(|| Options {
    module: "fuzz".into(),
    comptime_steps: Some(20_000),
    ..Options::default()
});

fuzz_target!(|bytes: &[u8]| {
    let mut sources = SourceMap::new();
    let Ok(file) = sources.add_bytes("fuzz.mlc", bytes.to_vec()) else {
        return;
    };
    let (module, mut diagnostics) = parse(file, sources.text(file));
    let (program, found) = check(&module, &mut NoImports, &OPTIONS);
    diagnostics.extend(found);
    for diagnostic in &diagnostics {
        let span = diagnostic.primary;
        assert!(span.start <= span.end, "{diagnostic:?}");
        assert!(span.end as usize <= bytes.len(), "{diagnostic:?}");
        let page = mlc_diagnostics::codes::explain(diagnostic.code);
        assert!(page.is_some(), "{diagnostic:?}");
    }
    if !diagnostics.iter().any(Diagnostic::is_error) {
        assert!(!mlc_sema::hir_dump::dump(&program).is_empty() || program.functions.is_empty());
    }
    for format in [Format::Human, Format::Json] {
        let shown = &diagnostics[..diagnostics.len().min(20)];
        render(format, shown, &sources, false);
    }
});

/// Words and phrases of the language, to be put in the place of tokens.
static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("words.txt").lines().collect());

/// A small generator, Marsaglia's xorshift of 2003.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

fn mutated(text: &str, random: &mut Random) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        lines.push(String::new());
    }
    let at = random.below(lines.len());
    match random.below(10) {
        0 => {
            lines.remove(at);
        }
        1 => {
            let line = lines[random.below(lines.len())].clone();
            lines.insert(at, line);
        }
        2 => {
            let other = random.below(lines.len());
            lines.swap(at, other);
        }
        3 => lines[at].insert_str(0, "    "),
        4 => {
            let line = lines[at].strip_prefix("    ").map(str::to_owned);
            lines[at] = line.unwrap_or_default();
        }
        // A run of lines elsewhere, as a block.
        5 => {
            let from = random.below(lines.len());
            let count = 1 + random.below(6);
            let block: Vec<String> = lines.iter().skip(from).take(count).cloned().collect();
            let indent = " ".repeat(4 * random.below(3));
            let block = block.into_iter().map(|line| format!("{indent}{line}"));
            lines.splice(at..at, block);
        }
        kind => {
            let line = &lines[at];
            let tokens = lex(FileId(0), line).tokens;
            let token = &tokens[random.below(tokens.len())];
            let span = token.start as usize..token.end as usize;
            // Half of the words come from the text itself.
            let word = if random.below(2) == 0 {
                WORDS[random.below(WORDS.len())].to_owned()
            } else {
                let other = &lines[random.below(lines.len())];
                let tokens = lex(FileId(0), other).tokens;
                let token = &tokens[random.below(tokens.len())];
                other
                    .get(token.start as usize..token.end as usize)
                    .unwrap_or_default()
                    .to_owned()
            };
            let mut line = line.clone();
            if line.get(span.clone()).is_some() {
                match kind {
                    6 => line.replace_range(span, ""),
                    7 => line.insert_str(span.start, &format!(" {word} ")),
                    _ => line.replace_range(span, &word),
                }
            }
            lines[at] = line;
        }
    }
    lines.join("\n") + "\n"
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut random = Random(u64::from(seed) | 1 << 40);
    let text = match std::str::from_utf8(&data[..size]) {
        Ok(text) if random.below(8) != 0 => text,
        _ => return fuzzer_mutate(data, size, max_size),
    };
    let mut text = text.to_owned();
    for _ in 0..=random.below(3) {
        text = mutated(&text, &mut random);
    }
    let count = text.len().min(max_size);
    data[..count].copy_from_slice(&text.as_bytes()[..count]);
    count
});
