//! What is asked next: the walk over one log of one tenant, without I/O.
//!
//! The first load starts with today and goes back, so that the newest calls are
//! there within minutes. Meanwhile, and for ever after, the last days are read
//! again: rows arrive late, and charges change. Rarely, further days are. A server
//! that tells what changes is read as a whole once, and then followed.

mod outcome;
#[cfg(test)]
mod tests;

use std::time::Duration;

use trunklog_odata::Instant;
use trunklog_records::schema::Log;

use crate::place::Place;
use crate::position::{Failing, Open, Position, Purpose, Reread};
use crate::settings::{Settings, kept_days};
use crate::time::after;
use crate::window::{Window, days_before, midnight};

pub use outcome::{Answer, End, Reaction};

/// How often further days are read again, in hours, and how many days.
pub const DEPTHS: [(u64, u32); 2] = [(24, 7), (7 * 24, 30)];

/// How long a walk rests after it gave up, unless the last days are due before.
const REST: Duration = Duration::from_mins(10);

/// What a walk has to know of the settings.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Where the log is.
    pub place: Place,
    /// The log.
    pub log: &'static Log,
    /// How many days back it is read.
    pub days: u32,
    /// From when on a server that tells changes is read.
    pub mirror_days: Option<u32>,
    /// How often the last days are read again.
    pub every: Duration,
    /// How many days that are.
    pub overlap_days: u32,
}

impl Rules {
    /// Those for one log.
    pub fn of(settings: &Settings, log: &'static Log) -> Rules {
        Rules {
            place: settings.place.clone(),
            log,
            days: settings.history_days.unwrap_or_else(|| kept_days(log, settings.country.as_deref())),
            mirror_days: settings.history_days,
            every: settings.every,
            overlap_days: settings.overlap_days,
        }
    }
}

/// The walk over one log.
#[derive(Debug)]
pub struct Walk {
    rules: Rules,
    position: Position,
    /// Failures of the present request in a row.
    failures: u32,
    /// Whether the present request had a new token already.
    has_new_token: bool,
    /// How often the present walk was started again.
    restarts: u32,
    /// Whether the server said that it tells changes, and then would not.
    refuses_mirror: bool,
    /// Not to be asked for anything before.
    rests_until: Option<Instant>,
    /// Whether the open walk was begun by this process, so that all of its rows
    /// were seen.
    is_seen_whole: bool,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Ask for a page.
    Ask(Ask),
    /// Nothing is due before then.
    Idle(Instant),
    /// It gave up, and tries again then.
    Rest(Instant),
}

/// A page to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The address.
    pub url: String,
    /// Whether to ask the server to tell changes afterwards.
    pub tracks_changes: bool,
    /// Whether this is the first page of a walk.
    pub is_first: bool,
}

impl Walk {
    /// Goes on at a position. A link in it that leads elsewhere is forgotten, so that
    /// no token goes there: what it was the link of is read again.
    pub fn new(rules: Rules, mut position: Position) -> Walk {
        let leads_elsewhere = |link: Option<&str>| link.is_some_and(|link| !rules.place.has(link));
        if let Some(open) = position.open.as_mut().filter(|open| leads_elsewhere(open.link.as_deref())) {
            *open = Open { link: None, rows: 0, pages: 0, ..open.clone() };
        }
        let mirror = position.mirror.as_mut();
        if let Some(mirror) = mirror.filter(|mirror| leads_elsewhere(mirror.link.as_deref())) {
            mirror.link = None;
        }
        Walk {
            rules,
            position,
            failures: 0,
            has_new_token: false,
            restarts: 0,
            refuses_mirror: false,
            rests_until: None,
            is_seen_whole: false,
        }
    }

    /// How far it is.
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// The log.
    pub fn log(&self) -> &'static Log {
        self.rules.log
    }

    /// The walk that is under way.
    pub fn open(&self) -> Option<&Open> {
        self.position.open.as_ref()
    }

    /// Whether all rows of the open walk came to this process, so that what is
    /// stored can be compared with them.
    pub fn is_seen_whole(&self) -> bool {
        self.is_seen_whole
    }

    /// How many days of the first load are left; None where that is not known.
    pub fn days_left(&self, now: Instant) -> Option<u32> {
        if self.position.mirror.is_some() {
            return None;
        }
        let from = self.position.covered.map_or(self.end(now), |covered| covered.from);
        let ticks = from.ticks().saturating_sub(self.floor(now).ticks()).max(0);
        u32::try_from(ticks.saturating_add(Instant::TICKS_PER_DAY - 1) / Instant::TICKS_PER_DAY).ok()
    }

    /// What to do now. Opens the next walk when none is under way; asked again, it
    /// says the same until it is told what became of it.
    pub fn next(&mut self, now: Instant) -> Step {
        if let Some(until) = self.rests_until {
            if now < until && until <= after(now, REST.max(self.rules.every)) {
                return Step::Rest(until);
            }
            self.rests_until = None;
        }
        if self.position.open.is_none() {
            match self.choose(now) {
                Ok((window, purpose)) => {
                    let link = match purpose {
                        Purpose::Mirror => {
                            self.position.mirror.as_ref().and_then(|mirror| mirror.link.clone())
                        }
                        Purpose::Backfill | Purpose::Reread => None,
                    };
                    self.position.open = Some(Open { window, purpose, link, rows: 0, pages: 0 });
                    self.is_seen_whole = true;
                    self.restarts = 0;
                }
                Err(idle_until) => return Step::Idle(idle_until),
            }
        }
        match &self.position.open {
            Some(open) => Step::Ask(self.ask(open)),
            None => Step::Idle(after(now, self.rules.every)),
        }
    }

    fn ask(&self, open: &Open) -> Ask {
        let is_first = open.link.is_none();
        let url = match (&open.link, open.purpose) {
            (Some(link), _) => link.clone(),
            (None, Purpose::Backfill | Purpose::Reread) => {
                self.rules.place.first_page(self.rules.log, open.window)
            }
            (None, Purpose::Mirror) => {
                self.rules.place.whole_log(self.rules.log, &open.window.from.to_string())
            }
        };
        // Microsoft's own does not, and would rather not be asked.
        Ask { url, tracks_changes: self.rules.place.is_own(), is_first }
    }

    /// The next walk, or until when there is none.
    fn choose(&mut self, now: Instant) -> Result<(Window, Purpose), Instant> {
        if let Some(mirror) = &self.position.mirror {
            let due = mirror.read_at.map(|at| after(at, self.rules.every));
            return match due.filter(|due| now < *due && *due <= after(now, self.rules.every)) {
                Some(due) => Err(due),
                None => Ok((self.whole(now), Purpose::Mirror)),
            };
        }
        let Some(covered) = self.position.covered else {
            let end = self.end(now);
            self.position.covered = Some(Window { from: end, to: end });
            self.position.read_at = Some(now);
            self.position.deep_at = [Some(now); 2];
            return self.choose(now);
        };
        if self.position.reread.is_none() && self.is_due(now) {
            self.position.reread = self.plan(covered, now);
            if self.position.reread.is_none() {
                self.position.read_at = Some(now);
            }
        }
        let width = self.position.width(self.rules.log);
        if let Some(reread) = &self.position.reread {
            if let Some(window) = Window::before(reread.next_to, width, reread.range.from) {
                return Ok((window, Purpose::Reread));
            }
            self.position.reread = None;
            self.position.read_at = Some(now);
        }
        match Window::before(covered.from, width, self.floor(now)) {
            Some(window) => Ok((window, Purpose::Backfill)),
            None => Err(self.due(now)),
        }
    }

    /// Which days to read again; None where none were read yet.
    fn plan(&self, covered: Window, now: Instant) -> Option<Reread> {
        let depths = DEPTHS.iter().zip(self.position.deep_at).take_while(|((hours, _), at)| {
            at.is_none_or(|at| after(at, Duration::from_hours(*hours)) <= now || at > now)
        });
        let depths = depths.count();
        let deepest = DEPTHS.iter().take(depths).map(|(_, days)| *days).max().unwrap_or(0);
        let days = self.rules.overlap_days.max(deepest).max(1);
        let end = self.end(now).max(covered.to);
        let from = midnight(days_before(covered.to.min(end), days)).max(covered.from).max(self.floor(now));
        let range = Window { from, to: end };
        (from < end).then_some(Reread { began: now, range, next_to: end, depths, gone: 0 })
    }

    fn is_due(&self, now: Instant) -> bool {
        self.due(now) <= now
    }

    /// When the last days are to be read again. Now, if the clock was set back.
    fn due(&self, now: Instant) -> Instant {
        match self.position.read_at {
            Some(at) if at <= now => after(at, self.rules.every),
            _ => now,
        }
    }

    /// Up to when rows are read: now, or up to the last midnight where only whole
    /// days can be told apart.
    fn end(&self, now: Instant) -> Instant {
        if self.rules.log.shows_time() { now } else { midnight(now) }
    }

    /// From when on the server has rows.
    fn floor(&self, now: Instant) -> Instant {
        midnight(days_before(now, self.rules.days))
    }

    /// All that a server may have that tells changes.
    fn whole(&self, now: Instant) -> Window {
        let first = Instant::from_date(2000, 1, 1).unwrap_or(Instant::ABSENT);
        let from = self.rules.mirror_days.map_or(first, |days| midnight(days_before(now, days)));
        Window { from, to: now }
    }

    /// Notes that it gave up, and why.
    pub fn give_up(&mut self, why: String, now: Instant) -> Instant {
        let since = self.position.failing.as_ref().map_or(now, |failing| failing.since);
        self.position.failing = Some(Failing { since, why });
        self.failures = 0;
        self.restarts = 0;
        self.has_new_token = false;
        let until = after(now, REST.min(self.rules.every));
        self.rests_until = Some(until);
        until
    }
}

impl Position {
    /// How many days the next window has. Rows that show no time sum up a day.
    fn width(&self, log: &Log) -> u32 {
        if log.shows_time() { self.width_days } else { 1 }
    }
}
