//! Products of two matrices, tiled for registers and caches, on threads.
//!
//! The scheme is that of Goto and van de Geijn ("Anatomy of High-Performance Matrix Multiplication", 2008): panels of both factors are
//! packed so that the innermost loop reads memory in order, and one tile of the product stays in registers. Every element of the
//! product adds up its terms in order within blocks of [`DEPTH`], each with one fused multiply-add, so the bits depend neither on the
//! machine nor on the number of threads.

mod tile;
mod vector;

use std::ffi::c_void;

use crate::{error, kind, pool::mlc_rt_parallel_for, race::log};
use tile::{Kernel, Number};

/// Terms that are added up in registers before the sum goes to memory.
const DEPTH: usize = 256;
/// Rows of the left factor that one thread packs and works on; they stay in its second-level cache.
const ROWS: usize = 112;
/// Columns of the right factor that are packed at once; they stay in the last-level cache.
const COLUMNS: usize = 3072;

/// The start of an array's header.
#[repr(C)]
pub struct Array {
    allocated: *mut c_void,
    data: *mut c_void,
    offset: i64,
}

/// A matrix in memory: its first element, and how far apart rows and columns are.
#[derive(Clone, Copy)]
struct Matrix<T> {
    first: *const T,
    row: isize,
    column: isize,
}

impl<T: Number> Matrix<T> {
    /// # Safety
    /// The header must be valid, and the strides must stay in its memory.
    unsafe fn new(array: *const Array, start: i64, row: i64, column: i64) -> Matrix<T> {
        // SAFETY: the caller vouches for the header.
        let array = unsafe { &*array };
        let first = array.data.cast::<T>().cast_const();
        Matrix {
            first: first.wrapping_offset((array.offset + start) as isize),
            row: row as isize,
            column: column as isize,
        }
    }

    fn place(&self, row: usize, column: usize) -> *const T {
        let offset = row as isize * self.row + column as isize * self.column;
        self.first.wrapping_offset(offset)
    }
}

/// One product: `target[m, n] = left[m, k] * right[k, n]`, the target row by row.
struct Product<T: Number> {
    target: *mut T,
    m: usize,
    n: usize,
    k: usize,
    left: Matrix<T>,
    right: Matrix<T>,
    kernel: Kernel<T>,
    /// The columns and the terms that are being worked on, and the packed part of the right factor.
    columns: std::ops::Range<usize>,
    terms: std::ops::Range<usize>,
    packed: *mut T,
}

impl<T: Number> Product<T> {
    /// Tells the log of accesses what the product reads and writes.
    fn log(&self) {
        if !log::is_active() {
            return;
        }
        let size = size_of::<T>();
        for (factor, rows, columns) in [(&self.left, self.m, self.k), (&self.right, self.k, self.n)]
        {
            for row in 0..rows {
                for column in 0..columns {
                    log::read_by_runtime(factor.place(row, column).addr(), size);
                }
            }
        }
        log::write_by_runtime(self.target.addr(), self.m * self.n * size);
    }

    fn run(&mut self) -> Result<(), i32> {
        if self.k == 0 {
            // SAFETY: the target has that many elements.
            let target = unsafe { std::slice::from_raw_parts_mut(self.target, self.m * self.n) };
            target.fill(T::ZERO);
            return Ok(());
        }
        let width = COLUMNS.min(self.n.next_multiple_of(self.kernel.columns));
        let mut packed =
            buffer::<T>(width.next_multiple_of(self.kernel.columns) * DEPTH.min(self.k))?;
        self.packed = packed.as_mut_ptr();
        for column in (0..self.n).step_by(COLUMNS) {
            self.columns = column..self.n.min(column + COLUMNS);
            for term in (0..self.k).step_by(DEPTH) {
                self.terms = term..self.k.min(term + DEPTH);
                let panels = self.columns.len().div_ceil(self.kernel.columns);
                self.in_parallel(pack_right::<T>, panels, 8)?;
                self.in_parallel(multiply_rows::<T>, self.m, self.rows_per_chunk())?;
            }
        }
        Ok(())
    }

    /// As many rows as fit the cache, fewer where every thread would not get some; a multiple of those of a tile.
    fn rows_per_chunk(&self) -> usize {
        let fair = self.m.div_ceil(8).next_multiple_of(self.kernel.rows);
        fair.min(ROWS.next_multiple_of(self.kernel.rows))
    }

    fn in_parallel(&mut self, body: Chunk, count: usize, grain: usize) -> Result<(), i32> {
        let context = std::ptr::from_mut(self).cast();
        // SAFETY: the bodies write to different parts of the buffers that the product holds.
        match unsafe { mlc_rt_parallel_for(body, context, count as i64, grain as i64) } {
            0 => Ok(()),
            status => Err(status),
        }
    }

    /// Panels of the right factor, each row of one after the other; columns past the end are zero.
    fn pack_right(&self, panels: std::ops::Range<usize>) {
        let (width, depth) = (self.kernel.columns, self.terms.len());
        for panel in panels {
            let first = self.columns.start + panel * width;
            let count = width.min(self.columns.end - first);
            for (line, term) in self.terms.clone().enumerate() {
                // SAFETY: the buffer has room for whole panels, which no other thread writes.
                let to = unsafe {
                    let start = self.packed.add((panel * depth + line) * width);
                    std::slice::from_raw_parts_mut(start, width)
                };
                // SAFETY: the positions lie in the factor.
                unsafe {
                    if self.right.column == 1 {
                        let from = self.right.place(term, first);
                        to[..count].copy_from_slice(std::slice::from_raw_parts(from, count));
                    } else {
                        for (at, to) in to[..count].iter_mut().enumerate() {
                            *to = *self.right.place(term, first + at);
                        }
                    }
                }
                to[count..].fill(T::ZERO);
            }
        }
    }

    /// Some rows of the left factor, tile by tile, each column of a tile after the other; `to` is zero past the end.
    fn pack_left(&self, rows: std::ops::Range<usize>, to: &mut [T]) {
        let (height, depth) = (self.kernel.rows, self.terms.len());
        let starts = rows.clone().step_by(height);
        for (first, tile) in starts.zip(to.chunks_exact_mut(height * depth)) {
            for row in first..rows.end.min(first + height) {
                let places = tile[row - first..].iter_mut().step_by(height);
                for (term, to) in self.terms.clone().zip(places) {
                    // SAFETY: the position lies in the factor.
                    *to = unsafe { *self.left.place(row, term) };
                }
            }
        }
    }

    fn multiply_rows(&self, rows: std::ops::Range<usize>) -> Result<(), i32> {
        let (height, width, depth) = (self.kernel.rows, self.kernel.columns, self.terms.len());
        let mut left = buffer::<T>(rows.len().next_multiple_of(height) * depth)?;
        self.pack_left(rows.clone(), &mut left);
        let mut edge = [T::ZERO; tile::MAX_SIZE];
        let adds = self.terms.start > 0;
        for (panel, column) in self.columns.clone().step_by(width).enumerate() {
            let right = self.packed.wrapping_add(panel * width * depth);
            let columns = width.min(self.columns.end - column);
            for (strip, row) in rows.clone().step_by(height).enumerate() {
                let left = left[strip * height * depth..].as_ptr();
                let count = height.min(rows.end - row);
                // SAFETY: the packed parts hold `depth` terms of a tile each; the tile lies in the target, or in the buffer.
                unsafe {
                    let target = self.target.add(row * self.n + column);
                    if count == height && columns == width {
                        (self.kernel.tile)(depth, left, right, target, self.n, adds);
                        continue;
                    }
                    (self.kernel.tile)(depth, left, right, edge.as_mut_ptr(), width, false);
                    for (line, values) in edge.chunks_exact(width).take(count).enumerate() {
                        for (at, &value) in values[..columns].iter().enumerate() {
                            let place = target.add(line * self.n + at);
                            *place = if adds { *place + value } else { value };
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

type Chunk = unsafe extern "C" fn(*mut c_void, i64, i64, i64) -> i32;

/// # Safety
/// `context` must be a product whose packed part nothing else uses.
unsafe extern "C" fn pack_right<T: Number>(
    context: *mut c_void,
    _: i64,
    begin: i64,
    end: i64,
) -> i32 {
    // SAFETY: the caller vouches for the context.
    let product = unsafe { &*context.cast::<Product<T>>() };
    product.pack_right(begin as usize..end as usize);
    0
}

/// # Safety
/// `context` must be a product whose rows `begin..end` nothing else uses.
unsafe extern "C" fn multiply_rows<T: Number>(
    context: *mut c_void,
    _: i64,
    begin: i64,
    end: i64,
) -> i32 {
    // SAFETY: the caller vouches for the context.
    let product = unsafe { &*context.cast::<Product<T>>() };
    product
        .multiply_rows(begin as usize..end as usize)
        .err()
        .unwrap_or(0)
}

/// Memory for packed parts, zeroed; without it, the status of a `MemoryError`.
fn buffer<T: Number>(count: usize) -> Result<Vec<T>, i32> {
    let mut memory = Vec::new();
    if memory.try_reserve_exact(count).is_err() {
        return Err(error::raise(kind::MEMORY_ERROR, "out of memory".to_owned()));
    }
    memory.resize(count, T::ZERO);
    Ok(memory)
}

macro_rules! matmul {
    ($name:ident, $ty:ty) => {
        /// `target = left * right` for an `m` by `k` and a `k` by `n` matrix; the target lies row by row. Of each factor: its
        /// header, where it starts, and how far apart its rows and its columns are, in elements. Returns a status.
        ///
        /// # Safety
        /// The headers must be valid, the factors must lie in their memory, and the target must not overlap with them.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            target: *const Array,
            m: i64,
            n: i64,
            k: i64,
            left: *const Array,
            left_start: i64,
            left_row: i64,
            left_column: i64,
            right: *const Array,
            right_start: i64,
            right_row: i64,
            right_column: i64,
        ) -> i32 {
            // SAFETY: the caller vouches for the headers and the strides.
            let mut product = unsafe {
                Product::<$ty> {
                    target: Matrix::<$ty>::new(target, 0, 0, 0).first.cast_mut(),
                    m: m as usize,
                    n: n as usize,
                    k: k as usize,
                    left: Matrix::new(left, left_start, left_row, left_column),
                    right: Matrix::new(right, right_start, right_row, right_column),
                    kernel: <$ty>::kernel(),
                    columns: 0..0,
                    terms: 0..0,
                    packed: std::ptr::null_mut(),
                }
            };
            product.log();
            product.run().err().unwrap_or(0)
        }
    };
}

matmul!(mlc_rt_matmul_f64, f64);
matmul!(mlc_rt_matmul_f32, f32);
