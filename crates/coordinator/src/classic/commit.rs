//! What the state of a classic group says about offsets: who may commit, delete, and when they
//! expire.

use super::{ClassicGroup, State};
use crate::step::Io;
use keld_types::{ErrorCode, Generation, MemberId};

/// Since when an offset without an expiry of its own has been unused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ExpiryBase {
    /// Since it was committed.
    Commit,
    /// Since this moment.
    Since(i64),
    /// It is in use.
    Never,
}

/// Who commits, as he says of himself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Committer<'a> {
    pub(crate) member: &'a MemberId,
    pub(crate) instance_id: Option<&'a str>,
    pub(crate) generation: Generation,
}

impl ClassicGroup {
    /// Whether the offsets may be committed; a member's commit keeps its session alive.
    pub(crate) fn validate_commit(
        &self,
        io: &mut Io<'_>,
        by: Committer<'_>,
    ) -> Result<(), ErrorCode> {
        let is_outsider =
            by.generation.get() < 0 && by.member.as_str().is_empty() && by.instance_id.is_none();
        if self.state == State::Dead {
            return Err(ErrorCode::COORDINATOR_NOT_AVAILABLE);
        }
        if by.generation.get() < 0 && self.state == State::Empty {
            return Ok(());
        }
        if is_outsider {
            return match self.state {
                State::Empty => Ok(()),
                _has_members => Err(ErrorCode::UNKNOWN_MEMBER_ID),
            };
        }
        self.validate_member(by.member, by.instance_id)?;
        if by.generation != self.generation {
            return Err(ErrorCode::ILLEGAL_GENERATION);
        }
        match self.state {
            State::CompletingRebalance => Err(ErrorCode::REBALANCE_IN_PROGRESS),
            State::Stable | State::PreparingRebalance => {
                self.refresh_session(io, by.member);
                Ok(())
            }
            State::Empty | State::Dead => Ok(()),
        }
    }

    /// Whether offsets may be deleted one by one: with members only where the subscriptions are
    /// known.
    pub(crate) fn validate_offset_delete(&self) -> Result<(), ErrorCode> {
        match self.state {
            State::Dead => Err(ErrorCode::GROUP_ID_NOT_FOUND),
            State::Empty => Ok(()),
            State::Stable | State::PreparingRebalance | State::CompletingRebalance => {
                if self.uses_consumer_protocol() { Ok(()) } else { Err(ErrorCode::NON_EMPTY_GROUP) }
            }
        }
    }

    pub(crate) fn validate_delete(&self) -> Result<(), ErrorCode> {
        match self.state {
            State::Dead => Err(ErrorCode::GROUP_ID_NOT_FOUND),
            State::Empty => Ok(()),
            State::Stable | State::PreparingRebalance | State::CompletingRebalance => {
                Err(ErrorCode::NON_EMPTY_GROUP)
            }
        }
    }

    /// Never while a rebalance runs: the members are about to read those offsets (KAFKA-13636).
    pub(crate) fn expiry_base(&self) -> ExpiryBase {
        if self.protocol_type.is_none() {
            return ExpiryBase::Commit;
        }
        match self.state {
            State::Empty => self.state_timestamp_ms.map_or(ExpiryBase::Commit, ExpiryBase::Since),
            State::Stable if self.uses_consumer_protocol() && self.subscribed_topics.is_some() => {
                ExpiryBase::Commit
            }
            State::Stable
            | State::PreparingRebalance
            | State::CompletingRebalance
            | State::Dead => ExpiryBase::Never,
        }
    }
}
