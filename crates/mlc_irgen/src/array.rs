//! Fresh arrays: by a rule, or with the elements of another value in another order or shape.

use melior::ir::{Type, Value, ValueLike, attribute::DenseI64ArrayAttribute, r#type::MemRefType};
use mlc_sema::hir::{
    BinaryOp, Builtin, CompareOp, Dim, ErrorKind, Expr, ExprKind, Projection, Ty, TyKind,
};

use crate::{
    Error,
    arith::Binary,
    builtin::element_ty,
    elements::Elements,
    function::{Lower, Result},
    place::Spot,
    shapes::Mismatch,
    subscript::constant_int,
    types::DYNAMIC,
    view::View,
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    pub fn new_array_of(
        &mut self,
        expr: &'x Expr,
        op: Builtin,
        args: &'x [Expr],
    ) -> Result<Value<'c, 'm>> {
        match op {
            Builtin::Arange => self.arange(expr, args),
            Builtin::Linspace => self.linspace(expr, args),
            Builtin::Eye => self.eye(expr, args),
            Builtin::Reshape => self.reshape(expr, args),
            Builtin::Transpose => self.transposed_copy(expr, args),
            _ => self.converted(expr, &args[0]),
        }
    }

    /// Writes every element of a fresh array of one dimension, given its position.
    fn filled_by(
        &mut self,
        ty: Ty,
        length: Value<'c, 'm>,
        mut each: impl FnMut(&mut Self, Value<'c, 'm>) -> Result<Value<'c, 'm>>,
    ) -> Result<Value<'c, 'm>> {
        let fresh = self.fresh(ty, &[length])?;
        let target = self.borrow_box(fresh, true);
        let target = self.whole_view(target);
        self.each_index(&[length], &mut |lower, at| {
            let value = each(lower, at[0])?;
            lower.store_element(&target, at, value);
            Ok(())
        })?;
        Ok(fresh)
    }

    /// `start + position * step`, each operation rounded, as NumPy has it in every mode.
    fn on_line(
        &mut self,
        start: Value<'c, 'm>,
        step: Value<'c, 'm>,
        position: Value<'c, 'm>,
        elem: Ty,
    ) -> Result<Value<'c, 'm>> {
        let scalar = start.r#type();
        let position = self.int_of_index(position);
        let position = self.convert(position, Ty::INT, elem)?;
        let names = if self.cx.program.types.is_float(elem) {
            ["arith.mulf", "arith.addf"]
        } else {
            ["arith.muli", "arith.addi"]
        };
        let offset = self.b.value(names[0], &[position, step], scalar);
        Ok(self.b.value(names[1], &[start, offset], scalar))
    }

    /// `arange(start, stop, step)`
    fn arange(&mut self, expr: &'x Expr, args: &'x [Expr]) -> Result<Value<'c, 'm>> {
        let elem = element_ty(self, expr.ty);
        let values = self.operands(args)?;
        let (start, stop, step) = (values[0][0], values[1][0], values[2][0]);
        self.at(expr.span);
        let scalar = start.r#type();
        if constant_int(&args[2]).is_none_or(|step| step == 0) {
            let zero = self.number(0.0, elem)?;
            let some = self.compare(CompareOp::Ne, step, zero, elem)?;
            self.check(some, ErrorKind::ZeroDivisionError, "division by zero");
        }
        let (index, zero) = (self.b.index_type(), self.b.index(0));
        if self.cx.program.types.is_int(elem) {
            let (first, last) = (
                self.convert(start, elem, Ty::INT)?,
                self.convert(stop, elem, Ty::INT)?,
            );
            let wide = self.convert(step, elem, Ty::INT)?;
            let long = self.b.int_type(64);
            let distance = self.b.value("arith.subi", &[last, first], long);
            let count = self.b.value("arith.ceildivsi", &[distance, wide], long);
            let count = self.to_index(count);
            let count = self.b.value("arith.maxsi", &[count, zero], index);
            return self.filled_by(expr.ty, count, |lower, at| {
                lower.on_line(start, step, at, elem)
            });
        }
        let distance = self.b.value("arith.subf", &[stop, start], scalar);
        let quotient = self.b.value("arith.divf", &[distance, step], scalar);
        let quotient = self.convert(quotient, elem, Ty::F64)?;
        let count = self
            .b
            .value("math.ceil", &[quotient], Type::float64(self.cx.context));
        let limit = self.number(9.2e18, Ty::F64)?;
        let fits = self.compare_floats("olt", count, limit);
        self.check(fits, ErrorKind::ValueError, "Maximum allowed size exceeded");
        let least = self.number(0.0, Ty::F64)?;
        let count = self
            .b
            .value("arith.maxnumf", &[count, least], count.r#type());
        let count = self.convert(count, Ty::F64, Ty::INT)?;
        let count = self.to_index(count);
        // The distance of the first two elements, as they are rounded.
        let second = self.b.value("arith.addf", &[start, step], scalar);
        let delta = self.b.value("arith.subf", &[second, start], scalar);
        self.filled_by(expr.ty, count, |lower, at| {
            lower.on_line(start, delta, at, elem)
        })
    }

    /// `linspace(start, stop, num, endpoint)`
    fn linspace(&mut self, expr: &'x Expr, args: &'x [Expr]) -> Result<Value<'c, 'm>> {
        let elem = element_ty(self, expr.ty);
        let values = self.operands(args)?;
        let (start, stop, count, closed) = (values[0][0], values[1][0], values[2][0], values[3][0]);
        self.at(expr.span);
        let (scalar, index) = (start.r#type(), self.b.index_type());
        let count = self.to_index(count);
        let (zero, one) = (self.b.index(0), self.b.index(1));
        if !self.is_nonnegative(&args[2]) {
            let fine = self.compare_ints("sge", count, zero);
            let message = "the number of samples must not be negative";
            self.check(fine, ErrorKind::ValueError, message);
        }
        let before = self.b.value("arith.subi", &[count, one], index);
        let parts = self
            .b
            .value("arith.select", &[closed, before, count], index);
        // A single element has no distance to another one.
        let parts = self.b.value("arith.maxsi", &[parts, one], index);
        let parts = self.int_of_index(parts);
        let parts = self.convert(parts, Ty::INT, elem)?;
        let distance = self.b.value("arith.subf", &[stop, start], scalar);
        let step = self.b.value("arith.divf", &[distance, parts], scalar);
        let bit = self.b.int_type(1);
        let several = self.compare_ints("sgt", count, one);
        let exact = self.b.value("arith.andi", &[closed, several], bit);
        self.filled_by(expr.ty, count, |lower, at| {
            let value = lower.on_line(start, step, at, elem)?;
            let is_last = lower.compare_ints("eq", at, before);
            let ends = lower.b.value("arith.andi", &[is_last, exact], bit);
            Ok(lower.b.value("arith.select", &[ends, stop, value], scalar))
        })
    }

    /// `eye(rows, columns, k)`
    fn eye(&mut self, expr: &'x Expr, args: &'x [Expr]) -> Result<Value<'c, 'm>> {
        let elem = element_ty(self, expr.ty);
        let values = self.operands(args)?;
        self.at(expr.span);
        let (zero, index) = (self.b.index(0), self.b.index_type());
        let mut extents = Vec::new();
        for (value, arg) in values.iter().zip(&args[..2]) {
            let extent = self.to_index(value[0]);
            if !self.is_nonnegative(arg) {
                let fine = self.compare_ints("sge", extent, zero);
                let message = "negative dimensions are not allowed";
                self.check(fine, ErrorKind::ValueError, message);
            }
            extents.push(extent);
        }
        let shift = self.to_index(values[2][0]);
        let (none, one) = (self.number(0.0, elem)?, self.number(1.0, elem)?);
        let fresh = self.fresh(expr.ty, &extents)?;
        let target = self.borrow_box(fresh, true);
        let target = self.whole_view(target);
        let scalar = one.r#type();
        self.each_index(&extents, &mut |lower, at| {
            let diagonal = lower.b.value("arith.addi", &[at[0], shift], index);
            let on_it = lower.compare_ints("eq", diagonal, at[1]);
            let value = lower.b.value("arith.select", &[on_it, one, none], scalar);
            lower.store_element(&target, at, value);
            Ok(())
        })?;
        Ok(fresh)
    }

    /// `(&a, extents…)`: the same elements in row-major order.
    fn reshape(&mut self, expr: &'x Expr, args: &'x [Expr]) -> Result<Value<'c, 'm>> {
        let source = self.elements(&args[0])?;
        let mut extents = Vec::new();
        for extent in &args[1..] {
            let extent = self.one(extent)?;
            extents.push(self.to_index(extent));
        }
        self.at(expr.span);
        let own = self.extents_of(&source);
        let count = self.check_reshape(&own, &extents, &args[1..])?;
        let fresh = self.fresh(expr.ty, &extents)?;
        let target = self.borrow_box(fresh, true);
        let target = self.flat_memory(target, count)?;
        let flat = match &source {
            _ if own.len() == 1 => None,
            Elements::View(view) if view.is_whole() => Some(self.flat_memory(view.source, count)?),
            _ => {
                let copy = self.gathered(&source, args[0].ty)?;
                let copy = self.borrow_box(copy, false);
                Some(self.flat_memory(copy, count)?)
            }
        };
        let scalar = self.types().flat(element_ty(self, expr.ty))?[0];
        self.each_index(&[count], &mut |lower, at| {
            let value = match flat {
                Some(memory) => lower.b.value("memref.load", &[memory, at[0]], scalar),
                None => lower.element(&source, at, false)?,
            };
            lower.b.op("memref.store", &[value, target, at[0]], &[]);
            Ok(())
        })?;
        Ok(fresh)
    }

    /// Raises unless there are as many elements in both shapes; gives their number.
    fn check_reshape(
        &mut self,
        own: &[Value<'c, 'm>],
        extents: &[Value<'c, 'm>],
        given: &'x [Expr],
    ) -> Result<Value<'c, 'm>> {
        let (count, wanted) = (self.product(own), self.product(extents));
        let mut fits = self.compare_ints("eq", count, wanted);
        let (zero, bit) = (self.b.index(0), self.b.int_type(1));
        for (&extent, arg) in extents.iter().zip(given) {
            if !self.is_nonnegative(arg) {
                let fine = self.compare_ints("sge", extent, zero);
                fits = self.b.value("arith.andi", &[fits, fine], bit);
            }
        }
        self.check_shapes(fits, Mismatch::Reshape, &[count], extents)?;
        Ok(count)
    }

    /// An array or a part of one in another shape: the very elements, where they lie one after another.
    pub fn reshaped(
        &mut self,
        spot: Spot<'c, 'm>,
        ty: Ty,
        given: &'x [Expr],
        projection: &'x Projection,
        mutable: bool,
    ) -> Result<Spot<'c, 'm>> {
        let view = self.spot_view(spot, projection)?;
        let mut extents = Vec::new();
        for extent in given {
            let extent = self.one(extent)?;
            extents.push(self.to_index(extent));
        }
        self.at(projection.span);
        let own = self.extents(&view);
        self.check_reshape(&own, &extents, given)?;
        let source = match view.is_whole() {
            true => view.source,
            false => match self.slice_of_view(&view, ty, mutable)? {
                Some(slice) => slice,
                None => {
                    let copy = self.copy_view(&view, ty)?;
                    self.borrow_box(copy, mutable)
                }
            },
        };
        let payload = self.types().payload(projection.ty)?;
        let slice = self.sliced(source, [&[], &[], &extents], payload, mutable);
        Ok(Spot::Borrow(slice))
    }

    /// The elements of a whole array in the order in which they lie, as a memref of one dimension.
    fn flat_memory(
        &mut self,
        source: Value<'c, 'm>,
        count: Value<'c, 'm>,
    ) -> Result<Value<'c, 'm>> {
        use melior::ir::ShapedTypeLike;
        let memory = self.memory(source);
        let whole = MemRefType::try_from(memory.r#type())
            .map_err(|_| Error::Invalid("the memory of an array".into()))?;
        let flat = MemRefType::new(whole.element(), &[DYNAMIC], None, None);
        let numbers = |values: &[i64]| DenseI64ArrayAttribute::new(self.cx.context, values).into();
        let attrs = [
            ("operandSegmentSizes", self.b.segments(&[1, 0, 1, 0])),
            ("static_offsets", numbers(&[0])),
            ("static_sizes", numbers(&[DYNAMIC])),
            ("static_strides", numbers(&[1])),
        ];
        Ok(self.b.value_with(
            "memref.reinterpret_cast",
            &[memory, count],
            flat.into(),
            &attrs,
        ))
    }

    /// `(&a, axes…)`: the same elements with permuted dimensions.
    fn transposed_copy(&mut self, expr: &'x Expr, args: &'x [Expr]) -> Result<Value<'c, 'm>> {
        let source = self.elements(&args[0])?;
        self.at(expr.span);
        let axes: Vec<usize> = (args[1..].iter())
            .filter_map(|axis| usize::try_from(constant_int(axis)?).ok())
            .collect();
        let own = self.extents_of(&source);
        let extents: Vec<_> = axes.iter().map(|&axis| own[axis]).collect();
        let fresh = self.fresh(expr.ty, &extents)?;
        let target = self.borrow_box(fresh, true);
        let target = self.whole_view(target);
        self.versions(&source, &[], |lower, stretched| {
            lower.each_index(&extents, &mut |lower, at| {
                let mut from = at.to_vec();
                for (&axis, &index) in axes.iter().zip(at) {
                    from[axis] = index;
                }
                let value = lower.element(&source, &from, stretched)?;
                lower.store_element(&target, at, value);
                Ok(())
            })?;
            Ok(vec![])
        })?;
        Ok(fresh)
    }

    /// Copies the elements of a list to an array, or of an array to a list.
    fn converted(&mut self, expr: &'x Expr, arg: &'x Expr) -> Result<Value<'c, 'm>> {
        let item = element_ty(self, arg.ty);
        if self.types().stored_element(arg.ty).is_some()
            && !matches!(arg.kind, ExprKind::Borrow { .. })
        {
            // Both are stored alike.
            let list = self.one(arg)?;
            self.at(expr.span);
            let borrow = self.borrow_box(list, false);
            let length = self.b.value("own.len", &[borrow], self.b.index_type());
            self.check_extents(expr.ty, &[length])?;
            return Ok(list);
        }
        if let TyKind::List(elem) = *self.types().kind(item) {
            let rows = self.operand_view(arg)?;
            self.at(expr.span);
            return self.array_of_rows(expr.ty, &rows, elem);
        }
        if self.types().stored_element(arg.ty).is_some() {
            let source = self.operand_view(arg)?;
            self.at(expr.span);
            return self.copy_view(&source, expr.ty);
        }
        let source = self.elements(arg)?;
        self.at(expr.span);
        if self.extents_of(&source).len() != 1 || !self.types().is_scalar(item) {
            return Err(Error::unsupported(
                expr.span,
                "this conversion between lists and arrays",
            ));
        }
        let extents = self.extents_of(&source);
        self.check_extents(expr.ty, &extents)?;
        self.gathered(&source, expr.ty)
    }

    /// Raises unless the extents that a type has are those of its elements.
    fn check_extents(&mut self, ty: Ty, extents: &[Value<'c, 'm>]) -> Result<()> {
        let TyKind::Array { dims, .. } = self.types().kind(ty) else {
            return Ok(());
        };
        let (bit, mut fits, mut wanted) = (self.b.int_type(1), None, Vec::new());
        for (&dim, &extent) in dims.iter().zip(extents) {
            let Dim::Static(known) = dim else {
                wanted.push(extent);
                continue;
            };
            let known = self.b.index(known as i64);
            let same = self.compare_ints("eq", extent, known);
            fits = Some(match fits {
                Some(before) => self.b.value("arith.andi", &[before, same], bit),
                None => same,
            });
            wanted.push(known);
        }
        match fits {
            Some(fits) => self.check_shapes(fits, Mismatch::Items, extents, &wanted),
            None => Ok(()),
        }
    }

    /// An array of two dimensions of a list of lists.
    fn array_of_rows(&mut self, ty: Ty, rows: &View<'c, 'm>, elem: Ty) -> Result<Value<'c, 'm>> {
        let index = self.b.index_type();
        let (zero, to) = (self.b.index(0), element_ty(self, ty));
        let count = self.view_extent(rows, 0);
        let some = self.compare_ints("sgt", count, zero);
        let columns = self.if_values(
            some,
            &[],
            &[index],
            |lower| {
                let first = lower.borrow_element(rows, zero, false);
                Ok(vec![lower.b.value("own.len", &[first], index)])
            },
            // Rows that are not there have the length that is known.
            |lower| {
                Ok(vec![match lower.types().kind(ty) {
                    TyKind::Array { dims, .. } => match dims[1] {
                        Dim::Static(known) => lower.b.index(known as i64),
                        Dim::Dynamic => zero,
                    },
                    _ => zero,
                }])
            },
        )?[0];
        self.check_extents(ty, &[count, columns])?;
        let fresh = self.fresh(ty, &[count, columns])?;
        let target = self.borrow_box(fresh, true);
        let target = self.whole_view(target);
        let bounds = self.count_to(count);
        self.scf_for(&bounds, &[], |lower, row| {
            let source = lower.borrow_element(rows, row, false);
            let source = lower.whole_view(source);
            let length = lower.view_extent(&source, 0);
            let same = lower.compare_ints("eq", length, columns);
            let message = "the rows of the list have different lengths";
            lower.check(same, ErrorKind::ValueError, message);
            lower.each_index(&[columns], &mut |lower, at| {
                let value = lower.load_element(&source, at);
                let value = lower.convert(value, elem, to)?;
                lower.store_element(&target, &[row, at[0]], value);
                Ok(())
            })
        })?;
        Ok(fresh)
    }

    /// `a * b + c` in a type.
    pub fn multiply_add(&mut self, [a, b, c]: [Value<'c, 'm>; 3], ty: Ty) -> Result<Value<'c, 'm>> {
        let product = self.binary(Binary::alike(BinaryOp::Mul, a, b, ty))?;
        self.binary(Binary::alike(BinaryOp::Add, c, product, ty))
    }
}
