//! What is known of a log's cubes without asking DuckDB.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant as Moment};

use duckdb::Connection;
use trunklog_records::{Log, TenantId};
use trunklog_store::cube::{CubeSettings, zone_name};

use super::tables::STATE;
use super::texts::Texts;
use crate::error::is_damage;
use crate::sql;
use crate::tables::has_table;

/// What is known of a log's cubes.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) log: &'static Log,
    state: RwLock<BookState>,
    notes: Mutex<Notes>,
    /// Whether something of the cubes could not be read.
    is_damaged: AtomicBool,
}

/// What is kept, as readers see it.
#[derive(Debug, Clone)]
pub(super) struct BookState {
    pub(super) kept: Kept,
    /// Another number after each change.
    generation: u64,
}

/// Which cubes of a log are kept.
#[derive(Debug, Clone)]
pub(super) enum Kept {
    /// None.
    Nothing,
    /// Some that nobody here can book.
    Others,
    /// Those of the settings, but for the days that are not built yet.
    Ours { unbuilt: Arc<BTreeSet<i64>> },
}

/// What is remembered of the tables. Only who holds the writer changes it.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// None until somebody books.
    texts: Option<Texts>,
    /// How many parts came since a day of a cube was last looked at, by the number
    /// of the cube.
    pub(super) parts: BTreeMap<(usize, i64), u64>,
    /// Days of cubes that are to be looked at.
    pub(super) due: BTreeSet<(usize, i64)>,
    /// What is to be done, and was done, beside that.
    pub(super) marks: Marks,
    /// Days whose rows cannot be read.
    pub(super) unreadable: BTreeSet<i64>,
    /// When something was booked last, since the store was opened.
    pub(super) changed: Option<Moment>,
    /// Days that commits left to be built by who tidies.
    pub(super) left: BTreeSet<i64>,
    /// When shapes were made last.
    pub(super) shaped: Option<Moment>,
    /// Whether no cubes can be made, since not all times of rows can be read.
    pub(super) is_given_up: bool,
}

/// What is to be done for the tables.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marks {
    /// They have parts of which nobody knows how many.
    pub(super) has_unknown: bool,
    /// Some texts may be in no cell any more.
    pub(super) has_unused: bool,
    /// Rows were erased, so that what is left of them goes soon.
    pub(super) was_erased: bool,
}

impl Book {
    /// Reads what a store says of a log's cubes.
    pub(crate) fn load(
        connection: &Connection,
        id: TenantId,
        log: &'static Log,
        settings: &CubeSettings,
    ) -> duckdb::Result<Book> {
        let (kept, is_damaged) = match kept(connection, id, log, settings) {
            Ok(kept) => (kept, false),
            Err(error) if is_damage(&error) => (Kept::Others, true),
            Err(error) => return Err(error),
        };
        let is_old = matches!(kept, Kept::Ours { .. });
        let marks = Marks { has_unknown: is_old, has_unused: is_old, was_erased: false };
        // What an older run left is made soon.
        let now = Moment::now();
        let (shaped, changed) = (Some(now), is_old.then_some(now));
        Ok(Book {
            log,
            state: RwLock::new(BookState { kept, generation: 0 }),
            notes: Mutex::new(Notes { marks, changed, shaped, ..Notes::default() }),
            is_damaged: AtomicBool::new(is_damaged),
        })
    }

    pub(super) fn state(&self) -> RwLockReadGuard<'_, BookState> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state to be changed: taken right before the commit that changes it, so
    /// that nobody takes what he reads meanwhile for what the state says.
    pub(super) fn change(&self) -> RwLockWriteGuard<'_, BookState> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that something cannot be read.
    pub(super) fn note_damage(&self) {
        self.is_damaged.store(true, Ordering::Release);
    }

    pub(super) fn is_damaged(&self) -> bool {
        self.is_damaged.load(Ordering::Acquire)
    }

    /// Forgets all that is known of tables that were dropped.
    pub(super) fn start_anew(&self) {
        *self.notes() = Notes { shaped: Some(Moment::now()), ..Notes::default() };
        self.is_damaged.store(false, Ordering::Release);
    }

    /// Whether there is something to do soon: usually many parts of a day, or what
    /// is left of erased rows.
    pub(crate) fn is_due(&self) -> bool {
        if self.is_damaged() {
            return true;
        }
        let unbuilt = self.state().unbuilt().cloned();
        let notes = self.notes();
        let Some(unbuilt) = unbuilt else { return !notes.is_given_up };
        notes.are_shapes_due()
            || unbuilt.iter().any(|day| !notes.unreadable.contains(day) && !notes.left.contains(day))
            || notes.marks.was_erased
            || !notes.due.is_empty()
            || notes.parts.values().any(|parts| *parts >= super::compact::MANY_PARTS)
    }
}

impl BookState {
    /// Another state.
    pub(super) fn set(&mut self, kept: Kept) {
        self.kept = kept;
        self.generation += 1;
    }

    /// Whether the state is still the same.
    pub(super) fn is_of(&self, book: &Book) -> bool {
        book.state().generation == self.generation
    }

    /// The days that are not built; None where no cubes of ours are kept.
    pub(super) fn unbuilt(&self) -> Option<&Arc<BTreeSet<i64>>> {
        match &self.kept {
            Kept::Ours { unbuilt } => Some(unbuilt),
            Kept::Nothing | Kept::Others => None,
        }
    }
}

/// Shapes are made when nothing was booked for so long, or when they were made so
/// long ago.
const QUIET: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_mins(10);

impl Notes {
    /// Whether it is time to make shapes.
    pub(super) fn are_shapes_due(&self) -> bool {
        let Some(changed) = self.changed else { return false };
        let is_newer = self.shaped.is_none_or(|shaped| shaped <= changed);
        is_newer
            && (changed.elapsed() >= QUIET || self.shaped.is_some_and(|shaped| shaped.elapsed() >= LONGEST))
    }

    /// The ids of texts, read when nobody needed them before.
    pub(super) fn texts(
        &mut self,
        writer: &Connection,
        id: TenantId,
        log: &Log,
    ) -> duckdb::Result<&mut Texts> {
        let texts = match self.texts.take() {
            Some(texts) => texts,
            None => Texts::load(writer, id, log)?,
        };
        Ok(self.texts.insert(texts))
    }

    /// The same where they are known.
    pub(super) fn known_texts(&mut self) -> Option<&mut Texts> {
        self.texts.as_mut()
    }
}

/// What a store says of a log's cubes.
fn kept(
    connection: &Connection,
    id: TenantId,
    log: &'static Log,
    settings: &CubeSettings,
) -> duckdb::Result<Kept> {
    if !has_table(connection, id, STATE)? {
        return Ok(Kept::Nothing);
    }
    let sql = format!("SELECT version, zone, unbuilt FROM {} WHERE log = ?", sql::table(id, STATE));
    let mut statement = connection.prepare(&sql)?;
    let found = statement.query_map([log.name], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<i64>>(2)?))
    })?;
    let found = found.collect::<duckdb::Result<Vec<_>>>()?;
    if found.is_empty() {
        return Ok(Kept::Nothing);
    }
    let zone = zone_name(settings.zone_of(id));
    let is_ours = settings.of(log).is_some_and(|set| {
        found.iter().all(|(version, made_in, _)| set.version == version && zone == *made_in)
    });
    if !is_ours {
        return Ok(Kept::Others);
    }
    let unbuilt: BTreeSet<i64> = found.into_iter().filter_map(|(_, _, unbuilt)| unbuilt).collect();
    Ok(Kept::Ours { unbuilt: Arc::new(unbuilt) })
}
