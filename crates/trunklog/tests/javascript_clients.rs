//! The real clients written in JavaScript; see `tests/clients/README.md`.

use std::path::Path;

use crate::clients::{Site, environment};

#[test]
fn javascript_graph_client_reads_everything() {
    let folder = environment("TRUNKLOG_TEST_NODE_DIR");
    Site::open().run(Path::new("node"), &folder.join("graph_client.mjs"));
}

#[test]
fn javascript_azure_identity_with_fetch_reads_everything() {
    let folder = environment("TRUNKLOG_TEST_NODE_DIR");
    Site::open().run(Path::new("node"), &folder.join("azure_identity_fetch.mjs"));
}

#[test]
fn javascript_odata_client_filters_and_orders() {
    let folder = environment("TRUNKLOG_TEST_NODE_DIR");
    Site::open().run(Path::new("node"), &folder.join("odata_client.mjs"));
}

#[test]
fn javascript_pnp_graph_filters_and_batches() {
    let folder = environment("TRUNKLOG_TEST_NODE_DIR");
    Site::open().run(Path::new("node"), &folder.join("pnp_graph.mjs"));
}
