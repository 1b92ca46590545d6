//! The server as clients meet it, within the test's own process.
//!
//! A file here is a module below. One program for all of them is linked once.

#![allow(clippy::unwrap_used)]

mod attacks;
mod audit;
mod bodies;
mod changes;
mod describe;
mod exports;
mod feed;
mod golden;
mod grafana;
mod http;
mod pages;
mod people;
mod protocol;
mod query;
mod readiness;
mod reports;
mod tokens;
mod trunk_gauges;

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
