//! What every message can do.

use bytes::Bytes;

use crate::{ApiKey, DecodeError, Decoder, EncodeError, Encoder, Request, Response, VersionRange};

/// A struct that can be written at a version.
pub trait Encode {
    /// Writes it.
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError>;
}

/// A struct that can be read at a version.
pub trait Decode: Sized {
    /// The least number of bytes an instance takes in any version, at least 1.
    const MIN_LENGTH: usize;

    /// Reads it, slicing strings, bytes and records out of the input.
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError>;
}

/// A whole message: what a schema describes.
pub trait Message: Encode + Decode + Default {
    /// Kafka's name.
    const NAME: &'static str;
    /// The API key of an RPC, the type of a record; `None` for other data.
    const KEY: Option<i16>;
    /// The versions this release reads and writes.
    const VALID_VERSIONS: VersionRange;
    /// Those of them with tagged fields and compact lengths.
    const FLEXIBLE_VERSIONS: VersionRange;
    /// Whether the last version is unstable: known, but not to be used without being asked for.
    const LATEST_VERSION_UNSTABLE: bool;

    /// The highest stable version.
    const LATEST_STABLE_VERSION: i16 = if Self::LATEST_VERSION_UNSTABLE {
        Self::VALID_VERSIONS.max - 1
    } else {
        Self::VALID_VERSIONS.max
    };
}

/// A request with its API and its response, for those who send requests.
pub trait Rpc: Message + Into<Request> {
    /// The API.
    const API_KEY: ApiKey;
    /// The response.
    type Response: Message + Into<Response>;
}

/// Writes a message alone: a record's key or value, a blob. It must not hold external records.
pub fn encode_message<M: Encode>(message: &M, version: i16) -> Result<Bytes, EncodeError> {
    let mut out = Encoder::new();
    message.encode(&mut out, version)?;
    out.finish_bytes()
}

/// Reads a message alone; bytes after it are ignored, as Kafka does.
pub fn decode_message<M: Decode>(input: Bytes, version: i16) -> Result<M, DecodeError> {
    M::decode(&mut Decoder::new(input), version)
}
