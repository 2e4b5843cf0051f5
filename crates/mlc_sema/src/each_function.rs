//! What is done to every function by itself: of many functions, on several threads.

use mlc_syntax::{side_by_side, threads};

/// The functions that are worth a thread: a pass takes a millisecond over them, and starting a thread a twentieth of it.
const WORTH: usize = 512;

/// Does the work for each function, or for each with what is known of it, and gives what it gives, in order. `threads_wanted` as
/// in [`crate::Options`].
pub(crate) fn each_function<F: Send, R: Send>(
    functions: impl Iterator<Item = F>,
    threads_wanted: Option<usize>,
    work: impl Fn(F) -> R + Sync,
) -> Vec<R> {
    let mut functions: Vec<F> = functions.collect();
    let parts = match functions.len() / WORTH {
        0 | 1 => 1,
        worth => worth.min(threads(threads_wanted)),
    };
    let length = functions.len().div_ceil(parts);
    let ends = (1..parts).rev();
    let mut others: Vec<Vec<F>> = ends
        .map(|part| functions.split_off(functions.len().min(part * length)))
        .collect();
    others.reverse();
    let work_on = |part: Vec<F>| part.into_iter().map(&work).collect::<Vec<R>>();
    let (rest, mut all) = side_by_side(others, work_on, || work_on(functions));
    all.extend(rest.into_iter().flatten());
    all
}
