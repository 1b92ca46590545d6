//! The network: one request at a time, to its end.

use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use reqwest::{Certificate, Client, redirect};
use tokio::runtime::Runtime;
use trunklog_errors::with_causes;

use crate::fault::{Fault, FaultKind};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// How long nothing may come. A page of Graph's takes seconds to be made.
const STALL_TIMEOUT: Duration = Duration::from_secs(90);

/// How long one answer may take in all, also from a server that sends a byte a minute.
const TOTAL_TIMEOUT: Duration = Duration::from_mins(15);

/// How long a connection is used again after a request.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// The most bytes of a body, before and after decompression. A page of 10,000 rows
/// has some 8 MiB.
const MOST_BYTES: usize = 64 << 20;

/// How often a request looks whether it is to end.
const LOOK: Duration = Duration::from_millis(100);

/// Who asks, as the server's log may have it.
const AGENT: &str = concat!("trunklog/", env!("CARGO_PKG_VERSION"));

/// A request. It has a secret or a token in it, so it cannot be printed.
#[derive(Clone)]
pub struct Request {
    /// Where it goes.
    pub url: String,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// A form to post; None gets.
    pub form: Option<String>,
}

/// An answer, whatever its status. It has a token or rows in it, so it cannot be
/// printed.
#[derive(Clone, Default)]
pub struct Response {
    /// Its status.
    pub status: u16,
    /// Its headers, in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body, decompressed.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of that name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
    }
}

/// Sends requests.
pub trait Http: Send + Sync {
    /// Sends one and reads its answer to the end, unless `stop` is set meanwhile.
    ///
    /// # Errors
    /// Where there is no whole answer.
    fn send(&self, request: &Request, stop: &AtomicBool) -> Result<Response, Fault>;
}

/// Sends requests over the network, by way of `HTTPS_PROXY` where that is set. It
/// blocks, and must not be used from async code.
pub struct Network {
    client: Client,
    runtime: Runtime,
}

impl Network {
    /// A client that trusts the machine's certificates and those of a file. One for
    /// this machine alone passes by any proxy.
    ///
    /// # Errors
    /// When the file cannot be read or used.
    pub fn new(ca_file: Option<&Path>, is_on_this_machine: bool) -> Result<Network, Fault> {
        let unusable = |why: String| Fault::new(FaultKind::Credential).because(why);
        let mut builder = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(STALL_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            // Nothing looks after a connection between two requests.
            .pool_idle_timeout(IDLE_TIMEOUT)
            // The token goes to no other place.
            .redirect(redirect::Policy::none())
            .user_agent(AGENT);
        if is_on_this_machine {
            builder = builder.no_proxy();
        }
        if let Some(path) = ca_file {
            let named = |what: &str| unusable(format!("the CA file {} {what}", path.display()));
            let pem = std::fs::read(path).map_err(|error| named(&format!("cannot be read: {error}")))?;
            let certificates =
                Certificate::from_pem_bundle(&pem).map_err(|_| named("holds no certificates in PEM form"))?;
            if certificates.is_empty() {
                return Err(named("holds no certificate"));
            }
            builder = builder.tls_certs_merge(certificates);
        }
        let client = builder.build().map_err(|error| unusable(with_causes(&error).to_string()))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| unusable(error.to_string()))?;
        Ok(Network { client, runtime })
    }

    async fn exchange(&self, request: &Request) -> Result<Response, Fault> {
        let mut builder = match &request.form {
            None => self.client.get(&request.url).header("accept-encoding", "gzip"),
            Some(form) => self
                .client
                .post(&request.url)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.clone()),
        };
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let mut response = builder.send().await.map_err(network)?;
        let status = response.status().as_u16();
        let headers: Vec<(String, String)> = response
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
            .collect();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(network)? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = Response { status, headers, body };
        let is_gzip = response.header("content-encoding").is_some_and(|coding| coding == "gzip");
        if is_gzip {
            response.body = decompressed(&response.body)?;
        }
        Ok(response)
    }
}

impl Http for Network {
    fn send(&self, request: &Request, stop: &AtomicBool) -> Result<Response, Fault> {
        self.runtime.block_on(async {
            tokio::select! {
                outcome = self.exchange(request) => outcome,
                () = stopped(stop) => Err(Fault::new(FaultKind::Network).because("it was stopped")),
            }
        })
    }
}

/// The proxy that is used for https, without name and password.
pub fn proxy() -> Option<String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    names.into_iter().find_map(variable).map(|proxy| match proxy.rsplit_once('@') {
        Some((_, host)) => host.to_owned(),
        None => proxy,
    })
}

async fn stopped(stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        tokio::time::sleep(LOOK).await;
    }
}

fn decompressed(body: &[u8]) -> Result<Vec<u8>, Fault> {
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
    let mut out = Vec::new();
    MultiGzDecoder::new(body)
        .take(most + 1)
        .read_to_end(&mut out)
        .map_err(|_| Fault::new(FaultKind::Network).because("its compressed body is broken"))?;
    if out.len() > MOST_BYTES { Err(too_large()) } else { Ok(out) }
}

fn too_large() -> Fault {
    Fault::new(FaultKind::Other).because(format!("a body is larger than {} MiB", MOST_BYTES >> 20))
}

/// reqwest's own text tells little; its causes tell why. The address is left out:
/// links have values in them.
fn network(error: reqwest::Error) -> Fault {
    let error = error.without_url();
    let why = with_causes(&error).to_string();
    let kind = if why.contains("certificate") && error.is_connect() {
        FaultKind::Untrusted
    } else {
        FaultKind::Network
    };
    Fault::new(kind).because(why)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn bodies_are_decompressed_to_a_limit() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(b"rows").unwrap();
        let body = encoder.finish().unwrap();
        assert_eq!(decompressed(&body).unwrap(), b"rows");
        assert_eq!(decompressed(&body[..body.len() - 3]).unwrap_err().kind, FaultKind::Network);
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&vec![0; MOST_BYTES + 1]).unwrap();
        assert_eq!(decompressed(&encoder.finish().unwrap()).unwrap_err().kind, FaultKind::Other);
    }

    #[test]
    fn what_is_stopped_ends_at_once() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let network = Network::new(None, true).unwrap();
        let request = Request { url, headers: Vec::new(), form: None };
        let fault = network.send(&request, &AtomicBool::new(true)).err().unwrap();
        assert!(fault.to_string().contains("stopped"), "{fault}");
    }
}
