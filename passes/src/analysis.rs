//! Facts about IR that several passes need. Nothing here changes IR.

pub mod borrows;
pub mod live_boxes;
