//! The pages, a line each.

use percent_encoding::percent_decode_str;
use trunklog_identity::PersonRole;
use trunklog_web::Place;

use super::address::Address;
use super::fault::Fault;
use super::visit::{Shown, Visit};
use super::{
    admin, call, calls, codes, data, destinations, evidence, export, failures, health, help, numbers, trunks,
    usage, users,
};

/// The longest part of a path after a page's name, in bytes: no id of a row is longer,
/// and a page repeats it in all of its links.
const LONGEST: usize = 1_024;

/// A page.
pub(super) struct Route {
    /// The first part of its path; empty for the first page.
    pub(super) path: &'static str,
    /// How many parts may follow, which the page gets decoded.
    pub(super) rest: std::ops::RangeInclusive<usize>,
    /// What logs and metrics call it.
    pub(super) name: &'static str,
    /// Where it is in the navigation.
    pub(super) place: Place,
    /// Who may read it.
    pub(super) needs: Needs,
    /// The parameters that it takes besides those of the filter bar.
    pub(super) own: &'static [&'static str],
    /// Whether there is nothing to see before anything was stored.
    pub(super) needs_calls: bool,
    /// Makes it.
    pub(super) show: fn(&Visit<'_>) -> Result<Shown, Fault>,
}

/// What a reader must be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Read sums in which no person can be told.
    Sums,
    /// Read calls, users and numbers.
    Calls,
    /// Take rows out as files.
    Export,
    /// Change people and settings, and what is known of trunks.
    Administer,
}

impl Needs {
    /// The role for it.
    pub(super) fn role(self) -> PersonRole {
        match self {
            Needs::Sums => PersonRole::Aggregates,
            Needs::Calls => PersonRole::Calls,
            Needs::Export => PersonRole::Export,
            Needs::Administer => PersonRole::Administer,
        }
    }
}

/// What the paths of trunks start with. What follows is the trunk that a page is
/// about, whatever its filter says.
pub(super) const TRUNKS: &str = "trunks";

/// The pages that are of no tenant: what key figures and codes mean.
const OF_NO_TENANT: [&str; 2] = ["help", "codes"];

/// The path of the usage report, which has a tab for each log.
pub(super) const USAGE: &str = "usage";

/// The pages.
pub(super) static ROUTES: &[Route] = &[
    Route {
        path: "",
        rest: 0..=0,
        name: "page health",
        place: Place::Health,
        needs: Needs::Sums,
        own: &["metric", "heat", "sort"],
        needs_calls: true,
        show: health::show,
    },
    Route {
        path: "calls",
        rest: 0..=0,
        name: "page calls",
        place: Place::Calls,
        needs: Needs::Calls,
        own: &["after", "columns", "order"],
        needs_calls: true,
        show: calls::show,
    },
    Route {
        path: "calls",
        rest: 2..=2,
        name: "page call",
        place: Place::Calls,
        needs: Needs::Calls,
        own: &[],
        needs_calls: true,
        show: call::show,
    },
    Route {
        path: TRUNKS,
        rest: 0..=0,
        name: "page trunks",
        place: Place::Trunks,
        needs: Needs::Sums,
        own: &["name", "show", "sort"],
        needs_calls: false,
        show: trunks::list,
    },
    Route {
        path: TRUNKS,
        rest: 1..=1,
        name: "page trunk",
        place: Place::Trunks,
        needs: Needs::Sums,
        own: &[],
        needs_calls: false,
        show: trunks::one,
    },
    Route {
        path: "failures",
        rest: 0..=0,
        name: "page failures",
        place: Place::Failures,
        needs: Needs::Sums,
        own: &["sort"],
        needs_calls: true,
        show: failures::show,
    },
    Route {
        path: "failures",
        rest: 1..=1,
        name: "page evidence",
        place: Place::Failures,
        needs: Needs::Calls,
        own: &[],
        needs_calls: true,
        show: evidence::show,
    },
    Route {
        path: "users",
        rest: 0..=0,
        name: "page users",
        place: Place::Users,
        needs: Needs::Calls,
        own: &["sort"],
        needs_calls: true,
        show: users::show,
    },
    Route {
        path: "numbers",
        rest: 0..=0,
        name: "page numbers",
        place: Place::Numbers,
        needs: Needs::Calls,
        own: &["show", "skip", "sort"],
        needs_calls: true,
        show: numbers::show,
    },
    Route {
        path: "destinations",
        rest: 0..=0,
        name: "page destinations",
        place: Place::Destinations,
        needs: Needs::Sums,
        own: &["sort"],
        needs_calls: true,
        show: destinations::show,
    },
    Route {
        path: "help",
        rest: 0..=1,
        name: "page help",
        place: Place::Help,
        needs: Needs::Sums,
        own: &[],
        needs_calls: false,
        show: help::show,
    },
    Route {
        path: "codes",
        rest: 0..=1,
        name: "page codes",
        place: Place::Help,
        needs: Needs::Sums,
        own: &[],
        needs_calls: false,
        show: codes::show,
    },
    Route {
        path: USAGE,
        rest: 0..=0,
        name: "page usage",
        place: Place::Usage,
        needs: Needs::Calls,
        own: &["tab", "skip"],
        needs_calls: true,
        show: usage::show,
    },
    Route {
        path: "exports",
        rest: 0..=0,
        name: "page exports",
        place: Place::Usage,
        needs: Needs::Export,
        own: &[],
        needs_calls: false,
        show: export::show,
    },
    Route {
        path: "data",
        rest: 0..=0,
        name: "page data",
        place: Place::Data,
        needs: Needs::Sums,
        own: &["hours"],
        needs_calls: false,
        show: data::show,
    },
    Route {
        path: "admin",
        rest: 0..=0,
        name: "page admin",
        place: Place::Admin,
        needs: Needs::Administer,
        own: &["tab", "said", "what", "names", "before"],
        needs_calls: false,
        show: admin::show,
    },
];

impl Route {
    /// The page of an address, and the rest of its path.
    pub(super) fn of(address: &Address<'_>) -> Option<(&'static Route, Vec<String>)> {
        let (first, rest) = match address.segments.split_first() {
            None => ("", &[][..]),
            Some((first, rest)) => (*first, rest),
        };
        let is_it = |route: &&Route| route.path == first && route.rest.contains(&rest.len());
        let route = ROUTES.iter().find(is_it)?;
        let decoded = |part: &&str| {
            let part = percent_decode_str(part).decode_utf8().ok().filter(|part| part.len() <= LONGEST)?;
            Some(part.into_owned())
        };
        let rest = rest.iter().map(decoded).collect::<Option<Vec<String>>>()?;
        Some((route, rest))
    }

    /// Whether it is there before any tenant is known.
    pub(super) fn is_of_no_tenant(&self) -> bool {
        OF_NO_TENANT.contains(&self.path)
    }

    /// The page of that path, without anything after it.
    pub(super) fn by_path(path: &str) -> Option<&'static Route> {
        ROUTES.iter().find(|route| route.path == path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::address::is_page;

    #[test]
    fn every_page_is_reached() {
        for route in ROUTES {
            let path = format!("/{}{}", route.path, "/x".repeat(*route.rest.start()));
            let address = Address::of(&path);
            assert!(is_page(&address.segments), "{path}: name it in FIRST");
            let (found, rest) = Route::of(&address).unwrap();
            assert_eq!((found.name, rest.len()), (route.name, *route.rest.start()));
        }
        assert!(Route::of(&Address::of("/no-such-page")).is_none());
        let trunk = |length: usize| format!("/trunks/{}", "%22".repeat(length));
        assert!(Route::of(&Address::of(&trunk(LONGEST))).is_some());
        assert!(Route::of(&Address::of(&trunk(LONGEST + 1))).is_none());
    }

    #[test]
    fn a_page_takes_no_parameter_of_the_filter_bar_for_its_own() {
        for route in ROUTES {
            for own in route.own {
                let query = format!("{own}=x");
                assert!(
                    trunklog_web::state::FilterState::read(&query, &[]).is_err(),
                    "{}: {own}",
                    route.name
                );
            }
        }
    }
}
