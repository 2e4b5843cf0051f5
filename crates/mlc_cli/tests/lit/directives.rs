//! The lines of a test file that say how it is run: `RUN:`, `REQUIRES:`, `UNSUPPORTED:`, `XFAIL:`.

use crate::features::Features;

/// What a lit test asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Directives {
    /// One shell command each; a line that ends in `\` goes on in the next `RUN:` line.
    pub run: Vec<String>,
    /// Conditions that must all hold.
    pub requires: Vec<String>,
    /// Conditions none of which may hold.
    pub unsupported: Vec<String>,
    /// Conditions under which the test is expected to fail; `*` always holds.
    pub xfail: Vec<String>,
}

impl Directives {
    /// Reads the directives of a file's text.
    pub fn parse(text: &str) -> Result<Directives, String> {
        let mut directives = Directives::default();
        let mut open: Option<String> = None;
        for line in text.lines() {
            if let Some(command) = value_of(line, "RUN:") {
                let start = open.take().unwrap_or_default();
                match command.strip_suffix('\\') {
                    Some(part) => open = Some(start + part),
                    None => directives.run.push(start + command),
                }
            } else if let Some(conditions) = value_of(line, "REQUIRES:") {
                directives.requires.extend(split(conditions));
            } else if let Some(conditions) = value_of(line, "UNSUPPORTED:") {
                directives.unsupported.extend(split(conditions));
            } else if let Some(conditions) = value_of(line, "XFAIL:") {
                directives.xfail.extend(split(conditions));
            }
        }
        match open {
            Some(command) => Err(format!(
                "the last RUN: line ends in a continuation: {command}\\"
            )),
            None => Ok(directives),
        }
    }

    /// The first condition that keeps the test from running here, in words.
    pub fn unmet(&self, features: &Features) -> Option<String> {
        let lacking = self
            .requires
            .iter()
            .find(|condition| !features.hold(condition));
        let unwanted = self
            .unsupported
            .iter()
            .find(|condition| features.hold(condition));
        match (lacking, unwanted) {
            (Some(condition), _) => Some(format!("needs {condition}")),
            (None, Some(condition)) => Some(format!("unsupported: {condition}")),
            (None, None) => None,
        }
    }

    pub fn expected_to_fail(&self, features: &Features) -> bool {
        self.xfail.iter().any(|condition| features.hold(condition))
    }
}

/// What follows `keyword` on a line where only a comment sign precedes it.
fn value_of<'a>(line: &'a str, keyword: &str) -> Option<&'a str> {
    let (before, value) = line.split_once(keyword)?;
    let comment_only = before
        .chars()
        .all(|c| matches!(c, '/' | '#' | ';' | '*' | ' ' | '\t'));
    comment_only.then(|| value.trim())
}

fn split(conditions: &str) -> impl Iterator<Item = String> + '_ {
    conditions
        .split(',')
        .map(|condition| condition.trim().to_owned())
        .filter(|condition| !condition.is_empty())
}
