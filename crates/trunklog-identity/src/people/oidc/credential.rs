//! How this server proves to a provider to be the client that is registered there.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::HeaderValue;
use serde::Serialize;
use uuid::Uuid;

use super::metadata::Metadata;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ASSERTION_SECS: i64 = 300;
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// What proves it. `Debug` shows which of them it is.
#[derive(Clone)]
pub enum ClientCredential {
    /// A secret that both know.
    Secret(String),
    /// A key whose other half the provider knows (`private_key_jwt`).
    Key {
        /// The private key, RSA or P-256, in PEM form.
        private_key: Vec<u8>,
        /// Its certificate in PEM form, by which Entra knows it.
        certificate: Option<Vec<u8>>,
        /// The id by which other providers know it.
        key_id: Option<String>,
    },
}

impl fmt::Debug for ClientCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ClientCredential::Secret(_) => "Secret(..)",
            ClientCredential::Key { .. } => "Key { .. }",
        })
    }
}

/// The same, ready to use.
pub(super) enum Authentication {
    Secret(String),
    Key { key: EncodingKey, header: Box<Header> },
}

/// Source: RFC 7523, section 3.
#[derive(Serialize)]
struct Assertion<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl Authentication {
    /// # Errors
    /// What is wrong with the credential.
    pub(super) fn new(credential: &ClientCredential) -> Result<Authentication, &'static str> {
        match credential {
            ClientCredential::Secret(secret) if secret.is_empty() => Err("its client secret is empty"),
            ClientCredential::Secret(secret) => Ok(Authentication::Secret(secret.clone())),
            ClientCredential::Key { private_key, certificate, key_id } => {
                let rsa = EncodingKey::from_rsa_pem(private_key).map(|key| (key, Algorithm::PS256));
                let ec = || EncodingKey::from_ec_pem(private_key).map(|key| (key, Algorithm::ES256));
                let (key, algorithm) = rsa
                    .or_else(|_| ec())
                    .map_err(|_| "its client key is no private RSA or P-256 key in PEM form")?;
                let mut header = Header::new(algorithm);
                header.kid.clone_from(key_id);
                if let Some(certificate) = certificate {
                    let der = certificate_in(certificate)
                        .ok_or("its client certificate is no certificate in PEM form")?;
                    header.x5t_s256 = Some(URL_SAFE_NO_PAD.encode(digest(&SHA256, &der)));
                }
                Ok(Authentication::Key { key, header: Box::new(header) })
            }
        }
    }

    /// Adds to the form what proves it, and gives the header that does.
    ///
    /// # Errors
    /// What went wrong, for the log.
    pub(super) fn add_to(
        &self,
        form: &mut Vec<(&'static str, String)>,
        client_id: &str,
        metadata: &Metadata,
        now: Timestamp,
    ) -> Result<Option<HeaderValue>, String> {
        match self {
            Authentication::Secret(secret) if metadata.takes_secret_in_form => {
                form.push(("client_id", client_id.to_owned()));
                form.push(("client_secret", secret.clone()));
                Ok(None)
            }
            Authentication::Secret(secret) => {
                // Source: RFC 6749, section 2.3.1.
                let pair = format!("{}:{}", encoded(client_id), encoded(secret));
                let mut value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair)))
                    .map_err(|_| "the client's secret cannot be sent".to_owned())?;
                value.set_sensitive(true);
                Ok(Some(value))
            }
            Authentication::Key { key, header } => {
                let now = now.as_second();
                let assertion = Assertion {
                    iss: client_id,
                    sub: client_id,
                    aud: metadata.token_endpoint.as_str(),
                    jti: Uuid::new_v4().to_string(),
                    iat: now,
                    nbf: now,
                    exp: now + ASSERTION_SECS,
                };
                let signed = jsonwebtoken::encode(header, &assertion, key)
                    .map_err(|_| "the client's key does not sign, is it an RSA or P-256 key".to_owned())?;
                form.push(("client_id", client_id.to_owned()));
                form.push(("client_assertion_type", ASSERTION_TYPE.to_owned()));
                form.push(("client_assertion", signed));
                Ok(None)
            }
        }
    }
}

/// A name or a value as forms have it.
pub(super) fn encoded(text: &str) -> impl fmt::Display + '_ {
    utf8_percent_encode(text, NON_ALPHANUMERIC)
}

fn certificate_in(pem: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(pem).ok()?;
    let (_, rest) = text.split_once(BEGIN)?;
    let (body, _) = rest.split_once(END)?;
    let body: String = body.split_ascii_whitespace().collect();
    STANDARD.decode(body).ok().filter(|der| !der.is_empty())
}
