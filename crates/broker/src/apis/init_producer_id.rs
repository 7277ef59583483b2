//! InitProducerId: a producer id for an idempotent producer.
//!
//! Transactions are not served: a request with a transactional id that is otherwise in order is
//! refused with UNSUPPORTED_VERSION, which clients report and do not retry.

use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_types::{ErrorCode, ProducerEpoch, ProducerId};
use keld_wire::messages::{InitProducerIdRequest, InitProducerIdResponse};
use std::sync::Arc;

pub(crate) fn handle(
    node: &Arc<Node>,
    context: &RequestContext,
    request: InitProducerIdRequest,
) -> Reply {
    let max_timeout_ms = node.config().transactions.max_timeout_ms;
    if let Err(error_code) = check(&request, max_timeout_ms) {
        if let Some(id) = request.transactional_id.filter(|id| !id.is_empty()) {
            let client_id = context.client_id();
            tracing::warn!(
                transactional_id = &*id, client_id, error = %error_code,
                "transactional producer refused: transactions are not served by this release"
            );
        }
        return refused(error_code).into();
    }
    let node = Arc::clone(node);
    Reply::later(async move {
        match node.next_producer_id().await {
            Ok(id) => InitProducerIdResponse {
                producer_id: id.get(),
                producer_epoch: 0,
                ..InitProducerIdResponse::default()
            },
            Err(error_code) => refused(error_code),
        }
    })
}

/// Kafka's checks, in Kafka's order.
fn check(request: &InitProducerIdRequest, max_timeout_ms: i32) -> Result<(), ErrorCode> {
    let has_id = request.producer_id != ProducerId::NONE.get();
    let has_epoch = request.producer_epoch != ProducerEpoch::NONE.get();
    if has_id != has_epoch {
        return Err(ErrorCode::INVALID_REQUEST);
    }
    match request.transactional_id.as_deref() {
        None => Ok(()),
        Some("") => Err(ErrorCode::INVALID_REQUEST),
        // `transaction.two.phase.commit.enable` is off.
        Some(_) if request.enable2_pc => Err(ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED),
        Some(_) if request.keep_prepared_txn => Err(ErrorCode::UNSUPPORTED_VERSION),
        Some(_) if !(1..=max_timeout_ms).contains(&request.transaction_timeout_ms) => {
            Err(ErrorCode::INVALID_TRANSACTION_TIMEOUT)
        }
        Some(_) => Err(ErrorCode::UNSUPPORTED_VERSION),
    }
}

fn refused(error_code: ErrorCode) -> InitProducerIdResponse {
    InitProducerIdResponse {
        error_code,
        producer_id: ProducerId::NONE.get(),
        producer_epoch: ProducerEpoch::NONE.get(),
        ..InitProducerIdResponse::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(
        transactional_id: Option<&str>,
        timeout_ms: i32,
        id_and_epoch: (i64, i16),
    ) -> InitProducerIdRequest {
        InitProducerIdRequest {
            transactional_id: transactional_id.map(Into::into),
            transaction_timeout_ms: timeout_ms,
            producer_id: id_and_epoch.0,
            producer_epoch: id_and_epoch.1,
            ..InitProducerIdRequest::default()
        }
    }

    #[test]
    fn requests_are_checked_in_kafkas_order() {
        let check = |request: &InitProducerIdRequest| check(request, 900_000).err();
        let none = (-1, -1);
        assert_eq!(check(&request(None, -7, none)), None);
        assert_eq!(check(&request(None, 0, (4, 1))), None);
        assert_eq!(check(&request(None, 0, (4, -1))), Some(ErrorCode::INVALID_REQUEST));
        assert_eq!(check(&request(Some("t"), 0, (-1, 3))), Some(ErrorCode::INVALID_REQUEST));
        assert_eq!(check(&request(Some(""), 0, none)), Some(ErrorCode::INVALID_REQUEST));
        for timeout_ms in [0, -1, 900_001] {
            let found = check(&request(Some("t"), timeout_ms, none));
            assert_eq!(found, Some(ErrorCode::INVALID_TRANSACTION_TIMEOUT), "{timeout_ms}");
        }
        let found = check(&request(Some("t"), 900_000, none));
        assert_eq!(found, Some(ErrorCode::UNSUPPORTED_VERSION));
        let two_phase = InitProducerIdRequest { enable2_pc: true, ..request(Some("t"), 0, none) };
        assert_eq!(check(&two_phase), Some(ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED));
    }
}
