//! Shapes that do not go together: the errors that NumPy raises, with both shapes in their text.

use melior::ir::Value;

use crate::function::{Lower, Result};
use mlc_sema::hir::ErrorKind;

/// What went wrong with two shapes; the numbers are those of `mlc_rt_raise_shapes`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    /// The operands of an element-wise operation.
    Broadcast = 0,
    /// A source and the target that it is written to.
    Assignment = 1,
    /// The operands of a matrix product.
    Product = 2,
    /// An array and the shape that it is to have.
    Reshape = 3,
    /// Two lists that are combined element by element, or a list and the slice that it is written to.
    Lists = 4,
    /// A list and the array that is made of it, whose extents are known.
    Items = 5,
}

/// The greatest rank of shapes that messages show.
const MAX_RANK: usize = 4;

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// Raises `ValueError` unless two shapes go together.
    pub fn check_shapes(
        &mut self,
        fine: Value<'c, 'm>,
        why: Mismatch,
        first: &[Value<'c, 'm>],
        second: &[Value<'c, 'm>],
    ) -> Result<()> {
        if !self.checks {
            return Ok(());
        }
        if first.len().max(second.len()) > MAX_RANK {
            self.check(
                fine,
                ErrorKind::ValueError,
                "the shapes of these arrays do not go together",
            );
            return Ok(());
        }
        let (status, long) = (self.b.int_type(32), self.b.int_type(64));
        let statuses = self.if_values(
            fine,
            &[],
            &[status],
            |lower| Ok(vec![lower.b.int(0, status)]),
            |lower| {
                let mut operands = vec![lower.b.int(why as i64, status)];
                for shape in [first, second] {
                    operands.push(lower.b.int(shape.len() as i64, long));
                    for axis in 0..MAX_RANK {
                        operands.push(match shape.get(axis) {
                            Some(&extent) => lower.int_of_index(extent),
                            None => lower.b.int(0, long),
                        });
                    }
                }
                Ok(lower.call_runtime("mlc_rt_raise_shapes", &operands, &[status]))
            },
        )?;
        self.propagate_here(statuses[0]);
        Ok(())
    }
}
