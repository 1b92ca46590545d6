//! The application roles for call records: Graph's two, and two of ours.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::{Uuid, uuid};

use crate::{Error, ErrorKind};

/// A role an application can hold, named as in Graph's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads call records and all reporting functions.
    CallRecordsReadAll,
    /// Reads the reporting functions only. Microsoft's current pages omit
    /// it, but consent scripts that grant it are still in use.
    CallRecordPstnCallsReadAll,
    /// Sees all digits where the tenant's mask hides some. It permits no
    /// reading by itself, and Graph does not have it.
    FullNumbers,
    /// Reads sums in which no person can be told, and no rows. Graph does not
    /// have it; its own `Reports.Read.All` reads much else.
    ReportsReadAll,
}

struct Row {
    role: Role,
    name: &'static str,
    app_role_id: Uuid,
}

/// Names and ids, those of Graph as in its service principal; in the order of
/// the enum. Source: contract section 1.3.
const ROLES: &[Row] = &[
    Row {
        role: Role::CallRecordsReadAll,
        name: "CallRecords.Read.All",
        app_role_id: uuid!("45bbb07e-7321-4fd7-a8f6-3ff27e6a81c8"),
    },
    Row {
        role: Role::CallRecordPstnCallsReadAll,
        name: "CallRecord-PstnCalls.Read.All",
        app_role_id: uuid!("a2611786-80b3-417e-adaa-707d4261a5f0"),
    },
    Row {
        role: Role::FullNumbers,
        name: "CallRecords-FullNumbers.Read.All",
        app_role_id: uuid!("a62d15f6-40b2-4827-8af1-392ce06c1aeb"),
    },
    Row {
        role: Role::ReportsReadAll,
        name: "CallRecords-Reports.Read.All",
        app_role_id: uuid!("e9cbde4a-a453-46d3-a075-126a3fd4612f"),
    },
];

impl Role {
    /// Every role, in a fixed order.
    pub const ALL: [Role; 4] =
        [Role::CallRecordsReadAll, Role::CallRecordPstnCallsReadAll, Role::FullNumbers, Role::ReportsReadAll];

    /// Those of which one is needed to read rows, and so also what tells of users,
    /// numbers or calls.
    pub const READS: [Role; 2] = [Role::CallRecordsReadAll, Role::CallRecordPstnCallsReadAll];

    /// Those of which one is needed to read sums of rows. All of [`Role::READS`]
    /// are among them.
    pub const READS_SUMS: [Role; 3] =
        [Role::CallRecordsReadAll, Role::CallRecordPstnCallsReadAll, Role::ReportsReadAll];

    /// The value in a token's `roles` claim, for example
    /// `CallRecords.Read.All`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The id of the role, in Graph's service principal if Graph has it.
    /// Consent scripts use it instead of the name.
    pub fn app_role_id(self) -> Uuid {
        self.row().app_role_id
    }

    fn row(self) -> &'static Row {
        &ROLES[self as usize]
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Role {
    type Err = Error;

    /// Reads a role's name in any case, or its app-role id.
    fn from_str(text: &str) -> Result<Role, Error> {
        let id = Uuid::try_parse(text).ok();
        ROLES
            .iter()
            .find(|row| row.name.eq_ignore_ascii_case(text) || Some(row.app_role_id) == id)
            .map(|row| row.role)
            .ok_or_else(|| {
                let known: Vec<&str> = ROLES.iter().map(|row| row.name).collect();
                Error::new(ErrorKind::Invalid, format!("unknown role, use one of {}", known.join(", ")))
            })
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Role, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
