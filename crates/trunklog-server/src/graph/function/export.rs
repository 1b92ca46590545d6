//! All rows of a call at once, or all that changed.

use std::sync::Arc;

use axum::response::Response;
use http::{HeaderName, HeaderValue, Version};
use trunklog_audit::{Action, Detail};
use trunklog_exports::Format;
use trunklog_odata::{Error, ErrorKind, Instant};
use trunklog_store::{ChangesQuery, DeltaToken, ScanQuery, Watermark};

use super::call::Call;
use super::following::{Following, with_key, with_restart};
use super::preferences::AppliedPreferences;
use crate::answer::Failure;
use crate::audit;
use crate::backlog::Reader;
use crate::coding::Coding;
use crate::graph::export::{self, Export, Reading};
use crate::graph::request::ApiRequest;
use crate::share::Share;
use crate::store_limits::told;

/// Holds the link to what changes after an export, which has no place for it.
/// There is no name of OData for that, and none in the registry of link
/// relations.
const DELTA_LINK: HeaderName = HeaderName::from_static("trunklog-delta-link");

/// Changes that are read at a time.
const CHANGES_AT_A_TIME: u32 = 10_000;

impl Call<'_> {
    /// Whether the client could tell a whole answer without pages from one that
    /// broke off.
    ///
    /// # Errors
    /// 406 where it could not.
    pub(super) fn can_be_streamed(&self) -> Result<(), Error> {
        if self.request.parts.version >= Version::HTTP_11 {
            return Ok(());
        }
        let message = "This format needs HTTP/1.1 or later.";
        Err(Error::new(ErrorKind::NotAcceptable, message).hint(
            "HTTP/1.0 cannot tell an answer that broke off from a whole one; a proxy may have to be told, \
             such as proxy_http_version 1.1 in nginx",
        ))
    }

    /// All rows at once, or all that changed since a link of ours was made.
    pub(super) async fn export(self, format: Format, following: Following) -> Result<Response, Failure> {
        let is_followed = following.is_wanted();
        let (reading, link) = match following {
            Following::Nothing => (Reading::Rows(self.scan(None)), None),
            Following::Walk => {
                let (until, link) = self.end(None).await?;
                (Reading::Rows(self.scan(Some(until))), Some(link))
            }
            Following::Changes(token) => {
                let (until, link) = self.end(Some(token.clone())).await?;
                (Reading::Changes(self.changes_until(&token, until)), Some(link))
            }
        };
        let applied = AppliedPreferences { page_rows: None, changes: is_followed && self.prefers_changes() };
        let restart = self.changes_links(None);
        let file_name = file_name(self.log.function, self.span, format);
        let Call { request, log, choice, tenant, mask, told, .. } = self;
        let ApiRequest { app, parts, ids, version, .. } = request;
        let layout = if is_followed { with_key(&choice.layout, log, version) } else { choice.layout };
        let coding = Coding::accepted(&parts.headers);
        let told = told.action(Action::CallsExport).detail("format", Detail::Word(format.name()));
        // Before the first row leaves; how many there were is told at the end.
        audit::recorded(app, told.clone().detail("step", Detail::Word("start"))).await?;
        let export =
            Export { function: log.function, format, layout, reading, mask, tenant, coding, file_name, told };
        let reader = Reader::of(Share::Tenant(tenant), parts);
        let response = export::respond(app, ids, reader, export).await;
        let mut response = response.map_err(|failure| with_restart(failure, &restart))?;
        let headers = response.headers_mut();
        if let Some(link) = link {
            headers.insert(DELTA_LINK, HeaderValue::try_from(link).map_err(|_| Failure::unexpected())?);
        }
        applied.add_to_export(format, headers);
        Ok(response)
    }

    fn scan(&self, watermark: Option<Watermark>) -> ScanQuery {
        ScanQuery {
            selection: self.readable(&self.choice.selection(self.log, self.range, self.mask)),
            skip: self.options.skip().unwrap_or(0),
            limit: self.options.top(),
            watermark,
        }
    }

    fn changes_until(&self, token: &DeltaToken, until: Watermark) -> ChangesQuery {
        ChangesQuery {
            selection: self.followed(),
            after: token.after,
            until: Some(until),
            start: token.start.clone(),
            limit: CHANGES_AT_A_TIME,
        }
    }

    /// The commit up to which an export tells what is there, and the link from
    /// which on the rest is told. The link is sent before the rows, so the commit
    /// is settled before they are read.
    async fn end(&self, token: Option<DeltaToken>) -> Result<(Watermark, String), Failure> {
        let ApiRequest { app, ids, .. } = self.request;
        let (tenant, links) = (self.tenant, self.changes_links(None));
        let engine = Arc::clone(&app.services.engine);
        let settle = move || -> trunklog_store::Result<(Watermark, String)> {
            let store = engine.tenant(tenant);
            if let Some(token) = &token {
                token.check_epoch(&*engine, &*store)?;
            }
            let until = match token.and_then(|token| token.until) {
                Some(until) => until,
                None => store.newest()?,
            };
            Ok((until, links.after(&*engine, &*store, until)?))
        };
        app.store.run(Share::Tenant(tenant), settle).await?.map_err(|error| {
            app.metrics.store_error(error.kind());
            // A link that is too old is the client's to replace.
            if error.kind() != trunklog_store::ErrorKind::Gone {
                let told = told(&error);
                tracing::error!(request_id = %ids.request, error = %told, "the store could not serve an export");
            }
            with_restart(Failure::of_store(&error), &self.changes_links(None))
        })
    }
}

/// What a download is called: function and range, in characters that every
/// file system takes.
pub(super) fn file_name(function: &str, (from, to): (Instant, Instant), format: Format) -> String {
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
