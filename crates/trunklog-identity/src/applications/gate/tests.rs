use std::time::Duration;

use super::*;

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
        drop(first);
        for thread in waiting {
            assert!(thread.join().unwrap());
        }
    });
    assert_eq!(gate.lock().running, 0);
}
