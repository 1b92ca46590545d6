//! Tenants with names and zones.

use askama::Template;

use super::{AdminTab, Tabs};
use crate::context::PageContext;
use crate::shell::{Place, Shell};
use crate::state::FilterState;

/// The most characters of a tenant's name.
pub const MOST_NAME: usize = 100;

/// A tenant.
#[derive(Debug, Clone)]
pub struct TenantView {
    /// Its id.
    pub id: String,
    /// What people call it; None without a name.
    pub name: Option<String>,
    /// The zone in which its days are counted.
    pub zone: String,
    /// How many digits of numbers are hidden from applications.
    pub hidden_digits: u8,
    /// Whether the reader may name it here.
    pub is_nameable: bool,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "admin/tenants.html")]
pub struct TenantsPage {
    shell: Shell,
    title: String,
    tabs: Tabs,
    about: String,
    heads: [String; 5],
    rows: Vec<Row>,
    action: String,
    most: usize,
    name_title: String,
    go: String,
    fixed: String,
}

#[derive(Debug)]
struct Row {
    id: String,
    name: String,
    zone: String,
    digits: String,
    is_nameable: bool,
}

impl TenantsPage {
    /// The page of those tenants.
    pub fn new(page: &PageContext, tenants: &[TenantView]) -> TenantsPage {
        let heads = ["admin-tenant", "admin-name", "admin-zone", "admin-digits", "admin-change"];
        let rows = tenants.iter().map(|tenant| Row {
            id: tenant.id.clone(),
            name: tenant.name.clone().unwrap_or_default(),
            zone: tenant.zone.clone(),
            digits: tenant.hidden_digits.to_string(),
            is_nameable: tenant.is_nameable,
        });
        TenantsPage {
            shell: Shell::new(page, Place::Admin),
            title: page.t("tenants"),
            tabs: Tabs::new(page, AdminTab::Tenants),
            about: page.t("admin-tenants-about"),
            heads: heads.map(|key| page.t(key)),
            rows: rows.collect(),
            action: page.links.to("admin/tenant", &FilterState::default()),
            most: MOST_NAME,
            name_title: page.t("admin-name"),
            go: page.t("admin-name-go"),
            fixed: page.t("admin-name-fixed"),
        }
    }
}
