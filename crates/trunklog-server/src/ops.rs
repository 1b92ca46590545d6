//! Health and metrics, on a port of their own.
//!
//! They are served on a runtime of their own and wait for nothing that requests
//! wait for: whatever goes on, the process can be looked at.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use tokio::sync::{Semaphore, watch};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::app::App;
use crate::layers;
use crate::memory::{MemoryUse, resident_bytes};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// How long the store's answer counts, so that probes cost nothing.
const FRESH: Duration = Duration::from_secs(1);
/// How long the store may take. Probes do not wait much longer.
const CHECK: Duration = Duration::from_secs(2);
/// How long the metrics wait for the store's figures.
const MEASURE: Duration = Duration::from_secs(1);

struct Ops {
    app: Arc<App>,
    check: Mutex<Option<Check>>,
    /// One question to the store at a time, so that scrapes do not pile up while
    /// it does not answer.
    measuring: Arc<Semaphore>,
}

/// A check of the store: nothing as long as it goes on, then when it ended and
/// whether the store can serve.
type Check = watch::Receiver<Option<(Instant, bool)>>;

pub(crate) fn router(app: Arc<App>) -> Router {
    let hosts = from_fn_with_state(Arc::clone(&app), layers::named_host);
    let measuring = Arc::new(Semaphore::new(1));
    let ops = Arc::new(Ops { app, check: Mutex::new(None), measuring });
    Router::new()
        .route("/livez", get(live))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .layer(hosts)
        .with_state(ops)
}

async fn live() -> &'static str {
    "ok\n"
}

async fn ready(State(ops): State<Arc<Ops>>) -> Response {
    let (status, text) = if ops.app.is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n")
    } else if ops.store_works().await {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the store cannot serve\n")
    };
    (status, [(CACHE_CONTROL, "no-store")], text).into_response()
}

async fn metrics(State(ops): State<Arc<Ops>>) -> Response {
    match ops.app.metrics.text(&ops.memory().await) {
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

    /// Whether the store can serve. One that does not say so in time cannot.
    async fn store_works(&self) -> bool {
        let mut check = self.check();
        let answer = timeout(CHECK, check.wait_for(Option::is_some)).await;
        matches!(answer, Ok(Ok(answer)) if answer.is_some_and(|(_, works)| works))
    }

    /// The check that goes on or has just ended, else a new one. So there is
    /// never more than one, however long it takes.
    fn check(&self) -> Check {
        let mut latest = self.check.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(check) = &*latest {
            let ended = *check.borrow();
            let counts = match ended {
                Some((at, _)) => at.elapsed() < FRESH,
                // Unless it failed and will never end.
                None => check.has_changed().is_ok(),
            };
            if counts {
                return check.clone();
            }
        }
        let (end, check) = watch::channel(None);
        let app = Arc::clone(&self.app);
        spawn_blocking(move || {
            let works = store_works(&app);
            end.send_replace(Some((Instant::now(), works)));
        });
        *latest = Some(check.clone());
        check
    }
}

fn store_works(app: &App) -> bool {
    match app.services.engine.check() {
        Ok(()) => true,
        Err(error) => {
            app.metrics.store_error(error.kind());
            tracing::error!(%error, "the store cannot serve");
            false
        }
    }
}
