//! Access tokens, by the client-credentials grant (RFC 6749, section 4.4).

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use trunklog_odata::Instant;

use crate::credential::Credential;
use crate::fault::{Fault, FaultKind, shown_code};
use crate::http::{Request, Response};
use crate::retry::retry_after;
use crate::settings::Settings;
use crate::time::after;

/// A token is replaced so long before its end.
const EARLY: Duration = Duration::from_mins(5);

/// The longest time that a token is believed to be good.
const LONGEST: Duration = Duration::from_hours(24);

/// An access token. It is never shown.
#[derive(Clone)]
pub struct Token {
    value: String,
    good_until: Instant,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    #[serde(default)]
    expires_in: Seconds,
}

/// Seconds, which the older endpoint writes as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(u64),
    Text(String),
}

impl Default for Seconds {
    fn default() -> Seconds {
        // What Entra gives.
        Seconds::Number(3_599)
    }
}

#[derive(Deserialize)]
struct Refused {
    error: Option<String>,
    #[serde(default)]
    error_codes: Vec<u32>,
    error_description: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    roles: Vec<String>,
}

/// The request for a token.
///
/// # Errors
/// When the credential does not sign.
pub fn request(settings: &Settings, credential: &Credential, now: Instant) -> Result<Request, Fault> {
    let url = settings.place.token_url(settings.tenant);
    let mut members = vec![
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", settings.client_id.clone()),
        ("scope", settings.place.scope()),
    ];
    members.extend(credential.members(&settings.client_id, &url, now)?);
    let form: Vec<String> = members
        .into_iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC)))
        .collect();
    Ok(Request { url, headers: vec![("accept", "application/json".to_owned())], form: Some(form.join("&")) })
}

impl Token {
    /// Reads the answer to the request.
    ///
    /// # Errors
    /// Why there is no token, with Entra's code.
    pub fn read(response: &Response, now: Instant) -> Result<Token, Fault> {
        if response.status != 200 {
            return Err(refused(response, now));
        }
        let granted: Granted = serde_json::from_slice(&response.body)
            .map_err(|_| Fault::new(FaultKind::Unreadable).because("the token endpoint gave no token"))?;
        let is_header_value = |byte: u8| byte.is_ascii_graphic();
        if granted.access_token.is_empty() || !granted.access_token.bytes().all(is_header_value) {
            return Err(Fault::new(FaultKind::Unreadable).because("the token endpoint gave no token"));
        }
        let secs = match granted.expires_in {
            Seconds::Number(secs) => secs,
            Seconds::Text(text) => text.parse().unwrap_or(0),
        };
        let lifetime = Duration::from_secs(secs).min(LONGEST);
        // A token that lives shorter than that is used for half of its life.
        let good = lifetime.saturating_sub(EARLY).max(lifetime / 2);
        Ok(Token { value: granted.access_token, good_until: after(now, good) })
    }

    /// Whether it is still good for a while. A clock that was set back makes it no
    /// better.
    pub fn is_good(&self, now: Instant) -> bool {
        now < self.good_until && self.good_until <= after(now, LONGEST)
    }

    /// The header that shows it.
    pub fn header(&self) -> (&'static str, String) {
        ("authorization", format!("Bearer {}", self.value))
    }

    /// The roles that it says it has, as far as it can be read: to Microsoft, tokens
    /// are for Graph alone to read.
    pub fn roles(&self) -> Option<Vec<String>> {
        let claims = URL_SAFE_NO_PAD.decode(self.value.split('.').nth(1)?).ok()?;
        serde_json::from_slice::<Claims>(&claims).ok().map(|claims| claims.roles)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("good_until", &self.good_until).finish_non_exhaustive()
    }
}

fn refused(response: &Response, now: Instant) -> Fault {
    let asked = response.header("retry-after").and_then(|text| retry_after(text, now));
    let status = response.status;
    let body: Option<Refused> = serde_json::from_slice(&response.body).ok();
    let code = body.as_ref().and_then(code_of);
    let is_temporary = body.is_some_and(|body| body.error.as_deref() == Some("temporarily_unavailable"));
    let known = Fault::of_status(status, code, asked);
    let kind = match known.kind {
        FaultKind::Throttled | FaultKind::Unavailable | FaultKind::ProxySignIn => known.kind,
        _ if is_temporary => FaultKind::Unavailable,
        _ => FaultKind::NoToken,
    };
    Fault { kind, ..known }
}

fn code_of(body: &Refused) -> Option<String> {
    let number = body.error_codes.first().copied().or_else(|| {
        let (_, rest) = body.error_description.as_deref()?.split_once("AADSTS")?;
        rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
    });
    match number {
        Some(number) => Some(format!("AADSTS{number}")),
        None => body.error.as_deref().and_then(shown_code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Instant {
        Instant::parse("2026-11-24T08:00:00Z").unwrap()
    }

    fn answer(status: u16, body: &str) -> Response {
        Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn a_token_is_replaced_before_its_end() {
        let token = |secs: &str| {
            let body = format!(r#"{{"token_type":"Bearer","expires_in":{secs},"access_token":"a.b.c"}}"#);
            Token::read(&answer(200, &body), now()).unwrap()
        };
        let at = |secs| after(now(), Duration::from_secs(secs));
        assert!(token("3599").is_good(at(3_298)) && !token("3599").is_good(at(3_300)));
        assert!(token("\"3599\"").is_good(at(3_298)));
        assert!(token("10").is_good(at(4)) && !token("10").is_good(at(6)));
        assert!(!token("0").is_good(now()));
        assert!(!token("3599").is_good(now().saturating_add_ticks(-3 * Instant::TICKS_PER_DAY)));
        let shown = format!("{:?}", token("3599"));
        assert!(!shown.contains("a.b.c"), "{shown}");
    }

    #[test]
    fn a_refusal_keeps_its_code_and_nothing_else() {
        let body = r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided for app Contoso.","error_codes":[7000215]}"#;
        let fault = Token::read(&answer(401, body), now()).unwrap_err();
        assert_eq!((fault.kind, fault.code.as_deref()), (FaultKind::NoToken, Some("AADSTS7000215")));
        assert!(!fault.to_string().contains("Contoso"), "{fault}");
        let without_codes = r#"{"error":"invalid_client","error_description":"AADSTS700016: no"}"#;
        let fault = Token::read(&answer(400, without_codes), now()).unwrap_err();
        assert_eq!(fault.code.as_deref(), Some("AADSTS700016"));
        for (status, body, kind) in [
            (429, "", FaultKind::Throttled),
            (503, "<html>", FaultKind::Unavailable),
            (407, "", FaultKind::ProxySignIn),
            (400, r#"{"error":"temporarily_unavailable"}"#, FaultKind::Unavailable),
            (400, r#"{"error":"invalid_scope"}"#, FaultKind::NoToken),
            (200, "<html>", FaultKind::Unreadable),
            (200, r#"{"access_token":""}"#, FaultKind::Unreadable),
            (200, r#"{"access_token":"a\r\nx: y"}"#, FaultKind::Unreadable),
        ] {
            assert_eq!(Token::read(&answer(status, body), now()).unwrap_err().kind, kind, "{status} {body}");
        }
    }

    #[test]
    fn roles_are_read_where_they_can_be() {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"roles":["CallRecords.Read.All"]}"#);
        let token = |value: String| Token { value, good_until: now() };
        assert_eq!(token(format!("a.{claims}.c")).roles(), Some(vec!["CallRecords.Read.All".to_owned()]));
        assert_eq!(token("opaque".to_owned()).roles(), None);
    }
}
