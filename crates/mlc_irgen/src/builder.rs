//! Appends operations to the end of a block.

use melior::{
    Context,
    ir::{
        Attribute, Block, BlockLike, BlockRef, Identifier, Location, Operation, OperationRef,
        Region, RegionLike, Type, Value, ValueLike,
        attribute::{
            DenseI32ArrayAttribute, FlatSymbolRefAttribute, FloatAttribute, IntegerAttribute,
            StringAttribute,
        },
        operation::{OperationBuilder, OperationLike},
        r#type::IntegerType,
    },
};

/// Where the next operation goes, and which place in the source it comes from.
#[derive(Clone, Copy)]
pub struct Builder<'c, 'm> {
    pub context: &'c Context,
    pub block: BlockRef<'c, 'm>,
    pub loc: Location<'c>,
}

/// Named attributes of an operation.
pub type Attrs<'x, 'c> = &'x [(&'x str, Attribute<'c>)];

impl<'c, 'm> Builder<'c, 'm> {
    fn build(
        &self,
        name: &str,
        operands: &[Value<'c, 'm>],
        results: &[Type<'c>],
        attrs: Attrs<'_, 'c>,
        regions: usize,
    ) -> Operation<'c> {
        let attrs: Vec<_> = attrs
            .iter()
            .map(|&(name, value)| (Identifier::new(self.context, name), value))
            .collect();
        OperationBuilder::new(name, self.loc)
            .add_operands(operands)
            .add_results(results)
            .add_attributes(&attrs)
            .add_regions_vec((0..regions).map(|_| Region::new()).collect())
            .build()
            .unwrap_or_else(|_| panic!("`{name}` can be built"))
    }

    /// An operation without results or regions.
    pub fn op(&self, name: &str, operands: &[Value<'c, 'm>], attrs: Attrs<'_, 'c>) {
        self.block
            .append_operation(self.build(name, operands, &[], attrs, 0));
    }

    /// An operation with one result.
    pub fn value(&self, name: &str, operands: &[Value<'c, 'm>], ty: Type<'c>) -> Value<'c, 'm> {
        self.value_with(name, operands, ty, &[])
    }

    /// An operation with attributes and one result.
    pub fn value_with(
        &self,
        name: &str,
        operands: &[Value<'c, 'm>],
        ty: Type<'c>,
        attrs: Attrs<'_, 'c>,
    ) -> Value<'c, 'm> {
        self.results(name, operands, &[ty], attrs)[0]
    }

    /// An operation with any number of results.
    pub fn results(
        &self,
        name: &str,
        operands: &[Value<'c, 'm>],
        types: &[Type<'c>],
        attrs: Attrs<'_, 'c>,
    ) -> Vec<Value<'c, 'm>> {
        let op = self
            .block
            .append_operation(self.build(name, operands, types, attrs, 0));
        self.results_of(op)
    }

    /// One of two values of a type.
    pub fn select(
        &self,
        condition: Value<'c, 'm>,
        then: Value<'c, 'm>,
        orelse: Value<'c, 'm>,
    ) -> Value<'c, 'm> {
        self.value("arith.select", &[condition, then, orelse], then.r#type())
    }

    /// The results of an operation.
    pub fn results_of(&self, op: OperationRef<'c, 'm>) -> Vec<Value<'c, 'm>> {
        op.results().map(Value::from).collect()
    }

    /// An operation with regions, which have no block yet.
    pub fn structured(
        &self,
        name: &str,
        operands: &[Value<'c, 'm>],
        types: &[Type<'c>],
        attrs: Attrs<'_, 'c>,
        regions: usize,
    ) -> OperationRef<'c, 'm> {
        self.block
            .append_operation(self.build(name, operands, types, attrs, regions))
    }

    /// Adds the block of a region, with arguments, and goes on in it.
    pub fn enter(
        &mut self,
        op: OperationRef<'c, 'm>,
        region: usize,
        arguments: &[Type<'c>],
    ) -> Vec<Value<'c, 'm>> {
        let arguments: Vec<_> = arguments.iter().map(|&ty| (ty, self.loc)).collect();
        let region = op.region(region).expect("the operation has the region");
        self.block = region.append_block(Block::new(&arguments));
        (0..arguments.len())
            .map(|at| {
                self.block
                    .argument(at)
                    .expect("the block has the argument")
                    .into()
            })
            .collect()
    }

    // ---- attributes and types

    pub fn string(&self, text: &str) -> Attribute<'c> {
        StringAttribute::new(self.context, text).into()
    }

    pub fn symbol(&self, name: &str) -> Attribute<'c> {
        FlatSymbolRefAttribute::new(self.context, name).into()
    }

    pub fn unit(&self) -> Attribute<'c> {
        Attribute::unit(self.context)
    }

    pub fn segments(&self, sizes: &[i32]) -> Attribute<'c> {
        DenseI32ArrayAttribute::new(self.context, sizes).into()
    }

    pub fn index_type(&self) -> Type<'c> {
        Type::index(self.context)
    }

    pub fn int_type(&self, bits: u32) -> Type<'c> {
        IntegerType::new(self.context, bits).into()
    }

    // ---- constants

    pub fn constant(&self, value: Attribute<'c>, ty: Type<'c>) -> Value<'c, 'm> {
        self.value_with("arith.constant", &[], ty, &[("value", value)])
    }

    /// A constant of an integer type or of `index`.
    pub fn int(&self, value: i64, ty: Type<'c>) -> Value<'c, 'm> {
        self.constant(IntegerAttribute::new(ty, value).into(), ty)
    }

    pub fn index(&self, value: i64) -> Value<'c, 'm> {
        self.int(value, self.index_type())
    }

    pub fn bool(&self, value: bool) -> Value<'c, 'm> {
        self.int(i64::from(value), self.int_type(1))
    }

    /// A constant of a float type, rounded to it.
    pub fn float(&self, value: f64, ty: Type<'c>) -> Value<'c, 'm> {
        self.constant(FloatAttribute::new(self.context, ty, value).into(), ty)
    }
}
