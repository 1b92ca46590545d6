//! What was found for the last few keys.

/// Values by key, of which the last few are remembered. For columns with few
/// different values: it looks through what it has, and never holds much.
#[derive(Debug)]
pub(crate) struct Memo<K, V> {
    known: Vec<(K, V)>,
    /// Where the last key was found.
    last: usize,
    /// Which gives way next.
    oldest: usize,
}

/// How many keys are remembered. Looking through more takes longer than hashing.
const MOST: usize = 24;

impl<K, V> Default for Memo<K, V> {
    fn default() -> Memo<K, V> {
        Memo { known: Vec::new(), last: 0, oldest: 0 }
    }
}

impl<K: PartialEq, V: Copy> Memo<K, V> {
    /// The value of a key, made when it is not remembered.
    pub(crate) fn get(&mut self, key: K, make: impl FnOnce() -> V) -> V {
        if let Some((known, value)) = self.known.get(self.last)
            && *known == key
        {
            return *value;
        }
        if let Some(at) = self.known.iter().position(|(known, _)| *known == key) {
            self.last = at;
            return self.known[at].1;
        }
        let value = make();
        if self.known.len() < MOST {
            self.last = self.known.len();
            self.known.push((key, value));
        } else {
            self.last = self.oldest;
            self.known[self.oldest] = (key, value);
            self.oldest = (self.oldest + 1) % MOST;
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_value_however_many_there_are() {
        let mut memo = Memo::default();
        let mut made = 0;
        for round in 0..3 {
            for key in (0..MOST).chain(0..MOST).chain([5, 5, 7]) {
                let value = memo.get(key, || {
                    made += 1;
                    key * 2
                });
                assert_eq!(value, key * 2, "round {round}");
            }
        }
        assert_eq!(made, MOST, "each was made once");
        for key in (0..10 * MOST).rev() {
            assert_eq!(memo.get(key, || key * 2), key * 2);
        }
        assert_eq!(memo.known.len(), MOST);
    }
}
