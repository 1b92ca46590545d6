//! A call that passed all checks.
//!
//! The order of the checks decides which of two faults a client hears of. It
//! is the contract's (section 2.1): token, URL, role, range, throttling, data.
//! Whatever can be told from the request alone, tokens of links among it, comes
//! before throttling: a fault of the client's is no reason to count.

use http::Method;
use trunklog_audit::{Action, Channel, Event};
use trunklog_identity::{Cloud, Principal, Role};
use trunklog_odata::{Error, ErrorKind, FunctionCall, Instant, Profile, QueryOptions, Version, path};
use trunklog_records::masking::Mask;
use trunklog_records::{Log, TenantId, TimeRange};
use trunklog_store::SkipToken;

use super::choice::Choice;
use super::following::Following;
use crate::answer::{Access, Failure};
use crate::audit;
use crate::authentication::authenticate;
use crate::graph::accept::{Representation, max_version};
use crate::graph::request::ApiRequest;

/// The longest range that the real service takes.
const STRICT_RANGE_TICKS: i64 = 90 * Instant::TICKS_PER_DAY;

/// A call that passed all checks.
pub(super) struct Call<'a> {
    pub(super) request: ApiRequest<'a>,
    pub(super) log: &'static Log,
    /// The function call, exactly as the client wrote it.
    pub(super) segment: String,
    pub(super) options: QueryOptions,
    pub(super) choice: Choice,
    /// Both ends as the client gave them.
    pub(super) span: (Instant, Instant),
    /// The same as the log understands them.
    pub(super) range: TimeRange,
    pub(super) tenant: TenantId,
    pub(super) mask: Mask,
    /// What the audit trail is told of it.
    pub(super) told: Event,
}

/// A call with all that its answer depends on.
pub(super) struct Admission<'a> {
    pub(super) call: Call<'a>,
    pub(super) representation: Representation,
    pub(super) following: Following,
    /// What its next link's token says, if it has one.
    pub(super) place: Option<SkipToken>,
}

impl<'a> Call<'a> {
    /// Checks who asks, and for what.
    ///
    /// # Errors
    /// The first that fails, in the order of the contract.
    pub(super) async fn admit(
        request: ApiRequest<'a>,
        access: &mut Access,
    ) -> Result<Admission<'a>, Failure> {
        let ApiRequest { app, parts, ids, version, rest, root } = request;
        let settings = &app.settings;
        let profile = settings.profile;
        let allowed: &[Method] =
            if profile.is_strict() { &[Method::GET] } else { &[Method::GET, Method::HEAD] };
        if !allowed.contains(&parts.method) {
            return Err(Failure::method_not_allowed(if profile.is_strict() { "GET" } else { "GET, HEAD" }));
        }
        let principal = authenticate(app, parts, ids, root).await?;
        access.app_id = Some(principal.app_id.clone());
        access.tenant = Some(principal.tenant);

        let call = path::function_call(rest, profile)?;
        let log = log_of(&call, version, settings.cloud)?;
        access.route = log.function;
        let options = QueryOptions::parse(parts.uri.query().unwrap_or_default(), profile)?;
        let choice = Choice::of(log, version, &options)?;
        let told = audit::read_by(app, parts, ids, &principal, (Action::CallsRead, Channel::Graph));
        let told = told.of(log.name).filter(audit::shape_of(log, choice.filter()));
        if let Err(error) = authorize(&principal) {
            audit::refused(app, told, "role");
            return Err(error.into());
        }
        let span = call.range(|name| options.alias(name), profile)?;
        let range = range_of(log, span, profile)?;
        max_version(&parts.headers, profile)?;
        let representation =
            Representation::of(options.format(), &parts.headers, profile)?.with_bom(options.bom())?;
        let tenant = TenantId::new(principal.tenant);
        let sees_all = principal.holds_any(&[Role::FullNumbers]);
        let mask = if sees_all { Mask::NONE } else { settings.masks.of(tenant) };
        let segment = call.segment;
        let told = told.range(range.from(), range.end());
        let call = Call { request, log, segment, options, choice, span, range, tenant, mask, told };
        let following = call.following(representation)?;
        let place = call.place(representation)?;
        if let Representation::Export(_) = representation {
            call.can_be_streamed()?;
        }
        app.throttle
            .admit(principal.tenant, &principal.app_id, log.function, (app.services.clock)())
            .map_err(Failure::throttled)?;
        Ok(Admission { call, representation, following, place })
    }
}

/// Graph's message is empty here, and clients know it by that (contract E7).
fn authorize(principal: &Principal) -> Result<(), Error> {
    if principal.holds_any(&Role::READS) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Forbidden, "").hint(
        "an application token is needed, with the role CallRecords.Read.All or CallRecord-PstnCalls.Read.All",
    ))
}

fn log_of(call: &FunctionCall, version: Version, cloud: Cloud) -> Result<&'static Log, Error> {
    let not_found = || Error::new(ErrorKind::NotFound, "Resource not found.");
    if !cloud.has_call_records() {
        return Err(not_found().hint("the cloud that is imitated has no reports of calls; set another"));
    }
    let log = Log::by_function(&call.name).ok_or_else(not_found)?;
    if log.exists_in(version) {
        return Ok(log);
    }
    Err(not_found().hint(format!("{} exists on /beta alone", log.function)))
}

fn range_of(log: &Log, (from, to): (Instant, Instant), profile: Profile) -> Result<TimeRange, Error> {
    let range = TimeRange::of(log, from, to)
        .map_err(|_| Error::bad_request("fromDateTime must not be later than toDateTime."))?;
    if profile.is_strict() && to.ticks() - from.ticks() > STRICT_RANGE_TICKS {
        let message = "The range between fromDateTime and toDateTime must not exceed 90 days.";
        return Err(Error::new(ErrorKind::NotAcceptable, message));
    }
    Ok(range)
}
