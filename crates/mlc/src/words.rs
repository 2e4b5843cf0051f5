//! Choices that a user makes with a word; the word is the same in Rust, on the command line and in Python.

use std::fmt;

/// A word that is none of the choices.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownWord {
    /// What is chosen: `target`, `stage`, …
    pub what: &'static str,
    pub word: String,
    /// The words there are.
    pub known: Vec<&'static str>,
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "unknown {} `{}`", self.what, self.word)?;
        if let Some(near) = mlc_diagnostics::closest(&self.word, self.known.iter().copied()) {
            write!(formatter, "; did you mean `{near}`?")?;
        }
        write!(formatter, " (known: {})", self.known.join(", "))
    }
}

impl std::error::Error for UnknownWord {}

/// An enum of choices with their words.
macro_rules! words {
    (
        $(#[$doc:meta])*
        pub enum $name:ident: $what:literal {
            $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// Every choice.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word of the choice.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(word: &str) -> Result<Self, $crate::UnknownWord> {
                Self::ALL.iter().copied().find(|choice| choice.word() == word).ok_or_else(|| {
                    $crate::UnknownWord {
                        what: $what,
                        word: word.to_owned(),
                        known: Self::ALL.iter().map(|choice| choice.word()).collect(),
                    }
                })
            }
        }
    };
}
pub(crate) use words;
