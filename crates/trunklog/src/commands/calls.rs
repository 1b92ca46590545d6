//! `trunklog calls`

mod destination;
mod format;
mod writers;

use std::io::{self, IsTerminal};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::sync::mpsc::sync_channel;
use std::thread;

use anyhow::{Context, Result, anyhow, bail};
use clap::ValueEnum;
use trunklog_audit::{Action, Detail, Event, FilterShape, Outcome};
use trunklog_exports::Format as Form;
use trunklog_odata::{Instant, Version, filter};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Log, Rows, TenantId, TimeRange};
use trunklog_store::{Columns, ScanQuery, Selection, Store};

use crate::config::Settings;
use crate::flags::{LogName, TenantFlag, log_name, refused};
use crate::progress::{self, ProgressDisplay};
use crate::{audit, signals, store, tenant, time};

use destination::Destination;
use format::{Format, Packing};
use writers::RowWriter;

/// Batches that were read and wait to be written.
const BATCHES_AHEAD: usize = 2;

/// Used in contexts while no public address is set.
const GRAPH: &str = "https://graph.microsoft.com";

/// Reads calls from the log
///
/// Rows come in order of time, from --from up to --to, with all digits of their
/// numbers. Any span of time may be read; memory does not grow with it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog calls                                   the last 24 hours
  trunklog calls --from 2026-11-01 --to 2026-12-01 --output november.parquet
  trunklog calls --from 2026-11-01 --to 2026-12-01 --output november.csv.gz
  trunklog calls --from 2026-11-24T08:00:00+01:00 --limit 20
  trunklog calls --filter 'finalSipCode ge 500 and duration eq 0' --orderby 'startDateTime desc'
  trunklog calls --from 2026-11-01 --filter \"startswith(calleeNumber,'+4930')\"
  trunklog calls --from 2020-01-01 --select userPrincipalName,duration --format csv > minutes.csv
  trunklog calls --from 2020-01-01 --format ndjson | jq -r .callType | sort | uniq -c

A CSV file is made for spreadsheets: it starts with a byte-order mark, by which
Excel knows its letters, and text that would be a formula starts with '. For
programs there is --no-bom; standard output is always for programs. A spreadsheet
takes +4930123 for a number unless it is told that the column is text.")]
pub(crate) struct Calls {
    /// The first moment, a date (midnight UTC) or date and time [default: 24 hours before --to]
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    from: Option<Instant>,
    /// The end: the first moment that is left out; of logs other than `directRoutingCalls` the
    /// last one that belongs to it [default: now]
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    to: Option<Instant>,
    #[command(flatten)]
    pub(crate) tenant: TenantFlag,
    /// The log: `directRoutingCalls`, `pstnCalls`, `pstnOnlineMeetingDialout`, `pstnBlockedUsers`
    /// or `sms` [default: directRoutingCalls]
    #[arg(long, value_name = "NAME", value_parser = log_name)]
    log: Option<LogName>,
    /// Which rows, as in $filter: `callType eq 'ByotOut' and duration gt 60`
    #[arg(long, value_name = "EXPR")]
    filter: Option<String>,
    /// In which order, as in $orderby: `duration desc, userPrincipalName`
    #[arg(long, alias = "order-by", value_name = "EXPR")]
    orderby: Option<String>,
    /// Which properties, as in $select: `startDateTime,callerNumber`. They come in the log's order
    #[arg(long, value_name = "NAMES")]
    select: Option<String>,
    /// How rows are written [default: as --output ends; a table without --output]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The file to write; it appears, or is replaced, when all rows are in it. The ending .gz, as
    /// in calls.csv.gz, compresses csv, ndjson and json
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write a CSV file for programs: without a byte-order mark, and text as it is
    #[arg(long, requires = "output")]
    no_bom: bool,
    /// The most rows
    #[arg(long, value_name = "ROWS")]
    limit: Option<u64>,
    /// Leave out that many rows at the start
    #[arg(long, value_name = "ROWS", default_value_t = 0)]
    skip: u64,
    /// The version of Graph whose properties are written
    #[arg(long, value_enum, default_value_t = ApiVersion::Beta)]
    version: ApiVersion,
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
        let (format, packing) = self.format()?;
        let selected = self.selected(log, version)?;
        let layout = layout(log, version, format, selected.as_deref());
        let query = self.query(log, version, &layout)?;
        let store = store::open_existing(settings, "calls")?;
        let tenant = tenant::choose(settings, store.engine())?;
        let to = Destination::open(self.output.as_deref(), packing)?;
        let writer: Box<dyn RowWriter> = match format {
            Format::Table => Box::new(writers::Table::new(log, &layout, to)),
            Format::Csv => Box::new(writers::Export::new(self.csv(), log, &layout, to)?),
            Format::Ndjson => Box::new(writers::Export::new(Form::Ndjson, log, &layout, to)?),
            Format::Arrow => Box::new(writers::Export::new(Form::Arrow, log, &layout, to)?),
            Format::Parquet => Box::new(writers::Export::new(Form::Parquet, log, &layout, to)?),
            Format::Json => {
                let root = settings.serve.public_url.as_deref().unwrap_or(GRAPH);
                let names = selected.is_some().then(|| names(log, &layout));
                Box::new(writers::Json::new(log, version, root, &layout, names.as_deref(), to)?)
            }
        };
        let store = store.engine().tenant(tenant);
        let trail = audit::open(settings)?;
        let told = told(&query, tenant);
        let told = if format == Format::Table && self.output.is_none() {
            told
        } else {
            // What leaves is told before the first row does.
            let told = told.action(Action::CallsExport).detail("format", Detail::Word(format.name()));
            audit::before(&trail, told.clone().detail("step", Detail::Word("start")))?;
            told.detail("step", Detail::Word("end"))
        };
        let mut rows = 0;
        let written = self.write(store.as_ref(), &query, writer, &mut rows);
        let outcome = if matches!(written, Ok(true)) { Outcome::Done } else { Outcome::Failed };
        trail.note(told.rows(rows).outcome(outcome));
        Ok(if written? { ExitCode::SUCCESS } else { ExitCode::from(signals::INTERRUPTED) })
    }

    /// Writes all rows and counts them; false when a signal stopped it.
    fn write(
        &self,
        store: &dyn Store,
        query: &ScanQuery,
        mut writer: Box<dyn RowWriter>,
        count: &mut u64,
    ) -> Result<bool> {
        if self.output.is_none() {
            copy(store, query, &mut |rows| {
                *count += u64::try_from(rows.len())?;
                writer.write(rows)
            })?;
        } else if !copy_to_file(store, query, writer.as_mut(), count)? {
            return Ok(false);
        }
        writer.finish()?;
        Ok(true)
    }

    /// # Errors
    /// When the file's name tells no format, or binary data would go to a
    /// terminal.
    fn format(&self) -> Result<(Format, Packing)> {
        let (format, packing) = Format::choose(self.format, self.output.as_deref())?;
        if format.is_binary() && self.output.is_none() && io::stdout().is_terminal() {
            bail!("the format is binary: give a file with --output, or send it into a file or pipe");
        }
        Ok((format, packing))
    }

    /// CSV for its reader: files are opened by people, mostly.
    fn csv(&self) -> Form {
        if self.output.is_some() && !self.no_bom { Form::CsvForPeople } else { Form::Csv }
    }

    /// The properties that were named, None for all.
    fn selected(&self, log: &'static Log, version: Version) -> Result<Option<Vec<usize>>> {
        let Some(text) = &self.select else { return Ok(None) };
        filter::select(text, &log.shape(version)).map_err(|error| refused("--select", &error))
    }

    fn query(&self, log: &'static Log, version: Version, layout: &[usize]) -> Result<ScanQuery> {
        let to = self.to.unwrap_or_else(time::now);
        let from = self.from.unwrap_or_else(|| to.saturating_add_ticks(-Instant::TICKS_PER_DAY));
        let range = TimeRange::of(log, from, to).map_err(|error| match self.to {
            Some(_) => anyhow!("{error}"),
            None => anyhow!("{error} (--to, now unless given)"),
        })?;
        let mut selection = Selection::all(log, range);
        let shape = log.shape(version);
        if let Some(text) = &self.filter {
            let no_alias = |_: &str| -> Option<String> { None };
            let expr = filter::parse(text, &shape, &no_alias);
            selection.filter = Some(expr.map_err(|error| refused("--filter", &error))?);
        }
        if let Some(text) = &self.orderby {
            let order = filter::order_by(text, &shape);
            selection.order = order.map_err(|error| refused("--orderby", &error))?;
        }
        let mut columns = layout.to_vec();
        columns.sort_unstable();
        selection.columns = Columns::Only(columns);
        Ok(ScanQuery { selection, skip: self.skip, limit: self.limit, watermark: None })
    }
}

/// What is written of a row: the indices of properties in their order, the one
/// after the last property for those that the table does not have.
fn layout(log: &'static Log, version: Version, format: Format, selected: Option<&[usize]>) -> Vec<usize> {
    let mut layout = log.layout(version);
    match selected {
        Some(selected) => layout.retain(|at| selected.contains(at)),
        None if format == Format::Table => layout = writers::telling(log),
        None => layout.push(log.properties.len()),
    }
    layout
}

/// What the audit trail is told of a reading.
fn told(query: &ScanQuery, tenant: TenantId) -> Event {
    let Selection { log, range, filter, .. } = &query.selection;
    let name = |at: usize| log.properties.get(at).map(|property| property.name);
    audit::act_on(Action::CallsRead, tenant)
        .of(log.name)
        .range(range.from(), range.end())
        .filter(filter.as_ref().map(|filter| FilterShape::of(filter, &name)))
}

fn names(log: &'static Log, layout: &[usize]) -> Vec<&'static str> {
    layout.iter().filter_map(|at| log.properties.get(*at)).map(|property| property.name).collect()
}

/// Writes all rows, counts them and shows how many there are; false when a signal
/// stopped it.
fn copy_to_file(
    store: &dyn Store,
    query: &ScanQuery,
    writer: &mut dyn RowWriter,
    count: &mut u64,
) -> Result<bool> {
    let stop = signals::stop_flag()?;
    let bar = progress::open_rows(ProgressDisplay::OnTerminal);
    let mut stopped = false;
    let copied = copy(store, query, &mut |rows| {
        stopped = stop.load(Ordering::Relaxed);
        if stopped {
            return Err(io::Error::from(io::ErrorKind::Interrupted).into());
        }
        writer.write(rows)?;
        let rows = u64::try_from(rows.len())?;
        *count += rows;
        bar.inc(rows);
        Ok(())
    });
    bar.finish_and_clear();
    if stopped {
        return Ok(false);
    }
    copied.map(|()| true)
}

/// Gives all rows to `each`, batch by batch. The next ones are read meanwhile.
fn copy(store: &dyn Store, query: &ScanQuery, each: &mut dyn FnMut(&Rows) -> Result<()>) -> Result<()> {
    thread::scope(|scope| {
        let (batches, read) = sync_channel(BATCHES_AHEAD);
        let reading = scope.spawn(move || {
            store.scan(query, &mut |rows| match batches.send(rows) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            })
        });
        // Its end, also by an error, ends the reading.
        let written = read.into_iter().try_for_each(|rows| each(&rows));
        let scanned = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        written?;
        scanned.context("the log could not be read to its end")
    })
}
