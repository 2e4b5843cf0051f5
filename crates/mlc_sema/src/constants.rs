//! Read-only data of a program, each value once.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};
use smallvec::SmallVec;

use crate::hir::{ConstValue, Constant, Ty};

/// Where constants stand in their list, by a hash of type and value.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConstantIndex(FxHashMap<u64, SmallVec<[usize; 1]>>);

impl ConstantIndex {
    /// Where a constant of that type has the same value to the bit.
    pub fn find(&self, constants: &[Constant], ty: Ty, value: &ConstValue) -> Option<usize> {
        let known = self.0.get(&hash(ty, value))?;
        let mut known = known.iter().copied();
        known.find(|&at| constants[at].ty == ty && is_same(&constants[at].value, value))
    }

    pub fn add(&mut self, at: usize, ty: Ty, value: &ConstValue) {
        self.0.entry(hash(ty, value)).or_default().push(at);
    }
}

fn hash(ty: Ty, value: &ConstValue) -> u64 {
    let mut hasher = FxHasher::default();
    ty.hash(&mut hasher);
    hash_into(value, &mut hasher);
    hasher.finish()
}

fn hash_into(value: &ConstValue, hasher: &mut FxHasher) {
    match value {
        ConstValue::None => {}
        ConstValue::Bool(value) => value.hash(hasher),
        ConstValue::Int(value) => value.hash(hasher),
        ConstValue::Float(value) => value.to_bits().hash(hasher),
        ConstValue::Complex(re, im) => [re, im].map(|part| part.to_bits()).hash(hasher),
        ConstValue::Str(text) => text.hash(hasher),
        ConstValue::Items(items) => {
            items.len().hash(hasher);
            items.iter().for_each(|item| hash_into(item, hasher));
        }
    }
}

/// Floats are the same with the same bits: the zeros differ, and a NaN is itself.
fn is_same(one: &ConstValue, other: &ConstValue) -> bool {
    match (one, other) {
        (ConstValue::Float(a), ConstValue::Float(b)) => a.to_bits() == b.to_bits(),
        (ConstValue::Complex(a, b), ConstValue::Complex(c, d)) => {
            [a, b].map(|part| part.to_bits()) == [c, d].map(|part| part.to_bits())
        }
        (ConstValue::Items(a), ConstValue::Items(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(one, other)| is_same(one, other))
        }
        _ => one == other,
    }
}
