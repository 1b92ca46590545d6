//! Microsoft's clouds, which keep to themselves: each has its own hosts.

use std::fmt;
use std::iter::once;
use std::str::FromStr;

use crate::{Error, ErrorKind};

/// One of the clouds in which Microsoft runs Graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Cloud {
    /// The cloud of most organisations, GCC included.
    #[default]
    Global,
    /// US Government L4, also called GCC High.
    UsGovL4,
    /// US Government L5, the one of the Department of Defense.
    UsGovL5,
    /// China, run by 21Vianet.
    China,
}

struct Row {
    cloud: Cloud,
    name: &'static str,
    /// What else people call it.
    aliases: &'static [&'static str],
    graph_host: &'static str,
    /// Where people sign in; the usual one first.
    login_hosts: &'static [&'static str],
    /// In the issuer of v1 tokens.
    v1_issuer_host: &'static str,
    call_records: CallRecords,
}

/// Whether Graph has the call-record functions.
#[derive(Debug, PartialEq, Eq)]
enum CallRecords {
    Available,
    Missing,
}

/// In the order of the enum. Source: contract sections 1.2, 3.1 and 3.2, and
/// learn.microsoft.com/graph/deployments.
const CLOUDS: &[Row] = &[
    Row {
        cloud: Cloud::Global,
        name: "global",
        aliases: &["public", "gcc"],
        graph_host: "graph.microsoft.com",
        login_hosts: &["login.microsoftonline.com", "login.windows.net"],
        v1_issuer_host: "sts.windows.net",
        call_records: CallRecords::Available,
    },
    Row {
        cloud: Cloud::UsGovL4,
        name: "us-gov-l4",
        aliases: &["gcc-high", "gcchigh"],
        graph_host: "graph.microsoft.us",
        login_hosts: &["login.microsoftonline.us"],
        v1_issuer_host: "sts.windows.net",
        call_records: CallRecords::Available,
    },
    Row {
        cloud: Cloud::UsGovL5,
        name: "us-gov-l5",
        aliases: &["dod"],
        graph_host: "dod-graph.microsoft.us",
        login_hosts: &["login.microsoftonline.us"],
        v1_issuer_host: "sts.windows.net",
        call_records: CallRecords::Available,
    },
    Row {
        cloud: Cloud::China,
        name: "china",
        aliases: &["21vianet"],
        graph_host: "microsoftgraph.chinacloudapi.cn",
        login_hosts: &["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
        v1_issuer_host: "sts.chinacloudapi.cn",
        call_records: CallRecords::Missing,
    },
];

impl Cloud {
    /// Every cloud, in a fixed order.
    pub const ALL: [Cloud; 4] = [Cloud::Global, Cloud::UsGovL4, Cloud::UsGovL5, Cloud::China];

    /// What it is called in settings, for example `us-gov-l4`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The host of Graph.
    pub fn graph_host(self) -> &'static str {
        self.row().graph_host
    }

    /// The hosts at which people and applications sign in, the usual one first.
    pub fn login_hosts(self) -> &'static [&'static str] {
        self.row().login_hosts
    }

    /// The host in the issuer of v1 tokens.
    pub fn v1_issuer_host(self) -> &'static str {
        self.row().v1_issuer_host
    }

    /// Whether its Graph has the call-record functions.
    pub fn has_call_records(self) -> bool {
        self.row().call_records == CallRecords::Available
    }

    fn row(self) -> &'static Row {
        &CLOUDS[self as usize]
    }
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Cloud {
    type Err = Error;

    /// Reads a cloud's name in any case.
    fn from_str(text: &str) -> Result<Cloud, Error> {
        CLOUDS
            .iter()
            .find(|row| once(&row.name).chain(row.aliases).any(|name| name.eq_ignore_ascii_case(text)))
            .map(|row| row.cloud)
            .ok_or_else(|| {
                let known: Vec<&str> = CLOUDS.iter().map(|row| row.name).collect();
                Error::new(ErrorKind::Invalid, format!("unknown cloud, use one of {}", known.join(", ")))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_belongs_to_its_cloud() {
        assert_eq!(CLOUDS.len(), Cloud::ALL.len());
        for cloud in Cloud::ALL {
            assert_eq!(cloud.row().cloud, cloud);
            assert!(!cloud.login_hosts().is_empty());
        }
        assert_eq!(Cloud::default(), Cloud::Global);
    }

    #[test]
    fn names_are_read_back_and_belong_to_one_cloud() {
        for cloud in Cloud::ALL {
            assert_eq!(cloud.to_string().parse::<Cloud>().unwrap(), cloud);
            for name in cloud.row().aliases {
                assert_eq!(name.to_uppercase().parse::<Cloud>().unwrap(), cloud);
            }
        }
        let error = "mars".parse::<Cloud>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(error.to_string().contains("us-gov-l5"), "{error}");
    }

    #[test]
    fn only_china_lacks_call_records() {
        let lacking: Vec<Cloud> = Cloud::ALL.into_iter().filter(|cloud| !cloud.has_call_records()).collect();
        assert_eq!(lacking, [Cloud::China]);
    }
}
