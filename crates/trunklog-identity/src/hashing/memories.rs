//! The memories in which secrets are hashed.

use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use super::memory::Memory;

/// The most hashes at a time, however many processors there are: each takes
/// 19 MiB. Two give some sixty checks a second, and a right secret is hashed
/// once.
const MOST_AT_ONCE: usize = 2;

/// How many secrets are hashed at a time: one for each processor, up to a few.
/// Checking more at a time only has threads wait for each other.
///
/// This crate makes nobody wait. Who checks secrets for many clients does, since
/// he knows whose turn it is.
///
/// ```
/// assert!((1..=2).contains(&trunklog_identity::checks_at_once()));
/// ```
pub fn checks_at_once() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(MOST_AT_ONCE)
}

/// Memories that are lent to hash in, to check a secret or to make one.
///
/// There are as many as are lent at a time. Of those that come back a few are
/// kept, so that they are used again.
pub(crate) struct Memories {
    kept_max: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Memories that nobody uses.
    idle: Vec<Memory>,
    /// Whether one was lent since the last look.
    was_used: bool,
}

impl Memories {
    /// Keeps as many as [`checks_at_once`] says.
    pub(crate) fn for_this_machine() -> Memories {
        Memories::new(checks_at_once())
    }

    fn new(kept_max: usize) -> Memories {
        Memories { kept_max, state: Mutex::default() }
    }

    /// Lends one.
    pub(crate) fn lend(&self) -> Loan<'_> {
        let mut state = self.lock();
        state.was_used = true;
        let memory = state.idle.pop().unwrap_or_default();
        Loan { memories: self, memory }
    }

    /// Frees the memories if none was lent since the last call. Called from time
    /// to time, it gives back what a flood needed and keeps what is in use.
    pub(crate) fn free_unused(&self) {
        let mut state = self.lock();
        let unused = if mem::take(&mut state.was_used) { Vec::new() } else { mem::take(&mut state.idle) };
        drop(state);
        drop(unused);
    }

    /// How many are kept that nobody uses.
    #[cfg(test)]
    pub(crate) fn idle(&self) -> usize {
        self.lock().idle.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A memory that is given back when this is dropped.
pub(crate) struct Loan<'m> {
    memories: &'m Memories,
    memory: Memory,
}

impl Loan<'_> {
    /// Where to hash.
    pub(crate) fn memory(&mut self) -> &mut Memory {
        &mut self.memory
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut memory = mem::take(&mut self.memory);
        // Also one that is not kept: it is freed as it is left.
        memory.clean();
        let mut state = self.memories.lock();
        if !memory.is_empty() && state.idle.len() < self.memories.kept_max {
            state.idle.push(memory);
        }
    }
}

#[cfg(test)]
mod tests;
