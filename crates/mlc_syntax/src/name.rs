//! Interned names: cheap to copy, compare and hash.

use std::fmt;
use std::sync::{LazyLock, RwLock};

use rustc_hash::FxHashMap;

/// A name in the process-wide table. Equal names are equal text. The table keeps each distinct name
/// for the life of the process; there is no order by id, which would depend on what was read first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name(u32);

#[derive(Default)]
struct Table {
    ids: FxHashMap<&'static str, Name>,
    texts: Vec<&'static str>,
}

static TABLE: LazyLock<RwLock<Table>> = LazyLock::new(RwLock::default);

impl Name {
    pub fn new(text: &str) -> Name {
        if let Some(&name) = read().ids.get(text) {
            return name;
        }
        let mut table = match TABLE.write() {
            Ok(table) => table,
            Err(poisoned) => poisoned.into_inner(),
        };
        if let Some(&name) = table.ids.get(text) {
            return name;
        }
        let text: &'static str = Box::leak(text.into());
        let name = Name(table.texts.len() as u32);
        table.texts.push(text);
        table.ids.insert(text, name);
        name
    }

    pub fn as_str(self) -> &'static str {
        read().texts[self.0 as usize]
    }
}

fn read() -> std::sync::RwLockReadGuard<'static, Table> {
    match TABLE.read() {
        Ok(table) => table,
        Err(poisoned) => poisoned.into_inner(),
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Name {
        Name::new(text)
    }
}
