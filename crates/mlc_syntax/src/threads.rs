//! Long work on the threads of the machine, in pieces whose results come in order.
//!
//! The threads end with the work: a process that hosts the compiler may fork at any other time.

use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, available_parallelism, scope};

/// The depth of a program is bounded, and what recurses over it takes no more than this, without optimization. Memory is only
/// taken for what is used of it.
const STACK: usize = 64 << 20;

/// The number of threads that may work: what the caller wishes, or that of the machine.
pub fn threads(wanted: Option<usize>) -> usize {
    let of_machine = || available_parallelism().map_or(1, |threads| threads.get());
    wanted.unwrap_or_else(of_machine).max(1)
}

/// Works on each piece on a thread of its own, and meanwhile does what is to be done `here`, on this one. Where the system has no
/// more threads to give, this one does their work, too.
pub fn side_by_side<T: Send, R: Send, H>(
    pieces: Vec<T>,
    work: impl Fn(T) -> R + Sync,
    here: impl FnOnce() -> H,
) -> (Vec<R>, H) {
    let pieces: Vec<Mutex<Option<T>>> = pieces
        .into_iter()
        .map(|piece| Mutex::new(Some(piece)))
        .collect();
    let work = |piece: &Mutex<Option<T>>| {
        let piece = piece.lock().unwrap_or_else(PoisonError::into_inner).take();
        piece.map(&work)
    };
    scope(|scope| {
        let started: Vec<_> = (pieces.iter())
            .map(|piece| {
                let thread = Builder::new().stack_size(STACK);
                thread.spawn_scoped(scope, || work(piece))
            })
            .collect();
        let found = here();
        let results =
            (started.into_iter().zip(&pieces)).filter_map(|(thread, piece)| match thread {
                Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
                Err(_) => work(piece),
            });
        (results.collect(), found)
    })
}
