//! Whether all pages of a walk were saved.

use std::collections::{BTreeMap, BTreeSet};

use trunklog_odata::envelope::PAGE_SIZE;

use super::page::NextLink;

/// How many links are remembered; after that, nothing more is looked for.
const MAX_LINKS: usize = 100_000;

/// The longest walk's address that is remembered.
const MAX_WALK_LEN: usize = 2_048;

/// The next links of the pages in a run, to tell which pages are missing.
///
/// A page does not say where it is in its walk; only its link says where
/// the next one starts. So a page is known to be missing when a walk's links
/// have a gap, and when more walks go on than pages without a link were read.
/// What is reported is therefore the least that is missing.
#[derive(Debug, Default)]
pub(super) struct Walks {
    by_address: BTreeMap<String, Walk>,
    links: usize,
    /// Pages without a next link: each ends some walk.
    ends: usize,
}

#[derive(Debug)]
struct Walk {
    /// The input that showed it first.
    input: String,
    skips: BTreeSet<u64>,
}

impl Walks {
    /// Notes how a page of `input` goes on.
    pub(super) fn add(&mut self, input: &str, next_link: Option<NextLink>) {
        let Some(link) = next_link else {
            self.ends += 1;
            return;
        };
        if self.links == MAX_LINKS || link.walk.len() > MAX_WALK_LEN {
            return;
        }
        let walk = self
            .by_address
            .entry(link.walk)
            .or_insert_with(|| Walk { input: input.to_owned(), skips: BTreeSet::new() });
        // A link without a number still says that a page follows.
        if walk.skips.insert(link.skip.unwrap_or(0)) {
            self.links += 1;
        }
    }

    /// How many pages are missing at least.
    pub(super) fn missing(&self) -> u64 {
        let gaps = self.by_address.values().map(Walk::gaps).sum::<u64>();
        let open = u64::try_from(self.by_address.len().saturating_sub(self.ends)).unwrap_or(u64::MAX);
        gaps.saturating_add(open)
    }

    /// A warning that so many pages are missing; None where none are.
    pub(super) fn warning(&self, missing: u64) -> Option<String> {
        let first_gap = self.by_address.values().find(|walk| walk.gaps() > 0);
        let walk = first_gap.or_else(|| self.by_address.values().next()).filter(|_| missing > 0)?;
        let (pages, are) = if missing == 1 { ("page", "is") } else { ("pages", "are") };
        Some(format!(
            "at least {missing} {pages} {are} missing: '{}' has a next link whose page was not given",
            walk.input
        ))
    }
}

impl Walk {
    /// How many pages are missing before the last link. Links that do not
    /// count in whole pages say nothing about that.
    fn gaps(&self) -> u64 {
        let page = u64::from(PAGE_SIZE);
        let last = self.skips.last().copied().unwrap_or(0);
        if self.skips.iter().any(|skip| *skip == 0 || !skip.is_multiple_of(page)) {
            return 0;
        }
        let first = self.skips.first().copied().unwrap_or(0);
        let known = u64::try_from(self.skips.len()).unwrap_or(u64::MAX);
        ((last - first) / page + 1).saturating_sub(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages such as `a1000` (walk a, the next link skips 1,000) and `.`, a last
    /// page.
    fn warning(pages: &str) -> Option<String> {
        let mut walks = Walks::default();
        for page in pages.split_whitespace() {
            let link = || NextLink { walk: page[..1].to_owned(), skip: page[1..].parse().ok() };
            walks.add(&format!("{page}.json"), (page != ".").then(link));
        }
        walks.warning(walks.missing())
    }

    #[test]
    fn complete_walks_are_fine_in_any_order() {
        for pages in ["", ".", "a1000 a2000 .", "a1000 . a2000 a1000", "a1000 . b1000 ."] {
            assert_eq!(warning(pages), None, "{pages}");
        }
    }

    #[test]
    fn missing_pages_are_counted() {
        for (pages, expected) in [
            ("a1000", "at least 1 page is missing: 'a1000.json'"),
            ("a1000 a2000", "at least 1 page is missing: 'a1000.json'"),
            ("a b", "at least 2 pages are missing: 'a.json'"),
            ("a1000 a4000 .", "at least 2 pages are missing: 'a1000.json'"),
            ("b1000 a1000 .", "at least 1 page is missing: 'a1000.json'"),
        ] {
            let warning = warning(pages).unwrap();
            assert!(warning.starts_with(expected), "{pages}: {warning}");
        }
    }
}
