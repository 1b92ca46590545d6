//! How much room the parts of a store take.

use trunklog_records::{Log, TenantId};

/// A part of a store, and about how much room it takes.
///
/// ```
/// use trunklog_records::schema::SMS;
/// use trunklog_store::{PartKind, StoredPart};
///
/// let tenant = "11111111-2222-3333-4444-555555555555".parse()?;
/// let part = StoredPart { tenant: Some(tenant), kind: PartKind::Log(&SMS), bytes: 262_144 };
/// assert_eq!(part.kind.name(), "sms");
/// # Ok::<(), trunklog_records::TenantIdError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredPart {
    /// Whose it is; None for what belongs to no tenant.
    pub tenant: Option<TenantId>,
    /// What it is.
    pub kind: PartKind,
    /// Its size on the disk, in bytes.
    pub bytes: u64,
}

/// What a part of a store is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// The rows of a log.
    Log(&'static Log),
    /// Sums of rows.
    Cubes,
    /// What the engine notes beside them, room that is not in use among it.
    Other,
}

impl PartKind {
    /// Its name, for those who show it.
    pub fn name(self) -> &'static str {
        match self {
            PartKind::Log(log) => log.name,
            PartKind::Cubes => "cubes",
            PartKind::Other => "other",
        }
    }
}
