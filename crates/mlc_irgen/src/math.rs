//! Mathematical functions: operations of the `math` dialect, and calls of the runtime and the C library for what it has
//! not.

use melior::ir::{Type, Value, ValueLike};
use mlc_sema::hir::{FloatKind, MathFn, Ty};

use crate::{
    Error,
    arith::Class,
    function::{Lower, Result},
};

/// How a function is computed.
enum Way {
    /// An operation, which may carry fast-math flags.
    Op(&'static str),
    /// Whether the argument is infinite, for which no operation is lowered.
    IsInfinite,
    /// A function of the runtime or the C library, by its names for `f64` and `f32`.
    Call(&'static str, &'static str),
}

fn way(function: MathFn) -> Way {
    Way::Op(match function {
        MathFn::Exp => "math.exp",
        MathFn::Exp2 => "math.exp2",
        MathFn::Expm1 => "math.expm1",
        MathFn::Log => "math.log",
        MathFn::Log2 => "math.log2",
        MathFn::Log10 => "math.log10",
        MathFn::Log1p => "math.log1p",
        MathFn::Sqrt => "math.sqrt",
        MathFn::Rsqrt => "math.rsqrt",
        MathFn::Cbrt => "math.cbrt",
        MathFn::Sin => "math.sin",
        MathFn::Cos => "math.cos",
        MathFn::Tan => "math.tan",
        MathFn::Asin => "math.asin",
        MathFn::Acos => "math.acos",
        MathFn::Atan => "math.atan",
        MathFn::Atan2 => "math.atan2",
        MathFn::Sinh => "math.sinh",
        MathFn::Cosh => "math.cosh",
        MathFn::Tanh => "math.tanh",
        MathFn::Asinh => "math.asinh",
        MathFn::Acosh => "math.acosh",
        MathFn::Atanh => "math.atanh",
        MathFn::Erf => "math.erf",
        MathFn::Erfc => "math.erfc",
        MathFn::Floor => "math.floor",
        MathFn::Ceil => "math.ceil",
        MathFn::Trunc => "math.trunc",
        MathFn::Round => "math.roundeven",
        MathFn::Pow => "math.powf",
        MathFn::Fmod => "arith.remf",
        MathFn::Copysign => "math.copysign",
        MathFn::Fma => "math.fma",
        MathFn::IsNan => "math.isnan",
        MathFn::IsInf => return Way::IsInfinite,
        MathFn::IsFinite => "math.isfinite",
        MathFn::Gamma => return Way::Call("mlc_rt_math_tgamma_f64", "mlc_rt_math_tgamma_f32"),
        MathFn::Lgamma => return Way::Call("mlc_rt_math_lgamma_f64", "mlc_rt_math_lgamma_f32"),
        MathFn::Hypot => return Way::Call("hypot", "hypotf"),
    })
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// A function of floats of type `operand`, with a result of type `ty`.
    pub fn math(
        &mut self,
        function: MathFn,
        args: Vec<Value<'c, 'm>>,
        operand: Ty,
        ty: Ty,
    ) -> Result<Value<'c, 'm>> {
        let result = self.types().flat(ty)?[0];
        match way(function) {
            Way::Op(name) => Ok(self.float_op(name, &args, result)),
            Way::IsInfinite => {
                let number = self.number_type(operand)?;
                let size = self.b.value("math.absf", &args, number);
                let infinity = self.number(f64::INFINITY, operand)?;
                Ok(self.compare_floats("oeq", size, infinity))
            }
            Way::Call(double, single) => {
                if let Some((elem, lanes)) = self.simd_parts(operand) {
                    return self.each_lane_of(&args, (elem, lanes), ty, |lower, args| {
                        lower.math(function, args, elem, elem)
                    });
                }
                let Class::Float(kind) = self.class(operand)? else {
                    return Err(Error::Invalid(
                        "a function of something that is no float".into(),
                    ));
                };
                // Narrower types go through `f32`.
                let (callee, through, kind) = if kind == FloatKind::F64 {
                    (double, Ty::F64, kind)
                } else {
                    (single, Ty::F32, FloatKind::F32)
                };
                let c_type: Type<'c> = self.types().float(kind);
                self.cx
                    .declare(callee, &vec![c_type; args.len()], &[c_type]);
                let mut operands = Vec::new();
                for arg in args {
                    operands.push(self.convert(arg, operand, through)?);
                }
                let attrs = [("callee", self.b.symbol(callee))];
                let value = self.b.value_with("func.call", &operands, c_type, &attrs);
                self.convert(value, through, ty)
            }
        }
    }

    /// `round(value, digits)`, at the width of the value.
    pub fn round_digits(
        &mut self,
        value: Value<'c, 'm>,
        ty: Ty,
        digits: Value<'c, 'm>,
    ) -> Result<Value<'c, 'm>> {
        let (symbol, through) = match self.class(ty)? {
            Class::Int { .. } => ("mlc_rt_round_i64", Ty::INT),
            Class::Float(FloatKind::F64) => ("mlc_rt_round_f64", Ty::F64),
            _ => ("mlc_rt_round_f32", Ty::F32),
        };
        let value = self.convert(value, ty, through)?;
        let result = value.r#type();
        let rounded = self.call_runtime(symbol, &[value, digits], &[result])[0];
        self.convert(rounded, through, ty)
    }
}
