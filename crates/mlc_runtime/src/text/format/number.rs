//! Numbers by a format specifier.

use super::digits::{Digits, Float, grouped, of_float};
use super::spec::{Spec, unknown_code};
use crate::float_text::Width;

/// `format` of an `int`. The error is the message of a `ValueError`.
pub fn integer(value: i128, spec: &str) -> Result<String, String> {
    if spec.is_empty() {
        return Ok(value.to_string());
    }
    let spec = Spec::parse(spec)?;
    let kind = spec.kind.unwrap_or('d');
    if matches!(kind, 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') {
        return of_parsed((value as f64).into(), &spec);
    }
    if !matches!(kind, 'b' | 'c' | 'd' | 'n' | 'o' | 'x' | 'X') {
        return Err(unknown_code(kind, "int"));
    }
    if spec.precision.is_some() {
        return Err("Precision not allowed in integer format specifier".into());
    }
    if spec.no_negative_zero {
        return Err(
            "Negative zero coercion (z) not allowed in format specifier with integer format code"
                .into(),
        );
    }
    if let Some(separator) = spec.separator
        && (matches!(kind, 'c' | 'n') || separator == ',' && matches!(kind, 'b' | 'o' | 'x' | 'X'))
    {
        return Err(format!("Cannot specify '{separator}' with '{kind}'."));
    }
    if kind == 'c' {
        return character(value, &spec);
    }
    let magnitude = value.unsigned_abs();
    let (whole, prefix) = match kind {
        'b' => (format!("{magnitude:b}"), "0b"),
        'o' => (format!("{magnitude:o}"), "0o"),
        'x' => (format!("{magnitude:x}"), "0x"),
        'X' => (format!("{magnitude:X}"), "0X"),
        _ => (magnitude.to_string(), ""),
    };
    let digits = Digits {
        whole,
        rest: String::new(),
    };
    let prefix = if spec.alternate { prefix } else { "" };
    Ok(signed(value < 0, prefix, &digits, &spec))
}

/// Code `c`: the character of a code point.
fn character(value: i128, spec: &Spec) -> Result<String, String> {
    if spec.sign.is_some() {
        return Err("Sign not allowed with integer format specifier 'c'".into());
    }
    if spec.alternate {
        return Err("Alternate form (#) not allowed with integer format specifier 'c'".into());
    }
    let c = u32::try_from(value).ok().and_then(char::from_u32);
    let c = c.ok_or("%c arg not in range(0x110000)")?;
    Ok(spec.padded(c.encode_utf8(&mut [0; 4]), '>'))
}

/// `format` of a `bool`: with a specifier it is a number.
pub fn boolean(value: bool, spec: &str) -> Result<String, String> {
    match spec {
        "" => Ok(if value { "True" } else { "False" }.to_owned()),
        _ => integer(value.into(), spec),
    }
}

/// `format` of a `float`. The error is the message of a `ValueError`.
pub fn float(value: Float, spec: &str) -> Result<String, String> {
    of_parsed(value, &Spec::parse(spec)?)
}

fn of_parsed(float: Float, spec: &Spec) -> Result<String, String> {
    let value = float.value;
    if let Some(kind) = spec.kind
        && !matches!(kind, 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%')
    {
        return Err(unknown_code(kind, "float"));
    }
    if let (Some(separator), Some('n')) = (spec.separator, spec.kind) {
        return Err(format!("Cannot specify '{separator}' with 'n'."));
    }
    let digits = of_float(float, spec.kind, spec.precision, spec.alternate);
    let mut negative = value.is_sign_negative() && !value.is_nan();
    if spec.no_negative_zero {
        let mantissa = (digits.whole.chars()).chain(digits.rest.chars());
        let mut mantissa = mantissa.take_while(|c| !matches!(c, 'e' | 'E'));
        negative &= !value.is_finite() || mantissa.any(|c| matches!(c, '1'..='9'));
    }
    Ok(signed(negative, "", &digits, spec))
}

/// `format` of a `complex`. The error is the message of a `ValueError`.
pub fn complex(re: f64, im: f64, width: Width, spec: &str) -> Result<String, String> {
    let spec = Spec::parse(spec)?;
    if let Some(kind) = spec.kind
        && !matches!(kind, 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n')
    {
        return Err(unknown_code(kind, "complex"));
    }
    if spec.zero || spec.fill == Some('0') && spec.align == Some('=') {
        return Err("Zero padding is not allowed in complex format specifier".into());
    }
    if spec.align == Some('=') {
        return Err("'=' alignment flag is not allowed in complex format specifier".into());
    }
    let plain = spec.kind.is_none() && spec.precision.is_none();
    let part = |value: f64, sign: Option<char>| {
        let part = Spec {
            sign,
            kind: spec.kind.or(if plain { None } else { Some('g') }),
            separator: spec.separator,
            precision: spec.precision,
            alternate: spec.alternate,
            no_negative_zero: spec.no_negative_zero,
            ..Spec::default()
        };
        let text = of_parsed(Float { value, width }, &part)?;
        Ok::<_, String>(match text.strip_suffix(".0") {
            Some(whole) if plain => whole.to_owned(),
            _ => text,
        })
    };
    let imaginary_alone = spec.kind.is_none() && re == 0.0 && re.is_sign_positive();
    let text = if imaginary_alone {
        format!("{}j", part(im, spec.sign)?)
    } else {
        let both = format!("{}{}j", part(re, spec.sign)?, part(im, Some('+'))?);
        match spec.kind {
            None => format!("({both})"),
            Some(_) => both,
        }
    };
    Ok(spec.padded(&text, '>'))
}

/// Sign, prefix and digits in the width that is asked for.
fn signed(negative: bool, prefix: &str, digits: &Digits, spec: &Spec) -> String {
    let sign = match (negative, spec.sign) {
        (true, _) => "-",
        (false, Some('+')) => "+",
        (false, Some(' ')) => " ",
        _ => "",
    };
    let group = match spec.kind {
        Some('b' | 'o' | 'x' | 'X') => 4,
        _ => 3,
    };
    let around = sign.len() + prefix.len() + digits.rest.len();
    let inside = spec.digits_width(around);
    // An infinity has no digits, so nothing to separate.
    let separator = spec.separator.filter(|_| !digits.whole.is_empty());
    let whole = grouped(&digits.whole, separator, group, inside);
    if spec.align == Some('=') && inside == 0 {
        let number = format!("{whole}{}", digits.rest);
        let rest = Spec {
            fill: spec.fill,
            width: spec.width.saturating_sub(sign.len() + prefix.len()),
            ..Spec::default()
        };
        return format!("{sign}{prefix}{}", rest.padded(&number, '>'));
    }
    spec.padded(&format!("{sign}{prefix}{whole}{}", digits.rest), '>')
}
