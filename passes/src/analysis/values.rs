//! Which values an integer may have, where only a few matter: those of flags, of hidden variables and of statuses.

use std::collections::BTreeSet;

/// One of a few values, or any but a few.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Values {
    In(BTreeSet<i64>),
    NotIn(BTreeSet<i64>),
}

use Values::{In, NotIn};

impl Values {
    pub fn only(value: i64) -> Self {
        In(BTreeSet::from([value]))
    }

    pub fn any_but(value: i64) -> Self {
        NotIn(BTreeSet::from([value]))
    }

    /// The value, where there is just one.
    pub fn single(&self) -> Option<i64> {
        match self {
            In(set) if set.len() == 1 => set.first().copied(),
            _ => None,
        }
    }

    /// Whether no value is left.
    pub fn is_empty(&self) -> bool {
        matches!(self, In(set) if set.is_empty())
    }

    /// Whether nothing is known.
    pub fn is_any(&self) -> bool {
        matches!(self, NotIn(set) if set.is_empty())
    }

    /// What one or the other allows.
    pub fn or(&self, other: &Self) -> Self {
        match (self, other) {
            (In(first), In(second)) => In(first | second),
            (NotIn(first), NotIn(second)) => NotIn(first & second),
            (In(some), NotIn(out)) | (NotIn(out), In(some)) => NotIn(out - some),
        }
    }

    /// What both allow.
    pub fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (In(first), In(second)) => In(first & second),
            (NotIn(first), NotIn(second)) => NotIn(first | second),
            (In(some), NotIn(out)) | (NotIn(out), In(some)) => In(some - out),
        }
    }

    /// Whether two integers are equal, where that is certain.
    pub fn equals(&self, other: &Self) -> Option<bool> {
        if self.and(other).is_empty() {
            return Some(false);
        }
        (self.single().is_some() && self == other).then_some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_of<const N: usize>(values: [i64; N]) -> Values {
        In(BTreeSet::from(values))
    }

    #[test]
    fn union_and_intersection() {
        let failed = Values::any_but(0);
        let fine = Values::only(0);
        assert!(failed.or(&fine).is_any());
        assert!(failed.and(&fine).is_empty());
        assert_eq!(failed.and(&one_of([0, 1, 3])), one_of([1, 3]));
        assert_eq!(failed.or(&one_of([1, 3])), failed);
        assert_eq!(fine.or(&Values::only(3)), one_of([0, 3]));
        assert_eq!(one_of([0, 3]).and(&one_of([3, 4])), Values::only(3));
        let neither = Values::any_but(1).and(&Values::any_but(2));
        assert_eq!(neither.and(&one_of([1, 2, 3])), Values::only(3));
    }

    #[test]
    fn equality_is_claimed_only_where_it_is_certain() {
        assert_eq!(Values::only(3).equals(&Values::only(3)), Some(true));
        assert_eq!(Values::only(3).equals(&one_of([1, 2])), Some(false));
        assert_eq!(Values::any_but(0).equals(&Values::only(0)), Some(false));
        assert_eq!(Values::any_but(0).equals(&Values::only(1)), None);
        assert_eq!(one_of([1, 2]).equals(&one_of([1, 2])), None);
        assert_eq!(Values::any_but(0).equals(&Values::any_but(0)), None);
    }
}
