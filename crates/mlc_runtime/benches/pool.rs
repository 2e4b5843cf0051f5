//! What a parallel region costs, and whether it reaches the machine's memory bandwidth.

use std::ffi::c_void;
use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mlc_runtime::alloc::{mlc_rt_alloc, mlc_rt_free};
use mlc_runtime::pool::{mlc_rt_parallel_for, mlc_rt_set_num_threads};

unsafe extern "C" fn nothing(_context: *mut c_void, _chunk: i64, _begin: i64, _end: i64) -> i32 {
    0
}

fn empty_regions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("empty region");
    for threads in [1, 2] {
        mlc_rt_set_num_threads(threads);
        for chunks in [2, 64] {
            group.bench_function(format!("{threads} threads, {chunks} chunks"), |bencher| {
                // SAFETY: the body ignores its context.
                bencher.iter(|| unsafe {
                    mlc_rt_parallel_for(nothing, std::ptr::null_mut(), chunks, 1)
                });
            });
        }
    }
    group.bench_function("2 threads, 2 chunks, asleep before", |bencher| {
        bencher.iter_custom(|rounds| {
            let mut total = Duration::ZERO;
            for _ in 0..rounds {
                // Longer than a worker spins.
                std::thread::sleep(Duration::from_micros(300));
                let start = std::time::Instant::now();
                // SAFETY: the body ignores its context.
                black_box(unsafe { mlc_rt_parallel_for(nothing, std::ptr::null_mut(), 2, 1) });
                total += start.elapsed();
            }
            total
        });
    });
    group.finish();
}

struct Copy {
    from: *const u8,
    to: *mut u8,
}

unsafe extern "C" fn copy(context: *mut c_void, _chunk: i64, begin: i64, end: i64) -> i32 {
    // SAFETY: `copies` passes two blocks that are as long as the region, and chunks do not overlap.
    unsafe {
        let Copy { from, to } = *context.cast::<Copy>();
        from.add(begin as usize)
            .copy_to_nonoverlapping(to.add(begin as usize), (end - begin) as usize);
    }
    0
}

fn copies(criterion: &mut Criterion) {
    const BYTES: i64 = 256 << 20;
    let (from, to) = (
        mlc_rt_alloc(BYTES).cast::<u8>(),
        mlc_rt_alloc(BYTES).cast::<u8>(),
    );
    // SAFETY: both blocks have BYTES bytes.
    unsafe {
        from.write_bytes(1, BYTES as usize);
        to.write_bytes(2, BYTES as usize);
    }
    let mut group = criterion.benchmark_group("copy 256 MiB");
    group
        .throughput(Throughput::Bytes(2 * BYTES as u64))
        .sample_size(10);
    for threads in [1, 2] {
        mlc_rt_set_num_threads(threads);
        group.bench_function(format!("{threads} threads"), |bencher| {
            let mut blocks = Copy { from, to };
            // SAFETY: the body gets the blocks it expects.
            bencher.iter(|| unsafe {
                mlc_rt_parallel_for(copy, (&raw mut blocks).cast(), BYTES, 1 << 20)
            });
        });
    }
    group.finish();
    // SAFETY: each block is freed once.
    unsafe {
        mlc_rt_free(from.cast());
        mlc_rt_free(to.cast());
    }
}

criterion_group!(benches, empty_regions, copies);
criterion_main!(benches);
