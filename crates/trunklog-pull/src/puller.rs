//! Carries out what the walks say.

mod exchange;

use std::borrow::Cow;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use trunklog_odata::Instant;
use trunklog_records::schema::Log;
use trunklog_sources::input::Input;
use trunklog_sources::pipeline::{Import, ImportFailure, Period, RejectSink, Silent};
use trunklog_sources::positions::{KeptPosition, PositionError, Positions};
use trunklog_store::Engine;

use crate::advice::advice;
use crate::fault::{Fault, FaultKind};
use crate::http::Http;
use crate::pace::Pace;
use crate::page::Page;
use crate::position::{Position, Purpose};
use crate::settings::Settings;
use crate::time::{Time, after, until};
use crate::token::Token;
use crate::walk::{Answer, Ask, End, Reaction, Rules, Step, Walk};
use crate::witness::Witness;
use exchange::Got;

pub(crate) use exchange::refusal;

/// The longest that anything waits: what is later comes from a clock that was set.
const LONGEST_WAIT: Duration = Duration::from_hours(2);

/// Pulls all logs of one tenant from one place.
pub struct Puller<'a> {
    settings: &'a Settings,
    http: &'a dyn Http,
    time: &'a dyn Time,
    courses: Vec<Course>,
    token: Option<Token>,
    /// Why no token was issued, and until when nobody asks for one again: the logs
    /// share it, and who tries a wrong secret too often is locked out.
    no_token: Option<(Fault, Instant)>,
}

/// One of the logs.
struct Course {
    walk: Walk,
    kept: KeptPosition,
    witness: Witness,
    pace: Pace,
    not_before: Option<Instant>,
    /// How many windows it read, so that all logs get their turn.
    turns: u64,
}

/// Why pulling cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] trunklog_store::Error),
    /// Somebody else pulls the same.
    #[error("another process pulls the same: a server that does so by its schedule, for example")]
    Moved,
}

/// How a round ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// All that is due was done, or failed; more is due then.
    Done(Instant),
    /// It was stopped.
    Stopped,
}

/// Is told how pulling gets on.
pub trait Watch {
    /// A page was stored.
    fn stored(&mut self, log: &'static Log, answer: &Answer, walk: &Walk, now: Instant) {
        let _ = (log, answer, walk, now);
    }

    /// A request failed, and is sent again after a while.
    fn waits(&mut self, log: &'static Log, fault: &Fault, pause: Duration) {
        let _ = (log, fault, pause);
    }

    /// Nothing helps for now; `why` has what to do.
    fn gave_up(&mut self, log: &'static Log, fault: &Fault, why: &str) {
        let _ = (log, fault, why);
    }
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {}

/// The name of a log's position in the store.
pub fn position_name(settings: &Settings, log: &Log) -> String {
    format!("pull/{}/{}", settings.name, log.name)
}

impl<'a> Puller<'a> {
    /// Goes on where it was left.
    ///
    /// # Errors
    /// When the store cannot say where that was.
    pub fn open(
        settings: &'a Settings,
        engine: &Arc<dyn Engine>,
        http: &'a dyn Http,
        time: &'a dyn Time,
    ) -> Result<Puller<'a>, PullError> {
        let positions = Positions::new(Arc::clone(engine), settings.tenant);
        let course = |log: &'static Log| -> Result<Course, PullError> {
            let kept = positions.of(&position_name(settings, log)).map_err(PullError::Store)?;
            let root = settings.place.root();
            let position = kept.text().and_then(|text| Position::read(&text, root));
            let position = position.unwrap_or_else(|| Position::new(root));
            Ok(Course {
                walk: Walk::new(Rules::of(settings, log), position),
                kept,
                witness: Witness::new(engine.tenant(settings.tenant)),
                pace: Pace::new(settings.requests_per_minute),
                not_before: None,
                turns: 0,
            })
        };
        let courses = settings.logs.iter().copied().map(course).collect::<Result<_, PullError>>()?;
        Ok(Puller { settings, http, time, courses, token: None, no_token: None })
    }

    /// The walks, a log each.
    pub fn walks(&self) -> impl Iterator<Item = &Walk> {
        self.courses.iter().map(|course| &course.walk)
    }

    /// Pulls all that is due.
    ///
    /// # Errors
    /// When the store fails, or another process pulls the same. What was stored
    /// stays.
    pub fn round(
        &mut self,
        rejects: &mut dyn RejectSink,
        watch: &mut dyn Watch,
        stop: &AtomicBool,
    ) -> Result<Round, PullError> {
        loop {
            if stop.load(Ordering::Relaxed) {
                return Ok(Round::Stopped);
            }
            let now = self.time.now();
            match self.next_turn(now) {
                Turn::Of(at, ask) => self.take_turn(at, &ask, rejects, watch, stop)?,
                Turn::Wait(then) => self.time.wait(until(now, then), stop),
                Turn::None(due) => return Ok(Round::Done(due)),
            }
        }
    }

    /// Whose turn it is: of those who may ask now, the one that read the fewest
    /// windows, so that the newest rows of all logs come first.
    fn next_turn(&mut self, now: Instant) -> Turn {
        let mut due = after(now, self.settings.every);
        let mut waits = None;
        let mut chosen: Option<(u64, usize, Ask)> = None;
        for (at, course) in self.courses.iter_mut().enumerate() {
            match course.walk.next(now) {
                Step::Idle(then) | Step::Rest(then) => due = due.min(then),
                Step::Ask(ask) => match course.waits_until(now) {
                    Some(then) => waits = Some(waits.map_or(then, |first: Instant| first.min(then))),
                    None if chosen.as_ref().is_none_or(|(turns, ..)| course.turns < *turns) => {
                        chosen = Some((course.turns, at, ask));
                    }
                    None => {}
                },
            }
        }
        match (chosen, waits) {
            (Some((_, at, ask)), _) => Turn::Of(at, ask),
            (None, Some(then)) => Turn::Wait(then),
            (None, None) => Turn::None(due),
        }
    }

    fn take_turn(
        &mut self,
        at: usize,
        ask: &Ask,
        rejects: &mut dyn RejectSink,
        watch: &mut dyn Watch,
        stop: &AtomicBool,
    ) -> Result<(), PullError> {
        let got = self.exchange(ask, stop);
        let now = self.time.now();
        let settings = self.settings;
        let Some(course) = self.courses.get_mut(at) else { return Ok(()) };
        course.pace.note(now);
        let log = course.walk.log();
        let outcome = match got {
            Ok(got) => course.store(settings, ask, &got, rejects, now)?,
            Err(fault) => Err(fault),
        };
        let fault = match outcome {
            Ok(answer) => {
                course.save()?;
                watch.stored(log, &answer, &course.walk, now);
                return Ok(());
            }
            // It is no fault that somebody wants it to end.
            Err(_) if stop.load(Ordering::Relaxed) => return Ok(()),
            Err(fault) => fault,
        };
        match course.walk.failed(&fault, now, chance()) {
            Reaction::Again(then) => {
                course.not_before = Some(then);
                watch.waits(log, &fault, until(now, then));
            }
            Reaction::NewToken => self.token = None,
            Reaction::Otherwise => course.save()?,
            Reaction::GiveUp => {
                let why = format!("{fault}: {}", advice(&fault));
                course.walk.give_up(why.clone(), now);
                course.save()?;
                watch.gave_up(log, &fault, &why);
            }
        }
        Ok(())
    }
}

/// Who does what next.
enum Turn {
    /// That log asks for that.
    Of(usize, Ask),
    /// All who have something to ask wait until then.
    Wait(Instant),
    /// Nobody has anything to ask before then.
    None(Instant),
}

impl Course {
    /// Until when it may not ask; None when it may.
    fn waits_until(&mut self, now: Instant) -> Option<Instant> {
        let is_ahead = |then: &Instant| *then > now && *then <= after(now, LONGEST_WAIT);
        if let Some(then) = self.not_before.filter(is_ahead) {
            return Some(then);
        }
        self.not_before = None;
        let pause = self.pace.wait(now);
        (!pause.is_zero()).then(|| after(now, pause))
    }

    /// Stores the rows of a page and tells the walk. The inner error is one of the
    /// page.
    fn store(
        &mut self,
        settings: &Settings,
        ask: &Ask,
        got: &Got,
        rejects: &mut dyn RejectSink,
        now: Instant,
    ) -> Result<Result<Answer, Fault>, PullError> {
        let Some(page) = Page::read(&got.body) else {
            return Ok(Err(Fault::new(FaultKind::Unreadable)));
        };
        if ask.is_first {
            self.witness.forget_seen();
        }
        let mut answer = Answer {
            rows: page.rows,
            removed: page.removed,
            next_link: page.next_link,
            delta_link: page.delta_link,
            tells_changes: got.tells_changes,
            ..Answer::default()
        };
        if page.rows > 0 {
            let summary = match self.import(settings, page.body, rejects, now) {
                Ok(summary) => summary,
                Err(ImportFailure::Store(error)) => return Err(PullError::Store(error)),
                Err(ImportFailure::Inputs(_)) => return Ok(Err(Fault::new(FaultKind::Unreadable))),
            };
            answer.rejected = summary.rejected_total();
            answer.stored = summary.appended;
            let times = summary.times_by_log.get(self.walk.log().name);
            answer.newest = times.and_then(|times| times.newest_past);
        }
        let late = self.walk.position().tally.late;
        let end = match self.walk.stored(&answer, now) {
            Ok(end) => end,
            Err(fault) => return Ok(Err(fault)),
        };
        answer.late = self.walk.position().tally.late.saturating_sub(late);
        if let End::Of(window, purpose) = end {
            self.turns += 1;
            if purpose == Purpose::Reread && self.walk.is_seen_whole() {
                let gone = self.witness.missing(self.walk.log(), window).map_err(PullError::Store)?;
                self.walk.note_gone(gone.unwrap_or(0));
            }
        }
        Ok(Ok(answer))
    }

    fn import(
        &self,
        settings: &Settings,
        body: Cow<'_, [u8]>,
        rejects: &mut dyn RejectSink,
        now: Instant,
    ) -> Result<trunklog_sources::pipeline::Summary, ImportFailure> {
        let log = self.walk.log();
        let window = self.walk.open().map(|open| open.window).filter(|_| !log.shows_time());
        let period = window.and_then(|window| Period::new(window.from, Some(window.to)));
        rejects.expect(Some(log), period);
        let import = Import { log: Some(log), period, now: Some(now), ..Import::default() };
        let name = format!("{} ({})", settings.name, log.function);
        let input = Input::new(name, Cursor::new(body.into_owned()));
        // A page is stored as a whole, whoever wants to stop.
        let never = AtomicBool::new(false);
        import.run_inputs([input], &self.witness, rejects, &Silent, &never).map_err(|error| error.failure)
    }

    /// Keeps how far it is. All rows before that are durable.
    fn save(&self) -> Result<(), PullError> {
        self.kept.set(Some(&self.walk.position().to_text())).map_err(|error| match error {
            PositionError::Moved => PullError::Moved,
            PositionError::Store(error) => PullError::Store(error),
        })
    }
}

/// Any number.
fn chance() -> u64 {
    RandomState::new().build_hasher().finish()
}
