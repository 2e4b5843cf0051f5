//! Reductions: their neutral elements, how two parts combine, and the fixed tree over all parts.

use crate::emit;
use melior::{
    Context,
    ir::{Attribute, Type, TypeLike, attribute::ArrayAttribute},
};
use mlc_dialects::par::Reduction;
use mlc_mlir::rewrite::{Blk, Cursor, Val, op_name, ops, parse_into, string_attribute};

/// The name of the operation that combines two parts.
pub fn combiner(kind: Reduction, ty: Type) -> &'static str {
    let complex = emit::is_complex(ty);
    let element = emit::element_type(ty);
    let integer = element.is_integer() || element.is_index();
    match kind {
        Reduction::Add if integer => "arith.addi",
        Reduction::Add if complex => "complex.add",
        Reduction::Add => "arith.addf",
        Reduction::Mul if integer => "arith.muli",
        Reduction::Mul if complex => "complex.mul",
        Reduction::Mul => "arith.mulf",
        Reduction::MinS => "arith.minsi",
        Reduction::MaxS => "arith.maxsi",
        Reduction::MinU => "arith.minui",
        Reduction::MaxU => "arith.maxui",
        Reduction::MinF => "arith.minimumf",
        Reduction::MaxF => "arith.maximumf",
        Reduction::And => "arith.andi",
        Reduction::Or => "arith.ori",
        Reduction::Xor => "arith.xori",
    }
}

/// Combines two parts, or two vectors of parts lane by lane; the left one comes first in the order of the iterations.
pub fn combine<'c, 'a>(
    at: &Cursor<'c, 'a>,
    kind: Reduction,
    left: Val<'c, 'a>,
    right: Val<'c, 'a>,
) -> Val<'c, 'a> {
    use melior::ir::ValueLike;
    let ty = left.r#type();
    at.value(combiner(kind, ty), &[left, right], ty, &[])
}

/// The text of the attribute of the neutral element: combined with it, every value stays itself.
fn neutral_text(kind: Reduction, ty: Type) -> Option<String> {
    if emit::is_complex(ty) {
        let element = ty.to_string();
        let element = element.strip_prefix("complex<")?.strip_suffix('>')?;
        return match kind {
            Reduction::Add => Some(format!("[-0.0 : {element}, -0.0 : {element}]")),
            Reduction::Mul => Some(format!("[1.0 : {element}, 0.0 : {element}]")),
            _ => None,
        };
    }
    if ty.is_integer() || ty.is_index() {
        let bits = if ty.is_index() {
            64
        } else {
            ty.to_string().get(1..)?.parse::<u32>().ok()?
        };
        let most = i128::MAX >> (128 - bits);
        let value = match kind {
            Reduction::Add | Reduction::Or | Reduction::Xor | Reduction::MaxU => 0,
            Reduction::Mul => 1,
            Reduction::MinS => most,
            Reduction::MaxS => -most - 1,
            Reduction::And | Reduction::MinU => -1,
            Reduction::MinF | Reduction::MaxF => return None,
        };
        // The one value of `i1` that is not zero is written `true`.
        return Some(match (bits, value) {
            (1, 0) => "false".into(),
            (1, _) => "true".into(),
            _ => format!("{value} : {ty}"),
        });
    }
    let format = FloatFormat::of(ty)?;
    Some(match kind {
        // x + -0.0 is x, also for x = -0.0.
        Reduction::Add => format!("-0.0 : {ty}"),
        Reduction::Mul => format!("1.0 : {ty}"),
        Reduction::MinF => format!("0x{} : {ty}", format.positive_infinity),
        Reduction::MaxF => format!("0x{} : {ty}", format.negative_infinity),
        _ => return None,
    })
}

struct FloatFormat {
    positive_infinity: &'static str,
    negative_infinity: &'static str,
}

impl FloatFormat {
    fn of(ty: Type) -> Option<Self> {
        let (positive_infinity, negative_infinity) = match ty.to_string().as_str() {
            "f16" => ("7C00", "FC00"),
            "bf16" => ("7F80", "FF80"),
            "f32" => ("7F800000", "FF800000"),
            "f64" => ("7FF0000000000000", "FFF0000000000000"),
            _ => return None,
        };
        Some(Self {
            positive_infinity,
            negative_infinity,
        })
    }
}

/// The attribute of the neutral element; `None` where the reduction is not defined on the type.
pub fn neutral_attribute<'c>(
    context: &'c Context,
    kind: Reduction,
    ty: Type<'c>,
) -> Option<Attribute<'c>> {
    Attribute::parse(context, &neutral_text(kind, ty)?)
}

/// The neutral element.
pub fn neutral<'c, 'a>(
    at: &Cursor<'c, 'a>,
    kind: Reduction,
    ty: Type<'c>,
) -> Result<Val<'c, 'a>, String> {
    let value = neutral_attribute(at.context, kind, ty)
        .ok_or_else(|| format!("reduction {kind:?} is not defined on {ty}"))?;
    let constant = if ArrayAttribute::try_from(value).is_ok() {
        "complex.constant"
    } else {
        "arith.constant"
    };
    Ok(at.value(constant, &[], ty, &[("value", value)]))
}

/// The name of the module's function that combines `count` parts in memory, in a tree that depends
/// on `count` alone: neighbors first, then neighbors of those. Makes the function where the module
/// has none yet.
pub fn tree_function<'c, 'a>(
    at: &Cursor<'c, 'a>,
    module: Blk<'c, 'a>,
    kind: Reduction,
    ty: Type<'c>,
) -> Result<String, String> {
    let combiner = combiner(kind, ty);
    let (dialect, operation) = combiner.split_once('.').unwrap_or(("", combiner));
    let name = format!(
        "mlc.reduce.{operation}.{}",
        ty.to_string().replace(['<', '>'], "_")
    );
    let exists = ops(module)
        .into_iter()
        .any(|op| op_name(op) == "func.func" && string_attribute(op, "sym_name") == Some(&name));
    if exists {
        return Ok(name);
    }
    let memory = emit::memory_type(at, ty)?;
    let neutral = neutral_text(kind, ty)
        .ok_or_else(|| format!("reduction {kind:?} is not defined on {ty}"))?;
    let constant = match dialect {
        "complex" => format!("complex.constant {neutral} : {ty}"),
        _ => format!("arith.constant {neutral}"),
    };
    let cast = |result: &str, value: &str, from: Type, to: Type| {
        if from == to {
            String::new()
        } else if ty.is_index() {
            format!("{result} = arith.index_cast {value} : {from} to {to}")
        } else {
            format!("{result} = builtin.unrealized_conversion_cast {value} : {from} to {to}")
        }
    };
    // The names of the values once loaded, and of the one to store.
    let same = memory == ty;
    let (left, right, whole) = if same {
        ("%left_raw", "%right_raw", "%both")
    } else {
        ("%left", "%right", "%whole")
    };
    let left_cast = cast("%left", "%left_raw", memory, ty);
    let right_cast = cast("%right", "%right_raw", memory, ty);
    let whole_cast = cast("%whole", "%both", ty, memory);
    let result_cast = cast("%result", "%result_raw", memory, ty);
    let result = if same { "%result_raw" } else { "%result" };
    let source = format!(
        "func.func private @{name}(%parts: !llvm.ptr, %count: i64) -> {ty}
             attributes {{llvm.linkage = #llvm.linkage<internal>}} {{
           %none = arith.constant 0 : i64
           %one = arith.constant 1 : i64
           %last = scf.while (%stride = %one) : (i64) -> i64 {{
             %more = arith.cmpi slt, %stride, %count : i64
             scf.condition(%more) %stride : i64
           }} do {{
           ^bb0(%stride: i64):
             %twice = arith.shli %stride, %one : i64
             %end = arith.subi %count, %stride : i64
             scf.for %k = %none to %end step %twice : i64 {{
               %next = arith.addi %k, %stride : i64
               %left_place = llvm.getelementptr inbounds %parts[%k] : (!llvm.ptr, i64) -> !llvm.ptr, {memory}
               %right_place = llvm.getelementptr inbounds %parts[%next] : (!llvm.ptr, i64) -> !llvm.ptr, {memory}
               %left_raw = llvm.load %left_place : !llvm.ptr -> {memory}
               %right_raw = llvm.load %right_place : !llvm.ptr -> {memory}
               {left_cast}
               {right_cast}
               %both = {combiner} {left}, {right} : {ty}
               {whole_cast}
               llvm.store {whole}, %left_place : {memory}, !llvm.ptr
             }}
             scf.yield %twice : i64
           }}
           %any = arith.cmpi sgt, %count, %none : i64
           %total = scf.if %any -> {ty} {{
             %result_raw = llvm.load %parts : !llvm.ptr -> {memory}
             {result_cast}
             scf.yield {result} : {ty}
           }} else {{
             %neutral = {constant}
             scf.yield %neutral : {ty}
           }}
           return %total : {ty}
         }}"
    );
    parse_into(at.context, module, &source)
        .map(|_| name)
        .ok_or_else(|| format!("cannot make the function that combines parts of type {ty}"))
}
