//! Arithmetic with Python's meaning: floor division, the sign of a remainder, wide shifts, powers, true division.

use melior::ir::{Attribute, Type, Value, attribute::IntegerAttribute};
use mlc_sema::hir::{BinaryOp, CompareOp, ErrorKind, FloatKind, Reduction, Ty, TyKind, UnaryOp};

use crate::{
    Error, FpMode,
    function::{Lower, Result},
};

/// What arithmetic a type has; of a vector type, its elements.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Bool,
    Int { bits: u32, signed: bool },
    Float(FloatKind),
    Complex(FloatKind),
}

/// What is known of the operands of a division.
#[derive(Clone, Copy, Default)]
pub struct Known {
    /// The divisor is not 0.
    pub nonzero_divisor: bool,
    /// The divisor is neither 0 nor -1.
    pub safe_divisor: bool,
    /// Neither operand is negative.
    pub nonnegative: bool,
    /// The right operand is not negative.
    pub nonnegative_right: bool,
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    pub fn class(&self, ty: Ty) -> Result<Class> {
        Ok(match self.types().kind(ty) {
            TyKind::Bool => Class::Bool,
            TyKind::Int { bits, signed } => Class::Int {
                bits: u32::from(*bits),
                signed: *signed,
            },
            TyKind::Float(kind) => Class::Float(*kind),
            TyKind::Complex(kind) => Class::Complex(*kind),
            TyKind::Simd { elem, .. } => return self.class(*elem),
            _ => {
                return Err(Error::unsupported(
                    mlc_diagnostics::Span::NONE,
                    &format!("this operation on `{}`", self.cx.program.types.name(ty)),
                ));
            }
        })
    }

    /// The `fastmath` attribute of float operations of this function.
    pub fn fastmath(&self) -> Vec<(&'static str, Attribute<'c>)> {
        let flags = match self.fp {
            FpMode::Strict => return vec![],
            FpMode::Reassoc => "#arith.fastmath<contract>",
            FpMode::Fast => "#arith.fastmath<reassoc,nnan,ninf,nsz,contract>",
        };
        vec![("fastmath", self.cx.parsed(flags))]
    }

    /// A float operation that carries the flags of the function.
    pub fn float_op(&self, name: &str, operands: &[Value<'c, 'm>], ty: Type<'c>) -> Value<'c, 'm> {
        self.b.value_with(name, operands, ty, &self.fastmath())
    }

    /// A constant of a number type; all lanes of a vector.
    pub fn number(&self, value: f64, ty: Ty) -> Result<Value<'c, 'm>> {
        let scalar = |elem: Ty| -> Result<Value<'c, 'm>> {
            let ty = self.types().scalar(elem).expect("the type is a scalar");
            Ok(match self.class(elem)? {
                Class::Bool | Class::Int { .. } => self.b.int(value as i64, ty),
                Class::Float(_) => self.b.float(value, ty),
                Class::Complex(kind) => {
                    let part = self.types().float(kind);
                    let (re, im) = (self.b.float(value, part), self.b.float(0.0, part));
                    self.b.value("complex.create", &[re, im], ty)
                }
            })
        };
        match self.types().kind(ty) {
            TyKind::Simd { elem, .. } => {
                let value = scalar(*elem)?;
                let ty = self.types().scalar(ty).expect("a vector is a scalar here");
                Ok(self.b.value("vector.broadcast", &[value], ty))
            }
            _ => scalar(ty),
        }
    }

    /// `arith.cmpi`; the result is one bit for each lane.
    pub fn compare_ints(
        &self,
        predicate: &str,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
    ) -> Value<'c, 'm> {
        let predicate = match predicate {
            "eq" => 0,
            "ne" => 1,
            "slt" => 2,
            "sle" => 3,
            "sgt" => 4,
            "sge" => 5,
            "ult" => 6,
            "ule" => 7,
            "ugt" => 8,
            _ => 9,
        };
        let predicate = IntegerAttribute::new(self.b.int_type(64), predicate);
        self.b.value_with(
            "arith.cmpi",
            &[a, b],
            self.bit_type(a),
            &[("predicate", predicate.into())],
        )
    }

    /// `arith.cmpf`.
    pub fn compare_floats(
        &self,
        predicate: &str,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
    ) -> Value<'c, 'm> {
        let predicate = match predicate {
            "oeq" => 1,
            "ogt" => 2,
            "oge" => 3,
            "olt" => 4,
            "ole" => 5,
            "one" => 6,
            "ord" => 7,
            "une" => 13,
            _ => 14,
        };
        let predicate = IntegerAttribute::new(self.b.int_type(64), predicate);
        self.b.value_with(
            "arith.cmpf",
            &[a, b],
            self.bit_type(a),
            &[("predicate", predicate.into())],
        )
    }

    /// `i1`, or as many of it as the operand has lanes.
    fn bit_type(&self, like: Value<'c, 'm>) -> Type<'c> {
        use melior::ir::{TypeLike, ValueLike};
        let ty = like.r#type();
        let bit = self.b.int_type(1);
        if !ty.is_vector() {
            return bit;
        }
        let text = ty.to_string();
        let lanes = text
            .trim_start_matches("vector<")
            .split('x')
            .next()
            .and_then(|lanes| lanes.parse().ok())
            .unwrap_or(1);
        Type::vector(&[lanes], bit)
    }

    /// `left op right`; `left` and `right` are the types of the operands, `ty` that of the result. `known` matters to
    /// divisions of integers.
    #[expect(
        clippy::too_many_arguments,
        reason = "an operation with two typed operands and a typed result"
    )]
    pub fn binary(
        &mut self,
        op: BinaryOp,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
        left: Ty,
        right: Ty,
        ty: Ty,
        known: Known,
    ) -> Result<Value<'c, 'm>> {
        let result = self.types().scalar(ty).ok_or_else(|| {
            Error::unsupported(
                mlc_diagnostics::Span::NONE,
                &format!("this operation on `{}`", self.cx.program.types.name(ty)),
            )
        })?;
        match self.class(left)? {
            Class::Float(_) => {
                // The exponent of a power may be an integer.
                let b = self.convert(b, right, ty)?;
                self.float_binary(op, a, b, ty, result)
            }
            Class::Complex(_) => self.complex_binary(op, a, b, result),
            Class::Bool => Ok(match op {
                BinaryOp::And | BinaryOp::Mul | BinaryOp::Min => {
                    self.b.value("arith.andi", &[a, b], result)
                }
                BinaryOp::Or | BinaryOp::Max => self.b.value("arith.ori", &[a, b], result),
                BinaryOp::Xor => self.b.value("arith.xori", &[a, b], result),
                _ => return Err(Error::Invalid("arithmetic on Bool".into())),
            }),
            Class::Int { bits, signed } => {
                if op == BinaryOp::Div {
                    return self.true_division(a, b, left, ty, known);
                }
                self.int_binary(op, a, b, right, ty, result, (bits, signed), known)
            }
        }
    }

    fn float_binary(
        &mut self,
        op: BinaryOp,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
        ty: Ty,
        result: Type<'c>,
    ) -> Result<Value<'c, 'm>> {
        Ok(match op {
            BinaryOp::Add => self.float_op("arith.addf", &[a, b], result),
            BinaryOp::Sub => self.float_op("arith.subf", &[a, b], result),
            BinaryOp::Mul => self.float_op("arith.mulf", &[a, b], result),
            BinaryOp::Div => self.float_op("arith.divf", &[a, b], result),
            BinaryOp::Pow => self.float_op("math.powf", &[a, b], result),
            BinaryOp::Min => {
                let less = self.compare_floats("olt", b, a);
                self.b.value("arith.select", &[less, b, a], result)
            }
            BinaryOp::Max => {
                let greater = self.compare_floats("ogt", b, a);
                self.b.value("arith.select", &[greater, b, a], result)
            }
            // CPython's float_rem and float_floor_div (Objects/floatobject.c).
            BinaryOp::Mod => {
                let zero = self.number(0.0, ty)?;
                let rest = self.b.value("arith.remf", &[a, b], result);
                let differs = self.signs_differ(rest, b, zero);
                let moved = self.b.value("arith.addf", &[rest, b], result);
                let some = self
                    .b
                    .value("arith.select", &[differs, moved, rest], result);
                let none = self.b.value("math.copysign", &[zero, b], result);
                let is_zero = self.compare_floats("oeq", rest, zero);
                self.b.value("arith.select", &[is_zero, none, some], result)
            }
            BinaryOp::FloorDiv => {
                let (zero, one, half) = (
                    self.number(0.0, ty)?,
                    self.number(1.0, ty)?,
                    self.number(0.5, ty)?,
                );
                let rest = self.b.value("arith.remf", &[a, b], result);
                let whole = self.b.value("arith.subf", &[a, rest], result);
                let quotient = self.b.value("arith.divf", &[whole, b], result);
                let differs = self.signs_differ(rest, b, zero);
                let lower = self.b.value("arith.subf", &[quotient, one], result);
                let quotient = self
                    .b
                    .value("arith.select", &[differs, lower, quotient], result);
                let floor = self.b.value("math.floor", &[quotient], result);
                let fraction = self.b.value("arith.subf", &[quotient, floor], result);
                let above = self.compare_floats("ogt", fraction, half);
                let next = self.b.value("arith.addf", &[floor, one], result);
                let some = self.b.value("arith.select", &[above, next, floor], result);
                let ratio = self.b.value("arith.divf", &[a, b], result);
                let none = self.b.value("math.copysign", &[zero, ratio], result);
                let is_zero = self.compare_floats("oeq", quotient, zero);
                let finite = self.b.value("arith.select", &[is_zero, none, some], result);
                // By zero, as IEEE division: infinite or no number.
                let by_zero = self.compare_floats("oeq", b, zero);
                self.b
                    .value("arith.select", &[by_zero, ratio, finite], result)
            }
            BinaryOp::Shl | BinaryOp::Shr | BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => {
                return Err(Error::Invalid("a bitwise operation on floats".into()));
            }
        })
    }

    /// Whether a remainder is not zero and has another sign than the divisor.
    fn signs_differ(
        &self,
        rest: Value<'c, 'm>,
        divisor: Value<'c, 'm>,
        zero: Value<'c, 'm>,
    ) -> Value<'c, 'm> {
        let some = self.compare_floats("one", rest, zero);
        let a = self.compare_floats("olt", rest, zero);
        let b = self.compare_floats("olt", divisor, zero);
        let bit = self.bit_type(rest);
        let differ = self.b.value("arith.xori", &[a, b], bit);
        self.b.value("arith.andi", &[some, differ], bit)
    }

    fn complex_binary(
        &self,
        op: BinaryOp,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
        result: Type<'c>,
    ) -> Result<Value<'c, 'm>> {
        let name = match op {
            BinaryOp::Add => "complex.add",
            BinaryOp::Sub => "complex.sub",
            BinaryOp::Mul => "complex.mul",
            BinaryOp::Div => "complex.div",
            BinaryOp::Pow => "complex.pow",
            _ => {
                return Err(Error::Invalid(
                    "an operation that complex numbers do not have".into(),
                ));
            }
        };
        Ok(self.b.value(name, &[a, b], result))
    }

    #[expect(clippy::too_many_arguments, reason = "as `binary`")]
    fn int_binary(
        &mut self,
        op: BinaryOp,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
        right: Ty,
        ty: Ty,
        result: Type<'c>,
        (bits, signed): (u32, bool),
        known: Known,
    ) -> Result<Value<'c, 'm>> {
        let name = match (op, signed) {
            (BinaryOp::Add, _) => "arith.addi",
            (BinaryOp::Sub, _) => "arith.subi",
            (BinaryOp::Mul, _) => "arith.muli",
            (BinaryOp::And, _) => "arith.andi",
            (BinaryOp::Or, _) => "arith.ori",
            (BinaryOp::Xor, _) => "arith.xori",
            (BinaryOp::Min, true) => "arith.minsi",
            (BinaryOp::Min, false) => "arith.minui",
            (BinaryOp::Max, true) => "arith.maxsi",
            (BinaryOp::Max, false) => "arith.maxui",
            (BinaryOp::FloorDiv | BinaryOp::Mod, _) => {
                return self.int_division(op, a, b, ty, result, signed, known);
            }
            (BinaryOp::Shl | BinaryOp::Shr, _) => {
                return self.shift(op, a, b, right, ty, result, (bits, signed), known);
            }
            (BinaryOp::Pow, _) => {
                return self.int_power(a, b, right, result, (bits, signed), known);
            }
            (BinaryOp::Div, _) => {
                return Err(Error::Invalid(
                    "true division with an integer result".into(),
                ));
            }
        };
        Ok(self.b.value(name, &[a, b], result))
    }

    /// `//` and `%` of integers. The one quotient that overflows (the least number by -1) wraps.
    #[expect(clippy::too_many_arguments, reason = "as `binary`")]
    fn int_division(
        &mut self,
        op: BinaryOp,
        a: Value<'c, 'm>,
        mut b: Value<'c, 'm>,
        ty: Ty,
        result: Type<'c>,
        signed: bool,
        known: Known,
    ) -> Result<Value<'c, 'm>> {
        let zero = self.number(0.0, ty)?;
        if !known.nonzero_divisor {
            let some = self.compare_ints("ne", b, zero);
            let message = if op == BinaryOp::Mod {
                "integer modulo by zero"
            } else {
                "integer division or modulo by zero"
            };
            self.check_all(some, ty, ErrorKind::ZeroDivisionError, message);
            // The remainder of MLIR may be moved before the check: it must not trap there.
            let one = self.number(1.0, ty)?;
            b = self.b.value("arith.select", &[some, b, one], result);
        }
        if !signed || known.nonnegative {
            let name = if op == BinaryOp::Mod {
                "arith.remui"
            } else {
                "arith.divui"
            };
            return Ok(self.b.value(name, &[a, b], result));
        }
        let bit = self.bit_type(a);
        let (divisor, by_minus_one) = if known.safe_divisor || known.nonnegative {
            (b, None)
        } else {
            let (one, minus_one) = (self.number(1.0, ty)?, self.number(-1.0, ty)?);
            let by_minus_one = self.compare_ints("eq", b, minus_one);
            (
                self.b
                    .value("arith.select", &[by_minus_one, one, b], result),
                Some(by_minus_one),
            )
        };
        // Where the divisor was -1, dividing by 1 has the right remainder, and the quotient is negated.
        let rest = self.b.value("arith.remsi", &[a, divisor], result);
        let some = self.compare_ints("ne", rest, zero);
        let mixed = self.b.value("arith.xori", &[rest, divisor], result);
        let mixed = self.compare_ints("slt", mixed, zero);
        let adjust = self.b.value("arith.andi", &[some, mixed], bit);
        if op == BinaryOp::Mod {
            let moved = self.b.value("arith.addi", &[rest, divisor], result);
            return Ok(self.b.value("arith.select", &[adjust, moved, rest], result));
        }
        let quotient = self.b.value("arith.divsi", &[a, divisor], result);
        let one = self.number(1.0, ty)?;
        let lower = self.b.value("arith.subi", &[quotient, one], result);
        let quotient = self
            .b
            .value("arith.select", &[adjust, lower, quotient], result);
        Ok(match by_minus_one {
            None => quotient,
            Some(by_minus_one) => {
                let negated = self.b.value("arith.subi", &[zero, a], result);
                self.b
                    .value("arith.select", &[by_minus_one, negated, quotient], result)
            }
        })
    }

    /// A check that has to hold in all lanes.
    fn check_all(&mut self, condition: Value<'c, 'm>, ty: Ty, error: ErrorKind, message: &str) {
        if !self.checks {
            return;
        }
        let condition = if matches!(self.types().kind(ty), TyKind::Simd { .. }) {
            let kind = self.cx.parsed("#vector.kind<and>");
            self.b.value_with(
                "vector.reduction",
                &[condition],
                self.b.int_type(1),
                &[("kind", kind)],
            )
        } else {
            condition
        };
        self.check(condition, error, message);
    }

    #[expect(clippy::too_many_arguments, reason = "as `binary`")]
    fn shift(
        &mut self,
        op: BinaryOp,
        a: Value<'c, 'm>,
        count: Value<'c, 'm>,
        right: Ty,
        ty: Ty,
        result: Type<'c>,
        (bits, signed): (u32, bool),
        known: Known,
    ) -> Result<Value<'c, 'm>> {
        let Class::Int {
            bits: count_bits,
            signed: count_signed,
        } = self.class(right)?
        else {
            return Err(Error::Invalid(
                "a shift by something that is no integer".into(),
            ));
        };
        let count_zero = self.number(0.0, right)?;
        if count_signed && !known.nonnegative_right {
            let fine = self.compare_ints("sge", count, count_zero);
            self.check_all(fine, right, ErrorKind::ValueError, "negative shift count");
        }
        // The comparison is made at the width of the count, so that its high bits count.
        let limit = self.number(f64::from(bits), right)?;
        let wide = self.compare_ints("uge", count, limit);
        let count = if count_bits == bits {
            count
        } else if count_bits < bits {
            self.b.value("arith.extui", &[count], result)
        } else {
            self.b.value("arith.trunci", &[count], result)
        };
        let zero = self.number(0.0, ty)?;
        if op == BinaryOp::Shr && signed {
            let most = self.number(f64::from(bits - 1), ty)?;
            let count = self.b.value("arith.select", &[wide, most, count], result);
            return Ok(self.b.value("arith.shrsi", &[a, count], result));
        }
        let name = if op == BinaryOp::Shl {
            "arith.shli"
        } else {
            "arith.shrui"
        };
        let safe = self.b.value("arith.select", &[wide, zero, count], result);
        let shifted = self.b.value(name, &[a, safe], result);
        Ok(self.b.value("arith.select", &[wide, zero, shifted], result))
    }

    /// Integer power, which wraps: a function of the module that squares and multiplies.
    fn int_power(
        &mut self,
        a: Value<'c, 'm>,
        exponent: Value<'c, 'm>,
        right: Ty,
        result: Type<'c>,
        (bits, signed): (u32, bool),
        known: Known,
    ) -> Result<Value<'c, 'm>> {
        let Class::Int {
            bits: exponent_bits,
            signed: exponent_signed,
        } = self.class(right)?
        else {
            return Err(Error::Invalid(
                "an integer power with another exponent".into(),
            ));
        };
        if exponent_signed && !known.nonnegative_right {
            let zero = self.number(0.0, right)?;
            let fine = self.compare_ints("sge", exponent, zero);
            self.check_all(
                fine,
                right,
                ErrorKind::ValueError,
                "an integer to a negative power is no integer",
            );
        }
        let wide = self.b.int_type(64);
        let to_wide = |value, bits: u32, signed: bool| match (bits < 64, signed) {
            (false, _) => value,
            (true, true) => self.b.value("arith.extsi", &[value], wide),
            (true, false) => self.b.value("arith.extui", &[value], wide),
        };
        let base = to_wide(a, bits, signed);
        let exponent = to_wide(exponent, exponent_bits, exponent_signed);
        let symbol = "mlc.ipow";
        if let Some(mut b) = self.cx.helper(symbol, &[wide, wide], &[wide]) {
            self.power_body(&mut b, wide);
        }
        let call = self.b.value_with(
            "func.call",
            &[base, exponent],
            wide,
            &[("callee", self.b.symbol(symbol))],
        );
        Ok(if bits < 64 {
            self.b.value("arith.trunci", &[call], result)
        } else {
            call
        })
    }

    /// ```text
    /// result = 1
    /// while exponent > 0: result *= base if exponent & 1; base *= base; exponent >>= 1
    /// ```
    fn power_body(&self, b: &mut crate::builder::Builder<'c, 'm>, wide: Type<'c>) {
        use melior::ir::BlockLike;
        let outer = *b;
        let argument = |at| {
            Value::from(
                outer
                    .block
                    .argument(at)
                    .expect("the function has two parameters"),
            )
        };
        let (base, exponent) = (argument(0), argument(1));
        let (zero, one) = (b.int(0, wide), b.int(1, wide));
        let types = [wide, wide, wide];
        let op = b.structured("scf.while", &[base, exponent, one], &types, &[], 2);
        let compare = |b: &crate::builder::Builder<'c, 'm>, predicate: i64, x, y| {
            let predicate = IntegerAttribute::new(b.int_type(64), predicate);
            b.value_with(
                "arith.cmpi",
                &[x, y],
                b.int_type(1),
                &[("predicate", predicate.into())],
            )
        };
        let state = b.enter(op, 0, &types);
        let more = compare(b, 4, state[1], zero);
        b.op("scf.condition", &[more, state[0], state[1], state[2]], &[]);
        let state = b.enter(op, 1, &types);
        let bit = b.value("arith.andi", &[state[1], one], wide);
        let odd = compare(b, 1, bit, zero);
        let product = b.value("arith.muli", &[state[2], state[0]], wide);
        let product = b.value("arith.select", &[odd, product, state[2]], wide);
        let square = b.value("arith.muli", &[state[0], state[0]], wide);
        let half = b.value("arith.shrsi", &[state[1], one], wide);
        b.op("scf.yield", &[square, half, product], &[]);
        *b = outer;
        let result = op.result(2).expect("the loop has three results").into();
        b.op("func.return", &[result], &[]);
    }

    /// The quotient of two integers as a float, rounded once where both are exact in it.
    fn true_division(
        &mut self,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
        operands: Ty,
        ty: Ty,
        known: Known,
    ) -> Result<Value<'c, 'm>> {
        if !known.nonzero_divisor {
            let zero = self.number(0.0, operands)?;
            let some = self.compare_ints("ne", b, zero);
            self.check_all(
                some,
                operands,
                ErrorKind::ZeroDivisionError,
                "division by zero",
            );
        }
        // Through f64, so that a narrower result is rounded from a quotient that is nearly exact.
        let wide = match self.types().kind(ty) {
            TyKind::Float(FloatKind::F64) | TyKind::Simd { .. } => ty,
            _ => Ty::F64,
        };
        let a = self.convert(a, operands, wide)?;
        let b = self.convert(b, operands, wide)?;
        let wide_type = self.types().scalar(wide).expect("a float is a scalar");
        let quotient = self.b.value("arith.divf", &[a, b], wide_type);
        self.convert(quotient, wide, ty)
    }

    pub fn unary(
        &mut self,
        op: UnaryOp,
        a: Value<'c, 'm>,
        from: Ty,
        ty: Ty,
    ) -> Result<Value<'c, 'm>> {
        let result = self
            .types()
            .scalar(ty)
            .ok_or_else(|| Error::Invalid("an operation on no number".into()))?;
        let class = self.class(from)?;
        Ok(match (op, class) {
            (UnaryOp::Neg, Class::Float(_)) => self.float_op("arith.negf", &[a], result),
            (UnaryOp::Neg, Class::Complex(_)) => self.b.value("complex.neg", &[a], result),
            (UnaryOp::Neg, _) => {
                let zero = self.number(0.0, ty)?;
                self.b.value("arith.subi", &[zero, a], result)
            }
            (UnaryOp::Not, _) | (UnaryOp::Invert, Class::Bool) => {
                let one = self.b.bool(true);
                self.b.value("arith.xori", &[a, one], result)
            }
            (UnaryOp::Invert, _) => {
                let ones = self.number(-1.0, ty)?;
                self.b.value("arith.xori", &[a, ones], result)
            }
            (UnaryOp::Abs, Class::Float(_)) => self.float_op("math.absf", &[a], result),
            (UnaryOp::Abs, Class::Complex(_)) => self.b.value("complex.abs", &[a], result),
            (UnaryOp::Abs, Class::Int { signed: true, .. }) => {
                self.b.value("math.absi", &[a], result)
            }
            (UnaryOp::Abs, _) => a,
        })
    }

    pub fn compare(
        &mut self,
        op: CompareOp,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
        ty: Ty,
    ) -> Result<Value<'c, 'm>> {
        Ok(match self.class(ty)? {
            Class::Float(_) => {
                let predicate = match op {
                    CompareOp::Eq => "oeq",
                    CompareOp::Ne => "une",
                    CompareOp::Lt => "olt",
                    CompareOp::Le => "ole",
                    CompareOp::Gt => "ogt",
                    CompareOp::Ge => "oge",
                };
                self.compare_floats(predicate, a, b)
            }
            Class::Complex(_) => {
                let name = if op == CompareOp::Eq {
                    "complex.eq"
                } else {
                    "complex.neq"
                };
                self.b.value(name, &[a, b], self.b.int_type(1))
            }
            class => {
                let signed = matches!(class, Class::Int { signed: true, .. });
                let predicate = match (op, signed) {
                    (CompareOp::Eq, _) => "eq",
                    (CompareOp::Ne, _) => "ne",
                    (CompareOp::Lt, true) => "slt",
                    (CompareOp::Le, true) => "sle",
                    (CompareOp::Gt, true) => "sgt",
                    (CompareOp::Ge, true) => "sge",
                    (CompareOp::Lt, false) => "ult",
                    (CompareOp::Le, false) => "ule",
                    (CompareOp::Gt, false) => "ugt",
                    (CompareOp::Ge, false) => "uge",
                };
                self.compare_ints(predicate, a, b)
            }
        })
    }

    /// The value that changes nothing when it is combined with another one.
    pub fn identity(&self, reduction: &Reduction) -> Result<Value<'c, 'm>> {
        let ty = self.local_ty(reduction.local);
        let scalar = self.types().scalar(ty).ok_or_else(|| {
            Error::unsupported(reduction.span, "a reduction over values of this type")
        })?;
        let class = self.class(ty)?;
        let (least, greatest) = match class {
            Class::Int { bits, signed: true } => (i64::MIN >> (64 - bits), i64::MAX >> (64 - bits)),
            Class::Int { .. } => (0, -1),
            _ => (0, 1),
        };
        let infinite = |sign: f64| self.b.float(sign * f64::INFINITY, scalar);
        Ok(match (reduction.op, class) {
            (BinaryOp::Min, Class::Float(_)) => infinite(1.0),
            (BinaryOp::Max, Class::Float(_)) => infinite(-1.0),
            (BinaryOp::Min, _) => self.b.int(greatest, scalar),
            (BinaryOp::Max, _) => self.b.int(least, scalar),
            // Minus zero: plus zero would turn a sum of minus zeros into plus zero.
            (BinaryOp::Add, Class::Float(_)) => self.b.float(-0.0, scalar),
            (BinaryOp::Mul, _) => self.number(1.0, ty)?,
            (BinaryOp::And, _) => self.b.int(-1, scalar),
            _ => self.number(0.0, ty)?,
        })
    }
}
