//! Fetching an issuer's documents.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Certificate, Client, Response, StatusCode, Url, redirect};
use trunklog_errors::with_causes;

use super::transport::Transport;
use crate::{Error, ErrorKind, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);

/// Entra's largest document, the keys with their certificates, has about 20 KiB.
const MAX_BODY_BYTES: usize = 512 * 1024;

/// A client for one issuer: no redirects, short timeouts, small bodies.
pub(crate) struct Fetcher {
    client: Client,
    transport: Transport,
}

impl Fetcher {
    /// # Errors
    /// [`ErrorKind::Io`] or [`ErrorKind::Configuration`] if the CA file cannot
    /// be read or used.
    pub(crate) fn new(transport: Transport, ca_file: Option<&Path>) -> Result<Fetcher> {
        let mut builder = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .redirect(redirect::Policy::none());
        if transport == Transport::HttpsOrPlainLoopback {
            // A proxy for the outside world cannot reach this machine's loopback.
            builder = builder.no_proxy();
        }
        if let Some(path) = ca_file {
            builder = builder.tls_certs_merge(certificates(path)?);
        }
        let client = builder.build().map_err(|error| {
            Error::because(ErrorKind::Configuration, "no HTTPS client for token issuers can be made", error)
        })?;
        Ok(Fetcher { client, transport })
    }

    /// The address, if documents may be fetched from it.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] unless it is https, or plain http on this
    /// machine where that is allowed.
    pub(crate) fn checked_url(&self, text: &str) -> Result<Url> {
        let refuse =
            |what: &str| Error::new(ErrorKind::Configuration, format!("the address {text:?} {what}"));
        let url = Url::parse(text).map_err(|_| refuse("of a token issuer is not an absolute address"))?;
        match (url.scheme(), self.transport) {
            ("https", _) => Ok(url),
            ("http", Transport::HttpsOrPlainLoopback) if is_loopback(&url) => Ok(url),
            _ => Err(refuse("of a token issuer has to start with https://")),
        }
    }

    /// The body of a 200.
    ///
    /// # Errors
    /// What went wrong, for the log.
    pub(crate) async fn get(&self, url: Url) -> Result<Vec<u8>, String> {
        let response = self.client.get(url).send().await.map_err(told)?;
        if response.status() != StatusCode::OK {
            return Err(format!("the answer has status {}", response.status().as_u16()));
        }
        body_of(response).await
    }

    /// Posts a form, and gives status and body of whatever is the answer. `basic`
    /// is the value of an `Authorization` header.
    ///
    /// # Errors
    /// What went wrong, for the log.
    pub(crate) async fn post(
        &self,
        url: Url,
        form: String,
        basic: Option<HeaderValue>,
    ) -> Result<(StatusCode, Vec<u8>), String> {
        let mut request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(form);
        if let Some(basic) = basic {
            request = request.header(AUTHORIZATION, basic);
        }
        let response = request.send().await.map_err(told)?;
        let status = response.status();
        Ok((status, body_of(response).await?))
    }
}

async fn body_of(mut response: Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(told)? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(format!("the answer is larger than {MAX_BODY_BYTES} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn certificates(path: &Path) -> Result<Vec<Certificate>> {
    let pem = std::fs::read(path).map_err(|error| {
        Error::new(ErrorKind::Io, format!("the CA file {} cannot be read: {error}", path.display()))
    })?;
    let refuse =
        |what: &str| Error::new(ErrorKind::Configuration, format!("the CA file {} {what}", path.display()));
    let certificates =
        Certificate::from_pem_bundle(&pem).map_err(|_| refuse("holds no certificates in PEM form"))?;
    if certificates.is_empty() {
        return Err(refuse("holds no certificate"));
    }
    Ok(certificates)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// reqwest's own text tells little; its causes tell why.
fn told(error: reqwest::Error) -> String {
    with_causes(&error).to_string()
}
