//! One connection to another node: frames out, frames in, matched by correlation id.
//!
//! A task owns the socket; [`Connection`] is a handle to it. When the task ends, every unanswered
//! request fails, and so does every later one.

use super::{PeerError, RESPONSE_BYTES_MAX};
use bytes::{Buf, Bytes};
use keld_env::{Address, Env, Stream};
use keld_net::Receive;
use keld_types::ErrorCode;
use keld_wire::messages::{ApiVersionsRequest, ApiVersionsResponse};
use keld_wire::{
    ApiKey, Decode, Decoder, Message, Request, ResponseHeader, Rpc, Str, VersionRange,
    encode_request,
};
use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Requests that wait for the task; more callers wait their turn.
const QUEUE_REQUESTS: usize = 64;
/// Parts of requests written at once.
const WRITE_PARTS: usize = 64;
/// After an answer up to this size, memory that larger ones needed is given back.
const SHORT_BYTES: usize = 64 << 10;

const CLOSED: &str = "the other node closed it";
const UNASKED: &str = "an answer that nobody asked for";

/// A handle; clones share the connection, which ends when the last is dropped.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    shared: Arc<Shared>,
    requests: mpsc::Sender<Outgoing>,
}

#[derive(Debug)]
struct Shared {
    peer: Address,
    client_id: Str,
    correlation: AtomicI32,
    served: Mutex<Served>,
    ended: Mutex<Option<String>>,
    /// The other node is too slow: whoever still waits is told so.
    given_up: CancellationToken,
}

/// What ApiVersions told.
#[derive(Debug, Default)]
struct Served {
    apis: BTreeMap<i16, VersionRange>,
    features: BTreeMap<String, VersionRange>,
}

#[derive(Debug)]
struct Outgoing {
    parts: VecDeque<Bytes>,
    correlation: i32,
    reply: oneshot::Sender<Bytes>,
}

impl Connection {
    /// Connects and asks which versions the other node has.
    pub(super) async fn open(
        env: &Env,
        client_id: &Str,
        address: &Address,
    ) -> Result<Self, PeerError> {
        let stream =
            env.network.connect(address.clone()).await.map_err(|error| PeerError::Connect {
                peer: address.clone(),
                reason: error.to_string(),
                is_refused: error.kind() == io::ErrorKind::ConnectionRefused,
            })?;
        let (requests, queue) = mpsc::channel(QUEUE_REQUESTS);
        let shared = Arc::new(Shared {
            peer: address.clone(),
            client_id: client_id.clone(),
            correlation: AtomicI32::new(0),
            served: Mutex::default(),
            ended: Mutex::new(None),
            given_up: CancellationToken::new(),
        });
        let task = Task {
            given_up: Box::pin(shared.given_up.clone().cancelled_owned()),
            stream,
            queue,
            shared: Arc::clone(&shared),
            writing: VecDeque::new(),
            waiting: VecDeque::new(),
            receive: Receive::default(),
            last_answer: 0,
        };
        env.spawn.spawn("peer connection", Box::pin(task.run()));
        let connection = Self { shared, requests };
        connection.negotiate().await?;
        Ok(connection)
    }

    /// Ends the connection, for everybody.
    pub(super) fn give_up(&self) {
        self.shared.given_up.cancel();
    }

    /// Whether requests can still be sent.
    pub(super) fn is_alive(&self) -> bool {
        !self.requests.is_closed() && !self.shared.given_up.is_cancelled()
    }

    /// Completes when the connection has ended.
    pub(super) async fn ended(&self) {
        tokio::select! {
            () = self.requests.closed() => {}
            () = self.shared.given_up.cancelled() => {}
        }
    }

    /// The range of versions of an API that both sides have.
    pub(super) fn versions(&self, api: ApiKey) -> VersionRange {
        let served = self.shared.served.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = served.apis.get(&api.code());
        theirs.map_or(VersionRange::NONE, |theirs| theirs.intersect(api.versions()))
    }

    pub(super) fn supported_feature(&self, name: &str) -> Option<VersionRange> {
        let served = self.shared.served.lock().unwrap_or_else(PoisonError::into_inner);
        served.features.get(name).copied()
    }

    /// Sends a request at the highest common version and waits for the answer.
    pub(super) async fn call<R: Rpc>(
        &self,
        request: impl FnOnce(i16) -> R,
    ) -> Result<R::Response, PeerError> {
        let ours = VersionRange::new(R::VALID_VERSIONS.min, R::LATEST_STABLE_VERSION);
        let both = self.versions(R::API_KEY).intersect(ours);
        if both.is_empty() {
            let peer = self.shared.peer.clone();
            return Err(PeerError::Unsupported { peer, api: R::API_KEY.name() });
        }
        let version = both.max;
        let frame = self.exchange(request(version).into(), version).await?;
        self.decode::<R>(frame, version)
    }

    async fn exchange(&self, request: Request, version: i16) -> Result<Bytes, PeerError> {
        let api = request.api_key();
        let correlation = self.shared.correlation.fetch_add(1, Ordering::Relaxed);
        let client_id = Some(self.shared.client_id.clone());
        let encoded = encode_request(correlation, client_id, &request, version)
            .map_err(|error| self.protocol(api, error.to_string()))?;
        let mut parts = VecDeque::with_capacity(encoded.parts.len());
        for part in encoded.parts {
            match part {
                keld_wire::EncodedPart::Bytes(bytes) => parts.push_back(bytes),
                keld_wire::EncodedPart::External { .. } => {
                    let reason = "records of a file cannot be sent".to_owned();
                    return Err(self.protocol(api, reason));
                }
            }
        }
        let (reply, answer) = oneshot::channel();
        let outgoing = Outgoing { parts, correlation, reply };
        self.requests.send(outgoing).await.map_err(|_| self.lost())?;
        answer.await.map_err(|_| self.lost())
    }

    fn decode<R: Rpc>(&self, frame: Bytes, version: i16) -> Result<R::Response, PeerError> {
        let mut input = Decoder::new(frame);
        let header = R::API_KEY.response_header_version(version);
        ResponseHeader::decode(&mut input, header)
            .and_then(|_| R::Response::decode(&mut input, version))
            .map_err(|error| self.protocol(R::API_KEY, error.to_string()))
    }

    /// Asks for the versions; a node that does not know our version answers in version 0 with
    /// UNSUPPORTED_VERSION and its own range (KIP-511).
    async fn negotiate(&self) -> Result<(), PeerError> {
        let mut version = ApiVersionsRequest::LATEST_STABLE_VERSION;
        loop {
            let request = ApiVersionsRequest {
                client_software_name: Str::from_static("keld"),
                client_software_version: Str::from_static(env!("CARGO_PKG_VERSION")),
                ..ApiVersionsRequest::default()
            };
            let frame = self.exchange(request.into(), version).await?;
            let code = frame.get(4..6).map_or(0, |code| i16::from_be_bytes([code[0], code[1]]));
            let is_refused = ErrorCode::from_code(code) == ErrorCode::UNSUPPORTED_VERSION;
            let layout = if is_refused { 0 } else { version };
            let response = self.decode::<ApiVersionsRequest>(frame, layout)?;
            if is_refused && version > 0 {
                let own = ApiKey::ApiVersions.code();
                let range = response.api_keys.iter().find(|api| api.api_key == own);
                version = range.map_or(0, |range| range.max_version).min(version - 1).max(0);
                continue;
            }
            if response.error_code != ErrorCode::NONE {
                let peer = self.shared.peer.clone();
                return Err(PeerError::Refused { peer, code: response.error_code });
            }
            let mut served = self.shared.served.lock().unwrap_or_else(PoisonError::into_inner);
            *served = Served::of(&response);
            return Ok(());
        }
    }

    fn protocol(&self, api: ApiKey, reason: String) -> PeerError {
        PeerError::Protocol { peer: self.shared.peer.clone(), api: api.name(), reason }
    }

    fn lost(&self) -> PeerError {
        let ended = self.shared.ended.lock().unwrap_or_else(PoisonError::into_inner);
        PeerError::Disconnected {
            peer: self.shared.peer.clone(),
            reason: ended.clone().unwrap_or_else(|| "it was closed".to_owned()),
        }
    }
}

impl Served {
    fn of(response: &ApiVersionsResponse) -> Self {
        let apis = response
            .api_keys
            .iter()
            .map(|api| (api.api_key, VersionRange::new(api.min_version, api.max_version)));
        let features = response.supported_features.iter().map(|feature| {
            let range = VersionRange::new(feature.min_version, feature.max_version);
            (feature.name.as_str().to_owned(), range)
        });
        Self { apis: apis.collect(), features: features.collect() }
    }
}

/// The owner of the socket.
struct Task {
    given_up: Pin<Box<WaitForCancellationFutureOwned>>,
    stream: Box<dyn Stream>,
    queue: mpsc::Receiver<Outgoing>,
    shared: Arc<Shared>,
    writing: VecDeque<Bytes>,
    waiting: VecDeque<(i32, oneshot::Sender<Bytes>)>,
    receive: Receive,
    /// How long the last answer was.
    last_answer: usize,
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
                tracing::debug!(peer = %self.shared.peer, reason, "connection ended");
                *self.shared.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
            }
        }
        // Dropping the queue and the waiting replies fails their callers.
        drop(self.queue);
        drop(self.waiting);
        poll_fn(|context| self.stream.poll_shutdown(context)).await.ok();
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<End> {
        if self.given_up.as_mut().poll(context).is_ready() {
            return Poll::Ready(End::Failed("it did not answer in time".to_owned()));
        }
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
                self.waiting.push_back((outgoing.correlation, outgoing.reply));
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
            if self.waiting.is_empty() {
                return self.poll_unasked(context);
            }
            let (buffer, limit) = self.receive.room();
            match self.stream.poll_read_buf(context, buffer, limit) {
                Poll::Pending => {
                    if self.last_answer <= SHORT_BYTES {
                        self.receive.shrink();
                    }
                    return Poll::Pending;
                }
                Poll::Ready(Err(error)) => return Poll::Ready(error.to_string()),
                Poll::Ready(Ok(0)) => return Poll::Ready(CLOSED.to_owned()),
                Poll::Ready(Ok(read)) => self.receive.received(read),
            }
            if let Err(reason) = self.hand_out() {
                return Poll::Ready(reason);
            }
        }
    }

    /// While nothing is awaited only the end of the connection may come. There is no room for it, so
    /// that the memory of the last answer is free for the next one by the time that is asked for.
    fn poll_unasked(&mut self, context: &mut Context<'_>) -> Poll<String> {
        match self.stream.poll_read(context, &mut [0]) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(error.to_string()),
            Poll::Ready(Ok(0)) => Poll::Ready(CLOSED.to_owned()),
            Poll::Ready(Ok(_)) => Poll::Ready(UNASKED.to_owned()),
        }
    }

    fn hand_out(&mut self) -> Result<(), String> {
        while let Some(frame) =
            self.receive.next_frame(RESPONSE_BYTES_MAX).map_err(|error| error.to_string())?
        {
            let correlation = frame
                .first_chunk::<4>()
                .map(|bytes| i32::from_be_bytes(*bytes))
                .ok_or("an answer without a header")?;
            let (expected, reply) = self.waiting.pop_front().ok_or(UNASKED)?;
            if expected != correlation {
                return Err(format!("answer {correlation} where {expected} was due"));
            }
            self.last_answer = frame.len();
            // The caller may have given up.
            reply.send(frame).ok();
        }
        Ok(())
    }
}
