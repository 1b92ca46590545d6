//! The commands, a file each.

pub(crate) mod app;
pub(crate) mod audit;
pub(crate) mod calls;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod erase;
pub(crate) mod export;
pub(crate) mod hold;
pub(crate) mod import;
pub(crate) mod pull;
pub(crate) mod rejects;
pub(crate) mod report;
pub(crate) mod retention;
pub(crate) mod serve;
pub(crate) mod status;
pub(crate) mod tenant;
pub(crate) mod user;

use std::process::ExitCode;

use anyhow::Result;
use clap::CommandFactory;

use crate::args::{Args, Command};
use crate::config::Settings;
use crate::logging;

/// Runs what the arguments say and gives the exit code.
pub(crate) fn run(args: Args) -> Result<ExitCode> {
    let settings = || Settings::load(args.layer(), args.common.config.as_deref());
    match &args.command {
        Command::Completions(completions) => return completions.run(&mut Args::command()),
        Command::Check(check) => return check.run(settings()),
        _ => {}
    }
    let settings = settings()?;
    let usual_level = if matches!(args.command, Command::Serve(_)) { "info" } else { "warn" };
    logging::start(settings.log_format, settings.log_level.as_deref().unwrap_or(usual_level))?;
    match args.command {
        Command::Serve(_) => serve::run(&settings),
        Command::Import(import) => import.run(&settings),
        Command::Pull(pull) => pull.run(&settings),
        Command::Calls(calls) => calls.run(&settings),
        Command::Report(report) => report.run(&settings),
        Command::Demo(demo) => demo.run(&settings),
        Command::App(app) => app.run(&settings),
        Command::User(user) => user.run(&settings),
        Command::Retention(retention) => retention.run(&settings),
        Command::Erase(erase) => erase.run(&settings),
        Command::Export(export) => export.run(&settings),
        Command::Hold(hold) => hold.run(&settings),
        Command::Tenant(tenant) => tenant.run(&settings),
        Command::Rejects(rejects) => rejects.run(&settings),
        Command::Status(status) => status.run(&settings),
        Command::Audit(audit) => audit.run(&settings),
        Command::Check(_) | Command::Completions(_) => Ok(ExitCode::SUCCESS),
    }
}
