//! What the compiler's sources say to users: codes and words, found in its string literals.

mod codes;
mod literals;
mod words;
