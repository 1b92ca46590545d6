//! Binding, running and ending the whole server.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::MissedTickBehavior;
use tokio_rustls::TlsAcceptor;
use trunklog_errors::with_causes;

use crate::app::{App, Services};
use crate::error::ServeError;
use crate::listen::{Front, REFUSALS, Service, Slots};
use crate::settings::{Settings, lasting};
use crate::{ops, probing, router};

const KEY_MAINTENANCE: Duration = Duration::from_mins(10);
/// How often it is looked whether memory for checks of secrets can be freed.
const FREEING: Duration = Duration::from_secs(10);
/// How often sessions are removed that have ended by themselves.
const SESSIONS: Duration = Duration::from_mins(10);
/// How often files are removed that people ordered and that have expired.
const DOWNLOADS: Duration = Duration::from_mins(10);
/// How often it is told anew how sources and trunks do.
const TRUNKS: Duration = Duration::from_mins(1);
/// Health must be seen when all other connections are taken.
const OPS_CONNECTIONS: usize = 64;
/// How long answers about health, and then a check of the store, may go on when
/// all else has ended.
const OPS_END: Duration = Duration::from_secs(2);

/// A server that listens already.
pub struct Server {
    app: Arc<App>,
    fronts: Vec<Front>,
    ops: Option<Front>,
    addresses: Addresses,
}

/// Where a server really listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Addresses {
    /// HTTPS.
    pub https: Option<SocketAddr>,
    /// HTTP without TLS.
    pub http: Option<SocketAddr>,
    /// Health and metrics.
    pub ops: Option<SocketAddr>,
}

impl Server {
    /// Listens on all addresses. Nothing is answered before [`Server::run`].
    ///
    /// # Errors
    /// When an address cannot be had, or the settings name none.
    pub async fn bind(settings: Settings, services: Services) -> Result<Server, ServeError> {
        if settings.https.is_none() && settings.http.is_none() {
            return Err(ServeError::Settings("no address to serve on, set one for https or http"));
        }
        let settings = Arc::new(settings);
        let app = Arc::new(App::new(Arc::clone(&settings), services));
        let main = router::main(Arc::clone(&app));
        let slots = Slots::shared(settings.limits.connections, settings.trusted_proxies.clone());
        let refusals = Arc::new(Semaphore::new(REFUSALS));
        let main = |tls| Service {
            app: Arc::clone(&app),
            tls,
            router: main.clone(),
            surfaces: router::surfaces(settings.profile),
            slots: Arc::clone(&slots),
            refusals: Arc::clone(&refusals),
            open: app.metrics.connections.clone(),
            ending: lasting(settings.limits.shutdown_secs),
        };
        let mut addresses = Addresses::default();
        let mut fronts = Vec::new();
        if let Some(address) = settings.https {
            let tls = settings.tls.as_ref().ok_or(ServeError::Settings("https needs a certificate"))?;
            let acceptor = TlsAcceptor::from(tls.config());
            let listener = listen(address, &mut addresses.https).await?;
            fronts.push(Front { listener, service: main(Some(acceptor)) });
        }
        if let Some(address) = settings.http {
            let listener = listen(address, &mut addresses.http).await?;
            fronts.push(Front { listener, service: main(None) });
        }
        let mut ops = None;
        if let Some(address) = settings.ops {
            let listener = listen(address, &mut addresses.ops).await?;
            let service = Service {
                app: Arc::clone(&app),
                tls: None,
                router: ops::router(Arc::clone(&app)),
                surfaces: ops::SURFACES,
                slots: Slots::unshared(OPS_CONNECTIONS),
                refusals: Arc::new(Semaphore::new(REFUSALS)),
                open: Gauge::default(),
                ending: OPS_END,
            };
            ops = Some(Front { listener, service });
        }
        for (scheme, address) in [("https", addresses.https), ("http", addresses.http)] {
            if let Some(address) = address {
                app.services.issuer.listens_at(scheme, address);
            }
        }
        Ok(Server { app, fronts, ops, addresses })
    }

    /// Where it listens; tells the ports that the system chose.
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// Serves until `shutdown` completes, then stops accepting and finishes
    /// the answers in flight.
    ///
    /// # Errors
    /// When a listener ends by itself.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), ServeError> {
        let Server { app, fronts, ops, .. } = self;
        let (stop, stopped) = watch::channel(false);
        let (stop_ops, ops_stopped) = watch::channel(false);
        let mut background = background(&app);
        let mut serving = JoinSet::new();
        for front in fronts {
            serving.spawn(front.serve(stopped.clone()));
        }
        // Answers until the last page is out, so that an orchestrator sees why.
        let ops_ended = ops.map(|ops| serve_apart(ops, ops_stopped)).transpose()?;
        let result = tokio::select! {
            () = shutdown => Ok(()),
            Some(ended) = serving.join_next() => Err(ServeError::Listener(match ended {
                Ok(Ok(())) => "it stopped".to_owned(),
                Ok(Err(error)) => error.to_string(),
                Err(error) => error.to_string(),
            })),
        };
        app.drain();
        stop.send_replace(true);
        while serving.join_next().await.is_some() {}
        stop_ops.send_replace(true);
        if let Some(ended) = ops_ended {
            // Told even if the thread failed.
            let _ = ended.await;
        }
        background.shutdown().await;
        result
    }
}

/// A listener for any runtime.
async fn listen(
    address: SocketAddr,
    bound: &mut Option<SocketAddr>,
) -> Result<std::net::TcpListener, ServeError> {
    let refuse = |source| ServeError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(refuse)?;
    *bound = Some(listener.local_addr().map_err(refuse)?);
    listener.into_std().map_err(refuse)
}

/// Serves health and metrics on a separate thread and runtime, so that
/// they answer whatever the others do. Tells when it has ended.
fn serve_apart(front: Front, stop: watch::Receiver<bool>) -> Result<oneshot::Receiver<()>, ServeError> {
    let refuse = |error: io::Error| ServeError::Listener(error.to_string());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(2)
        .build()
        .map_err(refuse)?;
    let (end, ended) = oneshot::channel();
    let serve = move || {
        if let Err(error) = runtime.block_on(front.serve(stop)) {
            tracing::error!(error = %with_causes(&error), "health and metrics cannot be served");
        }
        runtime.shutdown_timeout(OPS_END);
        let _ = end.send(());
    };
    std::thread::Builder::new().name("trunklog-ops".to_owned()).spawn(serve).map_err(refuse)?;
    Ok(ended)
}

/// What goes on beside the requests.
fn background(app: &Arc<App>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    let verifier = Arc::clone(&app.services.verifier);
    tasks.spawn(async move { verifier.warm_up().await });
    let keys = Arc::clone(&app.services.keys);
    tasks.spawn(async move {
        let mut ticks = tokio::time::interval(KEY_MAINTENANCE);
        loop {
            ticks.tick().await;
            let keys = Arc::clone(&keys);
            match spawn_blocking(move || keys.maintain()).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => {
                    tracing::error!(error = %with_causes(&error), "the signing keys cannot be maintained");
                }
                Err(error) => {
                    tracing::error!(error = %with_causes(&error), "the maintenance of the signing keys failed");
                }
            }
        }
    });
    let (issuer, people) = (Arc::clone(&app.services.issuer), Arc::clone(&app.services.people));
    tasks.spawn(async move {
        let mut ticks = tokio::time::interval(FREEING);
        loop {
            ticks.tick().await;
            let (issuer, people) = (Arc::clone(&issuer), Arc::clone(&people));
            let free = move || {
                issuer.free_unused();
                people.free_unused();
            };
            // It cannot fail, and ends early only with the runtime.
            let _ = spawn_blocking(free).await;
        }
    });
    if !app.settings.profile.is_strict() {
        look_after_people(app, &mut tasks);
        tasks.spawn(remove_expired(Arc::clone(app)));
    }
    if let Some(settings) = app.settings.probe.clone() {
        tasks.spawn(probing::look(Arc::clone(app), settings));
    }
    tasks.spawn(tell_sources(Arc::clone(app)));
    if app.trunks.are_wanted() {
        tasks.spawn(tell_trunks(Arc::clone(app)));
    }
    tasks
}

/// Gets ready for who signs in at a provider, and forgets sessions that are over.
fn look_after_people(app: &Arc<App>, tasks: &mut JoinSet<()>) {
    let people = Arc::clone(&app.services.people);
    tasks.spawn(async move { people.warm_up().await });
    let people = Arc::clone(&app.services.people);
    tasks.spawn(async move {
        let mut ticks = tokio::time::interval(SESSIONS);
        loop {
            ticks.tick().await;
            let people = Arc::clone(&people);
            // What fails is in the log.
            let _ = spawn_blocking(move || people.tidy()).await;
        }
    });
}

/// Removes files that people ordered and that have expired.
async fn remove_expired(app: Arc<App>) {
    let mut ticks = tokio::time::interval(DOWNLOADS);
    loop {
        ticks.tick().await;
        let downloads = Arc::clone(&app.services.downloads);
        if let Ok(Err(error)) = spawn_blocking(move || downloads.tidy()).await {
            tracing::error!(error = %with_causes(&error), "files of exports that have expired cannot be removed");
        }
    }
}

/// Keeps the gauges of sources and of the disk up to date.
async fn tell_sources(app: Arc<App>) {
    let mut ticks = tokio::time::interval(TRUNKS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let app = Arc::clone(&app);
        let renew = move || app.sources.renew(app.services.engine.as_ref(), &app.settings.sources, app.now());
        match spawn_blocking(renew).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(error = %with_causes(&error), "how sources do cannot be written");
            }
            Err(error) => tracing::error!(error = %with_causes(&error), "telling how sources do failed"),
        }
    }
}

/// Keeps the gauges of trunks up to date.
async fn tell_trunks(app: Arc<App>) {
    let mut ticks = tokio::time::interval(TRUNKS);
    // Never more often, also after a time that took long.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let app = Arc::clone(&app);
        let renew = move || app.trunks.renew(app.services.engine.as_ref(), app.now());
        match spawn_blocking(renew).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(error = %with_causes(&error), "how trunks do cannot be written");
            }
            Err(error) => tracing::error!(error = %with_causes(&error), "telling how trunks do failed"),
        }
    }
}
