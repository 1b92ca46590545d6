//! What surrounds every page: head, navigation, notes, and where scripts and styles
//! are.

use crate::assets::{HTMX, ICON, SCRIPT, STYLE};
use crate::context::{PageContext, Sees};
use crate::state::{FilterState, Who};

/// The places of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `/`.
    Health,
    /// `/calls`.
    Calls,
    /// `/trunks`.
    Trunks,
    /// `/failures`.
    Failures,
    /// `/usage`.
    Usage,
    /// `/users`.
    Users,
    /// `/numbers`.
    Numbers,
    /// `/destinations`.
    Destinations,
    /// `/data`.
    Data,
    /// `/help` and `/codes`.
    Help,
    /// `/admin`.
    Admin,
    /// In no place of the navigation.
    Elsewhere,
}

/// A place of the navigation: which, its path, the key of its text, and who finds
/// it.
type Entry = (Place, &'static str, &'static str, fn(Sees) -> bool);

/// The navigation, in order.
const NAVIGATION: &[Entry] = &[
    (Place::Health, "", "nav-health", Sees::sums),
    (Place::Calls, "calls", "nav-calls", Sees::calls),
    (Place::Trunks, "trunks", "nav-trunks", Sees::sums),
    (Place::Failures, "failures", "nav-failures", Sees::sums),
    (Place::Users, "users", "nav-users", Sees::calls),
    (Place::Numbers, "numbers", "nav-numbers", Sees::calls),
    (Place::Destinations, "destinations", "nav-destinations", Sees::sums),
    (Place::Usage, "usage", "nav-usage", Sees::calls),
    (Place::Data, "data", "nav-data", Sees::sums),
    (Place::Help, "help", "nav-help", Sees::sums),
    (Place::Admin, "admin", "nav-admin", |sees| sees.admin),
];

/// What surrounds a page. The template `shell.html` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shell {
    /// The language's tag.
    pub lang: &'static str,
    /// Where the files are.
    pub style: String,
    /// The same of our script.
    pub script: String,
    /// The same of htmx.
    pub htmx: String,
    /// The same of the icon.
    pub icon: String,
    /// The way to the content.
    pub skip: String,
    /// What the navigation is called.
    pub navigation: String,
    /// Its links.
    pub links: Vec<NavLink>,
    /// What the list of tenants is called.
    pub tenants_title: String,
    /// Other tenants; empty where there is one.
    pub tenants: Vec<NavLink>,
    /// What the reader is called; empty where nobody has signed in.
    pub reader: String,
    /// Where a reader signs out.
    pub sign_out: String,
    /// What that is called.
    pub sign_out_title: String,
    /// What a reader has to know before the content.
    pub notes: Vec<String>,
}

/// A link of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavLink {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub title: String,
    /// Whether the reader is there.
    pub is_here: bool,
}

impl Shell {
    /// What surrounds a page of that place.
    pub fn new(page: &PageContext, place: Place) -> Shell {
        let mut notes = Vec::new();
        if page.is_newer {
            notes.push(page.t("note-newer"));
        }
        if page.is_mixed {
            notes.push(page.t("note-commits"));
        }
        let is_signed_in = !page.reader.is_empty();
        let links = NAVIGATION.iter().filter(|(_, _, _, who)| is_signed_in && who(page.sees));
        let tenants = page.tenants.iter().filter(|_| page.tenants.len() > 1);
        Shell {
            lang: page.lang(),
            style: page.links.asset(&STYLE),
            script: page.links.asset(&SCRIPT),
            htmx: page.links.asset(&HTMX),
            icon: page.links.asset(&ICON),
            skip: page.t("skip"),
            navigation: page.t("navigation"),
            links: links
                .map(|(of, path, title, _)| NavLink {
                    href: page.to_with(path, without_ends),
                    title: page.t(title),
                    is_here: *of == place,
                })
                .collect(),
            tenants_title: page.t("tenants"),
            tenants: tenants
                .map(|tenant| NavLink {
                    href: page.links.to_tenant(tenant.id),
                    title: tenant.name.clone(),
                    is_here: tenant.id == page.tenant.id,
                })
                .collect(),
            reader: page.reader.clone(),
            sign_out: page.links.root("sign-out"),
            sign_out_title: page.t("sign-out"),
            notes,
        }
    }
}

/// A place of the navigation shows the newest data, and all ends of calls.
fn without_ends(state: &mut FilterState) {
    state.ends.clear();
    (state.hour, state.commit) = (None, None);
}

/// What a chip of the filter bar says of a person or number.
pub(crate) fn who_label(page: &PageContext, who: &Who) -> String {
    let label = who.label(page.mask);
    match who {
        Who::User(_) => page.about("chip-user", &label),
        Who::Name(_) => page.about("chip-name", &label),
        Who::Number(_) | Who::Own(_) | Who::Outside(_) => page.about("chip-number", &label),
        Who::Digits(_) => page.about("chip-digits", &label),
    }
}

#[cfg(test)]
mod tests {
    use trunklog_odata::Instant;
    use trunklog_reports::Language;

    use super::*;
    use crate::context::Reads;
    use crate::links::Links;

    #[test]
    fn the_navigation_has_what_its_reader_may_open() {
        let sums = ["Health", "Trunks", "Failures", "Destinations", "Data", "Help"];
        let mut calls: Vec<&str> = sums.to_vec();
        calls.extend(["Calls", "Users", "Numbers", "Usage"]);
        for (reads, admin, expected) in [
            (Reads::Nothing, false, Vec::new()),
            (Reads::Nothing, true, vec!["Administration"]),
            (Reads::Sums, false, sums.to_vec()),
            (Reads::Calls, false, calls),
        ] {
            for exports in [false, true] {
                let page = PageContext {
                    sees: Sees { reads, exports, admin },
                    reader: "Ada".to_owned(),
                    ..PageContext::plain(Language::English, Links::new("/", None), Instant::ABSENT)
                };
                let shell = Shell::new(&page, Place::Elsewhere);
                let mut titles: Vec<&str> = shell.links.iter().map(|link| link.title.as_str()).collect();
                let mut expected = expected.clone();
                titles.sort_unstable();
                expected.sort_unstable();
                assert_eq!(titles, expected, "{reads:?}, admin {admin}, exports {exports}");
            }
        }
    }
}
