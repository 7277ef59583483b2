//! The client against a broker of a few hundred lines, on the simulated network: same seed, same run.

mod connecting;
mod consuming;
mod fake;
mod producing;
