//! What the process and its store hold in memory, for those who watch it.

use std::fs;

use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

/// Figures in bytes; None where there is nobody to tell.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct MemoryUse {
    /// Of the whole process, as the system counts.
    pub(crate) resident: Option<u64>,
    /// Of that, what the store says it holds.
    pub(crate) store: Option<u64>,
}

impl MemoryUse {
    /// The figures as separate metrics: what is not known is absent, and not
    /// zero.
    pub(crate) fn metrics(&self) -> Registry {
        let figures = [
            ("resident_memory", "Memory that the process holds", self.resident),
            ("store_memory", "Memory that the store says it holds, a part of the former", self.store),
        ];
        let mut registry = Registry::with_prefix("trunklog");
        for (name, help, bytes) in figures {
            let Some(bytes) = bytes else { continue };
            let gauge: Gauge = Gauge::default();
            gauge.set(i64::try_from(bytes).unwrap_or(i64::MAX));
            registry.register_with_unit(name, help, Unit::Bytes, gauge);
        }
        registry
    }
}

/// What the process holds, where Linux's `/proc` tells.
pub(crate) fn resident_bytes() -> Option<u64> {
    resident_in(&fs::read_to_string("/proc/self/status").ok()?)
}

/// Source: `VmRSS` in `proc_pid_status(5)`.
fn resident_in(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resident_size_is_found() {
        let status = "Name:\ttrunklog\nVmHWM:\t   51200 kB\nVmRSS:\t   48128 kB\nThreads:\t7\n";
        assert_eq!(resident_in(status), Some(48_128 * 1024));
        for odd in ["", "VmRSS:\t x kB\n", "VmRSS:\t 12 pages\n"] {
            assert_eq!(resident_in(odd), None, "{odd}");
        }
    }
}
