//! Pulling from another Trunklog, over sockets and through a proxy that makes
//! trouble.

#![allow(clippy::unwrap_used)]

mod bench;
mod checks;
mod proxy;
mod pulls;

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
