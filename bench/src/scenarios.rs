//! All scenarios, in the order in which they are run.

mod p1;
mod p10;
mod p10c;
mod p11;
mod p12;
mod p14;
mod p15;
mod p16;
mod p1f;
mod p1t;
mod p2;
mod p2m;
mod p3;
mod p4;
mod p5;
mod p6;
mod p7;
mod p8;
mod p9;
mod produce;
mod support;
mod writer;

pub(crate) use support::Beside;

use crate::scenario::Scenario;

/// Every scenario; first those that share warm servers, then those that share
/// warm clusters, then those that start their own.
pub(crate) fn all() -> Vec<Scenario> {
    vec![
        p1::P1,
        p1f::P1F,
        p3::P3,
        p4::P4,
        p5::P5,
        p6::P6,
        p7::P7,
        p8::P8,
        p14::P14,
        p15::P15,
        p1t::P1T,
        p2::P2,
        p11::P11,
        p9::P9,
        p10::P10,
        p10c::P10C,
        p2m::P2M,
        p12::P12,
        p16::P16,
    ]
}
