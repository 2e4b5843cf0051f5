//! Every code a diagnostic can carry, with what `mlc explain CODE` says about it.
//!
//! A page is a value: adding a code is adding an entry to the table of its subject. The examples are
//! whole programs, and tests run them: `wrong` gives the code, `mend` gives no error.

mod command;
mod compiler;
mod ownership;
mod parallel;
mod syntax;
mod types;

/// What `mlc explain` shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Explanation {
    pub code: &'static str,
    /// One sentence without its period.
    pub title: &'static str,
    /// A paragraph or two.
    pub meaning: &'static str,
    /// A program that gives this code; empty where text cannot show it in a few lines.
    pub wrong: &'static str,
    /// The same program, right.
    pub mend: &'static str,
}

impl Explanation {
    /// The page as text, ended by a line end.
    pub fn page(&self) -> String {
        let mut page = format!("{}: {}\n\n{}\n", self.code, self.title, self.meaning.trim());
        for (heading, program) in [("Wrong", self.wrong), ("Right", self.mend)] {
            if program.is_empty() {
                continue;
            }
            page += &format!("\n{heading}:\n\n");
            for line in program.trim_end().lines() {
                page += format!("    {line}").trim_end();
                page.push('\n');
            }
        }
        page
    }
}

/// All pages, by subject.
pub fn all() -> impl Iterator<Item = &'static Explanation> {
    [
        syntax::PAGES,
        types::PAGES,
        ownership::PAGES,
        parallel::PAGES,
        command::PAGES,
        compiler::PAGES,
    ]
    .into_iter()
    .flatten()
}

/// The codes that the lexer and parser give.
pub fn of_syntax() -> &'static [Explanation] {
    syntax::PAGES
}

/// The codes of names, types and compile time.
pub fn of_types() -> &'static [Explanation] {
    types::PAGES
}

pub fn explain(code: &str) -> Option<&'static Explanation> {
    all().find(|page| page.code == code)
}

/// The code nearest to one that does not exist.
pub fn suggest(code: &str) -> Option<&'static str> {
    crate::closest(code, all().map(|page| page.code))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{all, explain, suggest};

    #[test]
    fn every_code_has_one_page_in_the_common_style() {
        let mut seen = HashSet::new();
        for page in all() {
            let code = page.code;
            assert!(seen.insert(code), "{code} stands twice");
            assert!(
                code.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'0'..=b'9')),
                "{code}"
            );
            assert!(!page.title.ends_with('.'), "{code}");
            assert!(page.meaning.trim().ends_with('.'), "{code}");
            assert_eq!(page.wrong.is_empty(), page.mend.is_empty(), "{code}");
            assert!(page.page().lines().all(|line| line.len() <= 100), "{code}");
        }
    }

    #[test]
    fn pages_are_found_by_code() {
        assert_eq!(
            explain("use-after-move").map(|page| page.code),
            Some("use-after-move")
        );
        assert_eq!(explain("no-such-code"), None);
        assert_eq!(suggest("use-after-mvoe"), Some("use-after-move"));
    }
}
