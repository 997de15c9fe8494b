//! The HTTP edge.
pub mod assets;
pub mod compress;
pub mod pages;
pub mod text;
