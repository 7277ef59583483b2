// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ZkMigrationStateRecord` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `ZkMigrationStateRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ZkMigrationStateRecord {
    /// Versions 0.
    pub zk_migration_state: i8,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ZkMigrationStateRecord {
    const NAME: &'static str = "ZkMigrationStateRecord";
    const KEY: Option<i16> = Some(21);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ZkMigrationStateRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i8(self.zk_migration_state);
        out.tagged_fields(&self.unknown_tagged_fields, true, "ZkMigrationStateRecord", version)
    }
}

impl Decode for ZkMigrationStateRecord {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            zk_migration_state: input.i8()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
