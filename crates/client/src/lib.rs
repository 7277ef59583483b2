//! Producer, consumer and admin over the wire.
