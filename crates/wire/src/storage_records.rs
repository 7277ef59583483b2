// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! Data of files on disk.

pub mod producer_snapshot;

pub use producer_snapshot::ProducerSnapshot;
