use std::time::Duration;

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
fn a_full_gate_turns_away() {
    let gate = Gate::new(1, 0);
    let first = gate.enter();
    assert!(first.is_some());
    assert!(gate.enter().is_none());
    drop(first);
    assert!(gate.enter().is_some());
}

#[test]
fn those_who_wait_come_in_one_after_the_other() {
    let gate = Gate::new(1, 2);
    let first = gate.enter();
    thread::scope(|scope| {
        let waiting: Vec<_> = (0..2).map(|_| scope.spawn(|| gate.enter().is_some())).collect();
        while gate.lock().waiting < 2 {
            thread::sleep(Duration::from_millis(1));
        }
        assert!(gate.enter().is_none());
        // An operator is not turned away.
        let operator = scope.spawn(|| drop(gate.wait()));
        while gate.lock().waiting < 3 {
            thread::sleep(Duration::from_millis(1));
        }
        drop(first);
        for thread in waiting {
            assert!(thread.join().unwrap());
        }
        operator.join().unwrap();
    });
    assert_eq!(gate.lock().running, 0);
}

#[test]
fn two_at_once_have_two_memories_and_a_hundred_have_no_more() {
    let gate = Gate::new(2, 100);
    let (mut one, mut other) = (gate.enter().unwrap(), gate.enter().unwrap());
    touch(&mut one);
    touch(&mut other);
    assert_ne!(one.memory().blocks(1).unwrap().as_ptr(), other.memory().blocks(1).unwrap().as_ptr());
    drop((one, other));
    assert_eq!(gate.idle(), 2);

    thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| touch(&mut gate.enter().unwrap()));
        }
    });
    assert_eq!(gate.idle(), 2);
}

#[test]
fn a_memory_is_used_again() {
    let gate = Gate::new(2, 0);
    touch(&mut gate.enter().unwrap());
    for _ in 0..3 {
        touch(&mut gate.enter().unwrap());
        assert_eq!(gate.idle(), 1);
    }
    // Who comes in and hashes nothing leaves no memory.
    drop((gate.enter(), gate.enter()));
    assert_eq!(gate.idle(), 1);
}

#[test]
fn memories_go_when_nobody_came_for_a_while() {
    let gate = Gate::new(2, 0);
    touch(&mut gate.enter().unwrap());
    gate.free_unused();
    assert_eq!(gate.idle(), 1);
    gate.free_unused();
    assert_eq!(gate.idle(), 0);
    touch(&mut gate.enter().unwrap());
    assert_eq!(gate.idle(), 1);
}
