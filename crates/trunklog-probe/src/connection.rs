//! One connection: TLS, the request, the answer.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use trunklog_trunks::{Answer, Finding, NoAnswer};

use crate::Prober;
use crate::sip::{self, Reading};
use crate::witness::Witness;

/// Looks at one address until then.
pub(crate) async fn probe(prober: &Prober, host: &str, address: SocketAddr, until: Instant) -> Finding {
    let witness = Arc::new(Witness::new(Arc::clone(&prober.provider), prober.verifier.clone()));
    let answer = ask(prober, host, address, until, &witness).await;
    let answer = match answer {
        // It ended the connection since we have no certificate.
        Err(NoAnswer::NoTls | NoAnswer::Closed) if witness.was_asked() => Err(NoAnswer::WantsCertificate),
        answer => answer,
    };
    Finding { certificate: witness.certificate(), answer }
}

async fn ask(
    prober: &Prober,
    host: &str,
    address: SocketAddr,
    until: Instant,
    witness: &Arc<Witness>,
) -> Result<Answer, NoAnswer> {
    let stream = match timeout_at(until, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => return Err(NoAnswer::Refused),
        Ok(Err(_)) | Err(_) => return Err(NoAnswer::NoConnection),
    };
    let local = stream.local_addr().map_err(|_| NoAnswer::NoConnection)?;
    let config = config(prober, witness).ok_or(NoAnswer::NoTls)?;
    let name = ServerName::try_from(host.to_owned()).map_err(|_| NoAnswer::NameNotFound)?;
    let connected = timeout_at(until, TlsConnector::from(Arc::new(config)).connect(name, stream)).await;
    let Ok(Ok(mut stream)) = connected else { return Err(NoAnswer::NoTls) };
    let own = match (&prober.own_name, local) {
        (Some(name), _) => name.clone(),
        (None, SocketAddr::V4(local)) => local.ip().to_string(),
        (None, SocketAddr::V6(local)) => format!("[{}]", local.ip()),
    };
    let asked = Instant::now();
    let request = sip::options(host, address.port(), &own, local);
    let answer = timeout_at(until, exchange(&mut stream, &request)).await;
    match answer {
        Err(_) => Err(NoAnswer::Silent),
        Ok(Err(_) | Ok(None)) => Err(NoAnswer::Closed),
        Ok(Ok(Some(Reading::Status(status)))) => {
            let millis = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
            Ok(Answer { status, millis })
        }
        Ok(Ok(Some(Reading::Unfinished | Reading::Other))) => Err(NoAnswer::NoSip),
    }
}

/// Sends the request and reads until the answer's status is known. None where the
/// other side closed before.
async fn exchange(stream: &mut TlsStream<TcpStream>, request: &str) -> io::Result<Option<Reading>> {
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut answer = Vec::with_capacity(1024);
    let mut piece = [0_u8; 1024];
    loop {
        let count = stream.read(&mut piece).await?;
        if count == 0 {
            return Ok(None);
        }
        answer.extend_from_slice(&piece[..count]);
        match sip::status(&answer) {
            Reading::Unfinished if answer.len() < sip::MOST_BYTES => {}
            reading => return Ok(Some(reading)),
        }
    }
}

/// What TLS is spoken with; None if the library cannot.
fn config(prober: &Prober, witness: &Arc<Witness>) -> Option<ClientConfig> {
    let builder = ClientConfig::builder_with_provider(Arc::clone(&prober.provider));
    let builder = builder.with_safe_default_protocol_versions().ok()?;
    let mut config = builder
        .dangerous()
        .with_custom_certificate_verifier(witness.clone())
        .with_client_cert_resolver(witness.clone());
    // Each probe sees the certificate anew.
    config.resumption = rustls::client::Resumption::disabled();
    Some(config)
}

#[cfg(test)]
mod tests;
