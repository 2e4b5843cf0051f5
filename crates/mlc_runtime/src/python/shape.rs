//! How a value lies in memory, as the compiler writes it down for conversions.
//!
//! ```text
//! ?               Bool                      s      String
//! b h i q         signed integers           o      PythonObject
//! B H I Q         unsigned integers         [X     a list of X
//! e E f d         f16, bf16, f32, f64       a_x3X  an array of X: its extents, `_` for one known at run time
//! F D             c64, c128                 (XY)   a tuple: its items inline
//! x               a caught error            !X     an optional: a Bool, then the value
//! ```

/// The number of a kind that elements of arrays have, and `Bool`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Number {
    Bool,
    Int { bytes: usize, signed: bool },
    Half,
    BFloat,
    Single,
    Double,
    Complex { double: bool },
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Shape {
    Number(Number),
    Text,
    Object,
    /// Towards Python only.
    Caught,
    List(Box<Shape>),
    Array {
        element: Number,
        extents: Vec<Option<usize>>,
    },
    Tuple(Vec<Shape>),
    Optional(Box<Shape>),
}

impl Number {
    fn of(letter: u8) -> Option<Number> {
        let int = |bytes, signed| Some(Number::Int { bytes, signed });
        match letter {
            b'?' => Some(Number::Bool),
            b'b' => int(1, true),
            b'h' => int(2, true),
            b'i' => int(4, true),
            b'q' => int(8, true),
            b'B' => int(1, false),
            b'H' => int(2, false),
            b'I' => int(4, false),
            b'Q' => int(8, false),
            b'e' => Some(Number::Half),
            b'E' => Some(Number::BFloat),
            b'f' => Some(Number::Single),
            b'd' => Some(Number::Double),
            b'F' => Some(Number::Complex { double: false }),
            b'D' => Some(Number::Complex { double: true }),
            _ => None,
        }
    }

    pub fn size(self) -> usize {
        match self {
            Number::Bool => 1,
            Number::Int { bytes, .. } => bytes,
            Number::Half | Number::BFloat => 2,
            Number::Single => 4,
            Number::Double | Number::Complex { double: false } => 8,
            Number::Complex { double: true } => 16,
        }
    }

    pub fn align(self) -> usize {
        match self {
            Number::Complex { .. } => self.size() / 2,
            _ => self.size(),
        }
    }

    /// The name of NumPy's type for it; NumPy has none for `bf16`, whose values fit the next wider one.
    pub fn dtype(self) -> &'static str {
        match self {
            Number::Bool => "bool",
            Number::Int { bytes, signed } => match (bytes, signed) {
                (1, true) => "int8",
                (2, true) => "int16",
                (4, true) => "int32",
                (_, true) => "int64",
                (1, false) => "uint8",
                (2, false) => "uint16",
                (4, false) => "uint32",
                (_, false) => "uint64",
            },
            Number::Half => "float16",
            Number::BFloat | Number::Single => "float32",
            Number::Double => "float64",
            Number::Complex { double: false } => "complex64",
            Number::Complex { double: true } => "complex128",
        }
    }

    /// What the language calls it.
    pub fn name(self) -> &'static str {
        match self {
            Number::Bool => "Bool",
            Number::Int { bytes, signed } => match (bytes, signed) {
                (1, true) => "i8",
                (2, true) => "i16",
                (4, true) => "i32",
                (_, true) => "Int",
                (1, false) => "u8",
                (2, false) => "u16",
                (4, false) => "u32",
                (_, false) => "UInt",
            },
            Number::Half => "f16",
            Number::BFloat => "bf16",
            Number::Single => "f32",
            Number::Double => "f64",
            Number::Complex { double: false } => "c64",
            Number::Complex { double: true } => "c128",
        }
    }
}

impl Shape {
    /// Reads what the compiler wrote.
    pub fn parse(text: &str) -> Option<Shape> {
        let mut rest = text.as_bytes();
        let shape = Shape::read(&mut rest)?;
        rest.is_empty().then_some(shape)
    }

    fn read(rest: &mut &[u8]) -> Option<Shape> {
        let (&letter, behind) = rest.split_first()?;
        *rest = behind;
        Some(match letter {
            b's' => Shape::Text,
            b'o' => Shape::Object,
            b'x' => Shape::Caught,
            b'[' => Shape::List(Box::new(Shape::read(rest)?)),
            b'!' => Shape::Optional(Box::new(Shape::read(rest)?)),
            b'a' => {
                let is_extent = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'_' | b'x');
                let len = rest.iter().take_while(is_extent).count();
                let (extents, behind) = rest.split_at(len);
                let (&element, behind) = behind.split_first()?;
                *rest = behind;
                let extents = std::str::from_utf8(extents).ok()?.split('x');
                let extents = extents.map(|extent| match extent {
                    "_" => Some(None),
                    extent => extent.parse().ok().map(Some),
                });
                Shape::Array {
                    element: Number::of(element)?,
                    extents: extents.collect::<Option<_>>()?,
                }
            }
            b'(' => {
                let mut items = Vec::new();
                while *rest.first()? != b')' {
                    items.push(Shape::read(rest)?);
                }
                *rest = &rest[1..];
                Shape::Tuple(items)
            }
            letter => Shape::Number(Number::of(letter)?),
        })
    }

    pub fn size(&self) -> usize {
        match self {
            Shape::Number(number) => number.size(),
            Shape::Text | Shape::Object => 8,
            Shape::Caught => 16,
            Shape::List(_) => 24,
            Shape::Array { extents, .. } => 24 + 16 * extents.len(),
            Shape::Tuple(items) => {
                let end = items
                    .iter()
                    .fold(0, |end, item| place_of(end, item) + item.size());
                end.next_multiple_of(self.align())
            }
            Shape::Optional(of) => (place_of(1, of) + of.size()).next_multiple_of(self.align()),
        }
    }

    fn align(&self) -> usize {
        match self {
            Shape::Number(number) => number.align(),
            Shape::Tuple(items) => items.iter().map(Shape::align).max().unwrap_or(1),
            Shape::Optional(of) => of.align(),
            _ => 8,
        }
    }

    /// Where the value of an optional of this lies.
    pub fn offset_in_optional(&self) -> usize {
        place_of(1, self)
    }
}

/// Where the items of a tuple lie.
pub(super) fn offsets(items: &[Shape]) -> impl Iterator<Item = (usize, &Shape)> {
    items.iter().scan(0, |end, item| {
        let at = place_of(*end, item);
        *end = at + item.size();
        Some((at, item))
    })
}

/// The first place from `end` on where a value may lie.
fn place_of(end: usize, shape: &Shape) -> usize {
    end.next_multiple_of(shape.align())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_lie_where_a_c_compiler_puts_them() {
        for (text, size) in [
            ("q", 8),
            ("(?q)", 16),
            ("(q?)", 16),
            ("(?h?)", 6),
            ("!d", 16),
            ("!?", 2),
            ("(F?)", 12),
            ("[[d", 24),
            ("a_x3f", 56),
            ("(sa_d!(bq))", 72),
        ] {
            assert_eq!(
                Shape::parse(text).map(|shape| shape.size()),
                Some(size),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_shape_is_refused() {
        for text in ["", "z", "[", "(q", "q)", "a", "a_s", "ax3d", "qq"] {
            assert_eq!(Shape::parse(text), None, "{text}");
        }
    }
}
