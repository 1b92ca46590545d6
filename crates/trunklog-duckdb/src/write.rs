//! What changes rows: each is one commit.

pub(crate) mod append;
pub(crate) mod commit;
pub(crate) mod complete;
pub(crate) mod erase;
pub(crate) mod forget;
pub(crate) mod staging;
mod supersede;
