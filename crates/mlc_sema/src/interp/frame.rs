//! The values of the variables of a function that runs at compile time.

use super::Value;
use crate::hir::LocalId;

/// Values of a range of locals. What an expression binds itself stands behind all other locals of its function: the range begins
/// where the first one is set.
#[derive(Default)]
pub(crate) struct Frame {
    first: usize,
    values: Vec<Option<Value>>,
}

impl Frame {
    /// Of a function that has so many locals.
    pub fn of_function(locals: usize) -> Frame {
        Frame {
            first: 0,
            values: vec![None; locals],
        }
    }

    pub fn get(&self, local: LocalId) -> Option<&Value> {
        let at = (local.0 as usize).checked_sub(self.first)?;
        self.values.get(at)?.as_ref()
    }

    pub fn set(&mut self, local: LocalId, value: Option<Value>) {
        let local = local.0 as usize;
        if self.values.is_empty() {
            self.first = local;
        }
        if local < self.first {
            let before = std::iter::repeat_n(None, self.first - local);
            self.values.splice(0..0, before);
            self.first = local;
        }
        let at = local - self.first;
        if at >= self.values.len() {
            self.values.resize(at + 1, None);
        }
        self.values[at] = value;
    }
}
