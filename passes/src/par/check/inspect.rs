//! The check in front of a loop, place by place: the slice of the loop that computes indices, run serially, with a call
//! of the runtime for each place. Where all that the loop does is to write places that have numbers, they are marked first
//! (`marks.rs`), and only where a place was marked twice it is found out by whom. `replay.rs` makes the slice.
//!
//! ```mlir
//! %inspection = call @mlc_rt_race_begin(%n, 0, 0, %places)
//! scf.for %i = 0 to %n {
//!   %k = memref.load %p[%i]
//!   call @mlc_rt_race_touch(%inspection, 1, %i, %k, 0, 0)
//! }
//! %status = call @mlc_rt_race_end(%inspection)
//! own.propagate %status raised_here
//! ```

use super::{marks, slice::Slice};
use crate::emit;
use melior::{
    Context,
    ir::{Attribute, BlockLike, Type, TypeLike, ValueLike, operation::OperationLike},
};
use mlc_mlir::rewrite::{
    Blk, Cursor, Key, Op, Val, arguments, nested_blocks, ops, results, value_key,
};
use std::collections::HashMap;

/// The most numbers by which a place is known where it is kept in a hash table, and the most dimensions of a loop.
pub const MOST_NUMBERS: usize = 3;

/// An access to tell of: whether it writes, and its indices.
pub struct Target<'c, 'a> {
    pub op: Op<'c, 'a>,
    pub writes: bool,
    pub indices: Vec<Val<'c, 'a>>,
}

/// The loop, the slice of it, and what is to be told.
pub struct Inspection<'c, 'a, 's> {
    pub context: &'c Context,
    pub module: Blk<'c, 'a>,
    pub around: Op<'c, 'a>,
    pub slice: Slice<'c, 'a, 's>,
    pub targets: Vec<Target<'c, 'a>>,
    /// The extents of the places where their indices alone tell them, as values from before the loop.
    pub extents: Option<Val<'c, 'a>>,
}

impl<'c: 'a, 'a> Inspection<'c, 'a, '_> {
    /// Makes the check here, before the loop.
    pub fn emit(&self, at: &Cursor<'c, 'a>) {
        let body = nested_blocks(self.around)[0];
        let trips: Vec<_> = (self.around.operands())
            .take(body.argument_count())
            .collect();
        let sizes = self.sizes(at);
        let places = sizes.as_ref().map(|sizes| {
            let places = (sizes.iter().copied())
                .reduce(|all, one| emit::binary(at, "arith.muli", all, one))
                .unwrap_or_else(|| emit::index(at, 1));
            emit::index_cast(at, places, emit::int_type(at, 64))
        });
        let only_writes = self.targets.iter().all(|target| target.writes);
        let told = |to| Told {
            to,
            sizes: sizes.clone(),
            iteration: emit::integer(at, emit::int_type(at, 64), 0),
        };
        let Some(places) = places.filter(|_| only_writes) else {
            return self.exact(at, &trips, places, told);
        };
        let marks = marks::begin(at, self.module, places);
        self.loops(at, &trips, told(To::Marks(marks)), HashMap::new());
        let apart = marks::apart(at, self.module, marks);
        let exact = |at: &Cursor<'c, 'a>| {
            self.exact(at, &trips, Some(places), told);
            Vec::new()
        };
        emit::if_else(at, apart, &[], |_| Vec::new(), exact);
    }

    /// Finds the iterations that meet.
    fn exact(
        &self,
        at: &Cursor<'c, 'a>,
        trips: &[Val<'c, 'a>],
        places: Option<Val<'c, 'a>>,
        told: impl Fn(To<'c, 'a>) -> Told<'c, 'a>,
    ) {
        let word = emit::int_type(at, 64);
        let (pointer, status) = (emit::pointer_type(at), emit::int_type(at, 32));
        let declare = |name, inputs: &[Type<'c>], outputs: &[Type<'c>]| {
            emit::declare(self.context, self.module, name, inputs, outputs);
        };
        declare("mlc_rt_race_begin", &[word; 4], &[pointer]);
        declare(
            "mlc_rt_race_touch",
            &[pointer, status, word, word, word, word],
            &[],
        );
        declare("mlc_rt_race_end", &[pointer], &[status]);

        let mut numbers: Vec<_> = (trips.iter())
            .map(|trips| emit::index_cast(at, *trips, word))
            .collect();
        numbers.resize_with(MOST_NUMBERS, || emit::integer(at, word, 0));
        numbers.push(places.unwrap_or_else(|| emit::integer(at, word, -1)));
        let inspection = results(emit::call(at, "mlc_rt_race_begin", &numbers, &[pointer]))[0];
        self.loops(at, trips, told(To::Inspection(inspection)), HashMap::new());
        let end = emit::call(at, "mlc_rt_race_end", &[inspection], &[status]);
        let raised_here = [("raised_here", Attribute::unit(self.context))];
        at.op("own.propagate", &results(end), &[], &raised_here);
    }

    /// The extents of the places, one for each index.
    fn sizes(&self, at: &Cursor<'c, 'a>) -> Option<Vec<Val<'c, 'a>>> {
        let memory = self.extents?;
        let index = emit::index_type(at);
        if !memory.r#type().is_mem_ref() {
            return Some(vec![at.value("own.len", &[memory], index, &[])]);
        }
        let rank = self.targets.first()?.indices.len();
        let dimension = |number| {
            let number = emit::index(at, number as i64);
            at.value("memref.dim", &[memory, number], index, &[])
        };
        Some((0..rank).map(dimension).collect())
    }

    /// Serial loops over the dimensions, and the body in them.
    fn loops(
        &self,
        at: &Cursor<'c, 'a>,
        trips: &[Val<'c, 'a>],
        told: Told<'c, 'a>,
        copies: HashMap<Key, Val<'c, 'a>>,
    ) {
        let body = nested_blocks(self.around)[0];
        let done = arguments(body).len() - trips.len();
        let Some((bound, rest)) = trips.split_first() else {
            self.list(at, (&ops(body), &[]), &told, copies);
            return;
        };
        let range = (emit::index(at, 0), *bound, emit::index(at, 1));
        emit::for_loop(at, range, &[], |at, iv, _| {
            let word = told.iteration.r#type();
            let bound = emit::index_cast(at, *bound, word);
            let number = emit::binary(at, "arith.muli", told.iteration, bound);
            let iteration = emit::binary(at, "arith.addi", number, emit::index_cast(at, iv, word));
            let mut copies = copies;
            copies.insert(value_key(arguments(body)[done]), iv);
            self.loops(at, rest, Told { iteration, ..told }, copies);
            Vec::new()
        });
    }

    /// Tells of an access.
    pub(super) fn tell(
        &self,
        at: &Cursor<'c, 'a>,
        target: &Target<'c, 'a>,
        told: &Told<'c, 'a>,
        copies: &HashMap<Key, Val<'c, 'a>>,
    ) {
        let word = told.iteration.r#type();
        let indices = target.indices.iter().map(|index| copy_of(*index, copies));
        let mut place: Vec<_> = match &told.sizes {
            Some(sizes) => {
                let place = indices
                    .zip(sizes)
                    .map(|(index, size)| (index, *size))
                    .reduce(|(all, _), (index, size)| {
                        let row = emit::binary(at, "arith.muli", all, size);
                        (emit::binary(at, "arith.addi", row, index), size)
                    });
                place.into_iter().map(|(place, _)| place).collect()
            }
            None => indices.collect(),
        };
        for number in &mut place {
            *number = emit::index_cast(at, *number, word);
        }
        let inspection = match told.to {
            To::Marks(marks) => return marks::mark(at, marks, place[0]),
            To::Inspection(inspection) => inspection,
        };
        place.resize_with(MOST_NUMBERS, || emit::integer(at, word, 0));
        let mode = emit::integer(at, emit::int_type(at, 32), target.writes.into());
        let operands = [&[inspection, mode, told.iteration], &place[..]].concat();
        emit::call(at, "mlc_rt_race_touch", &operands, &[]);
    }
}

/// Who is told of a place.
#[derive(Clone, Copy)]
enum To<'c, 'a> {
    Marks(Val<'c, 'a>),
    Inspection(Val<'c, 'a>),
}

/// What is told of every place.
#[derive(Clone)]
pub(super) struct Told<'c, 'a> {
    to: To<'c, 'a>,
    sizes: Option<Vec<Val<'c, 'a>>>,
    iteration: Val<'c, 'a>,
}

/// A value of the loop, as the check has it.
pub(super) fn copy_of<'c, 'a>(
    value: Val<'c, 'a>,
    copies: &HashMap<Key, Val<'c, 'a>>,
) -> Val<'c, 'a> {
    copies.get(&value_key(value)).copied().unwrap_or(value)
}
