//! The types of a function and of all values in it.

use melior::{
    Context,
    dialect::llvm::r#type::pointer,
    ir::{
        Attribute, Type, ValueLike,
        attribute::{ArrayAttribute, TypeAttribute},
        operation::OperationLike,
        r#type::FunctionType,
    },
};
use mlc_dialects::own;
use mlc_mlir::rewrite::{
    Op, all_ops, arguments, nested_blocks, results, set_attribute, type_attribute,
};

/// Makes every box and every borrow of a function a pointer, in its signature and below.
pub fn convert<'c>(context: &'c Context, function: Op<'c, '_>) {
    let pointer = pointer(context, 0);
    let is_owned = |ty: Type<'c>| own::is_box(ty) || own::is_borrow(ty);
    let converted = |ty| if is_owned(ty) { pointer } else { ty };
    for op in all_ops(function) {
        let blocks = nested_blocks(op);
        for value in (results(op).into_iter()).chain(blocks.into_iter().flat_map(arguments)) {
            if is_owned(value.r#type()) {
                value.set_type(pointer);
            }
        }
    }
    let Some(ty) = type_attribute(function, "function_type") else {
        return;
    };
    let Ok(ty) = FunctionType::try_from(ty) else {
        return;
    };
    let inputs: Vec<_> = (0..ty.input_count())
        .filter_map(|i| ty.input(i).ok())
        .collect();
    let outputs = (0..ty.result_count()).filter_map(|i| ty.result(i).ok());
    let outputs: Vec<_> = outputs.map(converted).collect();
    annotate_arguments(
        context,
        function,
        &inputs.iter().map(|ty| is_owned(*ty)).collect::<Vec<_>>(),
    );
    let inputs: Vec<_> = inputs.into_iter().map(converted).collect();
    let ty = FunctionType::new(context, &inputs, &outputs).into();
    set_attribute(function, "function_type", TypeAttribute::new(ty).into());
}

/// No two arguments lead to one header: a box is the only owner of its cell, nothing else uses what an
/// exclusive borrow covers, and what shared borrows cover is not written.
fn annotate_arguments<'c>(context: &'c Context, function: Op<'c, '_>, owned: &[bool]) {
    if !owned.contains(&true) || function.has_attribute("arg_attrs") {
        return;
    }
    let text = "{llvm.noalias, llvm.nonnull, llvm.noundef}";
    let (Some(facts), Some(none)) = (
        Attribute::parse(context, text),
        Attribute::parse(context, "{}"),
    ) else {
        return;
    };
    let list: Vec<_> = (owned.iter())
        .map(|owned| if *owned { facts } else { none })
        .collect();
    set_attribute(
        function,
        "arg_attrs",
        ArrayAttribute::new(context, &list).into(),
    );
}
