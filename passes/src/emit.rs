//! Shorthands for the `arith`, `scf` and `llvm` operations that passes make most.

use melior::{
    Context,
    dialect::llvm,
    ir::{
        Attribute, Region, Type, TypeLike, ValueLike,
        attribute::{
            DenseElementsAttribute, DenseI32ArrayAttribute, FlatSymbolRefAttribute,
            IntegerAttribute, StringAttribute, TypeAttribute,
        },
        operation::OperationLike,
        r#type::{FunctionType, IntegerType},
    },
};
use mlc_mlir::rewrite::{
    Blk, Cursor, Op, Val, arguments, constant_integer, op_name, ops, region_of_block, results,
    string_attribute,
};

/// The type `index`.
pub fn index_type<'c>(at: &Cursor<'c, '_>) -> Type<'c> {
    Type::index(at.context)
}

/// A signless integer type.
pub fn int_type<'c>(at: &Cursor<'c, '_>, bits: u32) -> Type<'c> {
    IntegerType::new(at.context, bits).into()
}

/// A pointer in the default address space.
pub fn pointer_type<'c>(at: &Cursor<'c, '_>) -> Type<'c> {
    llvm::r#type::pointer(at.context, 0)
}

/// An integer or index constant.
pub fn integer<'c, 'a>(at: &Cursor<'c, 'a>, ty: Type<'c>, value: i64) -> Val<'c, 'a> {
    let value = IntegerAttribute::new(ty, value).into();
    at.value("arith.constant", &[], ty, &[("value", value)])
}

/// An index constant.
pub fn index<'c, 'a>(at: &Cursor<'c, 'a>, value: i64) -> Val<'c, 'a> {
    integer(at, index_type(at), value)
}

/// An operation on two values of one type, which is also that of the result. On index constants
/// `addi`, `subi`, `muli`, `minsi`, `maxsi` and `divui` fold.
pub fn binary<'c, 'a>(
    at: &Cursor<'c, 'a>,
    name: &str,
    left: Val<'c, 'a>,
    right: Val<'c, 'a>,
) -> Val<'c, 'a> {
    let ty = left.r#type();
    if ty.is_index()
        && let Some(value) = fold(name, constant_integer(left), constant_integer(right))
    {
        return index(at, value);
    }
    at.value(name, &[left, right], ty, &[])
}

fn fold(name: &str, left: Option<i64>, right: Option<i64>) -> Option<i64> {
    let (left, right) = (left?, right?);
    match name {
        "arith.addi" => left.checked_add(right),
        "arith.subi" => left.checked_sub(right),
        "arith.muli" => left.checked_mul(right),
        "arith.minsi" => Some(left.min(right)),
        "arith.maxsi" => Some(left.max(right)),
        "arith.divui" if left >= 0 && right > 0 => Some(left / right),
        _ => None,
    }
}

/// A signed or unsigned comparison of integers; the predicates are those of `arith.cmpi`.
pub fn compare<'c, 'a>(
    at: &Cursor<'c, 'a>,
    predicate: IntPredicate,
    left: Val<'c, 'a>,
    right: Val<'c, 'a>,
) -> Val<'c, 'a> {
    let predicate = IntegerAttribute::new(int_type(at, 64), predicate as i64).into();
    at.value(
        "arith.cmpi",
        &[left, right],
        int_type(at, 1),
        &[("predicate", predicate)],
    )
}

/// How `arith.cmpi` compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntPredicate {
    Ne = 1,
    Slt = 2,
    Sle = 3,
    Ult = 6,
    Ugt = 8,
}

/// An operation of one result with the name and the attributes of another one.
pub fn like<'c, 'a>(
    at: &Cursor<'c, 'a>,
    op: Op<'c, 'a>,
    operands: &[Val<'c, 'a>],
    result: Type<'c>,
) -> Val<'c, 'a> {
    let attributes: Vec<_> = op.attributes().collect();
    let attributes: Vec<_> = attributes
        .iter()
        .map(|(name, value)| (name.as_string_ref().as_str().unwrap_or_default(), *value))
        .collect();
    at.value(op_name(op), operands, result, &attributes)
}

/// A conversion between `index` and an integer type; nothing where the types are the same.
pub fn index_cast<'c, 'a>(at: &Cursor<'c, 'a>, value: Val<'c, 'a>, to: Type<'c>) -> Val<'c, 'a> {
    if value.r#type() == to {
        return value;
    }
    at.value("arith.index_cast", &[value], to, &[])
}

/// A cast that the conversion to LLVM resolves; nothing where the types are the same.
pub fn cast<'c, 'a>(at: &Cursor<'c, 'a>, value: Val<'c, 'a>, to: Type<'c>) -> Val<'c, 'a> {
    if value.r#type() == to {
        return value;
    }
    at.value("builtin.unrealized_conversion_cast", &[value], to, &[])
}

/// A loop from `lower` to `upper` by `step`. `body` gets the induction variable and the values that
/// the loop carries, and returns their next values.
pub fn for_loop<'c, 'a>(
    at: &Cursor<'c, 'a>,
    (lower, upper, step): (Val<'c, 'a>, Val<'c, 'a>, Val<'c, 'a>),
    carried: &[Val<'c, 'a>],
    body: impl FnOnce(&Cursor<'c, 'a>, Val<'c, 'a>, &[Val<'c, 'a>]) -> Vec<Val<'c, 'a>>,
) -> Op<'c, 'a> {
    let types: Vec<_> = carried.iter().map(|value| value.r#type()).collect();
    let mut parameters = vec![(lower.r#type(), at.location)];
    parameters.extend(types.iter().map(|ty| (*ty, at.location)));
    let (region, block) = region_of_block(&parameters);
    let inside = Cursor::at_end(at.context, block, at.location);
    let values = arguments(block);
    let next = body(&inside, values[0], &values[1..]);
    Cursor::at_end(at.context, block, at.location).op("scf.yield", &next, &[], &[]);

    let mut operands = vec![lower, upper, step];
    operands.extend_from_slice(carried);
    at.op_with_regions("scf.for", &operands, &types, &[], vec![region])
}

/// An `scf.if` that yields values.
pub fn if_else<'c, 'a>(
    at: &Cursor<'c, 'a>,
    condition: Val<'c, 'a>,
    types: &[Type<'c>],
    then: impl FnOnce(&Cursor<'c, 'a>) -> Vec<Val<'c, 'a>>,
    otherwise: impl FnOnce(&Cursor<'c, 'a>) -> Vec<Val<'c, 'a>>,
) -> Vec<Val<'c, 'a>> {
    let (then_region, block) = region_of_block(&[]);
    let values = then(&Cursor::at_end(at.context, block, at.location));
    Cursor::at_end(at.context, block, at.location).op("scf.yield", &values, &[], &[]);
    let (else_region, block) = region_of_block(&[]);
    let values = otherwise(&Cursor::at_end(at.context, block, at.location));
    Cursor::at_end(at.context, block, at.location).op("scf.yield", &values, &[], &[]);
    results(at.op_with_regions(
        "scf.if",
        &[condition],
        types,
        &[],
        vec![then_region, else_region],
    ))
}

/// An `scf.if` that yields nothing and has no other branch.
pub fn if_then<'c, 'a>(
    at: &Cursor<'c, 'a>,
    condition: Val<'c, 'a>,
    then: impl FnOnce(&Cursor<'c, 'a>),
) {
    let (region, block) = region_of_block(&[]);
    let inside = Cursor::at_end(at.context, block, at.location);
    then(&inside);
    inside.op("scf.yield", &[], &[], &[]);
    at.op_with_regions(
        "scf.if",
        &[condition],
        &[],
        &[],
        vec![region, Region::new()],
    );
}

/// A direct call.
pub fn call<'c, 'a>(
    at: &Cursor<'c, 'a>,
    callee: &str,
    operands: &[Val<'c, 'a>],
    types: &[Type<'c>],
) -> Op<'c, 'a> {
    let callee = FlatSymbolRefAttribute::new(at.context, callee).into();
    at.op("func.call", operands, types, &[("callee", callee)])
}

/// The address of a function as a pointer.
pub fn function_address<'c, 'a>(
    at: &Cursor<'c, 'a>,
    function: &str,
    ty: FunctionType<'c>,
) -> Val<'c, 'a> {
    let symbol = FlatSymbolRefAttribute::new(at.context, function).into();
    let function = at.value("func.constant", &[], ty.into(), &[("value", symbol)]);
    cast(at, function, pointer_type(at))
}

/// The address of a field of the aggregate behind a pointer.
pub fn field_address<'c, 'a>(
    at: &Cursor<'c, 'a>,
    base: Val<'c, 'a>,
    aggregate: Type<'c>,
    field: usize,
) -> Val<'c, 'a> {
    let path = DenseI32ArrayAttribute::new(at.context, &[0, field as i32]).into();
    address(at, base, &[], aggregate, path)
}

/// The address of an element of the array behind a pointer.
pub fn element_address<'c, 'a>(
    at: &Cursor<'c, 'a>,
    base: Val<'c, 'a>,
    element: Type<'c>,
    position: Val<'c, 'a>,
) -> Val<'c, 'a> {
    let path = DenseI32ArrayAttribute::new(at.context, &[i32::MIN]).into();
    address(at, base, &[position], element, path)
}

fn address<'c, 'a>(
    at: &Cursor<'c, 'a>,
    base: Val<'c, 'a>,
    positions: &[Val<'c, 'a>],
    element: Type<'c>,
    path: Attribute<'c>,
) -> Val<'c, 'a> {
    let mut operands = vec![base];
    operands.extend_from_slice(positions);
    let element = TypeAttribute::new(element).into();
    // 3 is `inbounds`.
    let flags = IntegerAttribute::new(int_type(at, 32), 3).into();
    at.value(
        "llvm.getelementptr",
        &operands,
        pointer_type(at),
        &[
            ("rawConstantIndices", path),
            ("elem_type", element),
            ("noWrapFlags", flags),
        ],
    )
}

/// A load through a pointer.
pub fn load<'c, 'a>(at: &Cursor<'c, 'a>, from: Val<'c, 'a>, ty: Type<'c>) -> Val<'c, 'a> {
    at.value("llvm.load", &[from], ty, &[])
}

/// A store through a pointer.
pub fn store<'c, 'a>(at: &Cursor<'c, 'a>, value: Val<'c, 'a>, to: Val<'c, 'a>) {
    at.op("llvm.store", &[value, to], &[], &[]);
}

/// Memory on the stack for `count` elements. Make it in the entry block of a function.
pub fn stack<'c, 'a>(at: &Cursor<'c, 'a>, element: Type<'c>, count: i64) -> Val<'c, 'a> {
    let count = integer(at, int_type(at, 64), count);
    let element = TypeAttribute::new(element).into();
    at.value(
        "llvm.alloca",
        &[count],
        pointer_type(at),
        &[("elem_type", element)],
    )
}

/// The LLVM types that carry one value of a type in memory.
pub fn memory_type<'c>(at: &Cursor<'c, '_>, ty: Type<'c>) -> Result<Type<'c>, String> {
    use melior::ir::r#type::{MemRefType, ShapedTypeLike};
    if ty.is_index() {
        return Ok(int_type(at, 64));
    }
    if let Ok(memref) = MemRefType::try_from(ty) {
        let (pointer, word) = (pointer_type(at), int_type(at, 64));
        let mut fields = vec![pointer, pointer, word];
        if memref.rank() > 0 {
            let list = llvm::r#type::array(word, memref.rank() as u32);
            fields.extend([list, list]);
        }
        return Ok(llvm::r#type::r#struct(at.context, &fields, false));
    }
    if is_complex(ty) {
        let element = complex_element(at, ty).ok_or("a complex type without an element")?;
        return Ok(llvm::r#type::r#struct(
            at.context,
            &[element, element],
            false,
        ));
    }
    Ok(ty)
}

/// Whether a type is `complex<...>`.
pub fn is_complex(ty: Type) -> bool {
    ty.to_string().starts_with("complex<")
}

/// The element type of a complex type.
pub fn complex_element<'c>(at: &Cursor<'c, '_>, ty: Type<'c>) -> Option<Type<'c>> {
    let text = ty.to_string();
    let element = text.strip_prefix("complex<")?.strip_suffix('>')?;
    Type::parse(at.context, element)
}

/// The type of the elements of a vector; any other type is its own.
pub fn element_type(ty: Type) -> Type {
    if !ty.is_vector() {
        return ty;
    }
    // SAFETY: a vector type is a shaped type, which has an element type.
    unsafe { Type::from_raw(mlir_sys::mlirShapedTypeGetElementType(ty.to_raw())) }
}

/// The number of lanes of a vector of one dimension.
pub fn vector_lanes(ty: Type) -> Option<u64> {
    if !ty.is_vector() {
        return None;
    }
    // SAFETY: a vector type is a shaped type of known rank and sizes.
    unsafe {
        (mlir_sys::mlirShapedTypeGetRank(ty.to_raw()) == 1)
            .then(|| mlir_sys::mlirShapedTypeGetDimSize(ty.to_raw(), 0) as u64)
    }
}

/// Declares a function that is defined elsewhere, once in a module.
pub fn declare<'c>(
    context: &'c Context,
    module: Blk<'c, '_>,
    name: &str,
    inputs: &[Type<'c>],
    outputs: &[Type<'c>],
) {
    let declared = ops(module)
        .into_iter()
        .any(|op| string_attribute(op, "sym_name") == Some(name));
    if declared {
        return;
    }
    let at = Cursor::at_start(context, module, melior::ir::Location::unknown(context));
    let ty = FunctionType::new(context, inputs, outputs);
    at.op_with_regions(
        "func.func",
        &[],
        &[],
        &[
            ("sym_name", StringAttribute::new(context, name).into()),
            ("function_type", TypeAttribute::new(ty.into()).into()),
            (
                "sym_visibility",
                StringAttribute::new(context, "private").into(),
            ),
        ],
        vec![Region::new()],
    );
}

/// A vector of bits, all of them set.
pub fn all_set<'c, 'a>(at: &Cursor<'c, 'a>, ty: Type<'c>) -> Val<'c, 'a> {
    let set = IntegerAttribute::new(int_type(at, 1), -1).into();
    let value = DenseElementsAttribute::splat(ty, set).into();
    at.value("arith.constant", &[], ty, &[("value", value)])
}
