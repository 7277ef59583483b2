//! One classic group: members, their parked requests, and the rules of its rebalances.
//!
//! The membership of a group in rebalance lives only in memory; a record is written when the
//! leader's assignment arrives, when the last member is gone, and when a static member comes back
//! under a new id. A group loaded from its record is Stable, or Empty without members.

mod commit;
mod describe;
mod heartbeat;
mod join;
mod leave;
mod member;
mod rebalance;
mod state;
mod static_member;
mod sync;

pub(crate) use commit::{Committer, ExpiryBase};
pub(crate) use join::{Joining, join_error};
pub(crate) use member::Member;
pub(crate) use state::State;
pub(crate) use sync::sync_error;

use crate::record::{self, CoordinatorRecord};
use bytes::Bytes;
use keld_types::{ErrorCode, Generation, GroupId, MemberId, TopicName};
use keld_wire::Str;
use keld_wire::consumer_protocol::ConsumerProtocolSubscription;
use keld_wire::coordinator_records::GroupMetadataValue;
use keld_wire::coordinator_records::group_metadata_value::MemberMetadata;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The protocol type whose subscriptions can be read.
const CONSUMER_PROTOCOL_TYPE: &str = "consumer";

/// A classic group.
///
/// Invariants:
/// - `awaiting_joins` is the number of members with a parked JoinGroup;
/// - `protocols[name]` is the number of members that offer `name`, never 0;
/// - `static_members` maps exactly the instance ids of `members` to their ids;
/// - no id is in both `members` and `pending_joins`.
#[derive(Debug)]
pub(crate) struct ClassicGroup {
    id: GroupId,
    state: State,
    previous_state: State,
    /// When it came into its state; `None` in records older than that field.
    state_timestamp_ms: Option<i64>,
    /// `None` for a simple group: offsets without members ever.
    protocol_type: Option<Arc<str>>,
    protocol: Option<Arc<str>>,
    generation: Generation,
    leader: Option<MemberId>,
    members: BTreeMap<MemberId, Member>,
    static_members: BTreeMap<Arc<str>, MemberId>,
    /// Members that were given an id (MEMBER_ID_REQUIRED) and have not joined with it yet.
    pending_joins: BTreeSet<MemberId>,
    /// Members of the generation whose SyncGroup has not come yet.
    pending_syncs: BTreeSet<MemberId>,
    awaiting_joins: usize,
    protocols: BTreeMap<Arc<str>, usize>,
    /// `None` when the subscriptions cannot be read.
    subscribed_topics: Option<BTreeSet<TopicName>>,
    new_member_added: bool,
    /// The leader's assignment of this generation is in the log, but not committed yet.
    is_assigning: bool,
    /// Whether there is a record of the group itself.
    pub(crate) is_persisted: bool,
    /// It has lost its last member, and the log has refused to take that.
    pub(crate) is_unwritten: bool,
}

impl ClassicGroup {
    /// A group without members and without a record.
    pub(crate) fn new(id: GroupId, state_timestamp_ms: Option<i64>) -> Self {
        Self {
            id,
            state: State::Empty,
            previous_state: State::Dead,
            state_timestamp_ms,
            protocol_type: None,
            protocol: None,
            generation: Generation::new(0),
            leader: None,
            members: BTreeMap::new(),
            static_members: BTreeMap::new(),
            pending_joins: BTreeSet::new(),
            pending_syncs: BTreeSet::new(),
            awaiting_joins: 0,
            protocols: BTreeMap::new(),
            subscribed_topics: None,
            new_member_added: false,
            is_assigning: false,
            is_persisted: false,
            is_unwritten: false,
        }
    }

    /// The group as its record has it.
    pub(crate) fn load(id: GroupId, value: &GroupMetadataValue) -> Self {
        let timestamp = Some(value.current_state_timestamp).filter(|timestamp| *timestamp != -1);
        let mut group = Self::new(id, timestamp);
        group.is_persisted = true;
        group.generation = Generation::new(value.generation);
        let protocol_type: Arc<str> = Arc::from(&*value.protocol_type);
        group.protocol = value.protocol.as_deref().map(Arc::from);
        let protocol: Arc<str> = group.protocol.clone().unwrap_or_else(|| Arc::from(""));
        for member in &value.members {
            group.insert(Member::load(member, &protocol_type, &protocol));
        }
        group.protocol_type = Some(protocol_type).filter(|it| !it.is_empty());
        group.leader = value.leader.as_deref().map(MemberId::new);
        if !group.members.is_empty() {
            group.state = State::Stable;
        }
        group.subscribed_topics = group.read_subscriptions();
        group
    }

    /// The record of the group as it is, with these assignments.
    fn to_record(&self, assignments: &BTreeMap<MemberId, Bytes>) -> CoordinatorRecord {
        let members = self.members.values().map(|member| MemberMetadata {
            member_id: Str::from(member.id.as_str()),
            group_instance_id: member.instance_id.as_deref().map(Str::from),
            client_id: Str::from(&*member.client_id),
            client_host: Str::from(&*member.client_host),
            rebalance_timeout: member.rebalance_timeout_ms,
            session_timeout: member.session_timeout_ms,
            subscription: member.metadata(self.protocol.as_deref().unwrap_or_default()),
            assignment: assignments.get(&member.id).cloned().unwrap_or_default(),
            ..MemberMetadata::default()
        });
        let value = GroupMetadataValue {
            protocol_type: Str::from(self.protocol_type.as_deref().unwrap_or_default()),
            generation: self.generation.get(),
            protocol: self.protocol.as_deref().map(Str::from),
            leader: self.leader.as_ref().map(|leader| Str::from(leader.as_str())),
            current_state_timestamp: self.state_timestamp_ms.unwrap_or(-1),
            members: members.collect(),
            ..GroupMetadataValue::default()
        };
        record::group_metadata(&self.id, &value)
    }

    /// The record that makes a new group durable: without members, in generation 0.
    pub(crate) fn to_empty_record(&self) -> CoordinatorRecord {
        let value = GroupMetadataValue {
            protocol: None,
            leader: None,
            current_state_timestamp: self.state_timestamp_ms.unwrap_or(-1),
            ..GroupMetadataValue::default()
        };
        record::group_metadata(&self.id, &value)
    }

    pub(crate) fn state(&self) -> State {
        self.state
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    pub(crate) fn pending_join_members(&self) -> impl Iterator<Item = &MemberId> {
        self.pending_joins.iter()
    }

    pub(crate) fn is_leader(&self, member: &MemberId) -> bool {
        self.leader.as_ref() == Some(member)
    }

    /// Adds a member; its protocols must have been checked.
    fn insert(&mut self, member: Member) {
        if let Some(instance_id) = &member.instance_id {
            self.static_members.insert(instance_id.clone(), member.id.clone());
        }
        if self.members.is_empty() {
            self.protocol_type = Some(member.protocol_type.clone());
        }
        if self.leader.is_none() {
            self.leader = Some(member.id.clone());
        }
        self.count_protocols(&member, true);
        if member.awaiting_join.is_some() {
            self.awaiting_joins += 1;
        }
        self.pending_joins.remove(&member.id);
        self.members.insert(member.id.clone(), member);
    }

    /// Removes a member, pending or not. Its parked requests must have been answered.
    fn remove(&mut self, id: &MemberId) {
        if let Some(member) = self.members.remove(id) {
            self.count_protocols(&member, false);
            if member.awaiting_join.is_some() {
                self.awaiting_joins -= 1;
            }
            if let Some(instance_id) = &member.instance_id {
                self.static_members.remove(instance_id);
            }
        }
        if self.is_leader(id) {
            self.leader = self.members.keys().next().cloned();
        }
        self.pending_joins.remove(id);
        self.pending_syncs.remove(id);
    }

    fn count_protocols(&mut self, member: &Member, added: bool) {
        for name in member.protocol_names() {
            if added {
                *self.protocols.entry(name.clone()).or_default() += 1;
            } else if let Some(count) = self.protocols.get_mut(name) {
                *count -= 1;
                if *count == 0 {
                    self.protocols.remove(name);
                }
            }
        }
    }

    fn transition(&mut self, to: State, wall_ms: i64) {
        assert!(
            to.may_follow(self.state),
            "group {} may not become {to:?} from {:?}",
            self.id,
            self.state
        );
        self.previous_state = self.state;
        self.state = to;
        self.state_timestamp_ms = Some(wall_ms);
    }

    fn has_all_members_joined(&self) -> bool {
        self.members.len() == self.awaiting_joins && self.pending_joins.is_empty()
    }

    /// The longest of the members' rebalance timeouts.
    fn rebalance_timeout_ms(&self) -> i32 {
        self.members.values().map(|member| member.rebalance_timeout_ms).max().unwrap_or(0).max(0)
    }

    /// Whether this is the member it says it is.
    fn validate_member(&self, id: &MemberId, instance_id: Option<&str>) -> Result<(), ErrorCode> {
        if let Some(instance_id) = instance_id {
            match self.static_members.get(instance_id) {
                None => return Err(ErrorCode::UNKNOWN_MEMBER_ID),
                Some(current) if current != id => return Err(ErrorCode::FENCED_INSTANCE_ID),
                Some(_) => {}
            }
        }
        if self.members.contains_key(id) { Ok(()) } else { Err(ErrorCode::UNKNOWN_MEMBER_ID) }
    }

    fn uses_consumer_protocol(&self) -> bool {
        self.protocol_type.as_deref() == Some(CONSUMER_PROTOCOL_TYPE)
    }

    /// Whether some member reads the topic; yes when that cannot be told.
    pub(crate) fn is_subscribed_to(&self, topic: &TopicName) -> bool {
        match &self.subscribed_topics {
            Some(topics) => topics.contains(topic),
            None => self.uses_consumer_protocol(),
        }
    }

    fn read_subscriptions(&self) -> Option<BTreeSet<TopicName>> {
        if !self.uses_consumer_protocol() {
            return None;
        }
        if self.members.is_empty() {
            return Some(BTreeSet::new());
        }
        let protocol = self.protocol.as_deref()?;
        let mut topics = BTreeSet::new();
        for member in self.members.values() {
            let (_, body) = record::value_version(&member.metadata(protocol)).ok()?;
            // Version 0 is the prefix of every version, also of those still to come.
            let subscription: ConsumerProtocolSubscription =
                record::decode(body, 0, "subscription").ok()?;
            topics.extend(subscription.topics.iter().map(|topic| TopicName::new(&**topic)));
        }
        Some(topics)
    }
}

#[cfg(test)]
impl ClassicGroup {
    /// What its record would say, as text. When it came into its state counts only while it is
    /// Empty, where expiry goes by it; a Stable group's record is a little older than the state.
    pub(crate) fn digest(&self) -> String {
        let protocol = self.protocol.as_deref().unwrap_or_default();
        let members: Vec<_> = self
            .members
            .values()
            .map(|member| {
                let Member { id, instance_id, client_id, client_host, .. } = member;
                let timeouts = (member.session_timeout_ms, member.rebalance_timeout_ms);
                let data = (member.metadata(protocol), &member.assignment);
                format!("{id} {instance_id:?} {client_id} {client_host} {timeouts:?} {data:?}")
            })
            .collect();
        let since = if self.state == State::Empty { self.state_timestamp_ms } else { None };
        format!(
            "{:?} {:?} {} {:?} {:?} {:?} {since:?} {:?} {:?}",
            self.state,
            self.protocol_type,
            self.generation,
            self.protocol,
            self.leader,
            self.subscribed_topics,
            self.static_members,
            members
        )
    }
}
