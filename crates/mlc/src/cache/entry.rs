//! A compiled module as the bytes of a file: a mark, a checksum over all that follows, a description, and the object.

use crate::{ContentHash, Dependency, Interface, jit::Symbols};
use serde::{Deserialize, Serialize};

const MARK: &[u8; 8] = b"mlccache";
const CHECKSUM: usize = 32;
const LENGTH: usize = 8;

/// What stands beside the object.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Those of the key.
    pub facts: Vec<(String, String)>,
    pub dependencies: Vec<Dependency>,
    pub interface: Interface,
    /// Those of the object.
    pub symbols: Symbols,
}

impl Entry {
    pub fn to_bytes(&self, object: &[u8]) -> Vec<u8> {
        // Serializing plain data into memory cannot fail.
        let description = serde_json::to_vec(self).unwrap_or_default();
        let mut body = (description.len() as u64).to_le_bytes().to_vec();
        body.extend(description);
        body.extend(object);
        let mut bytes = MARK.to_vec();
        bytes.extend(ContentHash::of(&body).0);
        bytes.extend(body);
        bytes
    }
}

/// What [`Entry::to_bytes`] wrote, and the object; `None` for anything else.
pub(crate) fn parse(bytes: &[u8]) -> Option<(Entry, &[u8])> {
    let rest = bytes.strip_prefix(MARK)?;
    let (checksum, body) = rest.split_at_checked(CHECKSUM)?;
    if ContentHash::of(body).0 != checksum {
        return None;
    }
    let (length, rest) = body.split_first_chunk::<LENGTH>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (description, object) = rest.split_at_checked(length)?;
    Some((serde_json::from_slice(description).ok()?, object))
}

#[cfg(test)]
mod tests {
    use super::{Entry, parse};

    #[test]
    fn every_flipped_bit_and_every_cut_is_noticed() {
        let entry = Entry {
            facts: vec![("source".to_owned(), "12".to_owned())],
            ..Entry::default()
        };
        let bytes = entry.to_bytes(b"object");
        assert_eq!(parse(&bytes), Some((entry, &b"object"[..])));
        for at in 0..bytes.len() {
            assert_eq!(parse(&bytes[..at]), None);
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << bit;
                assert_eq!(parse(&flipped), None, "byte {at}, bit {bit}");
            }
        }
    }
}
