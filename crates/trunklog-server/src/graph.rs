//! Graph's side: every path that is not identity's.
//!
//! The order of the checks decides which of two faults a client hears of. It
//! is the contract's (section 2.1): version, token, URL, role, range, data.

mod accept;
mod errors;
mod links;
mod page;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::header::{
    ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, WWW_AUTHENTICATE,
};
use http::request::Parts;
use http::{HeaderValue, Method};
use trunklog_identity::{Principal, Role};
use trunklog_odata::envelope::{JSON_MINIMAL, PAGE_SIZE};
use trunklog_odata::{Error, ErrorKind, FunctionCall, Profile, QueryOptions, Version, path};
use trunklog_records::schema::Origin;
use trunklog_records::{Log, TenantId, TimeRange};
use trunklog_store::{PageQuery, SkipToken, Start};

use self::links::Walk;
use self::page::{Encoded, Job};
use crate::app::App;
use crate::compress::accepts_gzip;
use crate::layers::{Access, RequestIds};
use crate::root;

pub(crate) use self::errors::{Failure, error_response};

const ODATA_VERSION: HeaderName = HeaderName::from_static("odata-version");
/// The longest range that the real service takes.
const STRICT_RANGE_TICKS: i64 = 90 * 24 * 60 * 60 * 10_000_000;

/// Answers any request.
pub(crate) async fn handle(State(app): State<Arc<App>>, request: Request) -> Response {
    // A body means nothing here; it is not even read.
    let parts = request.into_parts().0;
    answer(&app, &parts).await
}

/// Answers the request with that head.
pub(crate) async fn answer(app: &Arc<App>, parts: &Parts) -> Response {
    let ids = RequestIds::in_extensions(&parts.extensions);
    let mut access = Access::new("graph");
    let mut response = match serve(app, parts, &ids, &mut access).await {
        Ok(response) => response,
        Err(failure) => error_response(app, &ids, failure),
    };
    response.extensions_mut().insert(access);
    response
}

async fn serve(
    app: &Arc<App>,
    parts: &Parts,
    ids: &RequestIds,
    access: &mut Access,
) -> Result<Response, Failure> {
    let profile = app.settings.profile;
    let root = root::of(parts, &app.settings)?;
    let (version, rest) = Version::split(parts.uri.path())?;
    if parts.method != Method::GET {
        return Err(method_not_allowed("GET"));
    }
    let principal = authenticate(app, parts, ids, &root).await?;
    access.app_id = Some(principal.app_id.clone());
    access.tenant = Some(principal.tenant);

    let call = path::function_call(rest, profile)?;
    let log = log_of(&call, version)?;
    access.route = log.function;
    if log.origin == Origin::Computed {
        let message = format!("{} is not served yet.", log.function);
        return Err(Error::new(ErrorKind::NotImplemented, message).into());
    }
    let raw_query = parts.uri.query().unwrap_or_default();
    let options = QueryOptions::parse(raw_query, profile)?;
    authorize(&principal)?;
    let range = range_of(log, &call, &options, profile)?;
    if !accept::admits_json(&parts.headers) {
        let message = "None of the media types in the Accept header can be served.";
        return Err(Error::new(ErrorKind::NotAcceptable, message).hint("accept application/json").into());
    }

    let (query, skip) = page_query(log, range, &options)?;
    let walk = Walk { root, version, segment: call.segment, aliases: links::aliases(raw_query), profile };
    let job = Job { query, skip, walk, gzip: accepts_gzip(&parts.headers) };
    let engine = Arc::clone(&app.services.engine);
    let tenant = TenantId::new(principal.tenant);
    let page = app.store.run(move || job.run(&*engine.tenant(tenant))).await;
    let page = page.map_err(|_| Failure::overloaded())?.map_err(|error| {
        app.metrics.store_error(error.kind());
        let cause = std::error::Error::source(&error).map(tracing::field::display);
        tracing::error!(request_id = %ids.request, %error, cause, "the store could not serve a page");
        Failure::of_store(&error)
    })?;
    app.metrics.rows(log.function, page.rows);
    Ok(success(page))
}

/// Who asks, by the bearer token.
async fn authenticate(app: &App, parts: &Parts, ids: &RequestIds, root: &str) -> Result<Principal, Failure> {
    let authorization = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    app.services.verifier.verify(authorization).await.map_err(|error| {
        tracing::debug!(request_id = %ids.request, reason = error.reason(), "a token was refused");
        let failure = Failure::from(Error::new(ErrorKind::InvalidAuthenticationToken, error.message()));
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
    if principal.holds_any(&Role::ALL) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Forbidden, "").hint(
        "an application token is needed, with the role CallRecords.Read.All or CallRecord-PstnCalls.Read.All",
    ))
}

fn log_of(call: &FunctionCall, version: Version) -> Result<&'static Log, Error> {
    let Some(log) = Log::by_function(&call.name) else {
        return Err(Error::new(ErrorKind::NotFound, "Resource not found."));
    };
    if log.exists_in(version) {
        return Ok(log);
    }
    Err(Error::new(ErrorKind::NotFound, "Resource not found.")
        .hint(format!("{} exists on /beta alone", log.function)))
}

fn range_of(
    log: &Log,
    call: &FunctionCall,
    options: &QueryOptions,
    profile: Profile,
) -> Result<TimeRange, Error> {
    let (from, to) = call.range(|name| options.alias(name), profile)?;
    let range = TimeRange::of(log, from, to)
        .map_err(|_| Error::bad_request("fromDateTime must not be later than toDateTime."))?;
    if profile.is_strict() && to.ticks() - from.ticks() > STRICT_RANGE_TICKS {
        let message = "The range between fromDateTime and toDateTime must not exceed 90 days.";
        return Err(Error::new(ErrorKind::NotAcceptable, message));
    }
    Ok(range)
}

/// Which page is meant, and how many rows lie before it.
///
/// A client may change `$skip` in a link that it got. Then it is counted anew,
/// within the same walk.
fn page_query(
    log: &'static Log,
    range: TimeRange,
    options: &QueryOptions,
) -> Result<(PageQuery, u64), Error> {
    let mut query = PageQuery::first(log, range, PAGE_SIZE);
    let Some(text) = options.skip_token() else {
        let skip = options.skip().unwrap_or(0);
        query.start = Start::Skip(skip);
        return Ok((query, skip));
    };
    let token = SkipToken::parse(text, log, range).map_err(|error| {
        Error::bad_request("The value of the $skiptoken query option is not valid.").hint(error.to_string())
    })?;
    query.watermark = Some(token.watermark);
    let skip = options.skip().unwrap_or(token.skip);
    query.start = if skip == token.skip { Start::After(token.after) } else { Start::Skip(skip) };
    Ok((query, skip))
}

fn success(page: Encoded) -> Response {
    let mut response = Response::new(Body::from(page.body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON_MINIMAL));
    headers.insert(ODATA_VERSION, HeaderValue::from_static("4.0"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Some(coding) = page.coding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

/// 405, with what is allowed.
pub(crate) fn method_not_allowed(allowed: &'static str) -> Failure {
    let message = "Specified HTTP method is not allowed for the request target.";
    Failure::from(Error::new(ErrorKind::MethodNotAllowed, message))
        .with_header(ALLOW, HeaderValue::from_static(allowed))
}
