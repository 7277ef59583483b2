// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `FindCoordinatorResponse` versions 0-6, flexible 3+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `FindCoordinatorResponse`, versions 0-6.
#[derive(Clone, Debug, PartialEq)]
pub struct FindCoordinatorResponse {
    /// Versions 1-6.
    pub throttle_time_ms: i32,
    /// Versions 0-3.
    pub error_code: ErrorCode,
    /// Versions 1-3, nullable 1-3.
    pub error_message: Option<Str>,
    /// Versions 0-3.
    pub node_id: i32,
    /// Versions 0-3.
    pub host: Str,
    /// Versions 0-3.
    pub port: i32,
    /// Versions 4-6.
    pub coordinators: Vec<Coordinator>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for FindCoordinatorResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            node_id: 0,
            host: Str::default(),
            port: 0,
            coordinators: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for FindCoordinatorResponse {
    const NAME: &'static str = "FindCoordinatorResponse";
    const KEY: Option<i16> = Some(10);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 6);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(3, 6);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for FindCoordinatorResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 3;
        if version >= 1 {
            out.i32(self.throttle_time_ms);
        }
        if version <= 3 {
            out.i16(self.error_code.code());
        } else {
            out.only_default(
                self.error_code == ErrorCode::NONE,
                "FindCoordinatorResponse.ErrorCode",
                version,
            )?;
        }
        if (1..=3).contains(&version) {
            out.string_or_null(
                self.error_message.as_ref(),
                flexible,
                true,
                "FindCoordinatorResponse.ErrorMessage",
            )?;
        }
        if version <= 3 {
            out.i32(self.node_id);
        } else {
            out.only_default(self.node_id == 0, "FindCoordinatorResponse.NodeId", version)?;
        }
        if version <= 3 {
            out.string(&self.host, flexible, "FindCoordinatorResponse.Host")?;
        } else {
            out.only_default(self.host.is_empty(), "FindCoordinatorResponse.Host", version)?;
        }
        if version <= 3 {
            out.i32(self.port);
        } else {
            out.only_default(self.port == 0, "FindCoordinatorResponse.Port", version)?;
        }
        if version >= 4 {
            out.structs(
                &self.coordinators,
                version,
                flexible,
                "FindCoordinatorResponse.Coordinators",
            )?;
        } else {
            out.only_default(
                self.coordinators.is_empty(),
                "FindCoordinatorResponse.Coordinators",
                version,
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "FindCoordinatorResponse", version)
    }
}

impl Decode for FindCoordinatorResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 3;
        Ok(Self {
            throttle_time_ms: if version >= 1 { input.i32()? } else { 0 },
            error_code: if version <= 3 {
                ErrorCode::from_code(input.i16()?)
            } else {
                ErrorCode::NONE
            },
            error_message: if (1..=3).contains(&version) {
                input.string_or_null(flexible, true, "FindCoordinatorResponse.ErrorMessage")?
            } else {
                Some(Str::default())
            },
            node_id: if version <= 3 { input.i32()? } else { 0 },
            host: if version <= 3 {
                input.string(flexible, "FindCoordinatorResponse.Host")?
            } else {
                Str::default()
            },
            port: if version <= 3 { input.i32()? } else { 0 },
            coordinators: if version >= 4 {
                input.structs(version, flexible, "FindCoordinatorResponse.Coordinators")?
            } else {
                Vec::new()
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `Coordinator`, versions 4-6.
#[derive(Clone, Debug, PartialEq)]
pub struct Coordinator {
    /// Versions 4-6.
    pub key: Str,
    /// Versions 4-6.
    pub node_id: i32,
    /// Versions 4-6.
    pub host: Str,
    /// Versions 4-6.
    pub port: i32,
    /// Versions 4-6.
    pub error_code: ErrorCode,
    /// Versions 4-6, nullable 4-6.
    pub error_message: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for Coordinator {
    fn default() -> Self {
        Self {
            key: Str::default(),
            node_id: 0,
            host: Str::default(),
            port: 0,
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for Coordinator {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.key, true, "Coordinator.Key")?;
        out.i32(self.node_id);
        out.string(&self.host, true, "Coordinator.Host")?;
        out.i32(self.port);
        out.i16(self.error_code.code());
        out.string_or_null(self.error_message.as_ref(), true, true, "Coordinator.ErrorMessage")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "Coordinator", version)
    }
}

impl Decode for Coordinator {
    const MIN_LENGTH: usize = 14;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            key: input.string(true, "Coordinator.Key")?,
            node_id: input.i32()?,
            host: input.string(true, "Coordinator.Host")?,
            port: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(true, true, "Coordinator.ErrorMessage")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
