// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! Control records, snapshot records and the quorum's state file.

pub mod control_record_type_schema;
pub mod end_txn_marker;
pub mod kraft_version_record;
pub mod leader_change_message;
pub mod quorum_state_data;
pub mod snapshot_footer_record;
pub mod snapshot_header_record;
pub mod voters_record;

pub use control_record_type_schema::ControlRecordTypeSchema;
pub use end_txn_marker::EndTxnMarker;
pub use kraft_version_record::KRaftVersionRecord;
pub use leader_change_message::LeaderChangeMessage;
pub use quorum_state_data::QuorumStateData;
pub use snapshot_footer_record::SnapshotFooterRecord;
pub use snapshot_header_record::SnapshotHeaderRecord;
pub use voters_record::VotersRecord;
