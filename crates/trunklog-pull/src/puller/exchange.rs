//! Asks for a page, with a token.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde::Deserialize;
use trunklog_odata::Instant;

use super::Puller;
use crate::credential::Credential;
use crate::fault::{Fault, shown_code};
use crate::http::{Request, Response};
use crate::retry::retry_after;
use crate::time::{Time, after};
use crate::token::{self, Token};
use crate::walk::Ask;

/// How many rows a page of another server may have.
const WISHES: &str = "odata.track-changes, odata.maxpagesize=5000";

/// How long nobody asks for a token after one was refused for good.
const TOKEN_REST: Duration = Duration::from_mins(1);

/// A 200.
pub(super) struct Got {
    pub(super) body: Vec<u8>,
    /// Whether the server will tell what changes.
    pub(super) tells_changes: bool,
}

impl Puller<'_> {
    pub(super) fn exchange(&mut self, ask: &Ask, stop: &AtomicBool) -> Result<Got, Fault> {
        let token = self.token(stop)?;
        let mut headers = vec![token.header(), ("accept", "application/json".to_owned())];
        if ask.tracks_changes {
            headers.push(("prefer", WISHES.to_owned()));
        }
        let request = Request { url: ask.url.clone(), headers, form: None };
        let response = self.http.send(&request, stop)?;
        if response.status != 200 {
            return Err(refusal(&response, self.time));
        }
        let tells_changes = response
            .header("preference-applied")
            .is_some_and(|applied| applied.to_ascii_lowercase().contains("track-changes"));
        Ok(Got { body: response.body, tells_changes })
    }

    fn token(&mut self, stop: &AtomicBool) -> Result<Token, Fault> {
        let now = self.time.now();
        if let Some(token) = self.token.as_ref().filter(|token| token.is_good(now)) {
            return Ok(token.clone());
        }
        let is_recent = |until: Instant| now < until && until <= after(now, TOKEN_REST);
        if let Some((fault, _)) = self.no_token.as_ref().filter(|(_, until)| is_recent(*until)) {
            return Err(fault.clone());
        }
        let asked = self.ask_for_token(now, stop);
        self.no_token = match &asked {
            Err(fault) if !fault.passes() => Some((fault.clone(), after(now, TOKEN_REST))),
            _ => None,
        };
        let token = asked?;
        self.token = Some(token.clone());
        Ok(token)
    }

    fn ask_for_token(&self, now: Instant, stop: &AtomicBool) -> Result<Token, Fault> {
        let credential = Credential::read(&self.settings.credential)?;
        let request = token::request(self.settings, &credential, now)?;
        let response = self.http.send(&request, stop)?;
        Token::read(&response, self.time.now())
    }
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorCode,
}

#[derive(Deserialize)]
struct ErrorCode {
    #[serde(default)]
    code: String,
}

/// What an answer says that is no page.
pub(crate) fn refusal(response: &Response, time: &dyn Time) -> Fault {
    let code = serde_json::from_slice::<ErrorBody>(&response.body).ok();
    let code = code.and_then(|body| shown_code(&body.error.code));
    let asked = response.header("retry-after").and_then(|text| retry_after(text, time.now()));
    Fault::of_status(response.status, code, asked)
}
