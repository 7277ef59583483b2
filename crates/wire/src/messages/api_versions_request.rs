// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ApiVersionsRequest` versions 0-4, flexible 3+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ApiVersionsRequest`, versions 0-4.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ApiVersionsRequest {
    /// Versions 3-4.
    pub client_software_name: Str,
    /// Versions 3-4.
    pub client_software_version: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ApiVersionsRequest {
    const NAME: &'static str = "ApiVersionsRequest";
    const KEY: Option<i16> = Some(18);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 4);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(3, 4);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ApiVersionsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 3;
        if version >= 3 {
            out.string(
                &self.client_software_name,
                flexible,
                "ApiVersionsRequest.ClientSoftwareName",
            )?;
        }
        if version >= 3 {
            out.string(
                &self.client_software_version,
                flexible,
                "ApiVersionsRequest.ClientSoftwareVersion",
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "ApiVersionsRequest", version)
    }
}

impl Decode for ApiVersionsRequest {
    const MIN_LENGTH: usize = 1;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 3;
        Ok(Self {
            client_software_name: if version >= 3 {
                input.string(flexible, "ApiVersionsRequest.ClientSoftwareName")?
            } else {
                Str::default()
            },
            client_software_version: if version >= 3 {
                input.string(flexible, "ApiVersionsRequest.ClientSoftwareVersion")?
            } else {
                Str::default()
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
