//! Builders for what `convert-own` makes: LLVM memory operations, constants, calls and exits.

use super::runtime::Runtime;
use melior::{
    dialect::llvm::r#type::pointer,
    ir::{
        Attribute, BlockLike, Type, ValueLike,
        attribute::{
            DenseI32ArrayAttribute, FlatSymbolRefAttribute, IntegerAttribute, TypeAttribute,
        },
        operation::OperationLike,
        r#type::IntegerType,
    },
};
use mlc_mlir::rewrite::{Cursor, Op, Val, arguments, constant_integer, op_name, region_of_block};
use std::ops::Deref;

/// Stands for an index operand among the constant indices of `llvm.getelementptr`.
const DYNAMIC: i32 = i32::MIN;

/// How `arith.cmpi` compares.
#[derive(Clone, Copy)]
pub enum Compare {
    Ne = 1,
    Sgt = 4,
    Sge = 5,
    Uge = 9,
}

/// A cursor that makes operations of the lowered program.
#[derive(Clone, Copy)]
pub struct Emit<'c, 'a>(pub Cursor<'c, 'a>);

impl<'c, 'a> Deref for Emit<'c, 'a> {
    type Target = Cursor<'c, 'a>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'c, 'a> Emit<'c, 'a> {
    pub fn pointer_type(&self) -> Type<'c> {
        pointer(self.context, 0)
    }

    pub fn integer_type(&self, bits: u32) -> Type<'c> {
        IntegerType::new(self.context, bits).into()
    }

    pub fn integer(&self, bits: u32, value: i64) -> Val<'c, 'a> {
        let ty = self.integer_type(bits);
        let value = IntegerAttribute::new(ty, value).into();
        self.value("arith.constant", &[], ty, &[("value", value)])
    }

    pub fn i64(&self, value: i64) -> Val<'c, 'a> {
        self.integer(64, value)
    }

    /// An index as a 64-bit integer.
    pub fn index_to_i64(&self, index: Val<'c, 'a>) -> Val<'c, 'a> {
        match constant_integer(index) {
            Some(value) => self.i64(value),
            None => self.value("arith.index_cast", &[index], self.integer_type(64), &[]),
        }
    }

    /// A 64-bit integer as an index.
    pub fn i64_to_index(&self, value: Val<'c, 'a>) -> Val<'c, 'a> {
        self.value("arith.index_cast", &[value], Type::index(self.context), &[])
    }

    /// An operation of `arith` on two values of one type, which is the result's.
    pub fn arith(&self, name: &str, left: Val<'c, 'a>, right: Val<'c, 'a>) -> Val<'c, 'a> {
        self.value(name, &[left, right], left.r#type(), &[])
    }

    pub fn compare(&self, how: Compare, left: Val<'c, 'a>, right: Val<'c, 'a>) -> Val<'c, 'a> {
        let predicate = IntegerAttribute::new(self.integer_type(64), how as i64).into();
        let attributes = [("predicate", predicate)];
        self.value(
            "arith.cmpi",
            &[left, right],
            self.integer_type(1),
            &attributes,
        )
    }

    pub fn null(&self) -> Val<'c, 'a> {
        self.value("llvm.mlir.zero", &[], self.pointer_type(), &[])
    }

    pub fn is_null(&self, pointer: Val<'c, 'a>) -> Val<'c, 'a> {
        let null = self.null();
        let equal = IntegerAttribute::new(self.integer_type(64), 0).into();
        let attributes = [("predicate", equal)];
        self.value(
            "llvm.icmp",
            &[pointer, null],
            self.integer_type(1),
            &attributes,
        )
    }

    // ---- memory

    /// A cursor at the start of the innermost iteration of a `par.for` around, which has no frame of its own yet, or else of the
    /// function.
    pub fn at_frame(&self) -> Cursor<'c, 'a> {
        let mut block = self.block();
        while let Some(around) = block.parent_operation() {
            if matches!(op_name(around), "par.for" | "func.func") {
                break;
            }
            match around.block() {
                Some(outer) => block = outer,
                None => break,
            }
        }
        Cursor::at_start(self.context, block, self.location)
    }

    /// Room in the frame of the function for one `element`.
    pub fn slot(&self, element: Type<'c>, result: Type<'c>) -> Val<'c, 'a> {
        let one = self.integer(32, 1);
        let attributes = [("elem_type", TypeAttribute::new(element).into())];
        self.value("llvm.alloca", &[one], result, &attributes)
    }

    /// Memory for some elements in the frame, aligned as that of the heap is.
    pub fn slots(&self, element: Type<'c>, count: i64) -> Val<'c, 'a> {
        let alignment = IntegerAttribute::new(self.integer_type(64), 64);
        let attributes = [
            ("elem_type", TypeAttribute::new(element).into()),
            ("alignment", alignment.into()),
        ];
        let count = self.i64(count);
        self.value("llvm.alloca", &[count], self.pointer_type(), &attributes)
    }

    pub fn load(&self, place: Val<'c, 'a>, ty: Type<'c>) -> Val<'c, 'a> {
        self.value("llvm.load", &[place], ty, &[self.not_atomic()])
    }

    pub fn store(&self, value: Val<'c, 'a>, place: Val<'c, 'a>) {
        self.op("llvm.store", &[value, place], &[], &[self.not_atomic()]);
    }

    fn not_atomic(&self) -> (&'static str, Attribute<'c>) {
        let ordering = IntegerAttribute::new(self.integer_type(64), 0);
        ("ordering", ordering.into())
    }

    /// The address of a part of the aggregate of type `aggregate` at `base`. The result's type is
    /// `result`: a pointer, or what becomes one.
    pub fn field(
        &self,
        base: Val<'c, 'a>,
        aggregate: Type<'c>,
        path: &[i32],
        result: Type<'c>,
    ) -> Val<'c, 'a> {
        let path = [&[0], path].concat();
        self.address(base, &[], aggregate, &path, result)
    }

    /// The address of element `index` (a 64-bit integer) of the elements of type `element` at `base`.
    pub fn element(
        &self,
        base: Val<'c, 'a>,
        index: Val<'c, 'a>,
        element: Type<'c>,
        result: Type<'c>,
    ) -> Val<'c, 'a> {
        self.address(base, &[index], element, &[DYNAMIC], result)
    }

    fn address(
        &self,
        base: Val<'c, 'a>,
        indices: &[Val<'c, 'a>],
        element: Type<'c>,
        path: &[i32],
        result: Type<'c>,
    ) -> Val<'c, 'a> {
        let operands = [&[base], indices].concat();
        let path = DenseI32ArrayAttribute::new(self.context, path).into();
        let attributes = [
            ("elem_type", TypeAttribute::new(element).into()),
            ("rawConstantIndices", path),
        ];
        self.value("llvm.getelementptr", &operands, result, &attributes)
    }

    pub fn copy_bytes(&self, to: Val<'c, 'a>, from: Val<'c, 'a>, bytes: Val<'c, 'a>) {
        let operands = [to, from, bytes];
        self.op("llvm.intr.memcpy", &operands, &[], &[self.not_volatile()]);
    }

    pub fn clear_bytes(&self, place: Val<'c, 'a>, bytes: Val<'c, 'a>) {
        let operands = [place, self.integer(8, 0), bytes];
        self.op("llvm.intr.memset", &operands, &[], &[self.not_volatile()]);
    }

    fn not_volatile(&self) -> (&'static str, Attribute<'c>) {
        let flag = IntegerAttribute::new(self.integer_type(1), 0);
        ("isVolatile", flag.into())
    }

    /// `left * right` as a number of bytes; -1, which no allocation accepts, where it does not fit.
    pub fn product(&self, left: Val<'c, 'a>, right: Val<'c, 'a>) -> Val<'c, 'a> {
        if let (Some(left), Some(right)) = (constant_integer(left), constant_integer(right)) {
            return self.i64(left.checked_mul(right).unwrap_or(-1));
        }
        let (integer, flag) = (self.integer_type(64), self.integer_type(1));
        let pair = melior::dialect::llvm::r#type::r#struct(self.context, &[integer, flag], false);
        let both = self.value("llvm.intr.smul.with.overflow", &[left, right], pair, &[]);
        let product = self.extract(both, 0, integer);
        let overflow = self.extract(both, 1, flag);
        let operands = [overflow, self.i64(-1), product];
        self.value("arith.select", &operands, integer, &[])
    }

    fn extract(&self, aggregate: Val<'c, 'a>, position: i64, ty: Type<'c>) -> Val<'c, 'a> {
        let position = self.position(position);
        self.value("llvm.extractvalue", &[aggregate], ty, &[position])
    }

    /// An aggregate with one part replaced.
    pub fn insert_part(
        &self,
        aggregate: Val<'c, 'a>,
        part: Val<'c, 'a>,
        path: &str,
    ) -> Val<'c, 'a> {
        let path = Attribute::parse(self.context, &format!("array<i64: {path}>"))
            .expect("an array of integers");
        let operands = [aggregate, part];
        let attributes = [("position", path)];
        self.value(
            "llvm.insertvalue",
            &operands,
            aggregate.r#type(),
            &attributes,
        )
    }

    /// A part of an aggregate, by its path.
    pub fn extract_part(&self, aggregate: Val<'c, 'a>, path: &str, ty: Type<'c>) -> Val<'c, 'a> {
        let path = Attribute::parse(self.context, &format!("array<i64: {path}>"))
            .expect("an array of integers");
        self.value("llvm.extractvalue", &[aggregate], ty, &[("position", path)])
    }

    /// The descriptor of an array with its sizes, and the strides of rows that lie one after another.
    pub fn insert_row_major(&self, descriptor: Val<'c, 'a>, sizes: &[Val<'c, 'a>]) -> Val<'c, 'a> {
        let mut value = descriptor;
        let mut stride = self.i64(1);
        for (dimension, size) in sizes.iter().enumerate().rev() {
            value = self.insert_part(value, *size, &format!("3, {dimension}"));
            value = self.insert_part(value, stride, &format!("4, {dimension}"));
            if dimension > 0 {
                stride = self.arith("arith.muli", stride, *size);
            }
        }
        value
    }

    fn position(&self, position: i64) -> (&'static str, Attribute<'c>) {
        let path = Attribute::parse(self.context, &format!("array<i64: {position}>"));
        ("position", path.expect("an array of integers"))
    }

    // ---- calls and control flow

    pub fn call(&self, symbol: &str, operands: &[Val<'c, 'a>], results: &[Type<'c>]) -> Op<'c, 'a> {
        let callee = FlatSymbolRefAttribute::new(self.context, symbol).into();
        self.op("func.call", operands, results, &[("callee", callee)])
    }

    /// Calls a function of the runtime.
    pub fn call_runtime(
        &self,
        runtime: &mut Runtime,
        function: &'static str,
        operands: &[Val<'c, 'a>],
        results: &[Type<'c>],
    ) -> Op<'c, 'a> {
        runtime.require(function);
        self.call(function, operands, results)
    }

    /// Runs `body` where a condition holds.
    pub fn when(&self, condition: Val<'c, 'a>, body: impl FnOnce(Emit<'c, 'a>)) {
        let (region, block) = region_of_block(&[]);
        let inner = Emit(Cursor::at_end(self.context, block, self.location));
        body(inner);
        inner.op("scf.yield", &[], &[], &[]);
        let regions = vec![region, melior::ir::Region::new()];
        self.op_with_regions("scf.if", &[condition], &[], &[], regions);
    }

    /// Runs `body` for each 64-bit integer in `[from, to)`.
    pub fn for_range(
        &self,
        from: Val<'c, 'a>,
        to: Val<'c, 'a>,
        body: impl FnOnce(Emit<'c, 'a>, Val<'c, 'a>),
    ) {
        let (region, block) = region_of_block(&[(self.integer_type(64), self.location)]);
        let inner = Emit(Cursor::at_end(self.context, block, self.location));
        body(inner, arguments(block)[0]);
        inner.op("scf.yield", &[], &[], &[]);
        let operands = [from, to, self.i64(1)];
        self.op_with_regions("scf.for", &operands, &[], &[], vec![region]);
    }

    /// Leaves the function or the iteration where a condition holds, with the status that `body` returns.
    pub fn exit_if(&self, condition: Val<'c, 'a>, body: impl FnOnce(Emit<'c, 'a>) -> Val<'c, 'a>) {
        let (region, block) = region_of_block(&[]);
        let inner = Emit(Cursor::at_end(self.context, block, self.location));
        let status = body(inner);
        inner.op("par.exit", &[status], &[], &[]);
        self.op_with_regions("par.exit_if", &[condition], &[], &[], vec![region]);
    }

    /// The address of a constant of the module.
    pub fn address_of(&self, symbol: &str) -> Val<'c, 'a> {
        let symbol = FlatSymbolRefAttribute::new(self.context, symbol).into();
        let attributes = [("global_name", symbol)];
        self.value("llvm.mlir.addressof", &[], self.pointer_type(), &attributes)
    }

    /// A value under another type that lowers to the same.
    pub fn cast(&self, value: Val<'c, 'a>, ty: Type<'c>) -> Val<'c, 'a> {
        self.value("builtin.unrealized_conversion_cast", &[value], ty, &[])
    }
}
