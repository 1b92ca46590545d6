//! Who has signed in.

use askama::Template;
use trunklog_odata::Instant;

use super::{AdminTab, Tabs};
use crate::context::PageContext;
use crate::formats::NOTHING;
use crate::shell::{Place, Shell};
use crate::state::FilterState;

/// A person's session in one browser.
#[derive(Debug, Clone)]
pub struct SessionView {
    /// Its name, which opens nothing.
    pub id: String,
    /// What the person is called.
    pub person: String,
    /// The provider that vouches for the person; None for an account of this server.
    pub provider: Option<String>,
    /// When the person signed in.
    pub created: Instant,
    /// When it was last used.
    pub last_seen: Instant,
    /// When it ends however much it is used.
    pub ends: Instant,
    /// From where the person signed in.
    pub address: Option<String>,
    /// Whether it is the reader's own, in this browser.
    pub is_own: bool,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "admin/sessions.html")]
pub struct SessionsPage {
    shell: Shell,
    title: String,
    tabs: Tabs,
    heads: [String; 7],
    rows: Vec<Row>,
    empty: String,
    end_action: String,
    end_title: String,
}

#[derive(Debug)]
struct Row {
    id: String,
    person: String,
    cells: [String; 5],
    end_label: String,
    /// What is said of the reader's own session; empty for others.
    own: String,
}

impl SessionsPage {
    /// The page of those sessions.
    pub fn new(page: &PageContext, sessions: &[SessionView]) -> SessionsPage {
        let heads = [
            "admin-person",
            "admin-by",
            "admin-signed-in",
            "admin-last-seen",
            "admin-ends",
            "admin-address",
            "admin-change",
        ];
        SessionsPage {
            shell: Shell::new(page, Place::Admin),
            title: page.t("admin-sessions"),
            tabs: Tabs::new(page, AdminTab::Sessions),
            heads: heads.map(|key| page.t(key)),
            rows: sessions.iter().map(|session| Row::new(page, session)).collect(),
            empty: page.t("admin-sessions-none"),
            end_action: page.links.to("admin/end-session", &FilterState::default()),
            end_title: page.t("admin-end"),
        }
    }
}

impl Row {
    fn new(page: &PageContext, session: &SessionView) -> Row {
        let by = session.provider.clone().unwrap_or_else(|| page.t("admin-by-account"));
        let moment = |at: Instant| page.formats.moment(at);
        Row {
            id: session.id.clone(),
            person: session.person.clone(),
            cells: [
                by,
                moment(session.created),
                moment(session.last_seen),
                moment(session.ends),
                session.address.clone().unwrap_or_else(|| NOTHING.to_owned()),
            ],
            end_label: page.about("admin-end-one", &session.person),
            own: if session.is_own { page.t("admin-session-own") } else { String::new() },
        }
    }
}
