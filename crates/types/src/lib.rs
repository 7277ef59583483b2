//! The words of the domain: offsets, epochs, ids, names.
//!
//! Standard library only; every other crate builds on these. Two numbers that could be confused
//! are two types; conversion to plain integers happens only where bytes are read or written.

mod acks;
mod epoch;
mod error_code;
mod ids;
mod isolation;
mod mutation;
mod newtype;
mod offset;
mod principal;
mod topic;
mod uuid;

pub use acks::RequiredAcks;
pub use epoch::{
    BrokerEpoch, ControllerEpoch, Generation, LeaderEpoch, PartitionEpoch, ProducerEpoch,
};
pub use error_code::ErrorCode;
pub use ids::{BrokerId, ClusterId, DirectoryId, GroupId, MemberId, ProducerId, TransactionalId};
pub use isolation::IsolationLevel;
pub use mutation::Mutation;
pub use offset::Offset;
pub use principal::Principal;
pub use topic::{
    InvalidTopicName, PartitionIndex, TopicId, TopicIdPartition, TopicName, TopicPartition,
};
pub use uuid::{InvalidUuid, Uuid};
