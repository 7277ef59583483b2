// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AlterReplicaLogDirsRequest` versions 1-2, flexible 2+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `AlterReplicaLogDirsRequest`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterReplicaLogDirsRequest {
    /// Versions 1-2.
    pub dirs: Vec<AlterReplicaLogDir>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterReplicaLogDirsRequest {
    const NAME: &'static str = "AlterReplicaLogDirsRequest";
    const KEY: Option<i16> = Some(34);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AlterReplicaLogDirsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.structs(&self.dirs, version, flexible, "AlterReplicaLogDirsRequest.Dirs")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "AlterReplicaLogDirsRequest",
            version,
        )
    }
}

impl Decode for AlterReplicaLogDirsRequest {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            dirs: input.structs(version, flexible, "AlterReplicaLogDirsRequest.Dirs")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `AlterReplicaLogDir`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterReplicaLogDir {
    /// Versions 1-2.
    pub path: Str,
    /// Versions 1-2.
    pub topics: Vec<AlterReplicaLogDirTopic>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AlterReplicaLogDir {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.string(&self.path, flexible, "AlterReplicaLogDir.Path")?;
        out.structs(&self.topics, version, flexible, "AlterReplicaLogDir.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "AlterReplicaLogDir", version)
    }
}

impl Decode for AlterReplicaLogDir {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            path: input.string(flexible, "AlterReplicaLogDir.Path")?,
            topics: input.structs(version, flexible, "AlterReplicaLogDir.Topics")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `AlterReplicaLogDirTopic`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterReplicaLogDirTopic {
    /// Versions 1-2.
    pub name: Str,
    /// Versions 1-2.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AlterReplicaLogDirTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.string(&self.name, flexible, "AlterReplicaLogDirTopic.Name")?;
        out.plains(&self.partitions, flexible, "AlterReplicaLogDirTopic.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "AlterReplicaLogDirTopic", version)
    }
}

impl Decode for AlterReplicaLogDirTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            name: input.string(flexible, "AlterReplicaLogDirTopic.Name")?,
            partitions: input.plains(flexible, "AlterReplicaLogDirTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
