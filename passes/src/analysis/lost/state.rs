//! What may be lost at a place, and what holds if it is.

use super::{Next, Thing};
use crate::analysis::{
    guards::{Facts, assume, evaluate, restrict},
    values::Values,
};
use mlc_mlir::rewrite::{Op, Val, is_inside, value_key};
use std::collections::{BTreeMap, btree_map::Entry};

/// The things that may be lost; all others are there.
#[derive(Clone, Default)]
pub struct State<'c, 'a> {
    lost: BTreeMap<Thing, Lost<'c, 'a>>,
    /// Nothing has been brought yet that could be lost.
    absent: bool,
}

#[derive(Clone)]
struct Lost<'c, 'a> {
    by: Op<'c, 'a>,
    /// What it was called then.
    origin: Thing,
    facts: Facts<'c, 'a>,
}

impl Lost<'_, '_> {
    /// Leaves what also holds if the same is lost in another way.
    fn weaken(&mut self, more: &Self) {
        self.facts.retain(|key, (_, known)| {
            let Some((_, other)) = more.facts.get(key) else {
                return false;
            };
            *known = known.or(other);
            !known.is_any()
        });
    }
}

impl<'c: 'a, 'a> State<'c, 'a> {
    /// Nothing is there before something brings it.
    pub fn absent() -> Self {
        Self {
            lost: BTreeMap::new(),
            absent: true,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.lost.is_empty()
    }

    /// What a thing may be lost by, and what it was called then.
    pub fn loss(&self, thing: Thing) -> Option<(Op<'c, 'a>, Thing)> {
        self.lost.get(&thing).map(|lost| (lost.by, lost.origin))
    }

    pub fn lose(&mut self, thing: Thing, by: Op<'c, 'a>) {
        if self.absent {
            return;
        }
        let lost = Lost {
            by,
            origin: thing,
            facts: Facts::new(),
        };
        self.lost.insert(thing, lost);
    }

    pub fn restore(&mut self, thing: Thing) {
        self.lost.remove(&thing);
        self.absent = false;
    }

    /// What may be lost, and by what.
    pub fn losses(&self) -> impl Iterator<Item = (Thing, Op<'c, 'a>)> {
        self.lost.iter().map(|(thing, lost)| (*thing, lost.by))
    }

    /// Says as what things that may be lost go on, those of which there is something to say.
    pub fn follow(&mut self, by: Op<'c, 'a>, next: impl Fn(Thing) -> Option<Vec<Next>>) {
        let mut moved = Vec::new();
        self.lost.retain(|thing, lost| {
            let Some(next) = next(*thing) else {
                return true;
            };
            moved.extend(next.into_iter().map(|next| (next, lost.clone())));
            false
        });
        for (next, mut lost) in moved {
            if next.is_lost_here {
                lost.by = by;
            }
            match self.lost.entry(next.thing) {
                Entry::Vacant(entry) => _ = entry.insert(lost),
                Entry::Occupied(mut entry) => entry.get_mut().weaken(&lost),
            }
        }
    }

    /// Gives things other names, all at once; under the old ones they are lost, by this.
    pub fn rename(&mut self, names: &[(Thing, Thing)], by: Op<'c, 'a>) {
        let before: Vec<_> = (names.iter())
            .map(|(from, _)| self.lost.get(from).cloned())
            .collect();
        for &(from, _) in names {
            self.lose(from, by);
        }
        for (&(_, to), lost) in names.iter().zip(before) {
            match lost {
                Some(lost) => self.lost.insert(to, lost),
                None => self.lost.remove(&to),
            };
        }
    }

    /// Gives things other names beside those that they have.
    pub fn alias(&mut self, names: &[(Thing, Thing)]) {
        let before: Vec<_> = (names.iter())
            .map(|(from, _)| self.lost.get(from).cloned())
            .collect();
        for (&(_, to), lost) in names.iter().zip(before) {
            match lost {
                Some(lost) => self.lost.insert(to, lost),
                None => self.lost.remove(&to),
            };
        }
    }

    /// Keeps those losses that go with something, which may add facts.
    fn keep(mut self, mut goes_with: impl FnMut(&mut Facts<'c, 'a>) -> bool) -> Self {
        self.lost.retain(|_, lost| goes_with(&mut lost.facts));
        self
    }

    /// Where a condition holds, or does not.
    pub fn assuming(self, condition: Val<'c, 'a>, holds: bool) -> Self {
        self.keep(|facts| assume(condition, holds, facts))
    }

    /// Where an integer has one of some values.
    pub fn where_is(self, value: Val<'c, 'a>, allowed: Values) -> Self {
        self.keep(|facts| restrict(value, allowed.clone(), facts))
    }

    /// Says that integers have other names from here on.
    pub fn with_values(self, from: &[Val<'c, 'a>], to: &[Val<'c, 'a>]) -> Self {
        self.keep(|facts| {
            let known: Vec<_> = (from.iter().zip(to))
                .map(|(from, to)| (*to, evaluate(*from, facts, 0)))
                .collect();
            for (value, known) in known {
                match known {
                    Some(known) => facts.insert(value_key(value), (value, known)),
                    None => facts.remove(&value_key(value)),
                };
            }
            true
        })
    }

    /// Takes over what is known of values where the same is lost in another state.
    pub fn with_facts_of(mut self, other: &Self, values: &[Val<'c, 'a>]) -> Self {
        for (thing, lost) in &mut self.lost {
            let Some(other) = other.lost.get(thing) else {
                continue;
            };
            for value in values {
                let key = value_key(*value);
                if let Some(known) = other.facts.get(&key) {
                    lost.facts.insert(key, known.clone());
                }
            }
        }
        self
    }

    /// Forgets what is known of values that the next iteration of a loop, or nothing, defines; `names`
    /// are those under which values go on.
    pub fn outside(self, around: Op<'c, 'a>, names: &[Val<'c, 'a>]) -> Self {
        self.keep(|facts| {
            facts.retain(|_, (value, _)| names.contains(value) || !is_inside(*value, around));
            true
        })
    }

    pub fn forget_facts(&mut self) {
        self.lost.values_mut().for_each(|lost| lost.facts.clear());
    }

    /// What holds where two paths meet.
    pub fn join(mut self, mut other: Self) -> Self {
        for (thing, lost) in &mut self.lost {
            let Some(more) = other.lost.remove(thing) else {
                continue;
            };
            lost.weaken(&more);
        }
        self.lost.append(&mut other.lost);
        self.absent &= other.absent;
        self
    }

    /// Whether the same is lost, with the same facts.
    pub fn is_like(&self, other: &Self) -> bool {
        self.absent == other.absent
            && self.lost.len() == other.lost.len()
            && self.lost.iter().all(|(thing, lost)| {
                other.lost.get(thing).is_some_and(|more| {
                    let same = |(key, (_, known)): (_, &(Val<'c, 'a>, Values))| {
                        more.facts.get(key).is_some_and(|(_, other)| known == other)
                    };
                    lost.facts.len() == more.facts.len() && lost.facts.iter().all(same)
                })
            })
    }
}
