//! Addresses of pages.

use std::fmt::Write;

use trunklog_records::TenantId;

use crate::assets::Asset;
use crate::state::{FilterState, escaped};

/// Makes addresses of pages from where the reader is. They are relative, so that
/// they hold behind any proxy.
///
/// ```
/// use trunklog_web::Links;
/// use trunklog_web::state::FilterState;
///
/// let links = Links::new("/calls/2026-11-30T08:00:00Z/an-id", None);
/// let state = FilterState::read("trunk=sbc1.example", &[]).unwrap();
/// assert_eq!(links.to("trunks", &state), "../../trunks?trunk=sbc1.example");
/// assert_eq!(Links::new("/", None).to("", &FilterState::default()), "./");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    /// From the page to the root.
    base: String,
    /// What the paths of the tenant's pages start with.
    prefix: String,
}

impl Links {
    /// From the page of that path. A tenant is named where a reader has several.
    pub fn new(path: &str, tenant: Option<TenantId>) -> Links {
        let depth = path.matches('/').count().saturating_sub(1);
        let base = if depth == 0 { "./".to_owned() } else { "../".repeat(depth) };
        let prefix = tenant.map_or_else(String::new, |tenant| format!("t/{tenant}/"));
        Links { base, prefix }
    }

    /// From pages of which nobody knows where they are: errors.
    pub fn from_root() -> Links {
        Links { base: "/".to_owned(), prefix: String::new() }
    }

    /// A page of the tenant, with what a reader looks at.
    pub fn to(&self, path: &str, state: &FilterState) -> String {
        let mut address = format!("{}{}{path}", self.base, self.prefix);
        let query = state.query();
        if !query.is_empty() {
            // A string takes whatever is written to it.
            let _ = write!(address, "?{query}");
        }
        address
    }

    /// A page of another tenant.
    pub fn to_tenant(&self, tenant: TenantId) -> String {
        format!("{}t/{tenant}/", self.base)
    }

    /// What belongs to no tenant: `sign-out`, for example.
    pub fn root(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// A file of the pages.
    pub fn asset(&self, asset: &Asset) -> String {
        format!("{}assets/{}", self.base, asset.name())
    }

    /// A value as a part of a path.
    pub fn segment(value: &str) -> String {
        escaped(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_relative_to_where_the_reader_is() {
        let tenant: TenantId = "11111111-2222-3333-4444-555555555555".parse().unwrap();
        let state = FilterState::default();
        for (path, named, expected) in [
            ("/", None, "./calls"),
            ("/calls", None, "./calls"),
            ("/calls/", None, "../calls"),
            ("/trunks/sbc1.example", None, "../calls"),
            ("/t/x/", Some(tenant), "../../t/11111111-2222-3333-4444-555555555555/calls"),
        ] {
            assert_eq!(Links::new(path, named).to("calls", &state), expected, "{path}");
        }
        assert_eq!(Links::new("/t/x/calls", None).to_tenant(tenant), format!("../../t/{tenant}/"));
        assert_eq!(Links::segment("a/b?c d"), "a%2Fb%3Fc%20d");
    }
}
