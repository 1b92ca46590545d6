//! trunklog-duckdb
