//! One record of the metadata log, and the frame around it.
//!
//! | field | type |
//! |---|---|
//! | frame version, 1 | unsigned varint |
//! | record type | unsigned varint |
//! | record version | unsigned varint |
//! | record | as the type's schema says |

use bytes::Bytes;
use keld_wire::metadata_records as wire;
use keld_wire::{Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message};

/// A record could not be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordFrameError {
    /// Written by a release with another frame.
    #[error("metadata record has frame version {version}, only 1 is known")]
    FrameVersion {
        /// What the frame says.
        version: u32,
    },
    /// Written by a release with more record types.
    #[error("metadata record has the unknown type {record_type}")]
    UnknownType {
        /// What the frame says.
        record_type: u32,
    },
    /// Written by a release with more versions.
    #[error("metadata record of type {record_type} has the unknown version {version}")]
    UnknownVersion {
        /// The type's number.
        record_type: u32,
        /// What the frame says.
        version: u32,
    },
    /// Bytes are left after the record.
    #[error("metadata record of type {record_type} is followed by {length} more bytes")]
    Trailing {
        /// The type's number.
        record_type: u32,
        /// How many.
        length: usize,
    },
    /// The body does not follow its schema.
    #[error(transparent)]
    Body(#[from] DecodeError),
}

/// A record and the version of its schema it is (or is to be) written in.
#[derive(Clone, PartialEq, Debug)]
pub struct VersionedRecord {
    /// The record.
    pub record: MetadataRecord,
    /// Version of its schema.
    pub version: i16,
}

macro_rules! metadata_records {
    ($($(#[$doc:meta])* $name:ident($message:ident)),* $(,)?) => {
        /// A record of the metadata log.
        #[derive(Clone, PartialEq, Debug)]
        pub enum MetadataRecord {
            $($(#[$doc])* $name(wire::$message),)*
        }

        impl MetadataRecord {
            /// The number of the record's type.
            pub fn record_type(&self) -> i16 {
                match self {
                    $(Self::$name(_) => wire::$message::KEY.unwrap_or(-1),)*
                }
            }

            fn encode_body(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
                match self {
                    $(Self::$name(record) => record.encode(out, version),)*
                }
            }

            fn decode_body(
                record_type: u32,
                wide_version: u32,
                input: &mut Decoder,
            ) -> Result<(Self, i16), RecordFrameError> {
                let unknown =
                    || RecordFrameError::UnknownVersion { record_type, version: wide_version };
                let version = i16::try_from(wide_version).map_err(|_| unknown())?;
                let key = i16::try_from(record_type)
                    .map_err(|_| RecordFrameError::UnknownType { record_type })?;
                $(
                    if wire::$message::KEY == Some(key) {
                        if !wire::$message::VALID_VERSIONS.contains(version) {
                            return Err(unknown());
                        }
                        let record = wire::$message::decode(input, version)?;
                        return Ok((Self::$name(record), version));
                    }
                )*
                Err(RecordFrameError::UnknownType { record_type })
            }
        }

        $(impl From<wire::$message> for MetadataRecord {
            fn from(record: wire::$message) -> Self {
                Self::$name(record)
            }
        })*
    };
}

metadata_records! {
    /// 0: a broker came.
    RegisterBroker(RegisterBrokerRecord),
    /// 1: a broker is forgotten.
    UnregisterBroker(UnregisterBrokerRecord),
    /// 2: a topic is created.
    Topic(TopicRecord),
    /// 3: a partition is created.
    Partition(PartitionRecord),
    /// 4: a config is set or, with a null value, removed.
    Config(ConfigRecord),
    /// 5: a partition changes.
    PartitionChange(PartitionChangeRecord),
    /// 7: a broker is fenced (old form).
    FenceBroker(FenceBrokerRecord),
    /// 8: a broker is unfenced (old form).
    UnfenceBroker(UnfenceBrokerRecord),
    /// 9: a topic is deleted.
    RemoveTopic(RemoveTopicRecord),
    /// 10: a delegation token.
    DelegationToken(DelegationTokenRecord),
    /// 11: a SCRAM credential.
    UserScramCredential(UserScramCredentialRecord),
    /// 12: a feature is finalized.
    FeatureLevel(FeatureLevelRecord),
    /// 14: a client quota.
    ClientQuota(ClientQuotaRecord),
    /// 15: producer ids are handed out.
    ProducerIds(ProducerIdsRecord),
    /// 17: a broker's registration changes.
    BrokerRegistrationChange(BrokerRegistrationChangeRecord),
    /// 18: an ACL.
    AccessControlEntry(AccessControlEntryRecord),
    /// 19: an ACL is removed.
    RemoveAccessControlEntry(RemoveAccessControlEntryRecord),
    /// 20: nothing; keeps the log moving.
    NoOp(NoOpRecord),
    /// 21: state of the ZooKeeper migration.
    ZkMigrationState(ZkMigrationStateRecord),
    /// 22: a SCRAM credential is removed.
    RemoveUserScramCredential(RemoveUserScramCredentialRecord),
    /// 23: what follows belongs together.
    BeginTransaction(BeginTransactionRecord),
    /// 24: what belongs together is complete.
    EndTransaction(EndTransactionRecord),
    /// 25: what belongs together is void.
    AbortTransaction(AbortTransactionRecord),
    /// 26: a delegation token is removed.
    RemoveDelegationToken(RemoveDelegationTokenRecord),
    /// 27: a controller came.
    RegisterController(RegisterControllerRecord),
    /// 28: the ELR of one or all topics is void.
    ClearElr(ClearElrRecord),
}

impl MetadataRecord {
    /// With the version of the schema to write it in.
    pub fn at(self, version: i16) -> VersionedRecord {
        VersionedRecord { record: self, version }
    }
}

impl VersionedRecord {
    /// The framed bytes, the value of a record of the log.
    pub fn encode(&self) -> Result<Bytes, EncodeError> {
        let mut out = Encoder::new();
        out.unsigned_varint(1);
        out.unsigned_varint(u32::from(self.record.record_type().unsigned_abs()));
        out.unsigned_varint(u32::from(self.version.unsigned_abs()));
        self.record.encode_body(&mut out, self.version)?;
        out.finish_bytes()
    }

    /// Reads framed bytes.
    pub fn decode(bytes: &Bytes) -> Result<Self, RecordFrameError> {
        let mut input = Decoder::new(bytes.clone());
        let frame_version = input.unsigned_varint()?;
        if frame_version != 1 {
            return Err(RecordFrameError::FrameVersion { version: frame_version });
        }
        let record_type = input.unsigned_varint()?;
        let version = input.unsigned_varint()?;
        let (record, version) = MetadataRecord::decode_body(record_type, version, &mut input)?;
        if input.remaining() > 0 {
            return Err(RecordFrameError::Trailing { record_type, length: input.remaining() });
        }
        Ok(Self { record, version })
    }
}
