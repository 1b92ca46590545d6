//! Certificates: the operator's own, or from a local CA made on first start.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io::Write;
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::extensions::GeneralName;

use crate::error::ServeError;

const CA_DAYS: i64 = 20 * 365;
/// Clients refuse server certificates that live longer than 398 days.
const LEAF_DAYS: i64 = 397;
const RENEW_DAYS: i64 = 30;
const LOCAL_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// A certificate with its key, ready to serve HTTP/2 and HTTP/1.1.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
}

impl Tls {
    /// The operator's own certificate chain and key, both PEM.
    ///
    /// # Errors
    /// When a file cannot be read, or the two do not belong together.
    pub fn from_files(cert: &Path, key: &Path) -> Result<Tls, ServeError> {
        let chain = certificates(cert)?;
        let key_der = PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|error| invalid(key, error))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| invalid(cert, error))?
            .with_no_client_auth()
            .with_single_cert(chain, key_der)
            .map_err(|error| invalid(cert, error))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Tls { config: Arc::new(config) })
    }

    /// A certificate for this machine and `names` from a CA in `dir`, whose
    /// `ca.pem` clients are told to trust. What is there is used again; the
    /// certificate is renewed when it expires soon or the names changed.
    ///
    /// # Errors
    /// When files cannot be read or written, or a name cannot be one.
    pub fn local_ca(dir: &Path, names: &[String]) -> Result<Tls, ServeError> {
        let names = normal_names(names);
        let (cert, key) = (dir.join("server.pem"), dir.join("server.key"));
        if serves(&cert, &names)
            && let Ok(tls) = Tls::from_files(&cert, &key)
        {
            return Ok(tls);
        }
        fs::create_dir_all(dir).map_err(|source| ServeError::File { path: dir.to_owned(), source })?;
        issue(dir, &names)?;
        tracing::info!(certificate = %cert.display(), "made a certificate from the local CA");
        Tls::from_files(&cert, &key)
    }

    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

/// When the first certificate in a PEM file expires.
///
/// # Errors
/// When the file cannot be read or holds no certificate.
pub fn certificate_expiry(path: &Path) -> Result<Timestamp, ServeError> {
    inspect(path).map(|(expiry, _)| expiry)
}

/// Expiry and names of the first certificate in a file.
fn inspect(path: &Path) -> Result<(Timestamp, BTreeSet<String>), ServeError> {
    let chain = certificates(path)?;
    let first = chain.first().ok_or_else(|| invalid(path, "it holds no certificate"))?;
    let (_, certificate) =
        x509_parser::parse_x509_certificate(first).map_err(|error| invalid(path, error))?;
    let expiry = Timestamp::from_second(certificate.validity().not_after.timestamp())
        .map_err(|error| invalid(path, error))?;
    let extension = certificate.subject_alternative_name().map_err(|error| invalid(path, error))?;
    let names = extension.iter().flat_map(|extension| &extension.value.general_names);
    Ok((expiry, names.filter_map(name_text).collect()))
}

fn name_text(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let v6 = <[u8; 16]>::try_from(*bytes).map(IpAddr::from);
            v4.or(v6).ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

/// Whether the certificate is for exactly these names and lasts a while.
fn serves(cert: &Path, names: &BTreeSet<String>) -> bool {
    inspect(cert).is_ok_and(|(expiry, found)| found == *names && expiry > in_days(RENEW_DAYS))
}

fn normal_names(names: &[String]) -> BTreeSet<String> {
    let own = LOCAL_NAMES.into_iter().map(str::to_owned);
    own.chain(names.iter().map(|name| match name.trim().parse::<IpAddr>() {
        Ok(address) => address.to_string(),
        Err(_) => name.trim().to_ascii_lowercase(),
    }))
    .filter(|name| !name.is_empty())
    .collect()
}

/// Writes a new certificate, and a new CA when there is none. Keys come first:
/// a crash in between leaves a pair that does not match, which is noticed.
fn issue(dir: &Path, names: &BTreeSet<String>) -> Result<(), ServeError> {
    let (ca_path, ca_key_path) = (dir.join("ca.pem"), dir.join("ca.key"));
    let refuse = |error: rcgen::Error| invalid(&ca_path, error);
    let (ca_pem, ca_key) = if ca_path.exists() {
        let pem = read_text(&ca_path)?;
        (pem, KeyPair::from_pem(&read_text(&ca_key_path)?).map_err(|error| invalid(&ca_key_path, error))?)
    } else {
        let key = KeyPair::generate().map_err(refuse)?;
        let pem = ca_params().self_signed(&key).map_err(refuse)?.pem();
        write(&ca_key_path, key.serialize_pem().as_bytes(), 0o600)?;
        write(&ca_path, pem.as_bytes(), 0o644)?;
        (pem, key)
    };
    let issuer = Issuer::from_ca_cert_pem(&ca_pem, ca_key).map_err(refuse)?;
    let path = dir.join("server.pem");
    let key = KeyPair::generate().map_err(|error| invalid(&path, error))?;
    let leaf = leaf_params(names)
        .and_then(|params| params.signed_by(&key, &issuer))
        .map_err(|error| invalid(&path, error))?;
    write(&dir.join("server.key"), key.serialize_pem().as_bytes(), 0o600)?;
    write(&path, format!("{}{ca_pem}", leaf.pem()).as_bytes(), 0o644)
}

fn ca_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Trunklog local CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_validity(&mut params, CA_DAYS);
    params
}

fn leaf_params(names: &BTreeSet<String>) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names.iter().cloned().collect::<Vec<_>>())?;
    params.distinguished_name.push(DnType::CommonName, "Trunklog");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    set_validity(&mut params, LEAF_DAYS);
    Ok(params)
}

/// From yesterday, for clients whose clock is behind, for that many days.
fn set_validity(params: &mut CertificateParams, days: i64) {
    let day = |offset: i64| {
        let date = in_days(offset).to_zoned_datetime(TimeZone::UTC).date();
        let part = |value: i8| u8::try_from(value).unwrap_or(1);
        date_time_ymd(i32::from(date.year()), part(date.month()), part(date.day()))
    };
    params.not_before = day(-1);
    params.not_after = day(days - 1);
}

fn in_days(days: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(24 * days)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, ServeError> {
    CertificateDer::pem_slice_iter(&read(path)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| invalid(path, error))
}

fn read(path: &Path) -> Result<Vec<u8>, ServeError> {
    fs::read(path).map_err(|source| ServeError::File { path: path.to_owned(), source })
}

fn read_text(path: &Path) -> Result<String, ServeError> {
    fs::read_to_string(path).map_err(|source| ServeError::File { path: path.to_owned(), source })
}

/// Replaces a file in one step, readable as `mode` says from the start.
fn write(path: &Path, content: &[u8], mode: u32) -> Result<(), ServeError> {
    let fresh = path.with_extension(format!("new.{}", std::process::id()));
    let written = || {
        if fresh.exists() {
            fs::remove_file(&fresh)?;
        }
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&fresh)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    };
    written().map_err(|source| ServeError::File { path: path.to_owned(), source })
}

fn invalid(path: &Path, reason: impl fmt::Display) -> ServeError {
    ServeError::Certificate { path: path.to_owned(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_local_ca_is_used_again_and_follows_the_names() {
        let dir = tempfile::tempdir().unwrap();
        Tls::local_ca(dir.path(), &["a.example".to_owned()]).unwrap();
        let text = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
        let (ca, server) = (text("ca.pem"), text("server.pem"));
        Tls::local_ca(dir.path(), &["A.example".to_owned()]).unwrap();
        assert_eq!((text("ca.pem"), text("server.pem")), (ca.clone(), server.clone()));
        Tls::local_ca(dir.path(), &["b.example".to_owned(), "10.0.0.1".to_owned()]).unwrap();
        assert_eq!(text("ca.pem"), ca);
        assert_ne!(text("server.pem"), server);
        let (expiry, names) = inspect(&dir.path().join("server.pem")).unwrap();
        assert!(expiry > in_days(390) && expiry < in_days(398));
        assert_eq!(names, normal_names(&["10.0.0.1".to_owned(), "b.example".to_owned()]));
        for key in ["ca.key", "server.key"] {
            let mode = fs::metadata(dir.path().join(key)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{key}");
        }
    }
}
