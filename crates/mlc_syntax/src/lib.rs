//! From source text to a syntax tree with spans, and never less than that: errors come beside the tree.
//!
//! Nothing here knows of types, MLIR or files.

pub mod ast;
mod dump;
mod lexer;
mod name;
mod parser;
mod threads;
mod token;

pub use ast::Module;
pub use dump::dump;
pub use lexer::{Lexed, lex};
pub use name::{Name, identifier};
pub use parser::{
    MAX_BLOCKS, MAX_BRANCHES, MAX_CHAIN, MAX_COMPREHENSIONS, MAX_NESTING, parse, parse_on,
};
pub use threads::{side_by_side, threads};
pub use token::{Token, TokenKind};
