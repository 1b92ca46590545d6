//! Who asks, and what that one may read.

use jiff::tz::TimeZone;
use trunklog_audit::{Action, Channel, Event};
use trunklog_identity::{Principal, Role};
use trunklog_odata::{Error, ErrorKind};
use trunklog_records::TenantId;
use trunklog_records::masking::Mask;
use trunklog_reports::{Filter, Level};

use super::ReportRequest;
use crate::answer::{Access, Failure};
use crate::audit;
use crate::authentication::authenticate;
use crate::public_address;

/// Who asks, and what that one sees.
pub(super) struct Client {
    principal: Principal,
    pub(super) tenant: TenantId,
    /// What is hidden of numbers.
    pub(super) mask: Mask,
    /// The tenant's zone.
    pub(super) zone: TimeZone,
}

impl Client {
    /// By the bearer token.
    ///
    /// # Errors
    /// 401 when it is not valid or there is none.
    pub(super) async fn of(request: ReportRequest<'_>, access: &mut Access) -> Result<Client, Failure> {
        let ReportRequest { app, parts, ids } = request;
        let root = public_address::of(parts, &app.settings)?;
        let principal = authenticate(app, parts, ids, &root).await?;
        access.app_id = Some(principal.app_id.clone());
        access.tenant = Some(principal.tenant);
        let tenant = TenantId::new(principal.tenant);
        let sees_all = principal.holds_any(&[Role::FullNumbers]);
        let mask = if sees_all { Mask::NONE } else { app.settings.masks.of(tenant) };
        let zone = app.settings.zones.of(tenant).clone();
        Ok(Client { principal, tenant, mask, zone })
    }

    /// Checks that it may read a report of that level, about the rows of that
    /// filter.
    ///
    /// # Errors
    /// 403 when it holds no role for that. How many rows a filter leaves that names
    /// a person, a number or a call tells whether that person called.
    pub(super) fn may_read(&self, level: Level, filter: &Filter) -> Result<(), Error> {
        if self.principal.holds_any(&Role::READS) {
            return Ok(());
        }
        let [rows, _] = Role::READS;
        if level == Level::Personal {
            let message = "The application may not read what tells of users, numbers or calls.";
            return Err(Error::new(ErrorKind::Forbidden, message).hint(format!("the role {rows} is needed")));
        }
        if !self.principal.holds_any(&Role::READS_SUMS) {
            let message = "The application may not read reports.";
            let hint =
                format!("an application token with the role {} or {rows} is needed", Role::ReportsReadAll);
            return Err(Error::new(ErrorKind::Forbidden, message).hint(hint));
        }
        if let Some(name) = filter.personal() {
            let message = format!("$filter: the application may not look at {name}");
            let hint = format!("leave it out; with the role {rows} it may tell of users, numbers and calls");
            return Err(Error::new(ErrorKind::Forbidden, message).hint(hint));
        }
        Ok(())
    }

    /// What the audit trail is told of a report, or of rows.
    pub(super) fn told(
        &self,
        request: ReportRequest<'_>,
        action: Action,
        of: &'static str,
        filter: &Filter,
    ) -> Event {
        let ReportRequest { app, parts, ids } = request;
        let event = audit::read_by(app, parts, ids, &self.principal, (action, Channel::Reports)).of(of);
        event.filter(audit::names_of(filter))
    }

    /// Counts the request, which is for that report.
    ///
    /// # Errors
    /// 429 when it is one too many.
    pub(super) fn admit(&self, request: ReportRequest<'_>, report: &'static str) -> Result<(), Failure> {
        let app = request.app;
        let Principal { tenant, app_id, .. } = &self.principal;
        let now = (app.services.clock)();
        app.throttle.admit(*tenant, app_id, report, now).map_err(Failure::throttled)
    }
}
