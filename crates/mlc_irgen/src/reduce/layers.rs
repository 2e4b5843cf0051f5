//! Reductions along dimensions other than the last: row after row is combined with the rows before, neighbors with neighbors.

use melior::ir::Value;
use mlc_sema::hir::Builtin;

use super::{Section, Types};
use crate::{
    function::{Lower, Result},
    view::View,
};

/// How many columns are reduced together, where rows are added up.
const COLUMNS: i64 = 512;

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// A parallel loop over `bounds` and, where there are none, over blocks of columns. Gives the body the indices, the first
    /// column and the number of columns.
    pub(super) fn column_blocks(
        &mut self,
        columns: Value<'c, 'm>,
        bounds: &[Value<'c, 'm>],
        mut body: impl FnMut(&mut Self, &[Value<'c, 'm>], Value<'c, 'm>, Value<'c, 'm>) -> Result<()>,
    ) -> Result<()> {
        let index = self.b.index_type();
        let zero = self.b.index(0);
        if !bounds.is_empty() {
            return self.each_index(bounds, &mut |lower, at| body(lower, at, zero, columns));
        }
        let width = self.b.index(COLUMNS);
        let blocks = self.b.value("arith.ceildivui", &[columns, width], index);
        self.each_index(&[blocks], &mut |lower, at| {
            let first = lower.b.value("arith.muli", &[at[0], width], index);
            let rest = lower.b.value("arith.subi", &[columns, first], index);
            let count = lower.b.value("arith.minsi", &[rest, width], index);
            body(lower, &[], first, count)
        })
    }

    /// The reduction of a section layer by layer, for some positions of its last dimension that is kept: `(dimension, first,
    /// count)`. Neighbors in memory are combined with neighbors.
    pub(super) fn reduce_layers(
        &mut self,
        op: Builtin,
        section: &Section<'_, 'x, 'c, 'm>,
        (last, first, count): (usize, Value<'c, 'm>, Value<'c, 'm>),
        target: &View<'c, 'm>,
        types: Types<'c, 'm>,
    ) -> Result<()> {
        let ty = types.result;
        let index = self.b.index_type();
        let base = if op == Builtin::Mean {
            Builtin::Sum
        } else {
            op
        };
        // Where the result of a column lies, and the column.
        let place = |lower: &Self, column: Value<'c, 'm>| {
            let column = lower.b.value("arith.addi", &[first, column], index);
            let mut at: Vec<_> = section.at.iter().flatten().copied().collect();
            at.push(column);
            (at, column)
        };
        let layers: Vec<_> = (section.extents.iter().enumerate())
            .filter(|&(axis, _)| axis != last && section.at[axis].is_none())
            .map(|(_, &extent)| extent)
            .collect();
        let start = self.neutral(base, ty)?;
        self.each_index(&[count], &mut |lower, column| {
            let (at, _) = place(lower, column[0]);
            lower.store_element(target, &at, start);
            Ok(())
        })?;
        self.each_in_order(&layers, &mut vec![], &mut |lower, layer| {
            lower.each_index(&[count], &mut |lower, column| {
                let (at, column) = place(lower, column[0]);
                let mut fixed = section.at.clone();
                fixed[last] = Some(column);
                let here = Section {
                    elements: section.elements,
                    extents: section.extents.clone(),
                    at: fixed,
                    stretched: section.stretched,
                };
                let value = lower.element(here.elements, &here.indices(layer), here.stretched)?;
                let value = lower.convert(value, types.elem, ty)?;
                let before = lower.load_element(target, &at);
                let after = lower.merged(base, before, value, ty)?;
                lower.store_element(target, &at, after);
                Ok(())
            })
        })?;
        if op != Builtin::Mean {
            return Ok(());
        }
        self.each_index(&[count], &mut |lower, column| {
            let (at, _) = place(lower, column[0]);
            let sum = lower.load_element(target, &at);
            let mean = lower.divided(sum, &layers, None, ty)?;
            lower.store_element(target, &at, mean);
            Ok(())
        })
    }
}
