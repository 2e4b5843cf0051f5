//! A `par.for`, taken apart for the passes that replace it.

use super::outline::INDEPENDENT;
use super::reductions;
use crate::emit;
use melior::{
    Context,
    ir::{
        Attribute, BlockLike, Location, Type, TypeLike, ValueLike, attribute::ArrayAttribute,
        operation::OperationLike,
    },
};
use mlc_dialects::par::Reduction;
use mlc_mlir::rewrite::{
    Blk, Cursor, Op, Val, arguments, erase, move_to_end, nested_blocks, ops, replace_all_uses,
    results, set_attribute,
};

/// A `par.for` and its parts.
pub struct ParallelLoop<'c, 'a> {
    pub context: &'c Context,
    pub location: Location<'c>,
    pub par_for: Op<'c, 'a>,
    pub body: Blk<'c, 'a>,
    /// The number of iterations of each dimension.
    pub bounds: Vec<Val<'c, 'a>>,
    /// The initial values of the reductions.
    pub inits: Vec<Val<'c, 'a>>,
    pub kinds: Vec<Reduction>,
    /// Whether the first result is a status.
    pub raises: bool,
}

impl<'c, 'a> ParallelLoop<'c, 'a> {
    pub fn new(context: &'c Context, par_for: Op<'c, 'a>) -> Result<Self, String> {
        let body = *nested_blocks(par_for)
            .first()
            .ok_or("a par.for without a body")?;
        let mut bounds: Vec<_> = par_for.operands().collect();
        let inits = bounds.split_off(body.argument_count());
        let kinds = par_for
            .attribute("reductions")
            .ok()
            .and_then(|attribute| ArrayAttribute::try_from(attribute).ok())
            .map(|array| {
                (0..array.len())
                    .filter_map(|place| Reduction::from_attribute(array.element(place).ok()?))
                    .collect::<Vec<_>>()
            })
            .unwrap_or_default();
        if kinds.len() != inits.len() {
            return Err("a par.for whose reductions do not fit its initial values".into());
        }
        Ok(Self {
            context,
            location: par_for.location(),
            par_for,
            body,
            bounds,
            inits,
            kinds,
            raises: par_for.has_attribute("raises"),
        })
    }

    /// The initial values' types, which are those of the reductions.
    pub fn types(&self) -> Vec<Type<'c>> {
        self.inits.iter().map(|init| init.r#type()).collect()
    }

    /// Whether a reduction rounds, so that its result depends on the order of the contributions.
    pub fn rounds(&self) -> bool {
        self.kinds.iter().zip(self.types()).any(|(kind, ty)| {
            matches!(kind, Reduction::Add | Reduction::Mul)
                && (ty.is_float() || emit::is_complex(ty))
        })
    }

    /// The number of iterations of all dimensions.
    pub fn iterations(&self, at: &Cursor<'c, 'a>) -> Val<'c, 'a> {
        let zero = emit::index(at, 0);
        self.bounds
            .iter()
            .fold(emit::index(at, 1), |product, bound| {
                let bound = emit::binary(at, "arith.maxsi", *bound, zero);
                emit::binary(at, "arith.muli", product, bound)
            })
    }

    /// The neutral elements of the reductions.
    pub fn neutral(&self, at: &Cursor<'c, 'a>) -> Result<Vec<Val<'c, 'a>>, String> {
        self.kinds
            .iter()
            .zip(self.types())
            .map(|(kind, ty)| reductions::neutral(at, *kind, ty))
            .collect()
    }

    /// Moves the body to a cursor: the iterations become what `ivs` count, and the contributions
    /// are combined with `carried`.
    pub fn place_body(
        &self,
        at: &Cursor<'c, 'a>,
        ivs: &[Val<'c, 'a>],
        carried: &[Val<'c, 'a>],
    ) -> Vec<Val<'c, 'a>> {
        let mut list = ops(self.body);
        let terminator = list.pop();
        for op in list {
            move_to_end(op, at.block());
        }
        for (old, new) in arguments(self.body).into_iter().zip(ivs) {
            replace_all_uses(old, *new);
        }
        let contributions: Vec<_> = terminator.map_or(Vec::new(), |op| op.operands().collect());
        contributions
            .into_iter()
            .zip(carried)
            .zip(&self.kinds)
            .map(|((new, sum), kind)| reductions::combine(at, *kind, *sum, new))
            .collect()
    }

    /// Makes the loop serial loops, which are marked as independent. The loop must not raise.
    pub fn serialize(self) {
        let at = Cursor::before(self.context, self.par_for);
        let totals = self.nest(&at, &mut Vec::new(), &self.inits);
        self.finish(None, &totals);
    }

    /// Serial loops over the dimensions from `ivs.len()` on.
    fn nest(
        &self,
        at: &Cursor<'c, 'a>,
        ivs: &mut Vec<Val<'c, 'a>>,
        carried: &[Val<'c, 'a>],
    ) -> Vec<Val<'c, 'a>> {
        let Some(bound) = self.bounds.get(ivs.len()) else {
            return self.place_body(at, ivs, carried);
        };
        let range = (emit::index(at, 0), *bound, emit::index(at, 1));
        let op = emit::for_loop(at, range, carried, |at, iv, carried| {
            ivs.push(iv);
            self.nest(at, ivs, carried)
        });
        set_attribute(op, INDEPENDENT, Attribute::unit(self.context));
        results(op)
    }

    /// Replaces the loop's results and erases it.
    pub fn finish(self, status: Option<Val<'c, 'a>>, totals: &[Val<'c, 'a>]) {
        let new = status.into_iter().chain(totals.iter().copied());
        for (old, new) in results(self.par_for).into_iter().zip(new) {
            replace_all_uses(old, new);
        }
        erase(self.par_for);
    }
}
