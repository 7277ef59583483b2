//! One member of a classic group.

use crate::step::ReplyToken;
use bytes::Bytes;
use keld_types::MemberId;
use keld_wire::coordinator_records::group_metadata_value::MemberMetadata;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A member. What it keeps are copies: requests are slices of large buffers.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Member {
    pub(crate) id: MemberId,
    /// Static members have one.
    pub(crate) instance_id: Option<Arc<str>>,
    pub(crate) client_id: Arc<str>,
    pub(crate) client_host: Arc<str>,
    pub(crate) rebalance_timeout_ms: i32,
    pub(crate) session_timeout_ms: i32,
    pub(crate) protocol_type: Arc<str>,
    /// In the member's order of preference.
    pub(crate) protocols: Vec<(Arc<str>, Bytes)>,
    pub(crate) assignment: Bytes,
    /// The parked JoinGroup.
    pub(crate) awaiting_join: Option<ReplyToken>,
    /// The parked SyncGroup.
    pub(crate) awaiting_sync: Option<ReplyToken>,
    /// In its first join phase: its session ends even while it is parked.
    pub(crate) is_new: bool,
}

impl Member {
    pub(super) fn load(
        value: &MemberMetadata,
        protocol_type: &Arc<str>,
        protocol: &Arc<str>,
    ) -> Self {
        Self {
            id: MemberId::new(&*value.member_id),
            instance_id: value.group_instance_id.as_deref().map(Arc::from),
            client_id: Arc::from(&*value.client_id),
            client_host: Arc::from(&*value.client_host),
            rebalance_timeout_ms: match value.rebalance_timeout {
                -1 => value.session_timeout,
                timeout => timeout,
            },
            session_timeout_ms: value.session_timeout,
            protocol_type: protocol_type.clone(),
            protocols: vec![(protocol.clone(), Bytes::copy_from_slice(&value.subscription))],
            assignment: Bytes::copy_from_slice(&value.assignment),
            awaiting_join: None,
            awaiting_sync: None,
            is_new: false,
        }
    }

    pub(crate) fn is_static(&self) -> bool {
        self.instance_id.is_some()
    }

    /// What the member said about itself for this protocol; empty if it does not offer it.
    pub(crate) fn metadata(&self, protocol: &str) -> Bytes {
        self.protocols
            .iter()
            .find(|(name, _)| **name == *protocol)
            .map(|(_, metadata)| metadata.clone())
            .unwrap_or_default()
    }

    /// Each protocol it offers once.
    pub(super) fn protocol_names(&self) -> BTreeSet<&Arc<str>> {
        self.protocols.iter().map(|(name, _)| name).collect()
    }

    /// Parked members need no heartbeat, but for those in their first join.
    pub(super) fn has_satisfied_heartbeat(&self) -> bool {
        !self.is_new && (self.awaiting_join.is_some() || self.awaiting_sync.is_some())
    }
}
