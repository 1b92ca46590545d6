//! What came, in numbers.

use std::ops::AddAssign;

use super::count;
use crate::context::PageContext;
use crate::table::{Cell, Head};

/// What came. What was received is new, updated, a duplicate or rejected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CountsView {
    /// Files, windows that were pulled, imports.
    pub deliveries: u64,
    /// Records that should have come; None where the source did not say.
    pub expected: Option<u64>,
    /// Records that came.
    pub received: u64,
    /// Rows that were not there before.
    pub new: u64,
    /// Of these, rows of a time that had been complete before.
    pub late: u64,
    /// Rows that were there with other values.
    pub updated: u64,
    /// Rows that were there already.
    pub duplicate: u64,
    /// Records that are no rows.
    pub rejected: u64,
    /// New rows of exports beside one of Graph that may tell of the same call.
    pub ambiguous: u64,
}

impl CountsView {
    /// Records that should have come and did not.
    pub fn missing(&self) -> u64 {
        self.expected.unwrap_or(0).saturating_sub(self.received)
    }

    /// Whether somebody has to look at it.
    pub(super) fn is_to_look_at(&self) -> bool {
        self.rejected > 0 || self.missing() > 0
    }
}

impl AddAssign for CountsView {
    fn add_assign(&mut self, other: CountsView) {
        if self.expected.is_some() || other.expected.is_some() {
            let of = |counts: &CountsView| counts.expected.unwrap_or(counts.received);
            self.expected = Some(of(self).saturating_add(of(&other)));
        }
        let add = |to: &mut u64, more: u64| *to = to.saturating_add(more);
        add(&mut self.deliveries, other.deliveries);
        add(&mut self.received, other.received);
        add(&mut self.new, other.new);
        add(&mut self.late, other.late);
        add(&mut self.updated, other.updated);
        add(&mut self.duplicate, other.duplicate);
        add(&mut self.rejected, other.rejected);
        add(&mut self.ambiguous, other.ambiguous);
    }
}

/// A column of counts: the key of its title, and what stands there.
pub(super) type OfCounts = (&'static str, fn(&CountsView) -> Option<u64>);

/// The columns of counts.
pub(super) const COUNTS: [OfCounts; 7] = [
    ("data-expected", |counts| counts.expected),
    ("data-received", |counts| Some(counts.received)),
    ("data-new", |counts| Some(counts.new)),
    ("data-late", |counts| Some(counts.late)),
    ("data-updated", |counts| Some(counts.updated)),
    ("data-duplicate", |counts| Some(counts.duplicate)),
    ("data-rejected", |counts| Some(counts.rejected)),
];

/// The cells of counts, with what is missing beside what is expected.
pub(super) fn counted(page: &PageContext, counts: &CountsView) -> impl Iterator<Item = Cell> {
    let missing = counts.missing();
    let texts = COUNTS.map(|(_, of)| of(counts).map(|number| count(page, number)));
    let beside =
        if missing > 0 { page.about("data-missing-told", &count(page, missing)) } else { String::new() };
    texts.into_iter().enumerate().map(move |(at, text)| {
        let cell = text.map_or_else(Cell::nothing, Cell::number);
        if at == 0 { cell.beside(beside.clone()) } else { cell }
    })
}

/// The heads of these cells.
pub(super) fn count_heads(page: &PageContext) -> impl Iterator<Item = Head> {
    COUNTS.map(|(key, _)| Head::number(page.t(key))).into_iter()
}
