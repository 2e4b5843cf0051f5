//! Where the least or greatest element is: `argmin` and `argmax`.

use melior::ir::Value;
use mlc_sema::hir::{Builtin, CompareOp, Ty};

use super::Section;
use crate::{
    arith::Class,
    function::{Lower, Result},
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// The position of the least or greatest of the free elements of a section: the first one; a NaN is before all.
    pub(super) fn extreme_position(
        &mut self,
        op: Builtin,
        section: &Section<'_, 'x, 'c, 'm>,
        elem: Ty,
    ) -> Result<Value<'c, 'm>> {
        let zero = self.b.index(0);
        let bounds = section.free();
        let first = section.indices(&vec![zero; bounds.len()]);
        let first = self.element(section.elements, &first, section.stretched)?;
        let best = self.search_extreme(op, section, elem, &bounds, &mut vec![], [zero, first])?;
        Ok(self.int_of_index(best[0]))
    }

    /// One loop for each free dimension, which carry the position of the best element so far and that element.
    fn search_extreme(
        &mut self,
        op: Builtin,
        section: &Section<'_, 'x, 'c, 'm>,
        elem: Ty,
        bounds: &[Value<'c, 'm>],
        free: &mut Vec<Value<'c, 'm>>,
        best: [Value<'c, 'm>; 2],
    ) -> Result<[Value<'c, 'm>; 2]> {
        let index = self.b.index_type();
        let scalar = self.types().flat(elem)?[0];
        if free.len() == bounds.len() {
            let indices = section.indices(free);
            let value = self.element(section.elements, &indices, section.stretched)?;
            let mut position = free[0];
            for (&extent, &at) in bounds.iter().zip(free.iter()).skip(1) {
                let row = self.b.value("arith.muli", &[position, extent], index);
                position = self.b.value("arith.addi", &[row, at], index);
            }
            let better = self.is_more_extreme(op, value, best[1], elem)?;
            return Ok([(position, best[0], index), (value, best[1], scalar)]
                .map(|(new, old, ty)| self.b.value("arith.select", &[better, new, old], ty)));
        }
        let (zero, one) = (self.b.index(0), self.b.index(1));
        let operands = [zero, bounds[free.len()], one, best[0], best[1]];
        let loop_ = self
            .b
            .structured("scf.for", &operands, &[index, scalar], &[], 1);
        let outer = self.b;
        let state = self.b.enter(loop_, 0, &[index, index, scalar]);
        free.push(state[0]);
        let next = self.search_extreme(op, section, elem, bounds, free, [state[1], state[2]])?;
        free.pop();
        self.b.op("scf.yield", &next, &[]);
        self.b = outer;
        let results = self.results_of(loop_);
        Ok([results[0], results[1]])
    }

    fn is_more_extreme(
        &mut self,
        op: Builtin,
        value: Value<'c, 'm>,
        best: Value<'c, 'm>,
        elem: Ty,
    ) -> Result<Value<'c, 'm>> {
        let order = if op == Builtin::ArgMin {
            CompareOp::Lt
        } else {
            CompareOp::Gt
        };
        let better = self.compare(order, value, best, elem)?;
        if !matches!(self.class(elem)?, Class::Float(_)) || self.fp == crate::FpMode::Fast {
            return Ok(better);
        }
        let bit = self.b.int_type(1);
        let is_nan = self.compare_floats("une", value, value);
        let best_is_number = self.compare_floats("ord", best, best);
        let first_nan = self.b.value("arith.andi", &[is_nan, best_is_number], bit);
        Ok(self.b.value("arith.ori", &[better, first_nan], bit))
    }
}
