//! What there is: how sources stand, and until when data are complete.
//!
//! It tells of no call and no person, so whoever may read sums may read it. Of the
//! disk, which all tenants share, it tells only how long there is room: what fills it
//! is the operator's to know.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use axum::response::Response;
use http::HeaderMap;
use serde::Serialize;
use trunklog_ledger::disk::{self, Pressure};
use trunklog_ledger::status::{self, SourceStatus};
use trunklog_odata::Instant;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, TenantId};
use trunklog_reports::{Filter, Level, ReportError};
use trunklog_store::{Engine, Store};

use super::client::Client;
use super::form::Form;
use super::made::{Made, respond};
use super::parameters::{self, Asked, HOURS, MOST_HOURS, USUAL_HOURS};
use super::resource::DATA;
use super::tag::Tag;
use super::{ReportRequest, failure_of};
use crate::answer::{Access, Failure};
use crate::coding::Coding;
use crate::settings::Settings;

/// What it is called.
pub(crate) const TITLE: &str = "Data";

/// What it tells.
pub(crate) const EXPLANATION: &str = "Where rows come from: of each source, when something came last, how far behind \
    it is, what came in each of the last hours (received, new, late, updated, duplicate, rejected), in which hours \
    something is missing, and until when each log is complete.";

/// About how large it is.
const BYTES: usize = 64 * 1024;

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    report: &'static str,
    tenant: String,
    hours: u32,
    complete_until: BTreeMap<&'static str, Option<String>>,
    sources: Vec<SourceStatus>,
    disk: Option<Disk>,
}

/// How long there is room.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Disk {
    free_bytes: u64,
    days_left: Option<u64>,
    pressure: Pressure,
}

/// `/reports/v1/data`
pub(super) async fn serve(request: ReportRequest<'_>, access: &mut Access) -> Result<Response, Failure> {
    access.route = DATA;
    let client = Client::of(request, access).await?;
    let ReportRequest { app, parts, .. } = request;
    let asked = Asked::read(parts.uri.query().unwrap_or_default(), DATA, &parameters::of_data())?;
    client.may_read(Level::Aggregate, &Filter::default())?;
    let hours = hours(&asked).map_err(|error| failure_of(&error))?;
    let form = Form::json_alone(&parts.headers)?;
    client.admit(request, DATA)?;
    let job = Job {
        tenant: client.tenant,
        hours,
        now: app.now(),
        settings: Arc::clone(&app.settings),
        coding: Coding::accepted(&parts.headers),
        known: parts.headers.clone(),
    };
    let make = move |engine: &dyn Engine, store: &dyn Store| job.run(engine, store);
    // It tells of nobody, so the audit trail does not hear of it.
    respond(request, None, (client.tenant, form.media_type()), BYTES, make).await
}

/// Until when all rows of a log are there, as far as its sources know.
pub(super) fn complete_until(
    engine: &dyn Engine,
    settings: &Settings,
    tenant: TenantId,
    log: &'static Log,
) -> trunklog_store::Result<Option<Instant>> {
    status::complete_until(engine, tenant, log, &settings.sources)
}

fn hours(asked: &Asked) -> Result<u32, ReportError> {
    let Some(text) = asked.get(HOURS) else { return Ok(USUAL_HOURS) };
    let is_whole = text.bytes().all(|byte| byte.is_ascii_digit());
    let hours = text.parse().ok().filter(|hours| is_whole && (1..=MOST_HOURS).contains(hours));
    hours.ok_or_else(|| {
        let hint = format!("take 1 to {MOST_HOURS}");
        ReportError::asked(HOURS, "it is no whole number of hours that are kept", hint)
    })
}

/// What a worker needs.
struct Job {
    tenant: TenantId,
    hours: u32,
    now: Instant,
    settings: Arc<Settings>,
    coding: Coding,
    /// The headers that say what the client has.
    known: HeaderMap,
}

impl Job {
    fn run(self, engine: &dyn Engine, store: &dyn Store) -> Result<Made, ReportError> {
        let Job { tenant, hours, now, settings, coding, known } = self;
        let mut until = BTreeMap::new();
        for log in LOGS {
            let known = complete_until(engine, &settings, tenant, log)?;
            until.insert(log.name, known.map(|at| at.to_string()));
        }
        let disk = match disk::kept(engine)? {
            None => None,
            Some(disk) => {
                let forecast = disk::forecast(engine, &disk, now)?;
                Some(Disk {
                    free_bytes: disk.free_bytes,
                    days_left: forecast.and_then(|forecast| forecast.days_left),
                    pressure: disk.pressure(forecast),
                })
            }
        };
        let data = Data {
            report: DATA,
            tenant: tenant.to_string(),
            hours,
            complete_until: until,
            sources: status::of_tenant(engine, tenant, &settings.sources, now, hours)?,
            disk,
        };
        let bytes = serde_json::to_vec(&data).expect("numbers and texts can be written as JSON");
        // What sources tell is no commit, so it is the answer itself that is named.
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let tag = Tag::now(&(tenant, DATA, hasher.finish()), engine, store)?;
        if tag.is_known(&known) {
            return Ok(Made { tag, content: None, rows: None });
        }
        Ok(Made { tag, content: Some(coding.encode(bytes)), rows: None })
    }
}
