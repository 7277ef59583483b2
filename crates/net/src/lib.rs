//! Listeners, connections, frames, ordered answers, limits.
