//! The texts of one ASCII character, which are literals: taking a character of a text allocates nothing.

use std::sync::atomic::AtomicI64;

use super::{Buffer, Text};

#[repr(C)]
struct Character {
    head: Buffer,
    byte: u8,
}

static CHARACTERS: [Character; 128] = {
    let mut byte = 0;
    let mut characters = [const {
        Character {
            head: Buffer {
                references: AtomicI64::new(-1),
                bytes: 1,
                chars: 1,
            },
            byte: 0,
        }
    }; 128];
    while byte < 128 {
        characters[byte].byte = byte as u8;
        byte += 1;
    }
    characters
};

/// The literal of a piece of text that is one ASCII character. The count of a literal is never written.
pub(super) fn literal(piece: &str) -> Option<Text> {
    match piece.as_bytes() {
        [byte @ 0..128] => Some(
            (&raw const CHARACTERS[usize::from(*byte)])
                .cast_mut()
                .cast(),
        ),
        _ => None,
    }
}
