//! How an application proves who it is: by a secret, or by what a certificate's key
//! signs (RFC 7523, section 2.2).

use std::fmt;
use std::fs;
use std::io::Read;
use std::path::Path;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use aws_lc_rs::signature::{KeyPair, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde::Serialize;
use trunklog_odata::Instant;
use uuid::Uuid;

use crate::fault::{Fault, FaultKind};
use crate::settings::CredentialFiles;

/// How long an assertion is valid, in seconds. It is used at once.
const ASSERTION_SECS: i64 = 600;

const PEM_LINE: usize = 64;

/// How much of a file is read.
const MOST_BYTES: u64 = 64 << 10;

/// What an application signs in with. It is read from its files each time, so that
/// a new secret needs no restart.
pub enum Credential {
    /// A secret.
    Secret(String),
    /// A certificate with its key.
    Certificate(Certificate),
}

/// A certificate with its key.
pub struct Certificate {
    der: Vec<u8>,
    key: EncodingKey,
    /// When it ends.
    pub ends: Instant,
}

impl Credential {
    /// Reads the files.
    ///
    /// # Errors
    /// When one cannot be read, or is not what it should be.
    pub fn read(files: &CredentialFiles) -> Result<Credential, Fault> {
        match files {
            CredentialFiles::Secret(path) => {
                let text = String::from_utf8(read(path)?).map_err(|_| unusable(path, "is not text"))?;
                let secret = text.trim_start_matches('\u{feff}').trim();
                if secret.is_empty() {
                    return Err(unusable(path, "is empty"));
                }
                if secret.lines().count() > 1 {
                    return Err(unusable(path, "has several lines: it must hold the secret's value alone"));
                }
                Ok(Credential::Secret(secret.to_owned()))
            }
            CredentialFiles::Certificate { certificate, key } => {
                Certificate::read(certificate, key).map(Credential::Certificate)
            }
        }
    }

    /// When it ends, where that can be told.
    pub fn ends(&self) -> Option<Instant> {
        match self {
            Credential::Secret(_) => None,
            Credential::Certificate(certificate) => Some(certificate.ends),
        }
    }

    /// The members of the form that asks for a token.
    ///
    /// # Errors
    /// When the key does not sign.
    pub fn members(
        &self,
        client_id: &str,
        audience: &str,
        now: Instant,
    ) -> Result<Vec<(&'static str, String)>, Fault> {
        match self {
            Credential::Secret(secret) => Ok(vec![("client_secret", secret.clone())]),
            Credential::Certificate(certificate) => Ok(vec![
                (
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned(),
                ),
                ("client_assertion", certificate.assertion(client_id, audience, now)?),
            ]),
        }
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    iss: &'a str,
    sub: &'a str,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl Certificate {
    fn read(certificate: &Path, key: &Path) -> Result<Certificate, Fault> {
        let pem = read(certificate)?;
        let der = CertificateDer::from_pem_slice(&pem)
            .map_err(|_| unusable(certificate, "holds no certificate in PEM form"))?
            .to_vec();
        let (_, parsed) = x509_parser::parse_x509_certificate(&der)
            .map_err(|_| unusable(certificate, "holds no X.509 certificate"))?;
        let ends = Instant::from_unix_secs(parsed.validity().not_after.timestamp()).unwrap_or(Instant::MAX);
        let key_pem = read(key)?;
        let key_der = PrivateKeyDer::from_pem_slice(&key_pem)
            .map_err(|_| unusable(key, "holds no private key in PEM form, or one with a password"))?;
        let pair = match &key_der {
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
            _ => return Err(unusable(key, "is no RSA key, which Entra ID needs")),
        }
        .map_err(|_| unusable(key, "is no RSA key of 2048 to 8192 bits, which Entra ID needs"))?;
        let (public, certified): (&[u8], &[u8]) =
            (pair.public_key().as_ref(), &parsed.public_key().subject_public_key.data);
        if public != certified {
            return Err(unusable(key, "is not the key of the certificate"));
        }
        let key = encoding_key(&key_der).ok_or_else(|| unusable(key, "cannot be used to sign"))?;
        Ok(Certificate { der, key, ends })
    }

    /// Source: learn.microsoft.com/entra/identity-platform/certificate-credentials.
    /// Both thumbprints are there, since older servers know only the first.
    fn assertion(&self, client_id: &str, audience: &str, now: Instant) -> Result<String, Fault> {
        let header = Header {
            x5t: Some(URL_SAFE_NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.der))),
            x5t_s256: Some(URL_SAFE_NO_PAD.encode(digest(&SHA256, &self.der))),
            ..Header::new(Algorithm::PS256)
        };
        let secs = now.ticks().div_euclid(Instant::TICKS_PER_SEC);
        let claims = Claims {
            aud: audience,
            iss: client_id,
            sub: client_id,
            jti: Uuid::new_v4().to_string(),
            iat: secs,
            nbf: secs,
            exp: secs + ASSERTION_SECS,
        };
        jsonwebtoken::encode(&header, &claims, &self.key)
            .map_err(|_| Fault::new(FaultKind::Credential).because("the certificate's key does not sign"))
    }
}

/// The key, as jsonwebtoken takes it: it looks at the first part of a PEM file
/// alone, which may be the certificate.
fn encoding_key(key: &PrivateKeyDer<'_>) -> Option<EncodingKey> {
    match key {
        PrivateKeyDer::Pkcs1(der) => Some(EncodingKey::from_rsa_der(der.secret_pkcs1_der())),
        PrivateKeyDer::Pkcs8(der) => {
            let mut pem = "-----BEGIN PRIVATE KEY-----".to_owned();
            for (at, letter) in STANDARD.encode(der.secret_pkcs8_der()).chars().enumerate() {
                if at.is_multiple_of(PEM_LINE) {
                    pem.push('\n');
                }
                pem.push(letter);
            }
            pem.push_str("\n-----END PRIVATE KEY-----\n");
            EncodingKey::from_rsa_pem(pem.as_bytes()).ok()
        }
        _ => None,
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Credential::Secret(_) => "Secret",
            Credential::Certificate(_) => "Certificate",
        })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    let mut content = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(MOST_BYTES).read_to_end(&mut content))
        .map_err(|error| unusable(path, &format!("cannot be read: {error}")))?;
    Ok(content)
}

fn unusable(path: &Path, what: &str) -> Fault {
    Fault::new(FaultKind::Credential).because(format!("{} {what}", path.display()))
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation};
    use serde_json::Value;

    use super::*;

    fn now() -> Instant {
        Instant::parse("2026-11-24T08:00:00Z").unwrap()
    }

    fn rsa() -> rcgen::KeyPair {
        rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap()
    }

    fn certificate(key: &rcgen::KeyPair) -> String {
        let mut params = rcgen::CertificateParams::new(vec!["puller.example".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(2027, 1, 1);
        params.self_signed(key).unwrap().pem()
    }

    #[test]
    fn a_certificate_signs_what_entra_checks() {
        let folder = tempfile::tempdir().unwrap();
        let key = rsa();
        let pem = certificate(&key);
        // Both may be in one file.
        let file = folder.path().join("both.pem");
        fs::write(&file, format!("{pem}{}", key.serialize_pem())).unwrap();
        let files = CredentialFiles::Certificate { certificate: file.clone(), key: file };
        let credential = Credential::read(&files).unwrap();
        assert_eq!(credential.ends(), Some(Instant::from_date(2027, 1, 1).unwrap()));
        let members = credential.members("app", "https://login.example/t/oauth2/v2.0/token", now()).unwrap();
        assert_eq!(members[0].0, "client_assertion_type");
        let assertion = &members[1].1;
        let header = jsonwebtoken::decode_header(assertion).unwrap();
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
        assert_eq!(header.x5t_s256, Some(URL_SAFE_NO_PAD.encode(digest(&SHA256, &der))));
        assert_eq!(header.x5t.unwrap().len(), 27);
        let mut validation = Validation::new(Algorithm::PS256);
        validation.validate_exp = false;
        validation.set_audience(&["https://login.example/t/oauth2/v2.0/token"]);
        let public = key.public_key_pem();
        let public = DecodingKey::from_rsa_pem(public.as_bytes()).unwrap();
        let claims = jsonwebtoken::decode::<Value>(assertion, &public, &validation).unwrap().claims;
        assert_eq!((claims["iss"].as_str(), claims["sub"].as_str()), (Some("app"), Some("app")));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap(), ASSERTION_SECS);
    }

    #[test]
    fn a_wrong_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str, content: &str| {
            let path = folder.path().join(name);
            fs::write(&path, content).unwrap();
            path
        };
        let told = |files: CredentialFiles| Credential::read(&files).unwrap_err().to_string();
        let missing = told(CredentialFiles::Secret(folder.path().join("none")));
        assert!(missing.contains("none cannot be read"), "{missing}");
        assert!(told(CredentialFiles::Secret(at("empty", " \n"))).contains("empty is empty"));
        assert!(told(CredentialFiles::Secret(at("two", "a\nb\n"))).contains("several lines"));
        let (key, other) = (rsa(), rsa());
        let pem = at("cert.pem", &certificate(&key));
        let of = |key| CredentialFiles::Certificate { certificate: pem.clone(), key };
        assert!(told(of(at("other.key", &other.serialize_pem()))).contains("not the key"));
        assert!(told(of(pem.clone())).contains("no private key"));
        let curve = rcgen::KeyPair::generate().unwrap();
        assert!(told(of(at("curve.key", &curve.serialize_pem()))).contains("RSA"));
    }

    #[test]
    fn a_secret_is_read_without_its_line_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "\u{feff}s3cr~t\r\n").unwrap();
        let credential = Credential::read(&CredentialFiles::Secret(path)).unwrap();
        assert_eq!(credential.members("a", "b", now()).unwrap(), [("client_secret", "s3cr~t".to_owned())]);
        assert_eq!(format!("{credential:?}"), "Secret");
    }
}
