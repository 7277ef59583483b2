//! All scenarios, in the order in which they are run.

mod p1;

use crate::scenario::Scenario;

/// Every scenario.
pub(crate) fn all() -> Vec<Scenario> {
    vec![p1::P1]
}
