//! Installs what the suites need beforehand, so that the tests do not wait for downloads.
//!
//! `keld-test-setup kafka` only gets Apache Kafka's jars, `keld-test-setup guard` only what
//! `cargo xtask guard` counts instructions with.

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => keld_testkit::setup::all(),
        ["kafka"] => keld_testkit::setup::kafka_jars().map(drop),
        ["guard"] => keld_testkit::setup::instruction_counter().map(drop),
        _ => anyhow::bail!("{words:?}: nothing, kafka or guard"),
    }
}
