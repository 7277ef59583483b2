//! One connection to a broker: frames out, frames in, matched by correlation id.
//!
//! A task owns the socket; [`Connection`] is a handle to it. Requests are written in the order they
//! are asked for and may be many at once; a broker answers in the same order. When the task ends,
//! every unanswered request fails, and so does every later one.

use crate::config::ClientConfig;
use crate::error::ClientError;
use crate::timer;
use bytes::{Buf, Bytes, BytesMut};
use keld_env::{Address, Env, Stream};
use keld_types::ErrorCode;
use keld_wire::messages::{ApiVersionsRequest, ApiVersionsResponse};
use keld_wire::{
    ApiKey, Decode, Decoder, FRAME_LENGTH_BYTES, Message, Request, ResponseHeader, Rpc, Str,
    VersionRange, encode_request, frame_length,
};
use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Requests that wait for the task; more callers wait their turn.
const QUEUE_REQUESTS: usize = 64;
/// Parts of requests written at once.
const WRITE_PARTS: usize = 64;
/// Bytes read at once.
const READ_BYTES: usize = 64 << 10;

/// A handle; clones share the connection, which ends when the last is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    shared: Arc<Shared>,
    requests: mpsc::Sender<Outgoing>,
}

#[derive(Debug)]
struct Shared {
    broker: String,
    client_id: Str,
    correlation: AtomicI32,
    versions: Mutex<BTreeMap<i16, VersionRange>>,
    ended: Mutex<Option<String>>,
    env: Env,
}

#[derive(Debug)]
struct Outgoing {
    parts: VecDeque<Bytes>,
    /// `None` when no answer will come.
    reply: Option<(i32, oneshot::Sender<Bytes>)>,
}

impl Connection {
    /// Connects and asks which versions the broker has.
    pub(crate) async fn open(
        env: &Env,
        config: &ClientConfig,
        address: &Address,
    ) -> Result<(Self, ApiVersionsResponse), ClientError> {
        let deadline = env.clock.monotonic() + config.connect_timeout;
        let connecting = env.network.connect(address.clone());
        let failed = |reason: String| ClientError::Connect { address: address.clone(), reason };
        let stream = match timer::until(&*env.clock, deadline, connecting).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(failed(error.to_string())),
            Err(timer::Elapsed) => {
                return Err(failed(format!(
                    "no answer within {} ms",
                    config.connect_timeout.as_millis()
                )));
            }
        };
        let (requests, queue) = mpsc::channel(QUEUE_REQUESTS);
        let shared = Arc::new(Shared {
            broker: address.to_string(),
            client_id: Str::from(&config.client_id),
            correlation: AtomicI32::new(0),
            versions: Mutex::new(BTreeMap::new()),
            ended: Mutex::new(None),
            env: env.clone(),
        });
        let task = Task {
            stream,
            queue,
            shared: Arc::clone(&shared),
            writing: VecDeque::new(),
            waiting: VecDeque::new(),
            received: BytesMut::new(),
            response_bytes_max: config.response_bytes_max,
        };
        env.spawn.spawn("client connection", Box::pin(task.run()));
        let connection = Self { shared, requests };
        let versions = connection.negotiate(config.request_timeout).await?;
        Ok((connection, versions))
    }

    /// Whether requests can still be sent.
    pub(crate) fn is_alive(&self) -> bool {
        !self.requests.is_closed()
    }

    /// Whether both are handles to one connection.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// The range of versions of an API that both sides have.
    pub(crate) fn versions(&self, api: ApiKey) -> VersionRange {
        let versions = self.shared.versions.lock().unwrap_or_else(PoisonError::into_inner);
        versions
            .get(&api.code())
            .map_or(VersionRange::NONE, |theirs| theirs.intersect(api.versions()))
    }

    /// Sends a request at the highest common version and waits for the answer.
    pub(crate) async fn call<R: Rpc>(
        &self,
        request: R,
        timeout: Duration,
    ) -> Result<R::Response, ClientError> {
        self.call_up_to(request, R::LATEST_STABLE_VERSION, timeout).await
    }

    /// As [`call`](Self::call) with a version no higher than `version_max`.
    pub(crate) async fn call_up_to<R: Rpc>(
        &self,
        request: R,
        version_max: i16,
        timeout: Duration,
    ) -> Result<R::Response, ClientError> {
        let version = self.version::<R>(version_max)?;
        let frame = self.exchange(request.into(), version, timeout).await?;
        self.decode::<R>(frame, version)
    }

    /// Sends a request that is never answered (Produce with acks 0).
    pub(crate) async fn send_unanswered<R: Rpc>(
        &self,
        request: R,
        version_max: i16,
    ) -> Result<(), ClientError> {
        let version = self.version::<R>(version_max)?;
        let (_, parts) = self.encode(&request.into(), version)?;
        let sent = self.requests.send(Outgoing { parts, reply: None }).await;
        sent.map_err(|_| self.lost())
    }

    fn version<R: Rpc>(&self, version_max: i16) -> Result<i16, ClientError> {
        let ours =
            VersionRange::new(R::VALID_VERSIONS.min, version_max.min(R::LATEST_STABLE_VERSION));
        let both = self.versions(R::API_KEY).intersect(ours);
        if both.is_empty() {
            return Err(ClientError::Unsupported {
                broker: self.shared.broker.clone(),
                api: R::API_KEY.name(),
            });
        }
        Ok(both.max)
    }

    fn encode(
        &self,
        request: &Request,
        version: i16,
    ) -> Result<(i32, VecDeque<Bytes>), ClientError> {
        let correlation = self.shared.correlation.fetch_add(1, Ordering::Relaxed);
        let protocol = |reason: String| self.protocol(request.api_key(), reason);
        let encoded =
            encode_request(correlation, Some(self.shared.client_id.clone()), request, version)
                .map_err(|error| protocol(error.to_string()))?;
        let mut parts = VecDeque::with_capacity(encoded.parts.len());
        for part in encoded.parts {
            match part {
                keld_wire::EncodedPart::Bytes(bytes) => parts.push_back(bytes),
                keld_wire::EncodedPart::External { .. } => {
                    return Err(protocol("records of a file cannot be sent".to_owned()));
                }
            }
        }
        Ok((correlation, parts))
    }

    async fn exchange(
        &self,
        request: Request,
        version: i16,
        timeout: Duration,
    ) -> Result<Bytes, ClientError> {
        let api = request.api_key();
        let (correlation, parts) = self.encode(&request, version)?;
        let (reply, answer) = oneshot::channel();
        let outgoing = Outgoing { parts, reply: Some((correlation, reply)) };
        let clock = &*self.shared.env.clock;
        let deadline = clock.monotonic() + timeout;
        let exchange = async {
            self.requests.send(outgoing).await.map_err(|_| self.lost())?;
            answer.await.map_err(|_| self.lost())
        };
        match timer::until(clock, deadline, exchange).await {
            Ok(answer) => answer,
            Err(timer::Elapsed) => Err(ClientError::Timeout {
                what: format!("{} at {}", api.name(), self.shared.broker),
                after: timeout,
            }),
        }
    }

    fn decode<R: Rpc>(&self, frame: Bytes, version: i16) -> Result<R::Response, ClientError> {
        let mut input = Decoder::new(frame);
        let header = R::API_KEY.response_header_version(version);
        ResponseHeader::decode(&mut input, header)
            .and_then(|_| R::Response::decode(&mut input, version))
            .map_err(|error| self.protocol(R::API_KEY, error.to_string()))
    }

    /// Asks for the versions; a broker that does not know our version answers in version 0 with
    /// UNSUPPORTED_VERSION and its own range (KIP-511).
    async fn negotiate(&self, timeout: Duration) -> Result<ApiVersionsResponse, ClientError> {
        let mut version = ApiVersionsRequest::LATEST_STABLE_VERSION;
        loop {
            let request = ApiVersionsRequest {
                client_software_name: Str::from_static("keld"),
                client_software_version: Str::from_static(env!("CARGO_PKG_VERSION")),
                ..ApiVersionsRequest::default()
            };
            let frame = self.exchange(request.into(), version, timeout).await?;
            let code = frame.get(4..6).map_or(0, |code| i16::from_be_bytes([code[0], code[1]]));
            let refused = ErrorCode::from_code(code) == ErrorCode::UNSUPPORTED_VERSION;
            let layout = if refused { 0 } else { version };
            let response = self.decode::<ApiVersionsRequest>(frame, layout)?;
            let theirs: BTreeMap<i16, VersionRange> = response
                .api_keys
                .iter()
                .map(|api| (api.api_key, VersionRange::new(api.min_version, api.max_version)))
                .collect();
            if refused && version > 0 {
                let range = theirs.get(&ApiKey::ApiVersions.code()).copied();
                let lower = range.map_or(0, |range| range.max).min(version - 1);
                version = lower.max(0);
                continue;
            }
            ClientError::check(
                || format!("ApiVersions at {}", self.shared.broker),
                response.error_code,
                None,
            )?;
            *self.shared.versions.lock().unwrap_or_else(PoisonError::into_inner) = theirs;
            return Ok(response);
        }
    }

    fn protocol(&self, api: ApiKey, reason: String) -> ClientError {
        ClientError::Protocol { broker: self.shared.broker.clone(), api: api.name(), reason }
    }

    fn lost(&self) -> ClientError {
        let ended = self.shared.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ClientError::Disconnected {
            broker: self.shared.broker.clone(),
            reason: ended.clone().unwrap_or_else(|| "it was closed".to_owned()),
        }
    }
}

/// The owner of the socket.
struct Task {
    stream: Box<dyn Stream>,
    queue: mpsc::Receiver<Outgoing>,
    shared: Arc<Shared>,
    writing: VecDeque<Bytes>,
    waiting: VecDeque<(i32, oneshot::Sender<Bytes>)>,
    received: BytesMut,
    response_bytes_max: usize,
}

/// Why the task ends.
enum End {
    /// Every handle was dropped and nothing is unanswered.
    Unused,
    Failed(String),
}

impl Task {
    async fn run(mut self) {
        let end = poll_fn(|context| self.poll(context)).await;
        match end {
            End::Unused => {}
            End::Failed(reason) => {
                tracing::debug!(broker = self.shared.broker, reason, "connection ended");
                *self.shared.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
            }
        }
        // Dropping the queue and the waiting replies fails their callers.
        drop(self.queue);
        drop(self.waiting);
        poll_fn(|context| self.stream.poll_shutdown(context)).await.ok();
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<End> {
        if let Err(error) = self.poll_write(context) {
            return Poll::Ready(End::Failed(error.to_string()));
        }
        match self.poll_read(context) {
            Poll::Ready(reason) => Poll::Ready(End::Failed(reason)),
            Poll::Pending if self.is_unused() => Poll::Ready(End::Unused),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_unused(&self) -> bool {
        self.queue.is_closed()
            && self.queue.is_empty()
            && self.writing.is_empty()
            && self.waiting.is_empty()
    }

    /// Takes requests and writes them until the socket is full or none is left.
    fn poll_write(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        loop {
            while self.writing.len() < WRITE_PARTS {
                let Poll::Ready(Some(outgoing)) = self.queue.poll_recv(context) else { break };
                self.writing.extend(outgoing.parts);
                self.waiting.extend(outgoing.reply);
            }
            if self.writing.is_empty() {
                return Ok(());
            }
            let slices: Vec<IoSlice<'_>> =
                self.writing.iter().take(WRITE_PARTS).map(|part| IoSlice::new(part)).collect();
            let mut written = match self.stream.poll_write(context, &slices) {
                Poll::Ready(written) => written?,
                Poll::Pending => return Ok(()),
            };
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            while let Some(part) = self.writing.front_mut() {
                if part.len() > written {
                    part.advance(written);
                    break;
                }
                written -= part.len();
                self.writing.pop_front();
            }
        }
    }

    /// Reads and hands out answers until the socket is empty; ready with the reason it ended.
    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<String> {
        loop {
            let filled = self.received.len();
            self.received.resize(filled + READ_BYTES, 0);
            let read = self.stream.poll_read(context, &mut self.received[filled..]);
            self.received
                .truncate(filled + if let Poll::Ready(Ok(read)) = &read { *read } else { 0 });
            match read {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(error)) => return Poll::Ready(error.to_string()),
                Poll::Ready(Ok(0)) => return Poll::Ready("the broker closed it".to_owned()),
                Poll::Ready(Ok(_)) => {}
            }
            if let Err(reason) = self.hand_out() {
                return Poll::Ready(reason);
            }
        }
    }

    fn hand_out(&mut self) -> Result<(), String> {
        while let Some(prefix) = self.received.first_chunk::<FRAME_LENGTH_BYTES>() {
            let length = frame_length(*prefix, self.response_bytes_max)
                .map_err(|error| error.to_string())?;
            if self.received.len() < FRAME_LENGTH_BYTES + length {
                return Ok(());
            }
            self.received.advance(FRAME_LENGTH_BYTES);
            let frame = self.received.split_to(length).freeze();
            let correlation = frame
                .first_chunk::<4>()
                .map(|bytes| i32::from_be_bytes(*bytes))
                .ok_or("an answer without a header")?;
            let (expected, reply) =
                self.waiting.pop_front().ok_or("an answer that nobody asked for")?;
            if expected != correlation {
                return Err(format!("answer {correlation} where {expected} was due"));
            }
            // The caller may have given up.
            reply.send(frame).ok();
        }
        Ok(())
    }
}
