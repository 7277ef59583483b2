//! A broker that throws records away: what client and machine can do when the server does nothing.
//!
//! One blocking thread a connection, so no readiness is ever asked for. A topic has the partitions
//! it was made with, all led by this broker. Of a produce request the head is read and answered;
//! what follows of a large one is dropped by the kernel without being copied. A fetch is answered
//! with one prepared batch, as often as it was asked for, straight from the page cache: a reader
//! that looks at what it gets sees the same offsets again and again.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, ensure};
use rustix::fs::MemfdFlags;
use rustix::net::{RecvFlags, SendFlags};

/// The APIs answered, with the least and greatest version; all are before flexible headers.
/// librdkafka writes the present record format only to brokers that name Fetch, too.
const APIS: [(i16, i16, i16); 6] = [
    (PRODUCE, 3, 8),
    (FETCH, 4, 11),
    (METADATA, 0, 8),
    (FIND_COORDINATOR, 0, 2),
    (API_VERSIONS, 0, 2),
    (INIT_PRODUCER_ID, 0, 1),
];

const PRODUCE: i16 = 0;
const FETCH: i16 = 1;
const METADATA: i16 = 3;
const FIND_COORDINATOR: i16 = 10;
const API_VERSIONS: i16 = 18;
const CREATE_TOPICS: i16 = 19;
const DELETE_TOPICS: i16 = 20;
const INIT_PRODUCER_ID: i16 = 22;

const UNSUPPORTED_VERSION: i16 = 35;

/// Partitions of a topic that nobody made.
const PARTITIONS: i32 = 1;

/// Largest request that is read; the benchmark's clients send a few MB.
const REQUEST_BYTES_MAX: usize = 128 << 20;

/// What is read at once: many small requests, or the head of a large one.
const SMALL: usize = 256 << 10;
const HEAD: usize = 4 << 10;

/// Above this, the rest of a request is not worth a copy.
const LARGE: usize = 16 << 10;

/// Records of the batch that a fetch brings, of 1 KiB each, and the most of these batches.
const BATCH_RECORDS: usize = 63;
const BATCHES_MAX: usize = 256;

/// What all connections know.
struct Shared {
    address: SocketAddr,
    /// Partitions by topic.
    topics: Mutex<BTreeMap<Vec<u8>, i32>>,
    /// The batch again and again, in memory that `sendfile` takes from.
    batches: OwnedFd,
    batch_bytes: usize,
}

impl Shared {
    fn new(address: SocketAddr) -> anyhow::Result<Self> {
        let batch = crate::raw::record_batch(BATCH_RECORDS, 1024, 1)?;
        let batches = rustix::fs::memfd_create("batches", MemfdFlags::CLOEXEC)?;
        let mut file = std::fs::File::from(batches);
        for _ in 0..BATCHES_MAX {
            file.write_all(&batch)?;
        }
        let topics = Mutex::new(BTreeMap::new());
        Ok(Self { address, topics, batches: file.into(), batch_bytes: batch.len() })
    }

    fn topics(&self) -> std::sync::MutexGuard<'_, BTreeMap<Vec<u8>, i32>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves until it is killed.
pub(crate) fn serve(address: SocketAddr) -> anyhow::Result<()> {
    let listener = TcpListener::bind(address).with_context(|| format!("listen on {address}"))?;
    let shared = Arc::new(Shared::new(address)?);
    for stream in listener.incoming() {
        let stream = stream?;
        let shared = Arc::clone(&shared);
        std::thread::Builder::new().spawn(move || {
            // A client that leaves or errs ends its connection only.
            let _ended = connection(stream, &shared);
        })?;
    }
    Ok(())
}

fn connection(mut stream: TcpStream, shared: &Shared) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; SMALL];
    let (mut from, mut to) = (0, 0);
    let mut answers = Answers::default();
    let mut nowhere = Vec::new();
    let mut at_once = SMALL;
    loop {
        while let Some(length) = frame(&buffer[from..to])? {
            let (begin, end) = (from + 4, from + 4 + length);
            let there = end.min(to);
            // Of a produce request the head says all; the records need not be there.
            let is_produce = buffer[begin..there].starts_with(&PRODUCE.to_be_bytes());
            if end > to && !(is_produce && end - to > LARGE && there - begin > HEAD / 2) {
                break;
            }
            if answers.records > 0 {
                answers.send(&mut stream, shared)?;
            }
            answer(&buffer[begin..there], shared, &mut answers)?;
            if end > to {
                // The answer first would be the quicker one, but no broker can give it.
                drop_bytes(&stream, &mut nowhere, end - to)?;
                at_once = HEAD;
            } else if length < LARGE {
                at_once = SMALL;
            }
            from = there;
        }
        answers.send(&mut stream, shared)?;
        buffer.copy_within(from..to, 0);
        (from, to) = (0, to - from);
        let wanted = frame(&buffer[..to])?.map_or(4, |length| length + 4).max(at_once);
        if wanted > buffer.len() {
            buffer.resize(wanted, 0);
        }
        let room = wanted.max(to + 1).min(buffer.len());
        let count = stream.read(&mut buffer[to..room])?;
        if count == 0 {
            return Ok(());
        }
        to += count;
    }
}

/// Lets the kernel forget what comes next, without copying it. `nowhere` is never written to: the
/// kernel asks for its length only.
fn drop_bytes(stream: &TcpStream, nowhere: &mut Vec<u8>, mut count: usize) -> anyhow::Result<()> {
    if nowhere.len() < count {
        *nowhere = vec![0; count.next_power_of_two()];
    }
    while count > 0 {
        let flags = RecvFlags::TRUNC | RecvFlags::WAITALL;
        let (_, dropped) = rustix::net::recv(stream, &mut nowhere[..count], flags)?;
        ensure!(dropped > 0, "the client left");
        count = count.saturating_sub(dropped);
    }
    Ok(())
}

/// Answers that wait to be sent, and the records that belong behind the last of them.
#[derive(Default)]
struct Answers {
    bytes: Vec<u8>,
    /// Bytes of records to send after `bytes`.
    records: usize,
}

impl Answers {
    fn send(&mut self, stream: &mut TcpStream, shared: &Shared) -> anyhow::Result<()> {
        if self.records == 0 {
            if !self.bytes.is_empty() {
                stream.write_all(&self.bytes)?;
            }
        } else {
            let mut left = &self.bytes[..];
            while !left.is_empty() {
                let sent = rustix::net::send(&*stream, left, SendFlags::MORE)?;
                left = &left[sent..];
            }
            let mut offset = 0;
            while offset < self.records as u64 {
                let count = self.records - usize::try_from(offset)?;
                rustix::fs::sendfile(&*stream, &shared.batches, Some(&mut offset), count)?;
            }
        }
        self.bytes.clear();
        self.records = 0;
        Ok(())
    }
}

/// The length of the frame at the start, once its four bytes are there.
fn frame(bytes: &[u8]) -> anyhow::Result<Option<usize>> {
    let Some(head) = bytes.first_chunk::<4>() else { return Ok(None) };
    let length = usize::try_from(i32::from_be_bytes(*head)).context("a negative length")?;
    ensure!(length <= REQUEST_BYTES_MAX, "a request of {length} bytes");
    Ok(Some(length))
}

/// Reads numbers and strings of a request.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> anyhow::Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count).context("the request is cut off")?;
        self.0 = rest;
        Ok(taken)
    }

    fn i16(&mut self) -> anyhow::Result<i16> {
        Ok(i16::from_be_bytes(self.take(2)?.try_into()?))
    }

    fn i32(&mut self) -> anyhow::Result<i32> {
        Ok(i32::from_be_bytes(self.take(4)?.try_into()?))
    }

    /// A string with its length before it, null as an empty one.
    fn string(&mut self) -> anyhow::Result<&'a [u8]> {
        let length = self.i16()?;
        self.take(usize::try_from(length).unwrap_or(0))
    }
}

fn put_string(out: &mut Vec<u8>, text: &[u8]) {
    // What is put here was read with this length, or is an address.
    out.extend(i16::try_from(text.len()).unwrap_or(0).to_be_bytes());
    out.extend(text);
}

fn answer(request: &[u8], shared: &Shared, answers: &mut Answers) -> anyhow::Result<()> {
    let mut cursor = Cursor(request);
    let (api, version, correlation) = (cursor.i16()?, cursor.i16()?, cursor.i32()?);
    cursor.string()?;
    let out = &mut answers.bytes;
    let start = out.len();
    let mut records = 0;
    out.extend([0; 4]);
    out.extend(correlation.to_be_bytes());
    match api {
        API_VERSIONS => api_versions(version, out),
        METADATA => metadata(&mut cursor, version, shared, out)?,
        PRODUCE => {
            if !produce(&mut cursor, version, out)? {
                out.truncate(start);
                return Ok(());
            }
        }
        FETCH => records = fetch(&mut cursor, version, shared, out)?,
        FIND_COORDINATOR => {
            if version >= 1 {
                out.extend([0; 4]);
            }
            out.extend([0; 2]);
            if version >= 1 {
                out.extend((-1_i16).to_be_bytes());
            }
            broker(shared.address, out);
        }
        INIT_PRODUCER_ID => {
            out.extend([0; 6]);
            out.extend(1_i64.to_be_bytes());
            out.extend(0_i16.to_be_bytes());
        }
        CREATE_TOPICS => topics_changed(&mut cursor, true, shared, out)?,
        DELETE_TOPICS => topics_changed(&mut cursor, false, shared, out)?,
        _ => anyhow::bail!("API {api} is not spoken here"),
    }
    let length = i32::try_from(out.len() - start - 4 + records)?;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    answers.records = records;
    Ok(())
}

fn api_versions(version: i16, out: &mut Vec<u8>) {
    let error = if (0..=2).contains(&version) { 0 } else { UNSUPPORTED_VERSION };
    out.extend(error.to_be_bytes());
    out.extend(i32::try_from(APIS.len()).unwrap_or(0).to_be_bytes());
    for (api, least, most) in APIS {
        out.extend([api, least, most].into_iter().flat_map(i16::to_be_bytes));
    }
    // To a version that is not known, the answer has the form of version 0.
    if (1..=2).contains(&version) {
        out.extend([0; 4]);
    }
}

fn broker(address: SocketAddr, out: &mut Vec<u8>) {
    out.extend(1_i32.to_be_bytes());
    put_string(out, address.ip().to_string().as_bytes());
    out.extend(i32::from(address.port()).to_be_bytes());
}

fn metadata(
    cursor: &mut Cursor<'_>,
    version: i16,
    shared: &Shared,
    out: &mut Vec<u8>,
) -> anyhow::Result<()> {
    if version >= 3 {
        out.extend([0; 4]);
    }
    out.extend(1_i32.to_be_bytes());
    broker(shared.address, out);
    if version >= 1 {
        out.extend((-1_i16).to_be_bytes());
    }
    if version >= 2 {
        put_string(out, b"ceiling");
    }
    if version >= 1 {
        out.extend(1_i32.to_be_bytes());
    }
    let count = cursor.i32()?.max(0);
    out.extend(count.to_be_bytes());
    for _ in 0..count {
        out.extend([0; 2]);
        let name = cursor.string()?;
        let partitions = shared.topics().get(name).copied().unwrap_or(PARTITIONS);
        put_string(out, name);
        if version >= 1 {
            out.push(0);
        }
        out.extend(partitions.to_be_bytes());
        for partition in 0..partitions {
            out.extend([0; 2]);
            out.extend(partition.to_be_bytes());
            out.extend(1_i32.to_be_bytes());
            if version >= 7 {
                out.extend(0_i32.to_be_bytes());
            }
            // One replica, one in sync.
            out.extend([1_i32; 4].into_iter().flat_map(i32::to_be_bytes));
            if version >= 5 {
                out.extend([0; 4]);
            }
        }
        if version >= 8 {
            out.extend([0; 4]);
        }
    }
    if version >= 8 {
        out.extend([0; 4]);
    }
    Ok(())
}

/// Whether the client waits for an answer.
fn produce(cursor: &mut Cursor<'_>, version: i16, out: &mut Vec<u8>) -> anyhow::Result<bool> {
    cursor.string()?;
    let acks = cursor.i16()?;
    cursor.i32()?;
    let topics = cursor.i32()?;
    out.extend(topics.to_be_bytes());
    for _ in 0..topics {
        put_string(out, cursor.string()?);
        let partitions = cursor.i32()?;
        out.extend(partitions.to_be_bytes());
        for _ in 0..partitions {
            out.extend(cursor.i32()?.to_be_bytes());
            let length = usize::try_from(cursor.i32()?).unwrap_or(0);
            // Of a large request the records need not be there.
            cursor.0 = cursor.0.get(length..).unwrap_or_default();
            out.extend([0; 2]);
            out.extend(0_i64.to_be_bytes());
            out.extend((-1_i64).to_be_bytes());
            if version >= 5 {
                out.extend(0_i64.to_be_bytes());
            }
            if version >= 8 {
                out.extend(0_i32.to_be_bytes());
                out.extend((-1_i16).to_be_bytes());
            }
        }
    }
    out.extend([0; 4]);
    Ok(acks != 0)
}

/// The answer but its records: as many of the prepared batches as were asked for. One partition a
/// request, as the raw driver sends it; how many bytes of records follow.
fn fetch(
    cursor: &mut Cursor<'_>,
    version: i16,
    shared: &Shared,
    out: &mut Vec<u8>,
) -> anyhow::Result<usize> {
    // Replica, longest wait, least and most bytes, isolation level; session and its epoch.
    cursor.take(if version >= 7 { 25 } else { 17 })?;
    ensure!(cursor.i32()? == 1, "one topic a request");
    let topic = cursor.string()?;
    ensure!(cursor.i32()? == 1, "one partition a request");
    let partition = cursor.i32()?;
    if version >= 9 {
        cursor.i32()?;
    }
    cursor.take(if version >= 5 { 16 } else { 8 })?;
    let most = usize::try_from(cursor.i32()?).unwrap_or(0);
    let records = (most / shared.batch_bytes).clamp(1, BATCHES_MAX) * shared.batch_bytes;
    out.extend([0; 4]);
    if version >= 7 {
        out.extend([0; 6]);
    }
    out.extend(1_i32.to_be_bytes());
    put_string(out, topic);
    out.extend(1_i32.to_be_bytes());
    out.extend(partition.to_be_bytes());
    out.extend([0; 2]);
    // There is always more.
    out.extend([i64::MAX; 2].into_iter().flat_map(i64::to_be_bytes));
    if version >= 5 {
        out.extend([0; 8]);
    }
    out.extend((-1_i32).to_be_bytes());
    if version >= 11 {
        out.extend((-1_i32).to_be_bytes());
    }
    out.extend(i32::try_from(records)?.to_be_bytes());
    Ok(records)
}

/// The answer to requests of one topic, as `Admin` sends them.
fn topics_changed(
    cursor: &mut Cursor<'_>,
    made: bool,
    shared: &Shared,
    out: &mut Vec<u8>,
) -> anyhow::Result<()> {
    ensure!(cursor.i32()? == 1, "one topic a request");
    let name = cursor.string()?;
    if made {
        let partitions = cursor.i32()?;
        ensure!((1..=100_000).contains(&partitions), "{partitions} partitions");
        shared.topics().insert(name.to_vec(), partitions);
    } else {
        shared.topics().remove(name);
    }
    out.extend([0; 4]);
    out.extend(1_i32.to_be_bytes());
    put_string(out, name);
    out.extend([0; 2]);
    if made {
        out.extend((-1_i16).to_be_bytes());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::serve;
    use crate::admin::Admin;
    use crate::seat::free_port;
    use crate::server::{now, pause};
    use clap::Parser as _;
    use std::net::{Ipv4Addr, SocketAddr};
    use std::time::Duration;

    /// A broker of its own, and a connection to it.
    fn broker() -> (SocketAddr, Admin) {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port().unwrap()));
        std::thread::Builder::new().spawn(move || serve(address)).unwrap();
        let began = now();
        loop {
            match Admin::connect(address) {
                Ok(admin) => break (address, admin),
                Err(error) if began.elapsed() > Duration::from_secs(30) => panic!("{error:#}"),
                Err(_) => pause(Duration::from_millis(1)),
            }
        }
    }

    #[test]
    fn topics_have_the_partitions_they_were_made_with() {
        let (_, mut admin) = broker();
        admin.create_topic("some", 16, 1, &[("retention.ms", "1")]).unwrap();
        assert_eq!(admin.led("some").unwrap(), 16);
        assert_eq!(admin.led("other").unwrap(), 1);
        admin.delete_topic("some").unwrap();
        assert_eq!(admin.led("some").unwrap(), 1);
    }

    #[test]
    fn large_and_small_requests_are_answered_and_batches_come_back() {
        let (address, _) = broker();
        let address = address.to_string();
        let run = |words: &[&str]| {
            let common = ["keld-bench", "raw", words[0], "--bootstrap", &address, "--topic", "t"];
            let arguments = crate::Arguments::parse_from(common.iter().chain(&words[1..]));
            let crate::Verb::Raw(arguments) = arguments.verb else { panic!("not raw") };
            let line = crate::raw::line(arguments).unwrap();
            crate::arena::last_object(&serde_json::Value::Object(line).to_string()).unwrap()
        };
        let produced = run(&["produce", "--records", "63", "--requests", "40", "--depth", "5"]);
        assert_eq!(produced["records"], 40.0 * 63.0);
        let small = run(&["produce", "--requests", "500", "--depth", "9", "--record-size", "10"]);
        assert_eq!(small["requests"], 500.0);
        let read = ["fetch", "--partition-bytes-max", "1048576", "--again", "--seconds", "0.2"];
        let read = run(&read);
        assert!(read["bytes"] >= 16.0 * 63.0 * 1024.0 && read["records"] >= 16.0 * 63.0);
    }
}
