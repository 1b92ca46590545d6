//! The link to the next page.

use std::fmt::Write;

use trunklog_odata::{Profile, QueryOptions, Version};
use trunklog_store::{Selection, SkipToken};

use super::accept;

/// What all links of a walk have in common.
pub(super) struct Walk {
    pub(super) root: String,
    pub(super) version: Version,
    /// The function call, exactly as the client wrote it.
    pub(super) segment: String,
    /// The rows, as the client asked for them. Tokens are bound to them.
    pub(super) selection: Selection,
    /// From [`carried`].
    pub(super) carried: String,
    /// The size of pages, if the client wants another than ours.
    pub(super) page_size: Option<u32>,
    pub(super) profile: Profile,
}

/// Keeps the size of pages in links; clients state their preference in the
/// first request, and it is the whole walk that they mean.
const PAGE_SIZE: &str = "maxpagesize";

impl Walk {
    /// The link to the next page; `top` is how many rows the walk may still give.
    /// Graph's links have `$skip` alone; ours also carry the walk, unless the
    /// profile is strict.
    pub(super) fn next_link(&self, token: &SkipToken, top: Option<u64>) -> String {
        let Walk { root, version, segment, selection, carried, page_size, profile } = self;
        let (version, skip) = (version.segment(), token.skip);
        let mut link = format!("{root}/{version}/communications/callRecords/{segment}?$skip={skip}");
        // Writing to a string cannot fail.
        if !profile.is_strict() {
            let _ = write!(link, "&$skiptoken={}", token.to_text(selection));
        }
        if let Some(top) = top {
            let _ = write!(link, "&$top={top}");
        }
        if let Some(rows) = page_size {
            let _ = write!(link, "&{PAGE_SIZE}={rows}");
        }
        link.push_str(carried);
        link
    }
}

/// The options of a raw query string that links repeat, still encoded as they
/// came: `&$filter=duration%20gt%2060&@a=2019-11-01`.
///
/// Without the parameter aliases the call in the link would have no values; the
/// others make the walk what it is. What the profile ignores is not repeated.
pub(super) fn carried(query: &str, profile: Profile) -> String {
    let is_carried = |pair: &&str| is_alias(pair) || describes_walk(pair, profile);
    query.split('&').filter(is_carried).fold(String::new(), |mut all, pair| {
        all.push('&');
        all.push_str(pair);
        all
    })
}

fn is_alias(pair: &str) -> bool {
    pair.starts_with('@') || pair.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("%40"))
}

/// Whether it is one of the options that hold for all pages alike. Reading it
/// is what tells, because there are many ways to write its name.
fn describes_walk(pair: &str, profile: Profile) -> bool {
    QueryOptions::parse(pair, profile).is_ok_and(|read| {
        let texts = [read.filter(), read.order_by(), read.select(), read.format()];
        read.count() || texts.iter().any(Option::is_some)
    })
}

/// The size of pages that a link of ours carries.
pub(super) fn page_size(query: &str) -> Option<u32> {
    query.split('&').find_map(|pair| accept::page_size(pair.strip_prefix(PAGE_SIZE)?.strip_prefix('=')?))
}

#[cfg(test)]
mod tests {
    use trunklog_odata::Instant;
    use trunklog_records::TimeRange;
    use trunklog_records::schema::DIRECT_ROUTING_CALLS;
    use trunklog_store::{Key, Watermark};

    use super::*;

    fn walk(profile: Profile, query: &str) -> Walk {
        let at = |secs| Instant::from_unix_secs(secs).unwrap();
        let range = TimeRange::of(&DIRECT_ROUTING_CALLS, at(0), at(9)).unwrap();
        Walk {
            root: "https://t.example".to_owned(),
            version: Version::V1,
            segment: "getDirectRoutingCalls(fromDateTime=%40a,toDateTime=2019-12-01)".to_owned(),
            selection: Selection::all(&DIRECT_ROUTING_CALLS, range),
            carried: carried(query, profile),
            page_size: page_size(query),
            profile,
        }
    }

    fn token() -> SkipToken {
        let after = Key::new(Instant::from_unix_secs(5).unwrap(), "x");
        SkipToken { watermark: Watermark(7), skip: 1000, after }
    }

    #[test]
    fn a_strict_link_is_graphs() {
        let query = "$skip=0&$filter=ignored&%24count=true&$format=json";
        assert_eq!(
            walk(Profile::Strict, query).next_link(&token(), None),
            "https://t.example/v1.0/communications/callRecords/\
             getDirectRoutingCalls(fromDateTime=%40a,toDateTime=2019-12-01)?$skip=1000"
        );
    }

    #[test]
    fn a_link_carries_walk_and_aliases() {
        let walk = walk(Profile::Default, "@a=2019-11-01T00%3A00Z&x=1&%40b=2");
        let link = walk.next_link(&token(), None);
        let (_, query) = link.split_once('?').unwrap();
        let text = token().to_text(&walk.selection);
        assert_eq!(query, format!("$skip=1000&$skiptoken={text}&@a=2019-11-01T00%3A00Z&%40b=2"));
    }

    #[test]
    fn a_link_repeats_the_clients_options_as_they_came() {
        let query = "$top=50&%24%66ilter=a%20eq%20'x%26y'&$skip=7&%24OrderBy=b+desc&maxpagesize=20\
                     &$skiptoken=old&%24select=a,b&count=true&$format=json&api-version=1";
        let walk = walk(Profile::Default, query);
        let link = walk.next_link(&token(), Some(30));
        let (_, rest) = link.split_once("&$skiptoken=").unwrap();
        let (text, options) = rest.split_once('&').unwrap();
        assert_eq!(text, token().to_text(&walk.selection));
        assert_eq!(
            options,
            "$top=30&maxpagesize=20&%24%66ilter=a%20eq%20'x%26y'&%24OrderBy=b+desc&%24select=a,b\
             &count=true&$format=json"
        );
    }

    #[test]
    fn only_a_number_is_a_page_size() {
        for query in ["", "maxpagesize", "maxpagesize=", "maxpagesize=0", "maxpagesize=x", "xmaxpagesize=5"] {
            assert_eq!(page_size(query), None, "{query}");
        }
        assert_eq!(page_size("a=b&maxpagesize=5"), Some(5));
    }
}
