//! Floats of 16 bits from wider ones and back, in software.

/// IEEE 754 binary16 to binary64, exactly.
pub fn widen_half(half: u16) -> f64 {
    let magnitude = match (half >> 10 & 0x1f, f64::from(half & 0x3ff)) {
        (0, fraction) => fraction * 2f64.powi(-24),
        (0x1f, 0.0) => f64::INFINITY,
        (0x1f, _) => f64::NAN,
        (exponent, fraction) => (1024.0 + fraction) * 2f64.powi(i32::from(exponent) - 25),
    };
    if half >> 15 == 0 {
        magnitude
    } else {
        -magnitude
    }
}

/// The nearest IEEE 754 binary16, ties to even.
pub fn narrow_half(value: f64) -> u16 {
    let magnitude = value.abs();
    let exponent = (value.to_bits() >> 52 & 0x7ff) as i32 - 1023;
    let bits = if value.is_nan() {
        0x7e00
    } else if magnitude >= 65520.0 {
        0x7c00
    } else if exponent < -14 {
        (magnitude * 2f64.powi(24)).round_ties_even() as u16
    } else {
        // A fraction that rounds up to 2048 carries into the exponent, as it should.
        let fraction = (magnitude * 2f64.powi(10 - exponent)).round_ties_even() as u16;
        ((exponent + 14) as u16) * 1024 + fraction
    };
    if value.is_sign_negative() {
        bits | 0x8000
    } else {
        bits
    }
}

/// The nearest bfloat16, ties to even.
pub fn narrow_bfloat(value: f64) -> u16 {
    if value.is_nan() {
        return 0x7fc0;
    }
    // Rounded to odd, the binary32 between keeps what decides the second rounding.
    let near = value as f32;
    let mut bits = near.to_bits();
    if f64::from(near) != value && near.is_finite() {
        if f64::from(near).abs() > value.abs() {
            bits -= 1;
        }
        bits |= 1;
    }
    let rounded = bits + 0x7fff + (bits >> 16 & 1);
    (rounded >> 16) as u16
}

/// A bfloat16 to binary64, exactly.
pub fn widen_bfloat(value: u16) -> f64 {
    f64::from(f32::from_bits(u32::from(value) << 16))
}
