//! Tests of describing.
