//! The methods of lists, and searching and comparing what containers hold.

use melior::ir::{Value, ValueLike};
use mlc_dialects::own;
use mlc_sema::hir::{Builtin, CompareOp, ErrorKind, Expr, FloatKind, Ty, TyKind};

use crate::{
    Error,
    arith::Class,
    builtin::element_ty,
    function::{Lower, Result},
    view::View,
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// Copies the elements of a view to a list, from a position on. The list is long enough.
    pub fn copy_into(
        &mut self,
        list: Value<'c, 'm>,
        offset: Value<'c, 'm>,
        source: &View<'c, 'm>,
        count: Value<'c, 'm>,
        elem: Ty,
    ) -> Result<()> {
        let target = self.whole_view(list);
        let bounds = self.count_to(count);
        let index = self.b.index_type();
        self.scf_for(&bounds, &[], |lower, at| {
            let to = lower.b.value("arith.addi", &[at, offset], index);
            if lower.types().is_scalar(elem) {
                let value = lower.load_element(source, &[at]);
                lower.store_element(&target, &[to], value);
                return Ok(());
            }
            let from = lower.borrow_element(source, at, false);
            let copy = lower.copying_items(|lower| lower.load(from, elem))?;
            let place = lower.elem(list, to, true);
            lower.put(place, elem, &copy)
        })
    }

    /// `list.extend(other)`
    pub fn extend(&mut self, args: &'x [Expr]) -> Result<()> {
        let elem = element_ty(self, args[0].ty);
        let list = self.one(&args[0])?;
        let source = self.operand_view(&args[1])?;
        self.at(args[0].span);
        let count = self.view_extent(&source, 0);
        let index = self.b.index_type();
        let length = self.b.value("own.len", &[list], index);
        let total = self.b.value("arith.addi", &[length, count], index);
        self.b.op("own.resize", &[list, total], &[]);
        self.copy_into(list, length, &source, count, elem)
    }

    /// `a + b` of lists.
    pub fn concat_lists(&mut self, ty: Ty, args: &'x [Expr]) -> Result<Value<'c, 'm>> {
        let elem = element_ty(self, ty);
        let (a, b) = (self.operand_view(&args[0])?, self.operand_view(&args[1])?);
        let (n, m) = (self.view_extent(&a, 0), self.view_extent(&b, 0));
        let total = self.b.value("arith.addi", &[n, m], self.b.index_type());
        let (list, target) = self.fresh_list(ty, total)?;
        let zero = self.b.index(0);
        self.copy_into(target, zero, &a, n, elem)?;
        self.copy_into(target, n, &b, m, elem)?;
        Ok(list)
    }

    /// `a * count` of a list.
    pub fn repeat_list(&mut self, ty: Ty, args: &'x [Expr]) -> Result<Value<'c, 'm>> {
        let elem = element_ty(self, ty);
        let index = self.b.index_type();
        let source = self.operand_view(&args[0])?;
        let count = self.one(&args[1])?;
        let count = self.to_index(count);
        let zero = self.b.index(0);
        let count = self.b.value("arith.maxsi", &[count, zero], index);
        let length = self.view_extent(&source, 0);
        let total = self.b.value("arith.muli", &[length, count], index);
        let (list, target) = self.fresh_list(ty, total)?;
        let bounds = self.count_to(count);
        self.scf_for(&bounds, &[], |lower, round| {
            let offset = lower.b.value("arith.muli", &[round, length], index);
            lower.copy_into(target, offset, &source, length, elem)
        })?;
        Ok(list)
    }

    /// A new list of a length and an exclusive borrow of it. Scalars in it are not initialized.
    fn fresh_list(
        &mut self,
        ty: Ty,
        length: Value<'c, 'm>,
    ) -> Result<(Value<'c, 'm>, Value<'c, 'm>)> {
        let elem = element_ty(self, ty);
        let box_type = own::box_type(self.types().payload(ty)?);
        let list = self.new_list(length, box_type, self.types().is_scalar(elem));
        Ok((list, self.borrow_box(list, true)))
    }

    /// Moves what is at a position to another one, between which everything moves up by one: `step` is 1 or -1.
    fn rotate(
        &mut self,
        list: Value<'c, 'm>,
        from: Value<'c, 'm>,
        count: Value<'c, 'm>,
        step: i64,
        elem: Ty,
    ) -> Result<()> {
        let index = self.b.index_type();
        let step = self.b.index(step);
        let view = self.whole_view(list);
        let bounds = self.count_to(count);
        self.scf_for(&bounds, &[], |lower, at| {
            let moved = lower.b.value("arith.muli", &[at, step], index);
            let here = lower.b.value("arith.addi", &[from, moved], index);
            let there = lower.b.value("arith.addi", &[here, step], index);
            if lower.types().is_scalar(elem) {
                let (a, b) = (
                    lower.load_element(&view, &[here]),
                    lower.load_element(&view, &[there]),
                );
                lower.store_element(&view, &[here], b);
                lower.store_element(&view, &[there], a);
            } else {
                let (a, b) = (lower.elem(list, here, true), lower.elem(list, there, true));
                lower.b.op("own.swap", &[a, b], &[]);
            }
            Ok(())
        })
    }

    /// `list.insert(index, item)`
    pub fn insert(&mut self, expr: &'x Expr, args: &'x [Expr]) -> Result<()> {
        let elem = element_ty(self, args[0].ty);
        let mut operands = self.operands(args)?;
        let item = self.storable(args[2].ty, operands.remove(2))?;
        let (list, given) = (operands[0][0], self.to_index(operands[1][0]));
        self.at(expr.span);
        let index = self.b.index_type();
        let zero = self.b.index(0);
        let length = self.b.value("own.len", &[list], index);
        let from_end = self.b.value("arith.addi", &[given, length], index);
        let negative = self.compare_ints("slt", given, zero);
        let wrapped = self
            .b
            .value("arith.select", &[negative, from_end, given], index);
        let raised = self.b.value("arith.maxsi", &[wrapped, zero], index);
        let position = self.b.value("arith.minsi", &[raised, length], index);
        self.b.op("own.append", &[item, list], &[]);
        let count = self.b.value("arith.subi", &[length, position], index);
        self.rotate(list, length, count, -1, elem)
    }

    /// Removes the item at an index and gives it.
    pub fn remove_at(
        &mut self,
        expr: &'x Expr,
        args: &'x [Expr],
        message: &str,
    ) -> Result<Vec<Value<'c, 'm>>> {
        let elem = element_ty(self, args[0].ty);
        let operands = self.operands(args)?;
        let (list, given) = (operands[0][0], self.to_index(operands[1][0]));
        self.at(expr.span);
        let index = self.b.index_type();
        let (zero, one) = (self.b.index(0), self.b.index(1));
        let length = self.b.value("own.len", &[list], index);
        let from_end = self.b.value("arith.addi", &[given, length], index);
        let negative = self.compare_ints("slt", given, zero);
        let position = self
            .b
            .value("arith.select", &[negative, from_end, given], index);
        let fine = self.compare_ints("ult", position, length);
        self.check(fine, ErrorKind::IndexError, message);
        let values = if self.types().is_scalar(elem) {
            let view = self.whole_view(list);
            vec![self.load_element(&view, &[position])]
        } else {
            let place = self.elem(list, position, true);
            self.take_from(place, elem)?
        };
        let last = self.b.value("arith.subi", &[length, one], index);
        let count = self.b.value("arith.subi", &[last, position], index);
        self.rotate(list, position, count, 1, elem)?;
        self.b.op("own.resize", &[list, last], &[]);
        Ok(values)
    }

    /// `list.sort()`, by a function of the runtime.
    pub fn sort(&mut self, expr: &'x Expr, args: &'x [Expr]) -> Result<()> {
        let elem = element_ty(self, args[0].ty);
        let operands = self.operands(args)?;
        let (list, reverse) = (operands[0][0], operands[1][0]);
        self.at(expr.span);
        let kind = if elem == Ty::STR {
            "str".to_owned()
        } else if !self.types().is_scalar(elem) {
            return Err(Error::unsupported(expr.span, "sorting values of this type"));
        } else {
            match self.class(elem)? {
                Class::Bool => "u8".to_owned(),
                Class::Int { bits, signed } => format!("{}{bits}", if signed { "i" } else { "u" }),
                Class::Float(FloatKind::F32) => "f32".to_owned(),
                Class::Float(FloatKind::F64) => "f64".to_owned(),
                _ => return Err(Error::unsupported(expr.span, "sorting values of this type")),
            }
        };
        // One function serves several types of elements.
        let pointer = self.cx.parsed_type("!llvm.ptr");
        let address = self
            .b
            .value("builtin.unrealized_conversion_cast", &[list], pointer);
        self.call_runtime(&format!("mlc_rt_sort_{kind}"), &[address, reverse], &[]);
        Ok(())
    }

    /// `item in list`, `list.index(item)`, `list.count(item)`
    pub fn search(
        &mut self,
        expr: &'x Expr,
        op: Builtin,
        args: &'x [Expr],
    ) -> Result<Value<'c, 'm>> {
        let elem = element_ty(self, args[0].ty);
        let view = self.operand_view(&args[0])?;
        if view.rank() != 1 {
            return Err(Error::unsupported(
                expr.span,
                "searching in several dimensions",
            ));
        }
        let item = if self.types().is_scalar(elem) {
            self.one(&args[1])?
        } else if elem == Ty::STR {
            self.text(&args[1])?
        } else {
            let values = self.expr(&args[1])?;
            match values[..] {
                // A tuple or an optional that stays where it is.
                [place] if own::is_borrow(place.r#type()) => place,
                _ => {
                    let value = self.storable(elem, values)?;
                    match own::is_box(value.r#type()) {
                        true => self.borrow_box(value, false),
                        false => value,
                    }
                }
            }
        };
        self.at(expr.span);
        let index = self.b.index_type();
        let (bit, long) = (self.b.int_type(1), self.b.int_type(64));
        let length = self.view_extent(&view, 0);
        let (zero, one) = (self.b.index(0), self.b.index(1));
        let equal = |lower: &mut Self, at: Value<'c, 'm>| -> Result<Value<'c, 'm>> {
            if lower.types().is_scalar(elem) {
                let value = lower.load_element(&view, &[at]);
                return lower.compare(CompareOp::Eq, value, item, elem);
            }
            let place = lower.borrow_element(&view, at, false);
            lower.equal_stored(place, item, elem)
        };
        if op == Builtin::CountOf {
            let none = self.b.int(0, long);
            let op = self
                .b
                .structured("scf.for", &[zero, length, one, none], &[long], &[], 1);
            let outer = self.b;
            let arguments = self.b.enter(op, 0, &[index, long]);
            let same = equal(self, arguments[0])?;
            let more = self.b.value("arith.extui", &[same], long);
            let sum = self.b.value("arith.addi", &[arguments[1], more], long);
            self.b.op("scf.yield", &[sum], &[]);
            self.b = outer;
            return Ok(self.results_of(op)[0]);
        }
        let position = self.first_where(length, equal)?;
        let found = self.compare_ints("slt", position, length);
        if op == Builtin::Contains {
            debug_assert_eq!(found.r#type(), bit);
            return Ok(found);
        }
        self.check(found, ErrorKind::ValueError, "the item is not in the list");
        Ok(self.int_of_index(position))
    }

    /// The first position below a length for which a condition holds; the length if there is none.
    fn first_where(
        &mut self,
        length: Value<'c, 'm>,
        condition: impl FnOnce(&mut Self, Value<'c, 'm>) -> Result<Value<'c, 'm>>,
    ) -> Result<Value<'c, 'm>> {
        let index = self.b.index_type();
        let bit = self.b.int_type(1);
        let (zero, one) = (self.b.index(0), self.b.index(1));
        let op = self.b.structured("scf.while", &[zero], &[index], &[], 2);
        let outer = self.b;
        let state = self.b.enter(op, 0, &[index]);
        let more = self.compare_ints("slt", state[0], length);
        let go_on = self.if_values(
            more,
            &[],
            &[bit],
            |lower| {
                let holds = condition(lower, state[0])?;
                let yes = lower.b.bool(true);
                Ok(vec![lower.b.value("arith.xori", &[holds, yes], bit)])
            },
            |lower| Ok(vec![lower.b.bool(false)]),
        )?[0];
        self.b.op("scf.condition", &[go_on, state[0]], &[]);
        let state = self.b.enter(op, 1, &[index]);
        let next = self.b.value("arith.addi", &[state[0], one], index);
        self.b.op("scf.yield", &[next], &[]);
        self.b = outer;
        Ok(self.results_of(op)[0])
    }

    /// Whether two stored values are equal, part by part.
    pub fn equal_stored(
        &mut self,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
        ty: Ty,
    ) -> Result<Value<'c, 'm>> {
        let bit = self.b.int_type(1);
        if self.types().is_scalar(ty) {
            let (a, b) = (self.load(a, ty)?[0], self.load(b, ty)?[0]);
            return self.compare(CompareOp::Eq, a, b, ty);
        }
        let parts: Vec<Ty> = match self.types().kind(ty) {
            TyKind::Str => {
                return Ok(self.compare_two_texts(CompareOp::Eq, a, b));
            }
            TyKind::List(elem) | TyKind::Array { elem, .. }
                if matches!(self.types().kind(ty), TyKind::List(_))
                    || self.types().stored_element(ty).is_some() =>
            {
                let elem = *elem;
                let index = self.b.index_type();
                let (n, m) = (
                    self.b.value("own.len", &[a], index),
                    self.b.value("own.len", &[b], index),
                );
                let same_length = self.compare_ints("eq", n, m);
                let (first, second) = (self.whole_view(a), self.whole_view(b));
                let result = self.if_values(
                    same_length,
                    &[],
                    &[bit],
                    |lower| {
                        let at = lower.first_where(n, |lower, at| {
                            let same = if lower.types().is_scalar(elem) {
                                let (x, y) = (
                                    lower.load_element(&first, &[at]),
                                    lower.load_element(&second, &[at]),
                                );
                                lower.compare(CompareOp::Eq, x, y, elem)?
                            } else {
                                let (x, y) = (
                                    lower.borrow_element(&first, at, false),
                                    lower.borrow_element(&second, at, false),
                                );
                                lower.equal_stored(x, y, elem)?
                            };
                            let yes = lower.b.bool(true);
                            Ok(lower.b.value("arith.xori", &[same, yes], bit))
                        })?;
                        Ok(vec![lower.compare_ints("eq", at, n)])
                    },
                    |lower| Ok(vec![lower.b.bool(false)]),
                )?;
                return Ok(result[0]);
            }
            TyKind::Struct(id) if self.cx.program.structs[id.0 as usize].recursive => {
                return self.equal_nodes(a, b, ty);
            }
            TyKind::Struct(_) => return self.equal_fields(a, b, ty),
            TyKind::Optional(of) => return self.equal_optionals(a, b, *of),
            TyKind::Tuple(items) => items.to_vec(),
            _ => {
                return Err(Error::unsupported(
                    mlc_diagnostics::Span::NONE,
                    "comparing values of this type",
                ));
            }
        };
        self.equal_parts(a, b, parts)
    }

    /// Whether two structs are equal, field by field.
    pub fn equal_fields(
        &mut self,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
        ty: Ty,
    ) -> Result<Value<'c, 'm>> {
        let TyKind::Struct(id) = self.types().kind(ty) else {
            return Err(Error::Invalid("the fields of no struct".into()));
        };
        let fields = &self.cx.program.structs[id.0 as usize].fields;
        self.equal_parts(a, b, fields.iter().map(|field| field.ty).collect())
    }

    fn equal_parts(
        &mut self,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
        parts: Vec<Ty>,
    ) -> Result<Value<'c, 'm>> {
        let bit = self.b.int_type(1);
        let mut all = self.b.bool(true);
        for (position, part) in parts.into_iter().enumerate() {
            let (x, y) = (
                self.field(a, position, false),
                self.field(b, position, false),
            );
            let same = self.equal_stored(x, y, part)?;
            all = self.b.value("arith.andi", &[all, same], bit);
        }
        Ok(all)
    }

    /// Whether both optionals hold nothing, or equal values.
    fn equal_optionals(
        &mut self,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
        of: Ty,
    ) -> Result<Value<'c, 'm>> {
        let bit = self.b.int_type(1);
        let flags = [a, b].map(|side| {
            let flag = self.field(side, 0, false);
            self.b.value("own.load", &[flag], bit)
        });
        let both = self.b.value("arith.andi", &flags, bit);
        let differ = self.b.value("arith.xori", &flags, bit);
        let yes = self.b.bool(true);
        let alike = self.b.value("arith.xori", &[differ, yes], bit);
        let result = self.if_values(
            both,
            &[],
            &[bit],
            |lower| {
                let (x, y) = (lower.field(a, 1, false), lower.field(b, 1, false));
                Ok(vec![lower.equal_stored(x, y, of)?])
            },
            |_| Ok(vec![alike]),
        )?;
        Ok(result[0])
    }

    /// `a == b` and `a != b` of values that live in memory or have several parts.
    pub fn compare_stored(
        &mut self,
        op: CompareOp,
        left: &'x Expr,
        right: &'x Expr,
    ) -> Result<Value<'c, 'm>> {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Err(Error::unsupported(
                left.span,
                "ordering values of this type",
            ));
        }
        let mut borrows = Vec::new();
        for side in [left, right] {
            let values = self.expr(side)?;
            let value = match values.as_slice() {
                [value] if own::is_borrow(value.r#type()) => *value,
                _ => {
                    let stored = self.storable(side.ty, values)?;
                    self.borrow_box(stored, false)
                }
            };
            borrows.push(value);
        }
        let same = self.equal_stored(borrows[0], borrows[1], left.ty)?;
        if op == CompareOp::Eq {
            return Ok(same);
        }
        let yes = self.b.bool(true);
        Ok(self.b.value("arith.xori", &[same, yes], self.b.int_type(1)))
    }
}
