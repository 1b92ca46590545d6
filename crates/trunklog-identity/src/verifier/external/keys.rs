//! The keys an external issuer publishes, fetched when they are needed.
//!
//! Rules: a key that is known is used without asking; an unknown one costs at
//! most one fetch a minute, however many requests name one; requests that come
//! meanwhile wait for that fetch; and if the issuer cannot be reached, the keys
//! known before go on working.

use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use serde::Deserialize;
use tokio::sync::watch;

use super::names::Names;
use crate::Clock;
use crate::verifier::fetch::Fetcher;
use crate::verifier::key_set::{self, KeySet, VerifyingKey};

const BETWEEN_FETCHES: SignedDuration = SignedDuration::from_secs(60);

/// When keys are asked for again although all are known, so that one the issuer
/// withdrew is not trusted for ever. Source: Microsoft's advice for Entra.
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// The keys of one issuer.
pub(super) struct PublishedKeys {
    issuer: String,
    metadata: Url,
    fetcher: Fetcher,
    names: Names,
    clock: Clock,
    state: RwLock<State>,
    fetches: Mutex<Fetches>,
}

#[derive(Default)]
struct State {
    keys: KeySet,
    fetched: Option<Timestamp>,
    /// Hash of the document the keys are from.
    document: [u8; 32],
    generation: u64,
}

#[derive(Default)]
struct Fetches {
    last: Option<Timestamp>,
    /// Closed when the fetch that was started last has ended, however it did.
    under_way: Option<watch::Receiver<()>>,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

impl PublishedKeys {
    pub(super) fn new(
        issuer: String,
        metadata: Url,
        fetcher: Fetcher,
        names: Names,
        clock: Clock,
    ) -> PublishedKeys {
        let (state, fetches) = (RwLock::default(), Mutex::default());
        PublishedKeys { issuer, metadata, fetcher, names, clock, state, fetches }
    }

    /// The key with that id. If it is unknown, fetches first.
    pub(super) async fn get(self: &Arc<Self>, kid: &str, now: Timestamp) -> Option<Arc<VerifyingKey>> {
        if let Some(key) = self.known(kid) {
            if self.is_stale(now) {
                // Nobody has to wait for it: the key is good until withdrawn.
                self.begin(now);
            }
            return Some(key);
        }
        self.refresh(now).await;
        self.known(kid)
    }

    /// Fetches the keys, unless that was done within the last minute. Waits for
    /// a fetch under way.
    pub(super) async fn refresh(self: &Arc<Self>, now: Timestamp) {
        if let Some(mut under_way) = self.begin(now) {
            // Nothing is ever sent: the error is that the fetch has ended.
            let _ = under_way.changed().await;
        }
    }

    /// Grows whenever other keys are published.
    pub(super) fn generation(&self) -> u64 {
        self.read().generation
    }

    /// Starts a fetch unless one is under way or was just made, and tells what
    /// to wait for. The fetch is a separate task: it goes on when the request
    /// that started it is given up.
    fn begin(self: &Arc<Self>, now: Timestamp) -> Option<watch::Receiver<()>> {
        let mut fetches = self.fetches.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(under_way) = &fetches.under_way
            && under_way.has_changed().is_ok()
        {
            return Some(under_way.clone());
        }
        if fetches.last.is_some_and(|last| now.duration_since(last).abs() < BETWEEN_FETCHES) {
            return None;
        }
        let (ended, under_way) = watch::channel(());
        fetches.last = Some(now);
        fetches.under_way = Some(under_way.clone());
        let keys = Arc::clone(self);
        tokio::spawn(async move {
            keys.fetch().await;
            drop(ended);
        });
        Some(under_way)
    }

    async fn fetch(&self) {
        match self.download().await {
            Ok((document, keys)) => self.install(document, keys),
            Err(reason) => {
                tracing::warn!(issuer = %self.issuer, reason, "the keys of a token issuer cannot be fetched");
            }
        }
    }

    async fn download(&self) -> Result<([u8; 32], KeySet), String> {
        let metadata = self.fetcher.get(self.metadata.clone()).await?;
        let metadata: Metadata = serde_json::from_slice(&metadata)
            .map_err(|_| "its metadata are not JSON with issuer and jwks_uri".to_owned())?;
        if !self.names.match_metadata(&metadata.issuer) {
            return Err(format!("its metadata are those of {:?}, add that to the accepted", metadata.issuer));
        }
        let url = self.fetcher.checked_url(&metadata.jwks_uri).map_err(|error| error.to_string())?;
        let document = self.fetcher.get(url).await?;
        let keys = key_set::read(&document).ok_or_else(|| "it publishes no usable key".to_owned())?;
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, &document).as_ref());
        Ok((hash, keys))
    }

    fn install(&self, document: [u8; 32], keys: KeySet) {
        let now = (self.clock)();
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.fetched = Some(now);
        if state.document != document {
            tracing::info!(issuer = %self.issuer, keys = keys.len(), "a token issuer publishes other keys");
            state.document = document;
            state.keys = keys;
            state.generation += 1;
        }
    }

    fn known(&self, kid: &str) -> Option<Arc<VerifyingKey>> {
        self.read().keys.get(kid).cloned()
    }

    fn is_stale(&self, now: Timestamp) -> bool {
        self.read().fetched.is_none_or(|fetched| now.duration_since(fetched).abs() > STALE_AFTER)
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}
