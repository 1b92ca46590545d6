//! The rows that reports count, page by page.
//!
//! They are the API's rows of beta. What goes around them is as around other
//! reports, and the link to the next page is a member of it.

use std::sync::Arc;

use axum::response::Response;
use http::HeaderMap;
use jiff::tz::TimeZone;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use trunklog_audit::Action;
use trunklog_odata::envelope::{Frame, JsonFormat, Metadata, Numbers, PAGE_SIZE};
use trunklog_odata::json::{write_int, write_string};
use trunklog_odata::{Error, Instant, Version};
use trunklog_records::masking::Mask;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Log, TenantId};
use trunklog_reports::calendar::{local_text, zone_name};
use trunklog_reports::{DEFINITIONS, Filter, Level, ReportError, rows_joined};
use trunklog_store::{Columns, Engine, PageQuery, Selection, SkipToken, Start, Store, Watermark};

use super::client::Client;
use super::data::complete_until;
use super::form::Form;
use super::made::{Made, respond};
use super::parameters::{self, Asked, CORRELATION_ROWS, LEGS, SKIP_TOKEN};
use super::resource::USAGE;
use super::tag::Tag;
use super::{ReportRequest, failure_of};
use crate::answer::{Access, Failure};
use crate::app::App;
use crate::audit;
use crate::block::{Block, room_for};
use crate::coding::Coding;
use crate::public_address;
use crate::settings::Settings;

/// What it is called.
pub(crate) const TITLE: &str = "Usage";

/// What it tells.
pub(crate) const EXPLANATION: &str = "The calls themselves, in the order of their start, page by page: the rows of \
    getDirectRoutingCalls on beta. Follow nextLink until it is null. All rows at once, as CSV and the like, come \
    from that function.";

const LOG: &Log = &DIRECT_ROUTING_CALLS;

/// Rows as they are, without what OData would add to them.
const ROWS: JsonFormat = JsonFormat { metadata: Metadata::None, numbers: Numbers::Plain };

/// What is no letter or digit is encoded in links, but for these.
const IN_VALUES: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The most rows of a page.
pub(super) fn most_rows(app: &App) -> u32 {
    app.settings.limits.page_rows.max(1)
}

/// `/reports/v1/usage`
pub(super) async fn serve(request: ReportRequest<'_>, access: &mut Access) -> Result<Response, Failure> {
    access.route = USAGE;
    let client = Client::of(request, access).await?;
    let ReportRequest { app, parts, .. } = request;
    let query = parts.uri.query().unwrap_or_default();
    let asked = Asked::read(query, USAGE, &parameters::of_usage(most_rows(app)))?;
    let filter = asked.get("$filter").map(|text| Filter::read(text, client.mask)).transpose()?;
    let filter = filter.unwrap_or_default();
    let told = client.told(request, Action::CallsRead, LOG.name, &filter);
    if let Err(error) = client.may_read(Level::Personal, &filter) {
        audit::refused(app, told, "role");
        return Err(error.into());
    }
    let form = Form::json_alone(&parts.headers)?;
    let root = public_address::of(parts, &app.settings)?;
    let known = parts.headers.clone();
    let coding = Coding::accepted(&parts.headers);
    let walk = Walk::of(app, &client, &asked, &filter, (root, query)).map_err(|error| failure_of(&error))?;
    let place = walk.place(asked.get(SKIP_TOKEN))?;
    client.admit(request, USAGE)?;
    let told = told.range(walk.selection.range.from(), walk.selection.range.end());
    let mut layout = LOG.layout(Version::Beta);
    // What the table does not know.
    layout.push(LOG.properties.len());
    let shown = app.reports_shown_since(client.tenant, LOG);
    let (tenant, mask) = (client.tenant, client.mask);
    let settings = Arc::clone(&app.settings);
    let job = Job { tenant, walk, place, layout, shown, mask, settings, coding, known };
    let bytes = room_for(&job.layout, usize::try_from(job.walk.rows).unwrap_or(usize::MAX));
    let make = move |engine: &dyn Engine, store: &dyn Store| job.run(engine, store);
    respond(request, Some(told), (tenant, form.media_type()), bytes, make).await
}

/// What all pages of a walk have in common.
struct Walk {
    /// The public address.
    root: String,
    selection: Selection,
    zone: TimeZone,
    /// The filter as it was read.
    filter: Option<String>,
    /// The same as the client sent it, still encoded, so that a link grows no
    /// longer than what it continues.
    carried: Option<String>,
    /// How many rows a page has.
    rows: u32,
    /// Whether rows say how many rows their correlation id joins.
    legs: bool,
}

impl Walk {
    fn of(
        app: &App,
        client: &Client,
        asked: &Asked,
        filter: &Filter,
        (root, query): (String, &str),
    ) -> Result<Walk, ReportError> {
        let zone = asked.zone(&client.zone)?;
        let range = asked.range(&zone, app.now())?;
        let most = most_rows(app);
        let rows = match asked.top()? {
            None => PAGE_SIZE.min(most),
            Some(top) => u32::try_from(top).ok().filter(|top| *top <= most).ok_or_else(|| {
                let problem = format!("a page has at most {most} rows");
                ReportError::asked("top", problem, "take fewer, and follow nextLink")
            })?,
        };
        // Properties of all versions are shown, and what the table does not know.
        let selection = Selection {
            log: LOG,
            range,
            filter: filter.over_rows()?,
            order: Vec::new(),
            columns: Columns::All,
        };
        let (filter, legs) = (filter.text().map(str::to_owned), asked.truth(LEGS)?);
        Ok(Walk { root, selection, zone, filter, carried: parameters::pair(query, "$filter"), rows, legs })
    }

    /// The place that a link's token names.
    fn place(&self, token: Option<&str>) -> Result<Option<SkipToken>, Error> {
        let parsed = token.map(|text| SkipToken::parse(text, &self.selection)).transpose();
        parsed.map_err(|error| {
            Error::bad_request(format!("{SKIP_TOKEN}: it does not belong to this walk"))
                .hint(error.to_string())
        })
    }

    /// The link to the next page. Where the range was one up to now, it says its
    /// ends, which would be others later.
    fn link(&self, token: &SkipToken) -> String {
        let Walk { root, selection, zone, carried, rows, legs, .. } = self;
        let (from, to) = (selection.range.from().to_string(), selection.range.end().to_string());
        let token = token.to_text(selection);
        let (zone, rows) = (zone_name(zone), rows.to_string());
        let values = [("from", &from), ("to", &to), ("zone", &zone), ("top", &rows), (SKIP_TOKEN, &token)];
        let pair =
            |(name, value): (&str, &String)| format!("{name}={}", utf8_percent_encode(value, IN_VALUES));
        let legs = legs.then(|| format!("{LEGS}=true"));
        let pairs: Vec<String> = values.into_iter().map(pair).chain(legs).chain(carried.clone()).collect();
        format!("{root}/reports/v1/{USAGE}?{}", pairs.join("&"))
    }

    /// What is around the rows of a page.
    fn frame(&self, commit: Watermark, until: Option<Instant>, rows: usize, next: Option<&str>) -> Frame {
        let mut before = Vec::with_capacity(512);
        before.extend_from_slice(b"{\"report\":");
        write_string(USAGE, &mut before);
        before.extend_from_slice(b",\"definitions\":");
        write_int(DEFINITIONS, &mut before);
        before.extend_from_slice(b",\"zone\":");
        write_string(&zone_name(&self.zone), &mut before);
        let ends = [("from", self.selection.range.from()), ("to", self.selection.range.end())];
        for (name, at) in ends {
            for (name, text) in
                [(name.to_owned(), at.to_string()), (format!("{name}Local"), local_text(&self.zone, at))]
            {
                before.push(b',');
                write_string(&name, &mut before);
                before.push(b':');
                write_string(&text, &mut before);
            }
        }
        before.extend_from_slice(b",\"filter\":");
        match &self.filter {
            None => before.extend_from_slice(b"null"),
            Some(filter) => write_string(filter, &mut before),
        }
        before.extend_from_slice(b",\"commit\":");
        write_int(commit.0, &mut before);
        before.extend_from_slice(b",\"completeUntil\":");
        match until {
            None => before.extend_from_slice(b"null"),
            Some(until) => write_string(&until.to_string(), &mut before),
        }
        before.extend_from_slice(b",\"source\":\"rows\",\"rowsRead\":");
        write_int(rows, &mut before);
        before.extend_from_slice(b",\"notes\":[],\"value\":[");
        let mut after = b"],\"nextLink\":".to_vec();
        match next {
            None => after.extend_from_slice(b"null"),
            Some(next) => write_string(next, &mut after),
        }
        after.push(b'}');
        Frame { before, after }
    }
}

/// What a worker needs to make a page.
struct Job {
    tenant: TenantId,
    walk: Walk,
    /// What the token of a link says.
    place: Option<SkipToken>,
    /// The indices of the properties in their order.
    layout: Vec<usize>,
    /// From when on rows are shown.
    shown: Option<Instant>,
    mask: Mask,
    settings: Arc<Settings>,
    coding: Coding,
    /// The headers that say what the client has.
    known: HeaderMap,
}

impl Job {
    fn run(self, engine: &dyn Engine, store: &dyn Store) -> Result<Made, ReportError> {
        let Job { tenant, walk, place, layout, shown, mask, settings, coding, known } = self;
        let until = complete_until(engine, &settings, tenant, LOG)?;
        let token = place.as_ref().map(|token| token.to_text(&walk.selection));
        let question = {
            let range = walk.selection.range;
            let ends = (range.from().ticks(), range.end().ticks(), shown.map(|shown| shown.ticks()));
            let until = until.map(|until| until.ticks());
            let form = (walk.rows, walk.legs, mask.digits(), &walk.root, &walk.carried, until);
            (tenant, USAGE, ends, zone_name(&walk.zone), &walk.filter, token, form)
        };
        let tag = Tag::now(&question, engine, store)?;
        if tag.is_known(&known) {
            return Ok(Made { tag, content: None, rows: None });
        }
        // Tokens are bound to the whole selection: what is shown moves on while a
        // client walks.
        let range = shown.map_or(walk.selection.range, |shown| walk.selection.range.since(shown));
        let mut query = PageQuery::of(Selection { range, ..walk.selection.clone() }, walk.rows);
        let mut skip = 0;
        if let Some(SkipToken { watermark, skip: passed, after }) = place {
            query.watermark = Some(watermark);
            query.start = Start::After(after);
            skip = passed;
        }
        let page = store.page(&query)?;
        let joined = if walk.legs {
            let since = shown.unwrap_or(Instant::ABSENT);
            Some(rows_joined(store, &page.rows, since, page.watermark)?)
        } else {
            None
        };
        let rows = mask.rows(page.rows);
        let block = match joined {
            None => Block::encode(&rows, &layout, ROWS),
            Some(joined) => Block::encode_with(&rows, &layout, ROWS, |row, out| {
                out.push(b',');
                write_string(CORRELATION_ROWS, out);
                out.push(b':');
                match joined.get(row).copied().flatten() {
                    Some(rows) => write_int(rows, out),
                    None => out.extend_from_slice(b"null"),
                }
            }),
        };
        let rows = block.rows();
        let passed = skip.saturating_add(u64::try_from(rows).unwrap_or(u64::MAX));
        let next = page.next.map(|after| SkipToken { watermark: page.watermark, skip: passed, after });
        let next = next.map(|token| walk.link(&token));
        let frame = walk.frame(page.watermark, until, rows, next.as_deref());
        Ok(Made { tag, content: Some(coding.encode(block.within(&frame))), rows: Some(rows) })
    }
}
