//! What settings say of memory, and what there is.

use super::whole::Count;
use crate::memory_limit::MemoryLimit;

/// Where the memory of store and clients comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemoryShare {
    pub(super) is_set: bool,
    pub(super) is_unread_set: bool,
    /// None where it is not known.
    pub(super) limit: Option<MemoryLimit>,
}

impl MemoryShare {
    /// `store` and `unread` are what was set.
    pub(super) fn of(store: Option<Count<u32>>, unread: Option<Count<usize>>) -> MemoryShare {
        MemoryShare { is_set: store.is_some(), is_unread_set: unread.is_some(), limit: None }
    }
}
