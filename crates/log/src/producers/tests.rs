//! The five-batch window against a naive model.
