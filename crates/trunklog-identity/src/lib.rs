//! trunklog-identity
