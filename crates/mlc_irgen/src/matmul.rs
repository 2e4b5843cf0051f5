//! The product of vectors and matrices, `@`.
//!
//! Products of two matrices of `f32` or `f64` are a call of the runtime, which tiles them for the caches and runs on threads. Small
//! ones, other types and the strict mode are loops that add up the products in order; so are integers that may not overflow,
//! one sum after the other. Arrays of more dimensions are stacks of matrices, which are broadcast together.

use melior::ir::{Value, r#type::MemRefType};
use mlc_dialects::par;
use mlc_sema::hir::{BinaryOp, Expr, FloatKind, Ty};

use crate::{
    FpMode,
    arith::{Binary, Class},
    builtin::element_ty,
    elements::Elements,
    function::{Lower, Result},
    shapes::Mismatch,
    types::DYNAMIC,
    view::{View, ViewDim, array_extents, element_type},
};

/// The rows of the left factor, what is summed over, and the columns of the right one.
type Extents<'c, 'm> = (Option<Value<'c, 'm>>, Value<'c, 'm>, Option<Value<'c, 'm>>);

/// Products of at most so many multiplications are made where they stand.
const SMALL: i64 = 4096;

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// `(&a, &b)`
    pub fn matrix_product(&mut self, expr: &'x Expr, args: &'x [Expr]) -> Result<Value<'c, 'm>> {
        let left = self.factor(&args[0])?;
        let right = self.factor(&args[1])?;
        self.at(expr.span);
        let elem = element_ty(self, args[0].ty);
        let checked = self.overflow && self.cx.program.types.is_int(elem);
        let (a, b) = (self.extents(&left), self.extents(&right));
        let (inner, other) = (a[a.len() - 1], b[b.len().saturating_sub(2)]);
        let fits = self.compare_ints("eq", inner, other);
        self.check_shapes(fits, Mismatch::Product, &a, &b)?;
        if a.len() == 1 && b.len() == 1 {
            if checked {
                return self.checked_dot(inner, elem, (&left, &[]), (&right, &[]));
            }
            return self.dot(inner, elem, |lower, at| {
                [
                    lower.load_element(&left, &[at]),
                    lower.load_element(&right, &[at]),
                ]
            });
        }
        let stacks = [&a, &b].map(|extents| &extents[..extents.len().saturating_sub(2)]);
        let stack = self.common_stack(stacks, (&a, &b))?;
        let rows = a.len().checked_sub(2).map(|axis| a[axis]);
        let columns = (b.len() > 1).then(|| b[b.len() - 1]);
        let shape: Vec<_> = stack.iter().copied().chain(rows).chain(columns).collect();
        let fresh = self.fresh(expr.ty, &shape)?;
        let target = self.borrow_box(fresh, true);
        let view = self.whole_view(target);
        let kernel = match (rows, columns) {
            (Some(_), Some(_)) if !checked => self.product_kernel(elem, &left, &right),
            _ => None,
        };
        let mut layer = |lower: &mut Self, at: &[Value<'c, 'm>]| {
            let mut part = view.clone();
            at.iter().for_each(|&at| part = lower.fix_first(&part, at));
            let factors = [&left, &right].map(|factor| lower.layer(factor, at));
            lower.product_into(
                &part,
                factors,
                (rows, inner, columns),
                elem,
                checked,
                kernel,
            )
        };
        // A product that may raise, or that runs on threads itself, goes one after the other.
        match kernel.is_some() || checked {
            true => self.each_in_order(&stack, &mut vec![], &mut layer)?,
            false => self.each_index(&stack, &mut layer)?,
        }
        Ok(fresh)
    }

    /// The extents of two stacks of matrices that are broadcast together.
    fn common_stack(
        &mut self,
        [a, b]: [&[Value<'c, 'm>]; 2],
        (left, right): (&[Value<'c, 'm>], &[Value<'c, 'm>]),
    ) -> Result<Vec<Value<'c, 'm>>> {
        let (longer, shorter) = if a.len() < b.len() { (b, a) } else { (a, b) };
        let mut common = longer.to_vec();
        let (one, index, bit) = (self.b.index(1), self.b.index_type(), self.b.int_type(1));
        let missing = longer.len() - shorter.len();
        let mut fits = self.b.bool(true);
        for (extent, &other) in common[missing..].iter_mut().zip(shorter) {
            let is_one = self.compare_ints("eq", *extent, one);
            let mut fine = self.compare_ints("eq", *extent, other);
            for repeated in [is_one, self.compare_ints("eq", other, one)] {
                fine = self.b.value("arith.ori", &[fine, repeated], bit);
            }
            fits = self.b.value("arith.andi", &[fits, fine], bit);
            *extent = self
                .b
                .value("arith.select", &[is_one, other, *extent], index);
        }
        if !shorter.is_empty() {
            self.check_shapes(fits, Mismatch::Broadcast, left, right)?;
        }
        Ok(common)
    }

    /// The matrix of a stack that belongs to the position `at` of the product, where a single one is repeated.
    fn layer(&self, stack: &View<'c, 'm>, at: &[Value<'c, 'm>]) -> View<'c, 'm> {
        let (zero, one, index) = (self.b.index(0), self.b.index(1), self.b.index_type());
        let count = stack.rank().saturating_sub(2);
        let mut part = stack.clone();
        for &at in &at[at.len() - count..] {
            let extent = self.view_extent(&part, 0);
            let repeated = self.compare_ints("eq", extent, one);
            let at = self.b.value("arith.select", &[repeated, zero, at], index);
            part = self.fix_first(&part, at);
        }
        part
    }

    /// The product of a matrix or vector with another one, which are no two vectors.
    fn product_into(
        &mut self,
        target: &View<'c, 'm>,
        [left, right]: [View<'c, 'm>; 2],
        (rows, inner, columns): Extents<'c, 'm>,
        elem: Ty,
        checked: bool,
        kernel: Option<&str>,
    ) -> Result<()> {
        let shape: Vec<_> = rows.into_iter().chain(columns).collect();
        match (rows, columns) {
            _ if checked => self.each_in_order(&shape, &mut vec![], &mut |lower, at| {
                let (row, column) = at.split_at(usize::from(rows.is_some()));
                let sum = lower.checked_dot(inner, elem, (&left, row), (&right, column))?;
                lower.store_element(target, at, sum);
                Ok(())
            }),
            (Some(rows), Some(columns)) => match kernel {
                Some(kernel) => {
                    let whole = self.matrix_of(target, rows, columns);
                    let mut operands = vec![self.pointer_to(whole)];
                    operands.extend(self.int_of_index_all(&[rows, columns, inner]));
                    for factor in [&left, &right] {
                        operands.push(self.pointer_to(factor.source));
                        let parts = self.strided(factor);
                        operands.extend(self.int_of_index_all(&parts));
                    }
                    self.call_checked(kernel, &operands);
                    Ok(())
                }
                None => self.each_index(&[rows], &mut |lower, row| {
                    lower.add_rows(inner, columns, elem, (&left, row), &right, (target, row))
                }),
            },
            (None, Some(columns)) => {
                self.add_rows(inner, columns, elem, (&left, &[]), &right, (target, &[]))
            }
            _ => self.each_index(&shape, &mut |lower, row| {
                let sum = lower.dot(inner, elem, |lower, at| {
                    [
                        lower.load_element(&left, &[row[0], at]),
                        lower.load_element(&right, &[at]),
                    ]
                })?;
                lower.store_element(target, row, sum);
                Ok(())
            }),
        }
    }

    /// A matrix of a fresh stack, or a fresh matrix, under a header of its own.
    fn matrix_of(
        &self,
        part: &View<'c, 'm>,
        rows: Value<'c, 'm>,
        columns: Value<'c, 'm>,
    ) -> Value<'c, 'm> {
        let indices: Vec<_> = (part.dims.iter())
            .filter_map(|dim| match *dim {
                ViewDim::Fixed(position) => Some(position),
                _ => None,
            })
            .collect();
        if indices.is_empty() {
            return part.source;
        }
        let payload = MemRefType::new(element_type(part), &[DYNAMIC, DYNAMIC], None, None);
        self.sliced(
            part.source,
            [&indices, &[], &[rows, columns]],
            payload.into(),
            true,
        )
    }

    /// An operand, its elements computed.
    fn factor(&mut self, arg: &'x Expr) -> Result<View<'c, 'm>> {
        match self.elements(arg)? {
            Elements::View(view) => Ok(view),
            map => {
                let kept = self.gathered(&map, arg.ty)?;
                let kept = self.borrow_box(kept, false);
                Ok(self.whole_view(kept))
            }
        }
    }

    fn int_of_index_all(&self, values: &[Value<'c, 'm>]) -> Vec<Value<'c, 'm>> {
        values
            .iter()
            .map(|&value| self.int_of_index(value))
            .collect()
    }

    /// A sum of products, as a parallel loop with a reduction.
    fn dot(
        &mut self,
        length: Value<'c, 'm>,
        elem: Ty,
        factors: impl FnOnce(&Self, Value<'c, 'm>) -> [Value<'c, 'm>; 2],
    ) -> Result<Value<'c, 'm>> {
        let scalar = self.types().flat(elem)?[0];
        let zero = self.number(0.0, elem)?;
        let attrs = self.loop_attributes(1, &[par::Reduction::Add]);
        let op = self
            .b
            .structured("par.for", &[length, zero], &[scalar], &attrs, 1);
        let outer = self.b;
        let at = self.b.enter(op, 0, &[self.b.index_type()]);
        let [a, b] = factors(self, at[0]);
        let product = self.binary(Binary::alike(BinaryOp::Mul, a, b, elem))?;
        self.b.op("par.yield", &[product], &[]);
        self.b = outer;
        Ok(self.results_of(op)[0])
    }

    /// The sum of `left[row, k] * right[k, column]` in order, where each product and each sum fits its type.
    fn checked_dot(
        &mut self,
        inner: Value<'c, 'm>,
        elem: Ty,
        (left, row): (&View<'c, 'm>, &[Value<'c, 'm>]),
        (right, column): (&View<'c, 'm>, &[Value<'c, 'm>]),
    ) -> Result<Value<'c, 'm>> {
        let operands = [
            self.b.index(0),
            inner,
            self.b.index(1),
            self.number(0.0, elem)?,
        ];
        let scalar = self.types().flat(elem)?[0];
        let loop_ = self.b.structured("scf.for", &operands, &[scalar], &[], 1);
        let outer = self.b;
        let state = self.b.enter(loop_, 0, &[self.b.index_type(), scalar]);
        let a = self.load_element(left, &[row, &state[..1]].concat());
        let b = self.load_element(right, &[&state[..1], column].concat());
        let sum = self.multiply_add([a, b, state[1]], elem)?;
        self.b.op("scf.yield", &[sum], &[]);
        self.b = outer;
        Ok(self.results_of(loop_)[0])
    }

    /// `target[row, :] = sum of left[row, k] * right[k, :]`, the rows of `right` one after the other.
    fn add_rows(
        &mut self,
        inner: Value<'c, 'm>,
        columns: Value<'c, 'm>,
        elem: Ty,
        (left, row): (&View<'c, 'm>, &[Value<'c, 'm>]),
        right: &View<'c, 'm>,
        (target, target_row): (&View<'c, 'm>, &[Value<'c, 'm>]),
    ) -> Result<()> {
        let zero = self.number(0.0, elem)?;
        let at = |row: &[Value<'c, 'm>], last: Value<'c, 'm>| {
            row.iter().copied().chain([last]).collect::<Vec<_>>()
        };
        self.each_index(&[columns], &mut |lower, column| {
            lower.store_element(target, &at(target_row, column[0]), zero);
            Ok(())
        })?;
        self.each_in_order(&[inner], &mut vec![], &mut |lower, k| {
            let factor = lower.load_element(left, &at(row, k[0]));
            lower.each_index(&[columns], &mut |lower, column| {
                let place = at(target_row, column[0]);
                let other = lower.load_element(right, &[k[0], column[0]]);
                let sum = lower.load_element(target, &place);
                let sum = lower.multiply_add([factor, other, sum], elem)?;
                lower.store_element(target, &place, sum);
                Ok(())
            })
        })
    }

    /// The function of the runtime that multiplies two matrices, where there is one and it is worth a call.
    fn product_kernel(
        &self,
        elem: Ty,
        left: &View<'c, 'm>,
        right: &View<'c, 'm>,
    ) -> Option<&'static str> {
        if self.fp == FpMode::Strict {
            return None;
        }
        // The extents of the matrices, which are behind those of a stack.
        let known = |view: &View<'c, 'm>, axis: usize| {
            let axis = view.order[view.rank() - 2 + axis];
            let payload = mlc_dialects::own::payload(melior::ir::ValueLike::r#type(&view.source))?;
            let extent = array_extents(payload)?[axis];
            (matches!(view.dims[axis], ViewDim::All) && extent != DYNAMIC).then_some(extent)
        };
        if let (Some(m), Some(k), Some(n)) = (known(left, 0), known(left, 1), known(right, 1))
            && m.saturating_mul(k).saturating_mul(n) <= SMALL
        {
            return None;
        }
        match self.class(elem).ok()? {
            Class::Float(FloatKind::F64) => Some("mlc_rt_matmul_f64"),
            Class::Float(FloatKind::F32) => Some("mlc_rt_matmul_f32"),
            _ => None,
        }
    }

    /// Where a view of two dimensions starts in its array, and how far apart its rows and its columns are, in elements.
    fn strided(&self, view: &View<'c, 'm>) -> [Value<'c, 'm>; 3] {
        let index = self.b.index_type();
        let rank = view.dims.len();
        // Arrays lie row by row.
        let mut strides = vec![self.b.index(1); rank];
        let whole = self.whole_view(view.source);
        for axis in (0..rank.saturating_sub(1)).rev() {
            let extent = self.view_extent(&whole, axis + 1);
            strides[axis] = self
                .b
                .value("arith.muli", &[strides[axis + 1], extent], index);
        }
        let mut start = self.b.index(0);
        let mut steps = strides.clone();
        for (axis, &dim) in view.dims.iter().enumerate() {
            let first = match dim {
                ViewDim::All => continue,
                ViewDim::Fixed(position) => position,
                ViewDim::Range { start, step, .. } => {
                    if let Some(step) = step {
                        steps[axis] = self.b.value("arith.muli", &[strides[axis], step], index);
                    }
                    start
                }
            };
            let offset = self.b.value("arith.muli", &[first, strides[axis]], index);
            start = self.b.value("arith.addi", &[start, offset], index);
        }
        [start, steps[view.order[0]], steps[view.order[1]]]
    }

    /// A borrow as an address, for functions of the runtime that serve several types.
    pub fn pointer_to(&self, borrow: Value<'c, 'm>) -> Value<'c, 'm> {
        let pointer = self.cx.parsed_type("!llvm.ptr");
        self.b
            .value("builtin.unrealized_conversion_cast", &[borrow], pointer)
    }
}
