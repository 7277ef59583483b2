// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `CreatePartitionsRequest` versions 0-3, flexible 2+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `CreatePartitionsRequest`, versions 0-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CreatePartitionsRequest {
    /// Versions 0-3.
    pub topics: Vec<CreatePartitionsTopic>,
    /// Versions 0-3.
    pub timeout_ms: i32,
    /// Versions 0-3.
    pub validate_only: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for CreatePartitionsRequest {
    const NAME: &'static str = "CreatePartitionsRequest";
    const KEY: Option<i16> = Some(37);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 3);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 3);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for CreatePartitionsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.structs(&self.topics, version, flexible, "CreatePartitionsRequest.Topics")?;
        out.i32(self.timeout_ms);
        out.bool(self.validate_only);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "CreatePartitionsRequest", version)
    }
}

impl Decode for CreatePartitionsRequest {
    const MIN_LENGTH: usize = 7;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            topics: input.structs(version, flexible, "CreatePartitionsRequest.Topics")?,
            timeout_ms: input.i32()?,
            validate_only: input.bool()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `CreatePartitionsTopic`, versions 0-3.
#[derive(Clone, Debug, PartialEq)]
pub struct CreatePartitionsTopic {
    /// Versions 0-3.
    pub name: Str,
    /// Versions 0-3.
    pub count: i32,
    /// Versions 0-3, nullable 0-3.
    pub assignments: Option<Vec<CreatePartitionsAssignment>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for CreatePartitionsTopic {
    fn default() -> Self {
        Self {
            name: Str::default(),
            count: 0,
            assignments: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for CreatePartitionsTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.string(&self.name, flexible, "CreatePartitionsTopic.Name")?;
        out.i32(self.count);
        out.structs_or_null(
            self.assignments.as_ref(),
            version,
            flexible,
            true,
            "CreatePartitionsTopic.Assignments",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "CreatePartitionsTopic", version)
    }
}

impl Decode for CreatePartitionsTopic {
    const MIN_LENGTH: usize = 7;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            name: input.string(flexible, "CreatePartitionsTopic.Name")?,
            count: input.i32()?,
            assignments: input.structs_or_null(
                version,
                flexible,
                true,
                "CreatePartitionsTopic.Assignments",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `CreatePartitionsAssignment`, versions 0-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CreatePartitionsAssignment {
    /// Versions 0-3.
    pub broker_ids: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for CreatePartitionsAssignment {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.plains(&self.broker_ids, flexible, "CreatePartitionsAssignment.BrokerIds")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "CreatePartitionsAssignment",
            version,
        )
    }
}

impl Decode for CreatePartitionsAssignment {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            broker_ids: input.plains(flexible, "CreatePartitionsAssignment.BrokerIds")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
