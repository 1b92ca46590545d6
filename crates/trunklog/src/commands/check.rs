//! `trunklog check`

mod deep;
mod sums;

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use rustix::fs::{Access, access};
use trunklog_downloads::Limits;
use trunklog_identity::{Provider, system_clock};
use trunklog_records::schema::LOGS;
use trunklog_reports::calendar::zone_name;
use trunklog_server::{Origins, Tls, certificate_expiry};
use trunklog_store::cube::Mend;

use crate::config::{AuditSettings, Certificate, Settings};
use crate::deletion::{self, Stage};
use crate::output::counted;
use crate::store::OpenStore;
use crate::{identity, open_files, output, store};

/// What is said of what the first start makes.
const NOTHING_YET: &str = "nothing stored yet; it is made on the first start";

/// Checks configuration, store and certificates
///
/// Prints a line a check and ends with 1 if one failed. It only looks: it makes
/// neither folder nor store. Of the store it looks at the headers and sizes of
/// its files and at each commit of the write-ahead log; --deep reads all rows,
/// --reports compares the sums that reports are made of with the rows.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog check
  trunklog check --deep      before each backup, or when the disk made errors
  trunklog check --reports   whether reports tell what the rows add up to
  trunklog check --repair    when the store does not open

A server may run meanwhile, but not with --repair.")]
pub(crate) struct Check {
    /// Read every value of every row, and say which cannot be read
    #[arg(long)]
    deep: bool,
    /// Compare the sums that are kept for reports with the rows, and say which differ; with --repair
    /// these are made anew. A server does so by itself, for a day of each tenant every night
    #[arg(long)]
    reports: bool,
    /// Keep what can be read of a damaged store: commits from the damage in its
    /// write-ahead log on are lost, the damaged log is kept aside
    #[arg(long)]
    repair: bool,
}

impl Check {
    /// Checks everything and prints a line for each; ends with 1 if one failed.
    /// Makes nothing.
    pub(crate) fn run(&self, settings: Result<Settings>) -> Result<ExitCode> {
        let settings = match settings {
            Ok(settings) => settings,
            Err(error) => {
                line("configuration", Err(error))?;
                return Ok(ExitCode::FAILURE);
            }
        };
        let repaired = if self.repair { Some(repair(&settings)) } else { None };
        let store = self.open(&settings);
        let mut all_good = true;
        if let Some(repaired) = repaired {
            all_good &= repaired.is_ok();
            line("repair", repaired)?;
        }
        let rows = match (&store, self.deep) {
            (Ok(Some(store)), true) => deep::rows(store.engine()),
            _ => Vec::new(),
        };
        let sums = match (&store, self.reports) {
            (Ok(Some(store)), true) => {
                let mend = if self.repair { Mend::All } else { Mend::Nothing };
                sums::compare(store.engine(), mend)
            }
            _ => Vec::new(),
        };
        all_good &= print_all(&settings, store)?;
        for (name, outcomes) in [("rows", rows), ("reports", sums)] {
            for outcome in outcomes {
                all_good &= outcome.is_ok();
                line(name, outcome)?;
            }
        }
        Ok(if all_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Opens the store if there is one, to look at it unless sums are to be made anew.
    fn open(&self, settings: &Settings) -> Result<Option<OpenStore>> {
        if self.reports && self.repair && store::is_there(settings)? {
            store::open_existing(settings, "check").map(Some)
        } else {
            store::look(settings, "check")
        }
    }
}

/// Prints all checks except those of rows and sums; tells whether none failed.
fn print_all(settings: &Settings, store: Result<Option<OpenStore>>) -> Result<bool> {
    let open = store.as_ref().ok().and_then(Option::as_ref);
    let server = open.and_then(OpenStore::server);
    let checks: [(&str, Result<String>); _] = [
        ("configuration", Ok(configuration(settings, server))),
        ("answers", Ok(answers(settings))),
        ("masking", Ok(masking(settings))),
        ("time zones", Ok(zones(settings))),
        ("retention", retention(settings, open)),
        ("changes", Ok(changes(settings))),
        ("throttling", Ok(throttling(settings))),
        ("load", Ok(load(settings))),
        ("origins of web pages", Ok(origins(settings))),
        ("metrics", Ok(metrics(settings))),
        ("sources", sources(settings)),
        ("pulling", Ok(pulling(settings))),
        ("trunks", Ok(trunks(settings))),
        ("audit trail", Ok(audit_trail(settings))),
        ("downloads", Ok(downloads(settings))),
        ("data folder", data_folder(&settings.data_dir)),
        ("store", stored(settings, store)),
        ("applications", applications(settings)),
        ("people", people(settings)),
        ("certificates", certificates(settings)),
    ];
    let mut all_good = true;
    for (name, outcome) in checks {
        all_good &= outcome.is_ok();
        line(name, outcome)?;
    }
    match settings.memory_warning() {
        None => line("memory", Ok(settings.memory_in_words()))?,
        Some(warning) => output::print(&format!("warning memory: {warning}"))?,
    }
    Ok(all_good)
}

fn repair(settings: &Settings) -> Result<String> {
    let done = store::repair(settings)?;
    Ok(if done.is_empty() { "nothing to repair".to_owned() } else { done.join("; ") })
}

fn line(name: &str, outcome: Result<String>) -> Result<()> {
    match outcome {
        Ok(detail) => output::print(&format!("ok      {name}: {detail}")),
        Err(error) => output::print(&format!("failed  {name}: {}", output::told(&error))),
    }
}

/// Where settings come from. A server that runs was started with its own,
/// which nobody else knows.
fn configuration(settings: &Settings, server: Option<u32>) -> String {
    let read =
        settings.file.as_deref().map_or("no file, defaults".to_owned(), |file| file.display().to_string());
    match server {
        None => read,
        Some(pid) => format!(
            "{read}; the settings shown are this command's own, not those of the running server (process {pid})"
        ),
    }
}

/// What is pulled from Graph.
fn pulling(settings: &Settings) -> String {
    if settings.pulls.is_empty() {
        return "nothing; see [[pull]] in trunklog.example.toml".to_owned();
    }
    let sources = settings.pulls.iter().map(|source| format!("{} from {}", source.name, source.place.root()));
    format!("{}; `trunklog pull --check` tries it", sources.collect::<Vec<_>>().join(", "))
}

/// Whose answers are given.
fn answers(settings: &Settings) -> String {
    let manner = if settings.serve.profile.is_strict() { "strictly as Graph" } else { "as Graph, and more" };
    let cloud = settings.cloud;
    let lacking = if cloud.has_call_records() { "" } else { ", where Graph has no call records" };
    format!("{manner} (cloud {cloud}{lacking})")
}

fn masking(settings: &Settings) -> String {
    let masks = &settings.serve.masks;
    let of_all = format!("hides {} of external numbers", counted(masks.others.digits(), "digit"));
    match masks.tenants.len() {
        0 => of_all,
        own => format!("{of_all}, another figure for {}", counted(own, "tenant")),
    }
}

/// In which zones days are counted.
fn zones(settings: &Settings) -> String {
    let zones = settings.zones();
    let of_all = format!("days are those of {}", zone_name(&zones.others));
    match zones.tenants.len() {
        0 => of_all,
        own => format!("{of_all}, others for {}", counted(own, "tenant")),
    }
}

/// How far back logs can be read, what of them is deleted, and what waits for
/// the operator's word.
fn retention(settings: &Settings, store: Option<&OpenStore>) -> Result<String> {
    let serve = &settings.serve;
    let limited: Vec<String> = LOGS
        .into_iter()
        .filter_map(|log| {
            let days = serve.retention.others.days(log)?;
            let then = if serve.deletion.others.days(log).is_some() { "then deleted" } else { "then hidden" };
            Some(format!("{} {}, {then}", log.name, counted(days, "day")))
        })
        .collect();
    let mut kept = if limited.is_empty() { "forever".to_owned() } else { limited.join("; ") };
    let own = serve.retention.tenants.len();
    if own > 0 {
        kept.push_str(&format!("; other times for {}", counted(own, "tenant")));
    }
    let Some(store) = store else { return Ok(kept) };
    let waiting = deletion::waiting(store.engine()).context("what waits for your word cannot be read")?;
    let waiting = waiting.iter().filter(|(_, waiting)| waiting.stage != Stage::Approved);
    let rows: u64 = waiting.map(|(_, waiting)| waiting.rows).sum();
    if rows == 0 {
        return Ok(kept);
    }
    Ok(format!("{kept}; {} to be deleted on your word: look with trunklog retention", counted(rows, "row")))
}

/// For how long links to changes are good.
fn changes(settings: &Settings) -> String {
    const DAY_SECS: u64 = 24 * 60 * 60;
    if settings.serve.profile.is_strict() {
        return "nobody can follow them, as on Graph".to_owned();
    }
    let days = settings.store.deletions_kept.as_secs() / DAY_SECS;
    format!("the ids of deleted rows are kept for {}", counted(days, "day"))
}

fn throttling(settings: &Settings) -> String {
    settings.serve.throttle.map_or("off".to_owned(), |limits| {
        format!(
            "{} of a tenant, {} of an application, {} to a function in {} s",
            counted(limits.tenant, "request"),
            limits.application,
            limits.function,
            limits.window_secs
        )
    })
}

/// What clients may take up.
fn load(settings: &Settings) -> String {
    const MIB: usize = 1024 * 1024;
    let limits = &settings.serve.limits;
    let connections = open_files::connections(limits.connections);
    let fewer = if connections < limits.connections { ", as many as open files permit" } else { "" };
    let slow = match limits.slow_bytes_per_sec {
        0 => "slow readers are kept".to_owned(),
        bytes => format!("readers below {bytes} bytes/s over {} s are cut off", limits.slow_secs),
    };
    format!(
        "{} at a time{fewer}, idle ones end after {} s; {} MiB of unread answers, {} MiB of a connection; {slow}",
        counted(connections, "connection"),
        limits.idle_secs,
        limits.unread_bytes.div_ceil(MIB),
        limits.connection_unread_bytes.div_ceil(MIB),
    )
}

fn origins(settings: &Settings) -> String {
    match &settings.serve.cors {
        Origins::Any => "any".to_owned(),
        Origins::Listed(listed) if listed.is_empty() => "none".to_owned(),
        Origins::Listed(listed) => listed.join(", "),
    }
}

/// Whose trunks are told in the metrics.
fn metrics(settings: &Settings) -> String {
    match (settings.serve.ops, settings.serve.trunks_of.len()) {
        (None, _) => "off".to_owned(),
        (Some(_), 0) => "of the server alone".to_owned(),
        (Some(_), tenants) => format!("of the server and of the trunks of {}", counted(tenants, "tenant")),
    }
}

/// Of how many trunks something is said, and whether they are looked at.
fn trunks(settings: &Settings) -> String {
    let inventories = settings.serve.inventories.tenants.values();
    let known: usize = inventories.map(|inventory| inventory.trunks().count()).sum();
    let looks = match &settings.serve.probe {
        None => "none is looked at".to_owned(),
        Some(probe) => format!("looked at every {} s, and those that people entered, too", probe.every_secs),
    };
    format!("{} in this configuration, {looks}", counted(known, "trunk"))
}

/// Where it is kept who did what, and for how long.
fn audit_trail(settings: &Settings) -> String {
    let AuditSettings { folder, days, file_bytes: _, syslog } = &settings.audit;
    let kept = days.map_or("forever".to_owned(), |days| format!("for {}", counted(days, "day")));
    let sent = syslog.as_ref().map_or(String::new(), |syslog| format!(", sent to {syslog}"));
    format!("kept {kept} in {}{sent}; trunklog audit verify looks at its chain", folder.display())
}

/// What is kept of the exports that people order.
fn downloads(settings: &Settings) -> String {
    const MIB: u64 = 1024 * 1024;
    let Limits { of_person, file_bytes, all_bytes, kept } = settings.downloads;
    let (file, all) = (file_bytes / MIB, all_bytes / MIB);
    format!(
        "{of_person} a person, each of {file} MiB at most and {all} MiB together, for {}",
        counted(kept.as_hours(), "hour")
    )
}

/// Which folders are watched.
fn sources(settings: &Settings) -> Result<String> {
    for folder in &settings.folders {
        let path = folder.path.display();
        match fs::metadata(&folder.path) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => bail!("{path} of the source {} is not a folder", folder.source.name()),
            Err(error) => {
                let name = folder.source.name();
                return Err(error).with_context(|| format!("cannot look at {path} of the source {name}"));
            }
        }
        access(&folder.path, Access::WRITE_OK | Access::EXEC_OK).with_context(|| {
            format!("cannot write into {path}, from where files of {} are moved", folder.source.name())
        })?;
    }
    let days = settings.rejects_kept.as_secs() / (24 * 60 * 60);
    Ok(format!(
        "{} watched; rejected records are kept for {}",
        counted(settings.folders.len(), "folder"),
        counted(days, "day")
    ))
}

fn data_folder(folder: &Path) -> Result<String> {
    let found = match fs::metadata(folder) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(format!("{}: {NOTHING_YET}", folder.display()));
        }
        Err(error) => return Err(error).with_context(|| format!("cannot look at {}", folder.display())),
    };
    if !found.is_dir() {
        bail!("{} is not a folder: choose another with --data-dir", folder.display());
    }
    if store::is_open_to_others(&found) {
        bail!("others can get into {}: run chmod 700 on it", folder.display());
    }
    access(folder, Access::WRITE_OK | Access::EXEC_OK)
        .with_context(|| format!("cannot write into {}", folder.display()))?;
    Ok(format!("{} is writable and private", folder.display()))
}

fn stored(settings: &Settings, store: Result<Option<OpenStore>>) -> Result<String> {
    let Some(store) = store? else { return Ok(NOTHING_YET.to_owned()) };
    if store.is_own() {
        // It was opened for reading alone.
        let file = store::file(settings);
        access(&file, Access::WRITE_OK).with_context(|| {
            format!("cannot write into {}: check its owner and permissions", file.display())
        })?;
    }
    store.engine().check()?;
    let tenants = store.engine().tenants()?.len();
    let empty = if tenants == 0 { ": it is new, or empty" } else { "" };
    Ok(format!("{}, {}{empty}", store.describe(), counted(tenants, "tenant")))
}

fn applications(settings: &Settings) -> Result<String> {
    let registered = identity::look(settings)?.map_or(0, |applications| applications.list().len());
    Ok(format!("{registered} registered"))
}

/// Who may sign in with a browser.
fn people(settings: &Settings) -> Result<String> {
    let accounts = identity::look_at_accounts(settings)?.map_or(0, |accounts| accounts.list().len());
    let accounts = counted(accounts, "account");
    let providers = identity::providers(settings, &system_clock())?;
    let names: Vec<&str> = providers.iter().map(Provider::name).collect();
    Ok(match names.as_slice() {
        [] => accounts,
        names => format!("{accounts}, and those of {}", names.join(", ")),
    })
}

fn certificates(settings: &Settings) -> Result<String> {
    if settings.serve.https.is_none() {
        return Ok("not needed without https".to_owned());
    }
    let file = match &settings.serve.certificate {
        Certificate::Files { certificate, key } => {
            Tls::from_files(certificate, key)?;
            certificate.clone()
        }
        // The server's own is renewed by itself; its authority is not.
        Certificate::LocalCa { .. } => {
            let authority = settings.data_dir.join("tls/ca.pem");
            if !authority.exists() {
                return Ok("a local authority is made on first start".to_owned());
            }
            authority
        }
    };
    let end = certificate_expiry(&file)?;
    if end <= Timestamp::now() {
        bail!("{} expired on {end}: replace it", file.display());
    }
    Ok(format!("{} is valid until {end}", file.display()))
}
