//! `trunklog hold`

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use trunklog_audit::{Action as Done, Detail, Event};
use trunklog_odata::Instant;
use trunklog_records::TenantId;
use trunklog_rights::{Hold as Held, Person, add_hold, holds, remove_hold};

use crate::config::{Layer, Settings};
use crate::flags::{PersonFlags, TenantFlag};
use crate::{audit, output, store, tenant, time};

/// Keeps rows from being deleted, by retention or erasure
///
/// A retention passes over rows that are held. An erasure that would take some is
/// refused, and says which hold keeps them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog hold add case-7 --number +4930123456 --from 2026-01-01 --reason 'court order'
  trunklog hold add audit-2026 --from 2026-01-01 --to 2027-01-01
  trunklog hold list
  trunklog hold remove case-7

A hold holds as soon as it is added, also in a server that runs. The store keeps its
user or number as it is given, until the hold is removed.")]
pub(crate) struct Hold {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Add(Add),
    List(List),
    Remove(Remove),
}

/// Adds a hold: of a person, of a range of time, or of both
#[derive(Debug, clap::Args)]
struct Add {
    /// What it is called: 1 to 64 letters, digits, '.', '-' and '_'
    name: String,
    #[command(flatten)]
    person: PersonFlags,
    /// The first moment that is held [default: all before the end]
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    from: Option<Instant>,
    /// The first moment that is not [default: without an end]
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    to: Option<Instant>,
    /// Why, for who lists holds later
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    tenant: TenantFlag,
}

/// Lists the holds of a tenant
#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    tenant: TenantFlag,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Removes a hold; what it kept is deleted by the next retention
#[derive(Debug, clap::Args)]
struct Remove {
    /// Its name
    name: String,
    #[command(flatten)]
    tenant: TenantFlag,
}

impl Hold {
    pub(crate) fn add_to(&self, layer: &mut Layer) {
        match &self.action {
            Action::Add(add) => add.tenant.add_to(layer),
            Action::List(list) => list.tenant.add_to(layer),
            Action::Remove(remove) => remove.tenant.add_to(layer),
        }
    }

    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let open = store::open_existing(settings, "hold")?;
        let engine = open.engine();
        let tenant = tenant::choose(settings, engine)?;
        match &self.action {
            Action::Add(add) => {
                let hold = add.hold()?;
                let trail = audit::open(settings)?;
                add_hold(engine, tenant, &hold)?;
                let event = change("add", tenant, &hold);
                let event = hold.reason.iter().fold(event, |event, reason| event.reason(reason));
                let written = audit::after(&trail, event);
                output::print(&format!("{} holds {}", hold.name, told(&hold)))?;
                written?;
            }
            Action::List(list) => {
                let holds = holds(engine, tenant)?;
                if list.json {
                    output::print_json(&holds.iter().map(view).collect::<Vec<_>>())?;
                } else if holds.is_empty() {
                    output::print("nothing is held")?;
                } else {
                    let mut table = output::table(["name", "holds", "since", "reason"]);
                    for hold in &holds {
                        let reason = hold.reason.clone().unwrap_or_default();
                        table.add_row([hold.name.clone(), told(hold), hold.since.to_string(), reason]);
                    }
                    output::print(&table.to_string())?;
                }
            }
            Action::Remove(remove) => {
                let trail = audit::open(settings)?;
                let hold = holds(engine, tenant)?.into_iter().find(|hold| hold.name == remove.name);
                let is_removed = remove_hold(engine, tenant, &remove.name)?;
                let Some(hold) = hold.filter(|_| is_removed) else {
                    bail!("tenant {tenant} has no hold {}: trunklog hold list shows them", remove.name);
                };
                let written = audit::after(&trail, change("remove", tenant, &hold));
                output::print(&format!("{} holds nothing any more", remove.name))?;
                written?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Add {
    fn hold(&self) -> Result<Held> {
        let (user, number) = self.person.given();
        let hold = Held {
            name: self.name.clone(),
            user,
            number,
            from: self.from,
            to: self.to,
            reason: self.reason.clone(),
            since: time::now(),
        };
        hold.check().with_context(|| format!("the hold {} cannot be added", hold.name))?;
        Ok(hold)
    }
}

/// What the audit trail is told of a hold.
fn change(step: &'static str, tenant: TenantId, hold: &Held) -> Event {
    let event = audit::act_on(Done::PersonHold, tenant).detail("step", Detail::Word(step));
    let event = match (hold.from, hold.to) {
        (None, None) => event,
        (from, to) => event.range(from.unwrap_or(Instant::ABSENT), to.unwrap_or(Instant::MAX)),
    };
    let person = match (&hold.user, &hold.number) {
        (Some(user), _) => Person::user(user).ok(),
        (None, Some(number)) => Person::number(number).ok(),
        (None, None) => None,
    };
    person.iter().fold(event, |event, person| event.subject(audit::identity(person)))
}

/// What is held, in words.
fn told(hold: &Held) -> String {
    let whose = match (&hold.user, &hold.number) {
        (Some(user), _) => format!("rows of {user}"),
        (None, Some(number)) => format!("rows of {number}"),
        (None, None) => "all rows".to_owned(),
    };
    match (hold.from, hold.to) {
        (None, None) => whose,
        (Some(from), None) => format!("{whose} from {from} on"),
        (None, Some(to)) => format!("{whose} before {to}"),
        (Some(from), Some(to)) => format!("{whose} from {from} to before {to}"),
    }
}

/// A hold as JSON, with times that people read.
fn view(hold: &Held) -> serde_json::Value {
    serde_json::json!({
        "name": hold.name,
        "user": hold.user,
        "number": hold.number,
        "from": hold.from.map(|from| from.to_string()),
        "to": hold.to.map(|to| to.to_string()),
        "reason": hold.reason,
        "since": hold.since.to_string(),
    })
}
