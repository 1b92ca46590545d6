//! What forms change: files that are ordered and removed, roles, accounts, sessions and
//! the names of tenants.
//!
//! Each is a POST from one of our own pages, and an entry of the audit trail.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::request::Parts;
use trunklog_audit::{Action, Channel, Event};
use trunklog_records::TenantId;
use trunklog_web::Links;
use trunklog_web::state::FilterState;
use uuid::Uuid;

use super::address::Address;
use super::form::Form;
use super::routes::Needs;
use super::{admin, check, export, made};
use crate::answer::{Failure, RequestIds};
use crate::app::App;
use crate::audit;
use crate::people::Reader;
use crate::share::Share;

/// What a form changes, by its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// `usage/export`
    OrderExport,
    /// `exports/{id}/remove`
    RemoveExport(Uuid),
    /// `admin/roles`
    SetRoles,
    /// `admin/remove`
    RemoveAccount,
    /// `admin/end-session`
    EndSession,
    /// `admin/tenant`
    NameTenant,
}

/// Who changes something, and where.
#[derive(Clone, Copy)]
pub(super) struct Changing<'a> {
    pub(super) app: &'a Arc<App>,
    pub(super) parts: &'a Parts,
    pub(super) reader: &'a Reader,
    pub(super) tenant: TenantId,
}

impl Change {
    /// The change of an address.
    pub(super) fn of(address: &Address<'_>) -> Option<Change> {
        match *address.segments.as_slice() {
            ["usage", "export"] => Some(Change::OrderExport),
            ["exports", id, "remove"] => Uuid::try_parse(id).ok().map(Change::RemoveExport),
            ["admin", "roles"] => Some(Change::SetRoles),
            ["admin", "remove"] => Some(Change::RemoveAccount),
            ["admin", "end-session"] => Some(Change::EndSession),
            ["admin", "tenant"] => Some(Change::NameTenant),
            _ => None,
        }
    }

    /// What logs and metrics call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Change::OrderExport => "page order export",
            Change::RemoveExport(_) => "page remove export",
            Change::SetRoles => "page set roles",
            Change::RemoveAccount => "page remove account",
            Change::EndSession => "page end session",
            Change::NameTenant => "page name tenant",
        }
    }

    fn needs(self) -> &'static [Needs] {
        match self {
            // Who takes out files takes out what it may read.
            Change::OrderExport => &[Needs::Export, Needs::Calls],
            Change::RemoveExport(_) => &[Needs::Export],
            Change::SetRoles | Change::RemoveAccount | Change::EndSession | Change::NameTenant => {
                &[Needs::Administer]
            }
        }
    }

    fn action(self) -> Action {
        match self {
            Change::OrderExport | Change::RemoveExport(_) => Action::CallsExport,
            Change::SetRoles => Action::AccountChange,
            Change::RemoveAccount => Action::AccountRemove,
            Change::EndSession => Action::SessionRevoke,
            Change::NameTenant => Action::TenantChange,
        }
    }
}

/// Does it, and says where to go on.
pub(super) async fn serve(
    changing: Changing<'_>,
    body: Body,
    change: Change,
    is_one_of_several: bool,
) -> Result<Response, Failure> {
    let Changing { app, parts, reader, tenant } = changing;
    Form::check(app, parts)?;
    for needs in change.needs() {
        if let Err(failure) = check(reader, tenant, *needs) {
            audit::refused(app, changing.told(change.action()), "role");
            return Err(failure);
        }
    }
    let form = Form::read(app, parts, Share::Tenant(tenant), body).await?;
    let to_admin = |tab: &str, said: &str| {
        let mut state = FilterState::default();
        state.own.insert("tab".to_owned(), tab.to_owned());
        state.own.insert("said".to_owned(), said.to_owned());
        ("admin".to_owned(), state)
    };
    let (path, state) = match change {
        Change::OrderExport => (export::order(changing, &form).await?, FilterState::default()),
        Change::RemoveExport(id) => {
            export::remove(changing, id).await?;
            ("exports".to_owned(), FilterState::default())
        }
        Change::SetRoles => {
            admin::accounts::set_roles(changing, &form).await?;
            to_admin("people", "roles")
        }
        Change::RemoveAccount => {
            admin::accounts::remove(changing, &form).await?;
            to_admin("people", "removed")
        }
        Change::EndSession => {
            admin::sessions::end(changing, &form).await?;
            to_admin("sessions", "ended")
        }
        Change::NameTenant => {
            admin::tenants::name(changing, &form).await?;
            to_admin("tenants", "named")
        }
    };
    let named = is_one_of_several.then_some(tenant);
    made::see_other(&Links::new(parts.uri.path(), named).to(&path, &state))
}

impl Changing<'_> {
    /// What the audit trail is told of it, to be completed.
    pub(super) fn told(&self, action: Action) -> Event {
        let ids = RequestIds::in_extensions(&self.parts.extensions);
        let what = (action, Channel::Pages);
        let told = audit::act_in(self.app, self.parts, &ids, &self.reader.session, what);
        told.tenant(self.tenant.guid())
    }

    /// Runs what writes files on the threads that are for it.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        Ok(self.app.secrets.run(Share::Tenant(self.tenant), work).await?)
    }
}
