//! librdkafka as a load: one job, then one JSON object of figures on standard output.
//!
//! ```text
//! keld-bench-client produce --bootstrap HOST:PORT --topic T --records N --size BYTES
//!     [--partitions N] [--keyed] [--json]      records to partitions in turn, or by random keys
//! keld-bench-client consume --records N [--partitions N] [--group G]      from the beginning
//! keld-bench-client latency --rate N --seconds N --size BYTES    one producer, one consumer; from
//!     the time a record was due to the time it was consumed
//! keld-bench-client rate    --rate N --seconds N --size BYTES    producer only; to the acknowledgement
//! keld-bench-client fanout  --groups N --records N --size BYTES  one producer, N groups that follow it
//! keld-bench-client acks    --rate N --seconds MOST --size BYTES [--times FILE]    until standard input
//!     ends; when records were acknowledged around its line `mark`, and whether all are there
//! keld-bench-client version
//! -X name=value   a property of producers; -C name=value of consumers
//! ```

mod acks;
mod librdkafka;
mod payload;

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use librdkafka::{ACKNOWLEDGED, Consumer, FAILED, Producer};

type Result<T> = std::result::Result<T, String>;

/// A consumer that got nothing for so long gives up.
const SILENCE: Duration = Duration::from_secs(15);

/// Of an open loop, the part before which nothing is recorded.
const WARMING: Duration = Duration::from_secs(2);

struct Job {
    mode: String,
    bootstrap: String,
    topic: String,
    partitions: i32,
    records: u64,
    size: usize,
    rate: u64,
    seconds: u64,
    groups: u64,
    group: Option<String>,
    times: Option<String>,
    keyed: bool,
    json: bool,
    producer: Vec<(String, String)>,
    consumer: Vec<(String, String)>,
}

fn main() -> ExitCode {
    match run() {
        // The library's threads need no farewell.
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("keld-bench-client: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let job = parse(std::env::args().skip(1))?;
    match job.mode.as_str() {
        "version" => {
            println!("{}", librdkafka::version());
            Ok(())
        }
        "produce" => produce(&job),
        "consume" => consume(&job),
        "latency" => open_loop(&job, true),
        "rate" => open_loop(&job, false),
        "fanout" => fanout(&job),
        "acks" => acks::run(&job),
        other => Err(format!("unknown job {other:?}")),
    }
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Job> {
    let mut job = Job {
        mode: words.next().ok_or("name a job: produce, consume, latency, rate, fanout, acks, version")?,
        bootstrap: String::new(),
        topic: String::new(),
        partitions: 1,
        records: 0,
        size: 1024,
        rate: 1000,
        seconds: 10,
        groups: 4,
        group: None,
        times: None,
        keyed: false,
        json: false,
        producer: Vec::new(),
        consumer: Vec::new(),
    };
    while let Some(word) = words.next() {
        if word == "--keyed" || word == "--json" {
            if word == "--json" {
                job.json = true
            } else {
                job.keyed = true
            }
            continue;
        }
        let value = words.next().ok_or_else(|| format!("{word} takes a value"))?;
        let number =
            || value.parse::<u64>().map_err(|_| format!("{word} takes a number, not {value}"));
        let property = || {
            let (name, value) =
                value.split_once('=').ok_or_else(|| format!("{word} name=value"))?;
            Ok::<_, String>((name.to_owned(), value.to_owned()))
        };
        match word.as_str() {
            "--bootstrap" => job.bootstrap = value,
            "--topic" => job.topic = value,
            "--group" => job.group = Some(value),
            "--times" => job.times = Some(value),
            "--partitions" => {
                job.partitions = i32::try_from(number()?).map_err(|e| e.to_string())?
            }
            "--records" => job.records = number()?,
            "--size" => job.size = usize::try_from(number()?).map_err(|e| e.to_string())?,
            "--rate" => job.rate = number()?.max(1),
            "--seconds" => job.seconds = number()?,
            "--groups" => job.groups = number()?,
            "-X" => job.producer.push(property()?),
            "-C" => job.consumer.push(property()?),
            _ => return Err(format!("unknown argument {word}")),
        }
    }
    Ok(job)
}

impl Job {
    fn common(&self) -> Vec<(String, String)> {
        properties(&[
            ("bootstrap.servers", &self.bootstrap),
            ("socket.nagle.disable", "true"),
            ("broker.address.family", "v4"),
        ])
    }

    fn producer(&self) -> Result<Arc<Producer>> {
        let mut all = self.common();
        all.extend(properties(&[
            ("queue.buffering.max.messages", "1000000"),
            ("queue.buffering.max.kbytes", "131072"),
        ]));
        all.extend(self.producer.iter().cloned());
        Producer::new(&all, &self.topic).map(Arc::new)
    }

    fn consumer_properties(&self, group: Option<&str>) -> Vec<(String, String)> {
        let mut all = self.common();
        all.extend(properties(&[
            ("group.id", group.unwrap_or("bench")),
            ("enable.auto.commit", if group.is_some() { "true" } else { "false" }),
            ("auto.offset.reset", "earliest"),
        ]));
        all.extend(self.consumer.iter().cloned());
        all
    }

    /// The partition of a record, if the partitioner has no say.
    fn partition(&self, at: u64) -> Option<i32> {
        (!self.keyed)
            .then(|| i32::try_from(at % u64::from(self.partitions.unsigned_abs())).unwrap_or(0))
    }
}

fn properties(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// Serves acknowledgements on a thread until stopped.
struct Poller {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Poller {
    fn start(producer: &Arc<Producer>) -> Self {
        let (stop, producer) = (Arc::new(AtomicBool::new(false)), Arc::clone(producer));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                producer.poll(20);
            }
        });
        Self { stop, thread }
    }

    fn end(self) -> Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| "the poller panicked".to_owned())
    }
}

/// Sends all records and waits for their acknowledgements; bytes and time.
fn send_all(job: &Job, producer: &Arc<Producer>) -> Result<(u64, Duration)> {
    let values = payload::values(job.size, job.json);
    let mut random = payload::Random::new();
    let poller = Poller::start(producer);
    let (began, mut bytes) = (Instant::now(), 0);
    for (at, value) in (0..job.records).zip(values.iter().cycle()) {
        bytes += value.len() as u64;
        if job.keyed {
            let key = format!("k{:09}", random.next() % 1_000_000);
            producer.send(None, key.as_bytes(), value, 0)?;
        } else {
            producer.send(job.partition(at), &[], value, 0)?;
        }
    }
    producer.flush()?;
    let time = began.elapsed();
    poller.end()?;
    let (done, failed) = (ACKNOWLEDGED.load(Ordering::Relaxed), FAILED.load(Ordering::Relaxed));
    if failed > 0 || done != job.records {
        return Err(format!("{done} of {} records acknowledged, {failed} failed", job.records));
    }
    Ok((bytes, time))
}

fn produce(job: &Job) -> Result<()> {
    let producer = job.producer()?;
    let (bytes, time) = send_all(job, &producer)?;
    println!(
        "{{\"records\":{},\"bytes\":{bytes},\"seconds\":{:.6}}}",
        job.records,
        time.as_secs_f64()
    );
    Ok(())
}

fn consume(job: &Job) -> Result<()> {
    let properties = job.consumer_properties(job.group.as_deref());
    let began = Instant::now();
    let consumer = match &job.group {
        Some(_) => Consumer::subscribe(&properties, &job.topic)?,
        None => Consumer::assign(&properties, &job.topic, job.partitions, false)?,
    };
    let mut first = None;
    let (records, bytes) = drain(&consumer, job.records, || {
        first.get_or_insert_with(Instant::now);
    })?;
    let total = began.elapsed();
    let seconds = first.map_or(total, |first: Instant| first.elapsed());
    println!(
        "{{\"records\":{records},\"bytes\":{bytes},\"seconds\":{:.6},\"seconds_with_start\":{:.6}}}",
        seconds.as_secs_f64(),
        total.as_secs_f64()
    );
    Ok(())
}

/// Reads so many records; an error when they do not come.
fn drain(consumer: &Consumer, wanted: u64, mut seen: impl FnMut()) -> Result<(u64, u64)> {
    let (mut records, mut bytes, mut last) = (0, 0, Instant::now());
    while records < wanted {
        let before = records;
        consumer.poll(100, |value| {
            records += 1;
            bytes += value.len() as u64;
        });
        if records > before {
            seen();
            last = Instant::now();
        } else if last.elapsed() > SILENCE {
            return Err(format!("{records} of {wanted} records came"));
        }
    }
    Ok((records, bytes))
}

fn fanout(job: &Job) -> Result<()> {
    let producer = job.producer()?;
    let mut threads = Vec::new();
    for group in 0..job.groups {
        let name = format!("{}-{group}", job.topic);
        let properties = job.consumer_properties(Some(&name));
        let consumer = Consumer::subscribe(&properties, &job.topic)?;
        let began = Instant::now();
        while consumer.assigned() == 0 {
            if began.elapsed() > SILENCE {
                return Err(format!("group {name} got no partitions"));
            }
            consumer.poll(10, |_| ());
        }
        let wanted = job.records;
        threads.push(std::thread::spawn(move || drain(&consumer, wanted, || ())));
    }
    let began = Instant::now();
    let (bytes, sent) = send_all(job, &producer)?;
    let mut delivered = 0;
    for thread in threads {
        let (_, bytes) = thread.join().map_err(|_| "a consumer panicked")??;
        delivered += bytes;
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{{\"records\":{},\"bytes\":{bytes},\"seconds\":{seconds:.6},\"produce_seconds\":{:.6},\
         \"delivered_bytes\":{delivered},\"out_mb_s\":{:.3}}}",
        job.records,
        sent.as_secs_f64(),
        delivered as f64 / 1e6 / seconds
    );
    Ok(())
}

/// Time zero of the tags: nanoseconds since it, never 0 for what is recorded.
static ZERO: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Latencies in microseconds.
static LATENCIES: LazyLock<Mutex<Histogram<u64>>> = LazyLock::new(|| {
    Mutex::new(Histogram::new_with_bounds(1, 600_000_000, 3).expect("valid bounds"))
});

fn record(tag: u64) {
    let now = u64::try_from(ZERO.elapsed().as_nanos()).unwrap_or(u64::MAX);
    if let Ok(mut histogram) = LATENCIES.lock() {
        histogram.saturating_record(now.saturating_sub(tag) / 1000);
    }
}

fn open_loop(job: &Job, consumed: bool) -> Result<()> {
    LazyLock::force(&ZERO);
    let producer = job.producer()?;
    let mut values = payload::values(job.size.max(8), job.json);
    let stop = Arc::new(AtomicBool::new(false));
    let got = Arc::new(AtomicU64::new(0));
    let mut reader = None;
    if consumed {
        let properties = job.consumer_properties(None);
        let consumer = Consumer::assign(&properties, &job.topic, job.partitions, true)?;
        // The first fetch is on its way before the first record is due.
        consumer.poll(500, |_| ());
        let (stop, got) = (Arc::clone(&stop), Arc::clone(&got));
        reader = Some(std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                consumer.poll(20, |value| {
                    let tag =
                        value.first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes));
                    if tag != 0 {
                        record(tag);
                    }
                    got.fetch_add(1, Ordering::Relaxed);
                });
            }
        }));
    } else {
        librdkafka::on_acknowledged(record);
    }
    let poller = Poller::start(&producer);
    let total = job.rate * job.seconds;
    let warming = Duration::from_secs(job.seconds / 4).min(WARMING);
    let unrecorded = job.rate * warming.as_secs();
    let interval = 1e9 / job.rate as f64;
    let start = ZERO.elapsed() + Duration::from_millis(1);
    let mut latest = Duration::ZERO;
    let (count, mut slot) = (values.len(), 0);
    for at in 0..total {
        let due = start + Duration::from_nanos((at as f64 * interval) as u64);
        let now = ZERO.elapsed();
        if now < due {
            std::thread::sleep(due - now);
        } else {
            latest = latest.max(now - due);
        }
        let tag = if at < unrecorded { 0 } else { u64::try_from(due.as_nanos()).unwrap_or(0) };
        let value = &mut values[slot];
        slot = (slot + 1) % count;
        value[..8].copy_from_slice(&tag.to_le_bytes());
        producer.send(job.partition(at), &[], value, if consumed { 0 } else { tag })?;
    }
    producer.flush()?;
    let seconds = (ZERO.elapsed() - start).as_secs_f64();
    let flushed = Instant::now();
    while consumed && got.load(Ordering::Relaxed) < total {
        if flushed.elapsed() > SILENCE {
            return Err(format!("{} of {total} records came", got.load(Ordering::Relaxed)));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    stop.store(true, Ordering::Relaxed);
    poller.end()?;
    if let Some(reader) = reader {
        reader.join().map_err(|_| "the reader panicked")?;
    }
    let failed = FAILED.load(Ordering::Relaxed);
    if failed > 0 {
        return Err(format!("{failed} of {total} records failed"));
    }
    let histogram = LATENCIES.lock().map_err(|_| "a recorder panicked")?;
    let at = |quantile: f64| histogram.value_at_quantile(quantile) as f64 / 1e3;
    println!(
        "{{\"records\":{total},\"seconds\":{seconds:.6},\"p50_ms\":{:.3},\"p90_ms\":{:.3},\"p99_ms\":{:.3},\
         \"p999_ms\":{:.3},\"p9999_ms\":{:.3},\"max_ms\":{:.3},\"mean_ms\":{:.3},\"samples\":{},\"sender_late_ms\":{:.3}}}",
        at(0.5),
        at(0.9),
        at(0.99),
        at(0.999),
        at(0.9999),
        histogram.max() as f64 / 1e3,
        histogram.mean() / 1e3,
        histogram.len(),
        latest.as_secs_f64() * 1e3
    );
    Ok(())
}
