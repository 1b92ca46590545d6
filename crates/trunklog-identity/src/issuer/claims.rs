//! What a token says.

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::{Application, Error, ErrorKind, Result, Role};

/// The claims of an application's token. Version 2.0 tokens name the client in
/// `azp`; Graph's own tokens, which tools are written against, in `appid`: both
/// are there. Source: contract section 3.1.
#[derive(Serialize)]
pub(super) struct Claims<'a> {
    aud: &'a str,
    iss: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    app_displayname: &'a str,
    appid: Uuid,
    /// 1: the client showed a secret.
    appidacr: &'static str,
    azp: Uuid,
    azpacr: &'static str,
    idtyp: &'static str,
    oid: Uuid,
    /// Absent if there are none, as with Entra: such a token is valid and may
    /// do nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<Role>,
    sub: Uuid,
    tid: Uuid,
    uti: String,
    ver: &'static str,
}

impl<'a> Claims<'a> {
    /// # Errors
    /// [`ErrorKind::Crypto`] if there are no random numbers for the id.
    pub(super) fn new(
        application: &'a Application,
        resource: &'a str,
        issuer: String,
        now: Timestamp,
        lifetime_secs: i64,
    ) -> Result<Claims<'a>> {
        let mut unique = [0; 16];
        rand::fill(&mut unique).map_err(|error| {
            Error::because(ErrorKind::Crypto, "the system gives no random numbers", error)
        })?;
        let issued = now.as_second();
        Ok(Claims {
            aud: resource,
            iss: issuer,
            iat: issued,
            nbf: issued,
            exp: issued.saturating_add(lifetime_secs),
            app_displayname: &application.name,
            appid: application.client_id,
            appidacr: "1",
            azp: application.client_id,
            azpacr: "1",
            idtyp: "app",
            oid: application.object_id,
            roles: application.roles.iter().copied().collect(),
            sub: application.object_id,
            tid: application.tenant,
            uti: URL_SAFE_NO_PAD.encode(unique),
            ver: "2.0",
        })
    }
}
