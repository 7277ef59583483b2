//! Produced by each client with each codec, read by each client, equal to the byte.

use crate::support::{content, node, records, start, unique};
use keld_testkit::{CODECS, Client, Driver};
use serde_json::{Value, json};

#[test]
fn every_client_reads_what_every_client_wrote_with_every_codec() {
    let node = node();
    let mut drivers: Vec<(Client, Driver)> =
        Client::ALL.iter().map(|client| (*client, start(*client, &node.bootstrap()))).collect();
    let topic = unique("matrix");
    drivers[0].1.call("create_topic", json!({ "topic": topic, "partitions": CODECS.len() }));

    // One partition a codec; in it, the records of each client one after the other.
    let mut wanted: Vec<Value> = Vec::new();
    for (client, driver) in &mut drivers {
        let records = records(*client);
        for (partition, codec) in CODECS.iter().enumerate() {
            driver.call(
                "produce",
                json!({ "topic": topic, "partition": partition, "codec": codec, "records": records }),
            );
        }
        wanted.extend(records.iter().map(content));
    }

    for (client, driver) in &mut drivers {
        for (partition, codec) in CODECS.iter().enumerate() {
            let partition = i32::try_from(partition).expect("few codecs");
            let from = json!({ "at": "earliest" });
            let found = crate::support::read(driver, &topic, partition, from, wanted.len());
            for (index, (found, wanted)) in found.iter().zip(&wanted).enumerate() {
                let writer = Client::ALL[index / records(Client::Java).len()];
                assert_eq!(found["offset"], index);
                assert_eq!(
                    &as_read_by(*client, content(found)),
                    &as_read_by(*client, wanted.clone()),
                    "written by {} with {codec}, read by {}",
                    writer.name(),
                    client.name()
                );
            }
        }
    }
}

/// A record as a client can show it: kafkajs shows a header without a value as an absent one.
fn as_read_by(client: Client, mut record: Value) -> Value {
    if client == Client::KafkaJs
        && let Some(headers) = record["headers"].as_array_mut()
    {
        headers.retain(|header| !header[1].is_null());
    }
    record
}
