//! What is seen of the other side while TLS begins.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use trunklog_trunks::{Certificate, TrustFault};

/// Notes the certificate that is shown, and whether one of ours is asked for. It
/// accepts every certificate, to be able to look further; that whoever shows one has
/// its key is checked all the same.
#[derive(Debug)]
pub(crate) struct Witness {
    provider: Arc<CryptoProvider>,
    verifier: Option<Arc<WebPkiServerVerifier>>,
    certificate: Mutex<Option<Certificate>>,
    was_asked: AtomicBool,
}

impl Witness {
    pub(crate) fn new(provider: Arc<CryptoProvider>, verifier: Option<Arc<WebPkiServerVerifier>>) -> Witness {
        Witness { provider, verifier, certificate: Mutex::new(None), was_asked: AtomicBool::new(false) }
    }

    /// The certificate that was shown.
    pub(crate) fn certificate(&self) -> Option<Certificate> {
        *self.certificate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it asked for a certificate of ours.
    pub(crate) fn was_asked(&self) -> bool {
        self.was_asked.load(Ordering::Relaxed)
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let (_, parsed) = x509_parser::parse_x509_certificate(end_entity)
            .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
        let fault = match &self.verifier {
            None => Some(TrustFault::Unchecked),
            Some(verifier) => verifier
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
                .err()
                .map(|error| fault_of(&error)),
        };
        let certificate = Certificate { ends: parsed.validity().not_after.timestamp(), fault };
        *self.certificate.lock().unwrap_or_else(PoisonError::into_inner) = Some(certificate);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl ResolvesClientCert for Witness {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.was_asked.store(true, Ordering::Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

fn fault_of(error: &Error) -> TrustFault {
    let Error::InvalidCertificate(error) = error else { return TrustFault::Other };
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => TrustFault::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => TrustFault::NotYet,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            TrustFault::OtherName
        }
        CertificateError::UnknownIssuer => TrustFault::UnknownIssuer,
        _ => TrustFault::Other,
    }
}
