//! Tests of a node's configuration.
