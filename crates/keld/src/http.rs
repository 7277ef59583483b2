//! Health and metrics over HTTP: `/health/live`, `/health/ready`, `/metrics`, and what clients
//! pushed of their own metrics (KIP-714): `/client-metrics`, `/client-metrics/<instance id>`.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use keld_broker::Node;
use keld_config::HttpConfig;

/// OpenMetrics text, which Prometheus asks for by this type.
const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Starts the endpoint on every configured address and says where it listens.
///
/// A port in use is an error only when the option was set: a second node on a machine must not fail
/// for the sake of a default.
pub(crate) async fn serve(node: Arc<Node>, config: &HttpConfig) -> anyhow::Result<Vec<SocketAddr>> {
    let mut listening = Vec::new();
    for at in &config.listeners {
        let address = (at.host.as_str(), at.port);
        let listener = match tokio::net::TcpListener::bind(address).await {
            Ok(listener) => listener,
            Err(error) if config.explicit => {
                return Err(error).with_context(|| {
                    format!("cannot listen on keld.http.listeners {}:{}", at.host, at.port)
                });
            }
            Err(error) => {
                tracing::warn!(
                    host = at.host, port = at.port, %error,
                    "no health and metrics endpoint; set keld.http.listeners to a free address"
                );
                continue;
            }
        };
        listening.push(listener.local_addr()?);
        let routes = routes(Arc::clone(&node));
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, routes).await {
                tracing::error!(%error, "health and metrics endpoint ended");
            }
        });
    }
    Ok(listening)
}

fn routes(node: Arc<Node>) -> Router {
    Router::new()
        .route("/health/live", get(async || "live\n"))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .route("/client-metrics", get(client_instances))
        .route("/client-metrics/{instance}", get(client_metrics))
        .with_state(node)
}

async fn ready(State(node): State<Arc<Node>>) -> Response {
    match node.not_ready() {
        None => "ready\n".into_response(),
        Some(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")).into_response(),
    }
}

async fn metrics(State(node): State<Arc<Node>>) -> Response {
    ([(header::CONTENT_TYPE, METRICS_TYPE)], node.metrics_text()).into_response()
}

/// A line for each client instance that has pushed: its id and the bytes of its latest push.
async fn client_instances(State(node): State<Arc<Node>>) -> String {
    let pushes = node.client_metrics();
    pushes.iter().map(|(id, metrics)| format!("{id} {}\n", metrics.len())).collect()
}

/// The latest push of an instance as it came, decompressed: OTLP `MetricsData` in protobuf.
async fn client_metrics(State(node): State<Arc<Node>>, Path(instance): Path<String>) -> Response {
    let pushed = node.client_metrics().into_iter().find(|(id, _)| id.to_string() == instance);
    match pushed {
        Some((_, metrics)) => {
            ([(header::CONTENT_TYPE, "application/x-protobuf")], metrics).into_response()
        }
        None => {
            let text = format!("no push of client instance {instance}; see /client-metrics\n");
            (StatusCode::NOT_FOUND, text).into_response()
        }
    }
}
