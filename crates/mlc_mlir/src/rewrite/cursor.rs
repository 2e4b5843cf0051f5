//! Making operations at a place in a block.

use melior::{
    Context,
    ir::{
        Attribute, Block, BlockLike, Identifier, Location, Operation, Region, Type, ValueLike,
        operation::{OperationBuilder, OperationLike},
    },
};

use super::{Blk, Op, Val, defining_op, results};

/// A place in a block, at which operations are made, with the location that they get.
#[derive(Clone, Copy)]
pub struct Cursor<'c, 'a> {
    pub context: &'c Context,
    pub location: Location<'c>,
    block: Blk<'c, 'a>,
    /// `None`: at the end of the block.
    before: Option<Op<'c, 'a>>,
}

impl<'c, 'a> Cursor<'c, 'a> {
    /// Just before an operation, with its location. The operation must be in a block.
    pub fn before(context: &'c Context, op: Op<'c, 'a>) -> Self {
        Self {
            context,
            location: op.location(),
            block: op.block().expect("the operation is in a block"),
            before: Some(op),
        }
    }

    /// Just behind an operation, with its location. The operation must be in a block.
    pub fn after(context: &'c Context, op: Op<'c, 'a>) -> Self {
        Self {
            before: op.next_in_block(),
            ..Self::before(context, op)
        }
    }

    /// At the start of a block.
    pub fn at_start(context: &'c Context, block: Blk<'c, 'a>, location: Location<'c>) -> Self {
        Self {
            context,
            location,
            block,
            before: block.first_operation(),
        }
    }

    /// At the end of a block.
    pub fn at_end(context: &'c Context, block: Blk<'c, 'a>, location: Location<'c>) -> Self {
        Self {
            context,
            location,
            block,
            before: None,
        }
    }

    /// Just behind the definition of a value that is live in `block`: behind the operation that
    /// makes it where that is in `block`, or else at the start of `block`.
    pub fn at_start_of_life(context: &'c Context, value: Val<'c, 'a>, block: Blk<'c, 'a>) -> Self {
        match defining_op(value) {
            Some(op) if op.block() == Some(block) => Self::after(context, op),
            _ => Self::at_start(context, block, value.location()),
        }
    }

    /// The block that the cursor is in.
    pub fn block(&self) -> Blk<'c, 'a> {
        self.block
    }

    /// Inserts an operation here; the next one comes behind it.
    pub fn insert(&self, op: Operation<'c>) -> Op<'c, 'a> {
        match self.before {
            Some(before) => self.block.insert_operation_before(before, op),
            None => self.block.append_operation(op),
        }
    }

    /// An attribute's name for [`OperationBuilder`].
    pub fn name(&self, name: &str) -> Identifier<'c> {
        Identifier::new(self.context, name)
    }

    /// Makes an operation without regions here.
    pub fn op(
        &self,
        name: &str,
        operands: &[Val<'c, '_>],
        results: &[Type<'c>],
        attributes: &[(&str, Attribute<'c>)],
    ) -> Op<'c, 'a> {
        self.op_with_regions(name, operands, results, attributes, Vec::new())
    }

    /// Makes an operation here.
    pub fn op_with_regions(
        &self,
        name: &str,
        operands: &[Val<'c, '_>],
        results: &[Type<'c>],
        attributes: &[(&str, Attribute<'c>)],
        regions: Vec<Region<'c>>,
    ) -> Op<'c, 'a> {
        let attributes: Vec<_> = attributes
            .iter()
            .map(|(name, attribute)| (self.name(name), *attribute))
            .collect();
        let op = OperationBuilder::new(name, self.location)
            .add_operands(operands)
            .add_results(results)
            .add_attributes(&attributes)
            .add_regions_vec(regions)
            .build()
            .expect("an operation without inferred types is built from any parts");
        self.insert(op)
    }

    /// Makes a terminator here that has successors.
    pub fn branch(
        &self,
        name: &str,
        operands: &[Val<'c, '_>],
        successors: &[Blk<'c, 'a>],
        attributes: &[(&str, Attribute<'c>)],
    ) -> Op<'c, 'a> {
        let attributes: Vec<_> = attributes
            .iter()
            .map(|(name, attribute)| (self.name(name), *attribute))
            .collect();
        let successors: Vec<&Block> = successors.iter().map(|block| &**block).collect();
        let op = OperationBuilder::new(name, self.location)
            .add_operands(operands)
            .add_successors(&successors)
            .add_attributes(&attributes)
            .build()
            .expect("an operation without inferred types is built from any parts");
        self.insert(op)
    }

    /// Makes an operation of one result here and returns the result.
    pub fn value(
        &self,
        name: &str,
        operands: &[Val<'c, '_>],
        result: Type<'c>,
        attributes: &[(&str, Attribute<'c>)],
    ) -> Val<'c, 'a> {
        results(self.op(name, operands, &[result], attributes))[0]
    }
}
