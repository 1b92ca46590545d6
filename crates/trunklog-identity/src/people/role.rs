//! What people may do, tenant by tenant.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use crate::guid::guid;
use crate::{Error, ErrorKind};

/// A role that a person can hold. Nobody holds one unless an operator said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PersonRole {
    /// Reads sums in which no person can be told.
    Aggregates,
    /// Reads calls, users and numbers, of which the last digits are hidden; and
    /// with it all that [`PersonRole::Aggregates`] reads.
    Calls,
    /// Sees the digits that are hidden from others. It permits no reading by
    /// itself.
    FullNumbers,
    /// Takes out, as files, what it may read.
    Export,
    /// Changes people, sessions and settings, and reads the audit trail. It
    /// permits no reading of calls by itself.
    Administer,
}

struct Row {
    role: PersonRole,
    name: &'static str,
    means: &'static str,
}

/// In the order of the enum.
const ROLES: &[Row] = &[
    Row { role: PersonRole::Aggregates, name: "aggregates", means: "reads sums without persons" },
    Row { role: PersonRole::Calls, name: "calls", means: "reads calls and users, with masked numbers" },
    Row { role: PersonRole::FullNumbers, name: "full-numbers", means: "sees all digits of numbers" },
    Row { role: PersonRole::Export, name: "export", means: "takes out what it may read" },
    Row { role: PersonRole::Administer, name: "administer", means: "changes people and settings" },
];

impl PersonRole {
    /// Every role, in a fixed order.
    pub const ALL: [PersonRole; 5] = [
        PersonRole::Aggregates,
        PersonRole::Calls,
        PersonRole::FullNumbers,
        PersonRole::Export,
        PersonRole::Administer,
    ];

    /// What it is called in settings, for example `full-numbers`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What it permits, in a few words.
    pub fn means(self) -> &'static str {
        self.row().means
    }

    fn row(self) -> &'static Row {
        &ROLES[self as usize]
    }
}

impl fmt::Display for PersonRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for PersonRole {
    type Err = Error;

    /// Reads a role's name in any case.
    fn from_str(text: &str) -> Result<PersonRole, Error> {
        ROLES.iter().find(|row| row.name.eq_ignore_ascii_case(text)).map(|row| row.role).ok_or_else(|| {
            let known: Vec<&str> = ROLES.iter().map(|row| row.name).collect();
            Error::new(ErrorKind::Invalid, format!("unknown role, use one of {}", known.join(", ")))
        })
    }
}

/// The tenants that a role holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Every tenant, also one that comes later.
    AllTenants,
    /// One.
    Tenant(Uuid),
}

/// A role for some tenants, written `calls@<tenant>` or `calls@*`.
///
/// ```
/// # use trunklog_identity::{Grant, PersonRole, Scope};
/// let grant: Grant = "Full-Numbers@*".parse()?;
/// assert_eq!(grant, Grant { role: PersonRole::FullNumbers, scope: Scope::AllTenants });
/// assert_eq!(grant.to_string(), "full-numbers@*");
/// // For which tenants has to be said.
/// assert!("full-numbers".parse::<Grant>().is_err());
/// # Ok::<(), trunklog_identity::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant {
    /// What may be done.
    pub role: PersonRole,
    /// Where.
    pub scope: Scope,
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scope {
            Scope::AllTenants => write!(f, "{}@*", self.role),
            Scope::Tenant(tenant) => write!(f, "{}@{tenant}", self.role),
        }
    }
}

impl FromStr for Grant {
    type Err = Error;

    fn from_str(text: &str) -> Result<Grant, Error> {
        let refuse = |what: &str| Error::new(ErrorKind::Invalid, format!("a role of people {what}"));
        let (role, scope) = text.split_once('@').ok_or_else(|| {
            refuse("needs its tenants: write it like calls@<the tenant's GUID>, or calls@* for all")
        })?;
        let scope = match scope {
            "*" => Scope::AllTenants,
            tenant => Scope::Tenant(guid(tenant).ok_or_else(|| {
                refuse("has after its @ the GUID of a tenant, or * for all: correct what is there")
            })?),
        };
        Ok(Grant { role: role.parse()?, scope })
    }
}

impl Serialize for Grant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Grant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Grant, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// All that a person may do.
///
/// ```
/// # use trunklog_identity::{PersonRole, PersonRoles};
/// # use uuid::Uuid;
/// let (here, there) = (Uuid::from_u128(1), Uuid::from_u128(2));
/// let roles: PersonRoles = [format!("calls@{here}").parse()?, "export@*".parse()?].into_iter().collect();
/// assert!(roles.hold(here, PersonRole::Aggregates));
/// assert!(!roles.hold(there, PersonRole::Calls) && !roles.may_read(there));
/// # Ok::<(), trunklog_identity::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonRoles(BTreeSet<Grant>);

impl PersonRoles {
    /// Whether they permit that in that tenant.
    pub fn hold(&self, tenant: Uuid, role: PersonRole) -> bool {
        self.0.iter().any(|grant| {
            let there = match grant.scope {
                Scope::AllTenants => true,
                Scope::Tenant(own) => own == tenant,
            };
            // Who reads calls can add them up.
            let implied = role == PersonRole::Aggregates && grant.role == PersonRole::Calls;
            there && (grant.role == role || implied)
        })
    }

    /// Whether they permit that in every tenant.
    pub fn hold_everywhere(&self, role: PersonRole) -> bool {
        self.0.contains(&Grant { role, scope: Scope::AllTenants })
    }

    /// Whether they permit reading anything of that tenant.
    pub fn may_read(&self, tenant: Uuid) -> bool {
        self.hold(tenant, PersonRole::Aggregates)
    }

    /// Whether a person who holds them gets to see that tenant at all: to read,
    /// or to administer it.
    pub fn may_enter(&self, tenant: Uuid) -> bool {
        self.may_read(tenant) || self.hold(tenant, PersonRole::Administer)
    }

    /// Whether they permit nothing.
    pub fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = Grant> + '_ {
        self.0.iter().copied()
    }

    /// The tenants that are named.
    pub fn named_tenants(&self) -> BTreeSet<Uuid> {
        let named = |grant: &Grant| match grant.scope {
            Scope::AllTenants => None,
            Scope::Tenant(tenant) => Some(tenant),
        };
        self.0.iter().filter_map(named).collect()
    }
}

impl FromIterator<Grant> for PersonRoles {
    fn from_iter<I: IntoIterator<Item = Grant>>(grants: I) -> PersonRoles {
        PersonRoles(grants.into_iter().collect())
    }
}

impl Extend<Grant> for PersonRoles {
    fn extend<I: IntoIterator<Item = Grant>>(&mut self, grants: I) {
        self.0.extend(grants);
    }
}

#[cfg(test)]
mod tests;
