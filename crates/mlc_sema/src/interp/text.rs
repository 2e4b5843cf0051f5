//! Methods of texts at compile time.

use super::{Failure, Outcome, Value, items, raised};
use crate::hir::{Builtin, ErrorKind};
use mlc_diagnostics::Span;

/// What a method gives of a text and what else it is handed; `None` where that is none of the methods that are known here.
pub(super) fn method(op: Builtin, text: &str, rest: &[Value], span: Span) -> Option<Outcome> {
    let text_of = |text: String| Value::Str(text.into());
    let part = |text: &str| Value::Str(text.into());
    let value = match (op, rest) {
        (Builtin::StrUpper, []) => text_of(text.to_uppercase()),
        (Builtin::StrLower, []) => text_of(text.to_lowercase()),
        (Builtin::StrStrip, []) => part(text.trim_matches(is_space)),
        (Builtin::StrLstrip, []) => part(text.trim_start_matches(is_space)),
        (Builtin::StrRstrip, []) => part(text.trim_end_matches(is_space)),
        (Builtin::StrRepeat, [Value::Int(count)]) => {
            let count = usize::try_from(*count).unwrap_or(0);
            match text.len().checked_mul(count) {
                Some(bytes) if bytes <= MOST_BYTES => text_of(text.repeat(count)),
                _ => return Some(Err(Failure::NotConstant(span))),
            }
        }
        (Builtin::StrReplace, [Value::Str(old), Value::Str(new)]) => {
            text_of(text.replace(&**old, new))
        }
        // The text that is looked for stands first.
        (Builtin::StrContains, [Value::Str(whole)]) => Value::Bool(whole.contains(text)),
        (Builtin::StrStartsWith, [Value::Str(start)]) => Value::Bool(text.starts_with(&**start)),
        (Builtin::StrEndsWith, [Value::Str(end)]) => Value::Bool(text.ends_with(&**end)),
        (Builtin::StrFind, [Value::Str(needle)]) => Value::Int(match text.find(&**needle) {
            Some(at) => text[..at].chars().count() as i128,
            None => -1,
        }),
        (Builtin::StrSplit, []) => {
            let words = text.split(is_space).filter(|word| !word.is_empty());
            items(words.map(part).collect())
        }
        (Builtin::StrSplit, [Value::Str(separator)]) if separator.is_empty() => {
            let error = raised(span, ErrorKind::ValueError, "empty separator");
            return Some(Err(error));
        }
        (Builtin::StrSplit, [Value::Str(separator)]) => {
            items(text.split(&**separator).map(part).collect())
        }
        (Builtin::StrJoin, [Value::Items(list)]) => {
            let mut joined = String::new();
            for (at, item) in list.borrow().iter().enumerate() {
                let Value::Str(item) = item else {
                    return Some(Err(Failure::NotConstant(span)));
                };
                joined.push_str(if at > 0 { text } else { "" });
                joined.push_str(item);
            }
            text_of(joined)
        }
        _ => return None,
    };
    Some(Ok(value))
}

/// Longer texts are made when the program runs.
const MOST_BYTES: usize = 1 << 24;

/// White space as Python's `str.isspace` has it.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}
