//! A function call: who asks for which rows, and how the answer is written.
//!
//! The order of the checks decides which of two faults a client hears of. It
//! is the contract's (section 2.1): token, URL, role, range, throttling, data.

mod answer;
mod choice;

use axum::response::Response;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderValue, Method};
use trunklog_identity::{AuthFault, Cloud, Principal, Role};
use trunklog_odata::{Error, ErrorKind, FunctionCall, Instant, Profile, QueryOptions, Version, path};
use trunklog_records::masking::Mask;
use trunklog_records::{Log, TenantId, TimeRange};

use self::choice::Choice;
use super::accept::{Representation, understood};
use super::{Asked, Failure, method_not_allowed};
use crate::app::App;
use crate::layers::{Access, RequestIds};
use crate::stall::UnderWay;

/// The longest range that the real service takes.
const STRICT_RANGE_TICKS: i64 = 90 * Instant::TICKS_PER_DAY;

/// A call that passed all checks.
struct Call<'a> {
    asked: Asked<'a>,
    log: &'static Log,
    /// The function call, exactly as the client wrote it.
    segment: String,
    options: QueryOptions,
    choice: Choice,
    /// Both ends as the client gave them.
    span: (Instant, Instant),
    /// The same as the log understands them.
    range: TimeRange,
    tenant: TenantId,
    mask: Mask,
}

/// Answers a call.
pub(super) async fn serve(asked: Asked<'_>, access: &mut Access) -> Result<Response, Failure> {
    let (call, representation) = Call::admit(asked, access).await?;
    if asked.parts.method == Method::HEAD {
        return Ok(call.head(representation));
    }
    match representation {
        Representation::Page(format) => call.page(format).await,
        Representation::Export(format) => call.export(format).await,
    }
}

impl<'a> Call<'a> {
    /// Checks who asks, and for what.
    async fn admit(asked: Asked<'a>, access: &mut Access) -> Result<(Call<'a>, Representation), Failure> {
        let Asked { app, parts, ids, version, rest, root } = asked;
        let settings = &app.settings;
        let profile = settings.profile;
        let allowed: &[Method] =
            if profile.is_strict() { &[Method::GET] } else { &[Method::GET, Method::HEAD] };
        if !allowed.contains(&parts.method) {
            return Err(method_not_allowed(if profile.is_strict() { "GET" } else { "GET, HEAD" }));
        }
        let principal = authenticate(app, parts, ids, root).await?;
        access.app_id = Some(principal.app_id.clone());
        access.tenant = Some(principal.tenant);

        let call = path::function_call(rest, profile)?;
        let log = log_of(&call, version, settings.cloud)?;
        access.route = log.function;
        let options = QueryOptions::parse(parts.uri.query().unwrap_or_default(), profile)?;
        let choice = Choice::of(log, version, &options)?;
        authorize(&principal)?;
        let span = call.range(|name| options.alias(name), profile)?;
        let range = range_of(log, span, profile)?;
        understood(&parts.headers, profile)?;
        let representation =
            Representation::of(options.format(), &parts.headers, profile)?.with_bom(options.bom())?;
        app.throttle
            .admit(principal.tenant, &principal.app_id, log.function, (app.services.clock)())
            .map_err(Failure::throttled)?;

        let tenant = TenantId::new(principal.tenant);
        let sees_all = principal.holds_any(&[Role::FullNumbers]);
        let mask = if sees_all { Mask::NONE } else { settings.masks.of(tenant) };
        let segment = call.segment;
        Ok((Call { asked, log, segment, options, choice, span, range, tenant, mask }, representation))
    }
}

/// Who asks, by the bearer token.
pub(super) async fn authenticate(
    app: &App,
    parts: &Parts,
    ids: &RequestIds,
    root: &str,
) -> Result<Principal, Failure> {
    let authorization = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let verified = app.services.verifier.verify(authorization).await;
    if let (Ok(_), Some(requests)) = (&verified, parts.extensions.get::<UnderWay>()) {
        requests.sign_in();
    }
    verified.map_err(|error| {
        tracing::debug!(request_id = %ids.request, reason = error.reason(), "a token was refused");
        let mut refused = Error::new(ErrorKind::InvalidAuthenticationToken, error.message());
        if error.fault() == AuthFault::Empty {
            refused = refused.hint(format!(
                "send an application's token as 'Authorization: Bearer …'; {root}/{{tenant}}/oauth2/v2.0/token \
                 issues it"
            ));
        }
        let failure = Failure::from(refused);
        // The id is Graph's own, which clients know.
        let challenge = format!(
            "Bearer realm=\"\", authorization_uri=\"{root}/common/oauth2/authorize\", \
             client_id=\"00000003-0000-0000-c000-000000000000\""
        );
        match HeaderValue::from_str(&challenge) {
            Ok(challenge) => failure.with_header(WWW_AUTHENTICATE, challenge),
            Err(_) => failure,
        }
    })
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
