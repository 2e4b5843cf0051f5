//! What LLVM calls to round to `bf16` where the processor has no instruction for it, by the names of GCC's library.
//!
//! A `bf16` is returned in the low half of the register of an `f32`, which is how both return it on x86-64 and AArch64.

/// The functions here, for the JIT.
pub fn symbols() -> [(&'static str, *const ()); 2] {
    [
        ("__truncsfbf2", __truncsfbf2 as *const ()),
        ("__truncdfbf2", __truncdfbf2 as *const ()),
    ]
}

/// To the nearest `bf16`, ties to even.
#[unsafe(no_mangle)]
pub extern "C" fn __truncsfbf2(x: f32) -> f32 {
    let bits = x.to_bits();
    let rounded = if x.is_nan() {
        // Quiet, as an operation makes it; the payload may lie in the lower half.
        bits >> 16 | 0x40
    } else {
        (bits + 0x7fff + (bits >> 16 & 1)) >> 16
    };
    f32::from_bits(rounded)
}

/// The same of an `f64`: first to an `f32` whose last bit says whether anything was lost, so that it rounds once.
#[unsafe(no_mangle)]
pub extern "C" fn __truncdfbf2(x: f64) -> f32 {
    let near = x as f32;
    let back = f64::from(near);
    if x.is_nan() || back == x {
        return __truncsfbf2(near);
    }
    // Rounding to odd (Boldo and Melquiond, When Double Rounding is Odd, 2005).
    let toward_zero = if back.abs() > x.abs() {
        near.to_bits() - 1
    } else {
        near.to_bits()
    };
    __truncsfbf2(f32::from_bits(toward_zero | 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(rounded: f32) -> f32 {
        f32::from_bits(rounded.to_bits() << 16)
    }

    #[test]
    fn rounds_to_the_nearest_and_ties_to_even() {
        for (x, expected) in [
            (1.0, 1.0),
            (f32::from_bits(0x3f80_8001), 1.007_812_5),
            (f32::from_bits(0x3f80_8000), 1.0),
            (f32::from_bits(0x3f81_8000), 1.015_625),
            (-3.3, -3.296_875),
            (f32::from_bits(0x0001_8001), f32::from_bits(0x0002_0000)),
            (3.4e38, f32::INFINITY),
            (f32::NEG_INFINITY, f32::NEG_INFINITY),
            (-0.0, -0.0),
        ] {
            assert_eq!(
                value(__truncsfbf2(x)).to_bits(),
                f32::to_bits(expected),
                "{x}"
            );
        }
        assert!(value(__truncsfbf2(f32::from_bits(0x7f80_0001))).is_nan());
    }

    #[test]
    fn rounds_an_f64_once() {
        // Above the middle between two bf16, by less than an f32 shows.
        let x = 1.003_906_25 + 1e-12;
        assert_eq!(value(__truncdfbf2(x)), 1.007_812_5);
        assert_eq!(value(__truncdfbf2(-x)), -1.007_812_5);
        assert_eq!(value(__truncdfbf2(1.003_906_25)), 1.0);
        assert_eq!(value(__truncdfbf2(1.003_906_25 - 1e-12)), 1.0);
        assert_eq!(value(__truncdfbf2(1e300)), f32::INFINITY);
        assert_eq!(value(__truncdfbf2(1e-300)), 0.0);
        assert!(value(__truncdfbf2(f64::NAN)).is_nan());
    }
}
