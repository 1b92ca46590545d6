//! The answer to a question.
//!
//! The checks are in the order of the API's functions: token, parameters, role,
//! zone and range, the form of the answer, throttling, data.

use std::sync::Arc;

use axum::response::Response;
use http::header::CONTENT_DISPOSITION;
use http::{HeaderMap, HeaderValue};
use trunklog_audit::Action;
use trunklog_odata::Instant;
use trunklog_records::{TenantId, TimeRange};
use trunklog_reports::calendar::{Bucket, MAX_BUCKETS};
use trunklog_reports::render::{csv, json};
use trunklog_reports::{Ask, Buckets, Filter, Report, ReportError, Texts};
use trunklog_store::{Engine, Store};

use super::client::Client;
use super::data::complete_until;
use super::form::Form;
use super::made::{Made, respond};
use super::parameters::{self, Asked};
use super::tag::Tag;
use super::{ReportRequest, failure_of};
use crate::answer::{Access, Failure};
use crate::app::App;
use crate::audit;
use crate::coding::Coding;
use crate::kept_answers::{State, written};

/// About how long a value is in JSON, its name included.
const VALUE_BYTES: usize = 40;

/// About how many rows there are where nothing says so, and where rows are told
/// apart: trunks, directions and the like.
const GROUPS: usize = 16;

/// No answer is estimated as larger than this. What it really takes is counted
/// once it is there.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// Answers a question.
pub(super) async fn serve(
    request: ReportRequest<'_>,
    report: &'static Report,
    call: Option<(Instant, String)>,
    access: &mut Access,
) -> Result<Response, Failure> {
    access.route = report.key;
    let client = Client::of(request, access).await?;
    let ReportRequest { app, parts, .. } = request;
    let query = parts.uri.query().unwrap_or_default();
    let asked = Asked::read(query, report.key, &parameters::of(report))?;
    let filter = asked.get("$filter").map(|text| Filter::over(report.log, text, client.mask)).transpose()?;
    let filter = filter.unwrap_or_default();
    // Sums in which nobody can be told are read by many, all the time.
    let is_personal = report.tells_of_persons(&filter);
    let told = is_personal.then(|| client.told(request, Action::ReportRead, report.key, &filter));
    if let Err(error) = client.may_read(report.level, &filter) {
        if let Some(told) = told {
            audit::refused(app, told, "role");
        }
        return Err(error.into());
    }
    let ask = question(app, report, &client, &asked, filter, call).map_err(|error| failure_of(&error))?;
    let form = Form::of(asked.get("format"), &parts.headers)?;
    client.admit(request, report.key)?;
    let bytes = estimate(report, &ask);
    let told = told.map(|told| told.range(ask.range.from(), ask.range.end()));
    let (tenant, coding, known) = (client.tenant, Coding::accepted(&parts.headers), parts.headers.clone());
    let job = Job { tenant, report, ask, app: Arc::clone(app), form, coding, known };
    let make = move |engine: &dyn Engine, store: &dyn Store| job.run(engine, store);
    let mut response = respond(request, told, (tenant, form.media_type()), bytes, make).await?;
    if form != Form::Json
        && let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{}.csv\"", report.key))
    {
        response.headers_mut().insert(CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// What is asked, checked against what the report takes.
fn question(
    app: &App,
    report: &Report,
    client: &Client,
    asked: &Asked,
    filter: Filter,
    call: Option<(Instant, String)>,
) -> Result<Ask, ReportError> {
    let (zone, now) = (asked.zone(&client.zone)?, app.now());
    let range = if report.takes.call { TimeRange::ALL } else { asked.range(&zone, now)? };
    let since = app.reports_shown_since(client.tenant, report.log).unwrap_or(Instant::ABSENT);
    // What is too old to be shown is not there.
    if call.as_ref().is_some_and(|(time, _)| *time < since) {
        return Err(ReportError::NoSuchCall);
    }
    let ask = Ask {
        days: client.zone.clone(),
        bucket: asked.bucket()?,
        by: asked.by()?,
        filter,
        compare: asked.compare()?,
        top: asked.top()?,
        mask: client.mask,
        extras: asked.extras()?,
        call,
        // What sources say is read with the rows.
        complete_until: None,
        texts: Texts::english(),
        zone,
        range: range.since(since),
        since,
    };
    report.check(&ask)?;
    Ok(ask)
}

/// About how many bytes the answer takes.
fn estimate(report: &Report, ask: &Ask) -> usize {
    let bucket: Option<Bucket> = match report.takes.buckets {
        Buckets::None => None,
        Buckets::Asked => ask.bucket,
        Buckets::Always(usual) => Some(ask.bucket.unwrap_or(usual)),
    };
    let buckets = bucket.map_or(1, |bucket| {
        let secs = match bucket.suited(ask.range) {
            Bucket::Minute => 60,
            Bucket::FiveMinutes => 5 * 60,
            Bucket::QuarterHour => 15 * 60,
            Bucket::Hour => 60 * 60,
            Bucket::Day | Bucket::Week | Bucket::Month | Bucket::Auto => 24 * 60 * 60,
        };
        let ticks = ask.range.end().ticks().saturating_sub(ask.range.from().ticks());
        // One is cut off at either end.
        let buckets = usize::try_from(ticks / (secs * Instant::TICKS_PER_SEC)).unwrap_or(0).saturating_add(2);
        buckets.min(MAX_BUCKETS)
    });
    let groups = ask.top.or(report.takes.top).unwrap_or(GROUPS);
    let ranges = if ask.compare.is_some() { 2 } else { 1 };
    let values =
        (report.columns)().len().saturating_mul(groups).saturating_mul(buckets).saturating_mul(ranges);
    values.saturating_mul(VALUE_BYTES).min(MOST_BYTES)
}

/// What a worker needs to answer a question.
struct Job {
    tenant: TenantId,
    report: &'static Report,
    ask: Ask,
    app: Arc<App>,
    form: Form,
    /// What the client takes.
    coding: Coding,
    /// The headers that say what it has.
    known: HeaderMap,
}

impl Job {
    fn run(self, engine: &dyn Engine, store: &dyn Store) -> Result<Made, ReportError> {
        let Job { tenant, report, mut ask, app, form, coding, known } = self;
        ask.complete_until = complete_until(engine, &app.settings, tenant, report.log)?;
        let until = ask.complete_until.map(Instant::ticks);
        let state = State::now(engine, store)?;
        let tag = Tag::of(&(tenant, report.key, form, written(&ask), until), &state);
        if tag.is_known(&known) {
            return Ok(Made { tag, content: None, rows: None });
        }
        let answer = app.answers.answer(report, tenant, &ask, (&state, store))?;
        let mut bytes = Vec::new();
        match form {
            Form::Json => json(&answer, ask.texts, &mut bytes),
            Form::Csv => csv(&answer, &mut bytes),
            Form::CsvForPeople => {
                bytes.extend_from_slice("\u{feff}".as_bytes());
                csv(&answer, &mut bytes);
            }
        }
        Ok(Made { tag, content: Some(coding.encode(bytes)), rows: None })
    }
}
