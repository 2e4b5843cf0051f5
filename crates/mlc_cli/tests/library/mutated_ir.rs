//! Textual IR with random faults, at stages `own` and `par`: whatever it is, compiling it ends with code or with an error of the
//! program's, never with a crash or a bug of the compiler's.
//!
//! A child process does the work, so that one that crashes names what it died of. `MLC_IR_MUTATIONS=N` tries N mutations
//! (120 by default), `MLC_IR_SEED=S` begins elsewhere.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use mlc::{Emit, Fault, Format, Options, Session, Source};

/// The programs whose IR is mutated.
const PROGRAMS: &[&str] = &[
    "tests/irgen/parallel.mlc",
    "tests/irgen/list_slices.mlc",
    "tests/irgen/exceptions.mlc",
    "tests/irgen/strings.mlc",
    "tests/run/moved_again.mlc",
];

/// How many lines are changed at most.
const MOST_FAULTS: u64 = 3;

/// The mutation that the child begins with.
const FIRST: &str = "MLC_IR_FIRST";

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn faults_in_textual_ir_end_in_errors() {
    let count = number("MLC_IR_MUTATIONS").unwrap_or(120);
    if number(FIRST).is_some() {
        return;
    }
    let mut first = 0;
    let mut failures = Vec::new();
    let mut read = 0;
    while first < count {
        let mut child = Command::new(std::env::current_exe().expect("this test is a program"))
            .args(["--exact", "mutated_ir::child", "--nocapture"])
            .env(FIRST, first.to_string())
            .env("MLC_IR_MUTATIONS", count.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the test starts itself");
        let mut last = None;
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        for line in output.lines().map_while(Result::ok) {
            match line.split_once(' ') {
                Some(("mutation", number)) => last = number.parse().ok(),
                Some(("bug", text)) => failures.push(text.to_owned()),
                _ => read += u64::from(line == "read"),
            }
        }
        let status = child.wait().expect("it was started");
        if status.success() {
            break;
        }
        let died: u64 = last.expect("it says what it tries");
        failures.push(format!("mutation {died}: the compiler ended with {status}"));
        first = died + 1;
    }
    assert!(
        failures.is_empty(),
        "{}\nMLC_IR_FIRST=N MLC_IR_MUTATIONS=N+1 with `--exact mutated_ir::child --nocapture` shows one alone",
        failures.join("\n")
    );
    assert!(
        read * 5 > count,
        "only {read} of {count} texts were more than malformed"
    );
}

/// What the child process runs.
#[test]
fn child() {
    let (Some(first), Some(count)) = (number(FIRST), number("MLC_IR_MUTATIONS")) else {
        return;
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let texts: Vec<String> = (PROGRAMS.iter())
        .flat_map(|program| {
            let source = std::fs::read_to_string(root.join(program)).expect("a test");
            [Emit::Own, Emit::Par].map(|stage| printed(&source, stage))
        })
        .collect();
    let seed = number("MLC_IR_SEED").unwrap_or(1);
    let alone = count == first + 1;
    for mutation in first..count {
        println!("\nmutation {mutation}");
        std::io::stdout().flush().expect("the parent reads it");
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9).wrapping_add(mutation));
        let text = &texts[random.below(texts.len() as u64) as usize];
        let mutated = mutated(text, &mut random);
        if alone {
            println!("{mutated}");
        }
        let Err(error) = compiled(&mutated) else {
            println!("read");
            continue;
        };
        let text = error.render(Format::Short, false);
        if error.fault() != Fault::Program {
            println!(
                "bug mutation {mutation}: {}",
                text.trim().replace('\n', "; ")
            );
        } else if !text.contains("malformed-ir") {
            println!("read");
        }
    }
}

/// The IR of a program at a stage.
fn printed(source: &str, stage: Emit) -> String {
    let session = Session::new(Options::default()).expect("the options are fine");
    let compiled = session.compile(&Source::mlc("program.mlc", source));
    let text = compiled.and_then(|compiled| compiled.emit(stage));
    String::from_utf8(text.expect("the program is right")).expect("IR is text")
}

fn compiled(text: &str) -> Result<Vec<u8>, mlc::CompileError> {
    let session = Session::new(Options::default())?;
    session
        .compile(&Source::mlir("mutated.mlir", text))?
        .emit(Emit::Llvm)
}

/// A sequence of numbers that a seed determines (Steele, Lea, Flood: *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}

/// The text of a module with a few faults. Most are such that the text can still be read.
fn mutated(text: &str, random: &mut Random) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=random.below(MOST_FAULTS) {
        let at = random.below(lines.len() as u64) as usize;
        let other = (at + 1 + random.below(8) as usize).min(lines.len() - 1);
        let is_plain = |line: &str| !defines(line) && !line.ends_with(['{', '}']);
        match random.below(12) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[at].clone()),
            2 => lines.swap(at, other),
            3 => lines[at] = exchanged(&lines[at], &lines[other], is_value, random),
            4 => lines[at] = exchanged(&lines[at], &lines[other], is_number, random),
            5 => lines[at] = exchanged(&lines[at], &lines[other], is_word, random),
            // What has no result is left out, done twice, or done somewhere else.
            choice @ 6..9 => {
                let Some(at) = (at..lines.len()).find(|at| is_plain(&lines[*at])) else {
                    continue;
                };
                let line = lines[at].clone();
                if choice != 7 {
                    lines.remove(at);
                }
                if choice != 6 {
                    let place = (at + 8).saturating_sub(random.below(16) as usize);
                    lines.insert(place.min(lines.len() - 1), line);
                }
            }
            _ => replace_operand(&mut lines, at, random),
        }
        if lines.len() < 2 {
            break;
        }
    }
    lines.join("\n")
}

fn defines(line: &str) -> bool {
    line.trim_start().starts_with('%')
}

/// How far back another value is looked for.
const NEARBY: usize = 60;

/// Gives the next operation another operand that was made as the one is.
fn replace_operand(lines: &mut [String], at: usize, random: &mut Random) {
    let kind = |line: &str| {
        let operation = line.split(" = ").nth(1)?.split([' ', '(']).next()?;
        let ty = line.rsplit([':', '>']).find(|text| !text.is_empty())?;
        Some(format!("{operation} {ty}"))
    };
    let first = at.saturating_sub(NEARBY);
    let made: Vec<(String, String)> = (lines[first..at].iter())
        .filter(|line| defines(line))
        .filter_map(|line| Some((words(line.trim_start())[0].to_owned(), kind(line)?)))
        .collect();
    for line in lines[at..].iter_mut().take(8) {
        let mut words = words(line);
        let operands = usize::from(defines(line)) + 1..words.len();
        let mut found = operands.filter_map(|at| {
            let (_, kind) = made.iter().find(|(name, _)| name == words[at])?;
            let like = |(name, other): &&(String, String)| other == kind && name != words[at];
            let others: Vec<_> = made.iter().filter(like).collect();
            (!others.is_empty()).then(|| (at, others[random.below(others.len() as u64) as usize]))
        });
        if let Some((at, (name, _))) = found.next() {
            words[at] = name;
            *line = words.concat();
            return;
        }
    }
}

/// A line in which one word of a kind is another one, of itself or of a line nearby.
fn exchanged(line: &str, nearby: &str, kind: fn(&str) -> bool, random: &mut Random) -> String {
    let mut parts = words(line);
    let places: Vec<usize> = (0..parts.len()).filter(|at| kind(parts[*at])).collect();
    let others = words(nearby);
    let candidates: Vec<&str> = (parts.iter().chain(&others))
        .copied()
        .filter(|word| kind(word))
        .collect();
    if let (false, false) = (places.is_empty(), candidates.is_empty()) {
        let at = places[random.below(places.len() as u64) as usize];
        parts[at] = candidates[random.below(candidates.len() as u64) as usize];
    }
    parts.concat()
}

/// The line in words and what is between them.
fn words(line: &str) -> Vec<&str> {
    let in_word = |c: char| c.is_alphanumeric() || "%_.#@!-".contains(c);
    let mut words = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, c) in line.char_indices() {
        let now = in_word(c);
        if before.is_some_and(|before| before != now) {
            words.push(&line[start..at]);
            start = at;
        }
        before = Some(now);
    }
    words.push(&line[start..]);
    words
}

fn is_value(word: &str) -> bool {
    word.starts_with('%')
}

fn is_number(word: &str) -> bool {
    word.parse::<i64>().is_ok()
}

/// Names of operations, types and attributes.
fn is_word(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '!')
}
