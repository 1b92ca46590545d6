//! Blocking work, bounded and shared out: a few threads at a time and a short
//! line before them. A longer one would only serve clients that gave up
//! waiting.
//!
//! A place that gets free goes to the share that has the fewest, of these to
//! the one that had its last turn longest ago. So who sends many requests waits
//! for his own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prometheus_client::metrics::counter::Counter;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use trunklog_store::Asker;

use crate::line::{Full, InLine, Line, Supply, fill};
use crate::share::Share;

/// So many run and so many wait already that more would wait in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many requests wait already")]
pub(crate) struct Overload;

/// How much runs and waits at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Places {
    all: usize,
    /// The most that one share gets.
    of_one: usize,
    /// How many may wait.
    waiting: usize,
}

impl Places {
    /// For short work: one share may have all places as long as no other wants
    /// any, because it soon gives them back.
    pub(crate) fn for_short_work(all: usize, waiting: usize) -> Places {
        let all = all.max(1);
        Places { all, of_one: all, waiting }
    }

    /// For work that takes long: one place is kept free for others.
    pub(crate) fn for_long_work(all: usize, waiting: usize) -> Places {
        let all = all.max(1);
        Places { all, of_one: (all - 1).max(1), waiting }
    }
}

pub(crate) struct Workers {
    queue: Arc<Queue>,
    refused: Counter,
}

struct Queue {
    places: Places,
    state: Mutex<State>,
}

struct State {
    running: usize,
    standings: HashMap<Share, Standing>,
    line: Line<(), Place>,
    turns: u64,
}

/// What a share that runs or waits had so far.
#[derive(Debug, Clone, Copy, Default)]
struct Standing {
    running: usize,
    /// Which turn its last one was.
    last_turn: u64,
}

/// Somebody who waits for work, and leaves with this.
struct Waiting(Asker);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// A place among those that run. Given back when it is dropped.
struct Place {
    queue: Arc<Queue>,
    share: Share,
}

impl Workers {
    /// `refused` counts those who are not even let in line.
    pub(crate) fn new(places: Places, refused: Counter) -> Workers {
        let state =
            State { running: 0, standings: HashMap::new(), line: Line::new(places.waiting), turns: 0 };
        Workers { queue: Arc::new(Queue { places, state: Mutex::new(state) }), refused }
    }

    /// Runs `work` on a blocking thread. A panic in it goes on in the caller.
    ///
    /// Who stops waiting for it has left for all that it asks of a store, so that
    /// reads end soon.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        share: Share,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Overload> {
        // The place travels with the work: a client that hangs up gives it back when
        // the work notices, and not before.
        let place = self.admit(share).await?;
        let waiting = Waiting(Asker::default());
        let asker = waiting.0.clone();
        let task = spawn_blocking(move || {
            let _place = place;
            asker.during(work)
        });
        match task.await {
            Ok(result) => Ok(result),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // Only when the runtime shuts down.
                Err(_) => Err(Overload),
            },
        }
    }

    /// Runs `work` on a blocking thread, and returns as soon as it has started.
    pub(crate) async fn start(
        &self,
        share: Share,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), Overload> {
        let place = self.admit(share).await?;
        spawn_blocking(move || {
            let _place = place;
            work();
        });
        Ok(())
    }

    /// Waits for a turn. Who stops waiting leaves the line.
    async fn admit(&self, share: Share) -> Result<Place, Overload> {
        let ticket = {
            let mut state = self.queue.state();
            // Who waits while a place is free may not have it.
            if state.may_run(share, self.queue.places) {
                state.take(share);
                return Ok(Place { queue: Arc::clone(&self.queue), share });
            }
            state.line.join(share, ())
        };
        let place = match ticket {
            Ok(ticket) => InLine::new(&self.queue, ticket).turn().await,
            Err(Full) => None,
        };
        place.ok_or_else(|| {
            self.refused.inc();
            Overload
        })
    }
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Supply for Queue {
    type Grant = Place;

    fn next(self: &Arc<Queue>) -> Option<(oneshot::Sender<Place>, Place)> {
        let mut state = self.state();
        let number = state.next(self.places)?;
        let waiter = state.line.leave(number)?;
        state.take(waiter.share);
        Some((waiter.call, Place { queue: Arc::clone(self), share: waiter.share }))
    }

    fn leave(&self, share: Share, number: u64) -> bool {
        let mut state = self.state();
        let was_there = state.line.leave(number).is_some();
        state.forget(share);
        was_there
    }
}

impl State {
    fn standing(&self, share: Share) -> Standing {
        self.standings.get(&share).copied().unwrap_or_default()
    }

    fn may_run(&self, share: Share, places: Places) -> bool {
        self.running < places.all && self.standing(share).running < places.of_one
    }

    /// Whose turn it is, by the number in line.
    fn next(&self, places: Places) -> Option<u64> {
        self.line
            .iter()
            .filter(|waiter| self.may_run(waiter.share, places))
            .min_by_key(|waiter| {
                let Standing { running, last_turn } = self.standing(waiter.share);
                (running, last_turn, waiter.number)
            })
            .map(|waiter| waiter.number)
    }

    fn take(&mut self, share: Share) {
        self.turns += 1;
        self.running += 1;
        let standing = self.standings.entry(share).or_default();
        standing.running += 1;
        standing.last_turn = self.turns;
    }

    fn give_back(&mut self, share: Share) {
        self.running = self.running.saturating_sub(1);
        if let Some(standing) = self.standings.get_mut(&share) {
            standing.running = standing.running.saturating_sub(1);
        }
        self.forget(share);
    }

    /// Forgets a share that neither runs nor waits.
    fn forget(&mut self, share: Share) {
        if self.standing(share).running == 0 && self.line.length(share) == 0 {
            self.standings.remove(&share);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.queue.state().give_back(self.share);
        fill(&self.queue);
    }
}

#[cfg(test)]
mod tests;
