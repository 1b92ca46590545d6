//! Work on two threads.

use std::sync::{Mutex, PoisonError};
use std::thread;

/// Gives each item to `work`, on this thread and on another one. The one that is
/// done takes the next item, so that a long one holds up nothing but the end.
pub(super) fn each_in_parallel<T, E: Send>(
    items: impl Iterator<Item = T> + Send,
    work: impl Fn(T) -> Result<(), E> + Sync,
) -> Result<(), E> {
    let items = Mutex::new(items);
    let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
    let run = || -> Result<(), E> {
        while let Some(item) = next() {
            work(item)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let other = scope.spawn(run);
        let own = run();
        let others = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        own.and(others)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once() {
        let mut counts = [0_u32; 100];
        each_in_parallel(counts.iter_mut(), |count| {
            *count += 1;
            Ok::<(), ()>(())
        })
        .unwrap();
        assert_eq!(counts, [1; 100]);
    }

    #[test]
    fn an_error_on_either_thread_is_told() {
        for bad in 0..10 {
            let result = each_in_parallel(0..10, |item| if item == bad { Err(item) } else { Ok(()) });
            assert_eq!(result, Err(bad));
        }
    }
}
