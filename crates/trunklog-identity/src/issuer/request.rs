//! What a client sends to the token endpoint.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::fault::{Fault, TokenError};
use super::form;
use super::surroundings::unseparated;

/// Longest form that is read, in bytes. A certificate's assertion with its
/// chain, the longest thing clients send, takes about 8 KiB.
pub const MAX_FORM_BYTES: usize = 16 * 1024;
const MAX_PARAMETERS: usize = 64;
/// What tools of Windows write before a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const MAX_BASIC_BYTES: usize = 4 * 1024;

/// The parameters of a token request that mean something here. An empty value
/// counts as absent (RFC 6749 section 3.2).
///
/// `Debug` shows which are there, not what they are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TokenRequest {
    /// The application's client id.
    pub client_id: Option<String>,
    /// Its secret.
    pub client_secret: Option<String>,
    /// `client_credentials`.
    pub grant_type: Option<String>,
    /// `<resource>/.default`.
    pub scope: Option<String>,
    /// The resource, from a client of the v1 endpoint.
    pub resource: Option<String>,
    /// A token signed with a certificate; not supported.
    pub client_assertion: Option<String>,
    /// The sort of that token.
    pub client_assertion_type: Option<String>,
}

impl TokenRequest {
    /// Reads the body of a form post. Unknown parameters, such as MSAL's
    /// `client_info`, `claims` and `x-client-SKU`, are ignored, and a byte-order
    /// mark is skipped.
    ///
    /// # Errors
    /// [`Fault::Malformed`] if the body is too long or no text,
    /// [`Fault::DuplicateParameter`] if one of the known parameters is twice in
    /// it.
    pub fn from_form(body: &[u8]) -> Result<TokenRequest, TokenError> {
        if body.len() > MAX_FORM_BYTES {
            return Err(TokenError::new(Fault::Malformed, &["the form is too long"]));
        }
        let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
        let mut request = TokenRequest::default();
        let pairs = body.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty());
        for (position, pair) in pairs.enumerate() {
            if position >= MAX_PARAMETERS {
                return Err(TokenError::new(Fault::Malformed, &["the form has too many parameters"]));
            }
            request.take(pair)?;
        }
        Ok(request)
    }

    fn take(&mut self, pair: &[u8]) -> Result<(), TokenError> {
        let no_text = || TokenError::new(Fault::Malformed, &["the form is not UTF-8"]);
        let mut parts = pair.splitn(2, |&byte| byte == b'=');
        let name = form::decode(parts.next().unwrap_or_default()).ok_or_else(no_text)?;
        let Some(slot) = self.slot(&name) else {
            return Ok(());
        };
        let value = form::decode(parts.next().unwrap_or_default()).ok_or_else(no_text)?;
        if value.is_empty() {
            return Ok(());
        }
        match slot.replace(value) {
            None => Ok(()),
            Some(_) => Err(TokenError::new(Fault::DuplicateParameter, &[&name])),
        }
    }

    /// Says so if one of the values holds other parameters.
    pub(super) fn remark(&self) -> Option<String> {
        let plain = [&self.grant_type, &self.scope, &self.resource];
        let any = [&self.client_id, &self.client_secret].into_iter().chain(plain);
        unseparated(any.filter_map(Option::as_deref), plain.into_iter().filter_map(Option::as_deref))
    }

    fn slot(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name {
            "client_id" => Some(&mut self.client_id),
            "client_secret" => Some(&mut self.client_secret),
            "grant_type" => Some(&mut self.grant_type),
            "scope" => Some(&mut self.scope),
            "resource" => Some(&mut self.resource),
            "client_assertion" => Some(&mut self.client_assertion),
            "client_assertion_type" => Some(&mut self.client_assertion_type),
            _ => None,
        }
    }
}

impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let present = [
            ("client_id", self.client_id.is_some()),
            ("client_secret", self.client_secret.is_some()),
            ("grant_type", self.grant_type.is_some()),
            ("scope", self.scope.is_some()),
            ("resource", self.resource.is_some()),
            ("client_assertion", self.client_assertion.is_some()),
            ("client_assertion_type", self.client_assertion_type.is_some()),
        ];
        f.write_str("TokenRequest ")?;
        f.debug_set().entries(present.iter().filter(|(_, there)| *there).map(|(name, _)| name)).finish()
    }
}

/// Client id and secret from an HTTP Basic header.
///
/// `Debug` does not show the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct BasicCredentials {
    /// The application's client id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
}

impl BasicCredentials {
    /// Reads the value of an `Authorization` header. `None` if it is of another
    /// scheme. Both parts are form-urlencoded before base64 (RFC 6749 section
    /// 2.3.1).
    ///
    /// # Errors
    /// [`Fault::Malformed`] if it is Basic, but not of that form.
    pub fn from_header(value: &str) -> Result<Option<BasicCredentials>, TokenError> {
        let value = value.trim();
        let (scheme, encoded) = value.split_once(' ').unwrap_or((value, ""));
        if !scheme.eq_ignore_ascii_case("basic") {
            return Ok(None);
        }
        if encoded.len() > MAX_BASIC_BYTES {
            return Err(TokenError::new(Fault::Malformed, &["the Basic header is too long"]));
        }
        read_pair(encoded.trim())
            .map(Some)
            .ok_or_else(|| TokenError::new(Fault::Malformed, &["the Basic header holds no id and secret"]))
    }
}

fn read_pair(encoded: &str) -> Option<BasicCredentials> {
    let pair = STANDARD.decode(encoded).ok()?;
    let colon = pair.iter().position(|&byte| byte == b':')?;
    let client_id = form::decode(pair.get(..colon)?)?;
    let client_secret = form::decode(pair.get(colon + 1..)?)?;
    Some(BasicCredentials { client_id, client_secret })
}

impl fmt::Debug for BasicCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BasicCredentials(..)")
    }
}

#[cfg(test)]
mod tests;
