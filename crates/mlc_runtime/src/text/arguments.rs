//! The arguments of an exception, from what `repr` gave of them.

/// Takes what stands between commas apart, where these are in no quotes or brackets.
pub(super) fn split(arguments: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0);
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in arguments.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(arguments[start..at].trim_start());
                start = at + 1;
            }
            _ => {}
        }
    }
    let last = arguments[start..].trim_start();
    if !last.is_empty() {
        parts.push(last);
    }
    parts
}

/// The text of which this is the `repr`.
pub(super) fn unquoted(repr: &str) -> Option<String> {
    let quote = repr.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inside = repr.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut text = String::with_capacity(inside.len());
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        let digits = match chars.next()? {
            'n' => {
                text.push('\n');
                continue;
            }
            'r' => {
                text.push('\r');
                continue;
            }
            't' => {
                text.push('\t');
                continue;
            }
            'x' => 2,
            'u' => 4,
            'U' => 8,
            other => {
                text.push(other);
                continue;
            }
        };
        let code: String = chars.by_ref().take(digits).collect();
        text.push(char::from_u32(u32::from_str_radix(&code, 16).ok()?)?);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::super::convert::repr;
    use super::{split, unquoted};

    #[test]
    fn commas_in_quotes_and_brackets_do_not_split() {
        assert_eq!(
            split(r"'a, \'b', (1, [2, 3]), 4"),
            [r"'a, \'b'", "(1, [2, 3])", "4"]
        );
        assert_eq!(split("'a',"), ["'a'"]);
        assert!(split("").is_empty());
    }

    #[test]
    fn a_text_comes_back_from_its_repr() {
        for text in ["", "it's", "a\"'b", "\n\t\\ \u{1} \u{e000} 🙂", "é"] {
            assert_eq!(unquoted(&repr(text)).as_deref(), Some(text));
        }
        assert_eq!(unquoted("3"), None);
    }
}
