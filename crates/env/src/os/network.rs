//! TCP sockets of the machine, registered with the worker that first polls them.
//!
//! Every connection has `TCP_NODELAY` and keep-alive on, as Kafka's acceptor sets them.

use crate::disk::File;
use crate::network::{Address, Listener, Network, Stream, Tuning};
use crate::spawn::BoxFuture;
use bytes::{BufMut as _, BytesMut};
use std::io::{self, IoSlice};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsFd;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, Interest, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// How much of a file is copied at once where `sendfile` cannot be used.
const COPY_BYTES: usize = 64 * 1024;

/// The machine's network.
#[derive(Debug, Default)]
pub struct OsNetwork;

#[derive(Debug)]
struct OsListener {
    address: SocketAddr,
    socket: Registered<std::net::TcpListener, TcpListener>,
}

#[derive(Debug)]
struct OsStream(Registered<std::net::TcpStream, TcpStream>);

/// A socket that joins the reactor of whichever worker polls it first.
#[derive(Debug)]
enum Registered<S, T> {
    Idle(Option<S>),
    Active(T),
}

impl Network for OsNetwork {
    fn listen(&self, address: Address, backlog: u32) -> BoxFuture<io::Result<Box<dyn Listener>>> {
        Box::pin(async move {
            let named = |error: io::Error| {
                io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
            };
            let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
            for candidate in resolve(&address).await.map_err(named)? {
                match bind(candidate, backlog) {
                    Ok(socket) => {
                        let address = socket.local_addr().map_err(named)?;
                        let socket = Registered::Idle(Some(socket));
                        return Ok(Box::new(OsListener { address, socket }) as Box<dyn Listener>);
                    }
                    Err(error) => last = error,
                }
            }
            Err(named(last))
        })
    }

    fn connect(&self, address: Address) -> BoxFuture<io::Result<Box<dyn Stream>>> {
        Box::pin(async move {
            let named = |error: io::Error| {
                io::Error::new(error.kind(), format!("cannot connect to {address}: {error}"))
            };
            let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
            for candidate in resolve(&address).await.map_err(named)? {
                match TcpStream::connect(candidate).await {
                    Ok(stream) => {
                        prepare(&stream).map_err(named)?;
                        return Ok(
                            Box::new(OsStream(Registered::Active(stream))) as Box<dyn Stream>
                        );
                    }
                    Err(error) => last = error,
                }
            }
            Err(named(last))
        })
    }
}

/// The addresses a name stands for. The empty name is every interface: both families first, as
/// Java binds, then IPv4 alone for machines without IPv6.
async fn resolve(address: &Address) -> io::Result<Vec<SocketAddr>> {
    if address.host.is_empty() {
        return Ok(vec![
            SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), address.port),
            SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), address.port),
        ]);
    }
    if let Ok(ip) = address.host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, address.port)]);
    }
    Ok(tokio::net::lookup_host((address.host.as_str(), address.port)).await?.collect())
}

fn bind(address: SocketAddr, backlog: u32) -> io::Result<std::net::TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A restarted node takes its port back although old connections linger in TIME_WAIT.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(backlog)?.into_std()
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    rustix::net::sockopt::set_socket_keepalive(stream, true)?;
    Ok(())
}

fn tune(stream: impl AsFd + Copy, tuning: &Tuning) -> io::Result<()> {
    if let Some(bytes) = tuning.send_buffer_bytes {
        rustix::net::sockopt::set_socket_send_buffer_size(stream, bytes)?;
    }
    if let Some(name) = &tuning.congestion_control {
        rustix::net::sockopt::set_tcp_congestion(stream, name).map_err(|error| {
            let error = io::Error::from(error);
            io::Error::new(error.kind(), format!("congestion control {name:?}: {error}"))
        })?;
    }
    Ok(())
}

impl Listener for OsListener {
    fn local_address(&self) -> SocketAddr {
        self.address
    }

    fn poll_accept(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<(Box<dyn Stream>, SocketAddr)>> {
        let listener = match &mut self.socket {
            Registered::Active(listener) => listener,
            Registered::Idle(socket) => {
                let socket = socket.take().ok_or(io::ErrorKind::NotConnected)?;
                self.socket = Registered::Active(TcpListener::from_std(socket)?);
                return self.poll_accept(context);
            }
        };
        let (stream, peer) = ready!(listener.poll_accept(context))?;
        prepare(&stream)?;
        let stream = OsStream(Registered::Idle(Some(stream.into_std()?)));
        Poll::Ready(Ok((Box::new(stream), peer)))
    }
}

impl OsStream {
    fn active(&mut self) -> io::Result<&mut TcpStream> {
        if let Registered::Idle(socket) = &mut self.0 {
            let socket = socket.take().ok_or(io::ErrorKind::NotConnected)?;
            self.0 = Registered::Active(TcpStream::from_std(socket)?);
        }
        match &mut self.0 {
            Registered::Active(stream) => Ok(stream),
            Registered::Idle(_) => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

impl Stream for OsStream {
    fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(buffer);
        ready!(Pin::new(self.active()?).poll_read(context, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    }

    fn poll_read_buf(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut BytesMut,
        limit: usize,
    ) -> Poll<io::Result<usize>> {
        // Before the limit, so that the reading sees one piece of room.
        buffer.reserve(limit);
        let mut room = buffer.limit(limit);
        pin!(self.active()?.read_buf(&mut room)).poll(context)
    }

    fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(self.active()?).poll_write_vectored(context, slices)
    }

    fn poll_send_file(
        &mut self,
        context: &mut Context<'_>,
        file: &Arc<dyn File>,
        position: u64,
        length: usize,
    ) -> Poll<io::Result<usize>> {
        let stream = self.active()?;
        let Some(descriptor) = file.descriptor() else {
            let mut buffer = vec![0; length.min(COPY_BYTES)];
            let read = file.read_at(&mut buffer, position)?;
            if read == 0 && length > 0 {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            return Pin::new(stream).poll_write(context, &buffer[..read]);
        };
        loop {
            ready!(stream.poll_write_ready(context))?;
            let mut offset = position;
            let sent = stream.try_io(Interest::WRITABLE, || {
                Ok(rustix::fs::sendfile(&*stream, descriptor, Some(&mut offset), length)?)
            });
            match sent {
                // Somebody cut the file under the range.
                Ok(0) if length > 0 => {
                    return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                sent => return Poll::Ready(sent),
            }
        }
    }

    fn tune(&self, tuning: &Tuning) -> io::Result<()> {
        match &self.0 {
            Registered::Active(stream) => tune(stream, tuning),
            Registered::Idle(Some(stream)) => tune(stream, tuning),
            Registered::Idle(None) => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    fn poll_shutdown(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.active()?).poll_shutdown(context)
    }
}
