//! The link to the next page.

use std::fmt::Write;

use trunklog_odata::{Profile, Version};
use trunklog_records::{Log, TimeRange};
use trunklog_store::SkipToken;

/// What all links of a walk have in common.
pub(super) struct Walk {
    pub(super) root: String,
    pub(super) version: Version,
    /// The function call, exactly as the client wrote it.
    pub(super) segment: String,
    /// From [`aliases`].
    pub(super) aliases: String,
    pub(super) profile: Profile,
}

impl Walk {
    /// The link behind a page. Graph's links have `$skip` alone; ours also
    /// carry the walk, unless the profile is strict.
    pub(super) fn next_link(&self, token: &SkipToken, log: &Log, range: TimeRange) -> String {
        let Walk { root, version, segment, aliases, profile } = self;
        let (version, skip) = (version.segment(), token.skip);
        let mut link = format!("{root}/{version}/communications/callRecords/{segment}?$skip={skip}");
        if !profile.is_strict() {
            // Writing to a string cannot fail.
            let _ = write!(link, "&$skiptoken={}", token.to_text(log, range));
        }
        link.push_str(aliases);
        link
    }
}

/// The parameter aliases of a raw query string, still encoded as they came:
/// `&@a=2019-11-01`. Without them the call in the link would have no values.
pub(super) fn aliases(query: &str) -> String {
    let is_alias = |pair: &&str| {
        pair.starts_with('@') || pair.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("%40"))
    };
    query.split('&').filter(is_alias).fold(String::new(), |mut all, pair| {
        all.push('&');
        all.push_str(pair);
        all
    })
}

#[cfg(test)]
mod tests {
    use trunklog_odata::Instant;
    use trunklog_records::schema::DIRECT_ROUTING_CALLS;
    use trunklog_store::{Key, Watermark};

    use super::*;

    fn link(profile: Profile, query: &str) -> String {
        let at = |secs| Instant::from_unix_secs(secs).unwrap();
        let range = TimeRange::of(&DIRECT_ROUTING_CALLS, at(0), at(9)).unwrap();
        let token =
            SkipToken { watermark: Watermark(7), skip: 1000, after: Key { time: at(5), id: "x".to_owned() } };
        let walk = Walk {
            root: "https://t.example".to_owned(),
            version: Version::V1,
            segment: "getDirectRoutingCalls(fromDateTime=%40a,toDateTime=2019-12-01)".to_owned(),
            aliases: aliases(query),
            profile,
        };
        walk.next_link(&token, &DIRECT_ROUTING_CALLS, range)
    }

    #[test]
    fn a_strict_link_is_graphs() {
        assert_eq!(
            link(Profile::Strict, "$skip=0"),
            "https://t.example/v1.0/communications/callRecords/\
             getDirectRoutingCalls(fromDateTime=%40a,toDateTime=2019-12-01)?$skip=1000"
        );
    }

    #[test]
    fn a_link_carries_walk_and_aliases() {
        let link = link(Profile::Default, "@a=2019-11-01T00%3A00Z&x=1&%40b=2");
        let (_, query) = link.split_once('?').unwrap();
        assert!(query.starts_with("$skip=1000&$skiptoken="), "{link}");
        assert!(query.ends_with("&@a=2019-11-01T00%3A00Z&%40b=2"), "{link}");
    }
}
