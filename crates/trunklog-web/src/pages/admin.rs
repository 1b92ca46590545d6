//! `/admin`: tenants, people, their roles and sessions, and the audit trail.

mod people;
mod sessions;
mod tenants;
mod trail;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::context::PageContext;

pub use people::{PeoplePage, PersonView, RoleChoice};
pub use sessions::{SessionView, SessionsPage};
pub use tenants::{MOST_NAME, TenantView, TenantsPage};
pub use trail::{EntryView, TrailPage, act};

/// The tabs of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminTab {
    /// Accounts and their roles.
    People,
    /// Who has signed in.
    Sessions,
    /// Tenants with names and zones.
    Tenants,
    /// Who did what.
    Trail,
}

impl AdminTab {
    /// All, in their order.
    pub const ALL: [AdminTab; 4] = [AdminTab::People, AdminTab::Sessions, AdminTab::Tenants, AdminTab::Trail];

    /// What it is called in addresses.
    pub fn key(self) -> &'static str {
        match self {
            AdminTab::People => "people",
            AdminTab::Sessions => "sessions",
            AdminTab::Tenants => "tenants",
            AdminTab::Trail => "audit",
        }
    }

    /// The one of that key.
    pub fn by_key(key: &str) -> Option<AdminTab> {
        AdminTab::ALL.into_iter().find(|tab| tab.key() == key)
    }

    /// The key of the text that names it.
    fn name(self) -> &'static str {
        match self {
            AdminTab::People => "admin-people",
            AdminTab::Sessions => "admin-sessions",
            AdminTab::Tenants => "tenants",
            AdminTab::Trail => "admin-trail",
        }
    }
}

/// What was done, which the page says after it: a key in addresses, and the key of the
/// text.
pub const SAID: [(&str, &str); 4] = [
    ("roles", "admin-said-roles"),
    ("removed", "admin-said-removed"),
    ("ended", "admin-said-ended"),
    ("named", "admin-said-named"),
];

/// The tabs, and what was just done. They render themselves: `{{ tabs }}`.
#[derive(Debug, Template)]
#[template(path = "admin/tabs.html")]
pub struct Tabs {
    title: String,
    tabs: Vec<Choice>,
    /// What was just done; empty for nothing.
    said: String,
}

impl HtmlSafe for Tabs {}

#[derive(Debug)]
struct Choice {
    href: String,
    title: String,
    is_here: bool,
}

impl Tabs {
    fn new(page: &PageContext, here: AdminTab) -> Tabs {
        let tab = |tab: AdminTab| Choice {
            href: page.here(|state| {
                state.own.clear();
                state.own.insert("tab".to_owned(), tab.key().to_owned());
            }),
            title: page.t(tab.name()),
            is_here: tab == here,
        };
        let said = page.state.own("said").unwrap_or_default();
        let said = SAID.iter().find(|(key, _)| *key == said).map(|(_, text)| page.t(text));
        Tabs {
            title: page.t("nav-admin"),
            tabs: AdminTab::ALL.into_iter().map(tab).collect(),
            said: said.unwrap_or_default(),
        }
    }
}

/// The key of the text that names a role.
fn role_name(role: &str) -> &'static str {
    match role {
        "aggregates" => "grant-aggregates",
        "calls" => "grant-calls",
        "full-numbers" => "grant-full-numbers",
        "export" => "grant-export",
        "administer" => "grant-administer",
        _ => "grant-unknown",
    }
}
