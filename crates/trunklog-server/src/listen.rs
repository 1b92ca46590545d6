//! From sockets to requests: accepting, limiting and ending connections.

mod answer_body;
mod outage;
mod pace;
mod slots;
mod streams;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::header::CONNECTION;
use http::{HeaderValue, Request, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use prometheus_client::metrics::gauge::Gauge;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use self::answer_body::{AnswerBody, Taker};
use self::outage::{Failure as AcceptFailure, Outage};
use self::pace::{Pace, Rule};
use self::slots::Slot;
use self::streams::Streams;
use crate::answer::{Failure, Occasion, RequestIds, Surfaces};
use crate::app::App;
use crate::backlog::{ConnectionId, SharedHold};
use crate::peer::{Peer, Scheme};
use crate::settings::{Limits, lasting};
use crate::stall::{StallGuard, UnderWay};

pub(crate) use self::answer_body::SLICE_BYTES;
pub(crate) use self::slots::{NoSlot, Slots};

const HANDSHAKE: Duration = Duration::from_secs(10);
const MAX_STREAMS: u32 = 100;
/// Smaller buffers than this hyper does not take.
const MIN_BUFFER: usize = 8 * 1024;
/// What is larger than the limits by more than this factor is refused by hyper,
/// without a body. What is in between gets an error that says so.
const HEAD_ROOM: usize = 4;
/// How much of a request's body may wait to be read: that of HTTP/2 itself
/// (RFC 9113, section 6.9.2), for a stream and for a connection. Bodies are
/// small here, and each connection may send that much to nobody's use.
const WINDOW_BYTES: u32 = 65_535;
/// How many connections without a slot are told why at a time. More are closed
/// without a word.
pub(crate) const REFUSALS: usize = 32;
/// How long that may take, and how long until the client asks for something.
const REFUSAL: Duration = Duration::from_secs(5);
const REFUSAL_IDLE: Duration = Duration::from_secs(2);

/// One listening socket and what is served on it.
pub(crate) struct Front {
    /// Does not block.
    pub(crate) listener: std::net::TcpListener,
    pub(crate) service: Service,
}

/// What is served, and to how many.
pub(crate) struct Service {
    pub(crate) app: Arc<App>,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) router: Router,
    /// Who says what went wrong with what never reaches the router.
    pub(crate) surfaces: Surfaces,
    pub(crate) slots: Arc<Slots>,
    /// One permit for each connection without a slot.
    pub(crate) refusals: Arc<Semaphore>,
    pub(crate) open: Gauge,
    /// How long answers in flight are waited for in the end.
    pub(crate) ending: Duration,
}

impl Front {
    /// Serves until `stop` is set, then finishes what is in flight.
    ///
    /// # Errors
    /// When the socket cannot be listened on here.
    pub(crate) async fn serve(self, mut stop: watch::Receiver<bool>) -> io::Result<()> {
        let Front { listener, service } = self;
        let listener = TcpListener::from_std(listener)?;
        let service = Arc::new(service);
        let stopping = stop.clone();
        let mut connections = JoinSet::new();
        let mut outage = Outage::default();
        loop {
            let (resumes, ends) = (outage.resumes(), outage.ends());
            tokio::select! {
                () = stopped(&mut stop) => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                accepted = accept(&listener, resumes) => match accepted {
                    Ok((stream, address)) => {
                        service.take(stream, address, &stopping, &mut connections);
                    }
                    Err(error) => note(&mut outage, &error),
                },
                () = reached(ends) => {
                    if let Some(ended) = outage.end() {
                        let (failures, secs) = (ended.failures, ended.lasted.as_secs());
                        tracing::info!(failures, secs, "connections can be accepted again");
                    }
                }
            }
        }
        // Closed first, so that new clients are refused and not left waiting.
        drop(listener);
        let finished = async { while connections.join_next().await.is_some() {} };
        if timeout(service.ending, finished).await.is_err() {
            tracing::warn!(connections = connections.len(), "answers in flight were cut off by the shutdown");
        }
        connections.shutdown().await;
        Ok(())
    }
}

/// The next connection, not before `resumes`.
async fn accept(listener: &TcpListener, resumes: Option<Instant>) -> io::Result<(TcpStream, SocketAddr)> {
    if let Some(at) = resumes {
        sleep_until(at).await;
    }
    listener.accept().await
}

/// A failure of one connection is not one of all. What else fails is the lack
/// of something, of file descriptors mostly, and passes.
fn note(outage: &mut Outage, error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};

    if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted) {
        tracing::debug!(%error, "a connection ended before it was accepted");
    } else if outage.failed(Instant::now()) == AcceptFailure::First {
        tracing::warn!(
            %error,
            "connections cannot be accepted; this is tried again and told when it is over, allow more \
             open files if it lasts"
        );
    }
}

/// Completes at that time; never when there is none.
async fn reached(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Completes when `stop` is set, or can no longer be.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// What a connection may do.
enum Seat {
    Taken(Slot),
    /// Learn that there is none.
    None(NoSlot),
}

impl Service {
    /// Serves a connection, or tells it that it cannot be served. Never waits.
    fn take(
        self: &Arc<Service>,
        stream: TcpStream,
        address: SocketAddr,
        stop: &watch::Receiver<bool>,
        connections: &mut JoinSet<()>,
    ) {
        let (service, stop) = (Arc::clone(self), stop.clone());
        match self.slots.admit(address.ip()) {
            Ok(slot) => {
                let open = Open::new(self.open.clone());
                connections.spawn(async move {
                    service.connection(stream, address, Seat::Taken(slot), stop).await;
                    drop(open);
                });
            }
            Err(reason) => {
                self.app.metrics.refused(reason.name()).inc();
                let Ok(permit) = Arc::clone(&self.refusals).try_acquire_owned() else { return };
                connections.spawn(async move {
                    let told = service.connection(stream, address, Seat::None(reason), stop);
                    let _ = timeout(REFUSAL, told).await;
                    drop(permit);
                });
            }
        }
    }

    async fn connection(
        &self,
        stream: TcpStream,
        address: SocketAddr,
        seat: Seat,
        stop: watch::Receiver<bool>,
    ) {
        // Answers are written in large pieces, so waiting for more only delays
        // them.
        let _ = stream.set_nodelay(true);
        let requests = match &seat {
            Seat::Taken(slot) => slot.requests().clone(),
            Seat::None(_) => UnderWay::default(),
        };
        let stream = StallGuard::new(stream, stall(&self.app.settings.limits), requests.clone());
        match &self.tls {
            None => {
                let peer = Peer { address, scheme: Scheme::Http };
                self.http(stream, peer, &seat, requests, stop).await;
            }
            Some(tls) => {
                let handshake = timeout(HANDSHAKE, tls.accept(stream));
                let handshake = async {
                    tokio::select! {
                        done = handshake => Some(done),
                        _ = seat.has_to_leave() => None,
                    }
                };
                match handshake.await {
                    Some(Ok(Ok(stream))) => {
                        let peer = Peer { address, scheme: Scheme::Https };
                        self.http(stream, peer, &seat, requests, stop).await;
                    }
                    Some(Ok(Err(error))) => tracing::debug!(%error, "TLS handshake failed"),
                    Some(Err(_)) => tracing::debug!("TLS handshake took too long"),
                    None => tracing::debug!("a connection made room before its TLS handshake was done"),
                }
            }
        }
    }

    /// Serves HTTP/1.1 or HTTP/2, whichever the client starts with.
    async fn http<S>(
        &self,
        stream: S,
        peer: Peer,
        seat: &Seat,
        requests: UnderWay,
        mut stop: watch::Receiver<bool>,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let limits = &self.app.settings.limits;
        let rule = Rule { bytes_per_sec: limits.slow_bytes_per_sec, over: lasting(limits.slow_secs) };
        let idle = match seat {
            Seat::Taken(_) => lasting(limits.idle_secs),
            Seat::None(_) => REFUSAL_IDLE,
        };
        // Of all answers on HTTP/1, which follow each other.
        let pace = Pace::default();
        let handler = self.handler(peer, seat, requests.clone(), pace.clone());
        let streams = Streams { rule, cut: self.app.metrics.cut("slow") };
        let builder = builder(limits, streams);
        let service = service_fn(handler);
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        let mut slow = pin!(pace.broken(rule));
        let (mut is_stopping, mut is_leaving) = (false, false);
        // When a connection that was asked to end is cut off.
        let mut deadline = None;
        loop {
            tokio::select! {
                result = connection.as_mut() => {
                    if let Err(error) = result {
                        tracing::debug!(%error, "a connection ended early");
                    }
                    return;
                }
                () = slow.as_mut() => {
                    self.app.metrics.cut("slow").inc();
                    tracing::debug!("a connection was cut off: its client takes too little of an answer");
                    return;
                }
                time_left = seat.has_to_leave(), if !is_leaving => {
                    self.app.metrics.cut("made_room").inc();
                    let Some(time_left) = time_left else { return };
                    is_leaving = true;
                    deadline = Some(Instant::now() + time_left);
                    connection.as_mut().graceful_shutdown();
                }
                () = stopped(&mut stop), if !is_stopping => {
                    is_stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = requests.idle_for(idle), if !is_stopping && deadline.is_none() => {
                    self.app.metrics.cut("idle").inc();
                    deadline = Some(Instant::now() + stall(limits));
                    connection.as_mut().graceful_shutdown();
                }
                () = reached(deadline) => {
                    // A request may have come at the last moment. The
                    // connection ends with its answer.
                    if !requests.any() {
                        return;
                    }
                    deadline = Some(Instant::now() + stall(limits));
                }
            }
        }
    }

    /// What answers the requests of a connection.
    fn handler(
        &self,
        peer: Peer,
        seat: &Seat,
        requests: UnderWay,
        pace: Pace,
    ) -> impl Fn(Request<Incoming>) -> AnswerFuture + Send + use<> {
        let (app, router, surfaces) = (Arc::clone(&self.app), self.router.clone(), self.surfaces);
        let connection = ConnectionId::fresh();
        let refused = match seat {
            Seat::Taken(_) => None,
            Seat::None(reason) => Some(*reason),
        };
        move |mut request: Request<Incoming>| -> AnswerFuture {
            let begun = requests.begin();
            let (app, router, pace) = (Arc::clone(&app), router.clone(), pace.clone());
            let under_way = requests.clone();
            Box::pin(async move {
                request.extensions_mut().insert(peer);
                request.extensions_mut().insert(connection);
                request.extensions_mut().insert(under_way);
                let mut answer = match refused {
                    None => router.oneshot(request.map(Body::new)).await?,
                    Some(reason) => refusal(&app, surfaces, &request, reason),
                };
                let held = answer.extensions_mut().remove::<SharedHold>();
                let taker = streams::pace().map_or_else(|| Taker::Connection(pace), Taker::Stream);
                Ok::<_, Infallible>(answer.map(|body| AnswerBody::new(body, taker, held, begun)))
            })
        }
    }
}

/// A request on its way to its answer.
type AnswerFuture = Pin<Box<dyn Future<Output = Result<http::Response<AnswerBody>, Infallible>> + Send>>;

impl Seat {
    /// Completes when the connection has to make room for another, with the time
    /// that is left if there is any.
    async fn has_to_leave(&self) -> Option<Duration> {
        match self {
            Seat::Taken(slot) => slot.has_to_leave().await,
            Seat::None(_) => std::future::pending().await,
        }
    }
}

impl NoSlot {
    /// The name in metrics.
    fn name(self) -> &'static str {
        match self {
            NoSlot::Origin => "connections_of_one",
            NoSlot::All => "connections",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            NoSlot::Origin => {
                "this address has as many connections as one may have (half of limits.connections); use \
                 them again or close some, and list proxies among trusted_proxies"
            }
            NoSlot::All => {
                "the server has as many connections as it takes (limits.connections); try again later"
            }
        }
    }
}

/// The answer to any request on a connection that has no slot.
fn refusal(app: &App, surfaces: Surfaces, request: &Request<Incoming>, reason: NoSlot) -> Response {
    let ids = RequestIds::of(request.headers());
    let surface = surfaces.of(request.uri().path());
    let mut response = surface.refuse(Failure::busy(reason.hint()), &Occasion::of(app, &ids));
    ids.add_to(response.headers_mut());
    // HTTP/2 has no such header (RFC 9113, section 8.2.2).
    if request.version() < Version::HTTP_2 {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// How long a client may do nothing when it is its turn.
fn stall(limits: &Limits) -> Duration {
    lasting(limits.stall_secs)
}

fn builder(limits: &Limits, streams: Streams) -> auto::Builder<Streams> {
    let stall = stall(limits);
    let head = limits.header_bytes.saturating_add(limits.url_bytes).saturating_mul(HEAD_ROOM);
    let mut builder = auto::Builder::new(streams);
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(lasting(limits.header_secs))
        .max_buf_size(head.max(MIN_BUFFER));
    // The pings find clients that are gone. They keep no idle connection open.
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(head).unwrap_or(u32::MAX))
        .max_concurrent_streams(MAX_STREAMS)
        .initial_stream_window_size(WINDOW_BYTES)
        .initial_connection_window_size(WINDOW_BYTES)
        .max_send_buf_size(2 * SLICE_BYTES)
        .keep_alive_interval(stall / 2)
        .keep_alive_timeout(stall / 3);
    builder
}

/// Counts a connection while it is open.
struct Open(Gauge);

impl Open {
    fn new(gauge: Gauge) -> Open {
        gauge.inc();
        Open(gauge)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}
