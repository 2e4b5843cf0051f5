//! Sets of variables.

/// A set of small numbers.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct LocalSet(Vec<u64>);

impl LocalSet {
    pub fn insert(&mut self, slot: usize) {
        let word = slot / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (slot % 64);
    }

    pub fn remove(&mut self, slot: usize) {
        if let Some(word) = self.0.get_mut(slot / 64) {
            *word &= !(1 << (slot % 64));
        }
    }

    pub fn contains(&self, slot: usize) -> bool {
        self.0
            .get(slot / 64)
            .is_some_and(|word| word & (1 << (slot % 64)) != 0)
    }

    pub fn extend(&mut self, other: &LocalSet) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word |= other;
        }
    }

    #[must_use]
    pub fn union(mut self, other: &LocalSet) -> LocalSet {
        self.extend(other);
        self
    }

    /// Those of a list that are not in the set.
    pub fn without(&self, mut slots: Vec<usize>) -> Vec<usize> {
        slots.retain(|&slot| !self.contains(slot));
        slots
    }

    /// All, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.common(self).into_iter()
    }

    /// Those that are in both, in ascending order.
    pub fn common(&self, other: &LocalSet) -> Vec<usize> {
        let words = self.0.iter().zip(&other.0).enumerate();
        words
            .flat_map(|(at, (word, other))| {
                let both = word & other;
                (0..64)
                    .filter(move |bit| both & (1 << bit) != 0)
                    .map(move |bit| at * 64 + bit)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::LocalSet;

    fn set(slots: &[usize]) -> LocalSet {
        let mut set = LocalSet::default();
        for &slot in slots {
            set.insert(slot);
        }
        set
    }

    #[test]
    fn holds_what_was_inserted_and_not_removed() {
        let mut both = set(&[3, 64]).union(&set(&[200]));
        both.remove(3);
        both.remove(9999);
        assert!(!both.contains(3) && both.contains(64) && both.contains(200));
    }

    #[test]
    fn common_slots_come_in_order() {
        assert_eq!(set(&[130, 2, 65]).common(&set(&[65, 2, 9])), [2, 65]);
    }
}
