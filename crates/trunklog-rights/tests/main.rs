//! Persons, holds and closed tenants over whole engines.
//!
//! A file here is a module below: one program is linked once.

#![allow(clippy::unwrap_used)]

mod erasing;
mod guarded;
mod held;
mod restored;
mod rows;

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
