//! What a page says beside its rows.

use serde::Deserialize;
use trunklog_odata::edm::NAMESPACE;
use trunklog_records::Log;
use trunklog_records::schema::LOGS;

/// What is known of a page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The log that its context names.
    pub(super) log: Option<&'static Log>,
    /// Where the next page is.
    pub(super) next_link: Option<NextLink>,
}

/// An `@odata.nextLink`, as far as it tells pages of one walk apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextLink {
    /// The link without its query: the same for all pages of a walk.
    pub walk: String,
    /// The value of `$skip`.
    pub skip: Option<u64>,
}

/// The members of a page. The name of the link is misspelt in prose of
/// Microsoft, and so in files made by hand.
#[derive(Debug, Default, Deserialize)]
struct Members {
    #[serde(rename = "@odata.context")]
    context: Option<String>,
    #[serde(rename = "@odata.nextLink", alias = "@odata.NextLink")]
    next_link: Option<String>,
}

impl Page {
    /// Reads a page up to the bracket that opens its rows.
    pub(super) fn from_head(head: &[u8]) -> Page {
        let mut page = Page::default();
        if let Some(members) = head.strip_suffix(b"[") {
            page.add(&[members, b"null}".as_slice()].concat());
        }
        page
    }

    /// Adds what stands behind the bracket that closes the rows.
    pub(super) fn add_tail(&mut self, tail: &[u8]) {
        self.add(&[b"{\"value\":null".as_slice(), tail].concat());
    }

    /// Members that cannot be read are left out: they concern no row.
    fn add(&mut self, json: &[u8]) {
        let members: Members = serde_json::from_slice(json).unwrap_or_default();
        self.log = self.log.or_else(|| members.context.as_deref().and_then(log_of_context));
        self.next_link = self.next_link.take().or_else(|| members.next_link.as_deref().map(NextLink::new));
    }
}

impl NextLink {
    fn new(link: &str) -> NextLink {
        let (walk, query) = link.split_once('?').unwrap_or((link, ""));
        let skip = query.split('&').find_map(|option| {
            let (name, value) = option.split_once('=')?;
            let is_skip = name.eq_ignore_ascii_case("$skip") || name.eq_ignore_ascii_case("%24skip");
            if is_skip { value.parse().ok() } else { None }
        });
        NextLink { walk: walk.to_owned(), skip }
    }
}

/// The log that a context such as
/// `…/$metadata#Collection(microsoft.graph.callRecords.directRoutingLogRow)`
/// names.
pub(super) fn log_of_context(context: &str) -> Option<&'static Log> {
    let (_, named) = context.split_once("#Collection(")?;
    let (qualified, _) = named.split_once(')')?;
    let row_type = qualified.strip_prefix(NAMESPACE)?.strip_prefix('.')?;
    LOGS.into_iter().find(|log| log.row_type.eq_ignore_ascii_case(row_type))
}

#[cfg(test)]
mod tests {
    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};

    use super::*;

    #[test]
    fn members_are_read_on_both_sides_of_the_rows() {
        let context =
            "https://graph.microsoft.com/beta/$metadata#Collection(microsoft.graph.callRecords.smsLogRow)";
        let link = "https://graph.microsoft.com/beta/x(from=2019-11-01)?$skip=2000";
        let mut page = Page::from_head(
            format!(r#"{{"@odata.context":"{context}","@odata.count":3, "VALUE" : ["#).as_bytes(),
        );
        assert_eq!(page.log, Some(&SMS));
        assert_eq!(page.next_link, None);
        page.add_tail(format!(r#" , "@odata.nextLink" : "{link}" }}"#).as_bytes());
        assert_eq!(
            page.next_link,
            Some(NextLink {
                walk: "https://graph.microsoft.com/beta/x(from=2019-11-01)".to_owned(),
                skip: Some(2_000)
            })
        );
    }

    #[test]
    fn members_that_cannot_be_read_are_left_out() {
        let mut page = Page::from_head(br#"{"@odata.context":7,"value":["#);
        page.add_tail(b",nonsense}");
        assert!(page.log.is_none() && page.next_link.is_none());
    }

    #[test]
    fn links_are_compared_without_their_query() {
        let skip = |query: &str| NextLink::new(&format!("https://x/y?{query}")).skip;
        assert_eq!(skip("$skip=1000&$skiptoken=abc"), Some(1_000));
        assert_eq!(skip("a=b&%24skip=3000"), Some(3_000));
        assert_eq!(skip("$skiptoken=7"), None);
        assert_eq!(skip("$skip=-1"), None);
    }

    #[test]
    fn contexts_name_logs() {
        let of = |row_type: &str| {
            log_of_context(&format!("x/$metadata#Collection(microsoft.graph.callRecords.{row_type})"))
        };
        assert_eq!(of("directRoutingLogRow"), Some(&DIRECT_ROUTING_CALLS));
        assert_eq!(of("session"), None);
        assert_eq!(log_of_context("https://graph.microsoft.com/v1.0/$metadata#users"), None);
    }
}
