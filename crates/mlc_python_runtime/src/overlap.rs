//! Arguments that share memory, where one of them is written: compiled code may not count on their order then.

/// The memory that one parameter refers to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range {
    /// The parameter's position.
    pub parameter: usize,
    start: usize,
    end: usize,
    /// Whether the callee writes it.
    exclusive: bool,
}

impl Range {
    pub fn new(parameter: usize, start: usize, bytes: usize, exclusive: bool) -> Range {
        Range {
            parameter,
            start,
            end: start.saturating_add(bytes),
            exclusive,
        }
    }
}

/// The parameters of two ranges that share memory, at least one of which is written; the written one comes second.
pub fn find(ranges: &mut [Range]) -> Option<(usize, usize)> {
    if ranges.len() < 2 || !ranges.iter().any(|range| range.exclusive) {
        return None;
    }
    ranges.sort_unstable_by_key(|range| range.start);
    // Of the ranges before, the one that reaches furthest, and the written one that does.
    let (mut furthest, mut furthest_written): (Option<Range>, Option<Range>) = (None, None);
    for &range in ranges.iter().filter(|range| range.start < range.end) {
        let meets = |other: Option<Range>| other.filter(|other| range.start < other.end);
        if let Some(written) = meets(furthest_written) {
            return Some((range.parameter, written.parameter));
        }
        if let Some(other) = meets(furthest).filter(|_| range.exclusive) {
            return Some((other.parameter, range.parameter));
        }
        let further = |other: Option<Range>| other.is_none_or(|other| other.end < range.end);
        if further(furthest) {
            furthest = Some(range);
        }
        if range.exclusive && further(furthest_written) {
            furthest_written = Some(range);
        }
    }
    None
}
