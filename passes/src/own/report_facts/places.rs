//! What the names of places say: which values a memref or borrow may stand for, and which lengths are one.

use crate::analysis::{
    lengths::are_one_length,
    place::{is_of_unknown_origin, leaves, root},
};
use melior::ir::{TypeLike, ValueLike};
use mlc_dialects::own;
use mlc_mlir::rewrite::{Op, Val, all_ops, arguments, nested_blocks, ops_named, results};

/// Of each memref or borrow that control flow hands on, at the operation that makes it.
pub fn roots<'c: 'a, 'a>(
    function: Op<'c, 'a>,
    name: impl Fn(Val<'c, 'a>) -> String,
    say: &dyn Fn(Op<'c, 'a>, &str),
) {
    for op in all_ops(function) {
        let carried: Vec<_> = match op == function {
            true => Vec::new(),
            false => nested_blocks(op).into_iter().flat_map(arguments).collect(),
        };
        for value in [results(op), carried].concat() {
            let ty = value.r#type();
            if !own::is_borrow(ty) && !ty.is_mem_ref() {
                continue;
            }
            let base = root(value);
            let mut list: Vec<_> = (leaves(base).into_iter())
                .map(|leaf| match is_of_unknown_origin(leaf) {
                    true => "something".to_owned(),
                    false => name(leaf),
                })
                .collect();
            list.sort();
            if is_of_unknown_origin(base) {
                say(op, &format!("stands for {}", list.join(", ")));
            }
        }
    }
}

/// Of each length, whether it is the one before it in the text.
pub fn lengths<'c: 'a, 'a>(function: Op<'c, 'a>, say: &dyn Fn(Op<'c, 'a>, &str)) {
    let all = ops_named(function, "own.len");
    for pair in all.windows(2) {
        let [before, this] = [pair[0], pair[1]].map(|op| results(op)[0]);
        match are_one_length(before, this) {
            true => say(pair[1], "the length before"),
            false => say(pair[1], "another length"),
        }
    }
}
