//! Errors about shapes that do not go together, in NumPy's words.

use crate::{error, kind};

/// Records a `ValueError` about two shapes, of up to four extents each, and returns its status. `why` is what was done with them:
/// 0 an element-wise operation, 1 an assignment, 2 a matrix product, 3 a change of shape (the first shape is the number of
/// elements), 4 an operation of two lists.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_raise_shapes(
    why: i32,
    rank: i64,
    a: i64,
    b: i64,
    c: i64,
    d: i64,
    other_rank: i64,
    e: i64,
    f: i64,
    g: i64,
    h: i64,
) -> i32 {
    let (all, other_all) = ([a, b, c, d], [e, f, g, h]);
    let first = &all[..rank.clamp(0, 4) as usize];
    let second = &other_all[..other_rank.clamp(0, 4) as usize];
    error::raise(kind::VALUE_ERROR, message(why, first, second))
}

fn message(why: i32, first: &[i64], second: &[i64]) -> String {
    let (a, b) = (shape(first), shape(second));
    match why {
        0 => format!("operands could not be broadcast together with shapes {a} {b}"),
        1 => format!("could not broadcast input array from shape {a} into shape {b}"),
        2 => {
            let (last, axis) = (first.len() - 1, second.len().saturating_sub(2));
            let (k, other) = (first[last], second[axis]);
            format!("shapes {a} and {b} not aligned: {k} (dim {last}) != {other} (dim {axis})")
        }
        3 => format!(
            "cannot reshape array of size {} into shape {b}",
            first.iter().product::<i64>()
        ),
        5 => format!("expected an array of shape {b}, found {a}"),
        _ => {
            let (n, m) = (first.first().unwrap_or(&0), second.first().unwrap_or(&0));
            format!("lists of different lengths do not go together: {n} and {m} items")
        }
    }
}

/// As Python writes a tuple, but without spaces.
fn shape(extents: &[i64]) -> String {
    let parts: Vec<String> = extents.iter().map(i64::to_string).collect();
    match parts.as_slice() {
        [one] => format!("({one},)"),
        _ => format!("({})", parts.join(",")),
    }
}

#[cfg(test)]
mod tests {
    use super::message;

    #[test]
    fn shapes_are_written_as_numpy_writes_them() {
        assert_eq!(
            message(0, &[2, 3], &[4]),
            "operands could not be broadcast together with shapes (2,3) (4,)"
        );
        assert_eq!(
            message(2, &[2, 3], &[2, 3]),
            "shapes (2,3) and (2,3) not aligned: 3 (dim 1) != 2 (dim 0)"
        );
        assert_eq!(
            message(3, &[6], &[4, 2]),
            "cannot reshape array of size 6 into shape (4,2)"
        );
    }
}
