//! What is pulled, and as whom.

use std::path::PathBuf;
use std::time::Duration;

use trunklog_records::TenantId;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, Log, Origin, PSTN_BLOCKED_USERS, PSTN_CALLS, SMS};

use crate::place::Place;

/// The records of one tenant at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Names it in messages, and its positions in the store.
    pub name: String,
    /// The tenant, there and here.
    pub tenant: TenantId,
    /// The application that signs in.
    pub client_id: String,
    /// How it signs in.
    pub credential: CredentialFiles,
    /// Where the records are.
    pub place: Place,
    /// The logs that are pulled.
    pub logs: Vec<&'static Log>,
    /// The tenant's country, by which Microsoft keeps rows for longer or shorter.
    pub country: Option<String>,
    /// How many days to go back, where that is not to follow from the country.
    pub history_days: Option<u32>,
    /// How often the last days are read again.
    pub every: Duration,
    /// How many days are read again each time.
    pub overlap_days: u32,
    /// The most requests a minute to one function.
    pub requests_per_minute: u32,
    /// Certificates to trust beside the machine's, as a PEM file.
    pub ca_file: Option<PathBuf>,
}

/// How an application proves who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialFiles {
    /// By a secret, which is the content of a file.
    Secret(PathBuf),
    /// By a certificate and its key, both as PEM files, which may be one.
    Certificate {
        /// The certificate that was uploaded to the app registration.
        certificate: PathBuf,
        /// Its RSA key.
        key: PathBuf,
    },
}

/// The most requests a minute that may be set for Microsoft's Graph, whose own
/// limit is 50 for each function and tenant.
pub const MOST_REQUESTS_PER_MINUTE: u32 = 49;

/// How many requests a minute a function gets unless something else is set.
pub const USUAL_REQUESTS_PER_MINUTE: u32 = 40;

/// The logs that are pulled unless others are named: all whose rows are not
/// computed from those of another.
pub static USUAL_LOGS: [&Log; 4] = [&DIRECT_ROUTING_CALLS, &PSTN_CALLS, &PSTN_BLOCKED_USERS, &SMS];

/// A log that sums up another one which is pulled, too, if there is such a pair:
/// its rows would tell the same calls twice.
pub fn doubled(logs: &[&'static Log]) -> Option<(&'static Log, &'static Log)> {
    logs.iter().find_map(|log| match log.origin {
        Origin::Computed(summary) => logs.contains(&summary.of).then_some((*log, summary.of)),
        Origin::Stored => None,
    })
}

/// What Graph keeps, in days, by the tenant's country: PSTN calls, direct-routing
/// calls. Source: Microsoft's PSTN usage report, section on data retention.
const KEPT: &[(&str, u32, u32)] = &[
    ("CA", 150, 150),
    ("CH", 365, 365),
    ("DK", 365, 365),
    ("FI", 365, 365),
    ("FR", 365, 365),
    ("GB", 450, 450),
    ("IT", 730, 730),
    ("KR", 365, 365),
    ("MX", 720, 730),
    ("NL", 180, 180),
    ("NO", 150, 150),
    ("SE", 180, 180),
];

/// The same of all other countries.
const KEPT_ELSEWHERE: (u32, u32) = (365, 150);

/// How many days back Graph has rows of a log. The logs without a documented figure
/// are asked for as long as PSTN calls.
pub fn kept_days(log: &Log, country: Option<&str>) -> u32 {
    let row = country.and_then(|country| KEPT.iter().find(|(of, ..)| of.eq_ignore_ascii_case(country)));
    let (pstn, direct_routing) = row.map_or(KEPT_ELSEWHERE, |(_, pstn, direct)| (*pstn, *direct));
    if *log == DIRECT_ROUTING_CALLS { direct_routing } else { pstn }
}

#[cfg(test)]
mod tests {
    use trunklog_records::schema::{LOGS, PSTN_ONLINE_MEETING_DIALOUT};

    use super::*;

    #[test]
    fn what_graph_keeps_depends_on_the_country() {
        for (country, pstn, direct_routing) in [
            (None, 365, 150),
            (Some("DE"), 365, 150),
            (Some("ca"), 150, 150),
            (Some("MX"), 720, 730),
            (Some("GB"), 450, 450),
        ] {
            assert_eq!(kept_days(&PSTN_CALLS, country), pstn, "{country:?}");
            assert_eq!(kept_days(&DIRECT_ROUTING_CALLS, country), direct_routing, "{country:?}");
            assert_eq!(kept_days(&SMS, country), pstn, "{country:?}");
        }
        assert!(KEPT.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn nothing_is_told_twice() {
        assert_eq!(doubled(&USUAL_LOGS), None);
        assert_eq!(doubled(&LOGS), Some((&PSTN_ONLINE_MEETING_DIALOUT, &PSTN_CALLS)));
        assert_eq!(doubled(&[&DIRECT_ROUTING_CALLS, &PSTN_ONLINE_MEETING_DIALOUT]), None);
    }
}
