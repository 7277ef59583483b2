//! Frames: a length of four bytes, a header, a body.
//!
//! ```text
//! request   length int32 | RequestHeader v1 or v2 | body
//! response  length int32 | ResponseHeader v0 or v1 | body
//! ```

use bytes::Bytes;

use crate::{
    ApiKey, Decode as _, DecodeError, Decoder, Encode as _, EncodeError, Encoded, Encoder, Request,
    RequestHeader, RequestPreamble, Response, ResponseHeader, Str,
};

/// How many bytes a frame's length takes.
pub const FRAME_LENGTH_BYTES: usize = 4;

/// Why a frame is refused before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A length below zero.
    #[error("invalid frame length {length}")]
    Negative {
        /// The length as sent.
        length: i32,
    },
    /// A length above the limit.
    #[error("frame length {length} is larger than {limit}")]
    TooLong {
        /// The length as sent.
        length: i32,
        /// `socket.request.max.bytes`, or what applies.
        limit: usize,
    },
}

/// The length of the frame that follows `prefix`, if it is at most `limit`.
pub fn frame_length(prefix: [u8; FRAME_LENGTH_BYTES], limit: usize) -> Result<usize, FrameError> {
    let length = i32::from_be_bytes(prefix);
    let bytes = usize::try_from(length).map_err(|_| FrameError::Negative { length })?;
    if bytes > limit { Err(FrameError::TooLong { length, limit }) } else { Ok(bytes) }
}

/// Reads a request from a frame without its length. Also returned: how many bytes stand after the
/// body. Kafka ignores them, and so may the caller.
pub fn parse_request(frame: Bytes) -> Result<(RequestPreamble, Request, usize), DecodeError> {
    let mut input = Decoder::new(frame);
    let preamble = RequestPreamble::decode(&mut input)?;
    let body = Request::decode(preamble.api_key, &mut input, preamble.version())?;
    Ok((preamble, body, input.remaining()))
}

/// Reads a response from a frame without its length: the correlation id, the body, and how many
/// bytes stand after the body.
pub fn parse_response(
    frame: Bytes,
    api_key: ApiKey,
    version: i16,
) -> Result<(i32, Response, usize), DecodeError> {
    let mut input = Decoder::new(frame);
    let header = ResponseHeader::decode(&mut input, api_key.response_header_version(version))?;
    let body = Response::decode(api_key, &mut input, version)?;
    Ok((header.correlation_id, body, input.remaining()))
}

/// Writes a request with its frame's length and header.
pub fn encode_request(
    correlation_id: i32,
    client_id: Option<Str>,
    body: &Request,
    version: i16,
) -> Result<Encoded, EncodeError> {
    let api_key = body.api_key();
    let header = RequestHeader {
        request_api_key: api_key.code(),
        request_api_version: version,
        correlation_id,
        client_id,
        ..RequestHeader::default()
    };
    let mut out = Encoder::with_capacity(256);
    out.i32(0);
    header.encode(&mut out, api_key.request_header_version(version))?;
    body.encode(&mut out, version)?;
    out.set_frame_length()?;
    Ok(out.finish())
}

/// Writes a response with its frame's length and header.
pub fn encode_response(
    correlation_id: i32,
    body: &Response,
    version: i16,
) -> Result<Encoded, EncodeError> {
    let header = ResponseHeader { correlation_id, ..ResponseHeader::default() };
    let mut out = Encoder::with_capacity(256);
    out.i32(0);
    header.encode(&mut out, body.api_key().response_header_version(version))?;
    body.encode(&mut out, version)?;
    out.set_frame_length()?;
    Ok(out.finish())
}
