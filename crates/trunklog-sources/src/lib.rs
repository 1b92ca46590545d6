//! trunklog-sources
