//! A broker that throws records away: what client and machine can do when the server does nothing.
//!
//! One blocking thread a connection. Every topic exists with 1,000 partitions led by this broker;
//! a produce request is read and answered, its records are neither checked nor kept.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use anyhow::{Context, ensure};

/// The APIs answered, with the least and greatest version; all are before flexible headers.
const APIS: [(i16, i16, i16); 5] = [
    (PRODUCE, 3, 8),
    (METADATA, 0, 8),
    (FIND_COORDINATOR, 0, 2),
    (API_VERSIONS, 0, 2),
    (INIT_PRODUCER_ID, 0, 1),
];

const PRODUCE: i16 = 0;
const METADATA: i16 = 3;
const FIND_COORDINATOR: i16 = 10;
const API_VERSIONS: i16 = 18;
const CREATE_TOPICS: i16 = 19;
const DELETE_TOPICS: i16 = 20;
const INIT_PRODUCER_ID: i16 = 22;

const UNSUPPORTED_VERSION: i16 = 35;

/// Partitions of every topic; clients ask for no more than they use.
const PARTITIONS: i32 = 1000;

/// Largest request that is read; the benchmark's clients send a few MB.
const REQUEST_BYTES_MAX: usize = 128 << 20;

/// Serves until it is killed.
pub(crate) fn serve(address: SocketAddr) -> anyhow::Result<()> {
    let listener = TcpListener::bind(address).with_context(|| format!("listen on {address}"))?;
    for stream in listener.incoming() {
        let stream = stream?;
        std::thread::Builder::new().spawn(move || {
            // A client that leaves or errs ends its connection only.
            let _ended = connection(stream, address);
        })?;
    }
    Ok(())
}

fn connection(mut stream: TcpStream, address: SocketAddr) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 1 << 20];
    let (mut from, mut to) = (0, 0);
    let mut answers = Vec::new();
    loop {
        while let Some(frame) = frame(&buffer[from..to])? {
            let end = from + 4 + frame;
            if end > to {
                break;
            }
            answer(&buffer[from + 4..end], address, &mut answers)?;
            from = end;
        }
        if !answers.is_empty() {
            stream.write_all(&answers)?;
            answers.clear();
        }
        if from == to {
            (from, to) = (0, 0);
        }
        let wanted = frame(&buffer[from..to])?.map_or(4, |frame| frame + 4);
        if from + wanted > buffer.len() {
            buffer.copy_within(from..to, 0);
            (from, to) = (0, to - from);
            if wanted > buffer.len() {
                buffer.resize(wanted, 0);
            }
        }
        let count = stream.read(&mut buffer[to..])?;
        if count == 0 {
            return Ok(());
        }
        to += count;
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

fn answer(request: &[u8], address: SocketAddr, out: &mut Vec<u8>) -> anyhow::Result<()> {
    let mut cursor = Cursor(request);
    let (api, version, correlation) = (cursor.i16()?, cursor.i16()?, cursor.i32()?);
    cursor.string()?;
    let start = out.len();
    out.extend([0; 4]);
    out.extend(correlation.to_be_bytes());
    match api {
        API_VERSIONS => api_versions(version, out),
        METADATA => metadata(&mut cursor, version, address, out)?,
        PRODUCE => {
            if !produce(&mut cursor, version, out)? {
                out.truncate(start);
                return Ok(());
            }
        }
        FIND_COORDINATOR => {
            if version >= 1 {
                out.extend([0; 4]);
            }
            out.extend([0; 2]);
            if version >= 1 {
                out.extend((-1_i16).to_be_bytes());
            }
            broker(address, out);
        }
        INIT_PRODUCER_ID => {
            out.extend([0; 6]);
            out.extend(1_i64.to_be_bytes());
            out.extend(0_i16.to_be_bytes());
        }
        // Every topic is there already, and nothing is kept of it.
        CREATE_TOPICS => topics_changed(&mut cursor, true, out)?,
        DELETE_TOPICS => topics_changed(&mut cursor, false, out)?,
        _ => anyhow::bail!("API {api} is not spoken here"),
    }
    let length = i32::try_from(out.len() - start - 4)?;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
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
    address: SocketAddr,
    out: &mut Vec<u8>,
) -> anyhow::Result<()> {
    if version >= 3 {
        out.extend([0; 4]);
    }
    out.extend(1_i32.to_be_bytes());
    broker(address, out);
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
        put_string(out, cursor.string()?);
        if version >= 1 {
            out.push(0);
        }
        out.extend(PARTITIONS.to_be_bytes());
        for partition in 0..PARTITIONS {
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
            cursor.take(length)?;
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

/// The answer to requests of one topic, as `Admin` sends them.
fn topics_changed(cursor: &mut Cursor<'_>, made: bool, out: &mut Vec<u8>) -> anyhow::Result<()> {
    ensure!(cursor.i32()? == 1, "one topic a request");
    out.extend([0; 4]);
    out.extend(1_i32.to_be_bytes());
    put_string(out, cursor.string()?);
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
    use crate::server::{free_port, now, pause};
    use std::net::{Ipv4Addr, SocketAddr};
    use std::time::Duration;

    #[test]
    fn topics_exist_and_are_led() {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port().unwrap()));
        std::thread::Builder::new().spawn(move || serve(address)).unwrap();
        let began = now();
        let mut admin = loop {
            match Admin::connect(address) {
                Ok(admin) => break admin,
                Err(error) if began.elapsed() > Duration::from_secs(30) => panic!("{error:#}"),
                Err(_) => pause(Duration::from_millis(1)),
            }
        };
        admin.create_topic("some", 16, &[("retention.ms", "1")]).unwrap();
        assert_eq!(admin.led("some").unwrap(), 1000);
        admin.delete_topic("some").unwrap();
    }
}
