//! Numbers, lists, arrays and structs that are written out.

use melior::ir::Value;
use mlc_dialects::own;
use mlc_sema::hir::{Dim, ErrorKind, Expr, ExprKind, Fill, StructId, Ty, TyKind};

use crate::{
    Error,
    control_flow::Bounds,
    convert::real_type,
    function::{Lower, Result},
};

/// So many items that own memory are made before the list that they go to, which may then take the memory of one that ends with them.
/// More go there one by one: each that is made may fail, and all that are not in the list are dropped one by one then.
const ITEMS_AT_ONCE: usize = 16;

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    pub fn literal(&mut self, expr: &'x Expr) -> Result<Value<'c, 'm>> {
        let ty = self.types().flat(expr.ty)?[0];
        Ok(match &expr.kind {
            ExprKind::Bool(value) => self.b.bool(*value),
            // The bits, whatever the sign of the type.
            ExprKind::Int(value) => {
                if self.cx.program.types.is_float(expr.ty) {
                    self.b.float(*value as f64, ty)
                } else {
                    self.b.int(*value as i64, ty)
                }
            }
            ExprKind::Float(value) => self.b.float(*value, ty),
            ExprKind::Complex(re, im) => {
                let TyKind::Complex(kind) = self.types().kind(expr.ty) else {
                    return Err(Error::Invalid("a complex number of another type".into()));
                };
                let part = real_type(*kind);
                let (re, im) = (self.number(*re, part)?, self.number(*im, part)?);
                self.b.value("complex.create", &[re, im], ty)
            }
            _ => return Err(Error::Invalid("a literal that is no number".into())),
        })
    }

    /// `[a, b, c]`
    pub fn list(&mut self, ty: Ty, items: &'x [Expr]) -> Result<Value<'c, 'm>> {
        let TyKind::List(elem) = *self.types().kind(ty) else {
            return Err(Error::Invalid("a list of another type".into()));
        };
        let box_type = own::box_type(self.types().payload(ty)?);
        if items.is_empty() {
            return Ok(self.b.value("own.new", &[], box_type));
        }
        if !self.types().is_scalar(elem) {
            return self.stored_items(box_type, elem, items);
        }
        let mut values = Vec::new();
        for item in items {
            values.push(self.expr(item)?);
        }
        let length = self.b.index(items.len() as i64);
        let list = self.new_list(length, box_type, true);
        let target = self.borrow_box(list, true);
        let memory = self.memory(target);
        for (at, value) in values.into_iter().enumerate() {
            let at = self.b.index(at as i64);
            self.b.op("memref.store", &[value[0], memory, at], &[]);
        }
        Ok(list)
    }

    /// A list, or an array, of values that are no numbers.
    fn stored_items(
        &mut self,
        box_type: melior::ir::Type<'c>,
        elem: Ty,
        items: &'x [Expr],
    ) -> Result<Value<'c, 'm>> {
        let early = match items.len() > ITEMS_AT_ONCE {
            true => None,
            false => Some(
                items
                    .iter()
                    .map(|item| self.expr(item))
                    .collect::<Result<Vec<_>>>()?,
            ),
        };
        let length = self.b.index(items.len() as i64);
        let list = self.new_list(length, box_type, false);
        let target = self.borrow_box(list, true);
        let mut early = early.map(Vec::into_iter);
        for (at, item) in items.iter().enumerate() {
            let value = match early.as_mut().and_then(Iterator::next) {
                Some(value) => value,
                None => self.expr(item)?,
            };
            let at = self.b.index(at as i64);
            let place = self.elem(target, at, true);
            self.put(place, elem, &value)?;
        }
        Ok(list)
    }

    /// `own.new_list`
    pub fn new_list(
        &self,
        length: Value<'c, 'm>,
        ty: melior::ir::Type<'c>,
        uninit: bool,
    ) -> Value<'c, 'm> {
        let attrs: &[_] = if uninit {
            &[("uninit", self.b.unit())]
        } else {
            &[]
        };
        self.b.value_with("own.new_list", &[length], ty, attrs)
    }

    /// `[value] * count`
    pub fn list_fill(&mut self, ty: Ty, value: &'x Expr, count: &'x Expr) -> Result<Value<'c, 'm>> {
        let TyKind::List(elem) = *self.types().kind(ty) else {
            return Err(Error::Invalid("a list of another type".into()));
        };
        let values = self.expr(value)?;
        let count = self.one(count)?;
        let count = self.to_index(count);
        let zero = self.b.index(0);
        let length = self
            .b
            .value("arith.maxsi", &[count, zero], self.b.index_type());
        let box_type = own::box_type(self.types().payload(ty)?);
        let scalar = self.types().is_scalar(elem);
        let list = self.new_list(length, box_type, scalar);
        let target = self.borrow_box(list, true);
        let view = self.whole_view(target);
        let bounds = self.count_to(length);
        self.scf_for(&bounds, &[], |lower, at| {
            if scalar {
                lower.store_element(&view, &[at], values[0]);
                return Ok(());
            }
            let place = lower.elem(target, at, true);
            let copy = if lower.types().is_boxed(elem) {
                let source = lower.borrow_box(values[0], false);
                lower.load(source, elem)?
            } else {
                values.clone()
            };
            lower.put(place, elem, &copy)
        })?;
        Ok(list)
    }

    /// The range from 0 below a length.
    pub fn count_to(&self, length: Value<'c, 'm>) -> Bounds<'c, 'm> {
        Bounds {
            first: self.b.index(0),
            last: length,
            step: self.b.index(1),
            scale: None,
            nonnegative: true,
        }
    }

    /// An array whose elements are given in row-major order.
    pub fn array(&mut self, ty: Ty, items: &'x [Expr], shape: &[u64]) -> Result<Value<'c, 'm>> {
        if let Some(elem) = self.types().stored_element(ty) {
            return self.stored_items(own::box_type(self.types().payload(ty)?), elem, items);
        }
        let extents = self.array_dims(ty)?;
        let mut values = Vec::new();
        for item in items {
            values.push(self.one(item)?);
        }
        let dynamic: Vec<_> = extents
            .iter()
            .zip(shape)
            .filter(|(extent, _)| extent.is_none())
            .map(|(_, &length)| self.b.index(length as i64))
            .collect();
        let array = self.new_array(ty, &dynamic, true)?;
        let target = self.borrow_box(array, true);
        let memory = self.memory(target);
        for (at, value) in values.into_iter().enumerate() {
            let mut rest = at as u64;
            let mut indices = vec![self.b.index(0); shape.len()];
            for (axis, &extent) in shape.iter().enumerate().rev() {
                indices[axis] = self.b.index((rest % extent.max(1)) as i64);
                rest /= extent.max(1);
            }
            let mut operands = vec![value, memory];
            operands.extend(indices);
            self.b.op("memref.store", &operands, &[]);
        }
        Ok(array)
    }

    fn array_dims(&self, ty: Ty) -> Result<Vec<Option<usize>>> {
        let TyKind::Array { dims, .. } = self.types().kind(ty) else {
            return Err(Error::Invalid("an array of another type".into()));
        };
        Ok(dims
            .iter()
            .map(|dim| match dim {
                Dim::Static(extent) => Some(*extent as usize),
                Dim::Dynamic => None,
            })
            .collect())
    }

    /// `own.new_array`, given the extents that are known at run time.
    pub fn new_array(
        &self,
        ty: Ty,
        dynamic: &[Value<'c, 'm>],
        uninit: bool,
    ) -> Result<Value<'c, 'm>> {
        let box_type = own::box_type(self.types().payload(ty)?);
        let attrs: &[_] = if uninit {
            &[("uninit", self.b.unit())]
        } else {
            &[]
        };
        Ok(self.b.value_with("own.new_array", dynamic, box_type, attrs))
    }

    /// `zeros(shape)`, `empty(shape)`, …
    pub fn array_fill(
        &mut self,
        expr: &'x Expr,
        shape: &'x [Expr],
        fill: &'x Fill,
    ) -> Result<Value<'c, 'm>> {
        let dims = self.array_dims(expr.ty)?;
        let mut dynamic = Vec::new();
        for (extent, dim) in shape.iter().zip(dims) {
            let value = self.one(extent)?;
            if dim.is_some() {
                continue;
            }
            if !self.is_nonnegative(extent) {
                let zero = self.b.int(0, self.b.int_type(64));
                let fine = self.compare_ints("sge", value, zero);
                self.at(extent.span);
                self.check(
                    fine,
                    ErrorKind::ValueError,
                    "negative dimensions are not allowed",
                );
            }
            dynamic.push(self.to_index(value));
        }
        let value = match fill {
            Fill::Uninitialized => None,
            Fill::Value(value) => Some(value),
        };
        let zero = value.is_some_and(|value| is_zero(value));
        self.at(expr.span);
        let array = self.new_array(expr.ty, &dynamic, !zero)?;
        let Some(value) = value.filter(|_| !zero) else {
            return Ok(array);
        };
        let value = self.one(value)?;
        let target = self.borrow_box(array, true);
        let view = self.whole_view(target);
        self.each_element(&view, &mut |lower, indices| {
            lower.store_element(&view, indices, value);
            Ok(())
        })?;
        Ok(array)
    }

    /// A struct of all its fields.
    /// `whole`: its destructor is to be called.
    pub fn structure(
        &mut self,
        ty: Ty,
        id: StructId,
        fields: &'x [Expr],
        whole: bool,
    ) -> Result<Value<'c, 'm>> {
        let mut values = Vec::new();
        for field in fields {
            values.push(self.expr(field)?);
        }
        let box_type = own::box_type(self.types().payload(ty)?);
        let cell = self.b.value("own.new", &[], box_type);
        let target = self.borrow_box(cell, true);
        let types: Vec<Ty> = self.cx.program.structs[id.0 as usize]
            .fields
            .iter()
            .map(|field| field.ty)
            .collect();
        for (position, (value, field)) in values.into_iter().zip(types).enumerate() {
            let place = self.field(target, position, true);
            self.put(place, field, &value)?;
        }
        if whole && self.types().destructor(ty).is_some() {
            self.b.op("own.arm", &[target], &[]);
        }
        Ok(cell)
    }
}

/// Whether a literal is zero and has no sign.
fn is_zero(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Int(value) => *value == 0,
        ExprKind::Bool(value) => !value,
        ExprKind::Float(value) => value.to_bits() == 0,
        ExprKind::Cast(operand) => is_zero(operand),
        _ => false,
    }
}
