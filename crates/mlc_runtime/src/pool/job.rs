//! One parallel region: its chunks, and the failure of the lowest.

use std::ffi::c_void;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicI64, Ordering};

use super::{Body, InRegion};
use crate::error::{self, Error};
use crate::{interrupt, progress, sanitizer};

/// Where the next chunk of a participant's share is; alone on its cache lines (two, for the adjacent-line prefetcher).
#[repr(align(128))]
pub(crate) struct Cursor(AtomicI64);

impl Cursor {
    pub(crate) const fn new() -> Cursor {
        Cursor(AtomicI64::new(0))
    }
}

pub(crate) struct Job {
    body: Body,
    context: *mut c_void,
    n: i64,
    grain: i64,
    /// Whether somebody watches how far it comes.
    counted: bool,
    /// The lowest chunk that failed; those above need not run any more.
    failed: AtomicI64,
    failure: Mutex<Option<Failure>>,
}

struct Failure {
    chunk: i64,
    status: i32,
    /// None where a body returned a status and left no error.
    error: Option<Error>,
}

impl Job {
    pub(crate) fn new(body: Body, context: *mut c_void, n: i64, grain: i64, counted: bool) -> Job {
        let (n, grain) = (n.max(0), grain.max(1));
        Job {
            body,
            context,
            n,
            grain,
            counted,
            failed: AtomicI64::new(i64::MAX),
            failure: Mutex::new(None),
        }
    }

    pub(crate) fn chunks(&self) -> i64 {
        self.n / self.grain + i64::from(self.n % self.grain != 0)
    }

    /// Runs all chunks in order on this thread, up to the first that fails.
    pub(crate) fn run_serially(&self) -> i32 {
        (0..self.chunks())
            .map(|chunk| self.run(chunk))
            .find(|&status| status != 0)
            .unwrap_or(0)
    }

    /// The first chunk of the share of `participant`; that of the participant after the last is the number of chunks.
    fn share(&self, participant: usize, participants: usize) -> i64 {
        let (chunks, participant, participants) =
            (self.chunks(), participant as i64, participants as i64);
        participant * (chunks / participants) + participant.min(chunks % participants)
    }

    /// Sets the cursors of all participants to the starts of their shares.
    pub(crate) fn reset(&self, cursors: &[Cursor]) {
        for (participant, cursor) in cursors.iter().enumerate() {
            cursor
                .0
                .store(self.share(participant, cursors.len()), Ordering::Relaxed);
        }
    }

    /// Runs chunks until none is left unclaimed, first those of the own share, then those of the others.
    pub(crate) fn participate(&self, me: usize, cursors: &[Cursor]) {
        let _inside = InRegion::enter();
        let participants = cursors.len();
        for share in (0..participants).map(|offset| (me + offset) % participants) {
            let end = self.share(share + 1, participants);
            let cursor = &cursors[share].0;
            while cursor.load(Ordering::Relaxed) < end {
                let chunk = cursor.fetch_add(1, Ordering::Relaxed);
                if chunk >= end || chunk > self.failed.load(Ordering::Relaxed) {
                    break;
                }
                let status = self.run(chunk);
                if status != 0 {
                    self.fail(chunk, status);
                    break;
                }
            }
        }
    }

    fn run(&self, chunk: i64) -> i32 {
        if interrupt::requested() {
            return interrupt::raise();
        }
        let begin = chunk * self.grain;
        let end = begin + self.grain.min(self.n - begin);
        // SAFETY: the caller of the region vouches for body and context.
        let status = unsafe { (self.body)(self.context, chunk, begin, end) };
        if self.counted {
            progress::add(end - begin);
        }
        status
    }

    fn fail(&self, chunk: i64, status: i32) {
        let error = error::take();
        let mut lowest = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        sanitizer::acquire(&self.failure);
        if lowest.as_ref().is_none_or(|known| chunk < known.chunk) {
            *lowest = Some(Failure {
                chunk,
                status,
                error,
            });
            self.failed.fetch_min(chunk, Ordering::Relaxed);
        }
        sanitizer::release(&self.failure);
    }

    /// The status of the region, once nobody runs a chunk any more; makes its error the pending one of this thread.
    pub(crate) fn finish(&self) -> i32 {
        let failure = self
            .failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(Failure { status, error, .. }) = failure else {
            return 0;
        };
        if let Some(error) = error {
            error::set(error);
        }
        status
    }
}
