//! Typed requests over a bare connection, for what a test asks of one certain node.

use crate::connection::Connection;
use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use keld_wire::{Decode, Decoder, ResponseHeader, Rpc, encode_request};
use std::time::Duration;

/// Longest time a node may take to answer.
const ANSWER_DEADLINE: Duration = Duration::from_secs(15);

/// The answer of the node at `address` to a request at the highest version known here.
pub fn ask<R: Rpc>(address: &str, request: R) -> Result<R::Response> {
    let version = R::LATEST_STABLE_VERSION;
    let frame = encode_request(1, None, &request.into(), version)?;
    let frame = frame.to_bytes().context("a request without files")?;
    let mut connection = Connection::open(address)?;
    connection.read_timeout(ANSWER_DEADLINE)?;
    connection.send_raw(&frame)?;
    let mut answer = Decoder::new(Bytes::from(connection.receive()?));
    let header_version = R::API_KEY.response_header_version(version);
    let header = ResponseHeader::decode(&mut answer, header_version)?;
    ensure!(header.correlation_id == 1, "an answer to another request");
    Ok(R::Response::decode(&mut answer, version)?)
}
