//! Interned names: cheap to copy, compare and hash.

use std::fmt;
use std::sync::{LazyLock, OnceLock, RwLock};

use rustc_hash::FxHashMap;

/// A name in the process-wide table. Equal names are equal text. The table keeps each distinct name
/// for the life of the process; there is no order by id, which would depend on what was read first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name(u32);

static IDS: LazyLock<RwLock<FxHashMap<&'static str, Name>>> = LazyLock::new(RwLock::default);

/// The texts by id, read without a lock: block `k` holds `FIRST << k` of them, and never moves.
static TEXTS: [OnceLock<Box<[OnceLock<&'static str>]>>; BLOCKS] =
    [const { OnceLock::new() }; BLOCKS];

const FIRST: u32 = 1024;
/// Enough for every id.
const BLOCKS: usize = 22;

/// The block of an id and the place in it.
fn place(id: u32) -> (usize, usize) {
    let block = (id / FIRST + 1).ilog2();
    let start = (FIRST << block) - FIRST;
    (block as usize, (id - start) as usize)
}

impl Name {
    pub fn new(text: &str) -> Name {
        let known = match IDS.read() {
            Ok(ids) => ids.get(text).copied(),
            Err(poisoned) => poisoned.into_inner().get(text).copied(),
        };
        if let Some(name) = known {
            return name;
        }
        let mut ids = match IDS.write() {
            Ok(ids) => ids,
            Err(poisoned) => poisoned.into_inner(),
        };
        if let Some(&name) = ids.get(text) {
            return name;
        }
        let text: &'static str = Box::leak(text.into());
        let name = Name(ids.len() as u32);
        let (block, at) = place(name.0);
        let size = (FIRST as usize) << block;
        let texts = TEXTS[block].get_or_init(|| vec![OnceLock::new(); size].into());
        texts[at].get_or_init(|| text);
        ids.insert(text, name);
        name
    }

    /// A number for tables within one process: it depends on what was read first, so no result may depend on its order.
    pub fn id(self) -> u32 {
        self.0
    }

    pub fn as_str(self) -> &'static str {
        let (block, at) = place(self.0);
        // Whoever has a name got it after its text was set.
        let texts = TEXTS[block].get().map_or(&[][..], |texts| texts);
        texts
            .get(at)
            .and_then(OnceLock::get)
            .copied()
            .unwrap_or_default()
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

/// A text as an identifier: `_` stands for every character that none may have, and in front of a digit.
pub fn identifier(text: &str) -> String {
    let letter = |letter: char| {
        if letter.is_alphanumeric() {
            letter
        } else {
            '_'
        }
    };
    let mut name: String = text.chars().map(letter).collect();
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
}
