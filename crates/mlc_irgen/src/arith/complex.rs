//! Arithmetic of complex numbers, part by part as CPython's `complexobject.c` has it. Division by zero does not raise.

use melior::ir::{Type, Value, ValueLike};
use mlc_dialects::own;
use mlc_sema::hir::{BinaryOp, FloatKind, MathFn, Ty};

use crate::{
    Error,
    convert::real_type,
    function::{Lower, Result},
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// Real and imaginary part.
    pub fn complex_parts(
        &self,
        value: Value<'c, 'm>,
        kind: FloatKind,
    ) -> (Value<'c, 'm>, Value<'c, 'm>) {
        let part = self.types().float(kind);
        let part_of = |name| self.b.value(name, &[value], part);
        (part_of("complex.re"), part_of("complex.im"))
    }

    pub(super) fn complex_binary(
        &mut self,
        op: BinaryOp,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
        kind: FloatKind,
        result: Type<'c>,
    ) -> Result<Value<'c, 'm>> {
        let name = match op {
            BinaryOp::Add => "complex.add",
            BinaryOp::Sub => "complex.sub",
            BinaryOp::Mul => "complex.mul",
            BinaryOp::Div => return Ok(self.complex_quotient(a, b, kind, result)),
            BinaryOp::Pow => return self.complex_power(a, b, kind, result),
            _ => {
                return Err(Error::Invalid(
                    "an operation that complex numbers do not have".into(),
                ));
            }
        };
        Ok(self.b.value(name, &[a, b], result))
    }

    /// Smith's quotient: the larger part of the divisor divides the smaller one.
    fn complex_quotient(
        &self,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
        kind: FloatKind,
        result: Type<'c>,
    ) -> Value<'c, 'm> {
        let (a_re, a_im) = self.complex_parts(a, kind);
        let (b_re, b_im) = self.complex_parts(b, kind);
        let float = |name: &str, operands: &[Value<'c, 'm>]| {
            self.b.value(name, operands, operands[0].r#type())
        };
        let larger_re = self.compare_floats(
            "oge",
            float("math.absf", &[b_re]),
            float("math.absf", &[b_im]),
        );
        let choose = |then, orelse| self.b.select(larger_re, then, orelse);
        let (large, small) = (choose(b_re, b_im), choose(b_im, b_re));
        let (near, far) = (choose(a_re, a_im), choose(a_im, a_re));
        let ratio = float("arith.divf", &[small, large]);
        let rest = float("arith.mulf", &[small, ratio]);
        let size = float("arith.addf", &[large, rest]);
        let scaled = float("arith.mulf", &[far, ratio]);
        let re = float("arith.addf", &[near, scaled]);
        let re = float("arith.divf", &[re, size]);
        let scaled = float("arith.mulf", &[near, ratio]);
        let im = float("arith.subf", &[choose(far, scaled), choose(scaled, far)]);
        let im = float("arith.divf", &[im, size]);
        self.b.value("complex.create", &[re, im], result)
    }

    /// By a function of the runtime, which stores the result.
    fn complex_power(
        &mut self,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
        kind: FloatKind,
        result: Type<'c>,
    ) -> Result<Value<'c, 'm>> {
        let mut operands = Vec::new();
        for value in [a, b] {
            let (re, im) = self.complex_parts(value, kind);
            for part in [re, im] {
                operands.push(self.convert(part, real_type(kind), Ty::F64)?);
            }
        }
        let wide = self.types().flat(Ty::C128)?[0];
        let cell = self.b.value("own.new", &[], own::box_type(wide));
        operands.insert(0, self.borrow_box(cell, true));
        self.call_runtime("mlc_rt_complex_pow", &operands, &[]);
        let cell = self.borrow_box(cell, false);
        let power = self.b.value("own.load", &[cell], wide);
        if kind == FloatKind::F64 {
            return Ok(power);
        }
        let (re, im) = self.complex_parts(power, FloatKind::F64);
        let re = self.convert(re, Ty::F64, real_type(kind))?;
        let im = self.convert(im, Ty::F64, real_type(kind))?;
        Ok(self.b.value("complex.create", &[re, im], result))
    }

    /// `abs(z)`
    pub(super) fn complex_abs(
        &mut self,
        value: Value<'c, 'm>,
        kind: FloatKind,
    ) -> Result<Value<'c, 'm>> {
        let (re, im) = self.complex_parts(value, kind);
        let part = real_type(kind);
        self.math(MathFn::Hypot, vec![re, im], part, part)
    }
}
