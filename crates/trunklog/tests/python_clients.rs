//! The real clients written in Python; see `tests/clients/README.md`.

#![allow(clippy::unwrap_used)]

mod clients;

use std::path::{Path, PathBuf};

use clients::{Site, environment};

fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients/python").join(name)
}

#[test]
fn python_msgraph_sdk_reads_everything() {
    let python = environment("TRUNKLOG_TEST_PYTHON");
    Site::open().run(&python, &program("msgraph_sdk_builder.py"));
}

#[test]
fn python_msal_with_requests_reads_everything() {
    let python = environment("TRUNKLOG_TEST_PYTHON");
    Site::open().run(&python, &program("msal_requests.py"));
}
