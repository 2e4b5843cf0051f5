//! The exact check in front of a parallel loop: the places that its iterations touch, one iteration after the other.
//!
//! Compiled code runs the part of the loop that computes indices and tells every place. A place is known by up to three
//! numbers; where the first alone is one of a known range, the table is an array, so that a check costs a few
//! nanoseconds for each place, and else a hash table. The first two iterations that meet are remembered.

use std::collections::HashMap;
use std::ffi::c_void;

use crate::error;
use crate::kind::RACE_ERROR;

/// How a place is touched.
const WRITE: i32 = 1;

/// Which iterations touched a place, by their numbers plus one; 0 is none. Two readers are enough to find one that is
/// not a given iteration.
#[derive(Clone, Copy, Default)]
struct Cell {
    writer: i64,
    readers: [i64; 2],
}

enum Table {
    /// One place for each number below the length; readers are kept once there are some.
    Dense {
        writers: Vec<u32>,
        readers: Vec<[u32; 2]>,
    },
    Sparse(HashMap<[i64; 3], Cell>),
}

struct Meeting {
    first: i64,
    second: i64,
    both_write: bool,
}

struct Inspection {
    trips: [i64; 3],
    table: Table,
    meeting: Option<Meeting>,
}

/// The iterations other than `iteration` (plus one) that a touch of a cell meets.
fn meets(cell: Cell, iteration: i64, write: bool) -> Option<Meeting> {
    let other = |one: i64| one != 0 && one != iteration;
    let met = |first: i64, both_write| {
        Some(Meeting {
            first: first - 1,
            second: iteration - 1,
            both_write,
        })
    };
    if other(cell.writer) {
        return met(cell.writer, write);
    }
    if !write {
        return None;
    }
    let reader = cell.readers.into_iter().find(|&reader| other(reader))?;
    met(reader, false)
}

impl Inspection {
    #[inline]
    fn touch(&mut self, write: bool, iteration: i64, place: [i64; 3]) {
        if self.meeting.is_none() {
            self.look_up(write, iteration, place);
        }
    }

    #[inline(never)]
    fn look_up(&mut self, write: bool, iteration: i64, place: [i64; 3]) {
        let number = iteration + 1;
        match &mut self.table {
            Table::Dense { writers, readers } => {
                // The loop itself raises where an index is out of range.
                let Some(at) = usize::try_from(place[0])
                    .ok()
                    .filter(|&at| at < writers.len())
                else {
                    return;
                };
                if readers.is_empty() {
                    if write && (writers[at] == 0 || i64::from(writers[at]) == number) {
                        writers[at] = number as u32;
                        return;
                    }
                    readers.resize(writers.len(), [0; 2]);
                }
                let cell = Cell {
                    writer: writers[at].into(),
                    readers: readers[at].map(i64::from),
                };
                self.meeting = meets(cell, number, write);
                if write {
                    writers[at] = number as u32;
                } else {
                    let known = add_reader(cell.readers, number);
                    readers[at] = known.map(|reader| reader as u32);
                }
            }
            Table::Sparse(cells) => {
                let cell = cells.entry(place).or_default();
                self.meeting = meets(*cell, number, write);
                if write {
                    cell.writer = number;
                } else {
                    cell.readers = add_reader(cell.readers, number);
                }
            }
        }
    }

    /// An iteration as the program would number it: one number a dimension.
    fn name(&self, iteration: i64) -> String {
        let [_, second, third] = self.trips;
        match (second, third) {
            (0, _) => iteration.to_string(),
            (second, 0) => format!("({}, {})", iteration / second, iteration % second),
            (second, third) => format!(
                "({}, {}, {})",
                iteration / third / second,
                iteration / third % second,
                iteration % third
            ),
        }
    }

    fn message(&self, meeting: &Meeting) -> String {
        let (first, second) = (self.name(meeting.first), self.name(meeting.second));
        if meeting.both_write {
            format!("iterations {first} and {second} of the parallel loop write the same place")
        } else {
            format!(
                "of iterations {first} and {second} of the parallel loop one writes a place that the other reads"
            )
        }
    }
}

fn add_reader(readers: [i64; 2], number: i64) -> [i64; 2] {
    match readers {
        [0, _] => [number, 0],
        [first, 0] if first != number => [first, number],
        known => known,
    }
}

/// Begins the check of a loop with the given numbers of iterations, one for each dimension and 0 for those that it does
/// not have. `places` is how many there are where the first number of a place tells it, or -1. To be ended.
#[unsafe(no_mangle)]
pub extern "C" fn mlc_rt_race_begin(
    first: i64,
    second: i64,
    third: i64,
    places: i64,
) -> *mut c_void {
    let trips = [first, second, third];
    let total = trips
        .iter()
        .filter(|&&trips| trips > 0)
        .try_fold(1i64, |all, &trips| all.checked_mul(trips));
    let fits = total.is_some_and(|total| total < i64::from(u32::MAX));
    let table = match usize::try_from(places) {
        Ok(places) if fits => Table::Dense {
            writers: vec![0; places],
            readers: Vec::new(),
        },
        _ => Table::Sparse(HashMap::new()),
    };
    let inspection = Inspection {
        trips,
        table,
        meeting: None,
    };
    Box::into_raw(Box::new(inspection)).cast()
}

/// Tells that an iteration, by its number in the order of the loops, reads (`mode` 0) or writes (1) a place.
///
/// # Safety
/// `inspection` must come from `mlc_rt_race_begin`, not have been ended, and not be in use by another thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_race_touch(
    inspection: *mut c_void,
    mode: i32,
    iteration: i64,
    first: i64,
    second: i64,
    third: i64,
) {
    // SAFETY: the caller vouches for the inspection.
    let inspection = unsafe { &mut *inspection.cast::<Inspection>() };
    inspection.touch(mode == WRITE, iteration, [first, second, third]);
}

/// Ends a check. Where two iterations met, the status is that of the `RaceError` which names them.
///
/// # Safety
/// `inspection` must come from `mlc_rt_race_begin` and not have been ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mlc_rt_race_end(inspection: *mut c_void) -> i32 {
    // SAFETY: the caller vouches that the inspection is alive and hands it over.
    let inspection = unsafe { Box::from_raw(inspection.cast::<Inspection>()) };
    match &inspection.meeting {
        None => 0,
        Some(meeting) => error::raise(RACE_ERROR, inspection.message(meeting)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(trips: [i64; 3], places: i64, touches: &[(i32, i64, [i64; 3])]) -> Option<String> {
        let inspection = mlc_rt_race_begin(trips[0], trips[1], trips[2], places);
        // SAFETY: the inspection is alive until it is ended here.
        let status = unsafe {
            for (mode, iteration, [first, second, third]) in touches {
                mlc_rt_race_touch(inspection, *mode, *iteration, *first, *second, *third);
            }
            mlc_rt_race_end(inspection)
        };
        let error = error::take();
        assert_eq!(status, error.as_ref().map_or(0, |error| error.kind));
        error.map(|error| String::from_utf8_lossy(&error.message).into_owned())
    }

    #[test]
    fn different_places_do_not_meet() {
        let touches: Vec<_> = (0..10).map(|i| (1, i, [i, 0, 0])).collect();
        assert_eq!(outcome([10, 0, 0], 10, &touches), None);
        assert_eq!(outcome([10, 0, 0], -1, &touches), None);
    }

    #[test]
    fn two_writes_of_one_place_meet() {
        for places in [10, -1] {
            let touches = [(1, 0, [4, 0, 0]), (1, 1, [5, 0, 0]), (1, 2, [4, 0, 0])];
            assert_eq!(
                outcome([3, 0, 0], places, &touches).as_deref(),
                Some("iterations 0 and 2 of the parallel loop write the same place")
            );
        }
    }

    #[test]
    fn iterations_that_write_nothing_are_left_out() {
        let touches: Vec<_> = (0..100).map(|i| (1, 7 * i + 3, [99 - i, 0, 0])).collect();
        assert_eq!(outcome([1000, 0, 0], 100, &touches), None);
        let again = [&touches[..], &[(1, 999, [42, 0, 0])]].concat();
        assert_eq!(
            outcome([1000, 0, 0], 100, &again).as_deref(),
            Some("iterations 402 and 999 of the parallel loop write the same place")
        );
        let read = [&touches[..], &[(0, 998, [0, 0, 0]), (0, 999, [7, 0, 0])]].concat();
        assert_eq!(
            outcome([1000, 0, 0], 100, &read).as_deref(),
            Some(
                "of iterations 696 and 998 of the parallel loop one writes a place that the other reads"
            )
        );
    }

    #[test]
    fn bits_and_numbers_find_the_same() {
        // Numbers that are the same in every run.
        let mut state = 5u64;
        let mut random = |below: u64| {
            state = (state.wrapping_mul(6364136223846793005)).wrapping_add(1442695040888963407);
            ((state >> 33) % below) as i64
        };
        for round in 0..2000 {
            let places = 1 + random(130);
            let mut touches = Vec::new();
            for iteration in 0..random(12) {
                // Most rounds have writes only, as most loops do.
                for _ in 0..random(3) {
                    let mode = i32::from(round % 4 != 0 || random(2) == 0);
                    touches.push((mode, iteration, [random(places as u64), 0, 0]));
                }
            }
            // The hash table has no bits.
            let expected = outcome([12, 0, 0], -1, &touches);
            assert_eq!(
                outcome([12, 0, 0], places, &touches),
                expected,
                "{touches:?}"
            );
        }
    }

    #[test]
    fn one_iteration_may_touch_a_place_again() {
        for places in [10, -1] {
            let touches = [(1, 0, [4, 0, 0]), (0, 0, [4, 0, 0]), (1, 0, [4, 0, 0])];
            assert_eq!(outcome([3, 0, 0], places, &touches), None);
        }
    }

    #[test]
    fn a_write_meets_any_reader_but_itself() {
        for places in [10, -1] {
            let readers = [(0, 0, [4, 0, 0]), (0, 1, [4, 0, 0])];
            assert_eq!(outcome([3, 0, 0], places, &readers), None);
            for writer in 0..3 {
                let touches = [readers[0], readers[1], (1, writer, [4, 0, 0])];
                assert!(outcome([3, 0, 0], places, &touches).is_some());
            }
            let later = [(1, 0, [4, 0, 0]), (0, 1, [4, 0, 0])];
            assert_eq!(
                outcome([3, 0, 0], places, &later).as_deref(),
                Some(
                    "of iterations 0 and 1 of the parallel loop one writes a place that the other reads"
                )
            );
        }
    }

    #[test]
    fn places_are_known_by_all_their_numbers() {
        let touches = [(1, 0, [4, 1, 0]), (1, 1, [4, 2, 0]), (1, 2, [4, 2, 1])];
        assert_eq!(outcome([3, 0, 0], -1, &touches), None);
    }

    #[test]
    fn iterations_of_several_dimensions_have_a_number_for_each() {
        let touches = [(1, 5, [4, 0, 0]), (1, 7, [4, 0, 0])];
        assert_eq!(
            outcome([2, 4, 0], 10, &touches).as_deref(),
            Some("iterations (1, 1) and (1, 3) of the parallel loop write the same place")
        );
        assert_eq!(
            outcome([2, 2, 2], 10, &touches).as_deref(),
            Some("iterations (1, 0, 1) and (1, 1, 1) of the parallel loop write the same place")
        );
    }

    #[test]
    fn what_is_out_of_range_is_left_to_the_loop() {
        let touches = [(1, 0, [10, 0, 0]), (1, 1, [10, 0, 0]), (1, 1, [-1, 0, 0])];
        assert_eq!(outcome([3, 0, 0], 10, &touches), None);
    }
}
