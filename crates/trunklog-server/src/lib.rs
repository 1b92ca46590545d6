//! trunklog-server
