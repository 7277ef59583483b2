//! Iterating the records of a batch.

use crate::attributes::TimestampType;
use crate::batch::RecordBatch;
use crate::compression::Compression;
use crate::error::RecordError;
use crate::header::BatchHeader;
use crate::record::{Record, RecordBody, record_length};
use crate::source::{SliceSource, Source, StreamSource};
use bytes::{Buf, Bytes};

/// How far a batch may grow when decompressed, unless the caller says otherwise: far above what any
/// client produces (1 MiB of the most repetitive log lines grows to some 100 MiB), far below what
/// would stall a broker.
pub const DECOMPRESSED_BYTES_MAX: u64 = 512 << 20;

/// The records of one batch, in order. Control records come as plain records; see
/// [`ControlRecord`](crate::ControlRecord). After an error the iteration ends.
///
/// Uncompressed records are slices of the batch. Of a compressed batch one record at a time is
/// decompressed, so memory grows with the records that are kept.
#[derive(Debug)]
pub struct RecordIterator {
    source: RecordSource,
    header: BatchHeader,
    left: i32,
}

#[derive(Debug)]
enum RecordSource {
    Plain(Bytes),
    Stream(Box<StreamSource>),
}

impl RecordIterator {
    pub(crate) fn new(batch: &RecordBatch, bytes_max: u64) -> Result<Self, RecordError> {
        let header = *batch.header();
        if header.record_count < 0 {
            return Err(RecordError::InvalidCount { count: header.record_count });
        }
        let source = match header.compression() {
            None => {
                let id = header.attributes.compression_id();
                return Err(RecordError::UnknownCompression { id });
            }
            Some(Compression::None) => RecordSource::Plain(batch.payload()),
            // An empty batch that compaction left has no compressed stream at all.
            Some(_) if header.record_count == 0 => RecordSource::Plain(Bytes::new()),
            Some(codec) => RecordSource::Stream(Box::new(StreamSource::new(
                codec,
                batch.payload(),
                bytes_max,
            )?)),
        };
        Ok(Self { source, header, left: header.record_count })
    }

    fn read(&mut self) -> Result<Record, RecordError> {
        let body = self.source.next_body()?;
        let body = RecordBody::parse(&body)?;
        if self.left == 0 && !self.source.at_end()? {
            return Err(RecordError::BytesLeft);
        }
        let timestamp = match self.header.timestamp_type() {
            TimestampType::CreateTime => {
                self.header.base_timestamp.wrapping_add(body.timestamp_delta)
            }
            TimestampType::LogAppendTime => self.header.max_timestamp,
        };
        Ok(Record {
            offset: self.header.base_offset + i64::from(body.offset_delta),
            timestamp,
            key: body.key,
            value: body.value,
            headers: body.headers,
        })
    }
}

impl RecordSource {
    fn next_body(&mut self) -> Result<Bytes, RecordError> {
        match self {
            Self::Plain(bytes) => {
                let mut source = SliceSource::new(bytes);
                let length = source.varint()?;
                let length = record_length(length, source.remaining())?;
                let start =
                    usize::try_from(source.position()).map_err(|_| RecordError::Structure)?;
                bytes.advance(start);
                let length = usize::try_from(length).map_err(|_| RecordError::Structure)?;
                Ok(bytes.split_to(length))
            }
            Self::Stream(stream) => {
                let length = record_length(stream.varint()?, None)?;
                stream.take(usize::try_from(length).map_err(|_| RecordError::Structure)?)
            }
        }
    }

    fn at_end(&mut self) -> Result<bool, RecordError> {
        match self {
            Self::Plain(bytes) => Ok(bytes.is_empty()),
            Self::Stream(stream) => stream.at_end(),
        }
    }
}

impl Iterator for RecordIterator {
    type Item = Result<Record, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        let record = self.read();
        if record.is_err() {
            self.left = 0;
        }
        Some(record)
    }
}
