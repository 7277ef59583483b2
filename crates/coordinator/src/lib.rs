//! Group coordinator: pure, decide then apply.
