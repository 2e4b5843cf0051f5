//! Top-level variables and read-only data, as globals of the LLVM dialect that are borrowed where they are used.

use melior::ir::{Type, TypeLike, Value, ValueLike, attribute::TypeAttribute};
use mlc_diagnostics::Span;
use mlc_dialects::own;
use mlc_sema::hir::{ConstId, ConstValue, GlobalId, Program, StructId, Ty};

use crate::{
    Error,
    builder::Builder,
    function::{Lower, Result},
    module::ModuleCx,
    view::array_extents,
};

/// The symbol of a top-level variable.
pub fn variable_symbol(program: &Program, id: GlobalId) -> String {
    let global = &program.globals[id.0 as usize];
    format!("{}.{}", program.module, global.name)
}

/// The symbol of a word that says how a struct becomes an object of Python; null where it cannot.
pub fn class_symbol(program: &Program, id: StructId) -> String {
    format!("{}.${}", program.module, id.0)
}

/// The function that destroys what the top-level variables hold; a program calls it at its end.
const END: &str = "mlc.end";

/// Makes [`END`], where a variable owns memory: the first that was defined is the first to go, as in Python.
pub fn destroy_globals(cx: &ModuleCx) -> Result<()> {
    let owners: Vec<_> = (cx.program.globals.iter().enumerate())
        .filter(|(_, global)| cx.types().owns_memory(global.ty))
        .map(|(number, _)| GlobalId(number as u32))
        .collect();
    if owners.is_empty() {
        return Ok(());
    }
    if let Some(b) = cx.helper(END, &[], &[]) {
        for id in owners {
            let place = borrow(cx, b, id, true)?;
            let payload = own::payload(place.r#type()).expect("a borrow is one of a payload");
            let empty = b.value("own.new", &[], own::box_type(payload));
            b.op("own.put", &[empty, place], &[]);
        }
        b.op("func.return", &[], &[]);
    }
    Ok(())
}

/// A borrow of a top-level variable. Zeroed memory is the empty payload.
fn borrow<'c, 'm>(
    cx: &ModuleCx<'_, 'c, 'm>,
    b: Builder<'c, 'm>,
    id: GlobalId,
    mutable: bool,
) -> Result<Value<'c, 'm>> {
    let (address, payload, _) = place(cx, b, id)?;
    let ty = if mutable {
        own::mut_type(payload)
    } else {
        own::ref_type(payload)
    };
    Ok(b.value("builtin.unrealized_conversion_cast", &[address], ty))
}

/// The address of a top-level variable, what lies there, and its size in bytes.
fn place<'c, 'm>(
    cx: &ModuleCx<'_, 'c, 'm>,
    b: Builder<'c, 'm>,
    id: GlobalId,
) -> Result<(Value<'c, 'm>, Type<'c>, usize)> {
    let global = &cx.program.globals[id.0 as usize];
    let symbol = variable_symbol(cx.program, id);
    let payload = cx.types().payload(global.ty);
    let payload = payload.map_err(|error| error.at(global.span))?;
    let size = layout(payload).0;
    let words = size.div_ceil(8).max(1);
    Ok((words_at(cx, b, &symbol, words, global.span), payload, size))
}

/// The address of words that are zero at first, and live as long as the code.
fn words_at<'c, 'm>(
    cx: &ModuleCx<'_, 'c, 'm>,
    b: Builder<'c, 'm>,
    symbol: &str,
    words: usize,
    span: Span,
) -> Value<'c, 'm> {
    if cx.is_new(symbol) {
        let ty = cx.parsed_type(&format!("!llvm.array<{words} x i64>"));
        let mut b = cx.at_end(cx.location(span));
        let op = b.structured(
            "llvm.mlir.global",
            &[],
            &[],
            &[
                ("sym_name", b.string(symbol)),
                ("global_type", TypeAttribute::new(ty).into()),
                ("linkage", cx.parsed("#llvm.linkage<internal>")),
                ("alignment", cx.parsed("16 : i64")),
            ],
            1,
        );
        b.enter(op, 0, &[]);
        let zero = b.value("llvm.mlir.zero", &[], ty);
        b.op("llvm.return", &[zero], &[]);
    }
    let pointer = cx.parsed_type("!llvm.ptr");
    let attrs = [("global_name", b.symbol(symbol))];
    b.value_with("llvm.mlir.addressof", &[], pointer, &attrs)
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// Where it stands how a struct becomes an object of Python.
    pub fn class_word(&mut self, id: StructId) -> Value<'c, 'm> {
        let program = self.cx.program;
        let span = program.structs[id.0 as usize].span;
        words_at(self.cx, self.b, &class_symbol(program, id), 1, span)
    }

    /// The address of a top-level variable, and its size in bytes.
    pub fn global_place(&mut self, id: GlobalId) -> Result<(Value<'c, 'm>, usize)> {
        let (address, _, size) = place(self.cx, self.b, id)?;
        Ok((address, size))
    }

    pub fn global(&mut self, id: GlobalId, mutable: bool) -> Result<Value<'c, 'm>> {
        borrow(self.cx, self.b, id, mutable)
    }

    /// A borrow of read-only data: it is built where it is used, from its numbers.
    pub fn constant_data(&mut self, id: ConstId) -> Result<Value<'c, 'm>> {
        let constant = &self.cx.program.constants[id.0 as usize];
        let value = self
            .constant_value(&constant.value, constant.ty)
            .map_err(|error| error.at(constant.span))?;
        let cell = self.storable(constant.ty, value)?;
        if self.types().is_scalar(constant.ty) {
            let payload = self.types().payload(constant.ty)?;
            let place = self.b.value("own.new", &[], own::box_type(payload));
            let target = self.borrow_box(place, true);
            self.put(target, constant.ty, &[cell])?;
            return Ok(self.borrow_box(place, false));
        }
        Ok(self.borrow_box(cell, false))
    }

    fn constant_value(&mut self, value: &ConstValue, ty: Ty) -> Result<Vec<Value<'c, 'm>>> {
        let scalar = self.types().scalar(ty);
        Ok(match (value, scalar) {
            (ConstValue::None, _) => vec![],
            (ConstValue::Bool(value), Some(_)) => vec![self.b.bool(*value)],
            (ConstValue::Int(value), Some(scalar)) if self.cx.program.types.is_int(ty) => {
                vec![self.b.int(*value as i64, scalar)]
            }
            (ConstValue::Int(value), Some(_)) => vec![self.number(*value as f64, ty)?],
            (ConstValue::Float(value), Some(_)) => vec![self.number(*value, ty)?],
            (ConstValue::Str(text), _) => {
                let literal = self.text_literal(text);
                self.load(literal, ty)?
            }
            (ConstValue::Items(items), _) => return self.constant_items(items, ty),
            _ => {
                return Err(Error::unsupported(
                    mlc_diagnostics::Span::NONE,
                    "data of this type that is computed at compile time",
                ));
            }
        })
    }

    fn constant_items(&mut self, items: &[ConstValue], ty: Ty) -> Result<Vec<Value<'c, 'm>>> {
        use mlc_sema::hir::{Dim, TyKind};
        match self.types().kind(ty) {
            TyKind::Tuple(types) => {
                let mut values = Vec::new();
                for (item, &ty) in items.iter().zip(types) {
                    values.extend(self.constant_value(item, ty)?);
                }
                Ok(values)
            }
            TyKind::List(elem) => {
                let elem = *elem;
                let box_type = own::box_type(self.types().payload(ty)?);
                let length = self.b.index(items.len() as i64);
                let list = self.new_list(length, box_type, self.types().is_scalar(elem));
                let target = self.borrow_box(list, true);
                let view = self.whole_view(target);
                for (at, item) in items.iter().enumerate() {
                    let at = self.b.index(at as i64);
                    let value = self.constant_value(item, elem)?;
                    if self.types().is_scalar(elem) {
                        self.store_element(&view, &[at], value[0]);
                    } else {
                        let place = self.elem(target, at, true);
                        self.put(place, elem, &value)?;
                    }
                }
                Ok(vec![list])
            }
            TyKind::Array { elem, dims } => {
                let (elem, dims) = (*elem, dims.clone());
                let mut shape: Vec<usize> = Vec::new();
                for dim in &dims {
                    shape.push(match dim {
                        Dim::Static(extent) => *extent as usize,
                        Dim::Dynamic => items.len(),
                    });
                }
                let dynamic: Vec<_> = dims
                    .iter()
                    .filter(|dim| **dim == Dim::Dynamic)
                    .map(|_| self.b.index(items.len() as i64))
                    .collect();
                let array = self.new_array(ty, &dynamic, true)?;
                let target = self.borrow_box(array, true);
                let view = self.whole_view(target);
                for (at, item) in items.iter().enumerate() {
                    let mut rest = at;
                    let mut indices = vec![self.b.index(0); shape.len()];
                    for (axis, &extent) in shape.iter().enumerate().rev() {
                        indices[axis] = self.b.index((rest % extent.max(1)) as i64);
                        rest /= extent.max(1);
                    }
                    let value = self.constant_value(item, elem)?;
                    self.store_element(&view, &indices, value[0]);
                }
                Ok(vec![array])
            }
            _ => Err(Error::unsupported(
                mlc_diagnostics::Span::NONE,
                "data of this type that is computed at compile time",
            )),
        }
    }
}

/// Size and alignment of a payload in memory, in bytes, as `convert-own` lays it out.
fn layout(payload: Type) -> (usize, usize) {
    if let Some(fields) = own::struct_fields(payload) {
        let (mut size, mut align) = (0usize, 1usize);
        for field in fields {
            let (field_size, field_align) = layout(field);
            size = size.next_multiple_of(field_align) + field_size;
            align = align.max(field_align);
        }
        // Whether a destructor is to be called.
        size += usize::from(own::struct_destructor(payload).is_some());
        return (size.next_multiple_of(align), align);
    }
    if own::list_element(payload).is_some() {
        return (24, 8);
    }
    if let Some(extents) = array_extents(payload) {
        return (24 + 16 * extents.len(), 8);
    }
    if payload.is_vector() {
        return (64, 64);
    }
    // Scalars: the widest is a complex number of two doubles.
    match payload.to_string().as_str() {
        "i1" | "i8" => (1, 1),
        "i16" | "f16" | "bf16" => (2, 2),
        "i32" | "f32" => (4, 4),
        "complex<f32>" => (8, 4),
        "complex<f64>" => (16, 8),
        _ => (8, 8),
    }
}
