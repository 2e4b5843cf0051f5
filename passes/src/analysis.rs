//! Facts about IR that several passes need. Nothing here changes IR.

pub mod access;
pub mod borrows;
pub mod certainty;
pub mod conflicts;
pub mod dependence;
pub mod floor;
pub mod guards;
pub mod integer_system;
pub mod lengths;
pub mod linear;
pub mod live_boxes;
pub mod lost;
pub mod magnitude;
pub mod moves;
pub mod order;
pub mod origins;
pub mod outlined;
pub mod parts;
pub mod place;
pub mod separation;
pub mod shares;
pub mod slice;
pub mod touches;
pub mod values;
pub mod wrap;
