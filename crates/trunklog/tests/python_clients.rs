//! The real clients written in Python; see `tests/clients/README.md`.

use std::path::{Path, PathBuf};

use crate::clients::{Site, environment};

pub(crate) fn program(name: &str) -> PathBuf {
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

#[test]
fn python_dlt_loads_everything() {
    let python = environment("TRUNKLOG_TEST_PYTHON");
    Site::open().run(&python, &program("dlt_pipeline.py"));
}

#[test]
fn python_pandas_reads_whole_ranges() {
    let python = environment("TRUNKLOG_TEST_PYTHON");
    Site::open().run(&python, &program("pandas_frames.py"));
}

#[test]
fn python_duckdb_with_httpfs_queries_the_log() {
    let python = environment("TRUNKLOG_TEST_PYTHON");
    Site::open().run(&python, &program("duckdb_httpfs.py"));
}

#[test]
fn python_odata_reads_the_feed() {
    let python = environment("TRUNKLOG_TEST_PYTHON");
    Site::open().run(&python, &program("odata_feed.py"));
}

#[test]
fn python_with_javascript_packages_validates_what_the_service_says_of_itself() {
    let python = environment("TRUNKLOG_TEST_PYTHON");
    Site::open().run(&python, &program("metadata.py"));
}
