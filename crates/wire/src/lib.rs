//! The Kafka protocol, sans-IO: frames, headers, every message at every version.
