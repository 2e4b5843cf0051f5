//! Vector registers of the machines that we know, behind one interface.

/// A register of several numbers. What is not marked safe needs the instructions of the register.
pub trait Vector: Copy {
    type Number;
    const LANES: usize;

    /// # Safety
    /// The machine must have the register.
    unsafe fn splat(value: Self::Number) -> Self;
    /// # Safety
    /// As `splat`; `from` must lead to as many numbers as there are lanes.
    unsafe fn load(from: *const Self::Number) -> Self;
    /// # Safety
    /// As `load`.
    unsafe fn store(self, to: *mut Self::Number);
    /// # Safety
    /// As `splat`.
    unsafe fn plus(self, other: Self) -> Self;
    /// `self * other + sum`, rounded once.
    ///
    /// # Safety
    /// As `splat`.
    unsafe fn multiply_add(self, other: Self, sum: Self) -> Self;
}

macro_rules! x86 {
    ($name:ident, $register:ident, $number:ty, $lanes:literal, $splat:ident, $load:ident, $store:ident, $add:ident, $fma:ident) => {
        #[cfg(target_arch = "x86_64")]
        #[derive(Clone, Copy)]
        pub struct $name(std::arch::x86_64::$register);

        #[cfg(target_arch = "x86_64")]
        impl Vector for $name {
            type Number = $number;
            const LANES: usize = $lanes;

            #[inline(always)]
            unsafe fn splat(value: $number) -> Self {
                // SAFETY: the caller vouches for the machine.
                Self(unsafe { std::arch::x86_64::$splat(value) })
            }

            #[inline(always)]
            unsafe fn load(from: *const $number) -> Self {
                // SAFETY: the caller vouches for the machine and the memory.
                Self(unsafe { std::arch::x86_64::$load(from) })
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut $number) {
                // SAFETY: the caller vouches for the machine and the memory.
                unsafe { std::arch::x86_64::$store(to, self.0) }
            }

            #[inline(always)]
            unsafe fn plus(self, other: Self) -> Self {
                // SAFETY: the caller vouches for the machine.
                Self(unsafe { std::arch::x86_64::$add(self.0, other.0) })
            }

            #[inline(always)]
            unsafe fn multiply_add(self, other: Self, sum: Self) -> Self {
                // SAFETY: the caller vouches for the machine.
                Self(unsafe { std::arch::x86_64::$fma(self.0, other.0, sum.0) })
            }
        }
    };
}

x86!(
    Wide64,
    __m512d,
    f64,
    8,
    _mm512_set1_pd,
    _mm512_loadu_pd,
    _mm512_storeu_pd,
    _mm512_add_pd,
    _mm512_fmadd_pd
);
x86!(
    Wide32,
    __m512,
    f32,
    16,
    _mm512_set1_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_add_ps,
    _mm512_fmadd_ps
);
x86!(
    Half64,
    __m256d,
    f64,
    4,
    _mm256_set1_pd,
    _mm256_loadu_pd,
    _mm256_storeu_pd,
    _mm256_add_pd,
    _mm256_fmadd_pd
);
x86!(
    Half32,
    __m256,
    f32,
    8,
    _mm256_set1_ps,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_add_ps,
    _mm256_fmadd_ps
);

/// Four numbers, on any machine.
#[derive(Clone, Copy)]
pub struct Portable<T>([T; 4]);

macro_rules! portable {
    ($number:ty) => {
        impl Vector for Portable<$number> {
            type Number = $number;
            const LANES: usize = 4;

            #[inline(always)]
            unsafe fn splat(value: $number) -> Self {
                Self([value; 4])
            }

            #[inline(always)]
            unsafe fn load(from: *const $number) -> Self {
                // SAFETY: the caller vouches for the memory.
                Self(unsafe { from.cast::<[$number; 4]>().read_unaligned() })
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut $number) {
                // SAFETY: the caller vouches for the memory.
                unsafe { to.cast::<[$number; 4]>().write_unaligned(self.0) }
            }

            #[inline(always)]
            unsafe fn plus(self, other: Self) -> Self {
                Self(std::array::from_fn(|lane| self.0[lane] + other.0[lane]))
            }

            #[inline(always)]
            unsafe fn multiply_add(self, other: Self, sum: Self) -> Self {
                Self(std::array::from_fn(|lane| {
                    self.0[lane].mul_add(other.0[lane], sum.0[lane])
                }))
            }
        }
    };
}

portable!(f64);
portable!(f32);
