use super::*;

/// Uses the memory, as a hash does.
fn touch(loan: &mut Loan<'_>) {
    assert_eq!(loan.memory().blocks(8).unwrap().len(), 8);
}

#[test]
fn two_at_once_have_two_memories_and_of_a_hundred_no_more_are_kept() {
    let memories = Memories::new(2);
    let (mut one, mut other) = (memories.lend(), memories.lend());
    touch(&mut one);
    touch(&mut other);
    assert_ne!(one.memory().blocks(1).unwrap().as_ptr(), other.memory().blocks(1).unwrap().as_ptr());
    drop((one, other));
    assert_eq!(memories.idle(), 2);

    let mut loans: Vec<Loan<'_>> = (0..100).map(|_| memories.lend()).collect();
    loans.iter_mut().for_each(touch);
    assert_eq!(memories.idle(), 0);
    drop(loans);
    assert_eq!(memories.idle(), 2);
    thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| touch(&mut memories.lend()));
        }
    });
    assert_eq!(memories.idle(), 2);
}

#[test]
fn a_memory_is_used_again() {
    let memories = Memories::new(2);
    touch(&mut memories.lend());
    for _ in 0..3 {
        touch(&mut memories.lend());
        assert_eq!(memories.idle(), 1);
    }
    // A loan in which nothing is hashed leaves no memory.
    drop((memories.lend(), memories.lend()));
    assert_eq!(memories.idle(), 1);
}

#[test]
fn memories_go_when_none_was_lent_for_a_while() {
    let memories = Memories::new(2);
    touch(&mut memories.lend());
    memories.free_unused();
    assert_eq!(memories.idle(), 1);
    memories.free_unused();
    assert_eq!(memories.idle(), 0);
    touch(&mut memories.lend());
    assert_eq!(memories.idle(), 1);
}
