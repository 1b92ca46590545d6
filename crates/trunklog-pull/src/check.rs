//! Whether all is right, on one screen: credential, clock, proxy, network, consent
//! and each function. Nothing is stored.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde::Serialize;
use trunklog_odata::Instant;

use crate::advice::advice;
use crate::credential::Credential;
use crate::fault::{Fault, FaultKind};
use crate::http::{Http, Request, Response, proxy};
use crate::page::Page;
use crate::puller::refusal;
use crate::settings::{CredentialFiles, Settings};
use crate::time::{Time, http_date, until};
use crate::token::{self, Token};
use crate::window::{Window, days_before, midnight};

/// From when on the end of a certificate is told.
const CERTIFICATE_WARNING_DAYS: u32 = 30;

/// How far the clock may be off before it is told, and before tokens fail.
const CLOCK_WARNING: Duration = Duration::from_mins(1);
const CLOCK_FAILURE: Duration = Duration::from_mins(5);

/// Permissions of others than the owner's group.
const OTHERS: u32 = 0o007;

/// The roles of which one is needed.
const ROLES: [&str; 2] = ["CallRecords.Read.All", "CallRecord-PstnCalls.Read.All"];

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub what: String,
    /// How it is.
    pub verdict: Verdict,
    /// What was found, and what to do.
    pub text: String,
}

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It works, but not for ever.
    Warning,
    /// It does not work.
    Bad,
}

/// Looks at all of it.
pub fn check(settings: &Settings, http: &dyn Http, time: &dyn Time, stop: &AtomicBool) -> Vec<Finding> {
    let mut check = Check { settings, http, time, stop, findings: Vec::new() };
    check.place();
    check.permissions();
    if let Some(credential) = check.credential()
        && let Some(token) = check.token(&credential)
    {
        check.consent(&token);
        check.functions(&token);
    }
    check.findings
}

/// What to say of a certificate's end; None while it is far.
pub fn certificate_warning(ends: Instant, now: Instant) -> Option<String> {
    let soon = days_before(ends, CERTIFICATE_WARNING_DAYS);
    if now < soon {
        return None;
    }
    let days = until(now, ends).as_secs() / (24 * 60 * 60);
    let renew = "make a new one, upload it in Entra (App registrations > Certificates & secrets), then put it in place";
    Some(if now >= ends {
        format!("the certificate ended on {ends}: {renew}")
    } else {
        format!("the certificate ends on {ends}, in {days} days: {renew}")
    })
}

struct Check<'a> {
    settings: &'a Settings,
    http: &'a dyn Http,
    time: &'a dyn Time,
    stop: &'a AtomicBool,
    findings: Vec<Finding>,
}

impl Check<'_> {
    fn find(&mut self, what: &str, verdict: Verdict, text: impl Into<String>) {
        self.findings.push(Finding { what: what.to_owned(), verdict, text: text.into() });
    }

    fn fail(&mut self, what: &str, fault: &Fault) {
        self.find(what, Verdict::Bad, format!("{fault}: {}", advice(fault)));
    }

    fn place(&mut self) {
        let settings = self.settings;
        let place = &settings.place;
        let route = match proxy().filter(|_| !place.is_on_this_machine()) {
            Some(proxy) => format!("{}, by the proxy {proxy}", place.root()),
            None => format!("{}, without a proxy", place.root()),
        };
        if !place.is_own() && !place.cloud().has_call_records() {
            let text =
                format!("{route}; Microsoft's documents say that Graph has no call records in this cloud");
            self.find("place", Verdict::Warning, text);
        } else {
            self.find("place", Verdict::Good, route);
        }
    }

    /// Whether everybody on this machine can read the secret or the key.
    fn permissions(&mut self) {
        let settings = self.settings;
        let (CredentialFiles::Secret(file) | CredentialFiles::Certificate { key: file, .. }) =
            &settings.credential;
        if fs::metadata(file).is_ok_and(|metadata| metadata.mode() & OTHERS != 0) {
            let text = format!("everybody can read {}: set its mode to 0600", file.display());
            self.find("permissions", Verdict::Warning, text);
        }
    }

    fn credential(&mut self) -> Option<Credential> {
        match Credential::read(&self.settings.credential) {
            Ok(credential) => {
                let now = self.time.now();
                match credential.ends() {
                    None => self.find("credential", Verdict::Good, "a secret, whose end only Entra knows"),
                    Some(ends) => match certificate_warning(ends, now) {
                        Some(text) if now >= ends => self.find("credential", Verdict::Bad, text),
                        Some(text) => self.find("credential", Verdict::Warning, text),
                        None => {
                            self.find(
                                "credential",
                                Verdict::Good,
                                format!("a certificate, good until {ends}"),
                            );
                        }
                    },
                }
                Some(credential)
            }
            Err(fault) => {
                self.fail("credential", &fault);
                None
            }
        }
    }

    fn token(&mut self, credential: &Credential) -> Option<Token> {
        let request = match token::request(self.settings, credential, self.time.now()) {
            Ok(request) => request,
            Err(fault) => {
                self.fail("credential", &fault);
                return None;
            }
        };
        let response = match self.http.send(&request, self.stop) {
            Ok(response) => response,
            Err(fault) => {
                self.fail("network to the login", &fault);
                return None;
            }
        };
        let now = self.time.now();
        self.clock(&response, now);
        match Token::read(&response, now) {
            Ok(token) => {
                self.find("token", Verdict::Good, "issued");
                Some(token)
            }
            Err(fault) => {
                self.fail("token", &fault);
                None
            }
        }
    }

    /// Compares the clock with the server's.
    fn clock(&mut self, response: &Response, now: Instant) {
        let Some(theirs) = response.header("date").and_then(http_date) else { return };
        let off = until(now, theirs).max(until(theirs, now));
        let text = format!("{} seconds off the server's", off.as_secs());
        let verdict = if off >= CLOCK_FAILURE {
            Verdict::Bad
        } else if off >= CLOCK_WARNING {
            Verdict::Warning
        } else {
            Verdict::Good
        };
        let advised =
            if verdict == Verdict::Good { text } else { format!("{text}: set it, by NTP for example") };
        self.find("clock", verdict, advised);
    }

    fn consent(&mut self, token: &Token) {
        // To Microsoft, tokens are not ours to read: one without roles is judged by
        // the functions.
        let Some(roles) = token.roles() else { return };
        match roles.iter().find(|role| ROLES.contains(&role.as_str())) {
            Some(role) => self.find("consent", Verdict::Good, role.clone()),
            None => self.fail("consent", &Fault::new(FaultKind::Forbidden)),
        }
    }

    fn functions(&mut self, token: &Token) {
        let settings = self.settings;
        for log in &settings.logs {
            let now = self.time.now();
            let today = midnight(now);
            let end = if log.shows_time() { now } else { today };
            let Some(window) = Window::before(end, 1, days_before(today, 1)) else { continue };
            let request = Request {
                url: settings.place.first_page(log, window),
                headers: vec![token.header(), ("accept", "application/json".to_owned())],
                form: None,
            };
            match self.http.send(&request, self.stop) {
                Ok(response) if response.status == 200 => match Page::read(&response.body) {
                    Some(page) => {
                        let more = if page.next_link.is_some() { " and more" } else { "" };
                        let text = format!("{} rows{more} since {}", page.rows, window.from);
                        self.find(log.function, Verdict::Good, text);
                    }
                    None => self.fail(log.function, &Fault::new(FaultKind::Unreadable)),
                },
                Ok(response) => self.fail(log.function, &refusal(&response, self.time)),
                Err(fault) => self.fail(log.function, &fault),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificates_end_is_told_in_time() {
        let day = |month, day| Instant::from_date(2026, month, day).unwrap();
        let ends = day(12, 31);
        assert_eq!(certificate_warning(ends, day(11, 30)), None);
        let soon = certificate_warning(ends, day(12, 21)).unwrap();
        assert!(soon.contains("in 10 days"), "{soon}");
        assert!(certificate_warning(ends, ends).unwrap().contains("ended on"));
    }
}
