//! What a look at an SBC found. Who looks is `trunklog-probe`.

use trunklog_odata::Instant;

/// The days before a certificate's end from which on it is to be renewed. Source: the
/// admin centre's health dashboard warns from then on.
pub const RENEW_DAYS: i64 = 30;

/// What is known of a trunk from the last looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probed {
    /// When it was looked at last.
    pub at: Instant,
    /// What was found then.
    pub finding: Finding,
    /// When it answered last; None if it never did while this server ran.
    pub answered: Option<Instant>,
    /// How often in a row it has not answered us.
    pub misses: u32,
}

impl Probed {
    /// What is known after another look.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_trunks::{Answer, Finding, NoAnswer, Probed};
    ///
    /// let finding = |answer| Finding { certificate: None, answer };
    /// let at = |text| Instant::parse(text).unwrap();
    /// let first = Probed::after(None, finding(Ok(Answer { status: 200, millis: 9 })), at("2026-11-30T08:00:00Z"));
    /// let second = Probed::after(Some(first), finding(Err(NoAnswer::Silent)), at("2026-11-30T08:05:00Z"));
    /// assert_eq!((second.misses, second.answered), (1, Some(first.at)));
    /// ```
    #[must_use]
    pub fn after(before: Option<Probed>, finding: Finding, at: Instant) -> Probed {
        let (answered, misses) = if finding.answer.is_ok() {
            (Some(at), 0)
        } else {
            let answered = before.and_then(|before| before.answered);
            (answered, before.map_or(0, |before| before.misses).saturating_add(1))
        };
        Probed { at, finding, answered, misses }
    }
}

impl Certificate {
    /// How many whole days are left of it; below zero once it has ended.
    pub fn days_left(&self, now: Instant) -> i64 {
        let now = now.ticks().div_euclid(Instant::TICKS_PER_SEC);
        (self.ends.saturating_sub(now)).div_euclid(Instant::SECS_PER_DAY)
    }
}

/// What a probe found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The certificate, if one was shown.
    pub certificate: Option<Certificate>,
    /// The answer to SIP OPTIONS.
    pub answer: Result<Answer, NoAnswer>,
}

/// A certificate that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Certificate {
    /// When it ends, in seconds since 1970.
    pub ends: i64,
    /// Why it is not to be trusted; None if it is.
    pub fault: Option<TrustFault>,
}

/// Why a certificate is not to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustFault {
    /// It has ended.
    Expired,
    /// It does not hold yet.
    NotYet,
    /// It is for another name.
    OtherName,
    /// This machine does not know who issued it, or part of the chain is missing.
    UnknownIssuer,
    /// This machine has no list of issuers, so nothing was checked.
    Unchecked,
    /// Something else is wrong with it.
    Other,
}

/// An answer to SIP OPTIONS. Any status shows that somebody speaks SIP there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// How long it took from the request on, in milliseconds.
    pub millis: u64,
}

/// Why there was no answer to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// The name has no address.
    NameNotFound,
    /// All of its addresses are ones that are not probed: this machine's own, for
    /// example.
    AddressRefused,
    /// The connection was refused.
    Refused,
    /// There was no connection in time: dropped by a firewall, mostly.
    NoConnection,
    /// There was no TLS, or none that both speak.
    NoTls,
    /// It asked for a certificate, which we do not have, and went no further.
    WantsCertificate,
    /// There was TLS, and no answer in time.
    Silent,
    /// It closed the connection without an answer.
    Closed,
    /// What came back is no SIP.
    NoSip,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_whole_and_end() {
        let now = Instant::parse("2026-11-30T08:00:00Z").unwrap();
        let certificate = |days: i64, secs: i64| Certificate {
            ends: now.ticks() / Instant::TICKS_PER_SEC + days * Instant::SECS_PER_DAY + secs,
            fault: None,
        };
        assert_eq!(certificate(30, 0).days_left(now), 30);
        assert_eq!(certificate(30, -1).days_left(now), 29);
        assert_eq!(certificate(0, -1).days_left(now), -1);
    }
}
