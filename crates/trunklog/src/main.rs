//! The `trunklog` command: puts arguments, configuration, a store engine and a
//! server together.
//!
//! Only this crate knows which engine runs. It must not hold logic that a
//! library crate could hold: what is here reads settings, calls the libraries
//! and prints.

mod archive;
mod args;
mod audit;
mod commands;
mod config;
mod deletion;
mod disk;
#[cfg(test)]
mod documents;
mod engine;
mod flags;
mod identity;
mod logging;
mod memory_limit;
mod open_files;
mod output;
mod password_prompt;
mod places;
mod progress;
mod signals;
mod store;
mod tenant;
mod time;

use std::process::ExitCode;

use clap::Parser;

/// The allocator of the whole process, DuckDB's C++ included: with the feature
/// `unprefixed_malloc_on_supported_platforms` it takes the place of the C
/// library's `malloc`, to which `libduckdb.so` is bound when the program is
/// loaded. (DuckDB's own copy of jemalloc holds its buffers alone.)
///
/// The C library keeps an arena for each thread that was ever busy, and what is
/// once in an arena hardly ever leaves it. After the same exports, filters and
/// flood of wrong secrets, and half a minute of rest, a process of some 90 MiB
/// stayed at 296 MiB with it, at some 190 with mimalloc 2.2 and 3.3, at some 120
/// with jemalloc: its background threads give memory back by time alone, also
/// when nobody asks for anything any more. That is worth the minute that it takes
/// to build. How long freed memory is kept is in `.cargo/config.toml`, because a
/// setting in code would need an exported symbol, which counts as unsafe.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    match commands::run(args::Args::parse()) {
        Ok(code) => code,
        // The reader has seen enough, as `head` does.
        Err(error) if output::was_closed(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&format!("error: {}", output::told(&error)));
            ExitCode::FAILURE
        }
    }
}
