//! Positions in a partition's log.

use crate::newtype::integer_newtype;
use std::ops::{Add, Sub};

integer_newtype! {
    /// The position of a record in a partition's log, counted from 0.
    Offset(i64)
}

impl Offset {
    /// The first position of a log that never lost a record.
    pub const ZERO: Self = Self::new(0);

    /// "No offset", −1 in every Kafka format.
    pub const NONE: Self = Self::new(-1);

    /// The position after this one.
    pub const fn next(self) -> Self {
        Self::new(self.get().saturating_add(1))
    }
}

impl Add<i64> for Offset {
    type Output = Self;
    /// Saturates at the largest offset: offsets come from hostile input too.
    fn add(self, count: i64) -> Self {
        Self::new(self.get().saturating_add(count))
    }
}

impl Sub for Offset {
    type Output = i64;
    fn sub(self, other: Self) -> i64 {
        self.get().saturating_sub(other.get())
    }
}
