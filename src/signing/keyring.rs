//! Key ring (stub)
