//! The `driftscope` program.

fn main() {}
