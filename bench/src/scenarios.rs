//! All scenarios, in the order in which they are run.

mod p1;
mod p14;
mod p1f;
mod p3;
mod p4;
mod p7;
mod p8;
mod produce;

use crate::scenario::Scenario;

/// Every scenario.
pub(crate) fn all() -> Vec<Scenario> {
    vec![p1::P1, p1f::P1F, p3::P3, p4::P4, p7::P7, p8::P8, p14::P14]
}
