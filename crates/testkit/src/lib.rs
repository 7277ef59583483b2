//! Real processes for tests: nodes of Keld and of Apache Kafka, stock clients, comparisons.
