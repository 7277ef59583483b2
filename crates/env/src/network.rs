//! Listeners and connections.

use crate::disk::File;
use crate::spawn::BoxFuture;
use bytes::BytesMut;
use std::fmt::{self, Debug};
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Where to listen or connect: a host name or address, and a port.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Address {
    /// Name or address; empty means every interface when listening.
    pub host: String,
    /// Port; 0 when listening lets the system choose.
    pub port: u16,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// What the system is asked to do with a connection; what is not set is left to it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tuning {
    /// Bytes that may be sent and not yet acknowledged, which the system doubles for its own use.
    pub send_buffer_bytes: Option<usize>,
    /// The algorithm of TCP congestion control, by the system's name for it.
    pub congestion_control: Option<String>,
}

/// Opens listeners and connections.
pub trait Network: Send + Sync + Debug {
    /// Starts listening; the error names the address.
    fn listen(&self, address: Address, backlog: u32) -> BoxFuture<io::Result<Box<dyn Listener>>>;

    /// Connects.
    fn connect(&self, address: Address) -> BoxFuture<io::Result<Box<dyn Stream>>>;
}

/// A listening socket.
pub trait Listener: Send + Debug {
    /// The address it listens on, with the port the system chose.
    fn local_address(&self) -> SocketAddr;

    /// Takes the next connection.
    fn poll_accept(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<(Box<dyn Stream>, SocketAddr)>>;
}

/// A connection: a byte stream in both directions. Polled from one task, on the worker where it is
/// first polled.
pub trait Stream: Send + Debug {
    /// Reads what is there into `buffer`; 0 at the end of the stream.
    fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>>;

    /// Reads what is there onto the end of `buffer`, at most `limit` bytes; 0 at the end of the
    /// stream. Room that was never written is not cleared first where the system can do without.
    fn poll_read_buf(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut BytesMut,
        limit: usize,
    ) -> Poll<io::Result<usize>> {
        let filled = buffer.len();
        buffer.resize(filled + limit, 0);
        let read = self.poll_read(context, &mut buffer[filled..]);
        let length = if let Poll::Ready(Ok(read)) = &read { *read } else { 0 };
        buffer.truncate(filled + length);
        read
    }

    /// Writes some of the slices.
    fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>>;

    /// Sends up to `length` bytes of `file` from `position`, without copying where the system can.
    fn poll_send_file(
        &mut self,
        context: &mut Context<'_>,
        file: &Arc<dyn File>,
        position: u64,
        length: usize,
    ) -> Poll<io::Result<usize>>;

    /// Asks the system for what is set; the error says what it refused. Where there is no system
    /// nothing happens.
    fn tune(&self, _tuning: &Tuning) -> io::Result<()> {
        Ok(())
    }

    /// Ends the writing direction.
    fn poll_shutdown(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>>;
}
