//! trunklog-control
