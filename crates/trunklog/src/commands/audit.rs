//! `trunklog audit`

mod list;

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::Subcommand;
use indicatif::HumanCount;
use jiff::Timestamp;
use trunklog_audit::{Action as Done, Detail, Entry, Identity, Mark, Names, Search, verify_against};
use trunklog_odata::Instant;
use trunklog_records::TenantId;

use crate::config::Settings;
use crate::output::{self, counted};
use crate::{audit, time};

/// Entries tell who did what.
const OWNER_ONLY: u32 = 0o600;

/// Shows and verifies who signed in, read, revealed, exported or changed what
///
/// The audit trail is beside the store, in the folder audit of the data folder.
/// Persons, numbers and addresses in it are pseudonyms. A server may run meanwhile.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog audit verify
  trunklog audit verify --expect 4711:5f0c...      as the last verification said
  trunklog audit list --since 2026-11-01 --what calls.export
  trunklog audit list --user anna@contoso.com --names
  trunklog audit export --since 2026-11-01 --output november.jsonl

verify ends with 0 when the chain holds and with 1 when a line was changed,
removed or added; it says in which file and line.")]
pub(crate) struct Audit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Verify(Verify),
    List(List),
    Export(Export),
}

/// Reads the whole trail and says whether its chain holds
#[derive(Debug, clap::Args)]
struct Verify {
    /// An entry and its hash that were noted before, as 4711:5f0c...; may be repeated
    #[arg(long, value_name = "MARK")]
    expect: Vec<Mark>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Shows entries, the newest first
#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    which: Which,
    /// The most entries
    #[arg(long, value_name = "ENTRIES", default_value_t = 100)]
    limit: usize,
    /// Show whose pseudonyms they are and why somebody did it, as far as there are keys. That is
    /// written to the trail, too
    #[arg(long)]
    names: bool,
    /// Print a JSON object a line
    #[arg(long)]
    json: bool,
}

/// Writes entries as they are, the oldest first, a JSON object a line
#[derive(Debug, clap::Args)]
struct Export {
    #[command(flatten)]
    which: Which,
    /// The file to write, which must not exist [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Which {
    /// What happened then or later: a date (midnight UTC) or date and time
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    since: Option<Instant>,
    /// What happened before
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    until: Option<Instant>,
    /// What was done, as calls.export or sign-in, or the part before the point, as calls
    #[arg(long, value_name = "NAME")]
    what: Option<String>,
    /// The organisation whose log it was
    #[arg(long, value_name = "GUID")]
    tenant: Option<TenantId>,
    /// What that person did, or what was done about them: an account, a user principal name or an id
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// What was done about that number
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
    /// What that application did
    #[arg(long, value_name = "CLIENT ID")]
    application: Option<uuid::Uuid>,
    /// What came from that address
    #[arg(long, value_name = "ADDRESS")]
    address: Option<IpAddr>,
}

impl Audit {
    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let folder = &settings.audit.folder;
        if !folder.is_dir() {
            bail!("there is no audit trail in {}: give the data folder with --data-dir", folder.display());
        }
        match &self.action {
            Action::Verify(verify) => verify.run(folder),
            Action::List(list) => list.run(settings),
            Action::Export(export) => export.run(settings),
        }
    }
}

impl Verify {
    fn run(&self, folder: &Path) -> Result<ExitCode> {
        let found = verify_against(folder, &self.expect)?;
        let code = if found.is_whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        let last = found.last.map(|mark| mark.to_string());
        if self.json {
            let texts = |findings: &[trunklog_audit::Finding]| -> Vec<String> {
                findings.iter().map(ToString::to_string).collect()
            };
            output::print_json(&serde_json::json!({
                "whole": found.is_whole(),
                "files": found.files,
                "entries": found.entries,
                "first": found.first,
                "last": last,
                "damage": texts(&found.damage),
                "moreDamage": found.more,
                "notes": texts(&found.notes),
            }))?;
            return Ok(code);
        }
        for note in &found.notes {
            output::print(&format!("note    {note}"))?;
        }
        for damage in &found.damage {
            output::print(&format!("damage  {damage}"))?;
        }
        if found.more > 0 {
            output::print(&format!("damage  and {} more", counted(found.more, "place")))?;
        }
        let holds = if found.is_whole() { "the chain holds" } else { "the chain does not hold" };
        let noun = if found.entries == 1 { "entry" } else { "entries" };
        output::print(&format!(
            "{} {noun} in {}, from number {}: {holds}",
            HumanCount(found.entries),
            counted(found.files, "file"),
            found.first.unwrap_or(1)
        ))?;
        if let Some(last) = last {
            output::print(&format!("the last is {last}; note it elsewhere for verify --expect"))?;
        }
        Ok(code)
    }
}

impl List {
    fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let folder = &settings.audit.folder;
        let names = Names::read(folder)?;
        let entries = self.which.search(&names)?.newest_first(folder, self.limit)?;
        let step = if self.names { "with names" } else { "as pseudonyms" };
        let trail = audit::open(settings)?;
        let shown = u64::try_from(entries.len())?;
        let event = audit::act(Done::AuditRead).detail("step", Detail::Word(step)).rows(shown);
        if self.names {
            // Whose they are is revealed, like a number.
            audit::before(&trail, event)?;
        } else {
            trail.note(event);
        }
        let names = self.names.then_some(&names);
        if self.json {
            for entry in &entries {
                output::print_json(&list::json(entry, names)?)?;
            }
        } else if entries.is_empty() {
            output::print("there are no such entries")?;
        } else {
            output::print(&list::table(&entries, names))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Export {
    fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let folder = &settings.audit.folder;
        let search = self.which.search(&Names::read(folder)?)?;
        let mut out: Box<dyn Write> = match &self.output {
            Some(path) => Box::new(BufWriter::new(create(path)?)),
            None => Box::new(output::stdout()),
        };
        let trail = audit::open(settings)?;
        audit::before(&trail, audit::act(Done::AuditExport))?;
        let mut written = Ok(());
        search.each(folder, &mut |_: &Entry, line: &[u8]| {
            written = out.write_all(line).and_then(|()| out.write_all(b"\n"));
            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        written.and_then(|()| out.flush()).context("the entries cannot be written")?;
        Ok(ExitCode::SUCCESS)
    }
}

fn create(path: &Path) -> Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(path);
    file.map_err(|error: io::Error| anyhow!("--output {}: {error}", path.display()))
}

impl Which {
    fn search(&self, names: &Names) -> Result<Search> {
        let mut whose: Option<Vec<String>> = None;
        let mut or = |pseudonyms: Vec<String>| whose.get_or_insert_default().extend(pseudonyms);
        if let Some(user) = &self.user {
            or(names.pseudonyms_of(&Identity::user(user)));
        }
        if let Some(number) = &self.number {
            or(names.pseudonyms_of(&Identity::number(number)));
        }
        if let Some(application) = self.application {
            or(vec![format!("application:{application}")]);
        }
        if let Some(address) = self.address {
            or(names.pseudonyms_of_address(address));
        }
        Ok(Search {
            since: self.since.map(moment).transpose()?,
            until: self.until.map(moment).transpose()?,
            before: None,
            what: self.what.clone(),
            tenant: self.tenant.map(TenantId::guid),
            whose,
        })
    }
}

/// The same moment as the trail has it.
fn moment(instant: Instant) -> Result<Timestamp> {
    instant.to_string().parse().context("the time is out of range")
}
