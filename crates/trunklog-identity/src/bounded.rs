//! What is remembered of clients, and never too much of it.

use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;

/// A map with a limited number of entries. When it is full, the entry that
/// nobody asked for the longest goes.
///
/// A flood of new keys pushes out what is not in use. It never pushes out what
/// somebody is refused by, because each refusal asks for it. How long an entry
/// counts is for its owner to say, by the injected clock.
pub(crate) struct BoundedMap<K, V>(Mutex<LruCache<K, V>>);

impl<K: Eq + Hash, V> BoundedMap<K, V> {
    pub(crate) fn new(most: NonZeroUsize) -> BoundedMap<K, V> {
        BoundedMap(Mutex::new(LruCache::new(most)))
    }

    /// What is kept of a key, which counts as asked for.
    pub(crate) fn get(&self, key: &K) -> Option<V>
    where
        V: Clone,
    {
        self.lock().get(key).cloned()
    }

    /// Keeps a value in place of an earlier one.
    pub(crate) fn insert(&self, key: K, value: V) {
        self.lock().put(key, value);
    }

    /// Changes what is kept of a key: `fresh` where there is nothing yet.
    pub(crate) fn update(&self, key: K, fresh: V, change: impl FnOnce(&mut V)) {
        change(self.lock().get_or_insert_mut(key, || fresh));
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(most: usize) -> BoundedMap<usize, usize> {
        BoundedMap::new(NonZeroUsize::new(most).unwrap())
    }

    #[test]
    fn what_nobody_asks_for_goes_first() {
        let map = numbers(3);
        for number in 0..3 {
            map.insert(number, 10 * number);
        }
        assert_eq!(map.get(&0), Some(0));
        map.insert(3, 30);
        assert_eq!([0, 1, 2, 3].map(|key| map.get(&key)), [Some(0), None, Some(20), Some(30)]);
        assert_eq!(map.len(), 3);
    }

    #[test]
    fn a_change_begins_with_what_is_there() {
        let map = numbers(2);
        for _ in 0..3 {
            map.update(1, 5, |count| *count += 1);
        }
        assert_eq!(map.get(&1), Some(8));
    }

    #[test]
    fn a_flood_of_new_keys_leaves_what_is_asked_for() {
        let map = numbers(100);
        map.insert(usize::MAX, 7);
        for number in 0..10_000 {
            map.update(number, 0, |count| *count += 1);
            assert!(map.len() <= 100);
            if number.is_multiple_of(50) {
                assert_eq!(map.get(&usize::MAX), Some(7));
            }
        }
    }
}
