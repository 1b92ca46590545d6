use std::time::Duration;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, crypto::aws_lc_rs};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use trunklog_trunks::{Certificate, TrustFault};

use super::*;

const HOST: &str = "sbc1.contoso.example";

/// 1 January 2027.
const ENDS: i64 = 1_798_761_600;

fn prober(limit: Duration) -> Prober {
    Prober::new(limit, Some("log.contoso.example".to_owned()))
}

fn patient() -> Prober {
    prober(Duration::from_mins(1))
}

/// A certificate for a name, until 2027.
fn certificate(name: &str) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    let certificate = params.self_signed(&key).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    (certificate.der().clone(), key)
}

/// A stand-in for an SBC that answers with that to the first request. It tells what
/// it was asked; nothing where there was no TLS.
async fn sbc(answer: &'static str, wants_certificate: bool) -> (SocketAddr, JoinHandle<Option<String>>) {
    let (certificate, key) = certificate(HOST);
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let builder = if wants_certificate {
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        builder.with_client_cert_verifier(verifier)
    } else {
        builder.with_no_client_auth()
    };
    let config = builder.with_single_cert(vec![certificate], key).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = TlsAcceptor::from(Arc::new(config)).accept(stream).await.ok()?;
        let mut asked = Vec::new();
        let mut piece = [0_u8; 1024];
        while !asked.ends_with(b"\r\n\r\n") {
            let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
            asked.extend_from_slice(&piece[..count]);
        }
        stream.write_all(answer.as_bytes()).await.ok()?;
        stream.shutdown().await.ok()?;
        String::from_utf8(asked).ok()
    });
    (address, served)
}

#[tokio::test]
async fn an_answer_is_told_with_the_certificate() {
    let (address, served) = sbc("SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", false).await;
    let finding = patient().probe_at(HOST, address).await;
    assert_eq!(finding.answer.map(|answer| answer.status), Ok(200));
    let Certificate { ends, fault } = finding.certificate.unwrap();
    assert_eq!(ends, ENDS);
    assert!(fault.is_some(), "nobody trusts it");
    assert_ne!(fault, Some(TrustFault::OtherName), "it is for that name");
    let asked = served.await.unwrap().unwrap();
    assert!(
        asked.starts_with(&format!("OPTIONS sip:{HOST}:{};transport=tls SIP/2.0\r\n", address.port())),
        "{asked}"
    );
    assert!(asked.contains("From: <sip:trunklog@log.contoso.example>;tag="), "{asked}");
}

#[tokio::test]
async fn any_status_is_an_answer() {
    let (address, _served) = sbc("SIP/2.0 403 Forbidden\r\n\r\n", false).await;
    let finding = patient().probe_at(HOST, address).await;
    assert_eq!(finding.answer.map(|answer| answer.status), Ok(403));
}

#[tokio::test]
async fn what_is_no_answer_to_us_is_told_apart() {
    for (answer, expected) in [("HTTP/1.1 400 Bad Request\r\n\r\n", NoAnswer::NoSip), ("", NoAnswer::Closed)]
    {
        let (address, _served) = sbc(answer, false).await;
        let finding = patient().probe_at(HOST, address).await;
        assert_eq!(finding.answer, Err(expected), "{answer}");
        assert!(finding.certificate.is_some());
    }
    let (address, _served) = sbc("SIP/2.0 200 OK\r\n\r\n", true).await;
    let finding = patient().probe_at(HOST, address).await;
    assert_eq!(finding.answer, Err(NoAnswer::WantsCertificate));
    assert_eq!(
        finding.certificate.map(|certificate| certificate.ends),
        Some(ENDS),
        "it is seen all the same"
    );
}

#[tokio::test]
async fn where_nobody_listens_it_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let finding = patient().probe_at(HOST, address).await;
    assert_eq!(finding, Finding { certificate: None, answer: Err(NoAnswer::Refused) });
}

#[tokio::test]
async fn who_says_nothing_ends_in_time() {
    // It takes the connection, and no more.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let finding = prober(Duration::from_millis(50)).probe_at(HOST, address).await;
    assert_eq!(finding, Finding { certificate: None, answer: Err(NoAnswer::NoTls) });
}
