//! Math functions against the correctly rounded values of `math_values.txt` (written by `math_values.py`).

use mlc_runtime::math::*;

/// The distance of two numbers of one sign, in units of the last place.
fn distance(a: u64, b: u64) -> u64 {
    a.abs_diff(b)
}

#[test]
fn is_accurate() {
    let mut compared = 0;
    for line in include_str!("math_values.txt").lines() {
        let [name, argument, expected] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let bits = |text| u64::from_str_radix(text, 16).unwrap();
        let wide = |function: extern "C" fn(f64) -> f64| {
            function(f64::from_bits(bits(argument))).to_bits()
        };
        let narrow = |function: extern "C" fn(f32) -> f32| {
            u64::from(function(f32::from_bits(bits(argument) as u32)).to_bits())
        };
        let result = match name {
            "log10_f64" => wide(mlc_rt_math_log10_f64),
            "sinh_f64" => wide(mlc_rt_math_sinh_f64),
            "cosh_f64" => wide(mlc_rt_math_cosh_f64),
            "tanh_f64" => wide(mlc_rt_math_tanh_f64),
            "asinh_f64" => wide(mlc_rt_math_asinh_f64),
            "acosh_f64" => wide(mlc_rt_math_acosh_f64),
            "atanh_f64" => wide(mlc_rt_math_atanh_f64),
            "cbrt_f64" => wide(mlc_rt_math_cbrt_f64),
            "erf_f64" => wide(mlc_rt_math_erf_f64),
            "erfc_f64" => wide(mlc_rt_math_erfc_f64),
            "tgamma_f64" => wide(mlc_rt_math_tgamma_f64),
            "lgamma_f64" => wide(mlc_rt_math_lgamma_f64),
            "tanh_f32" => narrow(mlc_rt_math_tanh_f32),
            "acosh_f32" => narrow(mlc_rt_math_acosh_f32),
            "erfc_f32" => narrow(mlc_rt_math_erfc_f32),
            "tgamma_f32" => narrow(mlc_rt_math_tgamma_f32),
            "lgamma_f32" => narrow(mlc_rt_math_lgamma_f32),
            _ => panic!("{line}"),
        };
        // Within 1 ULP of the exact value is at most one number away from the nearest.
        let allowed = u64::from(matches!(name, "tgamma_f64" | "atanh_f64"));
        assert!(
            distance(result, bits(expected)) <= allowed,
            "{line}: {result:x}"
        );
        compared += 1;
    }
    assert!(compared > 900);
}

#[test]
fn special_values_are_those_of_c() {
    assert!(mlc_rt_math_log10_f64(-1.0).is_nan());
    assert_eq!(mlc_rt_math_log10_f64(0.0), f64::NEG_INFINITY);
    assert_eq!(mlc_rt_math_tanh_f64(f64::NEG_INFINITY), -1.0);
    for odd in [
        mlc_rt_math_sinh_f64,
        mlc_rt_math_tanh_f64,
        mlc_rt_math_asinh_f64,
        mlc_rt_math_atanh_f64,
        mlc_rt_math_cbrt_f64,
        mlc_rt_math_erf_f64,
        mlc_rt_math_expm1_f64,
        mlc_rt_math_log1p_f64,
    ] {
        assert_eq!(odd(-0.0).to_bits(), (-0.0_f64).to_bits());
        assert_eq!(odd(0.0).to_bits(), 0);
    }
    assert!(mlc_rt_math_acosh_f64(0.5).is_nan());
    assert_eq!(mlc_rt_math_atanh_f64(1.0), f64::INFINITY);
    assert_eq!(mlc_rt_math_sinh_f64(-1000.0), f64::NEG_INFINITY);
    assert_eq!(mlc_rt_math_cosh_f64(-1000.0), f64::INFINITY);
    assert_eq!(mlc_rt_math_cbrt_f64(f64::INFINITY), f64::INFINITY);
    assert_eq!(mlc_rt_math_erf_f64(f64::INFINITY), 1.0);
    assert_eq!(mlc_rt_math_erfc_f64(f64::NEG_INFINITY), 2.0);
    assert_eq!(mlc_rt_math_tgamma_f64(0.0), f64::INFINITY);
    assert!(mlc_rt_math_tgamma_f64(-1.0).is_nan());
    assert_eq!(mlc_rt_math_lgamma_f64(-1.0), f64::INFINITY);
    assert!(mlc_rt_math_erf_f64(f64::NAN).is_nan());
    assert!(mlc_rt_math_tgamma_f32(-1.0).is_nan());
    assert_eq!(mlc_rt_math_lgamma_f32(0.0), f32::INFINITY);
}
