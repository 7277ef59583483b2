//! Drives librdkafka through the crate `rdkafka` by JSON commands (`tests/README.md`).

use rdkafka::TopicPartitionList;
use rdkafka::admin::{
    AdminClient, AdminOptions, AlterConfig, NewPartitions, NewTopic, ResourceSpecifier,
    TopicReplication,
};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::message::{BorrowedMessage, Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer, ProducerContext, ThreadedProducer};
use rdkafka::topic_partition_list::Offset;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::future::Future;
use std::io::{BufRead, Write};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

type Answer = Result<Value, Box<dyn Error>>;

const TIMEOUT: Duration = Duration::from_secs(20);

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future of the admin client; librdkafka's own thread wakes it.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Collects the offsets of what was delivered, by the index that travels with each record.
#[derive(Clone, Default)]
struct Deliveries(Arc<Mutex<BTreeMap<usize, Result<i64, String>>>>);

impl rdkafka::ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = Box<usize>;

    fn delivery(&self, result: &DeliveryResult<'_>, index: Self::DeliveryOpaque) {
        let result = match result {
            Ok(message) => Ok(message.offset()),
            Err((error, _)) => Err(error.to_string()),
        };
        if let Ok(mut all) = self.0.lock() {
            all.insert(*index, result);
        }
    }
}

#[derive(Default)]
struct Driver {
    bootstrap: String,
    admin: Option<AdminClient<DefaultClientContext>>,
    consumers: BTreeMap<String, BaseConsumer>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut driver = Driver::default();
    let mut answers = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let answer = match serde_json::from_str(&line?)
            .map_err(Box::from)
            .and_then(|command: Value| driver.run(&command))
        {
            Ok(value) => json!({ "ok": value }),
            Err(error) => json!({ "error": error.to_string() }),
        };
        writeln!(answers, "{answer}")?;
        answers.flush()?;
    }
    Ok(())
}

fn text<'a>(command: &'a Value, name: &str) -> &'a str {
    command[name].as_str().unwrap_or_default()
}

fn partition(command: &Value) -> i32 {
    command["partition"].as_i64().and_then(|number| i32::try_from(number).ok()).unwrap_or(0)
}

fn unhex(value: &Value) -> Option<Vec<u8>> {
    let text = value.as_str()?;
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

fn hex(bytes: Option<&[u8]>) -> Value {
    bytes.map_or(Value::Null, |bytes| {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
    })
}

fn record(message: &BorrowedMessage<'_>) -> Value {
    let headers: Vec<Value> = message
        .headers()
        .map(|headers| headers.iter().map(|one| json!([one.key, hex(one.value)])).collect())
        .unwrap_or_default();
    json!({
        "topic": message.topic(),
        "partition": message.partition(),
        "offset": message.offset(),
        "timestamp": message.timestamp().to_millis().unwrap_or(-1),
        "key": hex(message.key()),
        "value": hex(message.payload()),
        "headers": headers,
    })
}

impl Driver {
    fn settings(&self) -> ClientConfig {
        let mut settings = ClientConfig::new();
        settings.set("bootstrap.servers", &self.bootstrap).set("client.id", "driver");
        settings
    }

    fn consumer(&self, name: &str) -> Result<&BaseConsumer, String> {
        self.consumers.get(name).ok_or_else(|| format!("no consumer {name}"))
    }

    fn new_consumer(&self, group: &str, extra: &[(&str, &str)]) -> Result<BaseConsumer, Box<dyn Error>> {
        let mut settings = self.settings();
        settings
            .set("group.id", group)
            .set("enable.auto.commit", "false")
            .set("auto.offset.reset", "earliest")
            .set("check.crcs", "true")
            .set("fetch.wait.max.ms", "100");
        for (key, value) in extra {
            settings.set(*key, *value);
        }
        Ok(settings.create()?)
    }

    fn run(&mut self, c: &Value) -> Answer {
        let (topic, group, name) = (text(c, "topic"), text(c, "group"), text(c, "consumer"));
        let options = AdminOptions::new().operation_timeout(Some(TIMEOUT));
        if text(c, "op") == "connect" {
            self.bootstrap = text(c, "bootstrap").to_owned();
            self.admin = Some(self.settings().create()?);
            return Ok(Value::Null);
        }
        let admin = self.admin.as_ref().ok_or("not connected")?;
        match text(c, "op") {
            "create_topic" => {
                let count = c["partitions"].as_i64().unwrap_or(1);
                let mut wanted = NewTopic::new(topic, i32::try_from(count)?, TopicReplication::Fixed(1));
                let none = Map::new();
                for (key, value) in c["configs"].as_object().unwrap_or(&none) {
                    wanted = wanted.set(key, value.as_str().unwrap_or_default());
                }
                for done in wait(admin.create_topics([&wanted], &options))? {
                    done.map_err(|(_, code)| code.to_string())?;
                }
                Ok(Value::Null)
            }
            "topics" => {
                let found = admin.inner().fetch_metadata(None, TIMEOUT)?;
                Ok(found.topics().iter().map(|topic| topic.name()).collect())
            }
            "delete_topic" => {
                for done in wait(admin.delete_topics(&[topic], &options))? {
                    done.map_err(|(_, code)| code.to_string())?;
                }
                Ok(Value::Null)
            }
            "create_partitions" => {
                let count = usize::try_from(c["count"].as_i64().unwrap_or(1))?;
                let wanted = NewPartitions::new(topic, count);
                for done in wait(admin.create_partitions([&wanted], &options))? {
                    done.map_err(|(_, code)| code.to_string())?;
                }
                Ok(Value::Null)
            }
            "describe_topic" => {
                let found = admin.inner().fetch_metadata(Some(topic), TIMEOUT)?;
                Ok(json!({ "partitions": found.topics()[0].partitions().len() }))
            }
            "produce" => self.produce(c),
            "open" => {
                let opened = self.new_consumer("unused", &[])?;
                let at = &c["from"];
                let offset = if let Some(offset) = at["offset"].as_i64() {
                    Offset::Offset(offset)
                } else if let Some(timestamp) = at["timestamp"].as_i64() {
                    let mut wanted = TopicPartitionList::new();
                    wanted.add_partition_offset(topic, partition(c), Offset::Offset(timestamp))?;
                    let found = opened.offsets_for_times(wanted, TIMEOUT)?;
                    found.elements()[0].offset()
                } else {
                    let (low, high) = opened.fetch_watermarks(topic, partition(c), TIMEOUT)?;
                    Offset::Offset(if text(at, "at") == "earliest" { low } else { high })
                };
                let mut assignment = TopicPartitionList::new();
                assignment.add_partition_offset(topic, partition(c), offset)?;
                opened.assign(&assignment)?;
                self.consumers.insert(name.to_owned(), opened);
                Ok(Value::Null)
            }
            "join" => {
                let timeout = c["session_timeout_ms"].as_i64().unwrap_or(10_000).to_string();
                let mut extra = vec![
                    ("session.timeout.ms", timeout.as_str()),
                    ("heartbeat.interval.ms", "500"),
                    ("partition.assignment.strategy", c["assignor"].as_str().unwrap_or("range")),
                ];
                if let Some(instance) = c["instance_id"].as_str() {
                    extra.push(("group.instance.id", instance));
                }
                let joined = self.new_consumer(group, &extra)?;
                let topics: Vec<&str> =
                    c["topics"].as_array().ok_or("no topics")?.iter().filter_map(Value::as_str).collect();
                joined.subscribe(&topics)?;
                self.consumers.insert(name.to_owned(), joined);
                Ok(Value::Null)
            }
            "poll" => {
                let count = usize::try_from(c["count"].as_i64().unwrap_or(1))?;
                let end = Instant::now() + Duration::from_millis(c["timeout_ms"].as_u64().unwrap_or(1000));
                let consumer = self.consumer(name)?;
                let mut records = Vec::new();
                while records.len() < count {
                    let left = end.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        break;
                    }
                    if let Some(message) = consumer.poll(left.min(Duration::from_millis(100))) {
                        records.push(record(&message?));
                    }
                }
                Ok(records.into())
            }
            "assignment" => {
                let found = self.consumer(name)?.assignment()?;
                Ok(found.elements().iter().map(|one| json!([one.topic(), one.partition()])).collect())
            }
            "seek" => {
                let offset = Offset::Offset(c["offset"].as_i64().ok_or("no offset")?);
                self.consumer(name)?.seek(topic, partition(c), offset, TIMEOUT)?;
                Ok(Value::Null)
            }
            "position" => {
                let found = self.consumer(name)?.position()?;
                let place = found.find_partition(topic, partition(c)).ok_or("not assigned")?;
                Ok(place.offset().to_raw().into())
            }
            "commit" => {
                let mut offsets = TopicPartitionList::new();
                let offset = Offset::Offset(c["offset"].as_i64().ok_or("no offset")?);
                offsets.add_partition_offset(topic, partition(c), offset)?;
                self.consumer(name)?.commit(&offsets, CommitMode::Sync)?;
                Ok(Value::Null)
            }
            "committed" => {
                let found = self.committed(group, topic, &[partition(c)])?;
                Ok(found.get(&partition(c)).copied().map_or(Value::Null, Value::from))
            }
            "close" => {
                self.consumers.remove(name);
                Ok(Value::Null)
            }
            "lag" => {
                let metadata = admin.inner().fetch_metadata(Some(topic), TIMEOUT)?;
                let all: Vec<i32> = metadata.topics()[0].partitions().iter().map(|one| one.id()).collect();
                let mut lags = Map::new();
                for (number, offset) in self.committed(group, topic, &all)? {
                    let (_, end) = admin.inner().fetch_watermarks(topic, number, TIMEOUT)?;
                    lags.insert(number.to_string(), (end - offset).into());
                }
                Ok(lags.into())
            }
            "offset" => {
                let asker = self.new_consumer("unused", &[])?;
                let (low, high) = asker.fetch_watermarks(topic, partition(c), TIMEOUT)?;
                if let Some(timestamp) = c["at"].as_i64() {
                    let mut wanted = TopicPartitionList::new();
                    wanted.add_partition_offset(topic, partition(c), Offset::Offset(timestamp))?;
                    let found = asker.offsets_for_times(wanted, TIMEOUT)?;
                    return Ok(match found.elements()[0].offset() {
                        Offset::Offset(offset) => offset.into(),
                        _ => (-1).into(),
                    });
                }
                Ok(if text(c, "at") == "earliest" { low } else { high }.into())
            }
            "describe_configs" => {
                let resource = resource(c)?;
                let found = wait(admin.describe_configs([&resource], &options))?;
                let mut values = Map::new();
                for one in found {
                    for entry in one.map_err(|code| code.to_string())?.entries {
                        values.insert(entry.name, entry.value.into());
                    }
                }
                Ok(values.into())
            }
            "alter_config" => {
                let mut change = AlterConfig::new(resource(c)?);
                if let Some(value) = c["value"].as_str() {
                    change = change.set(text(c, "key"), value);
                }
                for done in wait(admin.alter_configs([&change], &options))? {
                    done.map_err(|(_, code)| code.to_string())?;
                }
                Ok(Value::Null)
            }
            "delete_records" => {
                let mut offsets = TopicPartitionList::new();
                let offset = Offset::Offset(c["offset"].as_i64().ok_or("no offset")?);
                offsets.add_partition_offset(topic, partition(c), offset)?;
                let done = wait(admin.delete_records(&offsets, &options))?;
                let place = done.find_partition(topic, partition(c)).ok_or("no answer")?;
                place.error()?;
                Ok(place.offset().to_raw().into())
            }
            "groups" => {
                let found = admin.inner().fetch_group_list(None, TIMEOUT)?;
                Ok(found.groups().iter().map(|group| group.name()).collect())
            }
            "describe_group" => {
                let found = admin.inner().fetch_group_list(Some(group), TIMEOUT)?;
                let one = found.groups().first().ok_or("no such group")?;
                let members: Vec<Value> =
                    one.members().iter().map(|member| json!({ "client_id": member.client_id() })).collect();
                Ok(json!({ "state": one.state(), "assignor": one.protocol(), "members": members }))
            }
            "delete_group" => {
                for done in wait(admin.delete_groups(&[group], &options))? {
                    done.map_err(|(_, code)| code.to_string())?;
                }
                Ok(Value::Null)
            }
            "cluster" => {
                let found = admin.inner().fetch_metadata(None, TIMEOUT)?;
                let brokers: Vec<i32> = found.brokers().iter().map(|broker| broker.id()).collect();
                Ok(json!({ "cluster_id": admin.inner().fetch_cluster_id(TIMEOUT), "brokers": brokers }))
            }
            other => Err(format!("unknown command {other}").into()),
        }
    }

    fn committed(&self, group: &str, topic: &str, partitions: &[i32]) -> Result<BTreeMap<i32, i64>, Box<dyn Error>> {
        let asker = self.new_consumer(group, &[])?;
        let mut wanted = TopicPartitionList::new();
        for number in partitions {
            wanted.add_partition(topic, *number);
        }
        let found = asker.committed_offsets(wanted, TIMEOUT)?;
        Ok(found
            .elements()
            .iter()
            .filter_map(|place| match place.offset() {
                Offset::Offset(offset) => Some((place.partition(), offset)),
                _ => None,
            })
            .collect())
    }

    fn produce(&self, c: &Value) -> Answer {
        let deliveries = Deliveries::default();
        let mut settings = self.settings();
        settings
            .set("compression.type", c["codec"].as_str().unwrap_or("none"))
            .set("enable.idempotence", c["idempotent"].as_bool().unwrap_or(false).to_string())
            .set("acks", c["acks"].as_str().unwrap_or("all"))
            .set("linger.ms", "50")
            .set("message.timeout.ms", "30000");
        let producer: ThreadedProducer<Deliveries> = settings.create_with_context(deliveries.clone())?;
        let records = c["records"].as_array().ok_or("no records")?;
        for (index, one) in records.iter().enumerate() {
            let (key, value) = (unhex(&one["key"]), unhex(&one["value"]));
            let mut headers = OwnedHeaders::new();
            for header in one["headers"].as_array().into_iter().flatten() {
                let value = unhex(&header[1]);
                headers = headers.insert(Header { key: header[0].as_str().unwrap_or_default(), value: value.as_ref() });
            }
            let mut wanted: BaseRecord<'_, [u8], [u8], Box<usize>> =
                BaseRecord::with_opaque_to(text(c, "topic"), Box::new(index)).partition(partition(c)).headers(headers);
            if let Some(key) = &key {
                wanted = wanted.key(key);
            }
            if let Some(value) = &value {
                wanted = wanted.payload(value);
            }
            if let Some(timestamp) = one["timestamp"].as_i64() {
                wanted = wanted.timestamp(timestamp);
            }
            producer.send(wanted).map_err(|(error, _)| error)?;
        }
        producer.flush(Duration::from_secs(30))?;
        let all = deliveries.0.lock().map_err(|_| "poisoned")?;
        let offsets: Result<Vec<i64>, String> = all.values().cloned().collect();
        let offsets = offsets?;
        if offsets.len() != records.len() {
            return Err("not delivered".into());
        }
        Ok(json!({ "offsets": offsets }))
    }
}

fn resource(c: &Value) -> Result<ResourceSpecifier<'_>, Box<dyn Error>> {
    Ok(match c["topic"].as_str() {
        Some(topic) => ResourceSpecifier::Topic(topic),
        None => ResourceSpecifier::Broker(text(c, "broker").parse()?),
    })
}
