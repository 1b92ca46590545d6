//! How the store's memory fits what the process may use.

use std::num::NonZeroU32;

use super::Settings;
use crate::memory_limit::MemoryLimit;

/// Where the store's memory comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemoryShare {
    is_set: bool,
    /// None where it is not known.
    limit: Option<MemoryLimit>,
}

impl MemoryShare {
    pub(super) fn of(set: Option<NonZeroU32>) -> MemoryShare {
        MemoryShare { is_set: set.is_some(), limit: None }
    }
}

impl Settings {
    /// Lets the store's memory follow from the limit, unless it was set.
    pub(super) fn fit_memory(&mut self, limit: Option<MemoryLimit>) {
        if let Some(limit) = limit.as_ref().filter(|_| !self.memory.is_set) {
            self.store.memory_mib = limit.store_mib();
        }
        self.memory.limit = limit;
    }

    /// How much memory the store has, and why.
    pub(crate) fn memory_in_words(&self) -> String {
        let mib = self.store.memory_mib;
        let set = if self.memory.is_set { ", as it is set" } else { "" };
        match &self.memory.limit {
            Some(limit) => format!("{mib} MiB for DuckDB{set}, of {limit}"),
            None => format!("{mib} MiB for DuckDB{set}; how much there is, is not known"),
        }
    }

    /// What is wrong with that, if anything is.
    pub(crate) fn memory_warning(&self) -> Option<String> {
        let limit = self.memory.limit.as_ref()?;
        let most = limit.most_store_mib();
        if u64::from(self.store.memory_mib) <= most {
            return None;
        }
        let advice = match (self.memory.is_set, limit.store_mib()) {
            (true, usual) if u64::from(usual) <= most => {
                format!("set store.memory_mib to {most} at most, or leave it out for {usual}")
            }
            _ => "allow the process more".to_owned(),
        };
        Some(format!(
            "{}, may end in the system killing the process, which needs some of it for itself: {advice}",
            self.memory_in_words()
        ))
    }
}
