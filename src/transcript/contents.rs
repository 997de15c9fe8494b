//! typed groups (stub)
