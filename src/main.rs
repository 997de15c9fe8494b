//! The `hocba` command: parse arguments, load the configuration, dispatch.

fn main() {}
