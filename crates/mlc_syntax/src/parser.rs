//! Tokens to a tree, by recursive descent with precedence climbing.
//!
//! A statement that cannot be parsed is reported once and skipped with its block; parsing goes on with
//! the next one. Depth is bounded: what comes out can be walked recursively.

mod atom;
mod call;
mod compound;
mod declare;
mod expr;
mod fstring;
mod function;
mod import;
mod number;
mod out_result;
mod pattern;
mod pieces;
mod recovery;
mod stmt;
mod string;
mod structs;
mod target;

use mlc_diagnostics::{Diagnostic, FileId, Span};
use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;

use crate::Name;
use crate::ast::{Docstring, Expr, ExprKind, Ident, Module, Stmt, StmtKind};
use crate::lexer::{Lexed, lex};
use crate::token::{Token, TokenKind};

/// How deeply brackets and prefix operators may nest.
pub const MAX_NESTING: u32 = 200;
/// How many operators, calls and the like may follow one another in one expression.
pub const MAX_CHAIN: u32 = 1_000;
/// How many branches one `if` may have.
pub const MAX_BRANCHES: usize = 500;
/// How deeply comprehensions may nest.
pub const MAX_COMPREHENSIONS: u32 = 8;
/// How deeply blocks may nest.
pub const MAX_BLOCKS: u32 = 100;

/// Parses a file. There is always a tree; what is wrong with it comes beside it, in source order.
pub fn parse(file: FileId, text: &str) -> (Module, Vec<Diagnostic>) {
    parse_on(None, file, text)
}

/// Parses a file on at most so many threads; on those of the machine where nothing is said.
pub fn parse_on(threads: Option<usize>, file: FileId, text: &str) -> (Module, Vec<Diagnostic>) {
    let whole = Span::new(file, 0, text.len().min(u32::MAX as usize) as u32);
    if text.len() >= u32::MAX as usize {
        let module = Module {
            docstring: None,
            body: Vec::new(),
            inner_imports: false,
            span: whole,
        };
        let error = Diagnostic::error("syntax", whole.before(), "source is longer than 4 GiB");
        return (module, vec![error]);
    }
    let (mut body, diagnostics) = match pieces::in_pieces(threads, file, text) {
        Some(body) => (body, Vec::new()),
        None => whole_body(file, text),
    };
    let docstring = take_docstring(&mut body.stmts);
    let outer_imports = body.stmts.iter().filter(|stmt| is_import(stmt)).count();
    let inner_imports = body.imports > outer_imports;
    let module = Module {
        docstring,
        body: body.stmts,
        inner_imports,
        span: whole,
    };
    (module, diagnostics)
}

/// The statements of a file, and what is wrong with it in the order of the text.
fn whole_body(file: FileId, text: &str) -> (Body, Vec<Diagnostic>) {
    let mut parser = Parser::new(file, text, lex(file, text));
    let body = parser.body();
    let mut diagnostics = parser.diagnostics;
    diagnostics.append(&mut parser.lexical);
    diagnostics.sort_by_key(|diagnostic| (diagnostic.primary.start, diagnostic.primary.end));
    // What is looked at twice, on the way back from an error, says it once.
    diagnostics.dedup_by(|again, first| {
        (again.code, again.primary, &again.message) == (first.code, first.primary, &first.message)
    });
    (body, diagnostics)
}

/// The statements of a file or a piece of one, and how many imports and generic structs are among or inside of them.
struct Body {
    stmts: Vec<Stmt>,
    imports: usize,
}

fn is_import(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Import(_) | StmtKind::ImportFrom(_) => true,
        StmtKind::Struct(item) => !item.generics.is_empty(),
        _ => false,
    }
}

/// An error was reported; the statement cannot be parsed further.
struct Reported;

type Parsed<T> = Result<T, Reported>;

struct Parser<'s> {
    file: FileId,
    text: &'s str,
    tokens: Vec<Token>,
    at: usize,
    diagnostics: Vec<Diagnostic>,
    /// The lexer's, sorted by place.
    lexical: Vec<Diagnostic>,
    names: FxHashMap<&'s str, Name>,
    /// Open brackets and prefix operators around the current place.
    nesting: u32,
    /// Operators in a row below the current place.
    chain: u32,
    blocks: u32,
    /// How deeply comprehensions nest in what was parsed since the last bracket opened.
    comprehensions: u32,
    /// How many f-strings are around the current place.
    fstrings: u32,
    /// Where the last `:=` starts.
    last_named: Option<u32>,
    /// How many imports and generic structs there were, wherever they stand.
    imports: usize,
    /// The current statement has its message.
    reported: bool,
}

impl<'s> Parser<'s> {
    fn new(file: FileId, text: &'s str, lexed: Lexed) -> Parser<'s> {
        Parser {
            file,
            text,
            tokens: lexed.tokens,
            at: 0,
            diagnostics: Vec::new(),
            lexical: lexed.diagnostics,
            names: FxHashMap::default(),
            nesting: 0,
            chain: 0,
            blocks: 0,
            comprehensions: 0,
            fstrings: 0,
            last_named: None,
            imports: 0,
            reported: false,
        }
    }

    /// Every statement up to the end.
    fn body(&mut self) -> Body {
        let mut stmts = Vec::new();
        while !self.at(TokenKind::End) {
            self.statement(&mut stmts);
        }
        Body {
            stmts,
            imports: self.imports,
        }
    }

    fn token(&self) -> Token {
        self.tokens[self.at]
    }

    fn kind(&self) -> TokenKind {
        self.tokens[self.at].kind
    }

    /// The kind `ahead` of the current token; `End` behind the last.
    fn ahead(&self, ahead: usize) -> TokenKind {
        self.tokens
            .get(self.at + ahead)
            .map_or(TokenKind::End, |token| token.kind)
    }

    fn at(&self, kind: TokenKind) -> bool {
        self.kind() == kind
    }

    /// The current token; never moves past `End`.
    fn bump(&mut self) -> Token {
        let token = self.tokens[self.at];
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
        token
    }

    fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.at(kind);
        if found {
            self.bump();
        }
        found
    }

    fn expect(&mut self, kind: TokenKind) -> Parsed<Token> {
        if self.at(kind) {
            Ok(self.bump())
        } else {
            Err(self.expected(&format!("`{}`", kind.text())))
        }
    }

    fn span_of(&self, token: Token) -> Span {
        Span::new(self.file, token.start, token.end)
    }

    fn here(&self) -> Span {
        self.span_of(self.token())
    }

    fn start(&self) -> u32 {
        self.token().start
    }

    /// Where the token before the current one ends.
    fn last_end(&self) -> u32 {
        match self.at.checked_sub(1) {
            Some(last) => self.tokens[last].end,
            None => self.token().start,
        }
    }

    /// From `start` to the end of the last token.
    fn span_from(&self, start: u32) -> Span {
        Span::new(self.file, start, self.last_end().max(start))
    }

    fn expr_from(&self, start: u32, kind: ExprKind) -> Expr {
        Expr {
            kind,
            span: self.span_from(start),
        }
    }

    fn stmt_from(&self, start: u32, kind: StmtKind) -> Stmt {
        Stmt {
            kind,
            span: self.span_from(start),
            named: self.last_named >= Some(start),
        }
    }

    fn slice(&self, token: Token) -> &'s str {
        &self.text[token.start as usize..token.end as usize]
    }

    fn name_of(&mut self, token: Token) -> Name {
        let text = self.slice(token);
        *self.names.entry(text).or_insert_with(|| {
            if text.is_ascii() {
                Name::new(text)
            } else {
                Name::new(&text.nfkc().collect::<String>())
            }
        })
    }

    /// A name, which a contextual keyword may be.
    fn ident(&mut self, what: &str) -> Parsed<Ident> {
        if !self.kind().is_name() {
            return Err(self.expected(what));
        }
        let token = self.bump();
        Ok(Ident {
            name: self.name_of(token),
            span: self.span_of(token),
        })
    }

    /// Items up to `close`, with commas between them and perhaps behind the last.
    fn comma_separated<T>(
        &mut self,
        close: TokenKind,
        mut item: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        if self.eat(close) {
            return Ok(Vec::new());
        }
        // Most lists are short, and the smallest capacity that a vector takes by itself is four.
        let mut items = Vec::with_capacity(1);
        while !self.at(close) {
            items.push(item(self)?);
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        if !self.at(close) {
            return Err(self.expected(&format!("`,` or `{}`", close.text())));
        }
        self.bump();
        Ok(items)
    }
}

/// Takes the string that a body starts with out of it.
fn take_docstring(body: &mut Vec<Stmt>) -> Option<Docstring> {
    let StmtKind::Expr(Expr {
        kind: ExprKind::Str(_),
        ..
    }) = body.first()?.kind
    else {
        return None;
    };
    let Stmt {
        kind:
            StmtKind::Expr(Expr {
                kind: ExprKind::Str(text),
                span,
            }),
        ..
    } = body.remove(0)
    else {
        return None;
    };
    Some(Docstring { text, span })
}
