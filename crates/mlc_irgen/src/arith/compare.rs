//! Comparisons of numbers.

use melior::ir::{Type, Value, attribute::IntegerAttribute};
use mlc_sema::hir::{CompareOp, Ty};

use super::Class;
use crate::{
    builder::Builder,
    function::{Lower, Result},
};

/// The predicates of `arith.cmpi`, in the order of their numbers.
const INT_PREDICATES: [&str; 10] = [
    "eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge",
];

/// The predicates of `arith.cmpf`, in the order of their numbers.
const FLOAT_PREDICATES: [&str; 16] = [
    "false", "oeq", "ogt", "oge", "olt", "ole", "one", "ord", "ueq", "ugt", "uge", "ult", "ule",
    "une", "uno", "true",
];

impl<'c, 'm> Builder<'c, 'm> {
    /// `arith.cmpi`; the result is one bit for each lane.
    pub fn compare_ints(
        &self,
        predicate: &str,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
    ) -> Value<'c, 'm> {
        self.compare("arith.cmpi", &INT_PREDICATES, predicate, a, b)
    }

    fn compare(
        &self,
        name: &str,
        predicates: &[&str],
        predicate: &str,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
    ) -> Value<'c, 'm> {
        let number = predicates.iter().position(|&known| known == predicate);
        let number = number.expect("the predicate is one of the operation's") as i64;
        let number = IntegerAttribute::new(self.int_type(64), number);
        self.value_with(
            name,
            &[a, b],
            self.bit_type(a),
            &[("predicate", number.into())],
        )
    }

    /// `i1`, or as many of it as the operand has lanes.
    pub fn bit_type(&self, like: Value<'c, 'm>) -> Type<'c> {
        use melior::ir::{TypeLike, ValueLike};
        let ty = like.r#type();
        let bit = self.int_type(1);
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
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// `arith.cmpi`; the result is one bit for each lane.
    pub fn compare_ints(
        &self,
        predicate: &str,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
    ) -> Value<'c, 'm> {
        self.b.compare_ints(predicate, a, b)
    }

    /// `arith.cmpf`.
    pub fn compare_floats(
        &self,
        predicate: &str,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
    ) -> Value<'c, 'm> {
        self.b
            .compare("arith.cmpf", &FLOAT_PREDICATES, predicate, a, b)
    }

    /// Compares an integer of 64 bits with an `f64`, exactly: where the integer rounds to the float, by what the rounding took
    /// from it, which is the sum of two halves of the integer without the float. No step of that rounds.
    pub fn compare_exactly(
        &mut self,
        op: CompareOp,
        (left, left_ty): (Value<'c, 'm>, Ty),
        (right, right_ty): (Value<'c, 'm>, Ty),
    ) -> Result<Value<'c, 'm>> {
        let Class::Int { signed, .. } = self.class(left_ty)? else {
            let mirrored = match op {
                CompareOp::Lt => CompareOp::Gt,
                CompareOp::Le => CompareOp::Ge,
                CompareOp::Gt => CompareOp::Lt,
                CompareOp::Ge => CompareOp::Le,
                CompareOp::Eq | CompareOp::Ne => op,
            };
            return self.compare_exactly(mirrored, (right, right_ty), (left, left_ty));
        };
        let (int, float) = (left, right);
        let (long, wide, bit) = (
            self.b.int_type(64),
            Type::float64(self.b.context),
            self.b.int_type(1),
        );
        let (to_float, shift) = match signed {
            true => ("arith.sitofp", "arith.shrsi"),
            false => ("arith.uitofp", "arith.shrui"),
        };
        let (half, low_bits) = (self.b.int(32, long), self.b.int(0xffff_ffff, long));
        let rounded = self.b.value(to_float, &[int], wide);
        let high = self.b.value(shift, &[int, half], long);
        let high = self.b.value(to_float, &[high], wide);
        let low = self.b.value("arith.andi", &[int, low_bits], long);
        let low = self.b.value("arith.sitofp", &[low], wide);
        let scale = self.b.float(4_294_967_296.0, wide);
        let high = self.b.value("arith.mulf", &[high, scale], wide);
        let rest = self.b.value("arith.subf", &[high, rounded], wide);
        let rest = self.b.value("arith.addf", &[rest, low], wide);
        let zero = self.b.float(0.0, wide);
        let (apart, tie) = match op {
            CompareOp::Eq | CompareOp::Ne => (None, "oeq"),
            CompareOp::Lt => (Some("olt"), "olt"),
            CompareOp::Le => (Some("olt"), "ole"),
            CompareOp::Gt => (Some("ogt"), "ogt"),
            CompareOp::Ge => (Some("ogt"), "oge"),
        };
        let apart = apart.map(|apart| self.compare_floats(apart, rounded, float));
        let same = self.compare_floats("oeq", rounded, float);
        let tie = self.compare_floats(tie, rest, zero);
        let tie = self.b.value("arith.andi", &[same, tie], bit);
        let holds = match apart {
            Some(apart) => self.b.value("arith.ori", &[apart, tie], bit),
            None => tie,
        };
        if op != CompareOp::Ne {
            return Ok(holds);
        }
        let yes = self.b.bool(true);
        Ok(self.b.value("arith.xori", &[holds, yes], bit))
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
            Class::Complex(kind) => {
                let ((a_re, a_im), (b_re, b_im)) =
                    (self.complex_parts(a, kind), self.complex_parts(b, kind));
                let (predicate, join) = match op {
                    CompareOp::Eq => ("oeq", "arith.andi"),
                    _ => ("une", "arith.ori"),
                };
                let re = self.compare_floats(predicate, a_re, b_re);
                let im = self.compare_floats(predicate, a_im, b_im);
                self.b.value(join, &[re, im], self.b.int_type(1))
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
}
