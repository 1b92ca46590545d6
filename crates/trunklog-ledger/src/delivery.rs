//! What a source tells of itself.

use trunklog_odata::Instant;
use trunklog_records::{Log, TenantId};
use trunklog_store::Result;

use crate::counts::Counts;
use crate::source::SourceName;

/// Of whom something is told: a source, and of what it brings one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Whose rows they are.
    pub tenant: TenantId,
    /// Where they come from.
    pub source: SourceName,
    /// The log; None for the source as a whole, and for records of which nobody
    /// knows the log.
    pub log: Option<&'static Log>,
}

/// What came at once: a file, a window that was pulled, an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivery {
    /// How much.
    pub counts: Counts,
    /// The time of the newest row.
    pub newest: Option<Instant>,
    /// From when on all is there that the source has, where it knows.
    pub complete_from: Option<Instant>,
    /// Up to when.
    pub complete_until: Option<Instant>,
}

/// Takes note of what sources bring. Sources tell it after the rows are durable, and
/// go on where it fails: it is about rows, and none of them depends on it.
pub trait Ledger: Send + Sync {
    /// Something came, whatever was in it.
    ///
    /// # Errors
    /// When it is not noted.
    fn delivered(&self, origin: &Origin, delivery: &Delivery, now: Instant) -> Result<()>;

    /// Nothing comes; `why` says why, and what to do. It holds no value of a row, no
    /// secret and no name of a file.
    ///
    /// # Errors
    /// When it is not noted.
    fn failed(&self, origin: &Origin, why: &str, now: Instant) -> Result<()>;

    /// It works again, though nothing came.
    ///
    /// # Errors
    /// When it is not noted.
    fn recovered(&self, origin: &Origin) -> Result<()>;

    /// It works, and will not unless somebody sees to it; None when that was done. What
    /// holds for `why` of [`failed`](Ledger::failed) holds here, too.
    ///
    /// # Errors
    /// When it is not noted.
    fn warned(&self, origin: &Origin, warning: Option<&str>) -> Result<()>;

    /// Up to when all was there before, so that what is older and new now is late.
    ///
    /// # Errors
    /// When that cannot be told.
    fn complete_until(&self, origin: &Origin) -> Result<Option<Instant>>;
}

/// Takes note of nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unkept;

impl Ledger for Unkept {
    fn delivered(&self, _: &Origin, _: &Delivery, _: Instant) -> Result<()> {
        Ok(())
    }

    fn failed(&self, _: &Origin, _: &str, _: Instant) -> Result<()> {
        Ok(())
    }

    fn recovered(&self, _: &Origin) -> Result<()> {
        Ok(())
    }

    fn warned(&self, _: &Origin, _: Option<&str>) -> Result<()> {
        Ok(())
    }

    fn complete_until(&self, _: &Origin) -> Result<Option<Instant>> {
        Ok(None)
    }
}
