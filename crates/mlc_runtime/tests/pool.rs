//! Parallel regions: every chunk runs once, the lowest failure wins, and nothing hangs or depends on timing.

use std::ffi::c_void;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::thread;

use mlc_runtime::error;
use mlc_runtime::error::mlc_rt_raise;
use mlc_runtime::interrupt::{mlc_rt_interrupt, mlc_rt_interrupt_clear};
use mlc_runtime::kind;
use mlc_runtime::pool::{mlc_rt_parallel_for, mlc_rt_set_num_threads};

/// Runs a closure as the body of a region.
fn region<F: Fn((i64, i64, i64)) -> i32 + Sync>(n: i64, grain: i64, body: F) -> i32 {
    unsafe extern "C" fn call<F: Fn((i64, i64, i64)) -> i32 + Sync>(
        context: *mut c_void,
        chunk: i64,
        begin: i64,
        end: i64,
    ) -> i32 {
        // SAFETY: `region` passes the closure, which is Sync and outlives the region.
        unsafe { (*context.cast::<F>())((chunk, begin, end)) }
    }
    // SAFETY: `call::<F>` takes what it gets here and may run on several threads.
    unsafe { mlc_rt_parallel_for(call::<F>, (&raw const body).cast_mut().cast(), n, grain) }
}

/// Tests run in one process; interrupting or changing the number of threads would disturb the others.
static SETTINGS: std::sync::RwLock<()> = std::sync::RwLock::new(());

fn with_threads(count: i32, run: impl FnOnce()) {
    let _alone = SETTINGS
        .write()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    mlc_rt_set_num_threads(count);
    run();
    mlc_rt_set_num_threads(0);
}

fn raise(kind: i32, message: &str, line: i32) -> i32 {
    // SAFETY: both texts are given with their lengths.
    unsafe {
        mlc_rt_raise(
            kind,
            message.as_ptr().cast(),
            message.len() as i64,
            c"x.mlc".as_ptr(),
            5,
            line,
        )
    };
    kind
}

#[test]
fn covers_each_iteration_once() {
    for threads in [1, 2, 3, 8] {
        with_threads(threads, || {
            for (n, grain) in [
                (0, 4),
                (-3, 4),
                (1, 1),
                (7, 100),
                (100, 7),
                (1000, 1),
                (64, 64),
                (65, 64),
                (9, 0),
            ] {
                let counts: Vec<AtomicU32> = (0..n.max(0)).map(|_| AtomicU32::new(0)).collect();
                let status = region(n, grain, |(chunk, begin, end)| {
                    assert_eq!(begin, chunk * grain.max(1));
                    assert_eq!(end, n.min(begin + grain.max(1)));
                    for i in begin..end {
                        counts[i as usize].fetch_add(1, Ordering::Relaxed);
                    }
                    0
                });
                assert_eq!(status, 0);
                assert!(
                    counts
                        .iter()
                        .all(|count| count.load(Ordering::Relaxed) == 1),
                    "{n} by {grain}"
                );
            }
        });
    }
}

#[test]
fn handles_ranges_near_the_end_of_i64() {
    let _shared = SETTINGS.read();
    let last = AtomicI64::new(0);
    let status = region(i64::MAX, i64::MAX / 3, |(_, _, end)| {
        last.fetch_max(end, Ordering::Relaxed);
        0
    });
    assert_eq!((status, last.into_inner()), (0, i64::MAX));
}

#[test]
fn survives_many_short_regions() {
    with_threads(4, || {
        let sum = AtomicI64::new(0);
        for round in 0..20_000 {
            let chunks = round % 9 + 1;
            region(chunks, 1, |(chunk, ..)| {
                sum.fetch_add(chunk + 1, Ordering::Relaxed);
                0
            });
        }
        let expected: i64 = (0..20_000)
            .map(|round| round % 9 + 1)
            .map(|c| c * (c + 1) / 2)
            .sum();
        assert_eq!(sum.into_inner(), expected);
    });
}

#[test]
fn wakes_sleeping_workers() {
    with_threads(2, || {
        for _ in 0..20 {
            // Longer than a worker spins.
            thread::sleep(std::time::Duration::from_millis(1));
            // Both chunks wait for each other, so this ends only if two threads take part.
            let meet = Barrier::new(2);
            region(2, 1, |_| {
                meet.wait();
                0
            });
        }
    });
}

#[test]
fn reports_the_lowest_failure() {
    for threads in [1, 2, 8] {
        with_threads(threads, || {
            for round in 0..300 {
                let ran: Vec<AtomicBool> = (0..500).map(|_| AtomicBool::new(false)).collect();
                let lowest = 37 + round % 100;
                let status = region(500, 1, |(chunk, ..)| {
                    ran[chunk as usize].store(true, Ordering::Relaxed);
                    match chunk {
                        _ if chunk == lowest => raise(kind::VALUE_ERROR, "lowest", 12),
                        _ if chunk > lowest && chunk % 3 == 0 => {
                            raise(kind::INDEX_ERROR, "higher", 99)
                        }
                        _ => 0,
                    }
                });
                assert_eq!(status, kind::VALUE_ERROR);
                let error = error::take().unwrap();
                assert_eq!(
                    (error.kind, &*error.message, &*error.file, error.line),
                    (4, &b"lowest"[..], &b"x.mlc"[..], 12)
                );
                assert!(
                    ran[..=lowest as usize]
                        .iter()
                        .all(|ran| ran.load(Ordering::Relaxed))
                );
            }
        });
    }
}

#[test]
fn leaves_no_error_on_the_workers() {
    with_threads(4, || {
        for _ in 0..100 {
            assert_eq!(
                region(64, 1, |(chunk, ..)| if chunk > 3 {
                    raise(2, "index", 1)
                } else {
                    0
                }),
                2
            );
            assert!(error::take().is_some());
            assert_eq!(region(64, 1, |_| error::mlc_rt_error_kind()), 0);
        }
    });
}

#[test]
fn runs_nested_regions_serially() {
    let _shared = SETTINGS.read();
    let total = AtomicI64::new(0);
    let status = region(16, 1, |_| {
        let me = thread::current().id();
        let next = AtomicI64::new(0);
        region(32, 1, |(chunk, ..)| {
            assert_eq!(thread::current().id(), me);
            assert_eq!(next.fetch_add(1, Ordering::Relaxed), chunk);
            total.fetch_add(1, Ordering::Relaxed);
            0
        })
    });
    assert_eq!((status, total.into_inner()), (0, 16 * 32));
}

#[test]
fn lets_a_single_chunk_hold_a_parallel_region() {
    with_threads(2, || {
        region(1, 1, |_| {
            let meet = Barrier::new(2);
            region(2, 1, |_| {
                meet.wait();
                0
            })
        });
    });
}

#[test]
fn serves_several_host_threads_at_once() {
    let _shared = SETTINGS.read();
    thread::scope(|scope| {
        for host in 0..6 {
            scope.spawn(move || {
                for round in 0..500 {
                    let sum = AtomicI64::new(0);
                    let status = region(1000, 10, |(chunk, begin, end)| {
                        sum.fetch_add((begin..end).sum(), Ordering::Relaxed);
                        if host % 2 == 1 && chunk == 40 {
                            raise(kind::KEY_ERROR, "odd host", round)
                        } else {
                            0
                        }
                    });
                    if host % 2 == 1 {
                        assert_eq!(status, kind::KEY_ERROR);
                        assert_eq!(error::take().unwrap().line, round);
                    } else {
                        assert_eq!((status, sum.into_inner()), (0, 999 * 500));
                    }
                }
            });
        }
    });
}

#[test]
fn stops_when_interrupted() {
    with_threads(2, || {
        let chunks = AtomicI64::new(0);
        let status = region(1_000_000, 1, |_| {
            if chunks.fetch_add(1, Ordering::Relaxed) == 1000 {
                mlc_rt_interrupt();
            }
            0
        });
        mlc_rt_interrupt_clear();
        assert_eq!(status, kind::KEYBOARD_INTERRUPT);
        assert_eq!(error::take().unwrap().kind, kind::KEYBOARD_INTERRUPT);
        assert!(chunks.into_inner() < 1_000_000);
        assert_eq!(region(10, 1, |_| 0), 0, "the request was served");
    });
}
