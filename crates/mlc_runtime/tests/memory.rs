//! Blocks are aligned, keep their contents, are counted exactly, and fail politely. One test: the count is global.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::thread;

use mlc_runtime::alloc::{
    ALIGNMENT, HUGE_PAGES_FROM, mlc_rt_alloc, mlc_rt_free, mlc_rt_live_bytes, mlc_rt_realloc,
};
use mlc_runtime::boxes::{mlc_rt_box_free, mlc_rt_box_new};
use mlc_runtime::error;
use mlc_runtime::kind::MEMORY_ERROR;
use mlc_runtime::list::{List, mlc_rt_list_reserve};

fn fill(block: *mut c_void, len: i64, seed: u8) {
    // SAFETY: callers pass blocks of at least `len` bytes.
    let bytes = unsafe { std::slice::from_raw_parts_mut(block.cast::<u8>(), len as usize) };
    bytes
        .iter_mut()
        .enumerate()
        .for_each(|(i, byte)| *byte = seed.wrapping_add(i as u8));
}

fn holds(block: *mut c_void, len: i64, seed: u8) -> bool {
    // SAFETY: callers pass blocks of at least `len` bytes.
    let bytes = unsafe { std::slice::from_raw_parts(block.cast::<u8>(), len as usize) };
    bytes
        .iter()
        .enumerate()
        .all(|(i, &byte)| byte == seed.wrapping_add(i as u8))
}

fn takes_out_of_memory() {
    let error = error::take().unwrap();
    assert_eq!(error.kind, MEMORY_ERROR);
    assert!(error.message.starts_with(b"cannot "));
}

#[test]
fn blocks_and_lists() {
    aligned_and_counted();
    resized();
    refused();
    counted_over_threads();
    boxes_are_zero();
    small_blocks_serve_again();
    lists_grow();
    assert_eq!(mlc_rt_live_bytes(), 0);
}

fn aligned_and_counted() {
    let huge = HUGE_PAGES_FROM as i64;
    let sizes = [
        0,
        1,
        8,
        63,
        64,
        65,
        1000,
        4096,
        100_000,
        huge - 1,
        huge,
        huge + 1,
        3 * huge,
    ];
    let blocks: Vec<_> = sizes.iter().map(|&size| mlc_rt_alloc(size)).collect();
    assert_eq!(mlc_rt_live_bytes(), sizes.iter().sum::<i64>());
    for (seed, (&block, &size)) in blocks.iter().zip(&sizes).enumerate() {
        assert!(!block.is_null() && block.addr().is_multiple_of(ALIGNMENT));
        fill(block, size, seed as u8);
    }
    for (seed, (&block, &size)) in blocks.iter().zip(&sizes).enumerate() {
        assert!(holds(block, size, seed as u8));
        // SAFETY: each block is freed once.
        unsafe { mlc_rt_free(block) };
    }
    // SAFETY: NULL is fine.
    unsafe { mlc_rt_free(null_mut()) };
    assert_eq!(mlc_rt_live_bytes(), 0);
}

fn resized() {
    let huge = HUGE_PAGES_FROM as i64;
    // SAFETY: NULL is fine, then each result replaces the block before.
    let mut block = unsafe { mlc_rt_realloc(null_mut(), 10) };
    let mut kept = 10;
    fill(block, kept, 3);
    for size in [
        10,
        100,
        90,
        5000,
        200_000,
        huge,
        2 * huge,
        huge / 2,
        64,
        7,
        3 * huge,
        1,
    ] {
        // SAFETY: the block is alive and replaced.
        block = unsafe { mlc_rt_realloc(block, size) };
        assert!(block.addr().is_multiple_of(ALIGNMENT));
        assert_eq!(mlc_rt_live_bytes(), size);
        assert!(holds(block, kept.min(size), 3), "{size}");
        fill(block, size, 3);
        kept = size;
    }
    // SAFETY: the block is alive.
    unsafe { mlc_rt_free(block) };
}

fn refused() {
    for bytes in [-1, i64::MIN, i64::MAX, i64::MAX - 100, 1 << 60] {
        assert!(mlc_rt_alloc(bytes).is_null());
        takes_out_of_memory();
        assert!(mlc_rt_box_new(bytes).is_null());
        takes_out_of_memory();
    }
    let block = mlc_rt_alloc(100);
    fill(block, 100, 1);
    // SAFETY: the block is alive, also after the refusal.
    unsafe {
        assert!(mlc_rt_realloc(block, 1 << 60).is_null());
        takes_out_of_memory();
        assert!(holds(block, 100, 1));
        assert_eq!(mlc_rt_live_bytes(), 100);
        mlc_rt_free(block);
    }
}

fn counted_over_threads() {
    // Blocks are freed by other threads than those that made them.
    for _ in 0..10 {
        let blocks: Vec<usize> = thread::scope(|scope| {
            let makers: Vec<_> = (1..=8)
                .map(|size| {
                    scope.spawn(move || {
                        (0..100)
                            .map(|_| mlc_rt_alloc(size).expose_provenance())
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            makers
                .into_iter()
                .flat_map(|maker| maker.join().unwrap())
                .collect()
        });
        assert_eq!(mlc_rt_live_bytes(), 36 * 100);
        thread::scope(|scope| {
            for half in blocks.chunks(400) {
                scope.spawn(move || {
                    for &block in half {
                        // SAFETY: each block is freed once.
                        unsafe { mlc_rt_free(std::ptr::with_exposed_provenance_mut(block)) };
                    }
                });
            }
        });
        assert_eq!(mlc_rt_live_bytes(), 0);
    }
}

fn boxes_are_zero() {
    for _ in 0..10 {
        let cell = mlc_rt_box_new(48);
        // SAFETY: the cell has 48 bytes.
        assert!(
            unsafe { std::slice::from_raw_parts(cell.cast::<u8>(), 48) }
                .iter()
                .all(|&byte| byte == 0)
        );
        fill(cell, 48, 9);
        // SAFETY: the cell is freed once.
        unsafe { mlc_rt_box_free(cell) };
    }
}

/// Small blocks that a thread freed are its next ones; however many there are, and whoever frees them, the count is exact.
fn small_blocks_serve_again() {
    let free = |block: usize| {
        // SAFETY: callers pass each block once.
        unsafe { mlc_rt_free(std::ptr::with_exposed_provenance_mut(block)) };
    };
    let first = mlc_rt_alloc(40).expose_provenance();
    free(first);
    let second = mlc_rt_alloc(50).expose_provenance();
    assert_eq!(first, second);
    assert_eq!(mlc_rt_live_bytes(), 50);
    fill(std::ptr::with_exposed_provenance_mut(second), 50, 4);
    free(second);

    for round in 0..3 {
        let blocks: Vec<usize> = (0..1000)
            .map(|size| mlc_rt_alloc(size % 300).expose_provenance())
            .collect();
        for (size, &block) in blocks.iter().enumerate() {
            let (block, size) = (std::ptr::with_exposed_provenance_mut(block), size % 300);
            fill(block, size as i64, size as u8);
        }
        for (size, &block) in blocks.iter().enumerate() {
            let (place, size) = (std::ptr::with_exposed_provenance_mut(block), size % 300);
            assert!(holds(place, size as i64, size as u8), "round {round}");
        }
        thread::scope(|scope| {
            scope.spawn(|| blocks[..700].iter().copied().for_each(free));
        });
        blocks[700..].iter().copied().for_each(free);
        assert_eq!(mlc_rt_live_bytes(), 0);
    }
}

fn lists_grow() {
    let mut list = List {
        data: null_mut(),
        len: 0,
        cap: 0,
    };
    let mut growths = 0;
    for value in 0..100_000_i64 {
        let before = list.cap;
        // SAFETY: the header is valid, and after the call there is room for one more element.
        unsafe {
            assert_eq!(mlc_rt_list_reserve(&mut list, list.len + 1, 8), 0);
            list.data.cast::<i64>().add(list.len as usize).write(value);
        }
        list.len += 1;
        growths += i32::from(list.cap != before);
    }
    assert!(growths < 30, "{growths} growths are not amortized");
    // SAFETY: the list holds 100,000 elements; a negative or smaller capacity changes nothing.
    unsafe {
        let elements = std::slice::from_raw_parts(list.data.cast::<i64>(), 100_000);
        assert!(elements.iter().copied().eq(0..100_000));
        let cap = list.cap;
        assert_eq!(mlc_rt_list_reserve(&mut list, -5, 8), 0);
        assert_eq!(list.cap, cap);
        assert_eq!(mlc_rt_list_reserve(&mut list, i64::MAX, 8), MEMORY_ERROR);
        takes_out_of_memory();
        assert_eq!((list.cap, list.len), (cap, 100_000));
        mlc_rt_free(list.data);
    }

    let mut foreign = [1.5_f64, 2.5, 3.5];
    let mut list = List {
        data: foreign.as_mut_ptr().cast(),
        len: 3,
        cap: 0,
    };
    // SAFETY: the header describes the array, which is copied.
    unsafe {
        assert_eq!(mlc_rt_list_reserve(&mut list, 4, 8), 0);
        assert!(list.cap >= 4 && list.data != foreign.as_mut_ptr().cast());
        assert_eq!(
            std::slice::from_raw_parts(list.data.cast::<f64>(), 3),
            foreign
        );
        mlc_rt_free(list.data);
    }
}
