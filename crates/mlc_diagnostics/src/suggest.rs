//! "Did you mean": the nearest known name to one that is not known.

/// Longer names are not compared: the time grows with the product of the lengths.
const MAX_LENGTH: usize = 64;

/// The candidate closest to `name`, if it is close enough to be a slip of the hand: at most a
/// third of the letters wrong. Of equally close ones the first in alphabetical order.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    if length > MAX_LENGTH {
        return None;
    }
    let allowed = (length / 3).max(1);
    let folded = name.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| {
            *candidate != name && candidate.chars().count().abs_diff(length) <= allowed
        })
        .filter_map(|candidate| {
            let distance = if candidate.eq_ignore_ascii_case(name) {
                0
            } else {
                strsim::osa_distance(&folded, &candidate.to_lowercase())
            };
            let one_letter = length == 1 || candidate.chars().count() == 1;
            (distance <= allowed && !(one_letter && distance > 0)).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let names = ["length", "range", "append", "x"];
        assert_eq!(closest("lenght", names), Some("length"));
        assert_eq!(closest("Range", names), Some("range"));
        assert_eq!(closest("apend", names), Some("append"));
        assert_eq!(closest("Lenght", names), Some("length"));
        assert_eq!(closest("matrix", names), None);
        assert_eq!(closest("y", names), None);
        assert_eq!(closest("length", names), None);
    }
}
