//! The coordination quorum (KRaft), sans-IO.
