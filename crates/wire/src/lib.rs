//! Kafka's protocol, sans-IO: every message at every version of Apache Kafka 4.3, their headers
//! and frames.
//!
//! The messages are generated from `crates/wire/schemas` by `cargo xtask codegen`. Decoding slices
//! the received buffer and never copies strings, bytes or records; encoding gives a list of byte
//! and file ranges. Counts and lengths are checked against the bytes that are there before
//! anything is reserved. Records stay opaque: `keld-record` reads them.

mod advertised;
mod api_key;
pub mod consumer_protocol;
pub mod coordinator_records;
mod decoder;
mod encoded;
mod encoder;
mod error;
mod frame;
mod header;
mod message;
pub mod messages;
pub mod metadata_records;
mod plain;
pub mod quorum_records;
mod records;
mod request;
mod response;
mod shape;
pub mod shapes;
pub mod storage_records;
mod str;
mod tagged;
mod version;

pub use api_key::ApiKey;
pub use decoder::{Decoder, Tags};
pub use encoded::{Encoded, EncodedPart};
pub use encoder::{Encoder, TagWriter};
pub use error::{DecodeError, EncodeError};
pub use frame::{
    FRAME_LENGTH_BYTES, FrameError, encode_request, encode_response, frame_length, parse_request,
    parse_response,
};
pub use header::RequestPreamble;
pub use message::{Decode, Encode, Message, Rpc, decode_message, encode_message};
pub use messages::{RequestHeader, ResponseHeader};
pub use plain::Plain;
pub use records::{Records, RecordsPart};
pub use request::Request;
pub use response::Response;
pub use shape::{FieldShape, Kind, Shape, bytes_of_base64};
pub use str::Str;
pub use tagged::TaggedFields;
pub use version::VersionRange;
