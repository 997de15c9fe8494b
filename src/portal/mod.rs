//! What the portal can do, without HTTP: verify, disclose, statistics.

pub mod answer;
