//! The HTTP edge.
pub mod assets;
pub mod backend;
pub mod compress;
pub mod pages;
pub mod text;
