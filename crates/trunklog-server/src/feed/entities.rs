//! The entities of a set, page by page, and how many there are.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use http::{HeaderValue, Method};
use trunklog_audit::{Action, Channel, Detail, Event};
use trunklog_identity::Role;
use trunklog_odata::envelope::{JsonFormat, Metadata, PAGE_SIZE};
use trunklog_odata::{Error, ErrorKind, Profile, QueryOptions};
use trunklog_records::TenantId;
use trunklog_records::masking::Mask;
use trunklog_reports::Level;
use trunklog_store::SkipToken;

use super::choice::Choice;
use super::links::{self, Links};
use super::page::{Form, Job, Page, Place};
use super::request::FeedRequest;
use super::sets::{Set, Source};
use super::{authorize, describe};
use crate::accept::{PREFER, PREFERENCE_APPLIED, max_page_size};
use crate::answer::{Failure, of_unknown_length};
use crate::audit;
use crate::backlog::{Reader, SharedHold};
use crate::block::room_for;
use crate::coding::Coding;
use crate::document::exactly;
use crate::share::Share;
use crate::store_limits::told;

/// A request for entities that passed all checks.
struct Asked<'a> {
    request: FeedRequest<'a>,
    set: &'static Set,
    options: QueryOptions,
    choice: Choice,
    format: JsonFormat,
    tenant: TenantId,
    mask: Mask,
    /// What the audit trail is told, if entities tell of persons, numbers or calls.
    told: Option<Event>,
}

/// `{root}/{set}`: a page of entities.
pub(super) async fn serve(request: FeedRequest<'_>, set: &'static Set) -> Result<Response, Failure> {
    let asked = Asked::admit(request, set)?;
    let size = PageSize::of(request);
    if request.parts.method == Method::HEAD {
        let mut response = answer(Page::default(), asked.format, size);
        // How long the body would be is not known, and the store is not asked.
        *response.body_mut() = of_unknown_length();
        return Ok(response);
    }
    let job = asked.job(size)?;
    let (is_search, bytes) = (job.is_search(), room_for(&job.form.layout, job.rows()));
    let FeedRequest { app, parts, .. } = request;
    let engine = Arc::clone(&app.services.engine);
    let workers = if is_search { &app.searches } else { &app.store };
    let (tenant, format, told) = (asked.tenant, asked.format, asked.told);
    let share = Share::Tenant(tenant);
    let hold = app.backlog.reserve(Reader::of(share, parts), bytes).await?;
    // What is held stays with the work, as its rows do.
    let work = move || (job.run(&*engine.tenant(tenant)), hold);
    let (page, mut hold) = workers.run(share, work).await?;
    let page = page.map_err(|error| failed(request, &error))?;
    app.metrics.rows(set.name, page.rows);
    if let Some(told) = told {
        app.services.trail.note(told.rows(u64::try_from(page.rows).unwrap_or(u64::MAX)));
    }
    hold.resize(page.content.bytes.capacity());
    let mut response = answer(page, format, size);
    response.extensions_mut().insert(SharedHold::from(hold));
    Ok(response)
}

/// `{root}/{set}/$count`: how many entities there are, as text.
pub(super) async fn count(request: FeedRequest<'_>, set: &'static Set) -> Result<Response, Failure> {
    let asked = Asked::admit(request, set)?;
    countable(set)?;
    let mut response = if request.parts.method == Method::HEAD {
        Response::new(of_unknown_length())
    } else {
        let selection = asked.readable();
        let engine = Arc::clone(&request.app.services.engine);
        let tenant = asked.tenant;
        let work = move || engine.tenant(tenant).count(&selection, None);
        let counted = request.app.searches.run(Share::Tenant(tenant), work).await?;
        let count = counted.map_err(|error| failed(request, &error))?;
        if let Some(told) = asked.told {
            request.app.services.trail.note(told.detail("step", Detail::Word("count")));
        }
        Response::new(Body::from(exactly(count.to_string().into_bytes())))
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

impl<'a> Asked<'a> {
    /// Checks what is asked for, and whether he may who asks.
    fn admit(request: FeedRequest<'a>, set: &'static Set) -> Result<Asked<'a>, Failure> {
        let FeedRequest { app, parts, principal, .. } = request;
        let settings = &app.settings;
        let query = parts.uri.query().unwrap_or_default();
        let options = QueryOptions::parse(query, Profile::Default)?;
        if options.delta_token().is_some() || options.bom().is_some() {
            let message = "The query options $deltatoken and bom are not supported here.";
            return Err(Error::bad_request(message).hint("Graph's functions have them").into());
        }
        let tenant = TenantId::new(principal.tenant);
        let choice = Choice::of(set, &options, settings.zones.of(tenant))?;
        let told = (set.level() == Level::Personal).then(|| event_of(request, set, &choice));
        if let Err(failure) = authorize(request, set) {
            if let Some(told) = told {
                audit::refused(app, told, "role");
            }
            return Err(failure);
        }
        let format = describe::json_format(parts, options.format())?;
        if format.metadata == Metadata::Full {
            let message = "Full metadata is not served.";
            let hint = "ask for application/json;odata.metadata=minimal or none";
            return Err(Error::new(ErrorKind::NotAcceptable, message).hint(hint).into());
        }
        let sees_all = principal.holds_any(&[Role::FullNumbers]);
        let mask = if sees_all { Mask::NONE } else { settings.masks.of(tenant) };
        app.throttle
            .admit(principal.tenant, &principal.app_id, set.name, (app.services.clock)())
            .map_err(Failure::throttled)?;
        Ok(Asked { request, set, options, choice, format, tenant, mask, told })
    }

    /// The selection without what is too old to be read. Tokens are bound to the
    /// whole one, because this one moves on while a client walks.
    fn readable(&self) -> trunklog_store::Selection {
        let mut selection = self.choice.selection(self.set, self.mask);
        let app = self.request.app;
        let log = match self.set.source {
            Source::Rows => self.set.log,
            Source::Sums(_) => &trunklog_records::schema::DIRECT_ROUTING_CALLS,
        };
        if let Some(earliest) = app.settings.retention.of(self.tenant).shown_since(log, app.now()) {
            selection.range = selection.range.since(earliest);
        }
        selection
    }

    /// What a worker needs to make the page.
    fn job(&self, size: PageSize) -> Result<Job, Failure> {
        let (options, set) = (&self.options, self.set);
        if options.count() {
            countable(set)?;
        }
        let selection = self.choice.selection(set, self.mask);
        let place = match options.skip_token() {
            None => Place::Skip(options.skip().unwrap_or(0)),
            Some(_) if options.skip().is_some() => {
                let message = "The query options $skip and $skiptoken cannot be combined.";
                return Err(Error::bad_request(message).hint("follow links as they came").into());
            }
            Some(text) => Place::After(SkipToken::parse(text, &selection).map_err(|error| {
                let message = "The value of the $skiptoken query option is not valid.";
                Error::bad_request(message).hint(error.to_string())
            })?),
        };
        let FeedRequest { app, parts, root, .. } = self.request;
        let query = parts.uri.query().unwrap_or_default();
        let links = Links {
            set: format!("{root}/{}", set.name),
            carried: links::carried(query),
            page_size: size.wanted,
        };
        let selected = self.choice.selected.then(|| {
            let names = self.choice.layout.iter().map(|at| set.property(*at));
            format!("({})", names.collect::<Vec<_>>().join(","))
        });
        let form = Form {
            context: format!("{root}/$metadata#{}{}", set.name, selected.unwrap_or_default()),
            layout: self.choice.layout.clone(),
            format: self.format,
            coding: Coding::accepted(&parts.headers),
            zone: app.settings.zones.of(self.tenant).clone(),
        };
        let readable = self.readable();
        let (mask, counted) = (self.mask, options.count());
        Ok(Job {
            set,
            selection,
            readable,
            place,
            top: options.top(),
            limit: size.rows,
            counted,
            mask,
            links,
            form,
        })
    }
}

/// What the audit trail is told of who reads a set.
fn event_of(request: FeedRequest<'_>, set: &'static Set, choice: &Choice) -> Event {
    let FeedRequest { app, parts, ids, principal, .. } = request;
    let action = match set.source {
        Source::Rows => Action::CallsRead,
        Source::Sums(_) => Action::ReportRead,
    };
    let (range, shape) = choice.told(set);
    let event = audit::read_by(app, parts, ids, principal, (action, Channel::Feed));
    event.of(set.name).range(range.from(), range.end()).filter(shape)
}

/// How many entities a page has.
#[derive(Debug, Clone, Copy)]
struct PageSize {
    rows: u32,
    /// What the client of this walk wants, in a header or by its link.
    wanted: Option<u32>,
    /// What the client wants in a header.
    preferred: Option<u32>,
}

impl PageSize {
    fn of(request: FeedRequest<'_>) -> PageSize {
        let most = request.app.settings.limits.page_rows.max(1);
        let preferred = max_page_size(&request.parts.headers).map(|rows| rows.min(most));
        let by_link = || links::page_size(request.parts.uri.query().unwrap_or_default());
        let wanted = preferred.or_else(|| by_link().map(|rows| rows.min(most)));
        PageSize { rows: wanted.unwrap_or(PAGE_SIZE), wanted, preferred }
    }
}

/// Sums are made while they are read, so nobody knows how many there are.
fn countable(set: &Set) -> Result<(), Error> {
    match set.source {
        Source::Rows => Ok(()),
        Source::Sums(_) => {
            let message = format!("The entities of {} are not counted.", set.name);
            Err(Error::bad_request(message).hint("leave $count out, and count what was read"))
        }
    }
}

fn failed(request: FeedRequest<'_>, error: &trunklog_store::Error) -> Failure {
    let FeedRequest { app, ids, .. } = request;
    app.metrics.store_error(error.kind());
    // A link that is too old is the client's to replace.
    if error.kind() != trunklog_store::ErrorKind::Gone {
        let told = told(error);
        tracing::error!(request_id = %ids.request, error = %told, "the store could not serve a page");
    }
    Failure::of_store(error)
}

fn answer(page: Page, format: JsonFormat, size: PageSize) -> Response {
    let mut response = Response::new(Body::from(page.content.bytes));
    let headers = response.headers_mut();
    if let Ok(media_type) = HeaderValue::from_str(&format.media_type()) {
        headers.insert(CONTENT_TYPE, media_type);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Some(name) = page.content.coding.name() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    if let Some(rows) = size.preferred
        && let Ok(applied) = HeaderValue::try_from(format!("odata.maxpagesize={rows}"))
    {
        headers.insert(PREFERENCE_APPLIED, applied);
    }
    // Source: RFC 7240, section 2.
    headers.append(VARY, HeaderValue::from_name(PREFER));
    response
}
