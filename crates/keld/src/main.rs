//! The keld binary.
fn main() {}
