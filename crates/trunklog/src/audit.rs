//! The audit trail, as commands tell it what they do.

use anyhow::{Context, Result};
use trunklog_audit::{Action, Actor, Channel, Event, Identity, Options, Trail, Unwritten};
use trunklog_records::TenantId;
use trunklog_rights::Person;

use crate::config::Settings;

/// The variable in which `sudo` says who asked it.
const SUDO_UID: &str = "SUDO_UID";

/// Opens the trail of the data folder.
pub(crate) fn open(settings: &Settings) -> Result<Trail> {
    let audit = &settings.audit;
    let options = Options {
        days: audit.days,
        file_bytes: audit.file_bytes,
        syslog: audit.syslog.clone(),
        ..Options::default()
    };
    Ok(Trail::open(&audit.folder, options)?)
}

/// What the user of this machine does by a command.
pub(crate) fn act(action: Action) -> Event {
    Event::new(action, user(), Channel::Command)
}

/// The same to the log of a tenant.
pub(crate) fn act_on(action: Action, tenant: TenantId) -> Event {
    act(action).tenant(tenant.guid())
}

/// What the program does to the log of a tenant, as its configuration says.
pub(crate) fn by_itself(action: Action, tenant: TenantId) -> Event {
    Event::new(action, Actor::Program, Channel::Program).tenant(tenant.guid())
}

/// A person, as the trail tells persons apart.
pub(crate) fn identity(person: &Person) -> Identity {
    match person.digits() {
        Some(digits) => Identity::number(digits),
        None => Identity::user(person.names().next().unwrap_or_default()),
    }
}

/// Writes what is about to leave the store.
///
/// # Errors
/// When that cannot be written: then nothing may leave.
pub(crate) fn before(trail: &Trail, event: Event) -> Result<()> {
    Ok(trail.record(event).wait()?)
}

/// Writes what was changed.
///
/// # Errors
/// When that cannot be written. The change stays: to take away a stolen secret must
/// not depend on room on the disk.
pub(crate) fn after(trail: &Trail, event: Event) -> Result<()> {
    trail
        .record(event)
        .wait()
        .map_err(|Unwritten| anyhow::anyhow!("the audit trail cannot be written"))
        .context("it was done, and is missing in the audit trail")
}

/// Who runs the program.
fn user() -> Actor {
    let uid = rustix::process::getuid();
    // Whoever is root may say so of anybody, and nobody else is asked.
    let asked = if uid.is_root() { std::env::var(SUDO_UID).ok() } else { None };
    Actor::local(uid.as_raw(), asked.and_then(|text| text.parse().ok()))
}
