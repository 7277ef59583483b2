//! How many replicas must have a record before its producer is told.

/// The `acks` of a Produce request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequiredAcks {
    /// 0: no answer is ever sent.
    None,
    /// 1: the leader appended it.
    Leader,
    /// −1 (`all`): every in-sync replica has it.
    AllInSync,
}

impl RequiredAcks {
    /// From the request's number; anything but −1, 0 and 1 is refused.
    pub const fn from_i16(acks: i16) -> Option<Self> {
        match acks {
            0 => Some(Self::None),
            1 => Some(Self::Leader),
            -1 => Some(Self::AllInSync),
            _ => None,
        }
    }

    /// The request's number.
    pub const fn as_i16(self) -> i16 {
        match self {
            Self::None => 0,
            Self::Leader => 1,
            Self::AllInSync => -1,
        }
    }
}
