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
    /// Whether it is a list's header by which the way to the argument leads: another argument behind the same list has memory of its own.
    through: bool,
}

impl Range {
    pub fn new(parameter: usize, start: usize, bytes: usize, exclusive: bool) -> Range {
        Range {
            parameter,
            start,
            end: start.saturating_add(bytes),
            exclusive,
            through: false,
        }
    }

    /// The header at `list` of a list that a parameter's argument lies in.
    pub fn through(parameter: usize, list: usize, exclusive: bool) -> Range {
        Range {
            through: true,
            ..Range::new(parameter, list, 1, exclusive)
        }
    }

    fn meets(&self, other: &Range) -> bool {
        self.start < other.end && other.start < self.end && !(self.through && other.through)
    }
}

/// The parameters of two ranges that share memory, at least one of which is written; the written one comes second.
pub fn find(ranges: &mut [Range]) -> Option<(usize, usize)> {
    if ranges.len() < 2 || !ranges.iter().any(|range| range.exclusive) {
        return None;
    }
    if ranges.iter().any(|range| range.through) {
        return find_among_few(ranges);
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

/// The same for ranges some of which lead to arguments; of these there are no more than the call has arguments.
fn find_among_few(ranges: &[Range]) -> Option<(usize, usize)> {
    for (at, range) in ranges.iter().enumerate() {
        for other in &ranges[at + 1..] {
            if range.parameter == other.parameter || !range.meets(other) {
                continue;
            }
            if other.exclusive {
                return Some((range.parameter, other.parameter));
            }
            if range.exclusive {
                return Some((other.parameter, range.parameter));
            }
        }
    }
    None
}
