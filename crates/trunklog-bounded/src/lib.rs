//! What is remembered of clients, and never too much of it.
//!
//! This crate must not know what is remembered, nor what time it is: how long an
//! entry counts is for its owner to say, by the clock that was injected there.

#![cfg_attr(test, allow(clippy::unwrap_used))]

use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;

/// A map with a limited number of entries. When it is full, the entry that
/// nobody asked for the longest goes, unless its owner says what the entries are
/// worth.
///
/// A flood of new keys pushes out what is not in use. It never pushes out what
/// somebody is refused by, as long as each refusal asks for it.
///
/// ```
/// use std::num::NonZeroUsize;
/// use trunklog_bounded::BoundedMap;
///
/// let map = BoundedMap::new(NonZeroUsize::MIN);
/// map.insert("one", 1);
/// map.insert("two", 2);
/// assert_eq!((map.get(&"one"), map.get(&"two")), (None, Some(2)));
/// ```
pub struct BoundedMap<K, V>(Mutex<LruCache<K, V>>);

impl<K: Eq + Hash, V> BoundedMap<K, V> {
    /// A map of at most so many entries.
    pub fn new(most: NonZeroUsize) -> BoundedMap<K, V> {
        // Takes memory only for what comes.
        BoundedMap(Mutex::new(LruCache::sparse(most)))
    }

    /// What is kept of a key, which counts as asked for.
    pub fn get(&self, key: &K) -> Option<V>
    where
        V: Clone,
    {
        self.lock().get(key).cloned()
    }

    /// Keeps a value in place of an earlier one.
    pub fn insert(&self, key: K, value: V) {
        self.lock().put(key, value);
    }

    /// Changes what is kept of a key: `fresh` where there is nothing yet.
    ///
    /// ```
    /// use std::num::NonZeroUsize;
    /// use trunklog_bounded::BoundedMap;
    ///
    /// let map = BoundedMap::new(NonZeroUsize::MIN);
    /// map.update("key", 5, |count| *count += 1);
    /// map.update("key", 5, |count| *count += 1);
    /// assert_eq!(map.get(&"key"), Some(7));
    /// ```
    pub fn update(&self, key: K, fresh: V, change: impl FnOnce(&mut V)) {
        change(self.lock().get_or_insert_mut(key, || fresh));
    }

    /// The same where some entries matter more than others, however long ago
    /// somebody asked for them. A new key in a full map pushes out all entries
    /// that `worth` gives nothing for; if there is none, the entry of the least
    /// worth, of several of these the one that nobody asked for the longest.
    ///
    /// Then, and only then, all entries are looked at.
    ///
    /// ```
    /// use std::num::NonZeroUsize;
    /// use trunklog_bounded::BoundedMap;
    ///
    /// let map = BoundedMap::new(NonZeroUsize::new(2).unwrap());
    /// let count = |key| {
    ///     map.update_by_worth(key, 0, |count| Some(*count), |count| {
    ///         *count += 1;
    ///         *count
    ///     })
    /// };
    /// assert_eq!(["often", "often", "once", "new"].map(count), [1, 2, 1, 1]);
    /// assert_eq!((map.get(&"often"), map.get(&"once"), map.get(&"new")), (Some(2), None, Some(1)));
    /// ```
    pub fn update_by_worth<T, W: Ord>(
        &self,
        key: K,
        fresh: V,
        worth: impl Fn(&V) -> Option<W>,
        change: impl FnOnce(&mut V) -> T,
    ) -> T
    where
        K: Clone,
    {
        let mut entries = self.lock();
        if entries.len() >= entries.cap().get() && !entries.contains(&key) {
            make_room(&mut entries, worth);
        }
        change(entries.get_or_insert_mut(key, || fresh))
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops what is worth nothing; if there is no such entry, one of the least worth.
fn make_room<K: Clone + Eq + Hash, V, W: Ord>(entries: &mut LruCache<K, V>, worth: impl Fn(&V) -> Option<W>) {
    entries.retain(|_, value| worth(value).is_some());
    if entries.len() < entries.cap().get() {
        return;
    }
    // The first of several equal ones is taken, and those asked for last come first.
    let least = entries.iter().rev().min_by_key(|(_, value)| worth(value));
    if let Some(key) = least.map(|(key, _)| key.clone()) {
        entries.pop(&key);
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
        assert!(map.is_empty());
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

    /// Counts a key in a map where what counts most is worth most, and where zero
    /// is worth nothing.
    fn count(map: &BoundedMap<usize, usize>, key: usize) -> usize {
        let worth = |count: &usize| (*count > 0).then_some(*count);
        map.update_by_worth(key, 0, worth, |count| {
            *count += 1;
            *count
        })
    }

    #[test]
    fn a_flood_of_new_keys_leaves_what_is_worth_more() {
        let map = numbers(100);
        assert_eq!([count(&map, usize::MAX), count(&map, usize::MAX)], [1, 2]);
        for number in 0..1_000 {
            assert_eq!(count(&map, number), 1);
            assert!(map.len() <= 100);
        }
        assert_eq!(count(&map, usize::MAX), 3);
        // Of those that are worth the same, the last are still there.
        assert_eq!(count(&map, 999), 2);
        assert_eq!(count(&map, 0), 1);
    }

    #[test]
    fn all_that_is_worth_nothing_goes_when_room_is_needed_and_no_sooner() {
        let map = numbers(4);
        for number in 0..3 {
            map.insert(number, 0);
        }
        assert_eq!(count(&map, 3), 1);
        // A known key needs no room.
        assert_eq!(count(&map, 3), 2);
        assert_eq!(map.len(), 4);
        assert_eq!(count(&map, 4), 1);
        assert_eq!([0, 1, 2, 3, 4].map(|key| map.get(&key)), [None, None, None, Some(2), Some(1)]);
    }
}
