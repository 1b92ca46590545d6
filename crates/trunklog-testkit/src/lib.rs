//! trunklog-testkit
