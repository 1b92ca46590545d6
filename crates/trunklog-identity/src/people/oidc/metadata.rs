//! What a provider publishes about itself (OpenID Connect Discovery 1.0).

use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::Result;
use crate::verifier::Fetcher;

/// After how long it is asked for again.
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// How long one that could not be fetched is not tried again.
const AFTER_FAILURE: SignedDuration = SignedDuration::from_secs(5);

/// As the provider writes it.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// What a sign-in needs to know of a provider.
#[derive(Debug)]
pub(super) struct Metadata {
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    /// Whether secrets go into the form; otherwise into a header.
    pub(super) takes_secret_in_form: bool,
    /// Whether it promises to name itself in its answers (RFC 9207).
    pub(super) names_itself: bool,
}

/// Asks for it when it is needed.
pub(super) struct MetadataSource {
    issuer: String,
    address: Url,
    fetcher: Fetcher,
    known: RwLock<Known>,
    /// One asks at a time, and the others wait for what comes of it.
    turn: Semaphore,
}

#[derive(Default)]
struct Known {
    metadata: Option<(Timestamp, Arc<Metadata>)>,
    failure: Option<(Timestamp, String)>,
}

impl MetadataSource {
    pub(super) fn new(issuer: String, fetcher: Fetcher, address: &str) -> Result<MetadataSource> {
        let address = fetcher.checked_url(address)?;
        Ok(MetadataSource { issuer, address, fetcher, known: RwLock::default(), turn: Semaphore::new(1) })
    }

    /// What the provider publishes, an hour old at most unless it cannot be
    /// reached.
    ///
    /// # Errors
    /// Why there is none, for the log.
    pub(super) async fn get(&self, now: Timestamp) -> Result<Arc<Metadata>, String> {
        if let Some(outcome) = self.known_at(now) {
            return outcome;
        }
        let _turn = self.turn.acquire().await.map_err(|_| "nobody may ask any more".to_owned())?;
        // Whoever had the turn before may have found out.
        if let Some(outcome) = self.known_at(now) {
            return outcome;
        }
        let outcome = self.fetch().await;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                *known = Known { metadata: Some((now, Arc::clone(&metadata))), failure: None };
                Ok(metadata)
            }
            Err(reason) => {
                known.failure = Some((now, reason.clone()));
                // What was true an hour ago mostly still is.
                known.metadata.as_ref().map(|(_, metadata)| Arc::clone(metadata)).ok_or(reason)
            }
        }
    }

    /// What is known without asking; None if it has to be asked for.
    fn known_at(&self, now: Timestamp) -> Option<Result<Arc<Metadata>, String>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let is_within = |since: Timestamp, period| now.duration_since(since).abs() < period;
        if let Some((since, metadata)) = &known.metadata
            && is_within(*since, STALE_AFTER)
        {
            return Some(Ok(Arc::clone(metadata)));
        }
        let (since, reason) = known.failure.as_ref()?;
        if !is_within(*since, AFTER_FAILURE) {
            return None;
        }
        let last = known.metadata.as_ref().map(|(_, metadata)| Arc::clone(metadata));
        Some(last.ok_or_else(|| reason.clone()))
    }

    async fn fetch(&self) -> Result<Metadata, String> {
        let document = self.fetcher.get(self.address.clone()).await?;
        let document: Document = serde_json::from_slice(&document)
            .map_err(|_| "its metadata are not JSON with issuer and endpoints".to_owned())?;
        if document.issuer != self.issuer {
            return Err(format!("its metadata are those of {:?}, set that as issuer", document.issuer));
        }
        let endpoint = |address: &str| self.fetcher.checked_url(address).map_err(|error| error.to_string());
        let methods = &document.token_endpoint_auth_methods_supported;
        Ok(Metadata {
            authorization_endpoint: endpoint(&document.authorization_endpoint)?,
            token_endpoint: endpoint(&document.token_endpoint)?,
            takes_secret_in_form: methods.iter().any(|method| method == "client_secret_post"),
            names_itself: document.authorization_response_iss_parameter_supported,
        })
    }
}
