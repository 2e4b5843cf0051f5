//! Texts that are put together of several pieces: in a list of bytes, of which the text is made at the end.

use melior::ir::Value;
use mlc_dialects::own;
use mlc_sema::hir::{Builtin, Expr, ExprKind, FloatKind, Ty, TyKind};

use crate::{
    Error,
    arith::Class,
    function::{Lower, Result},
    print::Sink,
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// `a + b`, `str(x)`, `repr(x)` or `format(x, spec)`, and what is nested of them.
    pub(super) fn built_text(&mut self, expr: &'x Expr) -> Result<Value<'c, 'm>> {
        if let Some(text) = self.unbuilt_text(expr)? {
            return Ok(text);
        }
        let bytes = own::list_type(self.b.int_type(8));
        let builder = self.b.value("own.new", &[], own::box_type(bytes));
        let out = self.borrow_box(builder, true);
        self.push_text(out, expr)?;
        let pieces = self.borrow_box(builder, false);
        self.at(expr.span);
        Ok(self.new_text("mlc_rt_text_finish", &[pieces]))
    }

    /// What one call makes: two texts joined, or the text of one text or number.
    fn unbuilt_text(&mut self, expr: &'x Expr) -> Result<Option<Value<'c, 'm>>> {
        let ExprKind::Builtin { op, args } = &expr.kind else {
            return Ok(None);
        };
        match (op, args.as_slice()) {
            (Builtin::StrConcat, [left, right]) => {
                if is_built(left) || is_built(right) {
                    return Ok(None);
                }
                let texts = self.texts(args)?;
                self.at(expr.span);
                Ok(Some(self.new_text("mlc_rt_str_concat", &texts)))
            }
            (Builtin::Str | Builtin::Repr, [value]) if self.is_text(value.ty) => {
                let text = self.text(value)?;
                self.at(expr.span);
                Ok(Some(match op {
                    Builtin::Repr => self.new_text("mlc_rt_str_repr", &[text]),
                    _ => self.load(text, value.ty)?[0],
                }))
            }
            (Builtin::Str | Builtin::Repr, [value]) if self.types().is_scalar(value.ty) => {
                let number = self.number_operand(value)?;
                self.at(expr.span);
                let Some((kind, operands)) = self.written_number(number, value.ty)? else {
                    return Ok(None);
                };
                let symbol = format!("mlc_rt_str_of_{kind}");
                Ok(Some(self.new_text(&symbol, &operands)))
            }
            _ => Ok(None),
        }
    }

    /// Appends the text that an expression gives to the bytes at `out`.
    fn push_text(&mut self, out: Value<'c, 'm>, expr: &'x Expr) -> Result<()> {
        if let ExprKind::Builtin { op, args } = &expr.kind {
            match (op, args.as_slice()) {
                (Builtin::StrConcat, [left, right]) => {
                    self.push_text(out, left)?;
                    return self.push_text(out, right);
                }
                (Builtin::Str, [value]) if self.is_text(value.ty) => {
                    return self.push_text(out, value);
                }
                (Builtin::Str | Builtin::Repr, [value]) => {
                    let piece = match op {
                        Builtin::Str => self.shown(value)?,
                        _ => self.piece(value)?,
                    };
                    self.at(expr.span);
                    return self.write_piece(Sink::Text(out), &piece, expr.span);
                }
                (Builtin::Format, [value, spec]) => {
                    return self.push_format(out, expr, value, spec);
                }
                _ => {}
            }
        }
        let text = self.text(expr)?;
        self.at(expr.span);
        self.call_checked("mlc_rt_text_push", &[out, text]);
        Ok(())
    }

    fn push_format(
        &mut self,
        out: Value<'c, 'm>,
        expr: &'x Expr,
        value: &'x Expr,
        spec: &'x Expr,
    ) -> Result<()> {
        if self.is_text(value.ty) {
            let value = self.text_before(value, std::slice::from_ref(spec))?;
            let spec = self.text(spec)?;
            self.at(expr.span);
            self.call_checked("mlc_rt_text_format_text", &[out, value, spec]);
            return Ok(());
        }
        let written = match self.types().is_scalar(value.ty) {
            true => {
                let number = self.number_operand(value)?;
                self.written_number(number, value.ty)?
            }
            false => None,
        };
        let Some((kind, operands)) = written else {
            return Err(Error::unsupported(
                value.span,
                "formatting a value of this type",
            ));
        };
        let spec = self.text(spec)?;
        self.at(expr.span);
        let symbol = format!("mlc_rt_text_format_{kind}");
        let operands: Vec<_> = std::iter::once(out).chain(operands).chain([spec]).collect();
        self.call_checked(&symbol, &operands);
        Ok(())
    }

    /// A number as functions of the runtime take it that write one: how they name its type, and the operands.
    pub fn written_number(
        &mut self,
        value: Value<'c, 'm>,
        ty: Ty,
    ) -> Result<Option<(&'static str, Vec<Value<'c, 'm>>)>> {
        if matches!(self.types().kind(ty), TyKind::Simd { .. }) {
            return Ok(None);
        }
        let (kind, wide) = match self.class(ty)? {
            Class::Bool => ("bool", Ty::BOOL),
            Class::Int { signed: true, .. } => ("i64", Ty::I64),
            Class::Int { signed: false, .. } => ("u64", Ty::U64),
            Class::Float(FloatKind::F64) => ("f64", Ty::F64),
            Class::Float(FloatKind::F32) => ("f32", Ty::F32),
            Class::Float(FloatKind::F16) => ("f16", Ty::F32),
            Class::Float(FloatKind::Bf16) => ("bf16", Ty::F32),
            Class::Complex(kind) => {
                let name = match kind {
                    FloatKind::F64 => "c128",
                    _ => "c64",
                };
                let (re, im) = self.complex_parts(value, kind);
                return Ok(Some((name, vec![re, im])));
            }
        };
        Ok(Some((kind, vec![self.convert(value, ty, wide)?])))
    }

    /// A number or `Bool`, given by value or as a borrow.
    fn number_operand(&mut self, arg: &'x Expr) -> Result<Value<'c, 'm>> {
        let ExprKind::Borrow { place, .. } = &arg.kind else {
            return self.one(arg);
        };
        let spot = self.place(place, false)?;
        Ok(self.read(&spot, place.ty)?[0])
    }
}

/// Whether an expression puts a text together of pieces.
fn is_built(expr: &Expr) -> bool {
    matches!(
        &expr.kind,
        ExprKind::Builtin {
            op: Builtin::StrConcat | Builtin::Str | Builtin::Repr | Builtin::Format,
            ..
        }
    )
}
