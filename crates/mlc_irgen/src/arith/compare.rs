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
