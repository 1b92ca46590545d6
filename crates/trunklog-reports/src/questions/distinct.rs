//! How many different users there were, by bucket and dimension.
//!
//! The sums by user tell it for whole days of the organisation's zone, and rows for what
//! is left of a bucket; a user of both counts once. By trunk or call type no sums of
//! users are kept, so rows tell all.

use std::collections::{HashMap, HashSet};

use trunklog_store::{ErrorKind, MAX_GROUPS, ReportValue, Store, Watermark, too_many_groups};

use super::figures::direction_key;
use super::groups::{all, filled};
use super::scan::scan_asked;
use super::shared::Groups;
use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::cubes::users as places;
use crate::facts::{Fact, Facts};
use crate::plan::{BY_USER, Plan, Times, Window, plainly};
use crate::table::Source;

/// How many different users there were.
#[derive(Default)]
pub(super) struct Users {
    pub(super) now: Groups<i64>,
    pub(super) before: Option<Groups<i64>>,
    pub(super) source: Source,
    /// The commits that it shows.
    pub(super) commits: Vec<Watermark>,
}

/// The notes that say where their numbers come from.
pub(super) const NOTES: [&str; 3] = ["note-usersOfDays", "note-usersOfRows", "note-usersOfBoth"];

/// The most pairs of a group and a user that are kept apart: as much as some hundred
/// megabytes hold.
const MOST: usize = 4_000_000;

/// The buckets that are asked for first; how many are next follows from what they had.
const FIRST: usize = 8;

impl Users {
    /// Counts them.
    ///
    /// # Errors
    /// When there are too many of them, or the store fails.
    pub(super) fn count(
        store: &dyn Store,
        ask: &Ask,
        times: &Times,
        by: &[Dimension],
    ) -> Result<Users, ReportError> {
        let mut users = Users::default();
        users.now = users.of_window(store, ask, &times.now, by)?;
        if let Some(earlier) = &times.earlier {
            users.before = Some(users.of_window(store, ask, &earlier.window, by)?);
        }
        Ok(users)
    }

    /// Says where the numbers come from.
    pub(super) fn note(&self) -> &'static str {
        let [days, rows, both] = NOTES;
        match (self.source.from_cube, self.source.from_rows) {
            (true, false) => days,
            (false, _) => rows,
            (true, true) => both,
        }
    }

    fn of_window(
        &mut self,
        store: &dyn Store,
        ask: &Ask,
        window: &Window,
        by: &[Dimension],
    ) -> Result<Groups<i64>, ReportError> {
        if window.len() == 0 {
            self.commits.push(store.newest()?);
            return Ok(Groups::new());
        }
        // All else that sums of users may be told apart by.
        if by.iter().all(|dimension| *dimension == Dimension::Direction) {
            self.by_sums(store, ask, window, by)
        } else {
            self.by_rows(store, ask, window, by)
        }
    }

    /// Asks for as many buckets at a time as an answer has room for.
    fn by_sums(
        &mut self,
        store: &dyn Store,
        ask: &Ask,
        window: &Window,
        by: &[Dimension],
    ) -> Result<Groups<i64>, ReportError> {
        let mut found = Groups::<i64>::new();
        let (mut from, mut most) = (0, FIRST);
        while from < window.len() {
            let until = from.saturating_add(most).min(window.len());
            let part = window.part(from, until);
            let mut plan = Plan::new(ask);
            plan.add(&all(&[BY_USER], &part, by, &["user"]))?;
            let answer = match plan.try_run(store) {
                Err(error) if error.kind() == ErrorKind::TooMany && until - from > 1 => {
                    most = (until - from) / 2;
                    continue;
                }
                answer => answer.map_err(plainly)?,
            };
            self.source.join(answer.source);
            self.commits.push(answer.commit);
            let groups: Vec<_> = answer.counted.into_iter().flat_map(|counted| counted.groups).collect();
            let of_bucket = groups.len().div_ceil(until - from).max(1);
            most = (MAX_GROUPS / 4 * 3 / of_bucket).max(1);
            for group in groups {
                let is_user = group.keys.first().and_then(filled).is_some();
                if is_user && group.sums.get(places::ROWS).is_some_and(|rows| *rows > 0) {
                    *found.entry((from + group.bucket, group.by)).or_default() += 1;
                }
            }
            from = until;
        }
        Ok(found)
    }

    fn by_rows(
        &mut self,
        store: &dyn Store,
        ask: &Ask,
        window: &Window,
        by: &[Dimension],
    ) -> Result<Groups<i64>, ReportError> {
        const COLUMNS: [&str; 4] =
            ["callType", "trunkFullyQualifiedDomainName", "userId", "userPrincipalName"];
        let commit = store.newest()?;
        let mut names = HashMap::<String, u32>::new();
        let mut seen = Groups::<HashSet<u32>>::new();
        let mut pairs = 0_usize;
        let read = scan_asked(store, ask, (window.range(), &COLUMNS), commit, &mut |rows| {
            for (row, fact) in Facts::of(rows).rows().enumerate() {
                let Some(user) = fact.user else { continue };
                let number = if let Some(number) = names.get(user) {
                    *number
                } else {
                    let number = u32::try_from(names.len()).unwrap_or(u32::MAX);
                    names.insert(user.to_owned(), number);
                    number
                };
                let values = by.iter().map(|dimension| value(&fact, *dimension)).collect();
                let group = seen.entry((window.bucket_of(rows.time(row)), values)).or_default();
                pairs += usize::from(group.insert(number));
            }
            if pairs > MOST { Err(plainly(too_many_groups())) } else { Ok(()) }
        })?;
        self.commits.push(commit);
        self.source.join(Source { from_rows: true, rows_read: read, ..Source::default() });
        let counted = |users: HashSet<u32>| i64::try_from(users.len()).unwrap_or(i64::MAX);
        Ok(seen.into_iter().map(|(key, users)| (key, counted(users))).collect())
    }
}

/// What a row is told apart by, as cubes have it.
fn value(fact: &Fact<'_>, dimension: Dimension) -> ReportValue {
    let text = |text: Option<&str>| text.map_or(ReportValue::Null, |text| ReportValue::Text(text.to_owned()));
    match dimension {
        Dimension::Trunk => text(fact.trunk),
        Dimension::Direction => direction_key(fact.direction),
        Dimension::CallType => text(fact.call_type),
        // No row of direct routing has another.
        _ => ReportValue::Null,
    }
}

#[cfg(test)]
mod tests;
