//! The binary as people, scripts and real clients use it.
//!
//! A file here is a module below. One program for all of them is linked once,
//! with DuckDB and everything else.

#![allow(clippy::unwrap_used)]

mod audit;
mod browser;
mod clients;
mod commands;
mod crash;
mod damage;
mod dial_out;
mod disk_full;
mod field_files;
mod folders;
mod javascript_clients;
mod memory;
mod numbers;
mod ownership;
mod pull;
mod python_clients;
mod python_exports;
mod python_follower;
mod retention;
mod rights;
mod screens;
mod signals;

/// A file that nobody names here would never be compiled.
#[test]
fn every_file_is_a_module() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
    let modules = include_str!("main.rs");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(module) = name.strip_suffix(".rs").filter(|module| *module != "main") {
            assert!(modules.lines().any(|line| line == format!("mod {module};")), "{name}");
        }
    }
}
