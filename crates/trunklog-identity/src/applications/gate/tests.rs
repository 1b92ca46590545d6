use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

impl Gate {
    fn idle(&self) -> usize {
        self.lock().idle.len()
    }
}

/// Uses the memory, as a hash does.
fn touch(permit: &mut Permit<'_>) {
    assert_eq!(permit.memory().blocks(8).unwrap().len(), 8);
}

#[test]
fn no_more_come_in_than_there_are_places_and_all_do_in_the_end() {
    let gate = Gate::new(2);
    let (inside, most, all) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                let permit = gate.enter();
                most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                thread::yield_now();
                inside.fetch_sub(1, Ordering::SeqCst);
                all.fetch_add(1, Ordering::SeqCst);
                drop(permit);
            });
        }
    });
    assert!(most.load(Ordering::SeqCst) <= 2);
    assert_eq!(all.load(Ordering::SeqCst), 50);
    assert_eq!(gate.lock().running, 0);
}

#[test]
fn two_at_once_have_two_memories_and_a_hundred_have_no_more() {
    let gate = Gate::new(2);
    let (mut one, mut other) = (gate.enter(), gate.enter());
    touch(&mut one);
    touch(&mut other);
    assert_ne!(one.memory().blocks(1).unwrap().as_ptr(), other.memory().blocks(1).unwrap().as_ptr());
    drop((one, other));
    assert_eq!(gate.idle(), 2);

    thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| touch(&mut gate.enter()));
        }
    });
    assert_eq!(gate.idle(), 2);
}

#[test]
fn a_memory_is_used_again() {
    let gate = Gate::new(2);
    touch(&mut gate.enter());
    for _ in 0..3 {
        touch(&mut gate.enter());
        assert_eq!(gate.idle(), 1);
    }
    // One that comes in and hashes nothing leaves no memory.
    drop((gate.enter(), gate.enter()));
    assert_eq!(gate.idle(), 1);
}

#[test]
fn memories_go_when_nobody_came_for_a_while() {
    let gate = Gate::new(2);
    touch(&mut gate.enter());
    gate.free_unused();
    assert_eq!(gate.idle(), 1);
    gate.free_unused();
    assert_eq!(gate.idle(), 0);
    touch(&mut gate.enter());
    assert_eq!(gate.idle(), 1);
}
