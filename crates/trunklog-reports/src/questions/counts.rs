//! What rows come to, by bucket and dimension, from as few groups as may be.
//!
//! All figures follow from the kinds of rows. But an hour has dozens of kinds, and a
//! quarter of a year has thousands of hours. So there are two ways to ask. Where few
//! buckets are asked for, rows are grouped by their kinds, and one question tells all.
//! Else a question is asked for each [`Slice`] of the rows that figures need. Both
//! count the same.

mod slice;

use trunklog_store::{ErrorKind, Store, Watermark, too_many_groups};

use super::shared::Groups;
use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::cubes::spread;
use crate::plan::{BINS, Counted, Family, Found, Plan, Times, Wanted, Window, choose, plainly};
use crate::table::Source;
use crate::totals::Totals;

pub(super) use slice::Slice;

/// What a report counts.
pub(super) struct Counts<'a> {
    pub(super) ask: &'a Ask,
    pub(super) times: &'a Times,
    pub(super) by: &'a [Dimension],
    /// The families of cubes that have it, the best first.
    pub(super) families: &'a [Family],
    /// The rows that are counted.
    pub(super) slices: &'a [Slice],
    /// Whether quantiles are wanted.
    pub(super) bins: bool,
}

/// What was counted.
pub(super) struct Totalled {
    pub(super) now: Groups<Totals>,
    pub(super) before: Option<Groups<Totals>>,
    pub(super) source: Source,
    pub(super) commit: Watermark,
    /// Whether quantiles are told.
    pub(super) has_bins: bool,
}

/// The most buckets for which rows are grouped by their kinds.
const FEW_BUCKETS: usize = 200;

/// A way to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Way {
    by_kind: bool,
    bins: bool,
}

impl Counts<'_> {
    /// Counts. Where there are too many bins for an answer, quantiles are left out.
    ///
    /// # Errors
    /// When no family has what is wanted, when there are too many groups, or when
    /// the store fails.
    pub(super) fn run(&self, store: &dyn Store) -> Result<Totalled, ReportError> {
        let (family, is_kept) = choose(self.ask, &self.wanted(self.families, &self.times.now))?;
        // Rows are read once rather than once for each slice.
        let is_short = !is_kept || self.times.now.len() <= FEW_BUCKETS;
        let mut ways = Vec::new();
        if is_short && Slice::ByKind.is_in(family) {
            ways.push(Way { by_kind: true, bins: self.bins });
        }
        ways.push(Way { by_kind: false, bins: self.bins });
        if self.bins {
            ways.push(Way { by_kind: false, bins: false });
        }
        let last = ways.len() - 1;
        for (at, way) in ways.into_iter().enumerate() {
            match self.ask_in(way, family, store)? {
                Err(error) if error.kind() == ErrorKind::TooMany && at < last => {}
                found => return found.map_err(plainly),
            }
        }
        Err(plainly(too_many_groups()))
    }

    /// Asks in one way. The outer error is of who asked, the inner one the store's.
    fn ask_in(
        &self,
        way: Way,
        family: Family,
        store: &dyn Store,
    ) -> Result<Result<Totalled, trunklog_store::Error>, ReportError> {
        let family = [family];
        let slices: &[Slice] = if way.by_kind { &[Slice::ByKind] } else { self.slices };
        let mut plan = Plan::new(self.ask);
        let windows = [Some(&self.times.now), self.times.earlier.as_ref().map(|earlier| &earlier.window)];
        for window in windows.into_iter().flatten() {
            for slice in slices {
                let wanted = Wanted {
                    keys: slice.keys(family[0]),
                    only: slice.only(family[0]),
                    measures: slice.measures(family[0]),
                    ..self.wanted(&family, window)
                };
                plan.add(&wanted)?;
            }
            if way.bins {
                plan.add(&Wanted { keys: &["what", "bin"], ..self.wanted(&[BINS], window) })?;
            }
        }
        Ok(plan.try_run(store).map(|found| self.totalled(found, slices, way.bins)))
    }

    fn wanted<'b>(&'b self, families: &'b [Family], window: &'b Window) -> Wanted<'b> {
        Wanted { families, window, by: self.by, keys: &[], only: Vec::new(), measures: None }
    }

    fn totalled(&self, found: Found, slices: &[Slice], has_bins: bool) -> Totalled {
        let mut counted = found.counted.into_iter();
        let mut next = || {
            let mut groups = Groups::new();
            for slice in slices {
                if let Some(counted) = counted.next() {
                    add(*slice, counted, &mut groups);
                }
            }
            if has_bins && let Some(counted) = counted.next() {
                add_bins(counted, &mut groups);
            }
            groups
        };
        let now = next();
        let before = self.times.earlier.as_ref().map(|_| next());
        Totalled { now, before, source: found.source, commit: found.commit, has_bins }
    }
}

/// Adds the rows of a slice.
fn add(slice: Slice, counted: Counted, groups: &mut Groups<Totals>) {
    for group in counted.groups {
        let totals = slice.totals(counted.family, &group);
        groups.entry((group.bucket, group.by)).or_default().add(&totals);
    }
}

fn add_bins(counted: Counted, groups: &mut Groups<Totals>) {
    for group in counted.groups {
        let (what, bin) = (group.int(0), group.int(1).and_then(|bin| u16::try_from(bin).ok()));
        let (Some(what), Some(bin)) = (what, bin) else { continue };
        let n = group.sums.get(spread::N).copied().unwrap_or(0);
        let totals = groups.entry((group.bucket, group.by)).or_default();
        match what {
            spread::TALK => totals.talk_bins.add(bin, n),
            spread::ANSWER => totals.answer_bins.add(bin, n),
            _ => {}
        }
    }
}
