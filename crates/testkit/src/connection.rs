//! A bare connection to a broker: frames of bytes out, frames of bytes in.
//!
//! It knows nothing of the protocol but the length prefix, so that hostile bytes can be sent too.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

/// An answer larger than this is a fault of the broker, not something to allocate.
const FRAME_BYTES_MAX: usize = 64 << 20;

/// A TCP connection that reads and writes whole frames.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
}

impl Connection {
    /// Connects to `host:port`; every read has a deadline of half a minute.
    pub fn open(bootstrap: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(bootstrap)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.set_write_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { stream })
    }

    /// Sends bytes as they are, without a length.
    pub fn send_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Sends one frame: the length, then the body.
    pub fn send(&mut self, body: &[u8]) -> io::Result<()> {
        let length = i32::try_from(body.len())
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "frame above 2 GiB"))?;
        let mut frame = length.to_be_bytes().to_vec();
        frame.extend_from_slice(body);
        self.stream.write_all(&frame)
    }

    /// Reads one frame; `UnexpectedEof` when the broker closed the connection.
    pub fn receive(&mut self) -> io::Result<Vec<u8>> {
        let mut prefix = [0_u8; 4];
        self.stream.read_exact(&mut prefix)?;
        let length = usize::try_from(i32::from_be_bytes(prefix))
            .ok()
            .filter(|length| *length <= FRAME_BYTES_MAX)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "impossible frame length"))?;
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(body)
    }

    /// Sends one frame and reads the answer.
    pub fn exchange(&mut self, body: &[u8]) -> io::Result<Vec<u8>> {
        self.send(body)?;
        self.receive()
    }

    /// Says that nothing more will be sent.
    pub fn finish(&mut self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)
    }

    /// Changes the deadline of reads.
    pub fn read_timeout(&mut self, timeout: Duration) -> io::Result<()> {
        self.stream.set_read_timeout(Some(timeout))
    }

    /// The bytes of an ApiVersions request, version 0: what a client sends first.
    pub fn api_versions_request(correlation_id: i32) -> Vec<u8> {
        let mut body = vec![0, 18, 0, 0];
        body.extend_from_slice(&correlation_id.to_be_bytes());
        body.extend_from_slice(&(-1_i16).to_be_bytes());
        body
    }

    /// Whether the broker answers an ApiVersions request on this connection without an error.
    pub fn answers(&mut self) -> io::Result<()> {
        let answer = self.exchange(&Self::api_versions_request(77))?;
        match answer.get(..6) {
            Some([0, 0, 0, 77, 0, 0]) => Ok(()),
            _ => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("not an answer to ApiVersions: {:?}", answer.get(..16).unwrap_or(&answer)),
            )),
        }
    }
}
