//! What the names of an object's properties say about it.

use std::sync::LazyLock;

use super::foreign::{FOREIGN, ForeignType};
use super::row_kind::RowKind;
use crate::schema::{LOG_COUNT, LOGS, Log};

/// Properties that mark no log, because objects of any type have them.
pub(super) const GENERIC: [&str; 8] = [
    "id",
    "userId",
    "userPrincipalName",
    "userDisplayName",
    "startDateTime",
    "endDateTime",
    "duration",
    "administrativeUnitInfos",
];

/// What names say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// One log or type knows most of them.
    Kind(RowKind),
    /// These logs know them equally well.
    Tie(Vec<&'static Log>),
    /// No log and no type has them.
    Nothing,
}

/// The properties of a log that tell something, a bit for each.
struct Marks {
    log: &'static Log,
    /// Those that tell rows from objects of other types.
    all: u64,
    /// Of these, those that no other log has.
    own: u64,
    /// Of these, those that no type beside the logs has, either.
    sure: u64,
}

static MARKS: LazyLock<[Marks; LOG_COUNT]> = LazyLock::new(|| LOGS.map(Marks::of));

/// How much of an object a log knows.
struct Fit {
    log: &'static Log,
    /// How many of the names mark the log, and how many it knows.
    score: (u32, u32),
    /// How many mark the log and nothing else.
    sure: u32,
}

/// What the names of an object's properties say about it.
///
/// The log that knows most of them has it, if one knows more than the others,
/// and unless they show a type that is not a log's. A newer Graph may thus add
/// properties to rows. Letter case is ignored, and so are annotations. None
/// when nothing tells.
///
/// ```
/// use trunklog_records::schema::SMS;
/// use trunklog_records::{RowKind, kind_of_properties};
///
/// assert_eq!(kind_of_properties(["id", "smsId", "smsUnits"]), Some(RowKind::Log(&SMS)));
/// assert_eq!(kind_of_properties(["id"]), None);
/// ```
pub fn kind_of_properties<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<RowKind> {
    match judge(names) {
        Verdict::Kind(kind) => Some(kind),
        Verdict::Tie(_) | Verdict::Nothing => None,
    }
}

/// The same, with the logs that are left when it is none of the others.
pub(crate) fn judge<'a>(names: impl IntoIterator<Item = &'a str>) -> Verdict {
    // A bit for each property, so that a name which comes twice counts once.
    let mut known = [0_u64; LOG_COUNT];
    let mut foreign = vec![0_u64; FOREIGN.len()];
    for name in names.into_iter().filter(|name| !name.contains('@')) {
        for (log, known) in LOGS.iter().zip(&mut known) {
            *known |= bit_of(log.json_properties().iter().map(|property| property.name), name);
        }
        for (of, found) in FOREIGN.iter().zip(&mut foreign) {
            *found |= bit_of(of.names(), name);
        }
    }
    let fits: Vec<Fit> = MARKS.iter().zip(known).map(|(marks, known)| marks.fit(known)).collect();
    let best = fits.iter().map(|fit| fit.score).max().unwrap_or_default();
    let sure = fits.iter().map(|fit| fit.sure).max().unwrap_or_default();
    let most = foreign.iter().map(|found| found.count_ones()).max().unwrap_or_default();
    if let Some((of, found)) = FOREIGN.iter().zip(&foreign).find(|(_, found)| found.count_ones() == most)
        && outweighs(of, *found, best.0, sure)
    {
        return Verdict::Kind(RowKind::Other(of.name.to_owned()));
    }
    if best.0 == 0 {
        return Verdict::Nothing;
    }
    let leaders: Vec<&'static Log> = fits.iter().filter(|fit| fit.score == best).map(|fit| fit.log).collect();
    if let [log] = leaders.as_slice() {
        return Verdict::Kind(RowKind::Log(log));
    }
    Verdict::Tie(leaders)
}

/// What the names of a table's columns say about its rows, values or not.
///
/// Only a table that has columns of one log alone tells something: one that was
/// put together of several logs has the columns of all.
pub(crate) fn kind_of_columns(names: &[&str]) -> Option<RowKind> {
    let kind = kind_of_properties(names.iter().copied())?;
    if let RowKind::Log(log) = kind {
        let is_of_another = |name: &str| {
            is_mark(name) && !knows(log, name) && LOGS.into_iter().any(|other| knows(other, name))
        };
        if names.iter().copied().any(is_of_another) {
            return None;
        }
    }
    Some(kind)
}

/// Whether a property tells rows of logs from objects of other types.
pub(crate) fn is_mark(name: &str) -> bool {
    !GENERIC.iter().any(|generic| is_name_of(name, generic))
}

/// The properties of a log that no other log has, a bit for each.
pub(crate) fn own_marks(log: &'static Log) -> u64 {
    MARKS.iter().find(|marks| marks.log == log).map_or(0, |marks| marks.own)
}

/// Whether a name is that of a property: in any letter case, or with
/// underscores between its words as Python has it, `call_type`. One before or
/// after them makes another name: document stores call their own keys `_id`.
pub(crate) fn is_name_of(name: &str, property: &str) -> bool {
    if name.len() <= property.len() {
        return name.eq_ignore_ascii_case(property);
    }
    let letters = name.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase());
    !name.starts_with('_')
        && !name.ends_with('_')
        && letters.eq(property.bytes().map(|byte| byte.to_ascii_lowercase()))
}

pub(super) fn knows(log: &Log, name: &str) -> bool {
    log.json_properties().iter().any(|property| is_name_of(name, property.name))
}

/// Whether the names that were found of a type say more than those of the best
/// log: how many marks, how many of them surely a log's.
///
/// One name that objects of any type may have, as `type` and `body`, says
/// nothing. Scripts add such names to rows, too; but hardly ever do they add
/// what only a log has to something else.
fn outweighs(of: &ForeignType, found: u64, marks: u32, sure: u32) -> bool {
    let count = found.count_ones();
    let distinctive = (found & ((1_u64 << of.properties.len()) - 1)).count_ones();
    let is_told = distinctive > 0 || count > 1;
    let holds = match sure {
        0 => true,
        1 => distinctive > 1,
        _ => false,
    };
    is_told && holds && count > marks
}

/// The bit of the property that has the name, or none.
fn bit_of<'a>(mut properties: impl Iterator<Item = &'a str>, name: &str) -> u64 {
    properties.position(|property| is_name_of(name, property)).map_or(0, |at| 1_u64 << at)
}

impl Marks {
    fn of(log: &'static Log) -> Marks {
        let bits = |passes: &dyn Fn(&str) -> bool| {
            let properties = log.json_properties().iter().enumerate();
            let passing = properties.filter(|(_, property)| passes(property.name));
            passing.fold(0_u64, |bits, (at, _)| bits | (1_u64 << at))
        };
        let is_own =
            |name: &str| is_mark(name) && !LOGS.into_iter().any(|other| other != log && knows(other, name));
        let is_lent = |name: &str| FOREIGN.iter().any(|of| of.shared.contains(&name));
        Marks {
            log,
            all: bits(&is_mark),
            own: bits(&is_own),
            sure: bits(&|name: &str| is_own(name) && !is_lent(name)),
        }
    }

    fn fit(&self, known: u64) -> Fit {
        let count = |of: u64| (known & of).count_ones();
        Fit { log: self.log, score: (count(self.all), count(u64::MAX)), sure: count(self.sure) }
    }
}
