//! `own-guard-recursion`: raise `RecursionError` where calls come to the end of the stack.
//!
//! Before:                                   After:
//!   func.func @f(%n: i64) -> (i32, i64)       func.func @f(%n: i64) -> (i32, i64) {
//!       attributes {mlc.raises} {               %limit = call @mlc_rt_stack_limit() : () -> i64
//!     …                                         %r:2 = call @f$guarded(%n, %limit)
//!     %r:2 = call @f(%m)                        return %r#0, %r#1
//!     …                                       }
//!   }                                         func.func private @f$guarded(%n: i64, %limit: i64) -> (i32, i64)
//!                                                 attributes {mlc.raises} {
//!                                               %here = llvm.call_intrinsic "llvm.stackaddress"() : () -> !llvm.ptr
//!                                               %address = llvm.ptrtoint %here : !llvm.ptr to i64
//!                                               %room = arith.cmpi ugt, %address, %limit : i64
//!                                               own.check %room, "RecursionError", "maximum recursion depth exceeded"
//!                                               …
//!                                               %r:2 = call @f$guarded(%m, %limit)
//!                                               …
//!
//! Where the stack of a thread ends is found once, where the recursion is entered, and handed on: a call pays for one comparison.
//! A call in a `par.for` enters anew, since it may run on another thread.
//!
//! Requires: `own-insert-drops`, so that an owned argument is destroyed by whoever raises: here, at the start, all of them are.
//! Does not: guard functions that cannot raise, nor cycles through functions that are values.

use crate::{
    emit::{self, IntPredicate},
    inner_function::move_body,
};
use melior::{
    Context,
    ir::{
        Attribute, Block, BlockLike, RegionLike, ValueLike,
        attribute::{
            ArrayAttribute, DenseI32ArrayAttribute, FlatSymbolRefAttribute, StringAttribute,
            TypeAttribute,
        },
        operation::OperationLike,
        r#type::FunctionType,
    },
};
use mlc_dialects::own;
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{
        Blk, Cursor, Op, arguments, enclosing, ops, ops_named, results, set_attribute,
        set_operands, string_attribute, type_attribute,
    },
};
use petgraph::{algo::kosaraju_scc, graph::DiGraph};
use std::collections::{HashMap, HashSet};

pub static GUARD_RECURSION: Pass = Pass {
    name: "own-guard-recursion",
    summary: "raise RecursionError where calls come to the end of the stack",
    anchor: "builtin.module",
    run: |context, module, _| {
        let body = module.region(0).map_err(|error| error.to_string())?;
        let body = body.first_block().ok_or("a module has a block")?;
        let recursive = recursive_functions(body);
        if recursive.is_empty() {
            return Ok(());
        }
        let word = melior::ir::r#type::IntegerType::new(context, 64).into();
        emit::declare(context, body, LIMIT, &[], &[word]);
        let names: HashSet<_> = recursive.iter().map(|(name, _)| *name).collect();
        for (name, function) in recursive {
            guard(context, function, name, &names)?;
        }
        Ok(())
    },
};

/// The lowest address that the stack of this thread may grow to.
const LIMIT: &str = "mlc_rt_stack_limit";

/// The functions that may raise and call themselves, also through others.
fn recursive_functions<'c, 'a>(module: Blk<'c, 'a>) -> Vec<(&'c str, Op<'c, 'a>)> {
    let functions: Vec<_> = (ops(module).into_iter())
        .filter_map(|op| Some((string_attribute(op, "sym_name")?, op)))
        .collect();
    let position: HashMap<_, _> = (functions.iter().enumerate())
        .map(|(position, (name, _))| (*name, position))
        .collect();
    let calls = functions.iter().enumerate().flat_map(|(caller, (_, op))| {
        let callees = ops_named(*op, "func.call").into_iter();
        let callees = callees.filter_map(|call| string_attribute(call, "callee"));
        callees
            .filter_map(|callee| Some((caller, *position.get(callee)?)))
            .collect::<Vec<_>>()
    });
    let graph = DiGraph::<(), (), usize>::from_edges(calls);
    let mut cycles: Vec<_> = kosaraju_scc(&graph)
        .into_iter()
        .filter(|cycle| cycle.len() > 1 || graph.contains_edge(cycle[0], cycle[0]))
        .flatten()
        .map(|function| functions[function.index()])
        .filter(|(_, op)| op.has_attribute("mlc.raises"))
        .collect();
    // In the order of the module, whatever that of the cycles is.
    cycles.sort_by_key(|(name, _)| position[name]);
    cycles
}

/// What the body of a recursive function is called.
fn guarded_name(name: &str) -> String {
    format!("{name}$guarded")
}

/// Moves the body of a function behind a check, and makes the function enter it.
fn guard<'c, 'a>(
    context: &'c Context,
    function: Op<'c, 'a>,
    name: &str,
    recursive: &HashSet<&str>,
) -> PassResult {
    let guarded_name = guarded_name(name);
    let guarded = move_body(context, function, &guarded_name)?;
    let location = function.location();
    let body = guarded.region(0).map_err(|error| error.to_string())?;
    let start = body
        .first_block()
        .ok_or("a function that raises has a body")?;
    let inputs = arguments(start);
    let outputs = function_results(function).ok_or("a function has a function type")?;

    let word = melior::ir::r#type::IntegerType::new(context, 64).into();
    let limit = start.add_argument(word, location);
    let mut types: Vec<_> = inputs.iter().map(|input| input.r#type()).collect();
    types.push(word);
    let ty = TypeAttribute::new(FunctionType::new(context, &types, &outputs).into());
    set_attribute(guarded, "function_type", ty.into());
    extend_list(context, guarded, "arg_attrs", "{}", false);
    // As a loop, the endless recursion of a tail call would never come to the end of the stack.
    extend_list(context, guarded, "passthrough", NO_TAIL_CALLS, true);

    for call in ops_named(guarded, "func.call") {
        let callee = string_attribute(call, "callee").unwrap_or_default();
        if recursive.contains(callee) && enclosing(call, &["par.for"]).is_none() {
            let callee = FlatSymbolRefAttribute::new(context, &self::guarded_name(callee));
            set_attribute(call, "callee", callee.into());
            let operands: Vec<_> = call.operands().chain([limit]).collect();
            set_operands(call, &operands);
        }
    }

    let at = Cursor::at_start(context, start, location);
    let pointer = emit::pointer_type(&at);
    let no_bundles = DenseI32ArrayAttribute::new(context, &[]).into();
    let text = |text: &str| -> Attribute<'c> { StringAttribute::new(context, text).into() };
    let here = at.value(
        "llvm.call_intrinsic",
        &[],
        pointer,
        &[
            ("intrin", text("llvm.stackaddress")),
            ("op_bundle_sizes", no_bundles),
            (
                "operandSegmentSizes",
                DenseI32ArrayAttribute::new(context, &[0, 0]).into(),
            ),
        ],
    );
    let address = at.value("llvm.ptrtoint", &[here], word, &[]);
    let room = emit::compare(&at, IntPredicate::Ugt, address, limit);
    let mut checked = vec![room];
    let owned = |value: &melior::ir::Value<'c, 'a>| own::is_box(value.r#type());
    checked.extend(inputs.iter().copied().filter(owned));
    at.op(
        "own.check",
        &checked,
        &[],
        &[
            ("kind", text("RecursionError")),
            ("message", text("maximum recursion depth exceeded")),
        ],
    );

    let parameters: Vec<_> = inputs
        .iter()
        .map(|input| (input.r#type(), location))
        .collect();
    let outer = function.region(0).map_err(|error| error.to_string())?;
    let entry = outer.append_block(Block::new(&parameters));
    let at = Cursor::at_end(context, entry, location);
    let limit = results(emit::call(&at, LIMIT, &[], &[word]))[0];
    let operands: Vec<_> = arguments(entry).into_iter().chain([limit]).collect();
    let call = emit::call(&at, &guarded_name, &operands, &outputs);
    at.op("func.return", &results(call), &[], &[]);
    Ok(())
}

/// The types that a function returns.
fn function_results<'c>(function: Op<'c, '_>) -> Option<Vec<melior::ir::Type<'c>>> {
    let ty = FunctionType::try_from(type_attribute(function, "function_type")?).ok()?;
    (0..ty.result_count()).map(|i| ty.result(i).ok()).collect()
}

/// What keeps LLVM from making a recursion a loop.
const NO_TAIL_CALLS: &str = r#"["disable-tail-calls", "true"]"#;

/// Adds to a list that is an attribute; where there is none it is made, or else left out.
fn extend_list<'c>(context: &'c Context, op: Op<'c, '_>, name: &str, item: &str, make: bool) {
    let list = op.attribute(name).ok();
    let list = list.and_then(|list| ArrayAttribute::try_from(list).ok());
    if list.is_none() && !make {
        return;
    }
    let item = Attribute::parse(context, item).expect("an attribute");
    let items: Vec<_> = (list.into_iter())
        .flat_map(|list| (0..list.len()).filter_map(move |position| list.element(position).ok()))
        .chain([item])
        .collect();
    set_attribute(op, name, ArrayAttribute::new(context, &items).into());
}
