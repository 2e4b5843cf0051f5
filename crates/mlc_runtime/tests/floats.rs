//! Floats print as CPython prints them, compared on the bit patterns of `floats.txt` (written by `floats.py`).

use mlc_runtime::float_text::FloatText;

#[test]
fn print_as_cpython_prints() {
    let mut compared = 0;
    for line in include_str!("floats.txt").lines() {
        let [width, bits, expected] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let printed = match width {
            "f64" => FloatText::of_f64(f64::from_bits(u64::from_str_radix(bits, 16).unwrap()))
                .to_string(),
            _ => FloatText::of_f32(f32::from_bits(u32::from_str_radix(bits, 16).unwrap()))
                .to_string(),
        };
        assert_eq!(printed, expected, "{line}");
        compared += 1;
    }
    assert!(compared > 2000);
}
