//! What comparing cubes with rows finds, and who goes through all days.

use std::ops::ControlFlow;

use trunklog_records::{Log, TimeRange};

use crate::Store;
use crate::error::Result;

/// Of which days an engine keeps the sums of a log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CubeDays {
    /// The days, in their order, whose sums are kept. A day that never had a row is
    /// left out.
    pub kept: Vec<TimeRange>,
    /// How many days have rows whose sums are not made yet.
    pub waiting: u64,
}

/// What is done about sums that are not those of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mend {
    /// They are made anew.
    All,
    /// Nothing.
    Nothing,
}

/// What comparing the cubes of some days with their rows found.
///
/// ```
/// use trunklog_store::cube::{CubeCheck, CubeDifference};
///
/// let none = CubeCheck { cells: 40, is_compared: true, ..CubeCheck::default() };
/// let differences = vec![CubeDifference { cube: "days", cells: 1 }];
/// let some = CubeCheck { cells: 2, differences, is_mended: true, is_compared: true };
/// assert_eq!((none.different(), some.different()), (0, 1));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CubeCheck {
    /// How many cells were compared: those that are kept or that the rows have. 0
    /// where nothing is kept of these days, or not all of it yet.
    pub cells: u64,
    /// The cubes with other sums than the rows.
    pub differences: Vec<CubeDifference>,
    /// Whether all that was different now has the sums of the rows.
    pub is_mended: bool,
    /// Whether they were compared at all. They are not while sums of theirs, or of a
    /// day beside them into which their calls last, are still to be made.
    pub is_compared: bool,
}

/// A cube with other sums than the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CubeDifference {
    /// The name of the cube, or of what an engine keeps of busy channels.
    pub cube: &'static str,
    /// How many of its cells have other sums.
    pub cells: u64,
}

/// A day that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedDay {
    /// The day.
    pub day: TimeRange,
    /// Which it is of all days, counted from 1.
    pub number: usize,
    /// How many days there are.
    pub of: usize,
    /// What was found.
    pub check: CubeCheck,
}

impl CubeCheck {
    /// How many cells had other sums than the rows.
    pub fn different(&self) -> u64 {
        self.differences.iter().map(|difference| difference.cells).sum()
    }
}

/// Compares the sums of all days that are kept with the rows, one day after the
/// other, and tells of each. Ends early when `each` says so.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
/// use trunklog_store::cube::{Mend, check_days};
/// use trunklog_store::{Result, Store};
///
/// fn differences(store: &dyn Store) -> Result<u64> {
///     let mut different = 0;
///     check_days(store, &DIRECT_ROUTING_CALLS, Mend::Nothing, &mut |day| {
///         different += day.check.different();
///         ControlFlow::Continue(())
///     })?;
///     Ok(different)
/// }
/// ```
pub fn check_days<S: Store + ?Sized>(
    store: &S,
    log: &'static Log,
    mend: Mend,
    each: &mut dyn FnMut(CheckedDay) -> ControlFlow<()>,
) -> Result<()> {
    let days = store.cube_days(log)?.kept;
    let of = days.len();
    for (number, day) in (1..).zip(days) {
        let check = store.check_cubes(log, day, mend)?;
        if each(CheckedDay { day, number, of, check }).is_break() {
            break;
        }
    }
    Ok(())
}

/// Compares one of the days that are kept with the rows and mends it: the one that
/// a random number tells. None where none is kept.
///
/// ```
/// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
/// use trunklog_store::cube::check_one_day;
/// use trunklog_store::{Result, Store};
///
/// fn nightly(store: &dyn Store, random: u64) -> Result<bool> {
///     let checked = check_one_day(store, &DIRECT_ROUTING_CALLS, random)?;
///     Ok(checked.is_none_or(|day| day.check.differences.is_empty()))
/// }
/// ```
pub fn check_one_day<S: Store + ?Sized>(
    store: &S,
    log: &'static Log,
    random: u64,
) -> Result<Option<CheckedDay>> {
    let days = store.cube_days(log)?.kept;
    let of = days.len();
    let at = random.checked_rem(of as u64).and_then(|at| usize::try_from(at).ok());
    let Some((at, day)) = at.and_then(|at| Some((at, *days.get(at)?))) else { return Ok(None) };
    let check = store.check_cubes(log, day, Mend::All)?;
    Ok(Some(CheckedDay { day, number: at + 1, of, check }))
}
