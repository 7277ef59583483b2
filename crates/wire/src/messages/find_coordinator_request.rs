// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `FindCoordinatorRequest` versions 0-6, flexible 3+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `FindCoordinatorRequest`, versions 0-6.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FindCoordinatorRequest {
    /// Versions 0-3.
    pub key: Str,
    /// Versions 1-6.
    pub key_type: i8,
    /// Versions 4-6.
    pub coordinator_keys: Vec<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for FindCoordinatorRequest {
    const NAME: &'static str = "FindCoordinatorRequest";
    const KEY: Option<i16> = Some(10);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 6);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(3, 6);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for FindCoordinatorRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 3;
        if version <= 3 {
            out.string(&self.key, flexible, "FindCoordinatorRequest.Key")?;
        } else {
            out.only_default(self.key.is_empty(), "FindCoordinatorRequest.Key", version)?;
        }
        if version >= 1 {
            out.i8(self.key_type);
        } else {
            out.only_default(self.key_type == 0, "FindCoordinatorRequest.KeyType", version)?;
        }
        if version >= 4 {
            out.strings(
                &self.coordinator_keys,
                flexible,
                "FindCoordinatorRequest.CoordinatorKeys",
            )?;
        } else {
            out.only_default(
                self.coordinator_keys.is_empty(),
                "FindCoordinatorRequest.CoordinatorKeys",
                version,
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "FindCoordinatorRequest", version)
    }
}

impl Decode for FindCoordinatorRequest {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 3;
        Ok(Self {
            key: if version <= 3 {
                input.string(flexible, "FindCoordinatorRequest.Key")?
            } else {
                Str::default()
            },
            key_type: if version >= 1 { input.i8()? } else { 0 },
            coordinator_keys: if version >= 4 {
                input.strings(flexible, "FindCoordinatorRequest.CoordinatorKeys")?
            } else {
                Vec::new()
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
