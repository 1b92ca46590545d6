//! Chance that is the same everywhere.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use uuid::{Builder, Uuid};

/// A stream of random numbers.
///
/// The bits are those of the `ChaCha8` cipher, and what is made of them is
/// written out here: the `rand` crate may change how it draws from a range.
#[derive(Debug)]
pub(super) struct Dice(ChaCha8Rng);

/// Streams of one seed that do not depend on how much is drawn from another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stream {
    Directory,
    Days,
    Times,
    Calls,
    PstnTimes,
    PstnCalls,
    MessageTimes,
    Messages,
    BlockTimes,
    Blocks,
}

impl Dice {
    pub(super) fn new(seed: u64, stream: Stream) -> Dice {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut bits = ChaCha8Rng::from_seed(key);
        bits.set_stream(match stream {
            Stream::Directory => 1,
            Stream::Days => 2,
            Stream::Times => 3,
            Stream::Calls => 4,
            Stream::PstnTimes => 5,
            Stream::PstnCalls => 6,
            Stream::MessageTimes => 7,
            Stream::Messages => 8,
            Stream::BlockTimes => 9,
            Stream::Blocks => 10,
        });
        Dice(bits)
    }

    /// A number from 0 to `end - 1`; 0 when `end` is 0.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        let scaled = u64::from(self.0.next_u32()) * u64::from(end);
        u32::try_from(scaled >> 32).expect("the upper half of 64 bits has 32")
    }

    /// The same with more bits.
    pub(super) fn below_wide(&mut self, end: u64) -> u64 {
        let scaled = u128::from(self.0.next_u64()) * u128::from(end);
        u64::try_from(scaled >> 64).expect("the upper half of 128 bits has 64")
    }

    /// A number from 0 to `end - 1`, small ones more often: half of the draws
    /// fall into the first quarter.
    pub(super) fn skewed_below(&mut self, end: u32) -> u32 {
        let once = self.below(u32::MAX);
        let squared = (u64::from(once) * u64::from(once)) >> 32;
        u32::try_from((squared * u64::from(end)) >> 32).expect("the upper half of 64 bits has 32")
    }

    /// An index into a list of that length.
    pub(super) fn index(&mut self, len: usize) -> usize {
        index(self.below(size(len)))
    }

    /// The same, small ones more often.
    pub(super) fn skewed_index(&mut self, len: usize) -> usize {
        index(self.skewed_below(size(len)))
    }

    /// True in that many of a thousand cases.
    pub(super) fn chance(&mut self, permille: u32) -> bool {
        self.below(1_000) < permille
    }

    /// One of `items`, each as often as its weight says. There is at least one
    /// weight above 0.
    pub(super) fn weighted<'a, T>(&mut self, items: &'a [T], weight: impl Fn(&T) -> u32) -> &'a T {
        let total: u32 = items.iter().map(&weight).sum();
        let mut draw = self.below(total);
        for item in items {
            let weight = weight(item);
            if draw < weight {
                return item;
            }
            draw -= weight;
        }
        items.last().expect("a table of weights is not empty")
    }

    /// A version 4 UUID.
    pub(super) fn uuid(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.0.next_u64().to_le_bytes());
        bytes[8..].copy_from_slice(&self.0.next_u64().to_le_bytes());
        Builder::from_random_bytes(bytes).into_uuid()
    }
}

fn size(len: usize) -> u32 {
    u32::try_from(len).expect("a directory is made from a 32-bit number of accounts")
}

fn index(number: u32) -> usize {
    usize::try_from(number).expect("an index into memory fits its addresses")
}
