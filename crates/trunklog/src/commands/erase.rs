//! `trunklog erase`

mod receipt;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use serde::Serialize;
use trunklog_audit::{Action as Done, Detail, Outcome};
use trunklog_errors::with_causes;
use trunklog_records::TenantId;
use trunklog_records::schema::LOGS;
use trunklog_rights::{
    Finding, How, Key, ListEntry, Person, Refusal, entries, erase, find, holds, identifiers, kept_by, lift,
    list_person,
};
use trunklog_store::{Engine, Store};
use uuid::Uuid;

use crate::config::{Layer, Settings};
use crate::flags::{PersonFlags, TenantFlag};
use crate::progress::{self, ProgressDisplay};
use crate::{audit, output, places, store, tenant, time};
use receipt::{Elsewhere, OfLog, Receipt};

/// How often it is looked for rows that came while others were erased.
const ROUNDS: u32 = 5;

/// Erases a person: from all logs, and from what is kept beside them
///
/// Without --yes it only says what it would do. With it, the person goes onto a list
/// first, of keyed hashes, which every later import, pull, replay and restored backup
/// obeys. Then rows are deleted (--rows), or the person is taken from them and they
/// stay (--blank). A receipt says what was done, and what could not be reached.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  trunklog erase --number +4930123456                    says what it would do
  trunklog erase --number +4930123456 --rows --yes       deletes the rows
  trunklog erase --user ada@contoso.com --blank --yes    keeps them without the person
  trunklog erase list
  trunklog erase lift --number +4930123456               lets new rows come again
  trunklog erase scrub                                   overwrites what is left on the disk

A number is compared by its digits from the country code on, however it is written, also
within a display name; 030123456 is another number than +4930123456, and what may be the
same is listed under 'not reached'. A user is also found by the object id
that the same rows have. What a hold keeps is refused. Run it again if it breaks off:
it goes on with what is left. docs/privacy.md says what remains where.

Ends with 1 when something failed, or when the person may still be where only you
can look, such as a file that is broken: the receipt says under 'not reached' where."
)]
pub(crate) struct Erase {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    person: PersonFlags,
    #[command(flatten)]
    tenant: TenantFlag,
    #[command(flatten)]
    how: HowFlags,
    /// Do it
    #[arg(long)]
    yes: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

// What happens to rows. No doc comment: clap would take it for the help of the command.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct HowFlags {
    /// Delete the rows in which the person is
    #[arg(long)]
    rows: bool,
    /// Keep them, without names, ids, addresses and numbers of the person
    #[arg(long)]
    blank: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists who was erased: hashes, times and receipts
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Takes a person off the list, so that new rows may come again
    Lift(Lift),
    /// Overwrites what is left of erased and deleted rows in the store's file
    ///
    /// It writes the whole store anew, which takes as long as an import of all rows and
    /// needs some room on the disk. Others can read and store rows meanwhile.
    Scrub,
}

#[derive(Debug, clap::Args)]
struct Lift {
    #[command(flatten)]
    person: PersonFlags,
    #[command(flatten)]
    tenant: TenantFlag,
}

/// An entry of the list, as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryView {
    tenant: String,
    hash: String,
    how: How,
    since: String,
    receipt: String,
    is_done: bool,
}

impl Erase {
    pub(crate) fn add_to(&self, layer: &mut Layer) {
        match &self.action {
            Some(Action::Lift(lift)) => lift.tenant.add_to(layer),
            Some(Action::List { .. } | Action::Scrub) => {}
            None => self.tenant.add_to(layer),
        }
    }

    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        match &self.action {
            Some(Action::List { json }) => list(settings, *json),
            Some(Action::Lift(lift)) => lift.run(settings),
            Some(Action::Scrub) => scrub(settings),
            None => self.erase(settings),
        }
    }

    fn how(&self) -> Option<How> {
        match (self.how.rows, self.how.blank) {
            (true, _) => Some(How::Rows),
            (false, true) => Some(How::Blank),
            (false, false) => None,
        }
    }

    fn erase(&self, settings: &Settings) -> Result<ExitCode> {
        let person = self.person.required()?;
        let open = store::open_existing(settings, "erase")?;
        let engine = open.engine();
        let tenant = tenant::choose(settings, engine)?;
        let store = engine.tenant(tenant);
        let person = identifiers(store.as_ref(), &person)?;
        let found = look(store.as_ref(), &person)?;
        let kept = refusals(engine, tenant, store.as_ref(), &person, &found)?;
        let trail = audit::open(settings)?;
        let places = places::all(settings, &trail, tenant);
        // Who it is about is not told: what stood for the person would be a new trace.
        let told = audit::act_on(Done::PersonErase, tenant);
        if !self.yes {
            let rows = found.iter().filter_map(|finding| finding.rows).sum();
            trail.note(told.detail("step", Detail::Word("plan")).rows(rows));
            let elsewhere = places.iter().map(|place| Elsewhere::of(place.name(), place.find(&person)));
            let plan = Receipt::plan(tenant, &person, self.how(), &found, elsewhere.collect());
            let plan = plan.with_holds(&kept).with_copies(&places::copies(settings));
            return self.show(&plan).map(|()| ExitCode::SUCCESS);
        }
        let Some(how) = self.how() else {
            bail!(
                "choose what happens to the rows: --rows deletes them, --blank keeps them without the person"
            );
        };
        if let Some(first) = kept.into_iter().next() {
            return Err(anyhow::Error::from(first).context("nothing was erased"));
        }
        let key = Key::of(&settings.data_dir, engine)?;
        let (id, since) = (Uuid::new_v4(), time::now());
        let number = id.to_string();
        let told = told.detail("step", Detail::Word(word_of(how))).detail("receipt", Detail::Id(id));
        let entry = ListEntry { how, since, receipt: &number, is_done: false };
        let erased = match carry_out(engine, &key, tenant, &person, &entry) {
            Ok(erased) => erased,
            Err(error) => {
                trail.note(told.outcome(Outcome::Failed));
                return Err(error);
            }
        };
        let rows = erased.iter().map(OfLog::rows).sum();
        let elsewhere: Vec<Elsewhere> =
            places.iter().map(|place| Elsewhere::of(place.name(), place.erase(&person))).collect();
        let failed = elsewhere.iter().any(Elsewhere::has_failed);
        let written = audit::after(&trail, told.rows(rows));
        let receipt = Receipt::done(&number, tenant, &person, how, erased, elsewhere);
        let receipt = receipt.with_times(since, time::now()).with_copies(&places::copies(settings));
        let file = receipt
            .keep(&settings.data_dir)
            .context("the person was erased, but the receipt cannot be kept")?;
        self.show(&receipt)?;
        if !self.json {
            output::print(&format!("the receipt is in {}", file.display()))?;
        }
        written?;
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn show(&self, receipt: &Receipt) -> Result<()> {
        if self.json { output::print_json(receipt) } else { output::print(&receipt.text()) }
    }
}

/// Where a person is, log by log.
fn look(store: &dyn Store, person: &Person) -> Result<Vec<Finding>> {
    let found = LOGS
        .into_iter()
        .map(|log| find(store, log, person).with_context(|| format!("looking into {}", log.name)));
    found.collect()
}

/// The holds that keep rows of the person.
fn refusals(
    engine: &dyn Engine,
    tenant: TenantId,
    store: &dyn Store,
    person: &Person,
    found: &[Finding],
) -> Result<Vec<Refusal>> {
    let holds = holds(engine, tenant)?;
    let mut kept = Vec::new();
    for finding in found {
        kept.extend(kept_by(store, finding, person, &holds)?);
    }
    Ok(kept)
}

/// Erases a person from all logs, who is on the list before anything else happens.
fn carry_out(
    engine: &dyn Engine,
    key: &Key,
    tenant: TenantId,
    person: &Person,
    entry: &ListEntry<'_>,
) -> Result<Vec<OfLog>> {
    list_person(engine, key, tenant, person, entry)?;
    let erased = erase_all(engine.tenant(tenant).as_ref(), person, entry.how)?;
    // Sums keep texts until they are tidied.
    if let Err(error) = engine.tidy() {
        tracing::warn!(error = %with_causes(&error), "the store could not be tidied; a server does so within the hour");
    }
    list_person(engine, key, tenant, person, &ListEntry { is_done: true, ..*entry })?;
    Ok(erased)
}

/// What happens to rows, as the audit trail is told.
fn word_of(how: How) -> &'static str {
    match how {
        How::Rows => "rows",
        How::Blank => "blank",
    }
}

/// Erases all there is, and looks again until nothing is left.
fn erase_all(store: &dyn Store, person: &Person, how: How) -> Result<Vec<OfLog>> {
    let mut erased: Vec<OfLog> = Vec::new();
    for round in 0..ROUNDS {
        let found = look(store, person)?;
        if round > 0 && found.iter().all(|finding| finding.rows.unwrap_or_default() == 0) {
            return Ok(erased);
        }
        for finding in &found {
            let changed = erase(store, finding, person, how)
                .with_context(|| format!("erasing from {}", finding.log.name))?
                .rows;
            // Of a person who is taken from rows, a row counts for each place it was in.
            let rows = match (how, finding.rows) {
                (How::Blank, Some(found)) if found > 0 => changed.min(found),
                _ => changed,
            };
            match erased.iter_mut().find(|of| of.is_about(finding.log)) {
                Some(of) => of.add(rows),
                None => erased.push(OfLog::erased(finding, rows)),
            }
        }
    }
    bail!("rows of the person are still there after {ROUNDS} rounds: run it again")
}

fn scrub(settings: &Settings) -> Result<ExitCode> {
    let open = store::open_existing(settings, "erase")?;
    let show = ProgressDisplay::OnTerminal;
    progress::settling("writing the store anew", show, || open.engine().scrub())?;
    audit::open(settings)?.note(audit::act(Done::PersonErase).detail("step", Detail::Word("scrub")));
    output::print("no byte of what was erased or deleted is left in the store's file")?;
    Ok(ExitCode::SUCCESS)
}

fn list(settings: &Settings, json: bool) -> Result<ExitCode> {
    let open = store::open_existing(settings, "erase")?;
    let views: Vec<EntryView> = entries(open.engine())?
        .into_iter()
        .map(|listed| EntryView {
            tenant: listed.tenant,
            hash: listed.hash,
            how: listed.entry.how,
            since: listed.entry.since.to_string(),
            receipt: listed.entry.receipt,
            is_done: listed.entry.is_done,
        })
        .collect();
    if json {
        output::print_json(&views)?;
    } else if views.is_empty() {
        output::print("nobody was erased")?;
    } else {
        let mut table = output::table(["tenant", "hash", "rows", "since", "receipt", "done"]);
        for view in views {
            let how = match view.how {
                How::Rows => "deleted",
                How::Blank => "blanked",
            };
            let done = if view.is_done { "yes" } else { "no: erase again" };
            table.add_row(vec![
                view.tenant,
                view.hash,
                how.to_owned(),
                view.since,
                view.receipt,
                done.to_owned(),
            ]);
        }
        output::print(&table.to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Lift {
    fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let person = self.person.as_listed()?;
        let open = store::open_existing(settings, "erase")?;
        let tenant = tenant::choose(settings, open.engine())?;
        let key = Key::of(&settings.data_dir, open.engine())?;
        let trail = audit::open(settings)?;
        if lift(open.engine(), &key, tenant, &person)? == 0 {
            bail!("{person} is not on the list of tenant {tenant}");
        }
        let told = audit::act_on(Done::PersonErase, tenant).detail("step", Detail::Word("lift"));
        let written = audit::after(&trail, told);
        output::print(&format!("{person} is off the list: rows that come are stored again"))?;
        written?;
        Ok(ExitCode::SUCCESS)
    }
}
