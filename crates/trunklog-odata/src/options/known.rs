//! The names of options, and what they mean.

use std::fmt;

use crate::Error;

/// The query options that OData defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SystemOption {
    Apply,
    Compute,
    Count,
    DeltaToken,
    Expand,
    Filter,
    Format,
    Index,
    Levels,
    OrderBy,
    Search,
    Select,
    Skip,
    SkipToken,
    Top,
}

pub(super) const SYSTEM_OPTIONS: [(&str, SystemOption); 15] = [
    ("apply", SystemOption::Apply),
    ("compute", SystemOption::Compute),
    ("count", SystemOption::Count),
    ("deltatoken", SystemOption::DeltaToken),
    ("expand", SystemOption::Expand),
    ("filter", SystemOption::Filter),
    ("format", SystemOption::Format),
    ("index", SystemOption::Index),
    ("levels", SystemOption::Levels),
    ("orderby", SystemOption::OrderBy),
    ("search", SystemOption::Search),
    ("select", SystemOption::Select),
    ("skip", SystemOption::Skip),
    ("skiptoken", SystemOption::SkipToken),
    ("top", SystemOption::Top),
];

/// An option of our own, without a `$` as such options have to be (OData URL
/// Conventions 4.01, section 5.2).
pub(super) const BOM: &str = "bom";

/// An option that means something here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KnownOption {
    /// One of OData's, with its name without `$`.
    System(&'static str, SystemOption),
    /// Our `bom`.
    Bom,
}

impl KnownOption {
    /// The option of that decoded name, with or without `$`; ours has none.
    pub(super) fn named(name: &str) -> Option<KnownOption> {
        if name.eq_ignore_ascii_case(BOM) {
            return Some(KnownOption::Bom);
        }
        let bare = name.strip_prefix('$').unwrap_or(name);
        SYSTEM_OPTIONS
            .into_iter()
            .find(|(option, _)| option.eq_ignore_ascii_case(bare))
            .map(|(option, which)| KnownOption::System(option, which))
    }

    /// Whether it says how far a client has come. A walk whose next link loses it
    /// starts again, and who loses it from a link to changes gets all rows and
    /// takes them for what changed.
    pub(super) fn is_of_walk(self) -> bool {
        use SystemOption::{DeltaToken, Skip, SkipToken};
        matches!(self, KnownOption::System(_, Skip | SkipToken | DeltaToken))
    }

    /// Whether it is `$format`.
    pub(super) fn is_format(self) -> bool {
        matches!(self, KnownOption::System(_, SystemOption::Format))
    }
}

/// The name as one should write it.
impl fmt::Display for KnownOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KnownOption::System(name, _) => write!(f, "${name}"),
            KnownOption::Bom => f.write_str(BOM),
        }
    }
}

/// The fault of a name that nobody knows.
pub(super) fn unknown(name: &str) -> Error {
    Error::bad_request(format!("The query parameter '{name}' is not supported."))
}
