//! The link to the next page.

use std::fmt::Write;

use trunklog_odata::{Profile, QueryOptions};
use trunklog_store::{Selection, SkipToken};

use crate::accept;

/// Keeps the size of pages in links: clients state their preference in the first
/// request, and it is the whole walk that they mean.
const PAGE_SIZE: &str = "maxpagesize";

/// What the links of a walk have in common.
pub(super) struct Links {
    /// The address of the set.
    pub(super) set: String,
    /// From [`carried`].
    pub(super) carried: String,
    /// The size of pages, if the client wants another than ours.
    pub(super) page_size: Option<u32>,
}

impl Links {
    /// The link to the next page; `top` is how many entities the walk may still give.
    pub(super) fn next(&self, token: &SkipToken, selection: &Selection, top: Option<u64>) -> String {
        let Links { set, carried, page_size } = self;
        let mut link = format!("{set}?{carried}");
        // Writing to a string cannot fail.
        if let Some(top) = top {
            let _ = write!(link, "$top={top}&");
        }
        if let Some(rows) = page_size {
            let _ = write!(link, "{PAGE_SIZE}={rows}&");
        }
        let _ = write!(link, "$skiptoken={}", token.to_text(selection));
        link
    }
}

/// The options of a raw query string that links repeat, still encoded as they came,
/// each with a `&` after it: `$filter=duration%20gt%2060&`.
///
/// Reading an option is what tells which it is, because there are many ways to
/// write its name.
pub(super) fn carried(query: &str) -> String {
    let is_alias = |pair: &str| {
        pair.starts_with('@') || pair.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("%40"))
    };
    let is_meant = |read: &QueryOptions| {
        let texts = [read.filter(), read.select(), read.order_by(), read.format()];
        texts.iter().any(Option::is_some) || read.count()
    };
    let is_carried = |pair: &&str| {
        is_alias(pair) || QueryOptions::parse(pair, Profile::Default).is_ok_and(|read| is_meant(&read))
    };
    query.split('&').filter(is_carried).fold(String::new(), |all, pair| all + pair + "&")
}

/// The size of pages that a link of ours carries.
pub(super) fn page_size(query: &str) -> Option<u32> {
    query.split('&').find_map(|pair| accept::page_size(pair.strip_prefix(PAGE_SIZE)?.strip_prefix('=')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_repeat_what_the_client_asked_for() {
        let query = "$top=5&%24filter=a%20eq%20'x%26y'&$skip=7&$skiptoken=old&$select=a,b&$count=true\
                     &@a=2026-11-01&x=1&maxpagesize=20&$format=json&$orderby=b+desc";
        assert_eq!(
            carried(query),
            "%24filter=a%20eq%20'x%26y'&$select=a,b&$count=true&@a=2026-11-01&$format=json&$orderby=b+desc&"
        );
        assert_eq!(
            (carried(""), page_size(query), page_size("maxpagesize=0")),
            (String::new(), Some(20), None)
        );
    }
}
