//! trunklog
fn main() {}
