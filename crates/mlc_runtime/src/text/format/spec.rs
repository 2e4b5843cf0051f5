//! A format specifier, taken apart: `[[fill]align][sign][z][#][0][width][separator][.precision][type]`.

/// The parts of a specifier.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Spec {
    pub fill: Option<char>,
    /// One of `<`, `>`, `^` and `=`.
    pub align: Option<char>,
    /// One of `+`, `-` and the space.
    pub sign: Option<char>,
    /// `z`: a negative number that rounds to zero has no sign.
    pub no_negative_zero: bool,
    /// `#`
    pub alternate: bool,
    /// A `0` before the width.
    pub zero: bool,
    pub width: usize,
    /// `,` or `_` between groups of digits.
    pub separator: Option<char>,
    pub precision: Option<usize>,
    pub kind: Option<char>,
}

/// Longer texts than this nobody wants, and they would not fit the memory.
const WIDEST: usize = i32::MAX as usize;

impl Spec {
    /// The error is the message of a `ValueError`.
    pub fn parse(text: &str) -> Result<Spec, String> {
        let chars: Vec<char> = text.chars().collect();
        let mut rest = chars.as_slice();
        let mut spec = Spec::default();
        let is_align = |c: &char| matches!(c, '<' | '>' | '^' | '=');
        match rest {
            [fill, align, ..] if is_align(align) => {
                (spec.fill, spec.align) = (Some(*fill), Some(*align));
                rest = &rest[2..];
            }
            [align, ..] if is_align(align) => {
                spec.align = Some(*align);
                rest = &rest[1..];
            }
            _ => {}
        }
        let mut take = |wanted: &[char]| {
            let found = rest.first().copied().filter(|c| wanted.contains(c));
            rest = &rest[usize::from(found.is_some())..];
            found
        };
        spec.sign = take(&['+', '-', ' ']);
        spec.no_negative_zero = take(&['z']).is_some();
        spec.alternate = take(&['#']).is_some();
        spec.zero = spec.fill.is_none() && take(&['0']).is_some();
        spec.width = number(&mut rest)?.unwrap_or(0);
        while let [separator @ (',' | '_'), tail @ ..] = rest {
            match spec.separator {
                None => spec.separator = Some(*separator),
                Some(before) if before == *separator => {
                    return Err(format!("Cannot specify '{before}' with '{before}'."));
                }
                Some(_) => return Err("Cannot specify both ',' and '_'.".into()),
            }
            rest = tail;
        }
        if let ['.', tail @ ..] = rest {
            rest = tail;
            let precision = number(&mut rest)?;
            spec.precision = Some(precision.ok_or("Format specifier missing precision")?);
        }
        match rest {
            [] => {}
            [kind] => spec.kind = Some(*kind),
            _ => return Err("Invalid format specifier".into()),
        }
        Ok(spec)
    }

    /// A text in the middle of as much fill as the width asks for; numbers are never padded inside here.
    pub fn padded(&self, text: &str, default_align: char) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        let before = match self.align.unwrap_or(default_align) {
            '<' => 0,
            '^' => missing / 2,
            _ => missing,
        };
        let fill = self.fill.unwrap_or(if self.zero { '0' } else { ' ' });
        let padding = |count| std::iter::repeat_n(fill, count);
        let padded = padding(before).chain(text.chars());
        padded.chain(padding(missing - before)).collect()
    }

    /// How wide the digits themselves become by zeros in front of them, given the width of all around them.
    pub fn digits_width(&self, around: usize) -> usize {
        let inside = self.zero && self.align.is_none_or(|align| align == '=')
            || self.fill == Some('0') && self.align == Some('=');
        if inside {
            self.width.saturating_sub(around)
        } else {
            0
        }
    }
}

fn number(rest: &mut &[char]) -> Result<Option<usize>, String> {
    let mut value = None;
    while let [c, tail @ ..] = *rest
        && let Some(digit) = c.to_digit(10)
    {
        let next = value.unwrap_or(0_usize) * 10 + digit as usize;
        if next > WIDEST {
            return Err("Too many decimal digits in format string".into());
        }
        value = Some(next);
        *rest = tail;
    }
    Ok(value)
}

pub fn unknown_code(kind: char, ty: &str) -> String {
    format!("Unknown format code '{kind}' for object of type '{ty}'")
}
