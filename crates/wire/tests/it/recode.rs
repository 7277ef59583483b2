//! One message as four functions, the same for every message.

use bytes::Bytes;
use keld_wire::{DecodeError, Decoder, EncodeError, Encoder, Message, VersionRange};

/// What the tests do with a message.
pub(crate) struct Recoder {
    /// Kafka's name.
    pub(crate) name: &'static str,
    /// The folder of its schema.
    pub(crate) group: &'static str,
    /// The versions.
    pub(crate) versions: VersionRange,
    /// Reads the input; gives how many bytes were left.
    pub(crate) decode: fn(Bytes, i16) -> Result<usize, DecodeError>,
    /// Reads the input and writes it again; also how many bytes were left.
    pub(crate) recode: fn(Bytes, i16) -> Result<(Bytes, usize), String>,
    /// Writes an instance with every field at its default.
    pub(crate) default: fn(i16) -> Result<Bytes, EncodeError>,
}

/// The functions of `M`.
pub(crate) const fn recoder<M: Message>(group: &'static str) -> Recoder {
    Recoder {
        name: M::NAME,
        group,
        versions: M::VALID_VERSIONS,
        decode: |input, version| {
            let mut input = Decoder::new(input);
            M::decode(&mut input, version)?;
            Ok(input.remaining())
        },
        recode: |input, version| {
            let mut input = Decoder::new(input);
            let message = M::decode(&mut input, version).map_err(|error| error.to_string())?;
            let mut out = Encoder::new();
            message.encode(&mut out, version).map_err(|error| error.to_string())?;
            let bytes = out.finish_bytes().map_err(|error| error.to_string())?;
            Ok((bytes, input.remaining()))
        },
        default: |version| {
            let mut out = Encoder::new();
            M::default().encode(&mut out, version)?;
            out.finish_bytes()
        },
    }
}
