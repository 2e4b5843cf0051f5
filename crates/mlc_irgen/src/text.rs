//! Strings: counted texts that functions of the runtime make and read. A literal is constant data that is never freed;
//! what has several pieces is put together in a list of bytes.

use melior::ir::{Type, Value, ValueLike, attribute::TypeAttribute};
use mlc_diagnostics::Span;
use mlc_dialects::own;
use mlc_sema::hir::{Builtin, CompareOp, Expr, ExprKind, FloatKind, Ty};

use crate::{
    Error,
    arith::Class,
    function::{Lower, Result},
    place::Spot,
    print::Sink,
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// The payload of a string.
    fn text_payload(&self) -> Type<'c> {
        own::str_type(self.cx.context)
    }

    pub fn pointer_type(&self) -> Type<'c> {
        self.cx.parsed_type("!llvm.ptr")
    }

    /// A shared borrow of constant text.
    pub fn static_text(&mut self, text: &str) -> Value<'c, 'm> {
        let symbol = self.cx.text_constant(text);
        let attrs = [("global_name", self.b.symbol(&symbol))];
        let address = self
            .b
            .value_with("llvm.mlir.addressof", &[], self.pointer_type(), &attrs);
        let ty = own::ref_type(self.text_payload());
        self.b
            .value("builtin.unrealized_conversion_cast", &[address], ty)
    }

    /// A borrow as the address that the runtime takes.
    pub fn address(&self, borrow: Value<'c, 'm>) -> Value<'c, 'm> {
        self.b.value(
            "builtin.unrealized_conversion_cast",
            &[borrow],
            self.pointer_type(),
        )
    }

    /// A shared borrow of the string that an expression gives, copied only where it is fresh anyway.
    pub fn text_operand(&mut self, expr: &'x Expr) -> Result<Value<'c, 'm>> {
        match &expr.kind {
            ExprKind::Builtin {
                op: Builtin::ExceptionMessage,
                args,
            } => {
                let values = self.expr(&args[0])?;
                Ok(self.borrow_box(values[1], false))
            }
            ExprKind::Str(text) => Ok(self.static_text(text)),
            ExprKind::Load(place) | ExprKind::Borrow { place, .. } => {
                match self.place(place, false)? {
                    Spot::Borrow(source) => Ok(source),
                    spot => {
                        let values = self.read(&spot, place.ty)?;
                        Ok(self.borrow_box(values[0], false))
                    }
                }
            }
            _ => {
                let value = self.one(expr)?;
                Ok(if own::is_box(value.r#type()) {
                    self.borrow_box(value, false)
                } else {
                    value
                })
            }
        }
    }

    /// The address of the string that an expression gives.
    fn text_address(&mut self, expr: &'x Expr) -> Result<Value<'c, 'm>> {
        let borrow = self.text_operand(expr)?;
        Ok(self.address(borrow))
    }

    /// Calls a function of the runtime.
    pub fn runtime(
        &mut self,
        symbol: &str,
        operands: &[Value<'c, 'm>],
        result: Option<Type<'c>>,
    ) -> Option<Value<'c, 'm>> {
        let types: Vec<_> = operands.iter().map(|operand| operand.r#type()).collect();
        self.cx.declare(symbol, &types, result.as_slice());
        let attrs = [("callee", self.b.symbol(symbol))];
        self.b
            .results("func.call", operands, result.as_slice(), &attrs)
            .first()
            .copied()
    }

    /// Calls a function of the runtime that returns a status, and leaves with the error where it is one.
    pub fn fallible(&mut self, symbol: &str, operands: &[Value<'c, 'm>], span: Span) -> Result<()> {
        let status = self.runtime(symbol, operands, Some(self.b.int_type(32)));
        let status = status.ok_or_else(|| Error::Invalid("a status is missing".into()))?;
        self.leave_with(status, span)
    }

    /// Leaves with the pending error of the runtime where a status is not zero; the error gets its place here.
    pub fn leave_with(&mut self, status: Value<'c, 'm>, span: Span) -> Result<()> {
        if !self.function.raises {
            return Ok(());
        }
        self.at(span);
        let zero = self.b.int(0, self.b.int_type(32));
        let failed = self.compare_ints("ne", status, zero);
        let name = self.cx.sources.name(span.file).to_owned();
        let line = self.cx.sources.start(span).line;
        self.when(failed, |lower| {
            let (address, length) = lower.text_address_and_length(&name);
            let line = lower.b.int(i64::from(line), lower.b.int_type(32));
            lower.runtime("mlc_rt_error_locate", &[address, length, line], None);
            Ok(())
        })?;
        self.b.op("own.propagate", &[status], &[]);
        Ok(())
    }

    /// Constant text as address and length.
    pub fn text_address_and_length(&mut self, text: &str) -> (Value<'c, 'm>, Value<'c, 'm>) {
        let symbol = self.cx.text(text);
        let attrs = [("global_name", self.b.symbol(&symbol))];
        let address = self
            .b
            .value_with("llvm.mlir.addressof", &[], self.pointer_type(), &attrs);
        let length = self.b.int(text.len() as i64, self.b.int_type(64));
        (address, length)
    }

    /// A fresh string, and its address to append to.
    fn new_text(&mut self) -> (Value<'c, 'm>, Value<'c, 'm>) {
        let ty = own::box_type(self.text_payload());
        let text = self.b.value("own.new", &[], ty);
        let target = self.borrow_box(text, true);
        (text, self.address(target))
    }

    /// A string that is computed.
    pub fn text_value(&mut self, expr: &'x Expr) -> Result<Value<'c, 'm>> {
        if let ExprKind::Builtin { op, args } = &expr.kind {
            if let Some(text) = self.text_call(*op, args, expr)? {
                return Ok(text);
            }
            let bytes = own::box_type(own::list_type(self.b.int_type(8)));
            let builder = self.b.value("own.new", &[], bytes);
            let target = self.borrow_box(builder, true);
            let pieces = self.address(target);
            self.push_text(pieces, expr)?;
            let (text, out) = self.new_text();
            self.fallible("mlc_rt_text_finish", &[out, pieces], expr.span)?;
            return Ok(text);
        }
        self.one(expr)
    }

    /// A string that one call of the runtime makes; none for what has pieces.
    fn text_call(
        &mut self,
        op: Builtin,
        args: &'x [Expr],
        expr: &'x Expr,
    ) -> Result<Option<Value<'c, 'm>>> {
        let symbol = match (op, args.len()) {
            (Builtin::Str, 1) if args[0].ty == Ty::STR => return self.one(&args[0]).map(Some),
            (Builtin::StrRepeat, _) => "mlc_rt_str_repeat",
            (Builtin::StrReplace, _) => "mlc_rt_str_replace",
            (Builtin::StrUpper, _) => "mlc_rt_str_upper",
            (Builtin::StrLower, _) => "mlc_rt_str_lower",
            (Builtin::StrJoin, _) => "mlc_rt_str_join",
            (Builtin::Chr, _) => "mlc_rt_str_chr",
            (Builtin::StrStrip, 1) => "mlc_rt_str_strip",
            (Builtin::StrLstrip, 1) => "mlc_rt_str_lstrip",
            (Builtin::StrRstrip, 1) => "mlc_rt_str_rstrip",
            (Builtin::StrStrip, _) => "mlc_rt_str_strip_of",
            (Builtin::StrLstrip, _) => "mlc_rt_str_lstrip_of",
            (Builtin::StrRstrip, _) => "mlc_rt_str_rstrip_of",
            _ => return Ok(None),
        };
        let mut operands = Vec::new();
        for arg in args {
            operands.push(if self.types().is_scalar(arg.ty) {
                self.one(arg)?
            } else {
                self.text_address(arg)?
            });
        }
        let (text, out) = self.new_text();
        operands.insert(0, out);
        self.fallible(symbol, &operands, expr.span)?;
        Ok(Some(text))
    }

    /// Appends what an expression gives to the bytes at `out`.
    fn push_text(&mut self, out: Value<'c, 'm>, expr: &'x Expr) -> Result<()> {
        if let ExprKind::Builtin { op, args } = &expr.kind {
            match (op, args.as_slice()) {
                (Builtin::StrConcat, [left, right]) => {
                    self.push_text(out, left)?;
                    return self.push_text(out, right);
                }
                (Builtin::Str, [value]) if value.ty == Ty::STR => {
                    return self.push_text(out, value);
                }
                (Builtin::Str | Builtin::Repr, [value]) => {
                    let piece = self.piece(value)?;
                    self.at(expr.span);
                    return self.write_piece(Sink::Text(out), &piece, expr.span);
                }
                (Builtin::Format, [value, spec]) => {
                    return self.push_format(out, expr, value, spec);
                }
                _ => {}
            }
        }
        let text = self.text_address(expr)?;
        self.fallible("mlc_rt_text_push", &[out, text], expr.span)
    }

    fn push_format(
        &mut self,
        out: Value<'c, 'm>,
        expr: &'x Expr,
        value: &'x Expr,
        spec: &'x Expr,
    ) -> Result<()> {
        if value.ty == Ty::STR {
            let value = self.text_address(value)?;
            let spec = self.text_address(spec)?;
            return self.fallible("mlc_rt_text_format_text", &[out, value, spec], expr.span);
        }
        if !self.types().is_scalar(value.ty) {
            return Err(Error::unsupported(
                value.span,
                "formatting a value of this type",
            ));
        }
        let (symbol, wide) = match self.class(value.ty)? {
            Class::Bool | Class::Int { signed: true, .. } => ("mlc_rt_text_format_i64", Ty::I64),
            Class::Int { signed: false, .. } => ("mlc_rt_text_format_u64", Ty::U64),
            Class::Float(FloatKind::F64) => ("mlc_rt_text_format_f64", Ty::F64),
            Class::Float(_) => ("mlc_rt_text_format_f32", Ty::F32),
            Class::Complex(_) => {
                return Err(Error::unsupported(
                    value.span,
                    "formatting a complex number",
                ));
            }
        };
        let number = self.one(value)?;
        let number = self.convert(number, value.ty, wide)?;
        let spec = self.text_address(spec)?;
        self.fallible(symbol, &[out, number, spec], expr.span)
    }

    /// Built-in operations on strings whose result is no string.
    pub fn text_builtin(
        &mut self,
        expr: &'x Expr,
        op: Builtin,
        args: &'x [Expr],
    ) -> Result<Vec<Value<'c, 'm>>> {
        let (bit, long) = (self.b.int_type(1), self.b.int_type(64));
        let query = |symbol: &'static str, ty: Type<'c>| (symbol, ty);
        let (symbol, ty) = match op {
            Builtin::StrContains => query("mlc_rt_str_contains", bit),
            Builtin::StrStartsWith => query("mlc_rt_str_starts_with", bit),
            Builtin::StrEndsWith => query("mlc_rt_str_ends_with", bit),
            Builtin::StrFind => query("mlc_rt_str_find", long),
            Builtin::StrSplit => {
                let ty = own::box_type(self.types().payload(expr.ty)?);
                let list = self.b.value("own.new", &[], ty);
                let target = self.borrow_box(list, true);
                let target = self.address(target);
                let mut operands = vec![target];
                for arg in args {
                    operands.push(self.text_address(arg)?);
                }
                let symbol = if args.len() > 1 {
                    "mlc_rt_str_split_at"
                } else {
                    "mlc_rt_str_split"
                };
                self.fallible(symbol, &operands, expr.span)?;
                return Ok(vec![list]);
            }
            Builtin::IntFromStr | Builtin::FloatFromStr | Builtin::Ord => {
                let scalar = self.types().flat(expr.ty)?[0];
                let cell = self.b.value("own.new", &[], own::box_type(scalar));
                let place = self.borrow_box(cell, true);
                let address = self.address(place);
                let text = self.text_address(&args[0])?;
                let symbol = match op {
                    Builtin::IntFromStr => "mlc_rt_str_to_i64",
                    Builtin::FloatFromStr => "mlc_rt_str_to_f64",
                    _ => "mlc_rt_str_ord",
                };
                self.fallible(symbol, &[address, text], expr.span)?;
                return Ok(vec![self.b.value("own.load", &[place], scalar)]);
            }
            _ => return Ok(vec![self.text_value(expr)?]),
        };
        let mut operands = Vec::new();
        for arg in args {
            operands.push(self.text_address(arg)?);
        }
        if op == Builtin::StrContains {
            // The needle comes first in the source.
            operands.reverse();
        }
        self.at(expr.span);
        Ok(self
            .runtime(symbol, &operands, Some(ty))
            .into_iter()
            .collect())
    }

    /// Compares two strings by their code points.
    pub fn compare_texts(
        &mut self,
        op: CompareOp,
        left: &'x Expr,
        right: &'x Expr,
    ) -> Result<Value<'c, 'm>> {
        let (a, b) = (self.text_address(left)?, self.text_address(right)?);
        self.order_texts(op, a, b)
    }

    pub fn order_texts(
        &mut self,
        op: CompareOp,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
    ) -> Result<Value<'c, 'm>> {
        let word = self.b.int_type(32);
        let order = self.runtime("mlc_rt_str_compare", &[a, b], Some(word));
        let order = order.ok_or_else(|| Error::Invalid("a result is missing".into()))?;
        let zero = self.b.int(0, word);
        self.compare(op, order, zero, Ty::I32)
    }

    /// The number of characters, of type `index`.
    pub fn text_length(&mut self, source: Value<'c, 'm>) -> Result<Value<'c, 'm>> {
        let text = self.address(source);
        let length = self.runtime("mlc_rt_str_len", &[text], Some(self.b.int_type(64)));
        let length = length.ok_or_else(|| Error::Invalid("a result is missing".into()))?;
        Ok(self.to_index(length))
    }

    /// A borrow of a fresh string of one character of another one.
    pub fn text_character(
        &mut self,
        source: Value<'c, 'm>,
        position: Value<'c, 'm>,
        span: Span,
    ) -> Result<Spot<'c, 'm>> {
        let position = self.int_of_index(position);
        let (text, out) = self.new_text();
        let value = self.address(source);
        self.fallible("mlc_rt_str_index", &[out, value, position], span)?;
        Ok(Spot::Borrow(self.borrow_box(text, false)))
    }

    /// A borrow of a fresh string of characters of another one.
    pub fn text_slice(
        &mut self,
        source: Value<'c, 'm>,
        bounds: [Option<&'x Expr>; 3],
        span: Span,
    ) -> Result<Spot<'c, 'm>> {
        let long = self.b.int_type(64);
        let mut operands = Vec::new();
        for (at, bound) in bounds.into_iter().enumerate() {
            operands.push(match bound {
                Some(bound) => self.one(bound)?,
                None => self.b.int(i64::from(at == 2), long),
            });
        }
        let present = i64::from(bounds[0].is_some()) + 2 * i64::from(bounds[1].is_some());
        operands.push(self.b.int(present, self.b.int_type(32)));
        let (text, out) = self.new_text();
        let value = self.address(source);
        operands.splice(0..0, [out, value]);
        self.fallible("mlc_rt_str_slice", &operands, span)?;
        Ok(Spot::Borrow(self.borrow_box(text, false)))
    }

    /// Raises an error whose message is computed, unless the condition holds.
    pub fn raise_with_text(
        &mut self,
        condition: Value<'c, 'm>,
        kind: i32,
        message: &'x Expr,
        span: Span,
    ) -> Result<()> {
        let word = self.b.int_type(32);
        let status = self.if_values(
            condition,
            &[],
            &[word],
            |lower| Ok(vec![lower.b.int(0, word)]),
            |lower| {
                let text = lower.text_address(message)?;
                let kind = lower.b.int(i64::from(kind), word);
                let status = lower.runtime("mlc_rt_text_raise", &[kind, text], Some(word));
                Ok(status.into_iter().collect())
            },
        )?;
        self.leave_with(status[0], span)
    }
}

impl<'x, 'c, 'm> crate::module::ModuleCx<'x, 'c, 'm> {
    /// A constant text: what a text points to, which says that it is never freed, and the pointer.
    fn text_constant(&self, text: &str) -> String {
        // A text never starts with a zero here, so that keys of the two kinds differ.
        let key = format!("\0{text}");
        if let Some(symbol) = self.texts.borrow().get(&key) {
            return symbol.clone();
        }
        let symbol = format!("mlc.text.{}", self.texts.borrow().len());
        self.texts.borrow_mut().insert(key, symbol.clone());
        let pointer = self.parsed_type("!llvm.ptr");
        let length = text.len();
        let buffer = format!("{symbol}.buffer");
        let ty = self.parsed_type(&format!(
            "!llvm.struct<(i64, i64, i64, array<{length} x i8>)>"
        ));
        self.constant_global(&buffer, ty, |b| {
            let number = |value: usize| {
                let long = b.int_type(64);
                let value = melior::ir::attribute::IntegerAttribute::new(long, value as i64);
                b.value_with("llvm.mlir.constant", &[], long, &[("value", value.into())])
            };
            let never_freed = number(usize::MAX);
            let array = self.parsed_type(&format!("!llvm.array<{length} x i8>"));
            let data = b.value_with(
                "llvm.mlir.constant",
                &[],
                array,
                &[("value", b.string(text))],
            );
            let parts = [
                never_freed,
                number(length),
                number(text.chars().count()),
                data,
            ];
            let mut head = b.value("llvm.mlir.poison", &[], ty);
            for (at, part) in parts.into_iter().enumerate() {
                let position = self.parsed(&format!("array<i64: {at}>"));
                head = b.value_with(
                    "llvm.insertvalue",
                    &[head, part],
                    ty,
                    &[("position", position)],
                );
            }
            head
        });
        self.constant_global(&symbol, pointer, |b| {
            if text.is_empty() {
                return b.value("llvm.mlir.zero", &[], pointer);
            }
            let name = [("global_name", b.symbol(&buffer))];
            b.value_with("llvm.mlir.addressof", &[], pointer, &name)
        });
        symbol
    }

    /// A constant of the LLVM dialect with the value that `value` builds.
    fn constant_global(
        &self,
        symbol: &str,
        ty: Type<'c>,
        value: impl FnOnce(&crate::builder::Builder<'c, 'm>) -> Value<'c, 'm>,
    ) {
        let mut b = self.at_end(melior::ir::Location::unknown(self.context));
        let op = b.structured(
            "llvm.mlir.global",
            &[],
            &[],
            &[
                ("sym_name", b.string(symbol)),
                ("global_type", TypeAttribute::new(ty).into()),
                ("linkage", self.parsed("#llvm.linkage<internal>")),
                ("constant", b.unit()),
                ("alignment", self.parsed("8 : i64")),
            ],
            1,
        );
        b.enter(op, 0, &[]);
        let value = value(&b);
        b.op("llvm.return", &[value], &[]);
    }
}
