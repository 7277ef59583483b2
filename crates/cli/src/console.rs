//! Where a command reads and writes: the process's streams, or buffers in tests.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Shared bytes that a test can read while a command writes them.
#[derive(Clone, Debug, Default)]
pub struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    /// What was written so far, as text.
    pub fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The three streams of a command.
pub struct Console {
    out: Box<dyn Write + Send + Sync>,
    err: Box<dyn Write + Send + Sync>,
    input: Option<Box<dyn BufRead + Send + Sync>>,
    /// Standard input is a terminal: prompts make sense.
    pub is_interactive: bool,
    /// A write to standard output failed: nobody reads it any more.
    pub is_closed: bool,
}

impl std::fmt::Debug for Console {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Console").field("is_closed", &self.is_closed).finish_non_exhaustive()
    }
}

impl Console {
    /// The process's own streams.
    pub fn process() -> Self {
        Self {
            out: Box::new(io::BufWriter::with_capacity(64 * 1024, io::stdout())),
            err: Box::new(io::stderr()),
            input: Some(Box::new(io::BufReader::with_capacity(64 * 1024, io::stdin()))),
            is_interactive: io::stdin().is_terminal(),
            is_closed: false,
        }
    }

    /// Buffers, for tests: standard output, standard error.
    pub fn buffers(input: impl Into<Vec<u8>>) -> (Self, Buffer, Buffer) {
        let (out, err) = (Buffer::default(), Buffer::default());
        let console = Self {
            out: Box::new(out.clone()),
            err: Box::new(err.clone()),
            input: Some(Box::new(io::Cursor::new(input.into()))),
            is_interactive: false,
            is_closed: false,
        };
        (console, out, err)
    }

    /// Writes text as it is.
    pub fn print(&mut self, text: impl AsRef<str>) {
        self.write(text.as_ref().as_bytes());
    }

    /// Writes a line.
    pub fn line(&mut self, text: impl AsRef<str>) {
        self.write(text.as_ref().as_bytes());
        self.write(b"\n");
    }

    /// Writes bytes.
    pub fn write(&mut self, bytes: &[u8]) {
        if !self.is_closed && self.out.write_all(bytes).is_err() {
            self.is_closed = true;
        }
    }

    /// Brings everything written to its reader.
    pub fn flush(&mut self) {
        if self.out.flush().is_err() {
            self.is_closed = true;
        }
    }

    /// Writes a line to standard error, after what was written to standard output.
    pub fn error(&mut self, text: impl AsRef<str>) {
        self.flush();
        // Nothing can be done if even standard error is gone.
        self.err.write_all(text.as_ref().as_bytes()).ok();
        self.err.write_all(b"\n").ok();
        self.err.flush().ok();
    }

    /// Takes standard input, for a task that reads it beside this one. `None` the second time.
    pub fn take_input(&mut self) -> Option<Box<dyn BufRead + Send + Sync>> {
        self.input.take()
    }
}
