//! What each variable is at a point of the program, with a way back to an earlier point.
//!
//! A region ends with the bindings that it began with. Those that changed in it are written down, so that many regions in a function of
//! many variables cost what they change.

use std::ops::{Index, IndexMut};

use crate::function::Binding;

/// The bindings of the variables of a function, by slot.
pub struct Env<'c, 'm> {
    bindings: Vec<Binding<'c, 'm>>,
    /// What was changed, with what it was before, the latest last.
    changed: Vec<(usize, Binding<'c, 'm>)>,
}

/// A point to come back to, once or more, before those behind it are come back to no more.
#[derive(Clone, Copy)]
pub struct Point(usize);

impl<'c, 'm> Env<'c, 'm> {
    /// Variables of which none is bound.
    pub fn unset(count: usize) -> Self {
        Self {
            bindings: vec![Binding::Unset; count],
            changed: Vec::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.bindings.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Binding<'c, 'm>> {
        self.bindings.iter()
    }

    pub fn point(&self) -> Point {
        Point(self.changed.len())
    }

    pub fn go_back(&mut self, to: Point) {
        for (slot, before) in self.changed.drain(to.0..).rev() {
            self.bindings[slot] = before;
        }
    }
}

impl<'c, 'm> Index<usize> for Env<'c, 'm> {
    type Output = Binding<'c, 'm>;

    fn index(&self, slot: usize) -> &Self::Output {
        &self.bindings[slot]
    }
}

impl IndexMut<usize> for Env<'_, '_> {
    fn index_mut(&mut self, slot: usize) -> &mut Self::Output {
        let binding = &mut self.bindings[slot];
        self.changed.push((slot, binding.clone()));
        binding
    }
}
