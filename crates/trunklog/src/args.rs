//! What is written on the command line, as plain values. Settings among them
//! become a [`Layer`]; `config` makes the whole of them.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use trunklog_records::{Log, TenantId};

use crate::commands::app::App;
use crate::commands::calls::Calls;
use crate::commands::check::Check;
use crate::commands::completions::Completions;
use crate::commands::demo::Demo;
use crate::commands::import::Import;
use crate::commands::retention::Retention;
use crate::commands::serve::Serve;
use crate::config::{Layer, LogFormat, Text};

const EXAMPLES: &str = "\
Examples:
  trunklog demo                        fill the store with made-up rows
  trunklog app add --name 'My reader'  register an application, see its secret once
  trunklog serve                       serve https://localhost:8443/v1.0/...
  trunklog import ~/graph-exports      store what Graph scripts saved
  trunklog calls --from 2026-11-01     read the log

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
    Calls(Calls),
    Demo(Demo),
    App(App),
    Retention(Retention),
    Check(Check),
    Completions(Completions),
}

// The flag of commands that mean one tenant. No doc comment, as above.
#[derive(Debug, clap::Args)]
pub(crate) struct TenantFlag {
    /// The organisation's GUID in Entra ID (or `TRUNKLOG_TENANT`); not needed where there is only one
    #[arg(long, value_name = "GUID")]
    tenant: Option<TenantId>,
}

/// A log, by its name or its function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogName(pub(crate) &'static Log);

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
            Command::App(app) => app.add_to(&mut layer),
            Command::Demo(_) | Command::Retention(_) | Command::Check(_) | Command::Completions(_) => {}
        }
        layer
    }
}

impl TenantFlag {
    pub(crate) fn add_to(&self, layer: &mut Layer) {
        layer.import.tenant = self.tenant.map(Text);
    }
}

/// Reads the name of a log.
pub(crate) fn log_name(text: &str) -> Result<LogName, String> {
    Log::by_name(text).or_else(|| Log::by_function(text)).map(LogName).ok_or_else(|| {
        let names: Vec<&str> = trunklog_records::schema::LOGS.iter().map(|log| log.name).collect();
        format!("there is no such log: use one of {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn logs_are_found_by_name_and_function() {
        assert_eq!(log_name("directroutingcalls").unwrap().0.name, "directRoutingCalls");
        assert!(log_name("getSmsLog").is_ok());
        assert!(log_name("calls").unwrap_err().contains("directRoutingCalls"));
    }
}
