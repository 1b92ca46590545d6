//! `trunklog report`

mod list;
mod table;

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use clap::ValueEnum;
use jiff::tz::TimeZone;
use trunklog_audit::{Action, FilterShape};
use trunklog_ledger::status;
use trunklog_odata::Instant;
use trunklog_records::masking::Mask;
use trunklog_records::{TenantId, TimeRange};
use trunklog_reports::calendar::{self, Bucket, Comparison};
use trunklog_reports::{
    Ask, Dimension, Extra, Filter, REPORTS, Report as Definition, ReportError, Texts, render,
};
use trunklog_store::Engine;
use trunklog_store::cube::{NotedZones, ZONE_STATES};

use crate::config::Settings;
use crate::flags::{TenantFlag, refused};
use crate::progress::{self, ProgressDisplay};
use crate::{audit, output, store, tenant, time};

/// Reports on calls, messages and what they cost
///
/// Without a name it lists the reports. Numbers come from sums that are kept
/// beside the rows wherever these can answer, and else from the rows; both are
/// the same, and the last lines say which it was.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog report                                        which reports there are
  trunklog report kpis                                   the last seven days
  trunklog report kpis --by trunk --range 28d --compare previous
  trunklog report series --range 48h --bucket hour --zone Europe/Berlin
  trunklog report endReasons --range yesterday --filter \"direction eq 'inbound'\"
  trunklog report destinations --from 2026-11-01 --to 2026-12-01 --format csv > november.csv
  trunklog report concurrency --range lastMonth --by trunk
  trunklog report users --range 28d --top 20
  trunklog report numbers --outside --filter \"class eq 'ringNoAnswer'\"
  trunklog report pstnCalls --range lastMonth --by licence,destination
  trunklog report call 2026-11-02T08:15:25.105Z 5c7d1b8e-0f3a-5b52-9d5e-2f0f5d0c9a11

health, usage and reasons are other names of kpis, series and endReasons; trunklog
calls has the rows themselves. Numbers come with all their digits. docs/reports.md
says what each column means.")]
pub(crate) struct Report {
    /// Which report; trunklog report lists them
    #[arg(value_name = "REPORT", value_parser = named)]
    report: Option<Named>,
    /// Of the report call: when the call started
    #[arg(value_name = "TIME", value_parser = time::parse, requires = "id")]
    time: Option<Instant>,
    /// Of the report call: its id
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// The first moment: a date or a local time of the zone, or a time with its distance from UTC
    #[arg(long, value_name = "TIME", requires = "report")]
    from: Option<String>,
    /// The end: the first moment that is left out [default: now]
    #[arg(long, value_name = "TIME", requires = "report")]
    to: Option<String>,
    /// Instead of both: hours or days up to now, as 24h or 28d, or today, yesterday, thisMonth or
    /// lastMonth [default: 7d]
    #[arg(long, value_name = "RANGE", requires = "report", conflicts_with_all = ["from", "to"])]
    range: Option<String>,
    /// The time zone of hours and days, as Europe/Berlin [default: the tenant's]
    #[arg(long, value_name = "ZONE", requires = "report")]
    zone: Option<String>,
    /// How long buckets of time are: minute, fiveMinutes, quarterHour, hour, day, week, month or auto
    #[arg(long, value_name = "BUCKET", requires = "report")]
    bucket: Option<String>,
    /// What rows are told apart by: trunk, direction, callType; of other logs smsType, licence,
    /// destination, country, currency, blockMode, blockReason; several with commas between
    #[arg(long, value_name = "NAMES", requires = "report")]
    by: Option<String>,
    /// Which calls, as in $filter, with direction, class, country, isLeg and isMissed beside the
    /// properties: `direction eq 'inbound' and duration gt 60`
    #[arg(long, value_name = "EXPR", requires = "report")]
    filter: Option<String>,
    /// An earlier range beside it: previous, week, fourWeeks or year
    #[arg(long, value_name = "WHICH", requires = "report")]
    compare: Option<String>,
    /// The most rows, the largest first
    #[arg(long, value_name = "ROWS", requires = "report")]
    top: Option<usize>,
    #[command(flatten)]
    extras: Extras,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    pub(crate) tenant: TenantFlag,
}

// What some reports tell beside the usual. No doc comment: clap would take it
// for the help of the command.
#[derive(Debug, clap::Args)]
struct Extras {
    /// Also how many different users there were
    #[arg(long, requires = "report")]
    users: bool,
    /// Numbers outside instead of the organisation's own
    #[arg(long, requires = "report")]
    outside: bool,
    /// Also how many channels were busy
    #[arg(long, requires = "report")]
    channels: bool,
}

/// A report by one of its names.
#[derive(Debug, Clone, Copy)]
struct Named(&'static Definition);

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// Comma-separated values, with a line of names
    Csv,
    /// One object, as the API has it
    Json,
}

/// Other names of reports.
const OTHER_NAMES: [(&str, &str); 3] = [("health", "kpis"), ("usage", "series"), ("reasons", "endReasons")];

impl Report {
    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let Some(Named(report)) = self.report else {
            return self.list();
        };
        let mut ask = self.question(report)?;
        let zone = self.zone.as_deref().map(calendar::zone).transpose().map_err(told)?;
        let store = store::open_existing(settings, "report")?;
        let tenant = tenant::choose(settings, store.engine())?;
        ask.days = days_of(settings, store.engine(), tenant)?;
        ask.zone = zone.unwrap_or_else(|| ask.days.clone());
        ask.range = self.range_of(report, &ask.zone)?;
        let sources = settings.expected_sources();
        ask.complete_until = status::complete_until(store.engine(), tenant, report.log, &sources)?;
        let store = store.engine().tenant(tenant);
        let answer =
            progress::settling("counting", ProgressDisplay::OnTerminal, || report.answer(&*store, &ask))
                .map_err(told)?;
        if report.tells_of_persons(&ask.filter) {
            let names = ask.filter.looks_at();
            let told = audit::act_on(Action::ReportRead, tenant)
                .of(report.key)
                .range(ask.range.from(), ask.range.end())
                .filter((!names.is_empty()).then(|| FilterShape::names(&names)));
            audit::open(settings)?.note(told);
        }
        let mut out = output::stdout();
        match self.format {
            Format::Table => table::write(&answer, ask.texts, &mut out)?,
            Format::Csv => {
                let mut text = Vec::new();
                render::csv(&answer, &mut text);
                out.write_all(&text)?;
            }
            Format::Json => {
                let mut text = Vec::new();
                render::json(&answer, ask.texts, &mut text);
                text.push(b'\n');
                out.write_all(&text)?;
            }
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }

    fn list(&self) -> Result<ExitCode> {
        match self.format {
            Format::Table => list::print()?,
            Format::Csv | Format::Json => bail!("--format: say which report, as in trunklog report kpis"),
        }
        Ok(ExitCode::SUCCESS)
    }

    /// What is asked, whoever the tenant is.
    fn question(&self, report: &Definition) -> Result<Ask> {
        let call = self.time.zip(self.id.clone());
        if !report.takes.call && call.is_some() {
            bail!("TIME: the report {} is not about one call (leave it out, and the ID)", report.key);
        }
        let mut ask = Ask::of(TimeRange::ALL);
        ask.bucket = self.bucket.as_deref().map(Bucket::read).transpose().map_err(told)?;
        ask.by = self.by.as_deref().map(Dimension::read).transpose().map_err(told)?.unwrap_or_default();
        ask.compare = self.compare.as_deref().map(Comparison::read).transpose().map_err(told)?;
        if let Some(text) = &self.filter {
            // As of all that is read on this machine, nothing is hidden.
            let filter = Filter::over(report.log, text, Mask::NONE);
            ask.filter = filter.map_err(|error| refused("--filter", &error))?;
        }
        ask.top = self.top;
        ask.extras = self.extras.asked();
        ask.call = call;
        ask.texts = Texts::english();
        Ok(ask)
    }

    fn range_of(&self, report: &Definition, zone: &TimeZone) -> Result<TimeRange> {
        let now = time::now();
        if report.takes.call {
            let flags = [("--from", &self.from), ("--to", &self.to), ("--range", &self.range)];
            if let Some((flag, _)) = flags.into_iter().find(|(_, text)| text.is_some()) {
                bail!("{flag}: the report {} is about one call (leave it out)", report.key);
            }
            return Ok(TimeRange::ALL);
        }
        match &self.range {
            Some(range) => calendar::relative(range, zone, now),
            None => calendar::range(self.from.as_deref(), self.to.as_deref(), zone, now),
        }
        .map_err(told)
    }
}

impl Extras {
    fn asked(&self) -> Vec<Extra> {
        let is_asked = |extra: &Extra| match extra {
            Extra::Users => self.users,
            Extra::Outside => self.outside,
            Extra::Channels => self.channels,
        };
        Extra::ALL.into_iter().filter(is_asked).collect()
    }
}

/// The zone in which a tenant's days are counted: that of the server, which its store
/// notes, else that of the configuration.
fn days_of(settings: &Settings, engine: &dyn Engine, tenant: TenantId) -> Result<TimeZone> {
    let noted = NotedZones::of(engine.states(ZONE_STATES)?);
    Ok(noted.zone_of(tenant).unwrap_or_else(|| settings.zones().of(tenant)).clone())
}

/// Reads the name of a report. Hyphens do not matter: `end-reasons` is one, too.
fn named(text: &str) -> Result<Named, String> {
    let key = OTHER_NAMES.iter().find(|(other, _)| other.eq_ignore_ascii_case(text));
    let key = key.map_or_else(|| text.replace('-', ""), |(_, key)| (*key).to_owned());
    Definition::by_key(&key).map(Named).ok_or_else(|| {
        let keys: Vec<&str> = REPORTS.iter().map(|report| report.key).collect();
        format!("there is no such report: use one of {}", keys.join(", "))
    })
}

/// Why there is no answer, with the flag that it is about.
fn told(error: ReportError) -> anyhow::Error {
    match error {
        ReportError::Asked { parameter, problem, hint } => {
            anyhow!("{}: {problem} ({hint})", flag(parameter))
        }
        ReportError::NoSuchCall => anyhow!("TIME and ID: there is no call of that time and id"),
        ReportError::Store(error) => anyhow::Error::from(error).context("the report cannot be made"),
    }
}

/// What a parameter of a report is called here.
fn flag(parameter: &str) -> String {
    match parameter {
        "call" => "TIME and ID".to_owned(),
        name => format!("--{}", name.trim_start_matches('$')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_have_their_names_and_some_have_others() {
        for report in REPORTS {
            assert_eq!(named(report.key).unwrap().0.key, report.key);
            assert!(
                OTHER_NAMES.iter().all(|(other, _)| *other != report.key),
                "{} is two reports",
                report.key
            );
        }
        for (other, key) in OTHER_NAMES {
            assert_eq!(named(other).unwrap().0.key, key);
        }
        assert_eq!(named("end-reasons").unwrap().0.key, "endReasons");
        let unknown = named("nothing").unwrap_err();
        assert!(REPORTS.iter().all(|report| unknown.contains(report.key)), "{unknown}");
    }

    #[test]
    fn errors_name_the_flag() {
        for (parameter, named) in
            [("bucket", "--bucket"), ("$filter", "--filter"), ("users", "--users"), ("call", "TIME and ID")]
        {
            let error = told(ReportError::asked(parameter, "what is wrong", "what is right"));
            assert_eq!(error.to_string(), format!("{named}: what is wrong (what is right)"));
        }
    }

    /// The setting that sets a limit is told with the error that met it.
    #[test]
    fn errors_of_the_store_stay_what_they_are() {
        let slow = trunklog_store::Error::new(trunklog_store::ErrorKind::TooSlow, "it took too long");
        let error = output::told(&told(ReportError::from(slow)));
        assert!(
            error.starts_with("the report cannot be made: it took too long; store.query_secs"),
            "{error}"
        );
    }
}
