//! Arithmetic on one float or on a vector of them, written once for both.

use crate::emit;
use melior::ir::{
    Attribute, Type, TypeLike, ValueLike,
    attribute::{DenseElementsAttribute, FloatAttribute, IntegerAttribute},
};
use mlc_mlir::rewrite::{Cursor, Val};

/// How many values an operation works on, and of which width.
#[derive(Clone, Copy)]
pub struct Lanes<'c, 'a> {
    pub at: Cursor<'c, 'a>,
    /// `None` for one scalar.
    count: Option<u64>,
    /// The bits of a float: 32 or 64.
    pub bits: u32,
}

/// How floats compare; every comparison with NaN is false, but for `NotEqual` and `Unordered`.
#[derive(Clone, Copy)]
pub enum Compare {
    Greater = 2,
    Less = 4,
    LessEqual = 5,
    Equal = 1,
    NotEqual = 13,
    Unordered = 14,
}

type Value<'c, 'a> = Val<'c, 'a>;

impl<'c, 'a> Lanes<'c, 'a> {
    /// The lanes of a value; `None` unless it is an `f32`, an `f64` or a vector of one dimension of them.
    pub fn of(at: Cursor<'c, 'a>, value: Value<'c, 'a>) -> Option<Self> {
        let ty = value.r#type();
        let element = emit::element_type(ty);
        let bits = if element.is_f32() {
            32
        } else if element.is_f64() {
            64
        } else {
            return None;
        };
        let count = if ty.is_vector() {
            Some(emit::vector_lanes(ty)?)
        } else {
            None
        };
        Some(Self { at, count, bits })
    }

    /// The same lanes at another place.
    pub fn moved_to(self, at: Cursor<'c, 'a>) -> Self {
        Self { at, ..self }
    }

    /// As many lanes of another width.
    pub fn with_bits(self, bits: u32) -> Self {
        Self { bits, ..self }
    }

    /// One scalar of the same width.
    pub fn scalar(self) -> Self {
        Self {
            count: None,
            ..self
        }
    }

    pub fn count(&self) -> Option<u64> {
        self.count
    }

    pub fn float_element(&self) -> Type<'c> {
        if self.bits == 32 {
            Type::float32(self.at.context)
        } else {
            Type::float64(self.at.context)
        }
    }

    fn shaped(&self, element: Type<'c>) -> Type<'c> {
        self.count
            .map_or(element, |count| Type::vector(&[count], element))
    }

    pub fn float_type(&self) -> Type<'c> {
        self.shaped(self.float_element())
    }

    pub fn int_type(&self) -> Type<'c> {
        self.shaped(emit::int_type(&self.at, self.bits))
    }

    pub fn mask_type(&self) -> Type<'c> {
        self.shaped(emit::int_type(&self.at, 1))
    }

    fn constant(&self, ty: Type<'c>, value: Attribute<'c>) -> Value<'c, 'a> {
        let value = match self.count {
            Some(_) => DenseElementsAttribute::splat(ty, value).into(),
            None => value,
        };
        self.at
            .value("arith.constant", &[], ty, &[("value", value)])
    }

    /// A float in every lane.
    pub fn float(&self, value: f64) -> Value<'c, 'a> {
        let value = FloatAttribute::new(self.at.context, self.float_element(), value);
        self.constant(self.float_type(), value.into())
    }

    /// An integer in every lane.
    pub fn int(&self, value: i64) -> Value<'c, 'a> {
        let value = IntegerAttribute::new(emit::int_type(&self.at, self.bits), value);
        self.constant(self.int_type(), value.into())
    }

    fn same(&self, name: &str, operands: &[Value<'c, 'a>]) -> Value<'c, 'a> {
        self.at.value(name, operands, operands[0].r#type(), &[])
    }

    pub fn add(&self, a: Value<'c, 'a>, b: Value<'c, 'a>) -> Value<'c, 'a> {
        self.same("arith.addf", &[a, b])
    }

    pub fn sub(&self, a: Value<'c, 'a>, b: Value<'c, 'a>) -> Value<'c, 'a> {
        self.same("arith.subf", &[a, b])
    }

    pub fn mul(&self, a: Value<'c, 'a>, b: Value<'c, 'a>) -> Value<'c, 'a> {
        self.same("arith.mulf", &[a, b])
    }

    pub fn div(&self, a: Value<'c, 'a>, b: Value<'c, 'a>) -> Value<'c, 'a> {
        self.same("arith.divf", &[a, b])
    }

    pub fn neg(&self, a: Value<'c, 'a>) -> Value<'c, 'a> {
        self.same("arith.negf", &[a])
    }

    pub fn sqrt(&self, a: Value<'c, 'a>) -> Value<'c, 'a> {
        self.same("math.sqrt", &[a])
    }

    pub fn abs(&self, a: Value<'c, 'a>) -> Value<'c, 'a> {
        self.same("math.absf", &[a])
    }

    /// `a * b + c` in one rounding.
    pub fn fma(&self, a: Value<'c, 'a>, b: Value<'c, 'a>, c: Value<'c, 'a>) -> Value<'c, 'a> {
        self.same("math.fma", &[a, b, c])
    }

    /// `c[0] + x * (c[1] + x * ...)`.
    pub fn polynomial(&self, x: Value<'c, 'a>, coefficients: &[f64]) -> Value<'c, 'a> {
        let (last, rest) = coefficients
            .split_last()
            .expect("a polynomial has a coefficient");
        rest.iter().rev().fold(self.float(*last), |sum, next| {
            self.fma(sum, x, self.float(*next))
        })
    }

    /// The sum as it rounds, and what rounding lost (Knuth's TwoSum).
    pub fn two_sum(&self, a: Value<'c, 'a>, b: Value<'c, 'a>) -> (Value<'c, 'a>, Value<'c, 'a>) {
        let sum = self.add(a, b);
        let from_b = self.sub(sum, a);
        let from_a = self.sub(sum, from_b);
        let lost = self.add(self.sub(a, from_a), self.sub(b, from_b));
        (sum, lost)
    }

    pub fn compare(&self, how: Compare, a: Value<'c, 'a>, b: Value<'c, 'a>) -> Value<'c, 'a> {
        let how = IntegerAttribute::new(emit::int_type(&self.at, 64), how as i64);
        self.at.value(
            "arith.cmpf",
            &[a, b],
            self.mask_type(),
            &[("predicate", how.into())],
        )
    }

    /// Whether an integer is not zero.
    pub fn is_set(&self, a: Value<'c, 'a>) -> Value<'c, 'a> {
        let how = IntegerAttribute::new(emit::int_type(&self.at, 64), 1);
        self.at.value(
            "arith.cmpi",
            &[a, self.int(0)],
            self.mask_type(),
            &[("predicate", how.into())],
        )
    }

    pub fn is_nan(&self, a: Value<'c, 'a>) -> Value<'c, 'a> {
        self.compare(Compare::Unordered, a, a)
    }

    pub fn select(
        &self,
        mask: Value<'c, 'a>,
        yes: Value<'c, 'a>,
        no: Value<'c, 'a>,
    ) -> Value<'c, 'a> {
        self.at
            .value("arith.select", &[mask, yes, no], yes.r#type(), &[])
    }

    /// The nearer of two bounds where `a` is outside of them; the lower one for NaN.
    pub fn clamp(&self, a: Value<'c, 'a>, lower: f64, upper: f64) -> Value<'c, 'a> {
        let (lower, upper) = (self.float(lower), self.float(upper));
        let above = self.select(self.compare(Compare::Greater, a, lower), a, lower);
        self.select(self.compare(Compare::Less, above, upper), above, upper)
    }

    /// An operation on integers, such as `arith.addi`.
    pub fn ints(&self, name: &str, a: Value<'c, 'a>, b: Value<'c, 'a>) -> Value<'c, 'a> {
        self.same(name, &[a, b])
    }

    /// An operation on masks.
    pub fn masks(&self, name: &str, a: Value<'c, 'a>, b: Value<'c, 'a>) -> Value<'c, 'a> {
        self.same(name, &[a, b])
    }

    /// The bits of floats as integers.
    pub fn bits_of(&self, a: Value<'c, 'a>) -> Value<'c, 'a> {
        self.at.value("arith.bitcast", &[a], self.int_type(), &[])
    }

    pub fn float_of_bits(&self, a: Value<'c, 'a>) -> Value<'c, 'a> {
        self.at.value("arith.bitcast", &[a], self.float_type(), &[])
    }

    /// Integers as floats; exact for those that fit.
    pub fn int_to_float(&self, a: Value<'c, 'a>) -> Value<'c, 'a> {
        self.at.value("arith.sitofp", &[a], self.float_type(), &[])
    }

    /// `f32` lanes as `f64`.
    pub fn widen(&self, a: Value<'c, 'a>) -> Value<'c, 'a> {
        let wide = self.with_bits(64);
        self.at.value("arith.extf", &[a], wide.float_type(), &[])
    }

    /// `f64` lanes as `f32`.
    pub fn narrow(&self, a: Value<'c, 'a>) -> Value<'c, 'a> {
        let narrow = self.with_bits(32);
        self.at
            .value("arith.truncf", &[a], narrow.float_type(), &[])
    }

    /// The low half of integers of 64 bits.
    pub fn narrow_ints(&self, a: Value<'c, 'a>) -> Value<'c, 'a> {
        let narrow = self.with_bits(32);
        self.at.value("arith.trunci", &[a], narrow.int_type(), &[])
    }

    /// The bits of the significand that are stored.
    pub fn stored_bits(&self) -> i64 {
        if self.bits == 32 { 23 } else { 52 }
    }

    /// `a * scale` rounded to the nearest integer, as a float and as an integer. Adding 1.5 * 2^p
    /// pushes the fraction out of the significand (Hecker 1996); `|a * scale|` is below 2^(p-1).
    pub fn scaled_round(&self, a: Value<'c, 'a>, scale: f64) -> (Value<'c, 'a>, Value<'c, 'a>) {
        let magic = 1.5 * (self.stored_bits() as f64).exp2();
        let magic = self.float(magic);
        let shifted = self.fma(a, self.float(scale), magic);
        let rounded = self.sub(shifted, magic);
        let int = self.ints("arith.subi", self.bits_of(shifted), self.bits_of(magic));
        (rounded, int)
    }

    /// `a * 2^k`, in two steps, so that subnormal results round once and no power overflows.
    pub fn scale_by_power(&self, a: Value<'c, 'a>, k: Value<'c, 'a>) -> Value<'c, 'a> {
        let half = self.ints("arith.shrsi", k, self.int(1));
        let rest = self.ints("arith.subi", k, half);
        let power = |k| {
            let bias = if self.bits == 32 { 127 } else { 1023 };
            let exponent = self.ints("arith.addi", k, self.int(bias));
            self.float_of_bits(self.ints("arith.shli", exponent, self.int(self.stored_bits())))
        };
        self.mul(self.mul(a, power(half)), power(rest))
    }

    /// `a` with its sign changed where the integer, shifted to its top bit, is odd there.
    pub fn flip_sign(&self, a: Value<'c, 'a>, sign: Value<'c, 'a>) -> Value<'c, 'a> {
        self.float_of_bits(self.ints("arith.xori", self.bits_of(a), sign))
    }
}
