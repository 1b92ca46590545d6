//! Health and metrics, on a separate port.
//!
//! They are served on a separate runtime and wait for nothing that requests
//! wait for: whatever goes on, the process can be looked at.

mod probe;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use http::{HeaderValue, StatusCode};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use trunklog_ledger::disk::Pressure;
use trunklog_odata::{Error, ErrorKind};

use self::probe::{Condition, Probe};
use crate::answer::{Failure, PlainText, Surface, Surfaces, refuse};
use crate::app::App;
use crate::audit;
use crate::layers;
use crate::memory::{MemoryUse, resident_bytes};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Tells how pressing it is to make room on the disk: `none`, `soon`, `urgent` or `full`.
const DISK: HeaderName = HeaderName::from_static("trunklog-disk");
/// How long the metrics wait for the store's figures.
const MEASURE: Duration = Duration::from_secs(1);

/// All is told in lines of text, as health is.
pub(crate) const SURFACES: Surfaces = Surfaces::by_path(plain_text);

fn plain_text(_: &str) -> &'static dyn Surface {
    &PlainText
}

struct Ops {
    app: Arc<App>,
    probe: Probe,
    /// One question to the store at a time, so that scrapes do not pile up while
    /// it does not answer.
    measuring: Arc<Semaphore>,
}

pub(crate) fn router(app: Arc<App>) -> Router {
    let measuring = Arc::new(Semaphore::new(1));
    let ops = Arc::new(Ops { probe: Probe::new(Arc::clone(&app)), app: Arc::clone(&app), measuring });
    let routes = Router::new()
        .route("/livez", get(live))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .fallback(nothing)
        .method_not_allowed_fallback(other_method);
    layers::around_probes(routes, &app).with_state(ops)
}

async fn nothing(State(ops): State<Arc<Ops>>, request: Request) -> Response {
    let error = Error::new(ErrorKind::NotFound, "Resource not found.");
    refuse(&ops.app, request.extensions(), error.hint("there is /livez, /readyz and /metrics").into())
}

/// The router adds which methods are allowed.
async fn other_method(State(ops): State<Arc<Ops>>, request: Request) -> Response {
    let error = Error::new(ErrorKind::MethodNotAllowed, "Only GET and HEAD are allowed.");
    refuse(&ops.app, request.extensions(), Failure::from(error))
}

async fn live() -> &'static str {
    "ok\n"
}

/// A server on a full disk is ready: it answers as before. That nothing new is stored is
/// told beside that, in the words of `trunklog status` and `/data`. So is one whose
/// applications or accounts cannot be read: those of before count, and it is told.
async fn ready(State(ops): State<Arc<Ops>>) -> Response {
    let told =
        |status: StatusCode, text: String| (status, [(CACHE_CONTROL, "no-store")], text).into_response();
    if ops.app.is_draining() {
        return told(StatusCode::SERVICE_UNAVAILABLE, "shutting down\n".to_owned());
    }
    match ops.probe.outcome().await {
        Ok(condition) => {
            let mut answer = told(StatusCode::OK, lines(condition));
            if let Some(pressure) = condition.pressure {
                answer.headers_mut().insert(DISK, HeaderValue::from_static(pressure.name()));
            }
            answer
        }
        Err(unwell) => told(StatusCode::SERVICE_UNAVAILABLE, format!("the store cannot serve: {unwell}\n")),
    }
}

/// What is told of a server that can serve, a line for each problem. Why a file cannot be
/// used is in the log.
fn lines(condition: Condition) -> String {
    let of_disk = match condition.pressure {
        None | Some(Pressure::None | Pressure::Soon) => "",
        Some(Pressure::Urgent) => "degraded: disk nearly full, make room now\n",
        Some(Pressure::Full) => "degraded: disk full, nothing new is stored\n",
    };
    let of_applications = "degraded: applications.json cannot be used, what it held before counts\n";
    let of_accounts = "degraded: people.json cannot be used, what it held before counts\n";
    let mut lines = of_disk.to_owned();
    if condition.has_old_applications {
        lines.push_str(of_applications);
    }
    if condition.has_old_accounts {
        lines.push_str(of_accounts);
    }
    if lines.is_empty() { "ok\n".to_owned() } else { lines }
}

async fn metrics(State(ops): State<Arc<Ops>>) -> Response {
    let audit = audit::metrics(ops.app.services.trail.counts());
    let others = ops.app.trunks.text() + &ops.app.sources.text() + &audit;
    match ops.app.metrics.text(&ops.memory().await, &others) {
        Ok(text) => ([(CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

impl Ops {
    async fn memory(&self) -> MemoryUse {
        MemoryUse { resident: resident_bytes(), store: self.store_memory().await }
    }

    /// None if the store does not know, or is too busy to tell.
    async fn store_memory(&self) -> Option<u64> {
        let turn = Arc::clone(&self.measuring).try_acquire_owned().ok()?;
        let engine = Arc::clone(&self.app.services.engine);
        let measured = spawn_blocking(move || {
            let _turn = turn;
            engine.memory_bytes()
        });
        timeout(MEASURE, measured).await.ok()?.ok()?
    }
}
