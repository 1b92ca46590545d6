//! A server to pull from, a proxy before it, and a store to pull into.

use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use jiff::SignedDuration;
use tempfile::TempDir;
use trunklog_identity::{Cloud, Role};
use trunklog_odata::Instant;
use trunklog_pull::check::{self, Finding};
use trunklog_pull::fault::Fault;
use trunklog_pull::http::Network;
use trunklog_pull::place::Place;
use trunklog_pull::puller::{PullError, Puller, Round, Watch};
use trunklog_pull::settings::{CredentialFiles, Settings};
use trunklog_pull::status::{self, LogStatus};
use trunklog_pull::time::{Time, of_timestamp};
use trunklog_records::{Log, Rows, TimeRange};
use trunklog_sources::pipeline::RejectSink;
use trunklog_store::{Engine, ScanQuery, Selection};
use trunklog_store_kit::MemoryEngine;
use trunklog_testkit::{FakeClock, TENANT, TestServer};

use crate::proxy::Proxy;

pub(crate) struct Bench {
    pub(crate) server: TestServer,
    pub(crate) proxy: Proxy,
    pub(crate) target: Arc<dyn Engine>,
    pub(crate) settings: Settings,
    /// Holds the file of the secret.
    _folder: TempDir,
}

/// The server's clock: waiting moves it.
struct ServerTime(FakeClock);

impl Time for ServerTime {
    fn now(&self) -> Instant {
        of_timestamp(self.0.now())
    }

    fn wait(&self, pause: Duration, _stop: &AtomicBool) {
        self.0.advance(SignedDuration::try_from(pause).unwrap());
    }
}

/// Keeps what happened.
#[derive(Debug, Default)]
pub(crate) struct Events {
    pub(crate) waits: Vec<Duration>,
    pub(crate) failures: Vec<String>,
    pub(crate) rejected: Vec<String>,
}

impl Watch for Events {
    fn waits(&mut self, _log: &'static Log, fault: &Fault, pause: Duration) {
        assert!(!fault.to_string().contains("+49"), "{fault}");
        self.waits.push(pause);
    }

    fn gave_up(&mut self, _log: &'static Log, _fault: &Fault, why: &str) {
        assert!(!why.contains("+49"), "{why}");
        self.failures.push(why.to_owned());
    }
}

struct Rejected<'a>(&'a mut Vec<String>);

impl RejectSink for Rejected<'_> {
    fn reject(&mut self, _input: &str, _line: u64, reason: &str, _record: &[u8]) {
        self.0.push(reason.to_owned());
    }
}

impl Bench {
    /// Pulls these logs from a server, which listens and is pulled by an application
    /// with those roles.
    pub(crate) async fn start(server: TestServer, logs: &[&'static Log], roles: &[Role]) -> Bench {
        let proxy = Proxy::to(server.listen().await);
        let (client, secret) = server.application(TENANT, roles);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, secret).unwrap();
        // Whatever the umask is.
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let place = Place::own(&format!("http://{}", proxy.address), None, Cloud::Global).unwrap();
        let settings = Settings {
            name: "test".to_owned(),
            tenant: TENANT,
            client_id: client.to_string(),
            credential: CredentialFiles::Secret(file),
            place,
            logs: logs.to_vec(),
            country: None,
            history_days: Some(60),
            every: Duration::from_hours(1),
            overlap_days: 3,
            requests_per_minute: 10_000,
            ca_file: None,
        };
        let target: Arc<dyn Engine> = Arc::new(MemoryEngine::new());
        Bench { server, proxy, target, settings, _folder: folder }
    }

    /// Pulls until nothing is due.
    pub(crate) fn pull(&self) -> Events {
        let (log, outcome) = self.try_pull();
        assert!(matches!(outcome, Ok(Round::Done(_))), "{outcome:?}");
        log
    }

    /// Pulls on a thread of its own, since it blocks.
    pub(crate) fn try_pull(&self) -> (Events, Result<Round, PullError>) {
        self.blocking(|network, time| {
            let mut log = Events::default();
            let mut rejected = Vec::new();
            let outcome = Puller::open(&self.settings, &self.target, network, time).and_then(|mut puller| {
                puller.round(&mut Rejected(&mut rejected), &mut log, &AtomicBool::new(false))
            });
            log.rejected = rejected;
            (log, outcome)
        })
    }

    pub(crate) fn check(&self) -> Vec<Finding> {
        self.blocking(|network, time| check::check(&self.settings, network, time, &AtomicBool::new(false)))
    }

    pub(crate) fn status(&self) -> Vec<LogStatus> {
        let now = of_timestamp(self.server.clock.now());
        status::of_settings(&self.settings, Arc::clone(&self.target), now).unwrap()
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, hours: i64) {
        self.server.clock.advance(SignedDuration::from_hours(hours));
    }

    /// Fails unless each row is there and here, value by value.
    pub(crate) fn assert_equal(&self) {
        for log in &self.settings.logs {
            let (there, here) = (rows(self.server.engine.as_ref(), log), rows(self.target.as_ref(), log));
            let count = |batches: &[Rows]| batches.iter().map(Rows::len).sum::<usize>();
            assert_eq!(count(&there), count(&here), "{}", log.name);
            for (there, here) in there.iter().zip(&here) {
                assert_eq!(there.batch(), here.batch(), "{}", log.name);
            }
        }
    }

    /// The network must be used and dropped outside of the test's runtime.
    fn blocking<T: Send>(&self, work: impl FnOnce(&Network, &ServerTime) -> T + Send) -> T {
        let time = ServerTime(self.server.clock.clone());
        std::thread::scope(|scope| {
            scope
                .spawn(|| {
                    let network = Network::new(None, true).unwrap();
                    work(&network, &time)
                })
                .join()
                .unwrap()
        })
    }
}

fn rows(engine: &dyn Engine, log: &'static Log) -> Vec<Rows> {
    let selection = Selection::all(log, TimeRange::ALL);
    let mut batches = Vec::new();
    let query = ScanQuery { selection, skip: 0, limit: None, watermark: None };
    engine
        .tenant(TENANT)
        .scan(&query, &mut |rows| {
            batches.push(rows);
            ControlFlow::Continue(())
        })
        .unwrap();
    batches
}
