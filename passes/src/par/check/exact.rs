//! The check in front of a loop that its index computations do not exceed 64 bits, where the proof that iterations never meet
//! takes them for exact and only the run knows.
//!
//! ```mlir
//! %w = arith.sitofp %width         // `i * width`: a bound of the product, as a float
//! %most = arith.mulf %n, %w
//! %fits = arith.cmpf olt, %most, %limit
//! own.check %fits, "OverflowError", "…"
//! ```

use super::Checker;
use crate::{
    analysis::magnitude::{Bounds, bound},
    emit,
    par::raises::add_statuses_around,
};
use melior::ir::{
    Attribute, BlockLike, Type, TypeLike, ValueLike,
    attribute::{FloatAttribute, IntegerAttribute, StringAttribute},
};
use mlc_mlir::rewrite::{Blk, Cursor, Key, Op, Val, is_inside, nested_blocks, op_key, results};
use std::collections::BTreeMap;

/// Computations of a loop that are to be exact.
pub struct ExactCheck<'c, 'a> {
    /// The body of the loop, which stays when the loop is rebuilt.
    body: Blk<'c, 'a>,
    ops: BTreeMap<Key, Op<'c, 'a>>,
}

impl<'c: 'a, 'a> ExactCheck<'c, 'a> {
    pub fn of(around: Op<'c, 'a>) -> Self {
        Self {
            body: nested_blocks(around)[0],
            ops: BTreeMap::new(),
        }
    }

    pub fn add(&mut self, ops: Vec<Op<'c, 'a>>) {
        self.ops.extend(ops.into_iter().map(|op| (op_key(op), op)));
    }

    /// Makes the check, where the function can tell of an error.
    pub fn emit(self, checker: &Checker<'c, 'a, '_>) {
        let Some(around) = self.body.parent_operation() else {
            return;
        };
        if self.ops.is_empty() || checker.dynamic == Err(super::Reason::NoStatus) {
            return;
        }
        let context = checker.context;
        let at = Cursor::before(context, around);
        let floats = Floats {
            at: &at,
            around,
            ty: Type::float64(context),
        };
        let most = (self.ops.values())
            .filter_map(|op| bound(results(*op)[0], &floats))
            .reduce(|all, one| floats.greater(all, one));
        let Some(most) = most else {
            return;
        };
        // Just below 2^63, for what rounds on the way.
        let limit = floats.number((1 << 63) - (1 << 33));
        let word = emit::int_type(&at, 64);
        let predicate = IntegerAttribute::new(word, CMPF_OLT);
        let fits = at.value(
            "arith.cmpf",
            &[most, limit],
            emit::int_type(&at, 1),
            &[("predicate", predicate.into())],
        );
        let text = |text| -> Attribute { StringAttribute::new(context, text).into() };
        let attributes = [
            ("kind", text("OverflowError")),
            (
                "message",
                text("an index of the parallel loop may exceed 64 bits"),
            ),
        ];
        at.op("own.check", &[fits], &[], &attributes);
        add_statuses_around(context, around);
    }
}

/// The number of the predicate "less, and not NaN".
const CMPF_OLT: i64 = 4;

/// Bounds that are computed in front of the loop.
struct Floats<'c, 'a, 'r> {
    at: &'r Cursor<'c, 'a>,
    around: Op<'c, 'a>,
    ty: Type<'c>,
}

impl<'c: 'a, 'a> Bounds<'c, 'a> for Floats<'c, 'a, '_> {
    type Bound = Val<'c, 'a>;

    fn number(&self, number: u128) -> Val<'c, 'a> {
        let value = FloatAttribute::new(self.at.context, self.ty, number as f64);
        self.at
            .value("arith.constant", &[], self.ty, &[("value", value.into())])
    }

    fn value(&self, value: Val<'c, 'a>) -> Option<Val<'c, 'a>> {
        if is_inside(value, self.around) {
            return None;
        }
        let word = match value.r#type().is_index() {
            true => emit::index_cast(self.at, value, emit::int_type(self.at, 64)),
            false => value,
        };
        let float = self.at.value("arith.sitofp", &[word], self.ty, &[]);
        Some(self.at.value("math.absf", &[float], self.ty, &[]))
    }

    fn sum(&self, first: Val<'c, 'a>, second: Val<'c, 'a>) -> Val<'c, 'a> {
        emit::binary(self.at, "arith.addf", first, second)
    }

    fn product(&self, first: Val<'c, 'a>, second: Val<'c, 'a>) -> Val<'c, 'a> {
        emit::binary(self.at, "arith.mulf", first, second)
    }

    fn greater(&self, first: Val<'c, 'a>, second: Val<'c, 'a>) -> Val<'c, 'a> {
        emit::binary(self.at, "arith.maximumf", first, second)
    }
}
