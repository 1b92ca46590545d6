//! What a path means.

use trunklog_records::TenantId;

/// What the paths of pages start with. All else is Graph's, as ever.
const FIRST: [&str; 14] = [
    "assets",
    "search",
    "calls",
    "trunks",
    "failures",
    "usage",
    "users",
    "numbers",
    "destinations",
    "help",
    "codes",
    "exports",
    "data",
    "admin",
];

/// Whether a path is that of a page, of a file of pages, or of what a form of one
/// sends.
pub(crate) fn is_page(segments: &[&str]) -> bool {
    match segments {
        [] => true,
        ["t", tenant, ..] => tenant.parse::<TenantId>().is_ok(),
        [first, ..] => FIRST.contains(first),
    }
}

/// A path, cut into its parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address<'a> {
    /// The tenant that it names.
    pub(super) tenant: Option<TenantId>,
    /// The parts after that, still encoded.
    pub(super) segments: Vec<&'a str>,
}

impl<'a> Address<'a> {
    pub(super) fn of(path: &'a str) -> Address<'a> {
        let segments: Vec<&'a str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        match segments.as_slice() {
            ["t", tenant, rest @ ..] => match tenant.parse() {
                Ok(tenant) => Address { tenant: Some(tenant), segments: rest.to_vec() },
                Err(_) => Address { tenant: None, segments },
            },
            _ => Address { tenant: None, segments },
        }
    }

    /// Whether it is the first page.
    pub(super) fn is_first(&self) -> bool {
        self.segments.is_empty()
    }

    /// The name of a file of pages.
    pub(super) fn asset(&self) -> Option<&'a str> {
        match self.segments.as_slice() {
            ["assets", name] if self.tenant.is_none() => Some(*name),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_a_tenant_or_not() {
        let tenant: TenantId = "11111111-2222-3333-4444-555555555555".parse().unwrap();
        for (path, named, segments) in [
            ("/", None, &[][..]),
            ("/calls", None, &["calls"]),
            ("//trunks//sbc1.example/", None, &["trunks", "sbc1.example"]),
            ("/t/11111111-2222-3333-4444-555555555555/", Some(tenant), &[]),
            ("/t/11111111-2222-3333-4444-555555555555/calls", Some(tenant), &["calls"]),
            ("/t/contoso/calls", None, &["t", "contoso", "calls"]),
        ] {
            let address = Address::of(path);
            assert_eq!((address.tenant, address.segments.as_slice()), (named, segments), "{path}");
        }
        assert_eq!(Address::of("/assets/a.css").asset(), Some("a.css"));
        assert_eq!(Address::of("/t/11111111-2222-3333-4444-555555555555/assets/a.css").asset(), None);
    }

    #[test]
    fn what_is_no_page_stays_what_it_was() {
        assert!(is_page(&[]) && is_page(&["calls", "a", "b"]));
        assert!(is_page(&["t", "11111111-2222-3333-4444-555555555555"]) && !is_page(&["t", "oauth2"]));
        assert!(!is_page(&["v1.0"]) && !is_page(&["communications"]) && !is_page(&["Calls"]));
    }
}
