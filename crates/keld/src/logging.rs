//! The log lines of the process: one subscriber, on standard error.

use std::io::Write;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging. A second call changes nothing: tests start several nodes in one process.
pub(crate) fn start(level: &str, as_json: bool) {
    let level = LevelFilter::from_str(level).unwrap_or(LevelFilter::INFO);
    let registry = tracing_subscriber::registry().with(level);
    let started = if as_json {
        registry.with(fmt::layer().json().with_writer(std::io::stderr)).try_init()
    } else {
        let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
        registry.with(fmt::layer().with_ansi(colours).with_writer(std::io::stderr)).try_init()
    };
    started.ok();
}

/// Log lines kept in memory instead of shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    /// What was logged so far.
    pub(crate) fn text(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&lines).into_owned()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Starts logging into memory, everything from debug up.
pub(crate) fn capture() -> Captured {
    let captured = Captured::default();
    let writer = captured.clone();
    let layer = fmt::layer().with_ansi(false).with_writer(move || writer.clone());
    tracing_subscriber::registry().with(LevelFilter::DEBUG).with(layer).try_init().ok();
    captured
}
