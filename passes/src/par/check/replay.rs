//! The slice of a parallel loop as code in front of it: what it computes, in the structure that it has in the loop.
//!
//! Where a check fails, the iteration ends. Code in regions then hands on, besides its values, whether it went on; the values
//! are zero where it did not, and nothing that follows is run:
//!
//! ```mlir
//! %x, %goes_on = scf.if %c -> (i64, i1) {        // if c:
//!   %y, %passed = scf.if %fits -> (i64, i1) {    //     x = p[k]
//!     …
//! scf.if %goes_on { … }                          // a[x] = …
//! ```

use super::inspect::{Inspection, Told, copy_of};
use crate::emit::{self, IntPredicate};
use melior::ir::{
    Attribute, BlockLike, Type, TypeLike, ValueLike, attribute::FloatAttribute,
    operation::OperationLike,
};
use mlc_mlir::rewrite::{
    Blk, Cursor, Key, Op, Val, arguments, nested_blocks, op_name, operand, ops, results, value_key,
};
use std::collections::HashMap;

/// Values of the loop, as the check has them.
type Copies<'c, 'a> = HashMap<Key, Val<'c, 'a>>;

/// Operations, and what is to be handed on at their end; what has an end that is looked at says so first.
type List<'c, 'a, 'r> = (&'r [Op<'c, 'a>], &'r [Handed<'c, 'a>]);

/// What a region hands on.
#[derive(Clone, Copy)]
pub(super) enum Handed<'c, 'a> {
    Value(Val<'c, 'a>),
    /// Whether no check has failed.
    GoesOn,
}

impl<'c: 'a, 'a> Inspection<'c, 'a, '_> {
    /// The part of some operations that belongs to the slice, and what it hands on.
    pub(super) fn list(
        &self,
        at: &Cursor<'c, 'a>,
        (list, handed): List<'c, 'a, '_>,
        told: &Told<'c, 'a>,
        mut copies: Copies<'c, 'a>,
    ) -> Vec<Val<'c, 'a>> {
        let bit = emit::int_type(at, 1);
        for (number, op) in list.iter().enumerate() {
            let goes_on = match self.slice.has_check(*op) {
                true => Some(self.holds(at, *op, &copies)),
                false => self.op(at, *op, told, &mut copies),
            };
            if let Some(goes_on) = goes_on {
                let rest = (&list[number + 1..], handed);
                let types: Vec<_> = (handed.iter())
                    .map(|handed| match handed {
                        Handed::Value(value) => value.r#type(),
                        Handed::GoesOn => bit,
                    })
                    .collect();
                if types.is_empty() {
                    emit::if_then(at, goes_on, |at| {
                        self.list(at, rest, told, copies);
                    });
                    return Vec::new();
                }
                let zeros = |at: &Cursor<'c, 'a>| types.iter().map(|ty| zero(at, *ty)).collect();
                let then = |at: &Cursor<'c, 'a>| self.list(at, rest, told, copies);
                return emit::if_else(at, goes_on, &types, then, zeros);
            }
        }
        (handed.iter())
            .map(|handed| match handed {
                Handed::Value(value) => copy_of(*value, &copies),
                Handed::GoesOn => emit::integer(at, bit, 1),
            })
            .collect()
    }

    /// An operation, where it belongs to the slice; whether the iteration goes on, where that is a question.
    fn op(
        &self,
        at: &Cursor<'c, 'a>,
        op: Op<'c, 'a>,
        told: &Told<'c, 'a>,
        copies: &mut Copies<'c, 'a>,
    ) -> Option<Val<'c, 'a>> {
        for target in self.targets.iter().filter(|target| target.op == op) {
            self.tell(at, target, told, copies);
        }
        if !self.slice.has_op(op) {
            return None;
        }
        let may_end = self.slice.may_end(op);
        let mut new = match op_name(op) {
            "scf.if" => self.branches(at, op, told, copies),
            "scf.for" => self.serial_loop(at, op, told, copies),
            "par.for" => {
                let body = nested_blocks(op)[0];
                let bounds: Vec<_> = (op.operands().take(body.argument_count()))
                    .map(|bound| copy_of(bound, copies))
                    .collect();
                self.inner_loops(at, (body, may_end), &bounds, told, copies.clone())
            }
            // What follows the body of a `try` runs nevertheless.
            "func.func" => {
                let body = ops(nested_blocks(op)[0]);
                self.list(at, (&body, &[]), told, copies.clone())
            }
            _ => {
                let operands: Vec<_> = (op.operands())
                    .map(|operand| copy_of(operand, copies))
                    .collect();
                let ty = results(op)[0].r#type();
                vec![emit::like(at, op, &operands, ty)]
            }
        };
        let goes_on = may_end.then(|| new.pop()).flatten();
        for (number, value) in self.kept(op).into_iter().zip(new) {
            copies.insert(value_key(results(op)[number]), value);
        }
        goes_on
    }

    /// The results of an operation that are part of the slice, by number.
    fn kept(&self, op: Op<'c, 'a>) -> Vec<usize> {
        let values = results(op).into_iter().enumerate();
        (values.filter(|(_, value)| self.slice.has_value(*value)))
            .map(|(number, _)| number)
            .collect()
    }

    /// What a block of an operation hands on: the values that are kept, and whether the iteration goes on.
    fn handed(&self, op: Op<'c, 'a>, block: Blk<'c, 'a>) -> Vec<Handed<'c, 'a>> {
        let terminator = ops(block).pop();
        let values = self.kept(op).into_iter();
        (values.filter_map(|number| Some(Handed::Value(operand(terminator?, number)))))
            .chain(self.slice.may_end(op).then_some(Handed::GoesOn))
            .collect()
    }

    /// The condition under which a check passes.
    fn holds(
        &self,
        at: &Cursor<'c, 'a>,
        check: Op<'c, 'a>,
        copies: &Copies<'c, 'a>,
    ) -> Val<'c, 'a> {
        let first = copy_of(operand(check, 0), copies);
        if op_name(check) == "own.check" {
            return first;
        }
        let length = copy_of(operand(check, 1), copies);
        emit::compare(at, IntPredicate::Ult, first, length)
    }

    fn branches(
        &self,
        at: &Cursor<'c, 'a>,
        op: Op<'c, 'a>,
        told: &Told<'c, 'a>,
        copies: &Copies<'c, 'a>,
    ) -> Vec<Val<'c, 'a>> {
        let condition = copy_of(operand(op, 0), copies);
        let mut types: Vec<_> = (self.kept(op).into_iter())
            .map(|number| results(op)[number].r#type())
            .collect();
        types.extend(self.slice.may_end(op).then(|| emit::int_type(at, 1)));
        let blocks = nested_blocks(op);
        let fill = |at: &Cursor<'c, 'a>, number: usize| match blocks.get(number) {
            Some(block) => {
                let handed = self.handed(op, *block);
                self.list(at, (&ops(*block), &handed), told, copies.clone())
            }
            // Only whether it goes on: it does.
            None => types.iter().map(|ty| emit::integer(at, *ty, 1)).collect(),
        };
        if types.is_empty() && blocks.len() == 1 {
            emit::if_then(at, condition, |at| {
                fill(at, 0);
            });
            return Vec::new();
        }
        emit::if_else(at, condition, &types, |at| fill(at, 0), |at| fill(at, 1))
    }

    fn serial_loop(
        &self,
        at: &Cursor<'c, 'a>,
        op: Op<'c, 'a>,
        told: &Told<'c, 'a>,
        copies: &Copies<'c, 'a>,
    ) -> Vec<Val<'c, 'a>> {
        let [low, high, step] = [0, 1, 2].map(|number| copy_of(operand(op, number), copies));
        let kept = self.kept(op);
        let start: Vec<_> = (kept.iter())
            .map(|number| copy_of(operand(op, number + 3), copies))
            .collect();
        let body = nested_blocks(op)[0];
        let parameters = arguments(body);
        let handed = self.handed(op, body);
        let run = |at: &Cursor<'c, 'a>, iv: Val<'c, 'a>, carried: &[Val<'c, 'a>]| {
            let mut copies = copies.clone();
            copies.insert(value_key(parameters[0]), iv);
            for (number, value) in kept.iter().zip(carried) {
                copies.insert(value_key(parameters[number + 1]), *value);
            }
            self.list(at, (&ops(body), &handed), told, copies)
        };
        self.repeat(at, (low, high, step), start, self.slice.may_end(op), run)
    }

    /// A loop that runs no further iteration once one has ended all.
    fn repeat(
        &self,
        at: &Cursor<'c, 'a>,
        range: (Val<'c, 'a>, Val<'c, 'a>, Val<'c, 'a>),
        mut start: Vec<Val<'c, 'a>>,
        may_end: bool,
        run: impl FnOnce(&Cursor<'c, 'a>, Val<'c, 'a>, &[Val<'c, 'a>]) -> Vec<Val<'c, 'a>>,
    ) -> Vec<Val<'c, 'a>> {
        start.extend(may_end.then(|| emit::integer(at, emit::int_type(at, 1), 1)));
        let types: Vec<Type> = start.iter().map(|value| value.r#type()).collect();
        let repeated = emit::for_loop(at, range, &start, |at, iv, carried| {
            match carried.last().filter(|_| may_end) {
                None => run(at, iv, carried),
                Some(goes_on) => {
                    let then = |at: &Cursor<'c, 'a>| run(at, iv, carried);
                    emit::if_else(at, *goes_on, &types, then, |_| carried.to_vec())
                }
            }
        });
        results(repeated)
    }

    /// A parallel loop inside of the loop: its iterations belong to one of the outer loop's.
    fn inner_loops(
        &self,
        at: &Cursor<'c, 'a>,
        (body, may_end): (Blk<'c, 'a>, bool),
        bounds: &[Val<'c, 'a>],
        told: &Told<'c, 'a>,
        copies: Copies<'c, 'a>,
    ) -> Vec<Val<'c, 'a>> {
        let Some((bound, rest)) = bounds.split_first() else {
            let handed = may_end.then_some(Handed::GoesOn);
            return self.list(at, (&ops(body), handed.as_slice()), told, copies);
        };
        let done = arguments(body).len() - bounds.len();
        let range = (emit::index(at, 0), *bound, emit::index(at, 1));
        self.repeat(at, range, Vec::new(), may_end, |at, iv, _| {
            let mut copies = copies;
            copies.insert(value_key(arguments(body)[done]), iv);
            self.inner_loops(at, (body, may_end), rest, told, copies)
        })
    }
}

/// What stands for a number that nobody looks at.
fn zero<'c, 'a>(at: &Cursor<'c, 'a>, ty: Type<'c>) -> Val<'c, 'a> {
    if ty.is_index() || ty.is_integer() {
        return emit::integer(at, ty, 0);
    }
    let value: Attribute = FloatAttribute::new(at.context, ty, 0.0).into();
    at.value("arith.constant", &[], ty, &[("value", value)])
}
