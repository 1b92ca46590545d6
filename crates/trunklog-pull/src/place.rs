//! Where records are pulled from.

use std::net::IpAddr;

use reqwest::Url;
use trunklog_identity::Cloud;
use trunklog_odata::Version;
use trunklog_records::TenantId;
use trunklog_records::schema::Log;

use crate::window::Window;

/// A Graph: one of Microsoft's, or another server that answers like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Without a slash at the end.
    root: String,
    /// The same of where tokens are.
    login: String,
    cloud: Cloud,
    is_own: bool,
}

/// Why an address cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// It is none.
    #[error("'{0}' is not an address: write it like https://calls.example.com")]
    Form(String),
    /// A token would be sent in the clear.
    #[error("'{0}' is not https: tokens and numbers would cross the network in the clear")]
    Plain(String),
}

impl Place {
    /// Microsoft's Graph in a cloud.
    pub fn of_cloud(cloud: Cloud) -> Place {
        let login = cloud.login_hosts().first().copied().unwrap_or_default();
        Place {
            root: format!("https://{}", cloud.graph_host()),
            login: format!("https://{login}"),
            cloud,
            is_own: false,
        }
    }

    /// Another server, such as another Trunklog, that answers as Graph does in
    /// `cloud`. Tokens come from `login`; unless that is given, from the same server.
    ///
    /// # Errors
    /// When an address is none, or neither https nor on this machine.
    pub fn own(url: &str, login: Option<&str>, cloud: Cloud) -> Result<Place, PlaceError> {
        let root = checked(url)?;
        let login = login.map_or_else(|| Ok(root.clone()), checked)?;
        Ok(Place { root, login, cloud, is_own: true })
    }

    /// The address, without a slash at the end.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The cloud whose Graph it is, or is like.
    pub fn cloud(&self) -> Cloud {
        self.cloud
    }

    /// Whether it is not Microsoft's own.
    pub fn is_own(&self) -> bool {
        self.is_own
    }

    /// Whether it is a plain address of this machine, which no proxy can reach.
    pub fn is_on_this_machine(&self) -> bool {
        [&self.root, &self.login].into_iter().all(|address| address.starts_with("http://"))
    }

    /// Where tokens are asked for.
    pub fn token_url(&self, tenant: TenantId) -> String {
        format!("{}/{tenant}/oauth2/v2.0/token", self.login)
    }

    /// What tokens are asked for. Another Trunklog gives them for the Graph that it
    /// stands for, whatever its own address is from here.
    pub fn scope(&self) -> String {
        format!("https://{}/.default", self.cloud.graph_host())
    }

    /// The first page of a window.
    pub fn first_page(&self, log: &Log, window: Window) -> String {
        self.call(log, &window.from.to_string(), &window.end_to_ask(log).to_string())
    }

    /// The first page of all that there is.
    pub fn whole_log(&self, log: &Log, from: &str) -> String {
        self.call(log, from, "2100-01-01T00:00:00Z")
    }

    fn call(&self, log: &Log, from: &str, to: &str) -> String {
        // Of another server's rows, everything is wanted; of Microsoft's versions, the
        // one that does not change.
        let has_stable = log.exists_in(Version::V1) && !self.is_own;
        let version = if has_stable { Version::V1 } else { Version::Beta };
        format!(
            "{}/{}/communications/callRecords/{}(fromDateTime={from},toDateTime={to})",
            self.root,
            version.segment(),
            log.function
        )
    }

    /// Whether a link leads there. The token must go nowhere else.
    pub fn has(&self, link: &str) -> bool {
        let origin = |address: &str| Url::parse(address).ok().map(|url| url.origin());
        link.len() <= MAX_LINK && origin(link).is_some() && origin(link) == origin(&self.root)
    }
}

/// The longest link that is followed, which has room in a position.
pub const MAX_LINK: usize = 16 << 10;

fn checked(text: &str) -> Result<String, PlaceError> {
    let form = || PlaceError::Form(text.to_owned());
    let url = Url::parse(text).map_err(|_| form())?;
    let host = url.host_str().ok_or_else(form)?;
    if url.query().is_some()
        || url.fragment().is_some()
        || url.password().is_some()
        || !url.username().is_empty()
    {
        return Err(form());
    }
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let is_loopback = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    match url.scheme() {
        "https" => Ok(text.trim_end_matches('/').to_owned()),
        "http" if is_loopback => Ok(text.trim_end_matches('/').to_owned()),
        "http" => Err(PlaceError::Plain(text.to_owned())),
        _ => Err(form()),
    }
}

#[cfg(test)]
mod tests {
    use trunklog_odata::Instant;
    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};

    use super::*;

    #[test]
    fn every_cloud_has_its_hosts() {
        let tenant: TenantId = "11111111-2222-3333-4444-555555555555".parse().unwrap();
        for (cloud, root, login) in [
            (Cloud::Global, "https://graph.microsoft.com", "https://login.microsoftonline.com"),
            (Cloud::UsGovL4, "https://graph.microsoft.us", "https://login.microsoftonline.us"),
            (Cloud::UsGovL5, "https://dod-graph.microsoft.us", "https://login.microsoftonline.us"),
            (
                Cloud::China,
                "https://microsoftgraph.chinacloudapi.cn",
                "https://login.partner.microsoftonline.cn",
            ),
        ] {
            let place = Place::of_cloud(cloud);
            assert_eq!(place.root(), root);
            assert_eq!(place.token_url(tenant), format!("{login}/{tenant}/oauth2/v2.0/token"));
            assert_eq!(place.scope(), format!("{root}/.default"));
        }
    }

    #[test]
    fn pages_are_asked_for_in_the_version_that_has_them() {
        let day = |day| Instant::from_date(2026, 11, day).unwrap();
        let window = Window { from: day(23), to: day(24) };
        let place = Place::of_cloud(Cloud::Global);
        let range = "(fromDateTime=2026-11-23T00:00:00Z,toDateTime=2026-11-24T00:00:00Z)";
        let calls = "https://graph.microsoft.com/v1.0/communications/callRecords/getDirectRoutingCalls";
        assert_eq!(place.first_page(&DIRECT_ROUTING_CALLS, window), format!("{calls}{range}"));
        let messages = "https://graph.microsoft.com/beta/communications/callRecords/getSmsLog";
        assert_eq!(place.first_page(&SMS, window), format!("{messages}{range}"));
        let own = Place::own("https://b.example", None, Cloud::Global).unwrap();
        assert!(own.first_page(&DIRECT_ROUTING_CALLS, window).starts_with("https://b.example/beta/"));
    }

    #[test]
    fn the_token_goes_nowhere_else() {
        let place = Place::of_cloud(Cloud::Global);
        assert!(place.has("https://graph.microsoft.com/v1.0/x?$skip=1000"));
        assert!(place.has("https://GRAPH.microsoft.com:443/v1.0/x"));
        for link in [
            "http://graph.microsoft.com/v1.0/x",
            "https://graph.microsoft.com.evil.example/v1.0",
            "https://graph.microsoft.com@evil.example/v1.0",
            "https://graph.microsoft.com:8443/v1.0",
            "/v1.0/x",
            "",
        ] {
            assert!(!place.has(link), "{link}");
        }
        assert!(!place.has(&format!("https://graph.microsoft.com/{}", "x".repeat(MAX_LINK))));
    }

    #[test]
    fn own_addresses_are_checked() {
        let own = |url: &str| Place::own(url, None, Cloud::Global);
        assert_eq!(own("https://calls.example.com:8443/").unwrap().root(), "https://calls.example.com:8443");
        assert!(own("http://127.0.0.1:8080").unwrap().is_on_this_machine());
        assert!(matches!(own("http://calls.example.com"), Err(PlaceError::Plain(_))));
        for wrong in ["calls.example.com", "ftp://x", "https://a:b@x", "https://x?y", ""] {
            assert!(matches!(own(wrong), Err(PlaceError::Form(_))), "{wrong}");
        }
    }
}
