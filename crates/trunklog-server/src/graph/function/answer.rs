//! The answer to a call that was admitted: a page of rows, or of what changed.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use trunklog_audit::{Detail, Event};
use trunklog_odata::Profile;
use trunklog_odata::envelope::{JsonFormat, PAGE_SIZE};
use trunklog_records::{Log, TenantId};
use trunklog_store::{ChangesQuery, DeltaToken, Engine, PageQuery, Selection, SkipToken, Start, Store};

use super::call::Call;
use super::export::file_name;
use super::following::{Following, with_key, with_restart};
use super::preferences::AppliedPreferences;
use crate::answer::{Failure, of_unknown_length};
use crate::backlog::{Reader, SharedHold};
use crate::coding::Coding;
use crate::description::ODATA_VERSION;
use crate::graph::accept::{PREFER, Representation, max_page_size};
use crate::graph::export;
use crate::graph::links::{self, Tracking, Walk};
use crate::graph::page::{ChangesJob, Job, Page, RowForm};
use crate::graph::request::{ApiRequest, InBatch};
use crate::share::Share;
use crate::store_limits::told;

impl Call<'_> {
    /// The head of the answer alone (RFC 9110, section 9.3.2). The store is not
    /// asked for it.
    pub(super) fn head(self, representation: Representation, following: &Following) -> Response {
        let coding = Coding::accepted(&self.request.parts.headers);
        let changes = following.is_wanted() && self.prefers_changes();
        let mut response = match representation {
            Representation::Page(format) => {
                let profile = self.request.app.settings.profile;
                let applied = AppliedPreferences { page_rows: self.page_size().preferred, changes };
                paged(Page::default(), format, applied, profile)
            }
            Representation::Export(format) => {
                let mut response = Response::new(Body::empty());
                let file_name = file_name(self.log.function, self.span, format);
                response.headers_mut().extend(export::headers(format, &file_name, coding));
                AppliedPreferences { page_rows: None, changes }.add_to_export(format, response.headers_mut());
                response
            }
        };
        // How long the body would be is not known.
        *response.body_mut() = of_unknown_length();
        response
    }

    /// One page of the rows, the first or that after a place; the last with a
    /// link to what changes if the walk is followed.
    pub(super) async fn page(
        self,
        format: JsonFormat,
        following: &Following,
        place: Option<SkipToken>,
    ) -> Result<Response, Failure> {
        let selection = self.choice.selection(self.log, self.range, self.mask);
        let readable = self.readable(&selection);
        let size = self.page_size();
        let top = self.options.top();
        let limit = top.map_or(size.rows, |top| u32::try_from(top).unwrap_or(u32::MAX).min(size.rows));
        let mut query = PageQuery::of(readable, limit);
        let mut skip = self.options.skip().unwrap_or(0);
        let mut is_followed = following.is_wanted();
        query.start = Start::Skip(skip);
        if let Some(token) = place {
            query.watermark = Some(token.watermark);
            // A client may change `$skip` in a link that it got. Then it is
            // counted anew, within the same walk.
            skip = self.options.skip().unwrap_or(token.skip);
            query.start = if skip == token.skip { Start::After(token.after) } else { Start::Skip(skip) };
            // Nobody knows any more whether such a walk gives all rows.
            is_followed &= skip == token.skip;
        }
        let applied =
            AppliedPreferences { page_rows: size.preferred, changes: is_followed && self.prefers_changes() };
        let changes = is_followed.then(|| self.changes_links(size.wanted));
        let began_in = match links::tracking(self.request.parts.uri.query().unwrap_or_default()) {
            Some(Tracking::Of(epoch)) if is_followed && query.watermark.is_some() => Some(epoch),
            _ => None,
        };
        let Call { request, log, segment, options, choice, tenant, mask, told, .. } = self;
        let ApiRequest { app, parts, version, root, .. } = request;
        let profile = app.settings.profile;
        let carried = links::carried(parts.uri.query().unwrap_or_default(), profile);
        let page_size = size.wanted;
        let layout = if is_followed { with_key(&choice.layout, log, version) } else { choice.layout };
        let root = root.to_owned();
        let walk = Walk { root, version, segment, selection, carried, page_size, profile, changes };
        let form = RowForm { layout, selected: choice.selected, format };
        let coding = Coding::accepted(&parts.headers);
        let job = Job { walk, query, began_in, skip, top, counted: options.count(), form, mask, coding };
        let cost = Cost { is_search: job.is_search(), bytes: job.estimate() };
        let make = move |engine: &dyn Engine, store: &dyn Store| job.run(engine, store);
        let (page, hold) = made(request, (log, told), tenant, cost, make).await?;
        let mut response = paged(page, format, applied, profile);
        if let Some(hold) = hold {
            response.extensions_mut().insert(hold);
        }
        Ok(response)
    }

    /// One page of what changed since a link of ours was made.
    pub(super) async fn changes(self, format: JsonFormat, token: DeltaToken) -> Result<Response, Failure> {
        let size = self.page_size();
        let links = self.changes_links(size.wanted);
        let restart = self.changes_links(size.wanted);
        let query = ChangesQuery {
            selection: self.followed(),
            after: token.after,
            until: token.until,
            start: token.start.clone(),
            limit: size.rows,
        };
        let applied = AppliedPreferences { page_rows: size.preferred, changes: self.prefers_changes() };
        let Call { request, log, choice, tenant, mask, told, .. } = self;
        let layout = with_key(&choice.layout, log, request.version);
        let form = RowForm { layout, selected: choice.selected, format };
        let coding = Coding::accepted(&request.parts.headers);
        let job = ChangesJob { links, token, query, form, mask, coding };
        // Rows are looked for among all of the hours that changed.
        let cost = Cost { is_search: true, bytes: job.estimate() };
        let make = move |engine: &dyn Engine, store: &dyn Store| job.run(engine, store);
        let told = told.detail("step", Detail::Word("changes"));
        let made = made(request, (log, told), tenant, cost, make).await;
        let (page, hold) = made.map_err(|failure| with_restart(failure, &restart))?;
        let mut response = paged(page, format, applied, request.app.settings.profile);
        if let Some(hold) = hold {
            response.extensions_mut().insert(hold);
        }
        Ok(response)
    }

    /// The selection without rows that are too old to be read. Tokens are bound
    /// to the whole one, because this one moves on while a client walks.
    pub(super) fn readable(&self, selection: &Selection) -> Selection {
        let app = self.request.app;
        let earliest = app.settings.retention.of(self.tenant).shown_since(self.log, app.now());
        let range = earliest.map_or(self.range, |earliest| self.range.since(earliest));
        Selection { range, ..selection.clone() }
    }

    /// How many rows a page has. The real service has its own size always.
    fn page_size(&self) -> PageSize {
        let ApiRequest { app, parts, .. } = self.request;
        if app.settings.profile.is_strict() {
            return PageSize { rows: PAGE_SIZE, wanted: None, preferred: None };
        }
        let most = app.settings.limits.page_rows.max(1);
        let most = parts.extensions.get::<InBatch>().map_or(most, |InBatch| most.min(PAGE_SIZE));
        let bounded = |rows: u32| rows.min(most);
        let preferred = max_page_size(&parts.headers).map(bounded);
        let wanted =
            preferred.or_else(|| links::page_size(parts.uri.query().unwrap_or_default()).map(bounded));
        PageSize { rows: wanted.unwrap_or(PAGE_SIZE), wanted, preferred }
    }
}

/// How many rows a page has, and why.
#[derive(Debug, Clone, Copy)]
struct PageSize {
    rows: u32,
    /// What the client of this walk wants, in a header or by its link.
    wanted: Option<u32>,
    /// What the client wants in a header.
    preferred: Option<u32>,
}

/// What making a page takes.
struct Cost {
    /// Whether the store may look at more rows than it gives.
    is_search: bool,
    /// About how large the page is at most.
    bytes: usize,
}

/// A page that a worker made, and what is held for it. A batch has reserved room
/// for all its items. The audit trail is told of it.
async fn made(
    request: ApiRequest<'_>,
    (log, told_of): (&'static Log, Event),
    tenant: TenantId,
    cost: Cost,
    make: impl FnOnce(&dyn Engine, &dyn Store) -> trunklog_store::Result<Page> + Send + 'static,
) -> Result<(Page, Option<SharedHold>), Failure> {
    let ApiRequest { app, parts, ids, .. } = request;
    let engine = Arc::clone(&app.services.engine);
    let workers = if cost.is_search { &app.searches } else { &app.store };
    let share = Share::Tenant(tenant);
    let hold = if parts.extensions.get::<InBatch>().is_some() {
        None
    } else {
        Some(app.backlog.reserve(Reader::of(share, parts), cost.bytes).await?)
    };
    // What is held stays with the work, as its rows do.
    let work = move || (make(&*engine, &*engine.tenant(tenant)), hold);
    let (page, hold) = workers.run(share, work).await?;
    let page = page.map_err(|error| {
        app.metrics.store_error(error.kind());
        // A link that is too old is the client's to replace.
        if error.kind() != trunklog_store::ErrorKind::Gone {
            let told = told(&error);
            tracing::error!(request_id = %ids.request, error = %told, "the store could not serve a page");
        }
        Failure::of_store(&error)
    })?;
    app.metrics.rows(log.function, page.rows);
    app.services.trail.note(told_of.rows(u64::try_from(page.rows).unwrap_or(u64::MAX)));
    let room = page.content.bytes.capacity();
    let hold = hold.map(|mut hold| {
        hold.resize(room);
        SharedHold::from(hold)
    });
    Ok((page, hold))
}

fn paged(page: Page, format: JsonFormat, applied: AppliedPreferences, profile: Profile) -> Response {
    let mut response = Response::new(Body::from(page.content.bytes));
    let headers = response.headers_mut();
    if let Ok(media_type) = HeaderValue::from_str(&format.media_type()) {
        headers.insert(CONTENT_TYPE, media_type);
    }
    headers.insert(ODATA_VERSION, HeaderValue::from_static("4.0"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Some(name) = page.content.coding.name() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    applied.add_to(headers);
    if !profile.is_strict() {
        // Source: RFC 7240, section 2.
        headers.append(VARY, HeaderValue::from_name(PREFER));
    }
    response
}
