//! One tile of the product, which stays in registers.

use super::vector::{Portable, Vector};

/// The most elements of a tile.
pub const MAX_SIZE: usize = 14 * 32;

/// Multiplies `depth` packed columns of the left with as many packed rows of the right factor, and writes or adds the tile to the
/// target, whose rows are `stride` apart.
pub type Tile<T> = unsafe fn(
    depth: usize,
    left: *const T,
    right: *const T,
    target: *mut T,
    stride: usize,
    adds: bool,
);

/// The best way to make a tile on this machine, and its size.
#[derive(Clone, Copy)]
pub struct Kernel<T> {
    pub rows: usize,
    pub columns: usize,
    pub tile: Tile<T>,
}

pub trait Number: Copy + std::ops::Add<Output = Self> + Sync {
    const ZERO: Self;
    fn kernel() -> Kernel<Self>;
}

/// # Safety
/// The machine must have the register, and the pointers must lead to what [`Tile`] says.
#[inline(always)]
unsafe fn tile<V: Vector, const ROWS: usize, const VECTORS: usize>(
    depth: usize,
    left: *const V::Number,
    right: *const V::Number,
    target: *mut V::Number,
    stride: usize,
    adds: bool,
) where
    V::Number: Number,
{
    // SAFETY: the caller vouches for the machine and the memory.
    unsafe {
        let mut sums = [[V::splat(V::Number::ZERO); VECTORS]; ROWS];
        for term in 0..depth {
            let from = right.add(term * VECTORS * V::LANES);
            let mut row = [V::splat(V::Number::ZERO); VECTORS];
            for (at, vector) in row.iter_mut().enumerate() {
                *vector = V::load(from.add(at * V::LANES));
            }
            for (line, sums) in sums.iter_mut().enumerate() {
                let factor = V::splat(*left.add(term * ROWS + line));
                for (sum, vector) in sums.iter_mut().zip(row) {
                    *sum = factor.multiply_add(vector, *sum);
                }
            }
        }
        for (line, sums) in sums.iter().enumerate() {
            for (at, sum) in sums.iter().enumerate() {
                let to = target.add(line * stride + at * V::LANES);
                let value = if adds { V::load(to).plus(*sum) } else { *sum };
                value.store(to);
            }
        }
    }
}

macro_rules! kernels {
    ($number:ty, $wide:ident, $half:ident) => {
        impl Number for $number {
            const ZERO: Self = 0.0;

            fn kernel() -> Kernel<Self> {
                /// # Safety
                /// As [`tile`].
                unsafe fn portable(
                    depth: usize,
                    left: *const $number,
                    right: *const $number,
                    target: *mut $number,
                    stride: usize,
                    adds: bool,
                ) {
                    // SAFETY: the caller vouches for the memory.
                    unsafe {
                        tile::<Portable<$number>, 4, 2>(depth, left, right, target, stride, adds)
                    }
                }
                #[cfg(target_arch = "x86_64")]
                {
                    use super::vector::{$half, $wide};
                    /// # Safety
                    /// As [`tile`].
                    #[target_feature(enable = "avx512f")]
                    unsafe fn wide(
                        depth: usize,
                        left: *const $number,
                        right: *const $number,
                        target: *mut $number,
                        stride: usize,
                        adds: bool,
                    ) {
                        // SAFETY: the caller vouches for the machine and the memory.
                        unsafe { tile::<$wide, 14, 2>(depth, left, right, target, stride, adds) }
                    }
                    /// # Safety
                    /// As [`tile`].
                    #[target_feature(enable = "avx2,fma")]
                    unsafe fn half(
                        depth: usize,
                        left: *const $number,
                        right: *const $number,
                        target: *mut $number,
                        stride: usize,
                        adds: bool,
                    ) {
                        // SAFETY: the caller vouches for the machine and the memory.
                        unsafe { tile::<$half, 4, 3>(depth, left, right, target, stride, adds) }
                    }
                    if is_x86_feature_detected!("avx512f") {
                        return Kernel {
                            rows: 14,
                            columns: 2 * $wide::LANES,
                            tile: wide,
                        };
                    }
                    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                        return Kernel {
                            rows: 4,
                            columns: 3 * $half::LANES,
                            tile: half,
                        };
                    }
                }
                Kernel {
                    rows: 4,
                    columns: 2 * Portable::<$number>::LANES,
                    tile: portable,
                }
            }
        }
    };
}

kernels!(f64, Wide64, Half64);
kernels!(f32, Wide32, Half32);
