//! How many secrets may be hashed at the same time, and in which memory.

use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::memory::Memory;

/// The most hashes at a time, however many processors there are: each takes
/// 19 MiB. Two give some sixty checks a second, and a right secret is hashed
/// once in ten minutes.
const MOST_AT_ONCE: usize = 2;

/// How many secrets are hashed at a time: one for each processor, up to a few.
/// Checking more at a time only has threads wait for each other.
pub fn checks_at_once() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(MOST_AT_ONCE)
}

/// Lets a few through at a time, each with a memory to hash in. There are never
/// more memories than places.
///
/// All hashing, to check a secret or to make one, goes through here.
pub(super) struct Gate {
    running_max: usize,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    running: usize,
    /// Memories that nobody uses.
    idle: Vec<Memory>,
    /// Whether somebody came in since the last look.
    was_used: bool,
}

impl Gate {
    /// A gate with [`checks_at_once`] places.
    pub(super) fn for_this_machine() -> Gate {
        Gate::new(checks_at_once())
    }

    fn new(running_max: usize) -> Gate {
        Gate { running_max, state: Mutex::default(), freed: Condvar::new() }
    }

    /// Waits for a place.
    pub(super) fn enter(&self) -> Permit<'_> {
        let mut state = self
            .freed
            .wait_while(self.lock(), |state| state.running >= self.running_max)
            .unwrap_or_else(PoisonError::into_inner);
        state.running += 1;
        state.was_used = true;
        let memory = state.idle.pop().unwrap_or_default();
        Permit { gate: self, memory }
    }

    /// Frees the memories if nobody came in since the last call. Called from
    /// time to time, it gives back what a flood needed and keeps what is in use.
    pub(super) fn free_unused(&self) {
        let mut state = self.lock();
        let unused = if mem::take(&mut state.was_used) { Vec::new() } else { mem::take(&mut state.idle) };
        drop(state);
        drop(unused);
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
