//! What a handler answers with, and how it becomes bytes.

use crate::context::RequestContext;
use bytes::Bytes;
use keld_env::{BoxFuture, File};
use keld_net::{Answer, Frame, Outcome, Part};
use keld_wire::{Encode as _, EncodedPart, Encoder, Response, ResponseHeader};
use std::sync::Arc;

/// What became of a request.
pub(crate) enum Reply {
    /// The answer is here.
    Now(Response),
    /// The answer is here, its body encoded already.
    Encoded(Bytes),
    /// The answer comes later; nothing of the request blocks a thread meanwhile.
    Later(BoxFuture<Response>),
    /// An answer with records that stand in files.
    Ranged(Ranged),
    /// The answer as another node encoded it, header included.
    Raw(Bytes),
    /// Later, anything of the other kinds.
    Eventually(BoxFuture<Reply>),
    /// No answer is sent (Produce with acks 0).
    Nothing,
    /// No answer can be sent: the connection ends.
    Close,
}

/// A range of a file that an answer's records name by its index.
#[derive(Clone, Debug)]
pub(crate) struct FileRange {
    pub(crate) file: Arc<dyn File>,
    pub(crate) position: u64,
    pub(crate) length: usize,
}

/// An answer whose `RecordsPart::External` handles are indexes into `ranges`.
#[derive(Debug)]
pub(crate) struct Ranged {
    pub(crate) response: Response,
    pub(crate) ranges: Vec<FileRange>,
}

impl<R: Into<Response>> From<R> for Reply {
    fn from(response: R) -> Self {
        Self::Now(response.into())
    }
}

impl Reply {
    /// A reply that comes later.
    pub(crate) fn later<R: Into<Response>>(
        future: impl Future<Output = R> + Send + 'static,
    ) -> Self {
        Self::Later(Box::pin(async move { future.await.into() }))
    }

    /// Turns it into what `net` sends.
    pub(crate) fn into_answer(self, context: RequestContext) -> Answer {
        match self {
            Self::Now(response) => Answer::Now(encode(&context, &response, &[])),
            Self::Encoded(body) => Answer::Now(with_header(&context, body)),
            Self::Ranged(Ranged { response, ranges }) => {
                Answer::Now(encode(&context, &response, &ranges))
            }
            Self::Raw(bytes) => {
                let mut frame = Frame::new();
                frame.push(Part::Bytes(bytes));
                Answer::Now(Outcome::Reply(frame))
            }
            Self::Nothing => Answer::Now(Outcome::Nothing),
            Self::Close => Answer::Now(Outcome::Close),
            Self::Later(future) => {
                Answer::Later(Box::pin(async move { encode(&context, &future.await, &[]) }))
            }
            Self::Eventually(future) => {
                Answer::Later(Box::pin(async move { future.await.settle(context).await }))
            }
        }
    }

    async fn settle(self, context: RequestContext) -> Outcome {
        match self.into_answer(context) {
            Answer::Now(outcome) => outcome,
            Answer::Later(future) => future.await,
        }
    }
}

/// An encoded body with the header before it.
fn with_header(context: &RequestContext, body: Bytes) -> Outcome {
    let header =
        ResponseHeader { correlation_id: context.correlation_id, ..ResponseHeader::default() };
    let version = context.api_key.response_header_version(context.response_version());
    let mut out = Encoder::with_capacity(16);
    let encoded = header.encode(&mut out, version).and_then(|()| out.finish_bytes());
    match encoded {
        Ok(header) => {
            let mut frame = Frame::new();
            frame.push(Part::Bytes(header));
            frame.push(Part::Bytes(body));
            Outcome::Reply(frame)
        }
        Err(error) => {
            let api = context.api_key.name();
            tracing::error!(api, version, %error, "header cannot be encoded; closing connection");
            Outcome::Close
        }
    }
}

/// Encodes a response with its header. An answer that cannot be encoded is a bug of its handler: it
/// is logged, and the connection ends rather than to say something wrong.
fn encode(context: &RequestContext, response: &Response, ranges: &[FileRange]) -> Outcome {
    match try_encode(context, response, ranges) {
        Ok(frame) => Outcome::Reply(frame),
        Err(error) => {
            let (api, version) = (context.api_key.name(), context.response_version());
            tracing::error!(api, version, %error, "answer cannot be encoded; closing connection");
            Outcome::Close
        }
    }
}

fn try_encode(
    context: &RequestContext,
    response: &Response,
    ranges: &[FileRange],
) -> Result<Frame, String> {
    let version = context.response_version();
    let header_version = context.api_key.response_header_version(version);
    let header =
        ResponseHeader { correlation_id: context.correlation_id, ..ResponseHeader::default() };
    let mut out = Encoder::with_capacity(256);
    header.encode(&mut out, header_version).map_err(|error| error.to_string())?;
    response.encode(&mut out, version).map_err(|error| error.to_string())?;
    let mut frame = Frame::new();
    for part in out.finish().parts {
        frame.push(match part {
            EncodedPart::Bytes(bytes) => Part::Bytes(bytes),
            EncodedPart::External { handle, length } => {
                let range = usize::try_from(handle).ok().and_then(|index| ranges.get(index));
                let range = range
                    .filter(|range| range.length == length)
                    .ok_or_else(|| format!("no file range {handle} of {length} bytes"))?;
                Part::File { file: Arc::clone(&range.file), position: range.position, length }
            }
        });
    }
    if frame.length() == 0 {
        frame.push(Part::Bytes(Bytes::new()));
    }
    Ok(frame)
}
