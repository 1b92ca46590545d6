//! `trunklog serve`

mod folders;
mod night;
mod pulling;
mod room;
mod sources;
mod stop;
mod upkeep;

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::thread;

use anyhow::{Context, Result, bail};
use trunklog_audit::{Action, Actor, Channel, Event};
use trunklog_downloads::Downloads;
use trunklog_identity::{Clock, Cloud};
use trunklog_server::{Server, Services, Tls};

use crate::config::{Certificate, Layer, Listener, Settings, Text};
use crate::{audit, engine, identity, open_files, signals, store};
use room::Room;

pub(crate) use sources::expected as expected_sources;

/// Serves the log with the API of Microsoft Graph
///
/// Without your certificate it makes a local authority on first start, in the
/// folder tls of the data folder: have clients trust it. While it runs, all
/// other commands work through it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog serve
  trunklog serve --https 0.0.0.0:443 --public-url https://cdr.example.com
  trunklog serve --http 127.0.0.1:8080 --ops off

An address is written 127.0.0.1:8443 or [::]:8443; off opens no such listener.
All else is set in trunklog.toml; trunklog check says what holds. SIGTERM and
Ctrl-C finish what is under way, a second one ends it immediately. The page
/openapi shows what can be asked.")]
pub(crate) struct Serve {
    /// Where to listen by HTTPS [default: 127.0.0.1:8443, or off with --http]
    #[arg(long, value_name = "ADDRESS")]
    https: Option<Listener>,
    /// Where to listen by plain HTTP [default: off]
    #[arg(long, value_name = "ADDRESS")]
    http: Option<Listener>,
    /// Where to answer /livez, /readyz and /metrics [default: 127.0.0.1:9464]
    #[arg(long, value_name = "ADDRESS")]
    ops: Option<Listener>,
    /// The address that clients use, as links and tokens have it
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Answer exactly as Graph does, limits and refusals included
    #[arg(long)]
    strict: bool,
    /// Whose Graph is imitated: global, us-gov-l4, us-gov-l5 or china [default: global]
    #[arg(long, value_name = "CLOUD")]
    cloud: Option<Cloud>,
}

impl Serve {
    pub(crate) fn add_to(&self, layer: &mut Layer) {
        layer.listen.https = self.https;
        layer.listen.http = self.http;
        layer.listen.ops = self.ops;
        layer.public_url.clone_from(&self.public_url);
        layer.strict = self.strict.then_some(true);
        layer.cloud = self.cloud.map(Text);
    }
}

/// Serves until a signal comes.
pub(crate) fn run(settings: &Settings) -> Result<ExitCode> {
    if settings.serve.https.or(settings.serve.http).is_none() {
        bail!("there is nothing to listen on: set --https or --http to an address");
    }
    signals::outlive_others()?;
    if let Some(warning) = settings.memory_warning() {
        tracing::warn!("memory: {warning}");
    }
    let store = store::open_owned(settings, store::SERVING)?;
    if fs::metadata(&settings.data_dir).is_ok_and(|folder| store::is_open_to_others(&folder)) {
        let folder = settings.data_dir.display();
        tracing::warn!("others can get into {folder}, where call logs and keys are: run chmod 700 on it");
    }
    let control =
        trunklog_control::serve(&store::control_socket(settings), store.shared_engine(), engine::cube_sets())
            .context("cannot take requests of other commands")?;
    let public_url = public_url(settings);
    let identity = identity::open(settings, &public_url)?;
    let trail = audit::open(settings)?;
    let downloads = downloads(settings, &identity.clock)?;
    let services = Services {
        engine: store.shared_engine(),
        issuer: identity.issuer,
        verifier: identity.verifier,
        keys: identity.keys,
        people: identity.people,
        trail: trail.clone(),
        downloads: Arc::new(downloads),
        clock: identity.clock,
    };
    trail.note(audit::act(Action::ServerStart));
    let server_settings = server_settings(settings, &public_url)?;
    let (end_upkeep, upkeep_ends) = mpsc::channel::<()>();
    let engine = store.shared_engine();
    let deletion = settings.serve.deletion.clone();
    let upkeep = thread::spawn(move || upkeep::look_after(engine.as_ref(), &deletion, &upkeep_ends));
    let room = Room::start(settings, store.shared_engine());
    let running = sources::start(settings, &store.shared_engine(), &trail);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome: Result<()> = runtime.block_on(async {
        let signals = stop::Signals::listen()?;
        let server = Server::bind(server_settings, services).await?;
        let addresses = server.addresses();
        for (name, address) in [("https", addresses.https), ("http", addresses.http), ("ops", addresses.ops)]
        {
            if let Some(address) = address {
                tracing::info!(listener = name, %address, "listening");
            }
        }
        let public_url = public_url_at(settings, addresses.https, addresses.http);
        tracing::info!(data_dir = %settings.data_dir.display(), %public_url, "ready");
        server.run(signals.asked_to_stop()).await?;
        Ok(())
    });
    drop(runtime);
    drop(end_upkeep);
    sources::end(running);
    room.end();
    // Never leave while another thread is inside the engine.
    if upkeep.join().is_err() {
        tracing::error!("the upkeep of the store had failed");
    }
    drop(control);
    drop(store);
    trail.note(Event::new(Action::ServerStop, Actor::Program, Channel::Program));
    trail.close();
    outcome.map(|()| ExitCode::SUCCESS)
}

/// What people ordered as files. What was being made when the program ended last has
/// failed: this process owns the store, so nobody else makes any.
fn downloads(settings: &Settings, clock: &Clock) -> Result<Downloads> {
    let downloads = Downloads::open(&settings.exports_folder(), settings.downloads, Arc::clone(clock))?;
    let failed = downloads.fail_unfinished()?;
    if failed > 0 {
        tracing::warn!(exports = failed, "exports were not finished when the server ended: order them again");
    }
    Ok(downloads)
}

fn server_settings(settings: &Settings, public_url: &str) -> Result<trunklog_server::Settings> {
    let serve = &settings.serve;
    let tls = serve.https.map(|address| tls(settings, address, public_url)).transpose()?;
    let mut limits = serve.limits.clone();
    limits.connections = open_files::make_room(limits.connections);
    if limits.connections < serve.limits.connections {
        tracing::warn!(
            wanted = serve.limits.connections,
            connections = limits.connections,
            "the system permits too few open files for limits.connections: raise LimitNOFILE or ulimit -n"
        );
    }
    Ok(trunklog_server::Settings {
        https: serve.https,
        http: serve.http,
        ops: serve.ops,
        tls,
        public_url: serve.public_url.clone(),
        trusted_proxies: serve.trusted_proxies.clone(),
        profile: serve.profile,
        cloud: settings.cloud,
        masks: serve.masks.clone(),
        reveals: settings.people.reveals,
        reveals_per_hour: settings.people.reveals_per_hour,
        zones: settings.zones().clone(),
        tenant_names: settings.tenant_names.clone(),
        retention: serve.retention.clone(),
        throttle: serve.throttle,
        trunks_of: serve.trunks_of.clone(),
        import_tenant: settings.tenant,
        sources: settings.expected_sources(),
        inventories: serve.inventories.clone(),
        probe: serve.probe.clone(),
        cors: serve.cors.clone(),
        limits,
    })
}

fn tls(settings: &Settings, address: SocketAddr, public_url: &str) -> Result<Tls> {
    let tls = match &settings.serve.certificate {
        Certificate::Files { certificate, key } => Tls::from_files(certificate, key),
        Certificate::LocalCa { names } => {
            // Those of this machine are added by the server.
            let mut all = names.clone();
            all.push(host_of(public_url).to_owned());
            if !address.ip().is_unspecified() {
                all.push(address.ip().to_string());
            }
            Tls::local_ca(&settings.data_dir.join("tls"), &all)
        }
    };
    tls.context("cannot use the certificate")
}

/// The configured address, or one at which this machine reaches the server.
pub(crate) fn public_url(settings: &Settings) -> String {
    public_url_at(settings, settings.serve.https, settings.serve.http)
}

/// The same of a server that listens at those addresses, whose ports the system
/// may have chosen.
fn public_url_at(settings: &Settings, https: Option<SocketAddr>, http: Option<SocketAddr>) -> String {
    if let Some(url) = &settings.serve.public_url {
        return url.clone();
    }
    match (https, http) {
        (Some(address), _) => local_url("https", address),
        (None, Some(address)) => local_url("http", address),
        (None, None) => "https://localhost".to_owned(),
    }
}

fn local_url(scheme: &str, address: SocketAddr) -> String {
    let host = match address.ip() {
        ip if ip.is_loopback() || ip.is_unspecified() => "localhost".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    // Which port is free is known only later.
    if address.port() == 0 {
        format!("{scheme}://{host}")
    } else {
        format!("{scheme}://{host}:{}", address.port())
    }
}

/// The host of an address, without brackets and port.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or(rest);
    match authority.strip_prefix('[') {
        Some(ip) => ip.split(']').next().unwrap_or(ip),
        None => authority.split(':').next().unwrap_or(authority),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_in_addresses() {
        assert_eq!(host_of("https://cdr.example.com:8443/x"), "cdr.example.com");
        assert_eq!(host_of("https://[::1]:8443"), "::1");
        assert_eq!(host_of(&local_url("http", "[2001:db8::1]:80".parse().unwrap())), "2001:db8::1");
    }

    #[test]
    fn the_address_that_is_told_is_the_one_that_is_listened_on() {
        let bound = Some("127.0.0.1:40123".parse().unwrap());
        let settings = |layer| Settings::from_layer(layer).unwrap();
        let unset = settings(Layer::default());
        assert_eq!(public_url_at(&unset, None, bound), "http://localhost:40123");
        assert_eq!(public_url_at(&unset, bound, bound), "https://localhost:40123");
        let named = Layer { public_url: Some("https://cdr.example.com".to_owned()), ..Layer::default() };
        assert_eq!(public_url_at(&settings(named), None, bound), "https://cdr.example.com");
    }

    #[test]
    fn a_server_on_this_machine_is_called_localhost() {
        assert_eq!(local_url("https", "127.0.0.1:8443".parse().unwrap()), "https://localhost:8443");
        assert_eq!(local_url("https", "0.0.0.0:0".parse().unwrap()), "https://localhost");
    }
}
