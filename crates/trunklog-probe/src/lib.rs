//! Looks whether an SBC answers us: its certificate, and SIP OPTIONS over TLS.
//!
//! An SBC may answer Microsoft and not us: many let only Microsoft's addresses in,
//! or ask for a certificate that we do not have. So nothing here says that one is
//! down; it says what came back ([`NoAnswer`]).
//!
//! A probe is one connection and one request, bounded in time and bytes. It accepts
//! every certificate, since it is there to look at it; it sends nothing secret, and
//! believes nothing of what comes back. It connects to no address of this machine
//! or of its own network segment ([`NoAnswer::AddressRefused`]), whatever a name
//! says.
//!
//! This crate must not know where names come from, who asks, or what time it is.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod address;
mod connection;
mod sip;
mod witness;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio::time::Instant;
use trunklog_trunks::{Finding, NoAnswer};

/// Looks at SBCs.
///
/// ```
/// use std::time::Duration;
/// use trunklog_probe::Prober;
/// use trunklog_trunks::Finding;
///
/// async fn look() -> Finding {
///     let prober = Prober::new(Duration::from_secs(10), None);
///     prober.probe("sbc1.contoso.example", 5061).await
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Prober {
    /// How long all of a probe may take.
    limit: Duration,
    /// What we call ourselves; None for our address.
    own_name: Option<String>,
    provider: Arc<CryptoProvider>,
    /// Checks certificates; None where this machine trusts nobody.
    verifier: Option<Arc<WebPkiServerVerifier>>,
}

impl Prober {
    /// Reads the list of issuers that this machine trusts, which blocks for a
    /// moment. `own_name` is what we call ourselves to SBCs.
    pub fn new(limit: Duration, own_name: Option<String>) -> Prober {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        // What cannot be read is as if it were not there: certificates are then said
        // to be of an unknown issuer, or unchecked.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().ok();
        Prober { limit, own_name, provider, verifier }
    }

    /// Looks at one SBC.
    pub async fn probe(&self, host: &str, port: u16) -> Finding {
        let deadline = Instant::now() + self.limit;
        match address::of(host, port, deadline).await {
            Ok(addresses) => self.probe_until(host, &addresses, deadline).await,
            Err(none) => Finding { certificate: None, answer: Err(none) },
        }
    }

    /// Looks at one SBC at an address that is known.
    pub async fn probe_at(&self, host: &str, address: SocketAddr) -> Finding {
        self.probe_until(host, &[address], Instant::now() + self.limit).await
    }

    async fn probe_until(&self, host: &str, addresses: &[SocketAddr], deadline: Instant) -> Finding {
        let mut finding = Finding { certificate: None, answer: Err(NoAnswer::NoConnection) };
        for (at, address) in addresses.iter().enumerate() {
            // The time that is left is shared by the addresses that are left.
            let left = deadline.saturating_duration_since(Instant::now());
            let shares = u32::try_from(addresses.len() - at).unwrap_or(u32::MAX);
            let until = Instant::now() + left / shares.max(1);
            finding = connection::probe(self, host, *address, until).await;
            let is_elsewhere = matches!(finding.answer, Err(NoAnswer::Refused | NoAnswer::NoConnection));
            if !is_elsewhere {
                break;
            }
        }
        finding
    }
}
