//! The engine on a disk: what every engine promises, and what this one alone does.
//!
//! A file here is a module below. One program for all of them is linked once,
//! with DuckDB.

#![allow(clippy::unwrap_used)]

mod cubes;
mod damage;
mod forgetting;
mod form;
mod kit;
mod lacking;
mod later;
mod looking;
mod memory;
mod recovery;
mod scanning;
mod scrubbing;
mod sizes;

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
