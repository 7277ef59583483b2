//! Topics made, deleted and looked at by requests of old, plain versions that both brokers take.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail, ensure};

use crate::server::{now, pause};

/// How long a broker may take to answer, or to have leaders for a new topic.
const PATIENCE: Duration = Duration::from_secs(120);

/// The error code of a topic that is not there.
const UNKNOWN_TOPIC_OR_PARTITION: i16 = 3;

const METADATA: i16 = 3;
const CREATE_TOPICS: i16 = 19;
const DELETE_TOPICS: i16 = 20;

/// A connection for one request at a time.
#[derive(Debug)]
pub(crate) struct Admin {
    stream: TcpStream,
}

/// Big-endian bytes of a request.
#[derive(Default)]
struct Body(Vec<u8>);

impl Body {
    fn u8(&mut self, value: u8) -> &mut Self {
        self.0.push(value);
        self
    }

    fn i16(&mut self, value: i16) -> &mut Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    fn i32(&mut self, value: i32) -> &mut Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    fn string(&mut self, text: &str) -> &mut Self {
        // Names and options here are a few bytes.
        self.i16(i16::try_from(text.len()).unwrap_or(i16::MAX));
        self.0.extend(text.as_bytes());
        self
    }
}

/// A cursor over an answer.
struct Answer {
    bytes: Vec<u8>,
    at: usize,
}

impl Answer {
    fn take<const N: usize>(&mut self) -> anyhow::Result<[u8; N]> {
        let slice = self.bytes.get(self.at..self.at + N).context("the answer is cut off")?;
        self.at += N;
        Ok(slice.try_into()?)
    }

    fn skip(&mut self, count: usize) -> anyhow::Result<()> {
        self.at += count;
        ensure!(self.at <= self.bytes.len(), "the answer is cut off");
        Ok(())
    }

    fn i16(&mut self) -> anyhow::Result<i16> {
        Ok(i16::from_be_bytes(self.take()?))
    }

    fn i32(&mut self) -> anyhow::Result<i32> {
        Ok(i32::from_be_bytes(self.take()?))
    }

    /// Steps over a string, null or not.
    fn string(&mut self) -> anyhow::Result<()> {
        let length = self.i16()?;
        self.skip(usize::try_from(length).unwrap_or(0))
    }

    /// Steps over an array of numbers of four bytes.
    fn numbers(&mut self) -> anyhow::Result<()> {
        let count = self.i32()?;
        self.skip(usize::try_from(count).unwrap_or(0) * 4)
    }
}

impl Admin {
    pub(crate) fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).with_context(|| format!("connect {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream })
    }

    fn call(&mut self, api: i16, version: i16, body: &Body) -> anyhow::Result<Answer> {
        let mut head = Body::default();
        head.i16(api).i16(version).i32(1).string("bench");
        let length = i32::try_from(head.0.len() + body.0.len())?;
        let frame = [&length.to_be_bytes()[..], &head.0, &body.0].concat();
        self.stream.write_all(&frame)?;
        let mut length = [0; 4];
        self.stream.read_exact(&mut length).context("no answer")?;
        let mut bytes = vec![0; usize::try_from(i32::from_be_bytes(length))?];
        self.stream.read_exact(&mut bytes)?;
        // The correlation id.
        Ok(Answer { bytes, at: 4 })
    }

    /// Makes a topic and waits until every partition has a leader.
    pub(crate) fn create_topic(
        &mut self,
        name: &str,
        partitions: u32,
        replicas: i16,
        options: &[(&str, &str)],
    ) -> anyhow::Result<()> {
        let mut body = Body::default();
        body.i32(1).string(name).i32(i32::try_from(partitions)?).i16(replicas).i32(0);
        body.i32(i32::try_from(options.len())?);
        for (key, value) in options {
            body.string(key).string(value);
        }
        body.i32(60_000).u8(0);
        let mut answer = self.call(CREATE_TOPICS, 4, &body)?;
        answer.skip(8)?;
        answer.string()?;
        let error = answer.i16()?;
        if error != 0 {
            let message = String::from_utf8_lossy(&answer.bytes[answer.at..]).into_owned();
            bail!("create topic {name} with {options:?}: error {error} {message}");
        }
        let began = now();
        while self.led(name)? < partitions {
            ensure!(began.elapsed() < PATIENCE, "topic {name} has no leaders");
            pause(Duration::from_millis(2));
        }
        Ok(())
    }

    /// How many partitions of a topic have a leader.
    pub(crate) fn led(&mut self, name: &str) -> anyhow::Result<u32> {
        let mut body = Body::default();
        body.i32(1).string(name).u8(0).u8(0).u8(0);
        let mut answer = self.call(METADATA, 8, &body)?;
        answer.skip(4)?;
        for _ in 0..answer.i32()? {
            answer.skip(4)?;
            answer.string()?;
            answer.skip(4)?;
            answer.string()?;
        }
        answer.string()?;
        answer.skip(4)?;
        let mut led = 0;
        for _ in 0..answer.i32()? {
            answer.skip(2)?;
            answer.string()?;
            answer.skip(1)?;
            for _ in 0..answer.i32()? {
                let error = answer.i16()?;
                answer.skip(4)?;
                let leader = answer.i32()?;
                answer.skip(4)?;
                for _ in 0..3 {
                    answer.numbers()?;
                }
                led += u32::from(error == 0 && leader >= 0);
            }
            answer.skip(4)?;
        }
        Ok(led)
    }

    /// Deletes a topic; one that is not there is no error.
    pub(crate) fn delete_topic(&mut self, name: &str) -> anyhow::Result<()> {
        let mut body = Body::default();
        body.i32(1).string(name).i32(60_000);
        let mut answer = self.call(DELETE_TOPICS, 3, &body)?;
        answer.skip(8)?;
        answer.string()?;
        let error = answer.i16()?;
        ensure!(error == 0 || error == UNKNOWN_TOPIC_OR_PARTITION, "delete {name}: error {error}");
        Ok(())
    }
}
