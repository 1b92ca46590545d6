//! `trunklog calls`

mod writers;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::ValueEnum;
use trunklog_odata::{Instant, Version};
use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::{PageQuery, Start, Store};

use crate::args::{LogName, TenantFlag, log_name};
use crate::config::Settings;
use crate::{store, tenant, time};

use writers::RowWriter;

/// How many rows are in memory at once.
const PAGE_ROWS: u32 = 5_000;

/// A table's columns fit the rows of one page; a short one appears at once.
const TABLE_ROWS: u32 = 1_000;

/// Stands in contexts while no public address is set.
const GRAPH: &str = "https://graph.microsoft.com";

/// Reads calls from the log
///
/// Rows come in the order of their time, from --from up to --to. Any span of
/// time may be read; memory does not grow with it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog calls                                   the last 24 hours
  trunklog calls --from 2026-11-01 --to 2026-12-01 --format csv > november.csv
  trunklog calls --from 2026-11-24T08:00:00+01:00 --limit 20
  trunklog calls --from 2020-01-01 --format ndjson | jq -r .callType | sort | uniq -c")]
pub(crate) struct Calls {
    /// The first moment, a date (midnight UTC) or date and time [default: 24 hours before --to]
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    from: Option<Instant>,
    /// The first moment that is left out [default: now]
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    to: Option<Instant>,
    #[command(flatten)]
    pub(crate) tenant: TenantFlag,
    /// The log [default: directRoutingCalls]
    #[arg(long, value_name = "NAME", value_parser = log_name)]
    log: Option<LogName>,
    /// How rows are written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// The most rows
    #[arg(long, value_name = "ROWS")]
    limit: Option<u64>,
    /// Leave out that many rows at the begin
    #[arg(long, value_name = "ROWS", default_value_t = 0)]
    skip: u64,
    /// The version of Graph whose properties are written
    #[arg(long, value_enum, default_value_t = ApiVersion::Beta)]
    version: ApiVersion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The most telling properties, as wide as the terminal
    Table,
    /// All properties, with a line of names
    Csv,
    /// A JSON object a line
    Ndjson,
    /// One page as Graph returns it
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ApiVersion {
    #[value(name = "v1.0")]
    V1,
    Beta,
}

impl Calls {
    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let log = self.log.map_or(&DIRECT_ROUTING_CALLS, |LogName(log)| log);
        let version = match self.version {
            ApiVersion::V1 => Version::V1,
            ApiVersion::Beta => Version::Beta,
        };
        if !log.exists_in(version) {
            bail!("{} does not exist in {}: use --version beta", log.name, version.segment());
        }
        let to = self.to.unwrap_or_else(time::now);
        let from = self.from.unwrap_or_else(|| to.saturating_add_ticks(-time::DAY_TICKS));
        let range = TimeRange::of(log, from, to)?;
        let store = store::open(settings, "calls")?;
        let tenant = tenant::choose(settings, store.engine())?;
        let mut query = PageQuery::first(log, range, PAGE_ROWS);
        query.start = Start::Skip(self.skip);
        let root = settings.serve.public_url.as_deref().unwrap_or(GRAPH);
        let mut writer: Box<dyn RowWriter> = match self.format {
            Format::Table => {
                query.limit = TABLE_ROWS;
                Box::new(writers::Table::new(log))
            }
            Format::Csv => Box::new(writers::Csv::new(log, version)?),
            Format::Ndjson => Box::new(writers::Ndjson::new(log, version)),
            Format::Json => Box::new(writers::Json::new(log, version, root)?),
        };
        copy(store.engine().tenant(tenant).as_ref(), query, self.limit, writer.as_mut())?;
        writer.finish()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Writes a walk's rows page by page, at most `limit`.
fn copy(
    store: &dyn Store,
    mut query: PageQuery,
    limit: Option<u64>,
    writer: &mut dyn RowWriter,
) -> Result<()> {
    let most = query.limit;
    let mut left = limit.unwrap_or(u64::MAX);
    while left > 0 {
        query.limit = u32::try_from(left).unwrap_or(most).min(most);
        let page = store.page(&query)?;
        writer.write(&page.rows)?;
        left = left.saturating_sub(u64::try_from(page.rows.len())?);
        match query.after(&page) {
            Some(next) => query = next,
            None => break,
        }
    }
    Ok(())
}
