//! The links by which a client goes on: to the next page, and to what changes.

use std::fmt::Write;

use trunklog_odata::{Profile, QueryOptions, Version};
use trunklog_records::masking::Mask;
use trunklog_store::{DeltaToken, Engine, Key, Result, Selection, SkipToken, Store, Watermark};

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
    /// The links to what changes after the walk, if the client follows it.
    pub(super) changes: Option<ChangesLinks>,
}

/// What all links to changes of a selection have in common.
///
/// Whoever follows changes does so for long, so these links say all that they
/// need: also the size of pages, and the form where an option named it.
pub(super) struct ChangesLinks {
    pub(super) root: String,
    pub(super) version: Version,
    /// The function call, exactly as the client wrote it.
    pub(super) segment: String,
    /// The rows as the client asked for them: no mask was put into it, and it
    /// has no order. Tokens are bound to it.
    pub(super) selection: Selection,
    pub(super) mask: Mask,
    /// From [`carried_by_changes`].
    pub(super) carried: String,
    /// The size of pages, if the client wants another than ours.
    pub(super) page_size: Option<u32>,
}

/// Keeps the size of pages in links; clients state their preference in the
/// first request, and it is the whole walk that they mean.
const PAGE_SIZE: &str = "maxpagesize";

/// Keeps in links that the client follows changes, for the same reason. It is
/// beside the skip token and not within, so that tokens stay what they were.
const TRACKED: &str = "track-changes";

/// The wish to follow changes, as a link of ours carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tracking {
    /// It is the first page of a walk.
    Wanted,
    /// The walk began with this store, see [`DeltaToken::epoch_in`].
    Of(u64),
}

impl Walk {
    /// The link to the next page; `top` is how many rows the walk may still give.
    /// Graph's links have `$skip` alone; ours also carry the walk, unless the
    /// profile is strict.
    ///
    /// Where changes are followed, `epoch` says in which store the walk began:
    /// after a backup was put back it must not end with a link to what changed
    /// since.
    pub(super) fn next_link(&self, token: &SkipToken, top: Option<u64>, epoch: Option<u64>) -> String {
        let Walk { root, version, segment, selection, carried, page_size, profile, .. } = self;
        let mut link = format!("{}?$skip={}", address(root, *version, segment), token.skip);
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
        if let Some(epoch) = epoch {
            let _ = write!(link, "&{TRACKED}={epoch:016x}");
        }
        link.push_str(carried);
        link
    }
}

impl ChangesLinks {
    /// The link to what changes after a commit.
    pub(super) fn after(&self, engine: &dyn Engine, store: &dyn Store, after: Watermark) -> Result<String> {
        let epoch = DeltaToken::epoch_in(engine, store, after, None)?;
        Ok(self.link(&DeltaToken { after, epoch, until: None, start: None }))
    }

    /// The link to the next page of what changed after a commit and up to
    /// another.
    pub(super) fn next(
        &self,
        engine: &dyn Engine,
        store: &dyn Store,
        (after, until): (Watermark, Watermark),
        start: Key,
    ) -> Result<String> {
        let epoch = DeltaToken::epoch_in(engine, store, after, Some(until))?;
        Ok(self.link(&DeltaToken { after, epoch, until: Some(until), start: Some(start) }))
    }

    /// The link to all rows, for who has to start again. The walk ends with a
    /// link to changes again, whether or not the client asks for it in a header.
    pub(super) fn all_rows(&self) -> String {
        self.with(&format!("{TRACKED}=true"))
    }

    fn link(&self, token: &DeltaToken) -> String {
        self.with(&format!("$deltatoken={}", token.to_text(&self.selection, self.mask)))
    }

    fn with(&self, option: &str) -> String {
        let ChangesLinks { root, version, segment, carried, page_size, .. } = self;
        let carried = carried.strip_prefix('&');
        let page_size = page_size.map(|rows| format!("{PAGE_SIZE}={rows}"));
        let options: Vec<&str> =
            [carried, page_size.as_deref(), Some(option)].into_iter().flatten().collect();
        ascii(&format!("{}?{}", address(root, *version, segment), options.join("&")))
    }
}

/// A link without bytes that a header must not have (RFC 9110, section 5.5):
/// what a client did not encode is encoded.
fn ascii(link: &str) -> String {
    percent_encoding::utf8_percent_encode(link, percent_encoding::CONTROLS).to_string()
}

fn address(root: &str, version: Version, segment: &str) -> String {
    format!("{root}/{}/communications/callRecords/{segment}", version.segment())
}

/// The options of a raw query string that links repeat, still encoded as they
/// came: `&$filter=duration%20gt%2060&@a=2019-11-01`.
///
/// Without the parameter aliases the call in the link would have no values; the
/// others make the walk what it is. What the profile ignores is not repeated.
pub(super) fn carried(query: &str, profile: Profile) -> String {
    carried_if(query, profile, |read| describes_changes(read) || read.order_by().is_some() || read.count())
}

/// The same for links to changes, which come in one order and are not counted.
pub(super) fn carried_by_changes(query: &str, profile: Profile) -> String {
    carried_if(query, profile, describes_changes)
}

/// Whether it is one of the options that hold for all pages alike, also those
/// of changes.
fn describes_changes(read: &QueryOptions) -> bool {
    [read.filter(), read.select(), read.format()].iter().any(Option::is_some)
}

/// Reading an option is what tells which it is, because there are many ways to
/// write its name.
fn carried_if(query: &str, profile: Profile, is_meant: impl Fn(&QueryOptions) -> bool) -> String {
    let is_carried =
        |pair: &&str| is_alias(pair) || QueryOptions::parse(pair, profile).is_ok_and(|read| is_meant(&read));
    query.split('&').filter(is_carried).fold(String::new(), |mut all, pair| {
        all.push('&');
        all.push_str(pair);
        all
    })
}

fn is_alias(pair: &str) -> bool {
    pair.starts_with('@') || pair.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("%40"))
}

/// The size of pages that a link of ours carries.
pub(super) fn page_size(query: &str) -> Option<u32> {
    query.split('&').find_map(|pair| accept::page_size(pair.strip_prefix(PAGE_SIZE)?.strip_prefix('=')?))
}

/// The wish to follow changes, if a link of ours carries it.
pub(super) fn tracking(query: &str) -> Option<Tracking> {
    query.split('&').find_map(|pair| match pair.strip_prefix(TRACKED)?.strip_prefix('=')? {
        "true" => Some(Tracking::Wanted),
        epoch if epoch.len() == 16 => u64::from_str_radix(epoch, 16).ok().map(Tracking::Of),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use trunklog_odata::Instant;
    use trunklog_records::TimeRange;
    use trunklog_records::schema::DIRECT_ROUTING_CALLS;

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
            changes: None,
        }
    }

    fn changes(query: &str) -> ChangesLinks {
        let Walk { root, version, segment, selection, page_size, profile, .. } =
            walk(Profile::Default, query);
        let carried = carried_by_changes(query, profile);
        ChangesLinks { root, version, segment, selection, mask: Mask::hiding(3), carried, page_size }
    }

    fn token() -> SkipToken {
        let after = Key::new(Instant::from_unix_secs(5).unwrap(), "x");
        SkipToken { watermark: Watermark(7), skip: 1000, after }
    }

    #[test]
    fn a_strict_link_is_graphs() {
        let query = "$skip=0&$filter=ignored&%24count=true&$format=json";
        assert_eq!(
            walk(Profile::Strict, query).next_link(&token(), None, None),
            "https://t.example/v1.0/communications/callRecords/\
             getDirectRoutingCalls(fromDateTime=%40a,toDateTime=2019-12-01)?$skip=1000"
        );
    }

    #[test]
    fn a_link_carries_walk_and_aliases() {
        let walk = walk(Profile::Default, "@a=2019-11-01T00%3A00Z&x=1&%40b=2");
        let link = walk.next_link(&token(), None, None);
        let (_, query) = link.split_once('?').unwrap();
        let text = token().to_text(&walk.selection);
        assert_eq!(query, format!("$skip=1000&$skiptoken={text}&@a=2019-11-01T00%3A00Z&%40b=2"));
    }

    #[test]
    fn a_link_repeats_the_clients_options_as_they_came() {
        let query = "$top=50&%24%66ilter=a%20eq%20'x%26y'&$skip=7&%24OrderBy=b+desc&maxpagesize=20\
                     &$skiptoken=old&%24select=a,b&count=true&$format=json&api-version=1";
        let walk = walk(Profile::Default, query);
        let link = walk.next_link(&token(), Some(30), None);
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
    fn a_link_keeps_that_changes_are_followed() {
        let query = "$top=3&@a=2019-11-01&track-changes=true";
        assert_eq!(tracking(query), Some(Tracking::Wanted));
        for other in ["", "track-changes", "track-changes=false", "track-changes=", "xtrack-changes=true"] {
            assert_eq!(tracking(other), None, "{other}");
        }
        let plain = walk(Profile::Default, query);
        let tracked = Walk { changes: Some(changes(query)), ..walk(Profile::Default, query) };
        let link = tracked.next_link(&token(), None, Some(0xfe));
        assert_eq!(tracking(&link.replace('?', "&")), Some(Tracking::Of(0xfe)), "{link}");
        assert_eq!(
            link.replace("&track-changes=00000000000000fe", ""),
            plain.next_link(&token(), None, None)
        );
    }

    #[test]
    fn links_to_changes_fit_into_a_header() {
        let links = changes("$filter=userId eq 'ü€'&@a=2019-11-01");
        let link = links.all_rows();
        assert!(link.is_ascii() && link.contains("userId eq '%C3%BC%E2%82%AC'&@a=2019-11-01"), "{link}");
    }

    #[test]
    fn links_to_changes_repeat_what_holds_for_them() {
        let query = "$top=50&%24filter=a%20eq%20'x%26y'&$skip=7&$orderby=b&maxpagesize=20&$deltatoken=old\
                     &$select=a,b&$count=true&$format=ndjson&@a=2019-11-01&x=1&track-changes=true";
        let links = changes(query);
        let start = Key::new(Instant::from_unix_secs(5).unwrap(), "x");
        for token in [
            DeltaToken { after: Watermark(7), epoch: 1, until: None, start: None },
            DeltaToken { after: Watermark(7), epoch: 1, until: Some(Watermark(9)), start: Some(start) },
        ] {
            let text = token.to_text(&links.selection, Mask::hiding(3));
            assert_eq!(
                links.link(&token),
                format!(
                    "https://t.example/v1.0/communications/callRecords/\
                     getDirectRoutingCalls(fromDateTime=%40a,toDateTime=2019-12-01)?\
                     %24filter=a%20eq%20'x%26y'&$select=a,b&$format=ndjson&@a=2019-11-01&maxpagesize=20\
                     &$deltatoken={text}"
                )
            );
        }
        let all_rows = links.all_rows();
        assert!(all_rows.ends_with("&@a=2019-11-01&maxpagesize=20&track-changes=true"), "{all_rows}");
        let bare = changes("");
        let token = DeltaToken { after: Watermark(7), epoch: 1, until: None, start: None };
        let text = token.to_text(&bare.selection, bare.mask);
        let all_rows = bare.all_rows();
        assert!(all_rows.ends_with("toDateTime=2019-12-01)?track-changes=true"), "{all_rows}");
        assert_eq!(bare.link(&token), all_rows.replace("track-changes=true", &format!("$deltatoken={text}")));
    }

    #[test]
    fn only_a_number_is_a_page_size() {
        for query in ["", "maxpagesize", "maxpagesize=", "maxpagesize=0", "maxpagesize=x", "xmaxpagesize=5"] {
            assert_eq!(page_size(query), None, "{query}");
        }
        assert_eq!(page_size("a=b&maxpagesize=5"), Some(5));
    }
}
