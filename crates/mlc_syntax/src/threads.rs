//! Long work on the threads of the machine, in pieces whose results come in order.
//!
//! The threads end with the work: a process that hosts the compiler may fork at any other time.

use std::panic::resume_unwind;
use std::thread::{Builder, ScopedJoinHandle, available_parallelism, scope};

/// The depth of a program is bounded, and what recurses over it takes no more than this, without optimization. Memory is only
/// taken for what is used of it.
const STACK: usize = 64 << 20;

/// The number of threads that may work: what the caller wishes, or that of the machine.
pub fn threads(wanted: Option<usize>) -> usize {
    let of_machine = || available_parallelism().map_or(1, |threads| threads.get());
    wanted.unwrap_or_else(of_machine).max(1)
}

/// Works on the pieces, each but the first on a thread of its own, and the first on this one.
pub fn side_by_side<T: Send, R: Send>(pieces: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let mut pieces = pieces.into_iter();
    let Some(first) = pieces.next() else {
        return Vec::new();
    };
    let work = &work;
    scope(|scope| {
        let started: Vec<ScopedJoinHandle<'_, R>> = pieces
            .map(|piece| {
                let thread = Builder::new().stack_size(STACK);
                (thread.spawn_scoped(scope, move || work(piece))).expect("the machine has a thread")
            })
            .collect();
        let mut results = vec![work(first)];
        for thread in started {
            results.push(thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        results
    })
}
