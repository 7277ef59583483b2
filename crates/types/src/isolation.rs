//! Which records a reader may see.

/// The isolation level of a Fetch or ListOffsets request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum IsolationLevel {
    /// 0: up to the high watermark.
    #[default]
    ReadUncommitted,
    /// 1: up to the last stable offset, with the list of aborted transactions.
    ReadCommitted,
}

impl IsolationLevel {
    /// From the request's number.
    pub const fn from_i8(level: i8) -> Option<Self> {
        match level {
            0 => Some(Self::ReadUncommitted),
            1 => Some(Self::ReadCommitted),
            _ => None,
        }
    }
}
