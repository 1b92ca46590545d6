//! What reads rows.

pub(crate) mod changes;
pub(crate) mod order;
pub(crate) mod page;
pub(crate) mod reader;
pub(crate) mod relation;
pub(crate) mod report;
pub(crate) mod row;
pub(crate) mod scan;
pub(crate) mod select;
