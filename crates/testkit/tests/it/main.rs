//! Keld seen by the programs that people use with Kafka.
//!
//! `KELD_TEST_BROKER=kafka` runs the suites of clients and tools on Apache Kafka instead, which
//! shows what the suites themselves expect.

mod bad_input;
mod clients;
mod differential;
mod groups;
mod matrix;
mod moving;
mod raw;
mod support;
mod tools;
