//! The `trunklog` command: puts arguments, configuration, a store engine and a
//! server together.
//!
//! Only this crate knows which engine runs. It must not hold logic that a
//! library crate could hold: what is here reads settings, calls the libraries
//! and prints.

mod args;
mod cells;
mod commands;
mod config;
mod deletion;
mod identity;
mod logging;
mod output;
mod progress;
mod signals;
mod store;
mod tenant;
mod time;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match commands::run(args::Args::parse()) {
        Ok(code) => code,
        // Whoever reads has seen enough, as `head` does.
        Err(error) if output::was_closed(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
