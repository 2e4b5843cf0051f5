//! `convert-results`: give exported functions C's calling convention.
//!
//! Before:                                          After:
//!   func.func @f(%x: f32) -> (i32, f64)              func.func @f(%x: f32, %out: !llvm.ptr) -> i32
//!       attributes {mlc.export, mlc.raises} {            attributes {mlc.export, mlc.raises} {
//!     return %status, %y : i32, f64                    llvm.store %y, %out : f64, !llvm.ptr
//!   }                                                  return %status : i32
//!
//! A function that raises (`mlc.raises`) returns its status, one that does not returns its one result;
//! all other results are written through pointers that follow the parameters. Where an error leaves
//! the function they are not written. A function that the module itself calls keeps its results under
//! another name, and the exported one calls it.
//!
//! Requires: `convert-own`, `convert-exits-to-cf`.  Leaves: stage `vector`.
//! Does not: pass complex numbers as C does.

use super::{emit::Emit, layout::layout};
use crate::inner_function::move_body;
use melior::{
    Context,
    ir::{
        Attribute, Block, BlockLike, Location, RegionLike, Type, ValueLike,
        attribute::{ArrayAttribute, FlatSymbolRefAttribute, TypeAttribute},
        operation::OperationLike,
        r#type::{FunctionType, IntegerType},
    },
};
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{
        Cursor, Op, Val, arguments, blocks, defining_op, erase, op_name, ops_named, results,
        set_attribute, string_attribute, type_attribute,
    },
};
use std::collections::HashMap;

pub static CONVERT_RESULTS: Pass = Pass {
    name: "convert-results",
    summary: "give exported functions the calling convention of C",
    anchor: "builtin.module",
    run: |context, module, _| {
        let callers = callers(module);
        for function in ops_named(module, "func.func") {
            if function.has_attribute("mlc.export") {
                let name = string_attribute(function, "sym_name").unwrap_or_default();
                let callers = callers.get(name).map_or(&[][..], Vec::as_slice);
                convert(context, function, callers)?;
            }
        }
        Ok(())
    },
};

/// The operations that refer to functions, by the name of the function.
fn callers<'c, 'a>(module: Op<'c, 'a>) -> HashMap<&'c str, Vec<Op<'c, 'a>>> {
    let mut callers: HashMap<_, Vec<_>> = HashMap::new();
    for (name, attribute) in [("func.call", "callee"), ("func.constant", "value")] {
        for op in ops_named(module, name) {
            if let Some(callee) = string_attribute(op, attribute) {
                callers.entry(callee).or_default().push(op);
            }
        }
    }
    callers
}

fn convert<'c, 'a>(
    context: &'c Context,
    function: Op<'c, 'a>,
    callers: &[Op<'c, 'a>],
) -> PassResult {
    let body = function.region(0).map_err(|error| error.to_string())?;
    let Some(entry) = body.first_block() else {
        return Ok(());
    };
    let signature = Signature::of(context, function).ok_or("a function has a function type")?;
    if signature.outs.is_empty() {
        signature.apply(context, function);
        return Ok(());
    }
    if !callers.is_empty() {
        keep_for_callers(context, function, callers, &signature)?;
    }
    let entry = if callers.is_empty() {
        entry
    } else {
        body.first_block().ok_or("a body")?
    };
    for _ in &signature.outs {
        entry.add_argument(signature.pointer, function.location());
    }
    let outs = arguments(entry).split_off(signature.inputs.len());
    for block in blocks(body) {
        let terminator = block.terminator().ok_or("a terminator")?;
        if op_name(terminator) == "func.return" {
            write_results(context, terminator, &outs);
        }
    }
    signature.apply(context, function);
    Ok(())
}

/// Writes all results of a return but those that C's returns, and returns the latter alone.
fn write_results<'c, 'a>(context: &'c Context, r#return: Op<'c, 'a>, outs: &[Val<'c, 'a>]) {
    let emit = Emit(Cursor::before(context, r#return));
    let operands: Vec<_> = r#return.operands().collect();
    let (direct, written) = operands.split_at(operands.len() - outs.len());
    for (value, out) in written.iter().zip(outs) {
        if defining_op(*value).is_some_and(|op| op_name(op) == "ub.poison") {
            continue;
        }
        emit.store(in_memory(emit, *value), *out);
    }
    emit.op("func.return", direct, &[], &[]);
    erase(r#return);
}

/// A scalar or a pointer as it lies in memory.
fn in_memory<'c, 'a>(emit: Emit<'c, 'a>, value: Val<'c, 'a>) -> Val<'c, 'a> {
    let ty = value.r#type();
    if ty == Type::index(emit.context) {
        return emit.index_to_i64(value);
    }
    if ty == emit.pointer_type() {
        return value;
    }
    let memory = layout(emit.context, ty).ty;
    if memory == ty {
        value
    } else {
        emit.cast(value, memory)
    }
}

/// Moves the body to a private function that the callers call, and makes the exported one call it.
fn keep_for_callers<'c, 'a>(
    context: &'c Context,
    function: Op<'c, 'a>,
    callers: &[Op<'c, 'a>],
    signature: &Signature<'c>,
) -> PassResult {
    let name = string_attribute(function, "sym_name").ok_or("a function has a name")?;
    let inner_name = format!("{name}$inner");
    let inner_symbol = FlatSymbolRefAttribute::new(context, &inner_name);
    for caller in callers {
        let attribute = if op_name(*caller) == "func.call" {
            "callee"
        } else {
            "value"
        };
        set_attribute(*caller, attribute, inner_symbol.into());
    }
    move_body(context, function, &inner_name)?;
    let body = function.region(0).map_err(|error| error.to_string())?;

    let location = function.location();
    let inputs: Vec<(Type, Location)> = (signature.inputs.iter())
        .map(|ty| (*ty, location))
        .collect();
    let entry = body.append_block(Block::new(&inputs));
    let at = Cursor::at_end(context, entry, location);
    let call = at.op(
        "func.call",
        &arguments(entry),
        &signature.results,
        &[("callee", inner_symbol.into())],
    );
    at.op("func.return", &results(call), &[], &[]);
    Ok(())
}

/// What a function takes and returns, before and after.
struct Signature<'c> {
    pointer: Type<'c>,
    inputs: Vec<Type<'c>>,
    results: Vec<Type<'c>>,
    /// The results that are written through pointers.
    outs: Vec<Type<'c>>,
}

impl<'c> Signature<'c> {
    fn of(context: &'c Context, function: Op<'c, '_>) -> Option<Self> {
        let ty = FunctionType::try_from(type_attribute(function, "function_type")?).ok()?;
        let inputs = (0..ty.input_count())
            .map(|i| ty.input(i))
            .collect::<Result<Vec<_>, _>>();
        let results = (0..ty.result_count())
            .map(|i| ty.result(i))
            .collect::<Result<Vec<_>, _>>();
        let results = results.ok()?;
        let direct = match results.len() {
            _ if function.has_attribute("mlc.raises") => 1,
            1 => 1,
            _ => 0,
        };
        Some(Self {
            pointer: melior::dialect::llvm::r#type::pointer(context, 0),
            inputs: inputs.ok()?,
            outs: results.get(direct..)?.to_vec(),
            results,
        })
    }

    /// Gives the function its new type, and the attributes that C's convention asks for.
    fn apply(&self, context: &'c Context, function: Op<'c, '_>) {
        let direct = &self.results[..self.results.len() - self.outs.len()];
        let mut inputs = self.inputs.clone();
        inputs.extend(self.outs.iter().map(|_| self.pointer));
        let ty = FunctionType::new(context, &inputs, direct).into();
        set_attribute(function, "function_type", TypeAttribute::new(ty).into());

        let parse = |text| Attribute::parse(context, text).expect("a dictionary");
        let flag = IntegerType::new(context, 1).into();
        let extended = |ty: &Type<'c>| {
            // A C `bool` fills its register.
            parse(if *ty == flag { "{llvm.zeroext}" } else { "{}" })
        };
        let old = function.attribute("arg_attrs").ok();
        let old = old.and_then(|list| ArrayAttribute::try_from(list).ok());
        let mut list: Vec<_> = match old {
            Some(old) => (0..old.len()).filter_map(|i| old.element(i).ok()).collect(),
            None => self.inputs.iter().map(extended).collect(),
        };
        for (attribute, ty) in list.iter_mut().zip(&self.inputs) {
            if *ty == flag {
                *attribute = extended(ty);
            }
        }
        let out = parse("{llvm.noalias, llvm.nonnull, llvm.noundef}");
        list.extend(self.outs.iter().map(|_| out));
        let list_of = |list: &[Attribute<'c>]| ArrayAttribute::new(context, list).into();
        if !list.is_empty() {
            set_attribute(function, "arg_attrs", list_of(&list));
        }
        let list: Vec<_> = direct.iter().map(extended).collect();
        if !list.is_empty() {
            set_attribute(function, "res_attrs", list_of(&list));
        }
    }
}
