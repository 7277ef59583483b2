//! The tables of records: their JSON is what Kafka's converters write.
//!
//! `Schema::json` is the other side; `kafka_java` compares it with Kafka's own classes.

use bytes::Bytes;
use keld_wire::{Decoder, Shape as Table, bytes_of_base64, shapes};

use crate::schemas::every;
use crate::seeded::Seeded;
use crate::value::{Schema, Shape};

const TABLES: [&[Table]; 9] = [
    shapes::METADATA_RECORDS,
    shapes::OFFSETS_KEYS,
    shapes::OFFSETS_VALUES,
    shapes::TRANSACTION_KEYS,
    shapes::TRANSACTION_VALUES,
    shapes::SHARE_STATE_KEYS,
    shapes::SHARE_STATE_VALUES,
    shapes::CONSUMER_PROTOCOL,
    shapes::REMOTE_LOG_METADATA,
];

#[test]
fn every_record_of_the_tables_becomes_kafkas_json() {
    let messages = every();
    let mut compared = 0;
    for table in TABLES.concat() {
        let (_, message) = messages
            .iter()
            .find(|(recoder, _)| recoder.name == table.name)
            .expect("a table is made from a schema");
        assert_eq!(table.key, message.key, "{}", table.name);
        for version in table.versions.iter() {
            let schema = Schema { message, version };
            for seed in 0..20 {
                let mut random = Seeded::of(table.name, 7000 + seed);
                let shape = Shape { unknown_tags: seed % 2 == 1, elements_max: 3 };
                let value = schema.random(&mut random, shape);
                let mut input = Decoder::new(Bytes::from(schema.bytes(&value)));
                let json = table.read_json(&mut input, version).expect("a good record");
                let expected = schema.json(&value, true);
                let case = format!("{} v{version} seed {seed}", table.name);
                // As text: the order of the fields counts.
                assert_eq!(json.to_string(), expected.to_string(), "{case}");
                assert_eq!(input.remaining(), 0, "{case}");
                compared += 1;
            }
        }
    }
    assert!(compared > 1500, "{compared}");
}

#[test]
fn every_record_has_a_table() {
    let groups = ["metadata_records", "coordinator_records", "consumer_protocol"];
    let schemas = every().iter().filter(|(recoder, _)| groups.contains(&recoder.group)).count();
    let tables: usize = TABLES.iter().map(|table| table.len()).sum();
    assert_eq!(tables, schemas + shapes::REMOTE_LOG_METADATA.len());
}

#[test]
fn cut_and_hostile_records_are_errors() {
    for table in TABLES.concat() {
        let version = table.versions.max;
        for fill in [0x00, 0x7f, 0x80, 0xff] {
            for length in 0..40 {
                let mut input = Decoder::new(Bytes::from(vec![fill; length]));
                // Either outcome is good; what must not happen is a panic or endless memory.
                if table.read_json(&mut input, version).is_ok() {
                    assert!(input.position() <= length, "{}", table.name);
                }
            }
        }
        let mut input = Decoder::new(Bytes::new());
        let version = table.versions.max + 1;
        let refused = table.read_json(&mut input, version).expect_err("no such version");
        assert_eq!(
            refused.to_string(),
            format!("version {version} of {} is not supported", table.name)
        );
    }
}

#[test]
fn base64_comes_back_as_bytes() {
    for (text, bytes) in
        [("", &b""[..]), ("AA==", &[0]), ("AAE=", &[0, 1]), ("/+8A", &[0xff, 0xef, 0])]
    {
        assert_eq!(bytes_of_base64(text).as_deref(), Some(bytes), "{text}");
    }
    for text in ["A", "AA=", "A!==", "====="] {
        assert_eq!(bytes_of_base64(text), None, "{text}");
    }
}
