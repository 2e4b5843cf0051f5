//! Which functions of a module are visible from outside.

use melior::{
    StringRef,
    ir::{BlockLike, Module, OperationRef, attribute::StringAttribute, operation::OperationLike},
};

/// The symbols of the functions that a module defines and exports: those with the attribute `mlc.export`; where no function
/// has it and `or_public` is true, all public ones.
pub(crate) fn exported(module: &Module, or_public: bool) -> Vec<String> {
    let mut marked = Vec::new();
    let mut public = Vec::new();
    let body = module.body();
    let mut next = body.first_operation();
    while let Some(op) = next {
        next = op.next_in_block();
        if !is_definition(op) {
            continue;
        }
        let Some(symbol) = string(op, "sym_name") else {
            continue;
        };
        if op.has_attribute("mlc.export") {
            marked.push(symbol.clone());
        }
        if string(op, "sym_visibility").is_none_or(|visibility| visibility == "public") {
            public.push(symbol);
        }
    }
    if marked.is_empty() && or_public {
        public
    } else {
        marked
    }
}

fn is_definition(op: OperationRef) -> bool {
    let name = op.name();
    let name: StringRef = name.as_string_ref();
    let is_function = matches!(name.as_str(), Ok("func.func" | "llvm.func"));
    is_function
        && op.region(0).is_ok_and(|region| {
            use melior::ir::RegionLike as _;
            region.first_block().is_some()
        })
}

fn string(op: OperationRef, name: &str) -> Option<String> {
    let attribute = StringAttribute::try_from(op.attribute(name).ok()?).ok()?;
    Some(attribute.value().to_owned())
}
