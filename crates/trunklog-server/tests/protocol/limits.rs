//! Who has to wait, and who comes in vain.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::time::{sleep, timeout};
use trunklog_identity::Role;
use trunklog_odata::Instant;
use trunklog_records::{Log, Rows, TenantId};
use trunklog_server::ThrottleLimits;
use trunklog_store::{
    AppendCounts, Error, ErrorKind, OldRows, Page, PageQuery, Result, Selection, Store, Watermark,
};
use trunklog_testkit::{StandIn, TENANT, TestServer, call_path};

use super::{all, throttled};

#[tokio::test]
async fn who_waits_as_long_as_told_is_admitted() {
    let (server, token) = throttled(1).await;
    assert_eq!(server.get(&all(), &token).await.status, 200);
    for (after, wait) in [(0, "60"), (20, "40"), (39, "1")] {
        server.clock.advance(SignedDuration::from_secs(after));
        let refused = server.get(&all(), &token).await;
        assert_eq!((refused.status, refused.code().as_deref()), (429, Some("TooManyRequests")));
        assert_eq!(refused.message().as_deref(), Some("Please retry again later."));
        assert_eq!(refused.header("retry-after"), wait);
    }
    // A fault of the client's is no reason to count.
    assert_eq!(server.get(&call_path("", ""), &token).await.status, 400);
    server.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(server.get(&all(), &token).await.status, 200);
    let poor = server.token_of(TENANT, &[]).await;
    assert_eq!(server.get(&all(), &poor).await.status, 403);
    let other = TenantId::new(uuid::Uuid::from_u128(0x7e57_0000_0000_4000_8000_0000_0000_0002));
    let other = server.token_of(other, &[Role::CallRecordsReadAll]).await;
    assert_eq!(server.get(&all(), &other).await.status, 200);
}

/// A store that keeps a page back until it is let go.
struct BlockedStore {
    entered: Sender<()>,
    release: Mutex<Receiver<()>>,
}

impl Store for BlockedStore {
    trunklog_store_kit::only_pages!();

    fn append(&self, _: &Rows) -> Result<AppendCounts> {
        Ok(AppendCounts::default())
    }

    fn page(&self, _: &PageQuery) -> Result<Page> {
        self.entered.send(()).unwrap();
        self.release.lock().unwrap().recv().unwrap();
        Err(Error::new(ErrorKind::Recovering, "the test's store has no pages"))
    }

    fn count(&self, _: &Selection, _: Option<Watermark>) -> Result<u64> {
        Ok(0)
    }

    fn forget(&self, _: &'static Log, _: Instant) -> Result<u64> {
        Ok(0)
    }

    fn forgettable(&self, _: &'static Log, _: Instant) -> Result<OldRows> {
        Ok(OldRows::default())
    }
}

#[tokio::test]
async fn a_busy_server_says_503_and_not_429() {
    let (entered, enters) = channel();
    let (releases, release) = channel();
    let blocked: Arc<dyn Store> = Arc::new(BlockedStore { entered, release: Mutex::new(release) });
    let server = TestServer::builder()
        .engine(StandIn::new(move || Arc::clone(&blocked)))
        .settings(|settings| {
            settings.throttle = Some(ThrottleLimits::default());
            settings.limits.store_workers = 1;
            settings.limits.store_queue = 0;
        })
        .start();
    let token = server.token().await;
    let target = all();
    let meanwhile = async {
        while enters.try_recv().is_err() {
            sleep(Duration::from_millis(1)).await;
        }
        let answer = server.get(&target, &token).await;
        releases.send(()).unwrap();
        answer
    };
    let both = async { tokio::join!(server.get(&target, &token), meanwhile) };
    let (_, refused) = timeout(Duration::from_secs(30), both).await.unwrap();
    assert_eq!((refused.status, refused.code().as_deref()), (503, Some("ServiceUnavailable")));
    assert_eq!(refused.header("retry-after"), "1");
    assert!(refused.json()["error"]["innerError"].get("code").is_none());
}
