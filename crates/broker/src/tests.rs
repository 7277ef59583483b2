//! A whole node in the simulator, and a client that speaks the protocol to it.

mod background;
mod brokers;
mod cleaner;
mod cluster;
mod combined;
mod damage;
mod data_path;
mod frames;
mod groups;
mod producer;
mod quorum;
mod read_errors;
mod real;
mod simulation;
mod slow_disk;
mod support;
