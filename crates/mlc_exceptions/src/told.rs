//! What an exception tells: its message, which `str` gives, and its arguments, which `repr` and `args` give.
//!
//! Both travel in one text. Mostly that is the message: then the one argument is that text (of a `KeyError` the message is the
//! `repr` of the key), or there is none where it is empty. Otherwise the text is [`ARGUMENTS`], the `repr` of each argument with
//! commas between, [`MESSAGE`], and the message.

use std::borrow::Cow;

use crate::ErrorKind;

/// In front of the arguments. No message of a program begins so.
pub const ARGUMENTS: &str = "\0arguments:";
/// Between the arguments, in which `repr` leaves no such character, and the message.
pub const MESSAGE: &str = "\0message:";

/// The two parts of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told<'t> {
    pub message: &'t str,
    /// The `repr` of each argument, with commas between, where they do not follow from the message.
    pub arguments: Option<&'t str>,
}

impl<'t> Told<'t> {
    pub fn of(text: &'t str) -> Told<'t> {
        let parts = (text.strip_prefix(ARGUMENTS)).and_then(|text| text.split_once(MESSAGE));
        match parts {
            Some((arguments, message)) => Told {
                message,
                arguments: Some(arguments),
            },
            None => Told {
                message: text,
                arguments: None,
            },
        }
    }

    /// The text that says this.
    pub fn text(&self) -> Cow<'t, str> {
        match self.arguments {
            None => Cow::Borrowed(self.message),
            Some(arguments) => Cow::Owned([ARGUMENTS, arguments, MESSAGE, self.message].concat()),
        }
    }

    /// The `repr` of each argument, with commas between; `repr` is that of a text.
    pub fn arguments(&self, kind: ErrorKind, repr: impl Fn(&str) -> String) -> Cow<'t, str> {
        match (self.arguments, self.message) {
            (Some(arguments), _) => Cow::Borrowed(arguments),
            (None, "") => Cow::Borrowed(""),
            (None, message) if kind == ErrorKind::KeyError => Cow::Borrowed(message),
            (None, message) => Cow::Owned(repr(message)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Told;
    use crate::ErrorKind;

    #[test]
    fn a_text_says_what_it_was_made_of() {
        for told in [
            Told {
                message: "plain",
                arguments: None,
            },
            Told {
                message: "('a', 3)",
                arguments: Some("'a', 3"),
            },
            Told {
                message: "",
                arguments: Some("''"),
            },
        ] {
            assert_eq!(Told::of(&told.text()), told);
        }
    }

    #[test]
    fn arguments_follow_from_a_message_alone() {
        let arguments = |kind, text| {
            let told = Told::of(text);
            told.arguments(kind, |text| format!("<{text}>"))
                .into_owned()
        };
        assert_eq!(arguments(ErrorKind::ValueError, "a"), "<a>");
        assert_eq!(arguments(ErrorKind::KeyError, "'a'"), "'a'");
        assert_eq!(arguments(ErrorKind::ValueError, ""), "");
    }
}
