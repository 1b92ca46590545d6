//! What to do about a failure, mostly in Entra.

use crate::fault::{Fault, FaultKind};

/// Codes of Entra's token endpoint, in their order. Source:
/// learn.microsoft.com/entra/identity-platform/reference-error-codes.
const CODES: &[(u32, &str)] = &[
    (50034, "the account does not exist in that tenant: check `tenant`"),
    (
        53003,
        "a conditional access policy blocks the application: in Entra, Protection > Conditional Access, look for policies on workload identities",
    ),
    (65001, "nobody has consented: in Entra, App registrations > API permissions > Grant admin consent"),
    (70003, "the server does not know client credentials: check `login_url`"),
    (70011, "the scope is not known there: check `cloud`"),
    (90002, "there is no such tenant in that cloud: check `tenant` and `cloud`"),
    (500_011, "Graph is not known in that tenant: check `cloud`"),
    (
        500_014,
        "the application is disabled in that tenant: in Entra, Enterprise applications > Properties > Enabled for users to sign in",
    ),
    (
        700_016,
        "there is no such application in that tenant: check `client_id` (Application ID, not Object ID) and `tenant`",
    ),
    (
        700_024,
        "the time of this machine is wrong, so that what the certificate signs is not valid: set the clock",
    ),
    (
        700_027,
        "the certificate does not belong to the application, or is past its end: in Entra, App registrations > Certificates & secrets > Certificates, upload the file of `certificate`",
    ),
    (1_002_012, "the scope is not known there: check `cloud`"),
    (
        7_000_112,
        "the application is disabled: in Entra, Enterprise applications > Properties > Enabled for users to sign in",
    ),
    (
        7_000_215,
        "the secret is wrong: the file must hold the secret's value, not its id; in Entra, App registrations > Certificates & secrets, make a new one",
    ),
    (
        7_000_216,
        "the application has neither secret nor certificate: set `secret_file`, or `certificate` and `key`",
    ),
    (
        7_000_218,
        "the application has neither secret nor certificate: set `secret_file`, or `certificate` and `key`",
    ),
    (
        7_000_222,
        "the secret is past its end: in Entra, App registrations > Certificates & secrets, make a new one and put it into the file; no restart is needed",
    ),
];

/// What to do, in a sentence without a full stop.
pub fn advice(fault: &Fault) -> &'static str {
    if let Some(known) = aadsts(fault).and_then(of_code) {
        return known;
    }
    match fault.kind {
        FaultKind::Throttled => {
            "others ask for the same tenant, too: lower `requests_per_minute`; the rest is pulled later"
        }
        FaultKind::Unavailable => "nothing has to be done: it is tried again",
        FaultKind::Network => {
            "check the name's resolution, the firewall and HTTPS_PROXY; login and Graph must both be reachable by https"
        }
        FaultKind::Untrusted => {
            "if a proxy opens TLS, or the server has a CA of its own, give its certificate as `ca_file`; else check the clock"
        }
        FaultKind::Unreadable => {
            "something between here and the server answers in its place, a proxy's page for example: look at the address in a browser"
        }
        FaultKind::BadLink => {
            "check `url`: it must be the address that the other server has in its links (public_url)"
        }
        FaultKind::Unauthorized => {
            "the token is for another cloud or server, or the clock is wrong: check `cloud`, `url` and the clock"
        }
        FaultKind::Forbidden => {
            "in Entra, App registrations > API permissions, add Microsoft Graph > Application permissions > CallRecords.Read.All (not a delegated one) and grant admin consent; a new grant takes up to an hour to arrive"
        }
        FaultKind::NotFound => {
            "Graph does not have this function in that cloud, or the tenant has no Teams Phone: leave the log out of `logs`, or check `cloud` and `url`"
        }
        FaultKind::Gone => "nothing has to be done: everything is read again",
        FaultKind::BadRequest => {
            "Graph refuses the range, probably since it is too far back: lower `history_days`"
        }
        FaultKind::ProxySignIn => "write name and password into HTTPS_PROXY: http://name:password@proxy:8080",
        FaultKind::NoToken => "check `tenant`, `client_id`, `cloud` and the secret or certificate",
        FaultKind::Credential => {
            "check the files of `secret_file`, or of `certificate` and `key`, and who may read them"
        }
        FaultKind::Other => "check `url` and `cloud`",
    }
}

fn aadsts(fault: &Fault) -> Option<u32> {
    fault.code.as_deref()?.strip_prefix("AADSTS")?.parse().ok()
}

fn of_code(code: u32) -> Option<&'static str> {
    let at = CODES.binary_search_by_key(&code, |(code, _)| *code).ok()?;
    Some(CODES[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found() {
        assert!(CODES.is_sorted_by(|a, b| a.0 < b.0));
        for (code, text) in CODES {
            assert_eq!(of_code(*code), Some(*text));
        }
        let fault = Fault {
            code: Some("AADSTS7000222".to_owned()),
            status: Some(401),
            ..Fault::new(FaultKind::NoToken)
        };
        assert!(advice(&fault).contains("past its end"));
        let unknown = Fault { code: Some("AADSTS1".to_owned()), ..Fault::new(FaultKind::NoToken) };
        assert!(advice(&unknown).contains("client_id"));
    }

    #[test]
    fn statuses_say_what_to_do() {
        for (status, word) in [
            (401, "cloud"),
            (403, "admin consent"),
            (404, "Teams Phone"),
            (406, "history_days"),
            (400, "range"),
        ] {
            let text = advice(&Fault::of_status(status, None, None));
            assert!(text.contains(word), "{status}: {text}");
        }
    }
}
