//! Headers of requests and responses: which version of them an API's version uses.
//!
//! | API version | request header | response header |
//! |---|---|---|
//! | not flexible | 1 | 0 |
//! | flexible | 2 | 1 |
//! | ApiVersions | 1 or 2 | always 0: the client does not know yet what the server speaks |

use crate::{ApiKey, Decode as _, DecodeError, Decoder, RequestHeader};

impl ApiKey {
    /// Whether `version` has tagged fields; also true above the known versions.
    pub const fn is_flexible(self, version: i16) -> bool {
        self.flexible_versions().contains(version)
    }

    /// The version of the header of a request at `version`.
    pub const fn request_header_version(self, version: i16) -> i16 {
        if self.is_flexible(version) { 2 } else { 1 }
    }

    /// The version of the header of a response at `version`.
    pub const fn response_header_version(self, version: i16) -> i16 {
        if self.is_flexible(version) && !matches!(self, Self::ApiVersions) { 1 } else { 0 }
    }
}

/// A request's header with its API resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestPreamble {
    /// The API.
    pub api_key: ApiKey,
    /// The header as it was sent. The version in it may be one the API does not have.
    pub header: RequestHeader,
}

impl RequestPreamble {
    /// Reads a request's header. The version is not checked: ApiVersions is answered at any.
    pub fn decode(input: &mut Decoder) -> Result<Self, DecodeError> {
        let mut ahead = input.clone();
        let code = ahead.i16()?;
        let version = ahead.i16()?;
        let api_key = ApiKey::from_code(code).ok_or(DecodeError::UnknownApi { api_key: code })?;
        let header = RequestHeader::decode(input, api_key.request_header_version(version))?;
        Ok(Self { api_key, header })
    }

    /// The version of the request's body.
    pub const fn version(&self) -> i16 {
        self.header.request_api_version
    }

    /// Whether this release reads the body at that version.
    pub const fn is_supported(&self) -> bool {
        self.api_key.versions().contains(self.header.request_api_version)
    }
}
