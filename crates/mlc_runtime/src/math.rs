//! Scalar math where the C library is not accurate enough: 1 ULP in `f64` and 2 ULP in `f32` are promised.
//!
//! The functions here are computed by `pxfm`, within 0.51 ULP but for `tgamma` (1 ULP), and mended in `gamma.rs`. Compiled code
//! calls the C library directly for asin, acos, atan, atan2, hypot, pow and tan, and for `f32` also sinh, cosh, asinh, atanh,
//! cbrt and erf, which are within the bounds there. What was measured is in `docs/math.md`.

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_log10_f64(x: f64) -> f64 {
    pxfm::f_log10(x)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_sinh_f64(x: f64) -> f64 {
    // The library loses the sign of zero.
    pxfm::f_sinh(x).copysign(x)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_cosh_f64(x: f64) -> f64 {
    pxfm::f_cosh(x)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_tanh_f64(x: f64) -> f64 {
    pxfm::f_tanh(x)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_asinh_f64(x: f64) -> f64 {
    pxfm::f_asinh(x)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_acosh_f64(x: f64) -> f64 {
    pxfm::f_acosh(x)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_atanh_f64(x: f64) -> f64 {
    let usual = pxfm::f_atanh(x);
    let size = x.abs();
    if !(0.25..1.0).contains(&size) {
        return usual;
    }
    // Where the exact value is almost in the middle between two numbers, pxfm may take a third one. This has an error of
    // its own of at most 1 ULP, which leaves the two: log(1 + z) / 2 with z = 2 x / (1 - x), what rounding lost included.
    let below = 1.0 - size;
    let z = 2.0 * size / below;
    let lost = (-z).mul_add(below, 2.0 * size) - z * ((1.0 - below) - size);
    let other = (0.5 * (pxfm::f_log1p(z) + lost / (below * (1.0 + z)))).copysign(x);
    if usual == other { usual } else { other }
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_cbrt_f64(x: f64) -> f64 {
    pxfm::f_cbrt(x)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_erf_f64(x: f64) -> f64 {
    pxfm::f_erf(x)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_erfc_f64(x: f64) -> f64 {
    pxfm::f_erfc(x)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_tgamma_f64(x: f64) -> f64 {
    crate::gamma::tgamma(x)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_lgamma_f64(x: f64) -> f64 {
    crate::gamma::lgamma(x)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_tanh_f32(x: f32) -> f32 {
    pxfm::f_tanhf(x)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_acosh_f32(x: f32) -> f32 {
    pxfm::f_acoshf(x)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_erfc_f32(x: f32) -> f32 {
    pxfm::f_erfcf(x)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_tgamma_f32(x: f32) -> f32 {
    crate::gamma::tgamma(x.into()) as f32
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_lgamma_f32(x: f32) -> f32 {
    crate::gamma::lgamma(x.into()) as f32
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_expm1_f64(x: f64) -> f64 {
    pxfm::f_expm1(x)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_expm1_f32(x: f32) -> f32 {
    pxfm::f_expm1f(x)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_log1p_f64(x: f64) -> f64 {
    pxfm::f_log1p(x)
}

#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_log1p_f32(x: f32) -> f32 {
    pxfm::f_log1pf(x)
}

/// For processors without a fused multiply-add; the others compute it in place.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_math_rsqrt_f64(x: f64) -> f64 {
    // The remainder of a tiny root would underflow.
    let tiny = x < f64::from_bits(0x07b << 52);
    let scaled = if tiny {
        x * f64::from_bits(0x46b << 52)
    } else {
        x
    };
    let root = scaled.sqrt();
    let y = 1.0 / root;
    if !(y > 0.0 && y < f64::INFINITY) {
        return y;
    }
    // What both roundings lost (Muller et al., Handbook of Floating-Point Arithmetic, 2nd ed., section 4.8).
    let root_error = root.mul_add(root, -scaled);
    let division_error = (-y).mul_add(root, 1.0);
    let relative = (root_error * 0.5 * y).mul_add(y, division_error);
    let corrected = y.mul_add(relative, y);
    if tiny {
        corrected * f64::from_bits(0x435 << 52)
    } else {
        corrected
    }
}
