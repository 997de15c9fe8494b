//! Figures of docs/benchmarks.md; run by benches/run.

fn main() {}
