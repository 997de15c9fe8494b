//! The transparency log's arithmetic, one file per spec; pure.

pub mod leaf;
pub mod merkle;
