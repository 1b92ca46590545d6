//! The way to the provider and back (OpenID Connect Core 1.0, section 3.1; RFC
//! 7636; RFC 9700).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::claims::{self, IdClaims};
use super::credential::encoded;
use super::fault::SignInFault;
use super::metadata::Metadata;
use super::{Provider, ProviderSettings};
use crate::people::session::Person;

const RANDOM_BYTES: usize = 32;
/// What providers say when they would have to ask the person. Source: OpenID
/// Connect Core 1.0, section 3.1.2.6.
const NEEDS_PERSON: [&str; 4] =
    ["login_required", "interaction_required", "consent_required", "account_selection_required"];

/// Whether a provider may ask the person anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Prompt {
    /// Whatever it usually asks.
    Usual,
    /// Nothing: the person is in the middle of something.
    Silent,
}

/// Where to send a browser, and what it takes along.
#[derive(Debug)]
pub struct Departure {
    /// The provider's page.
    pub location: String,
    /// What the browser brings back, in a cookie of its own.
    pub sealed: String,
}

/// What a provider sends a browser back with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Callback {
    /// As it was sent there.
    pub state: String,
    /// To be exchanged for tokens.
    pub code: Option<String>,
    /// Who answers.
    pub issuer: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// What is remembered of a sign-in that is under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::people) struct Journey {
    pub(in crate::people) provider: String,
    pub(in crate::people) state: String,
    nonce: String,
    verifier: String,
    redirect_uri: String,
    pub(in crate::people) prompt: Prompt,
    /// Where the person wanted to go.
    pub(in crate::people) next: String,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: Option<String>,
}

#[derive(Deserialize)]
struct TokenFault {
    error: String,
}

impl Provider {
    /// The way there, back to `redirect_uri` and from there to `next`.
    ///
    /// # Errors
    /// [`SignInFault::Unreachable`] if nothing is known of the provider.
    pub(in crate::people) async fn depart(
        &self,
        redirect_uri: String,
        next: String,
        prompt: Prompt,
    ) -> Result<(String, Journey), SignInFault> {
        let metadata = self.known().await?;
        let [state, nonce, verifier] = [random()?, random()?, random()?];
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        let ProviderSettings { name, client_id, scopes, .. } = &self.settings;
        let mut scope = "openid profile".to_owned();
        for more in scopes {
            scope.push(' ');
            scope.push_str(more);
        }
        let mut location = metadata.authorization_endpoint.clone();
        location
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", &redirect_uri)
            .append_pair("scope", &scope)
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if prompt == Prompt::Silent {
            location.query_pairs_mut().append_pair("prompt", "none");
        }
        let journey = Journey { provider: name.clone(), state, nonce, verifier, redirect_uri, prompt, next };
        Ok((location.into(), journey))
    }

    /// Who came back.
    ///
    /// # Errors
    /// The [`SignInFault`] of the first check that fails; the log says more.
    pub(in crate::people) async fn arrive(
        &self,
        journey: &Journey,
        callback: &Callback,
    ) -> Result<Person, SignInFault> {
        let name = self.name();
        if !bool::from(journey.state.as_bytes().ct_eq(callback.state.as_bytes())) || journey.provider != name
        {
            return Err(SignInFault::NotStarted);
        }
        let metadata = self.known().await?;
        // Before anything else is believed: another provider may have sent this.
        match &callback.issuer {
            Some(issuer) if *issuer != self.settings.issuer => {
                tracing::warn!(provider = name, "an answer names another issuer than the one that was asked");
                return Err(SignInFault::Untrusted);
            }
            None if metadata.names_itself => {
                tracing::warn!(
                    provider = name,
                    "an answer names no issuer although the provider promises to"
                );
                return Err(SignInFault::Untrusted);
            }
            _ => {}
        }
        if let Some(error) = &callback.error {
            let error = word(error);
            if journey.prompt == Prompt::Silent && NEEDS_PERSON.contains(&error) {
                return Err(SignInFault::NeedsPerson);
            }
            tracing::info!(provider = name, error, "a provider refused a sign-in");
            return Err(SignInFault::Refused);
        }
        let code = callback.code.as_deref().filter(|code| !code.is_empty()).ok_or(SignInFault::NotStarted)?;
        let token = self.exchange(&metadata, journey, code).await?;
        let now = self.now();
        let claims: IdClaims = self.id_tokens.verify(&token, now).await.map_err(|error| {
            tracing::warn!(provider = name, reason = error.reason(), "an ID token was refused");
            SignInFault::Untrusted
        })?;
        let nonce = claims.get("nonce").and_then(serde_json::Value::as_str).unwrap_or_default();
        if !bool::from(nonce.as_bytes().ct_eq(journey.nonce.as_bytes())) {
            tracing::warn!(provider = name, "an ID token belongs to another sign-in");
            return Err(SignInFault::Untrusted);
        }
        claims::person(&claims, &self.settings.issuer, name, &self.settings.claim)
    }

    async fn exchange(
        &self,
        metadata: &Metadata,
        journey: &Journey,
        code: &str,
    ) -> Result<String, SignInFault> {
        let name = self.name();
        let unreachable = |reason: String| {
            tracing::warn!(provider = name, reason, "a provider gave no tokens");
            SignInFault::Unreachable
        };
        let mut form = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("redirect_uri", journey.redirect_uri.clone()),
            ("code_verifier", journey.verifier.clone()),
        ];
        let basic = self
            .authentication
            .add_to(&mut form, &self.settings.client_id, metadata, self.now())
            .map_err(unreachable)?;
        let pairs: Vec<String> =
            form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let answer = self.fetcher.post(metadata.token_endpoint.clone(), pairs.join("&"), basic).await;
        let (status, body) = answer.map_err(unreachable)?;
        if status != StatusCode::OK {
            let fault = serde_json::from_slice::<TokenFault>(&body).ok();
            let error = fault.as_ref().map_or("none", |fault| word(&fault.error));
            tracing::warn!(provider = name, status = status.as_u16(), error, "a provider refused a code");
            // A code that was used before or is too old is the browser's doing.
            return Err(if error == "invalid_grant" {
                SignInFault::NotStarted
            } else {
                SignInFault::Unreachable
            });
        }
        let answer: Option<TokenAnswer> = serde_json::from_slice(&body).ok();
        answer.and_then(|answer| answer.id_token).ok_or_else(|| {
            unreachable("the answer holds no ID token: is the scope openid allowed?".to_owned())
        })
    }

    async fn known(&self) -> Result<std::sync::Arc<Metadata>, SignInFault> {
        self.metadata.get(self.now()).await.map_err(|reason| {
            tracing::warn!(provider = self.name(), reason, "a sign-in provider cannot be reached");
            SignInFault::Unreachable
        })
    }
}

fn random() -> Result<String, SignInFault> {
    let mut bytes = [0; RANDOM_BYTES];
    rand::fill(&mut bytes).map_err(|_| {
        tracing::error!("the system gives no random numbers");
        SignInFault::Unreachable
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A code of an error, which has few letters; anything else is not for the log.
fn word(error: &str) -> &str {
    const MOST: usize = 60;
    let is_word =
        error.len() <= MOST && error.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_word { error } else { "unreadable" }
}
