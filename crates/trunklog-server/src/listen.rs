//! From sockets to requests: accepting, limiting and ending connections.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use prometheus_client::metrics::gauge::Gauge;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use crate::root::{Peer, Scheme};
use crate::settings::Limits;
use crate::stall::{AnswerBody, StallGuard, UnderWay};

const HANDSHAKE: Duration = Duration::from_secs(10);
const MAX_STREAMS: u32 = 100;
/// Smaller buffers than this hyper does not take.
const MIN_BUFFER: usize = 8 * 1024;
/// What is larger than the limits by more than this factor is refused by hyper,
/// without a body. What lies between gets Graph's error body.
const HEAD_ROOM: usize = 4;

/// One listening socket and what is served on it.
pub(crate) struct Front {
    pub(crate) listener: TcpListener,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) router: Router,
    pub(crate) limits: Limits,
    /// One permit a connection.
    pub(crate) slots: Arc<Semaphore>,
    pub(crate) open: Gauge,
}

impl Front {
    /// Serves until `stop` is set, then finishes what is in flight.
    pub(crate) async fn serve(self, mut stop: watch::Receiver<bool>) {
        let graceful = GracefulShutdown::new();
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = stopped(&mut stop) => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                (stream, address, slot) = self.accept() => {
                    let connection = self.connection(stream, address, graceful.watcher());
                    let open = Open::new(self.open.clone(), slot);
                    connections.spawn(async move {
                        connection.await;
                        drop(open);
                    });
                }
            }
        }
        // Closed first, so that new clients are refused and not left waiting.
        let Front { listener, limits, .. } = self;
        drop(listener);
        if timeout(Duration::from_secs(limits.shutdown_secs), graceful.shutdown()).await.is_err() {
            tracing::warn!(connections = connections.len(), "answers in flight were cut off by the shutdown");
        }
        connections.shutdown().await;
    }

    /// The next connection. While all slots are taken, clients wait in the
    /// system's queue.
    async fn accept(&self) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
        // The semaphore is never closed.
        let slot = Arc::clone(&self.slots).acquire_owned().await.ok();
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => return (stream, address, slot),
                Err(error) => {
                    // Out of file descriptors, mostly: it passes.
                    tracing::warn!(%error, "a connection cannot be accepted");
                    sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    fn connection(
        &self,
        stream: TcpStream,
        address: SocketAddr,
        watcher: Watcher,
    ) -> impl Future<Output = ()> + Send + use<> {
        let (tls, router, limits) = (self.tls.clone(), self.router.clone(), self.limits.clone());
        async move {
            // Answers are written whole, so waiting for more only delays them.
            let _ = stream.set_nodelay(true);
            let requests = UnderWay::default();
            let stall = Duration::from_secs(limits.stall_secs.max(1));
            let stream = StallGuard::new(stream, stall, requests.clone());
            match tls {
                None => {
                    let peer = Peer { address, scheme: Scheme::Http };
                    http(stream, peer, requests, router, &limits, watcher).await;
                }
                Some(tls) => match timeout(HANDSHAKE, tls.accept(stream)).await {
                    Ok(Ok(stream)) => {
                        let peer = Peer { address, scheme: Scheme::Https };
                        http(stream, peer, requests, router, &limits, watcher).await;
                    }
                    Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
                    Err(_) => tracing::debug!("TLS handshake took too long"),
                },
            }
        }
    }
}

/// Completes when `stop` is set, or can no longer be.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Serves HTTP/1.1 or HTTP/2, whichever the client begins with.
async fn http<S>(stream: S, peer: Peer, requests: UnderWay, router: Router, limits: &Limits, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |mut request: Request<Incoming>| {
        let begun = requests.begin();
        request.extensions_mut().insert(peer);
        let answer = router.clone().oneshot(request.map(Body::new));
        async move { Ok::<_, Infallible>(answer.await?.map(|body| AnswerBody::new(body, begun))) }
    });
    let connection = builder(limits).serve_connection(TokioIo::new(stream), service).into_owned();
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}

fn builder(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let stall = Duration::from_secs(limits.stall_secs.max(1));
    let head = limits.header_bytes.saturating_add(limits.url_bytes).saturating_mul(HEAD_ROOM);
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(limits.header_secs.max(1)))
        .max_buf_size(head.max(MIN_BUFFER));
    // The pings keep a client's idle connection open, as long as it answers.
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(head).unwrap_or(u32::MAX))
        .max_concurrent_streams(MAX_STREAMS)
        .keep_alive_interval(stall / 2)
        .keep_alive_timeout(stall / 3);
    builder
}

/// Counts a connection while it is open, and holds its slot.
struct Open {
    gauge: Gauge,
    _slot: Option<OwnedSemaphorePermit>,
}

impl Open {
    fn new(gauge: Gauge, slot: Option<OwnedSemaphorePermit>) -> Open {
        gauge.inc();
        Open { gauge, _slot: slot }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.gauge.dec();
    }
}
