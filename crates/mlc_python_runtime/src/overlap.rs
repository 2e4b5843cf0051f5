//! Arguments that share memory, where one of them is written: compiled code may not count on their order then.

use crate::memory::Memory;

/// The most ranges that are compared each with each other.
const FEW: usize = 64;

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
    /// Where there are gaps, as in a column of an array: bytes from one block of elements to the next, and of each.
    blocks: Option<(usize, usize)>,
}

impl Range {
    pub fn new(parameter: usize, start: usize, bytes: usize, exclusive: bool) -> Range {
        Range {
            parameter,
            start,
            end: start.saturating_add(bytes),
            exclusive,
            through: false,
            blocks: None,
        }
    }

    /// The elements of an array.
    pub fn of(parameter: usize, memory: &Memory, exclusive: bool) -> Range {
        Range {
            blocks: memory.blocks(),
            ..Range::new(parameter, memory.start(), memory.extent(), exclusive)
        }
    }

    /// The header at `list` of a list that a parameter's argument lies in.
    pub fn through(parameter: usize, list: usize, exclusive: bool) -> Range {
        Range {
            through: true,
            ..Range::new(parameter, list, 1, exclusive)
        }
    }

    /// Whether the callee writes it.
    pub fn is_written(&self) -> bool {
        self.exclusive
    }

    fn meets(&self, other: &Range) -> bool {
        self.start < other.end
            && other.start < self.end
            && !(self.through && other.through)
            && !self.lies_in_the_gaps_of(other)
    }

    /// Whether the two share memory that one of them writes.
    pub fn excludes(&self, other: &Range) -> bool {
        (self.exclusive || other.exclusive) && self.meets(other)
    }

    /// Whether the blocks of each lie between those of the other, as two columns of one array do.
    fn lies_in_the_gaps_of(&self, other: &Range) -> bool {
        let (Some((period, width)), Some((other_period, other_width))) =
            (self.blocks, other.blocks)
        else {
            return false;
        };
        let behind = other.start.wrapping_sub(self.start) as isize;
        let behind = behind.rem_euclid(period as isize) as usize;
        period == other_period && behind >= width && behind + other_width <= period
    }
}

/// The parameters of two ranges that share memory, at least one of which is written; the written one comes second.
pub fn find(ranges: &mut [Range]) -> Option<(usize, usize)> {
    if ranges.len() < 2 || !ranges.iter().any(|range| range.exclusive) {
        return None;
    }
    let compared = |range: &Range| range.through || range.blocks.is_some();
    if ranges.len() <= FEW && ranges.iter().any(compared) {
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

/// The same, each compared with each other, for ranges that lead to arguments or have gaps.
fn find_among_few(ranges: &[Range]) -> Option<(usize, usize)> {
    for (at, range) in ranges.iter().enumerate() {
        for other in &ranges[at + 1..] {
            let ways = range.through || other.through;
            if ways && range.parameter == other.parameter || !range.meets(other) {
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
