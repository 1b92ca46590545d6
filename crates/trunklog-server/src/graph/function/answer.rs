//! The answer to a call that was admitted: a page, or all rows at once.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use http::{HeaderName, HeaderValue, Version};
use trunklog_errors::with_causes;
use trunklog_exports::Format;
use trunklog_odata::envelope::{JsonFormat, PAGE_SIZE};
use trunklog_odata::{Error, ErrorKind, Instant, Profile};
use trunklog_store::{PageQuery, ScanQuery, Selection, SkipToken, Start};

use super::call::Call;
use crate::answer::{Failure, of_unknown_length};
use crate::backlog::{Reader, SharedHold};
use crate::coding::Coding;
use crate::graph::accept::{PREFER, PREFERENCE_APPLIED, Representation, max_page_size};
use crate::graph::export::{self, Export};
use crate::graph::links::{self, Walk};
use crate::graph::page::{Job, Page, RowForm};
use crate::graph::request::{ApiRequest, InBatch};
use crate::share::Share;

const ODATA_VERSION: HeaderName = HeaderName::from_static("odata-version");

impl Call<'_> {
    /// The head of the answer alone (RFC 9110, section 9.3.2). The store is not
    /// asked for it.
    pub(super) fn head(self, representation: Representation) -> Response {
        let coding = Coding::accepted(&self.request.parts.headers);
        let mut response = match representation {
            Representation::Page(format) => {
                let profile = self.request.app.settings.profile;
                paged(Page::default(), format, self.page_size().preferred, profile)
            }
            Representation::Export(format) => {
                let mut response = Response::new(Body::empty());
                let file_name = file_name(self.log.function, self.span, format);
                response.headers_mut().extend(export::headers(format, &file_name, coding));
                response
            }
        };
        // How long the body would be is not known.
        *response.body_mut() = of_unknown_length();
        response
    }

    /// One page of the rows.
    pub(super) async fn page(self, format: JsonFormat) -> Result<Response, Failure> {
        let selection = self.choice.selection(self.log, self.range, self.mask);
        let readable = self.readable(&selection);
        let size = self.page_size();
        let Call { request, log, segment, options, choice, tenant, mask, .. } = self;
        let ApiRequest { app, parts, ids, version, root, .. } = request;
        let top = options.top();
        let limit = top.map_or(size.rows, |top| u32::try_from(top).unwrap_or(u32::MAX).min(size.rows));
        let mut query = PageQuery::of(readable, limit);
        let mut skip = options.skip().unwrap_or(0);
        query.start = Start::Skip(skip);
        if let Some(text) = options.skip_token() {
            let token = SkipToken::parse(text, &selection).map_err(|error| {
                Error::bad_request("The value of the $skiptoken query option is not valid.")
                    .hint(error.to_string())
            })?;
            query.watermark = Some(token.watermark);
            // A client may change `$skip` in a link that it got. Then it is
            // counted anew, within the same walk.
            skip = options.skip().unwrap_or(token.skip);
            query.start = if skip == token.skip { Start::After(token.after) } else { Start::Skip(skip) };
        }
        let profile = app.settings.profile;
        let carried = links::carried(parts.uri.query().unwrap_or_default(), profile);
        let page_size = size.wanted;
        let walk = Walk { root: root.to_owned(), version, segment, selection, carried, page_size, profile };
        let form = RowForm { layout: choice.layout, selected: choice.selected, format };
        let coding = Coding::accepted(&parts.headers);
        let job = Job { walk, query, skip, top, counted: options.count(), form, mask, coding };
        let engine = Arc::clone(&app.services.engine);
        let workers = if job.is_search() { &app.searches } else { &app.store };
        let share = Share::Tenant(tenant);
        // A batch has reserved room for all its items.
        let hold = if parts.extensions.get::<InBatch>().is_some() {
            None
        } else {
            Some(app.backlog.reserve(Reader::of(share, parts), job.estimate()).await?)
        };
        // What is held stays with the work, as its rows do.
        let (page, hold) = workers.run(share, move || (job.run(&*engine.tenant(tenant)), hold)).await?;
        let page = page.map_err(|error| {
            app.metrics.store_error(error.kind());
            let told = with_causes(&error);
            tracing::error!(request_id = %ids.request, error = %told, "the store could not serve a page");
            Failure::of_store(&error)
        })?;
        app.metrics.rows(log.function, page.rows);
        let room = page.content.bytes.capacity();
        let mut response = paged(page, format, size.preferred, profile);
        if let Some(mut hold) = hold {
            hold.resize(room);
            response.extensions_mut().insert(SharedHold::from(hold));
        }
        Ok(response)
    }

    /// All rows at once.
    pub(super) async fn export(self, format: Format) -> Result<Response, Failure> {
        let selection = self.choice.selection(self.log, self.range, self.mask);
        let readable = self.readable(&selection);
        let file_name = file_name(self.log.function, self.span, format);
        let Call { request, log, options, choice, tenant, mask, .. } = self;
        let ApiRequest { app, parts, ids, .. } = request;
        if options.skip_token().is_some() {
            let message = "The $skiptoken query option belongs to pages, and this format has none.";
            return Err(Error::bad_request(message).hint("leave it out, or ask for application/json").into());
        }
        if parts.version < Version::HTTP_11 {
            let message = "This format needs HTTP/1.1 or later.";
            return Err(Error::new(ErrorKind::NotAcceptable, message)
                .hint(
                    "HTTP/1.0 cannot tell an answer that broke off from a whole one; a proxy may have to be told, \
                     such as proxy_http_version 1.1 in nginx",
                )
                .into());
        }
        let query = ScanQuery {
            selection: readable,
            skip: options.skip().unwrap_or(0),
            limit: options.top(),
            watermark: None,
        };
        let export = Export {
            function: log.function,
            format,
            layout: choice.layout,
            query,
            mask,
            tenant,
            coding: Coding::accepted(&parts.headers),
            file_name,
        };
        export::respond(app, ids, Reader::of(Share::Tenant(tenant), parts), export).await
    }

    /// The selection without rows that are too old to be read. Tokens are bound
    /// to the whole one, because this one moves on while a client walks.
    fn readable(&self, selection: &Selection) -> Selection {
        let app = self.request.app;
        let earliest = app.settings.retention.shown_since(self.log, app.now());
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

fn paged(page: Page, format: JsonFormat, preferred: Option<u32>, profile: Profile) -> Response {
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
    if let Some(Ok(applied)) =
        preferred.map(|rows| HeaderValue::from_str(&format!("odata.maxpagesize={rows}")))
    {
        headers.insert(PREFERENCE_APPLIED, applied);
    }
    if !profile.is_strict() {
        // Source: RFC 7240, section 2.
        headers.append(VARY, HeaderValue::from_name(PREFER));
    }
    response
}

/// What a download is called: function and range, in characters that every
/// file system takes.
fn file_name(function: &str, (from, to): (Instant, Instant), format: Format) -> String {
    let stamp = |instant: Instant| {
        let text = instant.to_string();
        text.strip_suffix("T00:00:00Z").unwrap_or(&text).replace(':', "")
    };
    format!("{function}_{}_{}.{}", stamp(from), stamp(to), format.extension())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn downloads_are_named_by_function_and_range() {
        let at = |text| Instant::parse(text).unwrap();
        let span = (at("2026-11-01T00:00:00Z"), at("2026-11-02T08:30:00.5Z"));
        assert_eq!(
            file_name("getDirectRoutingCalls", span, Format::Csv),
            "getDirectRoutingCalls_2026-11-01_2026-11-02T083000.5Z.csv"
        );
    }
}
