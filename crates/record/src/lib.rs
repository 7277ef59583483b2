//! Record batches, magic 2: the bytes that Kafka keeps in its logs and sends in Produce and Fetch.
//!
//! Sans-IO. [`batches`] cuts bytes into [`RecordBatch`]es, [`BatchHeader`] is the 61 bytes in front,
//! [`RecordBatch::records`] iterates records (decompressing as it goes, never beyond a bound),
//! [`BatchBuilder`] makes batches, [`validate`] applies the rules for a client's batch, and the
//! `stamp_*` functions write what the leader assigns. Older magics are recognised and refused.

mod attributes;
mod batch;
mod builder;
mod compression;
mod control;
mod crc;
mod error;
mod header;
mod iterate;
mod quick;
mod record;
mod source;
mod stamp;
mod validate;
mod varint;

pub use attributes::{Attributes, TimestampType};
pub use batch::{Batches, RecordBatch, batches};
pub use builder::{BatchBuilder, BatchProducer, BuildError};
pub use compression::{Compression, CompressionLevel, CompressionWithLevel, Piece};
pub use control::{ControlRecord, ControlRecordError, ControlRecordType, EndTxnMarker};
pub use crc::{crc32c, crc32c_of_parts};
pub use error::{BatchError, RecordError};
pub use header::{BatchHeader, CRC_START, HEADER_LENGTH, LOG_OVERHEAD, MAGIC};
pub use iterate::{DECOMPRESSED_BYTES_MAX, RecordIterator};
pub use record::{Header, Record};
pub use stamp::{stamp_base_offset, stamp_leader_epoch, stamp_max_timestamp};
pub use validate::{
    AppendOrigin, CompressionTarget, RecordIndexError, ValidateError, ValidateOptions, Validated,
    check_produce_records, validate,
};
pub use varint::{decrement_sequence, increment_sequence};
