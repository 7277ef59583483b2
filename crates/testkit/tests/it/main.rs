//! Keld seen by the programs that people use with Kafka.
//!
//! `KELD_TEST_BROKER=kafka` runs the suites of clients and tools on Apache Kafka instead, which
//! shows what the suites themselves expect.

mod bad_input;
mod clients;
mod cluster;
mod compaction;
mod differential;
mod faults_fetch;
mod groups;
mod killing;
mod matrix;
mod moving;
mod quorum;
mod raw;
#[path = "../../../../xtask/src/schema.rs"]
mod schema;
mod scripts;
#[path = "../../../wire/tests/it/seeded.rs"]
mod seeded;
mod support;
mod tools;
#[allow(dead_code, reason = "the tests of `wire` use more of it")]
#[path = "../../../wire/tests/it/value.rs"]
mod value;
