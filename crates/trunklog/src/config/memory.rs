//! How the memory of store and clients fits what the process may use.

use super::Settings;
use crate::memory_limit::MemoryLimit;

const MIB: usize = 1024 * 1024;

impl Settings {
    /// Lets the memory of store and clients follow from the limit, unless it was
    /// set.
    pub(super) fn fit_memory(&mut self, limit: Option<MemoryLimit>) {
        if let Some(limit) = &limit {
            if !self.memory.is_set {
                self.store.memory_mib = limit.store_mib();
            }
            if !self.memory.is_unread_set {
                let mib = usize::try_from(limit.unread_mib(self.store.memory_mib)).unwrap_or(usize::MAX);
                self.serve.limits.unread_bytes = mib.saturating_mul(MIB);
            }
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

    /// What is wrong with that, or with what clients may have beside it, if
    /// anything is.
    pub(crate) fn memory_warning(&self) -> Option<String> {
        let limit = self.memory.limit.as_ref()?;
        let most = limit.most_store_mib();
        let store = self.store.memory_mib;
        let (what, advice) = if u64::from(store) > most {
            let advice = match (self.memory.is_set, limit.store_mib()) {
                (true, usual) if u64::from(usual) <= most => {
                    format!("set store.memory_mib to {most} at most, or leave it out for {usual}")
                }
                _ => "allow the process more".to_owned(),
            };
            (self.memory_in_words(), advice)
        } else {
            let unread = self.serve.limits.unread_bytes.div_ceil(MIB);
            let most = usize::try_from(limit.most_unread_mib(store)).unwrap_or(usize::MAX);
            if unread <= most {
                return None;
            }
            let what = format!("{unread} MiB for unread answers, beside {}", self.memory_in_words());
            (
                what,
                format!("set limits.unread_bytes to {} at most, or leave it out", most.saturating_mul(MIB)),
            )
        };
        Some(format!(
            "{what}, may end in the system killing the process, which needs some of it for itself: {advice}"
        ))
    }
}
