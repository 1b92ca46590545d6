//! Accounts and their roles.

use askama::Template;
use trunklog_odata::Instant;

use super::{AdminTab, Tabs, role_name};
use crate::context::PageContext;
use crate::shell::{Place, Shell};
use crate::state::FilterState;

/// An account.
#[derive(Debug, Clone)]
pub struct PersonView {
    /// What the person signs in with.
    pub name: String,
    /// When it was made.
    pub created: Instant,
    /// Whether the person has set up an app.
    pub has_app: bool,
    /// The roles that can be given or taken here.
    pub choices: Vec<RoleChoice>,
    /// Whether there are roles besides, for other tenants.
    pub has_others: bool,
    /// Whether it is the reader's own: nobody takes the own rights away.
    pub is_own: bool,
}

/// A role that can be given or taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleChoice {
    /// What a form sends for it: `calls@*`.
    pub value: String,
    /// The role's name.
    pub role: &'static str,
    /// Whether it is for all tenants.
    pub is_for_all: bool,
    /// Whether the person has it.
    pub is_held: bool,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "admin/people.html")]
pub struct PeoplePage {
    shell: Shell,
    title: String,
    tabs: Tabs,
    about: String,
    heads: [String; 5],
    rows: Vec<Row>,
    empty: String,
    set_action: String,
    set_title: String,
    remove_action: String,
    remove_title: String,
}

#[derive(Debug)]
struct Row {
    name: String,
    /// What the person may do. Some say it with a comma.
    roles: Vec<String>,
    app: String,
    created: String,
    choices: Vec<(RoleChoice, String)>,
    change: String,
    /// What the button says to who cannot see its row; empty where there is none.
    remove_label: String,
    /// Why nothing can be changed; empty where it can.
    fixed: String,
}

impl PeoplePage {
    /// The page of those accounts.
    pub fn new(page: &PageContext, people: &[PersonView]) -> PeoplePage {
        let nowhere = FilterState::default();
        let heads = ["admin-person", "admin-roles", "admin-app", "admin-since", "admin-change"];
        PeoplePage {
            shell: Shell::new(page, Place::Admin),
            title: page.t("admin-people"),
            tabs: Tabs::new(page, AdminTab::People),
            about: page.t("admin-people-about"),
            heads: heads.map(|key| page.t(key)),
            rows: people.iter().map(|person| Row::new(page, person)).collect(),
            empty: page.t("admin-people-none"),
            set_action: page.links.to("admin/roles", &nowhere),
            set_title: page.t("admin-set-roles"),
            remove_action: page.links.to("admin/remove", &nowhere),
            remove_title: page.t("admin-remove"),
        }
    }
}

impl Row {
    fn new(page: &PageContext, person: &PersonView) -> Row {
        let PersonView { name, created, has_app, choices, has_others, is_own } = person;
        let title = |choice: &RoleChoice| {
            let role = page.t(role_name(choice.role));
            if choice.is_for_all { page.about("grant-for-all", &role) } else { role }
        };
        let mut roles: Vec<String> = choices.iter().filter(|choice| choice.is_held).map(title).collect();
        if *has_others {
            roles.push(page.t("grant-elsewhere"));
        }
        Row {
            roles,
            app: page.t(if *has_app { "admin-app-set" } else { "admin-app-missing" }),
            created: page.formats.date(*created),
            choices: choices.iter().map(|choice| (choice.clone(), title(choice))).collect(),
            change: page.about("admin-change-of", name),
            remove_label: if *has_others { String::new() } else { page.about("admin-remove-one", name) },
            fixed: if *is_own { page.t("admin-own") } else { String::new() },
            name: name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use trunklog_reports::Language;

    use super::*;
    use crate::pages::testing::{assert_told, at, in_language, page};

    #[test]
    fn each_role_stands_alone_in_all_languages() {
        let choice = |role, is_for_all| RoleChoice {
            value: format!("{role}@*"),
            role,
            is_for_all,
            is_held: role != "administer",
        };
        let person = PersonView {
            name: "ben".to_owned(),
            created: at("2026-11-29T08:00:00Z"),
            has_app: true,
            choices: vec![choice("calls", false), choice("export", true), choice("administer", true)],
            has_others: true,
            is_own: true,
        };
        for language in Language::ALL {
            let page = in_language(language, page("admin", "", true));
            let html = PeoplePage::new(&page, std::slice::from_ref(&person)).render().unwrap();
            let expected = [
                page.t("grant-calls"),
                page.about("grant-for-all", &page.t("grant-export")),
                page.t("grant-elsewhere"),
            ];
            let roles = html.split("<ul class=\"plain\">").nth(1).unwrap().split("</ul>").next().unwrap();
            assert_eq!(roles.matches("<li>").count(), 3, "{roles}");
            for role in expected {
                // French has apostrophes, which are escaped.
                let role = role.replace('\'', "&#39;");
                assert!(roles.contains(&format!("<li>{role}</li>")), "{role}: {roles}");
            }
            assert_told(&html, &["admin", "grant", "nav"]);
        }
    }
}
