//! What is done for cubes while nobody asks for anything else: one thread makes those
//! that a store has none of, and keeps all of them small. It leaves room for whoever
//! asks, and ends with the engine.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use trunklog_records::{Log, TenantId};

use super::shared::Shared;
use crate::cubes;

/// The pause before the first look: what was only opened for a moment is left alone.
const START: Duration = Duration::from_secs(2);

/// The pause between looks.
const LOOK: Duration = Duration::from_millis(500);

/// The pause after something failed.
const FAILED: Duration = Duration::from_secs(30);

/// The longest that others are let go first.
const LONGEST: Duration = Duration::from_secs(2);

/// The thread. It ends when this is dropped, after the transaction that it is in.
pub(super) struct Background {
    shared: Arc<Shared>,
    stop: Arc<Stop>,
    thread: Option<JoinHandle<()>>,
}

/// Whether the thread is to end.
#[derive(Default)]
struct Stop {
    is_over: Mutex<bool>,
    changed: Condvar,
}

impl Background {
    /// Starts to work on a store.
    pub(super) fn begin(shared: &Arc<Shared>) -> Background {
        let stop = Arc::new(Stop::default());
        let worker = Worker { shared: Arc::clone(shared), stop: Arc::clone(&stop), waiting: VecDeque::new() };
        let thread = thread::Builder::new().name("cubes".to_owned()).spawn(move || worker.run()).ok();
        if thread.is_none() {
            tracing::warn!("no thread to be had, so sums of rows that were stored before are not made");
        }
        Background { shared: Arc::clone(shared), stop, thread }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        *self.stop.is_over() = true;
        self.shared.pace.end();
        self.stop.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // It has nothing to say.
            let _ = thread.join();
        }
    }
}

impl Stop {
    fn is_over(&self) -> MutexGuard<'_, bool> {
        self.is_over.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits, and tells whether it is time to end.
    fn wait(&self, pause: Duration) -> bool {
        let guard = self.is_over();
        let waited = self.changed.wait_timeout_while(guard, pause, |is_over| !*is_over);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

struct Worker {
    shared: Arc<Shared>,
    stop: Arc<Stop>,
    /// Logs for whose cubes there may be something to do.
    waiting: VecDeque<(TenantId, &'static Log)>,
}

impl Worker {
    fn run(mut self) {
        if self.stop.wait(START) {
            return;
        }
        match self.shared.at_leisure("looking for sums to be made", cubes::waiting) {
            Ok(waiting) => self.waiting.extend(waiting),
            Err(error) => tracing::warn!(%error, "it is not known of which logs sums are to be made"),
        }
        loop {
            let pause = self.work();
            if self.stop.wait(pause) {
                return;
            }
        }
    }

    /// Does the next thing, and tells how long to wait then.
    fn work(&mut self) -> Duration {
        if self.waiting.is_empty() {
            let due = self
                .shared
                .at_leisure("looking for sums to be made", |instance| Ok(instance.logs_with_due_cubes()));
            self.waiting.extend(due.unwrap_or_default());
        }
        let Some((tenant, log)) = self.waiting.front().copied() else { return LOOK };
        self.let_others_go_first();
        let began = Instant::now();
        let done = self.shared.write_at_leisure("keeping sums of rows", |instance| {
            cubes::step(instance, tenant, log, &self.shared.pace)
        });
        match done {
            Ok(true) => {
                self.shared.checkpoint_when_due();
                // While somebody asks, half of the time is theirs alone.
                if self.shared.pace.is_busy() { began.elapsed().min(LONGEST) } else { Duration::ZERO }
            }
            Ok(false) => {
                self.waiting.pop_front();
                Duration::ZERO
            }
            Err(_) if self.shared.pace.is_over() => Duration::ZERO,
            Err(error) => {
                let cause = std::error::Error::source(&error);
                tracing::warn!(log = log.name, %error, ?cause, "sums could not be kept and are tried again later");
                self.waiting.pop_front();
                FAILED
            }
        }
    }

    /// Waits until nobody asks the store for anything, for a while.
    fn let_others_go_first(&self) {
        let began = Instant::now();
        while self.shared.pace.is_busy() && began.elapsed() < LONGEST {
            if self.stop.wait(Duration::from_millis(20)) {
                return;
            }
        }
    }
}
