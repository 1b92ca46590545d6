//! What is written on the command line, as plain values. Settings among them
//! become a [`Layer`]; `config` makes the whole of them.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands::app::App;
use crate::commands::audit::Audit;
use crate::commands::calls::Calls;
use crate::commands::check::Check;
use crate::commands::completions::Completions;
use crate::commands::demo::Demo;
use crate::commands::erase::Erase;
use crate::commands::export::Export;
use crate::commands::hold::Hold;
use crate::commands::import::Import;
use crate::commands::pull::Pull;
use crate::commands::rejects::Rejects;
use crate::commands::report::Report;
use crate::commands::retention::Retention;
use crate::commands::serve::Serve;
use crate::commands::status::Status;
use crate::commands::tenant::Tenant;
use crate::commands::user::User;
use crate::config::{Layer, LogFormat};

const EXAMPLES: &str = "\
Examples:
  trunklog demo                        fill the store with made-up rows
  trunklog app add --name 'My reader'  register an application, see its secret once
  trunklog user add anna --role calls  let a person sign in
  trunklog serve                       serve https://localhost:8443/v1.0/...
  trunklog import ~/graph-exports      store what Graph scripts saved
  trunklog pull                        store what Graph has
  trunklog calls --from 2026-11-01     read the log
  trunklog report kpis --range 28d     see its key figures
  trunklog status                      see what came, what is missing, and how full the disk is

Settings come from flags, then from variables TRUNKLOG_*, then from trunklog.toml
(in this folder or in /etc/trunklog).";

/// Keeps the call log of your SIP trunks and serves it as Microsoft Graph does.
#[derive(Debug, Parser)]
#[command(name = "trunklog", version, after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

// Flags of every command. No doc comment: clap would take it for the help of
// the whole program.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Common {
    /// The configuration file (or `TRUNKLOG_CONFIG`)
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder of store, keys and certificates (or `TRUNKLOG_DATA_DIR`)
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// How log lines look (or `TRUNKLOG_LOG_FORMAT`)
    #[arg(long, global = true, value_name = "FORMAT", hide_short_help = true)]
    log_format: Option<LogFormat>,
    /// What is logged: error, warn, info, debug, trace (or `TRUNKLOG_LOG_LEVEL`)
    #[arg(long, global = true, value_name = "LEVEL", hide_short_help = true)]
    log_level: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Serve(Serve),
    Import(Import),
    Pull(Pull),
    Calls(Calls),
    Report(Report),
    Demo(Demo),
    App(App),
    User(User),
    Retention(Retention),
    Erase(Erase),
    Export(Export),
    Hold(Hold),
    Tenant(Tenant),
    Rejects(Rejects),
    Status(Status),
    Audit(Audit),
    Check(Check),
    Completions(Completions),
}

impl Args {
    /// The settings among the flags.
    pub(crate) fn layer(&self) -> Layer {
        let mut layer = Layer { data_dir: self.common.data_dir.clone(), ..Layer::default() };
        layer.log.format = self.common.log_format;
        layer.log.level.clone_from(&self.common.log_level);
        match &self.command {
            Command::Serve(serve) => serve.add_to(&mut layer),
            Command::Import(import) => import.tenant.add_to(&mut layer),
            Command::Calls(calls) => calls.tenant.add_to(&mut layer),
            Command::Report(report) => report.tenant.add_to(&mut layer),
            Command::App(app) => app.add_to(&mut layer),
            Command::User(user) => user.add_to(&mut layer),
            Command::Erase(erase) => erase.add_to(&mut layer),
            Command::Export(export) => export.tenant.add_to(&mut layer),
            Command::Hold(hold) => hold.add_to(&mut layer),
            Command::Status(status) => status.tenant.add_to(&mut layer),
            Command::Demo(_)
            | Command::Pull(_)
            | Command::Retention(_)
            | Command::Tenant(_)
            | Command::Rejects(_)
            | Command::Audit(_)
            | Command::Check(_)
            | Command::Completions(_) => {}
        }
        layer
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
