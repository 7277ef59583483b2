// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AlterConfigsResponse` versions 0-2, flexible 2+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `AlterConfigsResponse`, versions 0-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterConfigsResponse {
    /// Versions 0-2.
    pub throttle_time_ms: i32,
    /// Versions 0-2.
    pub responses: Vec<AlterConfigsResourceResponse>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterConfigsResponse {
    const NAME: &'static str = "AlterConfigsResponse";
    const KEY: Option<i16> = Some(33);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AlterConfigsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.i32(self.throttle_time_ms);
        out.structs(&self.responses, version, flexible, "AlterConfigsResponse.Responses")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "AlterConfigsResponse", version)
    }
}

impl Decode for AlterConfigsResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            responses: input.structs(version, flexible, "AlterConfigsResponse.Responses")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `AlterConfigsResourceResponse`, versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterConfigsResourceResponse {
    /// Versions 0-2.
    pub error_code: ErrorCode,
    /// Versions 0-2, nullable 0-2.
    pub error_message: Option<Str>,
    /// Versions 0-2.
    pub resource_type: i8,
    /// Versions 0-2.
    pub resource_name: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AlterConfigsResourceResponse {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            resource_type: 0,
            resource_name: Str::default(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for AlterConfigsResourceResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            flexible,
            true,
            "AlterConfigsResourceResponse.ErrorMessage",
        )?;
        out.i8(self.resource_type);
        out.string(&self.resource_name, flexible, "AlterConfigsResourceResponse.ResourceName")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "AlterConfigsResourceResponse",
            version,
        )
    }
}

impl Decode for AlterConfigsResourceResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                flexible,
                true,
                "AlterConfigsResourceResponse.ErrorMessage",
            )?,
            resource_type: input.i8()?,
            resource_name: input.string(flexible, "AlterConfigsResourceResponse.ResourceName")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
