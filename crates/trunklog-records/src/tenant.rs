//! Tenants: organisations whose logs are kept apart.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// A tenant, named by the same GUID as in Entra ID.
///
/// ```
/// use trunklog_records::TenantId;
///
/// let tenant: TenantId = "11111111-2222-3333-4444-555555555555".parse()?;
/// assert_eq!(tenant.to_string(), "11111111-2222-3333-4444-555555555555");
/// # Ok::<(), trunklog_records::TenantIdError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(Uuid);

/// The text is not a GUID.
///
/// ```
/// use trunklog_records::TenantId;
///
/// let error = "contoso".parse::<TenantId>().unwrap_err();
/// assert!(error.to_string().starts_with("'contoso' is not a tenant id"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a tenant id: expected a GUID such as 11111111-2222-3333-4444-555555555555")]
pub struct TenantIdError(String);

impl TenantId {
    /// From a GUID.
    ///
    /// ```
    /// use trunklog_records::TenantId;
    /// use uuid::Uuid;
    ///
    /// let guid = Uuid::from_u128(1);
    /// assert_eq!(TenantId::new(guid).guid(), guid);
    /// ```
    pub const fn new(guid: Uuid) -> TenantId {
        TenantId(guid)
    }

    /// The GUID.
    pub const fn guid(self) -> Uuid {
        self.0
    }
}

impl FromStr for TenantId {
    type Err = TenantIdError;

    fn from_str(text: &str) -> Result<TenantId, TenantIdError> {
        Uuid::try_parse(text).map(TenantId).map_err(|_| TenantIdError(text.chars().take(64).collect()))
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}
