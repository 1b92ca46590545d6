//! How many secrets may be hashed at the same time, and in which memory.

use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::memory::Memory;

/// The most hashes at a time, however many processors there are: each takes
/// 19 MiB. Two give some sixty checks a second, and a right secret is hashed
/// once in ten minutes.
const MOST_AT_ONCE: usize = 2;

/// How many may wait for each one that is computing. More are turned away, so
/// that a flood of wrong secrets does not fill the blocking pool the callers
/// share with the store.
const WAITING_PER_RUNNING: usize = 16;

/// Lets a few through at a time, each with a memory to hash in. There are never
/// more memories than places.
///
/// Whoever hashes, be it to check a secret or to make one, goes through here.
pub(super) struct Gate {
    running_max: usize,
    waiting_max: usize,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    running: usize,
    waiting: usize,
    /// Memories that nobody uses.
    idle: Vec<Memory>,
    /// Whether somebody came in since the last look.
    was_used: bool,
}

impl Gate {
    /// One hash at a time for each processor, up to a few.
    pub(super) fn for_this_machine() -> Gate {
        let places = thread::available_parallelism().map_or(1, usize::from).min(MOST_AT_ONCE);
        Gate::new(places, places * WAITING_PER_RUNNING)
    }

    fn new(running_max: usize, waiting_max: usize) -> Gate {
        Gate { running_max, waiting_max, state: Mutex::default(), freed: Condvar::new() }
    }

    /// Waits for a place. `None` if too many wait already.
    pub(super) fn enter(&self) -> Option<Permit<'_>> {
        let state = self.lock();
        if state.running >= self.running_max && state.waiting >= self.waiting_max {
            return None;
        }
        Some(self.admit(state))
    }

    /// Waits for a place, however many wait: for operators, who are few.
    pub(super) fn wait(&self) -> Permit<'_> {
        self.admit(self.lock())
    }

    /// Frees the memories if nobody came in since the last call. Called from
    /// time to time, it gives back what a flood needed and keeps what is in use.
    pub(super) fn free_unused(&self) {
        let mut state = self.lock();
        let unused = if mem::take(&mut state.was_used) { Vec::new() } else { mem::take(&mut state.idle) };
        drop(state);
        drop(unused);
    }

    fn admit<'g>(&'g self, mut state: MutexGuard<'g, State>) -> Permit<'g> {
        if state.running >= self.running_max {
            state.waiting += 1;
            state = self
                .freed
                .wait_while(state, |state| state.running >= self.running_max)
                .unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
        state.running += 1;
        state.was_used = true;
        let memory = state.idle.pop().unwrap_or_default();
        Permit { gate: self, memory }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place at the gate with its memory, both given back when dropped.
pub(super) struct Permit<'g> {
    gate: &'g Gate,
    memory: Memory,
}

impl Permit<'_> {
    /// Where to hash.
    pub(super) fn memory(&mut self) -> &mut Memory {
        &mut self.memory
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut memory = mem::take(&mut self.memory);
        memory.clean();
        let mut state = self.gate.lock();
        state.running -= 1;
        if !memory.is_empty() {
            state.idle.push(memory);
        }
        drop(state);
        self.gate.freed.notify_one();
    }
}

#[cfg(test)]
mod tests;
