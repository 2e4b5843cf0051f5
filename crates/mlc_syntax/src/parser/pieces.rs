//! The body of a long file, parsed in pieces side by side.
//!
//! The text is cut in front of definitions that start a line. A piece with an error in it may be part of what stands around it
//! (a decorator without a function, a `try` without its `except`), so that such files are parsed whole.

use mlc_diagnostics::FileId;

use super::Parser;
use crate::ast::Stmt;
use crate::lexer::Lexed;
use crate::threads::side_by_side;
use crate::token::{Token, TokenKind};

/// The tokens that are worth a thread: parsing them takes a millisecond, and starting a thread a twentieth of it.
const PIECE: usize = 16_384;

/// The pieces that a file of so many tokens is worth.
pub(super) fn worth(tokens: usize) -> usize {
    tokens / PIECE
}

/// The statements of a file that has no errors, parsed in about so many pieces; `None` where something is wrong with it.
pub(super) fn in_pieces(
    file: FileId,
    text: &str,
    tokens: &[Token],
    count: usize,
) -> Option<Vec<Stmt>> {
    let mut pieces = pieces(text, tokens, count);
    let first = pieces.remove(0);
    let work = |piece| body_of(file, text, piece);
    let (others, body) = side_by_side(pieces, work, || work(first));
    let mut body = body?;
    body.reserve_exact(others.iter().flatten().map(Vec::len).sum());
    for part in others {
        body.append(&mut part?);
    }
    Some(body)
}

/// The statements of a piece, unless something is wrong with it.
fn body_of(file: FileId, text: &str, piece: &[Token]) -> Option<Vec<Stmt>> {
    let mut tokens = Vec::with_capacity(piece.len() + 1);
    tokens.extend_from_slice(piece);
    let end = piece.last()?.end;
    tokens.push(Token {
        kind: TokenKind::End,
        start: end,
        end,
    });
    let lexed = Lexed {
        tokens,
        diagnostics: Vec::new(),
    };
    let mut parser = Parser::new(file, text, lexed);
    let body = parser.body();
    parser.diagnostics.is_empty().then_some(body)
}

fn pieces<'t>(text: &str, tokens: &'t [Token], count: usize) -> Vec<&'t [Token]> {
    let mut pieces = Vec::with_capacity(count);
    let mut start = 0;
    for number in 1..count {
        let wanted = (tokens.len() * number / count).max(start + 1);
        let found = (wanted..tokens.len()).find(|&at| is_definition(text, tokens, at));
        let Some(cut) = found else {
            break;
        };
        pieces.push(&tokens[start..cut]);
        start = cut;
    }
    pieces.push(&tokens[start..]);
    pieces
}

/// Whether a definition without decorators starts here that stands in no other.
fn is_definition(text: &str, tokens: &[Token], at: usize) -> bool {
    use TokenKind::{Dedent, Def, Fn, Newline, Struct};
    let token = tokens[at];
    matches!(token.kind, Def | Fn | Struct)
        && text[..token.start as usize].ends_with('\n')
        && matches!(tokens[at - 1].kind, Newline | Dedent)
        && !follows_decorator(&tokens[..at])
}

fn follows_decorator(before: &[Token]) -> bool {
    let Some((_, line)) = before.split_last() else {
        return false;
    };
    let start = line.iter().rposition(|token| {
        matches!(
            token.kind,
            TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent
        )
    });
    let first = start.map_or(0, |before| before + 1);
    line.get(first)
        .is_some_and(|token| token.kind == TokenKind::At)
}
