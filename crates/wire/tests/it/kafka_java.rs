//! Agreement with Kafka's own Java classes, in both directions, through one JVM.
//!
//! For every message at every version: Kafka reads our bytes and writes them again equal; the JSON
//! Kafka makes of them is the JSON our schemas say; from our JSON Kafka writes our bytes. The
//! program is `tests/java/wire-oracle/WireOracle.java`.

use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use bytes::Bytes;
use serde_json::Value as Json;

use crate::schemas::every;
use crate::seeded::Seeded;
use crate::value::{Schema, Shape};

struct Oracle {
    child: Child,
    questions: BufWriter<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

#[derive(Debug)]
struct Answer {
    again: Option<Vec<u8>>,
    json: Option<Vec<u8>>,
    from_json: Option<Vec<u8>>,
}

impl Oracle {
    fn start() -> Self {
        let jars = keld_testkit::setup::kafka_jars().expect("Kafka's jars can be installed");
        let source = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../tests/java/wire-oracle/WireOracle.java");
        let mut child = Command::new("java")
            .args(["-Xmx256m", "-XX:+UseSerialGC", "-cp"])
            .arg(jars.join("*"))
            .arg(source)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("java can be run");
        let questions = BufWriter::new(child.stdin.take().expect("piped"));
        let answers = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, questions, answers }
    }

    fn ask(
        &mut self,
        name: &str,
        version: i16,
        bytes: Option<&[u8]>,
        json: Option<&[u8]>,
    ) -> Result<Answer, String> {
        let length = u16::try_from(name.len()).expect("a short name");
        let mut question = length.to_be_bytes().to_vec();
        question.extend(name.bytes());
        question.extend(version.to_be_bytes());
        for block in [bytes, json] {
            match block {
                None => question.extend((-1i32).to_be_bytes()),
                Some(block) => {
                    let length = i32::try_from(block.len()).expect("a short message");
                    question.extend(length.to_be_bytes());
                    question.extend(block);
                }
            }
        }
        self.questions.write_all(&question).expect("the JVM reads");
        self.questions.flush().expect("the JVM reads");
        let mut status = [0];
        self.answers.read_exact(&mut status).expect("the JVM answers");
        if status != [0] {
            let text = self.block().unwrap_or_default();
            return Err(String::from_utf8_lossy(&text).into_owned());
        }
        Ok(Answer { again: self.block(), json: self.block(), from_json: self.block() })
    }

    fn block(&mut self) -> Option<Vec<u8>> {
        let mut length = [0; 4];
        self.answers.read_exact(&mut length).expect("the JVM answers");
        let length = usize::try_from(i32::from_be_bytes(length)).ok()?;
        let mut block = vec![0; length];
        self.answers.read_exact(&mut block).expect("the JVM answers");
        Some(block)
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn every_message_and_version_agrees_with_kafkas_own_classes() {
    let mut oracle = Oracle::start();
    let mut differences = Vec::new();
    let mut compared = 0;
    for (recoder, message) in every() {
        'versions: for version in recoder.versions.iter() {
            let schema = Schema { message: &message, version };
            for seed in 0..12 {
                let unknown_tags = seed >= 9;
                let mut random = Seeded::of(recoder.name, 5000 + seed);
                let value = schema.random(&mut random, Shape { unknown_tags, elements_max: 2 });
                let bytes = schema.bytes(&value);
                // JSON has no place for tagged fields nobody knows.
                let json = (!unknown_tags).then(|| schema.json(&value, true).to_string());
                let asked = oracle.ask(
                    recoder.name,
                    version,
                    Some(&bytes),
                    json.as_deref().map(str::as_bytes),
                );
                let difference = match asked {
                    Err(error) => Some(error),
                    Ok(answer) if answer.again.as_deref() != Some(&bytes) => {
                        Some("other bytes".to_owned())
                    }
                    Ok(answer) if !unknown_tags => {
                        let theirs: Json =
                            serde_json::from_slice(&answer.json.unwrap_or_default()).expect("JSON");
                        let ours = schema.json(&value, false);
                        let from_json = answer.from_json.unwrap_or_default();
                        // What Kafka wrote from our JSON, we read and write.
                        let recoded = (recoder.recode)(Bytes::from(from_json.clone()), version);
                        if theirs != ours {
                            Some(format!("JSON {theirs} for {ours}"))
                        } else if from_json != bytes {
                            Some("other bytes from JSON".to_owned())
                        } else if recoded != Ok((bytes.into(), 0)) {
                            Some(format!("our recoding: {recoded:?}"))
                        } else {
                            None
                        }
                    }
                    Ok(_) => None,
                };
                if let Some(difference) = difference {
                    differences
                        .push(format!("{} v{version} seed {seed}: {difference}", recoder.name));
                    continue 'versions;
                }
                compared += 1;
            }
        }
    }
    assert!(differences.is_empty(), "{} of {compared}: {differences:#?}", differences.len());
    assert!(compared > 5_000, "{compared}");
}

#[test]
fn an_untouched_message_has_kafkas_defaults() {
    let mut oracle = Oracle::start();
    let mut compared = 0;
    let mut differences = Vec::new();
    for (recoder, _) in every() {
        for version in recoder.versions.iter() {
            let ours = (recoder.default)(version).expect("defaults can be written");
            match oracle.ask(recoder.name, version, None, None) {
                Ok(answer) if answer.again.as_deref() == Some(&ours[..]) => compared += 1,
                Ok(answer) => {
                    differences.push(format!("{} v{version}: {ours:?} {answer:?}", recoder.name))
                }
                Err(error) => differences.push(format!("{} v{version}: {error}", recoder.name)),
            }
        }
    }
    assert!(differences.is_empty(), "{compared} equal; {differences:#?}");
    assert!(compared > 600, "{compared}");
}
