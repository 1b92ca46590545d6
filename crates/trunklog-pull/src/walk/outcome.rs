//! What became of a request, and so what follows.

use trunklog_odata::Instant;
use trunklog_store::AppendCounts;

use super::Walk;
use crate::fault::{Fault, FaultKind};
use crate::position::{Mirror, Open, Purpose};
use crate::retry::{MOST_ATTEMPTS, pause};
use crate::time::after;
use crate::window::{MOST_DAYS, Window, next_width};

/// The most pages of a walk: 100 million rows. More is a server that goes round in
/// circles.
const MOST_PAGES: u64 = 100_000;

/// How often a walk is started again before it gives up.
const MOST_RESTARTS: u32 = 3;

/// A page whose rows are stored.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// How many rows it had.
    pub rows: u64,
    /// How many it said are gone.
    pub removed: u64,
    /// How many could not be used.
    pub rejected: u64,
    /// What became of the rows.
    pub stored: AppendCounts,
    /// How many of the new rows are of a window that had been read to its end before.
    pub late: u64,
    /// The time of the newest row.
    pub newest: Option<Instant>,
    /// Where the next page is.
    pub next_link: Option<String>,
    /// Where changes are told.
    pub delta_link: Option<String>,
    /// Whether the server said that it will tell changes.
    pub tells_changes: bool,
}

/// Whether a page was the last of its walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// More pages follow.
    NotYet,
    /// It was the last page of that window.
    Of(Window, Purpose),
}

/// What follows a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// The same request again, not before then.
    Again(Instant),
    /// The same request at once, with a new token.
    NewToken,
    /// Another request, which the walk knows, at once.
    Otherwise,
    /// Nothing helps.
    GiveUp,
}

/// Counts on. What a position says may be any number.
fn add(count: &mut u64, more: u64) {
    *count = count.saturating_add(more);
}

impl Walk {
    /// A page was stored.
    ///
    /// # Errors
    /// When its links cannot be followed. The walk is as it was before.
    pub fn stored(&mut self, answer: &Answer, now: Instant) -> Result<End, Fault> {
        let Some(open) = self.position.open.clone() else { return Ok(End::NotYet) };
        for link in [&answer.next_link, &answer.delta_link].into_iter().flatten() {
            if !self.rules.place.has(link) {
                return Err(Fault::new(FaultKind::BadLink));
            }
        }
        let goes_round = answer.next_link.is_some() && answer.next_link == open.link;
        if goes_round || open.pages >= MOST_PAGES {
            return Err(Fault::new(FaultKind::BadLink));
        }
        self.failures = 0;
        self.has_new_token = false;
        self.count(answer, &open);
        let is_first = open.link.is_none();
        let rows = open.rows.saturating_add(answer.rows);
        let open = Open { rows, pages: open.pages + 1, ..open };
        if let Some(next) = &answer.next_link {
            self.position.open = Some(Open { link: Some(next.clone()), ..open });
            if is_first && answer.tells_changes {
                self.tells_changes(&open);
            }
            return Ok(End::NotYet);
        }
        self.position.open = None;
        add(&mut self.position.tally.windows, 1);
        self.position.succeeded_at = Some(now);
        self.position.failing = None;
        if answer.tells_changes || answer.delta_link.is_some() {
            self.tells_changes(&open);
        }
        self.close(&open, answer, now);
        Ok(End::Of(open.window, open.purpose))
    }

    /// Notes how many rows of a window, which was just read to its end, the server
    /// no longer has.
    pub fn note_gone(&mut self, gone: u64) {
        match &mut self.position.reread {
            Some(reread) => add(&mut reread.gone, gone),
            // It was the last window.
            None => add(&mut self.position.gone, gone),
        }
    }

    /// A request failed. `chance` is any number.
    pub fn failed(&mut self, fault: &Fault, now: Instant, chance: u64) -> Reaction {
        let has_link = self.position.open.as_ref().is_some_and(|open| open.link.is_some());
        match fault.kind {
            FaultKind::Unauthorized if !self.has_new_token => {
                self.has_new_token = true;
                Reaction::NewToken
            }
            // A link that was kept for long may lead nowhere by now.
            FaultKind::Gone | FaultKind::BadRequest | FaultKind::NotFound | FaultKind::BadLink
                if has_link && self.restarts < MOST_RESTARTS =>
            {
                self.restart();
                Reaction::Otherwise
            }
            FaultKind::BadRequest if self.narrow() => Reaction::Otherwise,
            _ if fault.passes() => {
                self.failures += 1;
                if self.failures >= MOST_ATTEMPTS {
                    return Reaction::GiveUp;
                }
                Reaction::Again(after(now, pause(self.failures, fault.retry_after, chance)))
            }
            _ => Reaction::GiveUp,
        }
    }

    fn count(&mut self, answer: &Answer, open: &Open) {
        let tally = &mut self.position.tally;
        add(&mut tally.pages, 1);
        add(&mut tally.rows, answer.rows);
        add(&mut tally.new, answer.stored.new);
        add(&mut tally.updated, answer.stored.updated);
        add(&mut tally.rejected, answer.rejected);
        add(&mut tally.removed, answer.removed);
        if open.purpose == Purpose::Reread {
            add(&mut tally.late, answer.stored.new);
        }
    }

    fn tells_changes(&mut self, open: &Open) {
        if open.purpose != Purpose::Mirror && self.position.mirror.is_none() && !self.refuses_mirror {
            self.position.mirror = Some(Mirror::default());
        }
    }

    fn close(&mut self, open: &Open, answer: &Answer, now: Instant) {
        match open.purpose {
            Purpose::Backfill => {
                if let Some(covered) = &mut self.position.covered {
                    covered.from = open.window.from;
                }
                self.widen(open);
            }
            Purpose::Reread => {
                self.widen(open);
                self.reread_closed(open.window);
            }
            Purpose::Mirror => {
                // Without a link it tells no changes any more: back to windows.
                self.position.mirror =
                    answer.delta_link.clone().map(|link| Mirror { link: Some(link), read_at: Some(now) });
            }
        }
    }

    fn reread_closed(&mut self, window: Window) {
        let Some(reread) = &mut self.position.reread else { return };
        reread.next_to = window.from;
        if window.from > reread.range.from {
            return;
        }
        let Some(done) = self.position.reread.take() else { return };
        self.position.read_at = Some(done.began);
        self.position.gone = done.gone;
        for at in self.position.deep_at.iter_mut().take(done.depths) {
            *at = Some(done.began);
        }
        if let Some(covered) = &mut self.position.covered {
            covered.to = covered.to.max(done.range.to);
        }
    }

    /// How wide the next window is. One that was cut short, since the days to read
    /// ended there, may say that windows are too wide, but not that they are too
    /// narrow.
    fn widen(&mut self, open: &Open) {
        let days = open.window.days().min(MOST_DAYS);
        let next = next_width(days, open.rows);
        let width = &mut self.position.width_days;
        if next <= days {
            *width = next.min(*width);
        } else if days >= *width {
            *width = next;
        }
    }

    /// Starts the open walk from its first page.
    fn restart(&mut self) {
        self.restarts += 1;
        self.failures = 0;
        if let Some(open) = &mut self.position.open {
            *open = Open { link: None, rows: 0, pages: 0, ..open.clone() };
            self.is_seen_whole = true;
        }
        if let Some(mirror) = &mut self.position.mirror {
            mirror.link = None;
        }
    }

    /// Takes a shorter window in place of the open one; false where it has one day.
    fn narrow(&mut self) -> bool {
        let Some(open) = &self.position.open else { return false };
        if open.purpose == Purpose::Mirror {
            // It does not take that range, so it is read in windows.
            self.position.mirror = None;
            self.position.open = None;
            self.refuses_mirror = true;
            return true;
        }
        let days = open.window.days();
        if days <= 1 {
            return false;
        }
        self.position.width_days = (days / 2).max(1);
        self.position.open = None;
        true
    }
}
