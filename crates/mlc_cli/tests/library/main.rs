//! What the library says of whole programs, which no single program shows.

mod explained_drops;
mod mutated_ir;
