//! Answers read where they lie, without allocation: only what a load must know.
//!
//! The bytes come from a broker under measurement; a short or odd answer is an error, never a
//! panic.

use anyhow::{Context, bail};

/// A cursor over an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reply<'a> {
    bytes: &'a [u8],
}

impl<'a> Reply<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    fn take(&mut self, length: usize) -> anyhow::Result<&'a [u8]> {
        let (head, rest) = self.bytes.split_at_checked(length).context("a short answer")?;
        self.bytes = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> anyhow::Result<[u8; N]> {
        Ok(self.take(N)?.try_into()?)
    }

    pub(super) fn i16(&mut self) -> anyhow::Result<i16> {
        Ok(i16::from_be_bytes(self.array()?))
    }

    pub(super) fn i32(&mut self) -> anyhow::Result<i32> {
        Ok(i32::from_be_bytes(self.array()?))
    }

    pub(super) fn i64(&mut self) -> anyhow::Result<i64> {
        Ok(i64::from_be_bytes(self.array()?))
    }

    fn skip_string(&mut self) -> anyhow::Result<()> {
        let length = self.i16()?;
        self.take(usize::try_from(length).unwrap_or(0)).map(drop)
    }

    fn one(&mut self, what: &str) -> anyhow::Result<()> {
        match self.i32()? {
            1 => Ok(()),
            count => bail!("{count} {what} in the answer, one was asked for"),
        }
    }
}

/// Produce v8 of one partition: the error code and the base offset.
pub(super) fn produce(body: &[u8]) -> anyhow::Result<(i16, i64)> {
    let mut reply = Reply::new(body);
    reply.one("topics")?;
    reply.skip_string()?;
    reply.one("partitions")?;
    reply.i32()?;
    Ok((reply.i16()?, reply.i64()?))
}

/// OffsetCommit v7 of one partition: the error code.
pub(super) fn offset_commit(body: &[u8]) -> anyhow::Result<i16> {
    let mut reply = Reply::new(body);
    reply.i32()?;
    reply.one("topics")?;
    reply.skip_string()?;
    reply.one("partitions")?;
    reply.i32()?;
    reply.i16()
}

/// What a Fetch brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fetched<'a> {
    pub(super) error: i16,
    pub(super) high_watermark: i64,
    pub(super) records: &'a [u8],
}

/// Fetch v11 of one partition.
pub(super) fn fetch(body: &[u8]) -> anyhow::Result<Fetched<'_>> {
    let mut reply = Reply::new(body);
    reply.i32()?;
    let error = reply.i16()?;
    reply.i32()?;
    if error != 0 {
        return Ok(Fetched { error, high_watermark: -1, records: &[] });
    }
    reply.one("topics")?;
    reply.skip_string()?;
    reply.one("partitions")?;
    reply.i32()?;
    let error = reply.i16()?;
    let high_watermark = reply.i64()?;
    // Last stable offset and log start offset.
    reply.i64()?;
    reply.i64()?;
    for _ in 0..reply.i32()?.max(0) {
        reply.take(16)?;
    }
    // Preferred read replica.
    reply.i32()?;
    let length = usize::try_from(reply.i32()?).unwrap_or(0);
    Ok(Fetched { error, high_watermark, records: reply.take(length)? })
}

/// A batch of a fetched range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FetchedBatch {
    pub(super) base_offset: i64,
    pub(super) next_offset: i64,
    pub(super) records: u64,
}

/// The whole batches of a fetched range; a batch cut off at its end is left out.
pub(super) fn batches(mut records: &[u8]) -> impl Iterator<Item = FetchedBatch> {
    std::iter::from_fn(move || {
        let header = records.get(..61)?;
        let i32_at =
            |at: usize| i32::from_be_bytes(header[at..at + 4].try_into().unwrap_or([0; 4]));
        let base_offset = i64::from_be_bytes(header[..8].try_into().ok()?);
        let length = usize::try_from(i32_at(8)).ok()?;
        records = records.get(length.checked_add(12)?..)?;
        Some(FetchedBatch {
            base_offset,
            next_offset: base_offset + i64::from(i32_at(23)) + 1,
            records: u64::try_from(i32_at(57)).unwrap_or(0),
        })
    })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use keld_types::ErrorCode;
    use keld_wire::messages::fetch_response::{FetchableTopicResponse, PartitionData};
    use keld_wire::messages::produce_response::{PartitionProduceResponse, TopicProduceResponse};
    use keld_wire::messages::{FetchResponse, ProduceResponse};
    use keld_wire::{Encode, encode_message};

    use super::super::requests::{record_batch, text};
    use super::*;

    fn encoded<M: Encode>(message: &M, version: i16) -> Bytes {
        encode_message(message, version).unwrap()
    }

    #[test]
    fn a_produce_answer_tells_error_and_offset() {
        let partition = PartitionProduceResponse {
            index: 4,
            error_code: ErrorCode::from_code(6),
            base_offset: 77,
            ..PartitionProduceResponse::default()
        };
        let response = ProduceResponse {
            responses: vec![TopicProduceResponse {
                name: text("topic"),
                partition_responses: vec![partition],
                ..TopicProduceResponse::default()
            }],
            ..ProduceResponse::default()
        };
        assert_eq!(produce(&encoded(&response, 8)).unwrap(), (6, 77));
        assert!(produce(&encoded(&response, 8)[..9]).is_err());
    }

    #[test]
    fn a_fetch_answer_is_walked_batch_by_batch() {
        let batch = record_batch(3, 10, 1).unwrap();
        let mut records = batch.to_vec();
        records.extend_from_slice(&batch);
        // A third batch, cut off.
        records.extend_from_slice(&batch[..batch.len() - 1]);
        let partition = PartitionData {
            high_watermark: 9,
            records: Some(Bytes::from(records).into()),
            ..PartitionData::default()
        };
        let response = FetchResponse {
            responses: vec![FetchableTopicResponse {
                topic: text("topic"),
                partitions: vec![partition],
                ..FetchableTopicResponse::default()
            }],
            ..FetchResponse::default()
        };
        let body = encoded(&response, 11);
        let fetched = fetch(&body).unwrap();
        assert_eq!((fetched.error, fetched.high_watermark), (0, 9));
        let whole: Vec<_> = batches(fetched.records).collect();
        assert_eq!(whole.len(), 2);
        assert_eq!(whole[0], FetchedBatch { base_offset: 0, next_offset: 3, records: 3 });
    }
}
