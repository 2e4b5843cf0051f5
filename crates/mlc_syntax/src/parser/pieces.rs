//! A long file, read in pieces side by side.
//!
//! The text is cut in front of lines that start a definition. Where a cut lies in a string, in brackets or behind a decorator,
//! the piece in front of it has an error: such files, and those that have errors of their own, are read as a whole.

use std::ops::Range;

use mlc_diagnostics::FileId;

use super::{Body, Parser};
use crate::lexer::lex_piece;
use crate::threads::{side_by_side, threads};

/// The bytes of text that are worth a thread: reading them takes a millisecond, and starting a thread a twentieth of it.
const WORTH: usize = 1 << 16;

/// The statements of a file that is long enough for several threads and has no errors.
pub(super) fn in_pieces(wanted: Option<usize>, file: FileId, text: &str) -> Option<Body> {
    let count = match text.len() / WORTH {
        0 | 1 => return None,
        worth => worth.min(threads(wanted)),
    };
    let mut pieces = pieces(text, count);
    let first = pieces.remove(0);
    if pieces.is_empty() {
        return None;
    }
    let work = |piece| body_of(file, text, piece);
    let (others, body) = side_by_side(pieces, work, || work(first));
    let mut body = body?;
    for part in others {
        let mut part = part?;
        body.stmts.append(&mut part.stmts);
        body.imports += part.imports;
    }
    Some(body)
}

/// The statements of a piece, unless something is wrong with it.
fn body_of(file: FileId, text: &str, piece: Range<usize>) -> Option<Body> {
    let lexed = lex_piece(file, text, piece);
    if !lexed.diagnostics.is_empty() {
        return None;
    }
    let mut parser = Parser::new(file, text, lexed);
    let body = parser.body();
    parser.diagnostics.is_empty().then_some(body)
}

fn pieces(text: &str, count: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::with_capacity(count);
    let mut start = 0;
    for number in 1..count {
        let Some(cut) = definition(text, (text.len() / count * number).max(start + 1)) else {
            break;
        };
        pieces.push(start..cut);
        start = cut;
    }
    pieces.push(start..text.len());
    pieces
}

/// Where the first line from a place on starts that is a definition and does not go on with the line before it.
fn definition(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut starts = (from..bytes.len()).filter(|&at| bytes[at - 1] == b'\n');
    starts.find(|&at| {
        let joined = bytes[..at - 1].ends_with(b"\\") || bytes[..at - 1].ends_with(b"\\\r");
        let words: [&[u8]; 3] = [b"fn ", b"def ", b"struct "];
        !joined && words.iter().any(|word| bytes[at..].starts_with(word))
    })
}
