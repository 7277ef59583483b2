//! The loads: what each kind of request sends next and makes of an answer.

use std::collections::VecDeque;
use std::time::Instant;

use anyhow::Context;

use super::engine::Load;
use super::latency::Latencies;
use super::replies;
use super::requests::Template;
use crate::server::now;

/// The same frames again and again: Produce over partitions in turn, Metadata, ApiVersions.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) frames: Vec<Vec<u8>>,
    pub(super) turn: usize,
    pub(super) kind: Kind,
}

/// Whose answers come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The error code of the one partition is looked at.
    Produce,
    /// Any answer is a good one.
    Unread,
}

impl Load for Prepared {
    fn next(&mut self, _connection: usize, _due: Instant) -> Option<usize> {
        let request = self.turn;
        self.turn = (self.turn + 1) % self.frames.len();
        Some(request)
    }

    fn frame(&self, _connection: usize, request: usize) -> &[u8] {
        &self.frames[request]
    }

    fn answer(&mut self, _connection: usize, body: &[u8], _due: Instant) -> anyhow::Result<i16> {
        match self.kind {
            Kind::Produce => Ok(replies::produce(body)?.0),
            Kind::Unread => Ok(0),
        }
    }
}

/// Frames made while sending: what cannot be prepared because every request differs.
pub(super) struct Made<F> {
    /// One frame a connection, made anew for each request; so one under way at a time.
    pub(super) frames: Vec<Vec<u8>>,
    pub(super) make: F,
}

impl<F: FnMut(&mut Vec<u8>)> Load for Made<F> {
    fn next(&mut self, connection: usize, _due: Instant) -> Option<usize> {
        (self.make)(&mut self.frames[connection]);
        Some(connection)
    }

    fn frame(&self, connection: usize, _request: usize) -> &[u8] {
        &self.frames[connection]
    }

    fn answer(&mut self, _connection: usize, body: &[u8], _due: Instant) -> anyhow::Result<i16> {
        Ok(replies::produce(body)?.0)
    }
}

/// Reads partitions from their first offset to their end; each connection takes the next one.
#[derive(Debug)]
pub(super) struct Fetches {
    pub(super) waiting: VecDeque<Template>,
    pub(super) reading: Vec<Option<Reading>>,
    pub(super) bytes: u64,
    pub(super) records: u64,
    /// Begin anew at the end, so that reading never stops by itself.
    pub(super) again: bool,
}

/// A partition being read.
#[derive(Debug)]
pub(super) struct Reading {
    template: Template,
    offset: i64,
    under_way: bool,
}

impl Fetches {
    pub(super) fn new(partitions: Vec<Template>, connections: usize, again: bool) -> Self {
        Self {
            waiting: partitions.into(),
            reading: (0..connections).map(|_| None).collect(),
            bytes: 0,
            records: 0,
            again,
        }
    }
}

impl Load for Fetches {
    fn next(&mut self, connection: usize, _due: Instant) -> Option<usize> {
        let reading = &mut self.reading[connection];
        if reading.is_none() {
            let template = self.waiting.pop_front()?;
            *reading = Some(Reading { template, offset: 0, under_way: false });
        }
        let reading = reading.as_mut()?;
        if reading.under_way {
            return None;
        }
        reading.template.set_offset(reading.offset);
        reading.under_way = true;
        Some(connection)
    }

    fn frame(&self, connection: usize, _request: usize) -> &[u8] {
        self.reading[connection].as_ref().map_or(&[], |reading| &reading.template.bytes)
    }

    fn answer(&mut self, connection: usize, body: &[u8], _due: Instant) -> anyhow::Result<i16> {
        let fetched = replies::fetch(body)?;
        let Some(reading) = &mut self.reading[connection] else { return Ok(fetched.error) };
        reading.under_way = false;
        self.bytes += fetched.records.len() as u64;
        for batch in replies::batches(fetched.records) {
            reading.offset = batch.next_offset;
            self.records += batch.records;
        }
        if reading.offset >= fetched.high_watermark && self.again {
            reading.offset = 0;
        } else if reading.offset >= fetched.high_watermark || fetched.error != 0 {
            self.reading[connection] = None;
        }
        Ok(fetched.error)
    }
}

/// Commits offsets, each connection for its own group, partitions in turn.
#[derive(Debug)]
pub(super) struct Commits {
    /// By connection, then partition.
    pub(super) templates: Vec<Vec<Template>>,
    pub(super) offset: i64,
}

impl Load for Commits {
    fn next(&mut self, connection: usize, _due: Instant) -> Option<usize> {
        let templates = &mut self.templates[connection];
        let turn = usize::try_from(self.offset).unwrap_or(0) % templates.len();
        templates[turn].set_offset(self.offset);
        self.offset += 1;
        Some(turn)
    }

    fn frame(&self, connection: usize, request: usize) -> &[u8] {
        &self.templates[connection][request].bytes
    }

    fn answer(&mut self, _connection: usize, body: &[u8], _due: Instant) -> anyhow::Result<i16> {
        replies::offset_commit(body)
    }
}

/// The connection of [`EndToEnd`] that reads; the other one writes.
const READER: usize = 1;

/// Produces on the first connection and reads the same partition on the second, long polling:
/// the time from when a record was due to be sent until it was read.
///
/// One record a request, one connection: a partition that nobody else writes to gives the records
/// the offsets in the order of their requests, so an offset tells when its record was due.
#[derive(Debug)]
pub(super) struct EndToEnd {
    produce: Vec<u8>,
    fetch: Template,
    /// The partition's end before the first record.
    first_offset: i64,
    next_offset: i64,
    fetching: bool,
    /// When the records were due, by offset from the first.
    due: Vec<Instant>,
    warm_until: Instant,
    pub(super) latencies: Latencies,
}

/// What an end-to-end load is made of.
#[derive(Debug)]
pub(super) struct EndToEndParts {
    pub(super) produce: Vec<u8>,
    pub(super) fetch: Template,
    pub(super) first_offset: i64,
    pub(super) records: usize,
    pub(super) warm_until: Instant,
}

impl EndToEnd {
    pub(super) fn new(parts: EndToEndParts) -> Self {
        Self {
            produce: parts.produce,
            fetch: parts.fetch,
            first_offset: parts.first_offset,
            next_offset: parts.first_offset,
            fetching: false,
            due: Vec::with_capacity(parts.records),
            warm_until: parts.warm_until,
            latencies: Latencies::new(),
        }
    }

    fn read(&self) -> usize {
        usize::try_from(self.next_offset - self.first_offset).unwrap_or(0)
    }
}

impl Load for EndToEnd {
    fn next(&mut self, connection: usize, due: Instant) -> Option<usize> {
        if connection != READER {
            self.due.push(due);
            return Some(connection);
        }
        if self.fetching {
            return None;
        }
        self.fetch.set_offset(self.next_offset);
        self.fetching = true;
        Some(connection)
    }

    fn frame(&self, connection: usize, _request: usize) -> &[u8] {
        if connection == READER { &self.fetch.bytes } else { &self.produce }
    }

    fn answer(&mut self, connection: usize, body: &[u8], _due: Instant) -> anyhow::Result<i16> {
        if connection != READER {
            return Ok(replies::produce(body)?.0);
        }
        self.fetching = false;
        let fetched = replies::fetch(body)?;
        let now = now();
        for batch in replies::batches(fetched.records) {
            while self.next_offset < batch.next_offset {
                let due = self.due.get(self.read()).context("a record that was never sent")?;
                if *due >= self.warm_until {
                    self.latencies.record(now.saturating_duration_since(*due));
                }
                self.next_offset += 1;
            }
        }
        Ok(fetched.error)
    }

    fn is_aside(&self, connection: usize) -> bool {
        connection == READER
    }

    fn is_complete(&self) -> bool {
        self.read() >= self.due.len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::requests::{self, FetchLimits};
    use super::*;

    const LIMITS: FetchLimits = FetchLimits { partition_bytes_max: 1 << 20, wait_ms_max: 500 };

    /// A Fetch v11 answer of one partition.
    fn fetch_answer(high_watermark: i64, records: &[u8]) -> Vec<u8> {
        let mut body = vec![0; 10];
        body.extend_from_slice(&1_i32.to_be_bytes());
        body.extend_from_slice(&[0, 1, b't']);
        body.extend_from_slice(&1_i32.to_be_bytes());
        body.extend_from_slice(&[0; 6]);
        body.extend_from_slice(&high_watermark.to_be_bytes());
        body.extend_from_slice(&[0; 16]);
        body.extend_from_slice(&[0xff; 8]);
        body.extend_from_slice(&i32::try_from(records.len()).unwrap().to_be_bytes());
        body.extend_from_slice(records);
        body
    }

    #[test]
    fn produce_takes_the_partitions_in_turn() {
        let frames = vec![vec![1], vec![2], vec![3]];
        let mut load = Prepared { frames, turn: 0, kind: Kind::Produce };
        let turns: Vec<_> = (0..5).filter_map(|_| load.next(0, now())).collect();
        assert_eq!(turns, [0, 1, 2, 0, 1]);
        assert_eq!(load.frame(0, 2), [3]);
    }

    #[test]
    fn a_partition_is_read_to_its_end_and_then_the_next() {
        let partitions = (0..2).map(|index| requests::fetch("t", index, LIMITS).unwrap()).collect();
        let mut load = Fetches::new(partitions, 1, false);
        let batch = requests::record_batch(4, 10, 0).unwrap();
        assert_eq!(load.next(0, now()), Some(0));
        assert_eq!(load.next(0, now()), None, "one request of a partition at a time");
        assert_eq!(load.answer(0, &fetch_answer(8, &batch), now()).unwrap(), 0);
        assert_eq!(load.next(0, now()), Some(0));
        assert_eq!(load.reading[0].as_ref().unwrap().offset, 4);
        let mut second = batch.to_vec();
        second[..8].copy_from_slice(&4_i64.to_be_bytes());
        load.answer(0, &fetch_answer(8, &second), now()).unwrap();
        assert_eq!(load.records, 8);
        assert_eq!(load.next(0, now()), Some(0));
        assert_eq!(load.reading[0].as_ref().unwrap().offset, 0, "the second partition");
        load.answer(0, &fetch_answer(0, &[]), now()).unwrap();
        assert_eq!(load.next(0, now()), None);
    }

    #[test]
    fn a_record_counts_from_when_it_was_due_until_it_was_read() {
        let batch = requests::record_batch(1, 10, 0).unwrap();
        let began = now();
        let mut load = EndToEnd::new(EndToEndParts {
            produce: requests::produce("t", 0, 1, &batch).unwrap(),
            fetch: requests::fetch("t", 0, LIMITS).unwrap(),
            first_offset: 0,
            records: 2,
            warm_until: began,
        });
        assert!(load.is_aside(1) && !load.is_aside(0));
        load.next(0, began);
        assert!(!load.is_complete());
        assert_eq!(load.next(1, began), Some(1));
        load.answer(1, &fetch_answer(1, &batch), began).unwrap();
        assert!(load.is_complete());
        assert_eq!(load.latencies.count(), 1);
        assert!(load.answer(1, &fetch_answer(2, &batch_at(1, &batch)), began).is_err());
    }

    fn batch_at(offset: i64, batch: &[u8]) -> Vec<u8> {
        let mut moved = batch.to_vec();
        moved[..8].copy_from_slice(&offset.to_be_bytes());
        moved
    }
}
