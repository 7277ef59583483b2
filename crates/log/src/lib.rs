//! The partition log on disk: Kafka's files to the byte.
