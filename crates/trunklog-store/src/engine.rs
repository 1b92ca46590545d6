//! The trait of what keeps the logs of all tenants.

use std::sync::Arc;

use trunklog_records::TenantId;

use crate::{Result, Store, StoredPart};

/// A storage engine: the logs of all tenants.
///
/// Its methods block, so an async caller runs them on a blocking pool.
///
/// ```
/// use trunklog_records::{Log, TimeRange};
/// use trunklog_store::{Engine, Result, Selection};
///
/// /// How many rows all tenants have in a log.
/// fn rows_of_all(engine: &dyn Engine, log: &'static Log) -> Result<u64> {
///     let all = Selection::all(log, TimeRange::ALL);
///     engine.tenants()?.into_iter().map(|tenant| engine.tenant(tenant).count(&all, None)).sum()
/// }
/// ```
pub trait Engine: Send + Sync {
    /// The store of one tenant. A tenant comes into being with its first row.
    ///
    /// Asking for it stores nothing, and until then its logs read as empty. It serves for
    /// as long as the engine does, however often that recovers.
    ///
    /// ```
    /// use trunklog_records::TenantId;
    /// use trunklog_store::{Engine, Result, Watermark};
    ///
    /// fn newest(engine: &dyn Engine, tenant: TenantId) -> Result<Watermark> {
    ///     engine.tenant(tenant).newest()
    /// }
    /// ```
    fn tenant(&self, tenant: TenantId) -> Arc<dyn Store>;

    /// The tenants that have rows, in the order of their ids.
    ///
    /// ```
    /// use trunklog_store::{Engine, Result};
    ///
    /// fn is_empty(engine: &dyn Engine) -> Result<bool> {
    ///     Ok(engine.tenants()?.is_empty())
    /// }
    /// ```
    fn tenants(&self) -> Result<Vec<TenantId>>;

    /// Settles what was left: checkpoints, brings rows that arrived out of order
    /// into the order in which they are read, removes rows that gave way to
    /// others more than [`SUPERSEDED_KEPT`](crate::SUPERSEDED_KEPT) ago and the
    /// ids of rows that were deleted longer ago than the engine keeps them. Never
    /// needed for correctness; meant for the end of an import and quiet hours.
    ///
    /// ```
    /// use trunklog_store::Engine;
    ///
    /// fn end_import(engine: &dyn Engine) {
    ///     if let Err(error) = engine.tidy() {
    ///         eprintln!("all rows are stored, but the store was not tidied: {error}");
    ///     }
    /// }
    /// ```
    fn tidy(&self) -> Result<()>;

    /// Writes all that is stored anew and overwrites what the store's files no longer
    /// use, so that no byte of what was erased or deleted is left in them. Nobody sees a
    /// difference. It takes as long as storing all rows again, and room for some of them.
    ///
    /// ```
    /// use trunklog_store::{Engine, Erasure, Result, Store};
    ///
    /// fn erase_for_good(engine: &dyn Engine, store: &dyn Store, erasure: &Erasure) -> Result<()> {
    ///     store.erase(erasure)?;
    ///     engine.scrub()
    /// }
    /// ```
    fn scrub(&self) -> Result<()>;

    /// Whether the engine can serve, checked by doing it.
    ///
    /// ```
    /// use trunklog_store::Engine;
    ///
    /// fn is_ready(engine: &dyn Engine) -> bool {
    ///     engine.check().is_ok()
    /// }
    /// ```
    fn check(&self) -> Result<()>;

    /// The value of a named state, None when there is none.
    ///
    /// States are short texts that outlive the process: marks, positions, jobs
    /// that are not done. They belong to the store as a whole; one that belongs
    /// to a tenant has the tenant's id in its name. A `/` divides the parts of a
    /// name, the first of which says whose it is: `retention/waiting/...`.
    ///
    /// ```
    /// use trunklog_store::{Engine, Result};
    ///
    /// fn position(engine: &dyn Engine, source: &str) -> Result<Option<String>> {
    ///     engine.state(&format!("sources/{source}/position"))
    /// }
    /// ```
    fn state(&self, name: &str) -> Result<Option<String>>;

    /// The states whose names start with `prefix`, with their values, in the
    /// order of their names.
    ///
    /// ```
    /// use trunklog_store::{Engine, Result};
    ///
    /// fn waiting(engine: &dyn Engine) -> Result<usize> {
    ///     Ok(engine.states("retention/waiting/")?.len())
    /// }
    /// ```
    fn states(&self, prefix: &str) -> Result<Vec<(String, String)>>;

    /// Gives a state a new value, None to remove it, if its value still is
    /// `expected`, None for no such state. Tells whether it was.
    ///
    /// Of several callers who expect the same value and set others, one
    /// succeeds. What was set is durable when this returns. Errors when name or
    /// value are longer than [`MAX_STATE_NAME`](crate::MAX_STATE_NAME) and
    /// [`MAX_STATE_VALUE`](crate::MAX_STATE_VALUE).
    ///
    /// ```
    /// use trunklog_store::{Engine, Result};
    ///
    /// /// Takes a job, unless somebody else did.
    /// fn take(engine: &dyn Engine, job: &str) -> Result<bool> {
    ///     engine.exchange_state(&format!("jobs/{job}"), None, Some("taken"))
    /// }
    /// ```
    fn exchange_state(&self, name: &str, expected: Option<&str>, new: Option<&str>) -> Result<bool>;

    /// A text that stays the same for as long as the store's commits follow each
    /// other, and differs after a backup was put back, or where the store is a
    /// copy of another: numbers of commits mean something only with it.
    ///
    /// ```
    /// use trunklog_store::{Engine, Result};
    ///
    /// fn has_my_numbers(engine: &dyn Engine, epoch: &str) -> Result<bool> {
    ///     Ok(engine.epoch()? == epoch)
    /// }
    /// ```
    fn epoch(&self) -> Result<String>;

    /// How much memory the engine says it holds, in bytes. None if it does not
    /// know, or cannot tell now.
    ///
    /// ```
    /// use trunklog_store::Engine;
    ///
    /// fn memory_mib(engine: &dyn Engine) -> Option<u64> {
    ///     Some(engine.memory_bytes()? >> 20)
    /// }
    /// ```
    fn memory_bytes(&self) -> Option<u64> {
        None
    }

    /// How much room the parts of the store take on the disk, about. Empty if the
    /// engine cannot tell, as one that asks another process cannot.
    ///
    /// It may look at the whole catalog, so it is for those who ask seldom.
    ///
    /// ```
    /// use trunklog_store::{Engine, Result};
    ///
    /// fn used_bytes(engine: &dyn Engine) -> Result<u64> {
    ///     Ok(engine.stored_parts()?.iter().map(|part| part.bytes).sum())
    /// }
    /// ```
    fn stored_parts(&self) -> Result<Vec<StoredPart>> {
        Ok(Vec::new())
    }

    /// What the engine knows of itself: an error where it cannot serve now.
    /// Asks no disk and waits for nobody, so it answers even while the engine
    /// is busy with its own recovery; [`Engine::check`] finds out more.
    ///
    /// ```
    /// use trunklog_store::{Engine, ErrorKind};
    ///
    /// fn is_recovering(engine: &dyn Engine) -> bool {
    ///     engine.health().is_err_and(|error| error.kind() == ErrorKind::Recovering)
    /// }
    /// ```
    fn health(&self) -> Result<()> {
        Ok(())
    }
}
