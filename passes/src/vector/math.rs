//! Elementary functions as arithmetic, on scalars and vectors alike: the same operations, so the same bits.

pub mod exp;
pub mod lanes;
pub mod log;
pub mod per_lane;
pub mod pow;
pub mod rsqrt;
pub mod sin_cos;
pub mod tanh;
