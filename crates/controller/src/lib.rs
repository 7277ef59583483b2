//! Decides metadata changes: pure, decide then apply.
