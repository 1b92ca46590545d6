//! Who waits for something that is shared out, in the order of arrival.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::share::Share;

/// A line with limited room for those who want `W` and get `G`.
///
/// A share may fill all of it while it is alone. When another one comes to a
/// full line, the longest share's last in line makes room: so nobody can shut
/// out others by waiting. Nor can many who have not signed in: for a tenant one
/// of them makes room as long as they have more than a quarter of the line.
#[derive(Debug)]
pub(crate) struct Line<W, G> {
    waiting: Vec<Waiter<W, G>>,
    /// How many wait for each share that anybody waits for.
    lengths: HashMap<Share, usize>,
    room: usize,
    next: u64,
}

#[derive(Debug)]
pub(crate) struct Waiter<W, G> {
    /// Tells it from others. One that came later has a higher number.
    pub(crate) number: u64,
    pub(crate) share: Share,
    /// What it waits for.
    pub(crate) wants: W,
    /// How it gets that. Dropped when it has to leave.
    pub(crate) call: oneshot::Sender<G>,
}

/// A place in line.
#[derive(Debug)]
pub(crate) struct Ticket<G> {
    number: u64,
    share: Share,
    /// Where it is called.
    turn: oneshot::Receiver<G>,
}

/// There is no room in line for this share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

/// Something that is shared out, with the line of those who wait for it.
pub(crate) trait Supply {
    /// What one of them gets. It is given back when it is dropped.
    type Grant;

    /// Takes the one whose turn it is out of the line, and what it gets. None
    /// while there is nothing for anybody.
    fn next(self: &Arc<Self>) -> Option<(oneshot::Sender<Self::Grant>, Self::Grant)>;

    /// Takes somebody out of the line who has got it, was sent away or gives up.
    /// Tells whether it still was there.
    fn leave(&self, share: Share, number: u64) -> bool;
}

/// Gives what there is to those in line.
pub(crate) fn fill<S: Supply>(shared: &Arc<S>) {
    while let Some((call, given)) = shared.next() {
        // Nobody may take it any more; then it comes back by itself.
        let _ = call.send(given);
    }
}

/// Somebody in line, who leaves it when this is dropped.
pub(crate) struct InLine<'a, S: Supply> {
    shared: &'a Arc<S>,
    ticket: Ticket<S::Grant>,
}

impl<'a, S: Supply> InLine<'a, S> {
    pub(crate) fn new(shared: &'a Arc<S>, ticket: Ticket<S::Grant>) -> InLine<'a, S> {
        InLine { shared, ticket }
    }

    /// Waits for its turn. None when it had to leave.
    pub(crate) async fn turn(mut self) -> Option<S::Grant> {
        (&mut self.ticket.turn).await.ok()
    }
}

impl<S: Supply> Drop for InLine<'_, S> {
    fn drop(&mut self) {
        if self.shared.leave(self.ticket.share, self.ticket.number) {
            // Who came after it may be served now.
            fill(self.shared);
        }
    }
}

impl<W, G> Line<W, G> {
    pub(crate) fn new(room: usize) -> Line<W, G> {
        Line { waiting: Vec::new(), lengths: HashMap::new(), room, next: 0 }
    }

    /// Gets in line.
    pub(crate) fn join(&mut self, share: Share, wants: W) -> Result<Ticket<G>, Full> {
        if self.waiting.len() >= self.room {
            self.make_room(share)?;
        }
        let number = self.next;
        self.next += 1;
        let (call, turn) = oneshot::channel();
        self.waiting.push(Waiter { number, share, wants, call });
        *self.lengths.entry(share).or_default() += 1;
        Ok(Ticket { number, share, turn })
    }

    /// Sends somebody away: the last one of the longest share, if that leaves it
    /// no worse off than the newcomer's.
    fn make_room(&mut self, newcomer: Share) -> Result<(), Full> {
        let longest = self.lengths.iter().map(|(share, length)| (*length, *share)).max();
        let (length, share) = longest.ok_or(Full)?;
        let share = if length > self.length(newcomer) + 1 {
            share
        } else {
            self.stranger_before(newcomer).ok_or(Full)?
        };
        let last = self.waiting.iter().rposition(|waiter| waiter.share == share).ok_or(Full)?;
        self.remove(last);
        Ok(())
    }

    /// Has one of the newcomer's own share make room: the last one of whatever
    /// `part` of it has most in line, if that leaves it no worse off than the
    /// newcomer's part. Tells whether one had to.
    pub(crate) fn make_room_within<P: Copy + Ord>(
        &mut self,
        share: Share,
        newcomer: P,
        part: impl Fn(&W) -> P,
    ) -> bool {
        let mut lengths = BTreeMap::new();
        for waiter in self.waiting.iter().filter(|waiter| waiter.share == share) {
            *lengths.entry(part(&waiter.wants)).or_insert(0_usize) += 1;
        }
        let own = lengths.get(&newcomer).copied().unwrap_or(0);
        let Some((length, largest)) = lengths.into_iter().map(|(part, length)| (length, part)).max() else {
            return false;
        };
        let of_largest = |waiter: &Waiter<W, G>| waiter.share == share && part(&waiter.wants) == largest;
        match self.waiting.iter().rposition(of_largest) {
            Some(last) if length > own + 1 => {
                self.remove(last);
                true
            }
            Some(_) | None => false,
        }
    }

    /// Who of those that have not signed in makes room for the newcomer.
    fn stranger_before(&self, newcomer: Share) -> Option<Share> {
        let strangers = || self.lengths.iter().filter(|(share, _)| share.is_stranger());
        let together: usize = strangers().map(|(_, length)| length).sum();
        if newcomer.is_stranger() || together <= self.room / 4 {
            return None;
        }
        strangers().map(|(share, length)| (*length, *share)).max().map(|(_, share)| share)
    }

    /// Takes somebody out of the line. None if it is not there any more.
    pub(crate) fn leave(&mut self, number: u64) -> Option<Waiter<W, G>> {
        let at = self.waiting.iter().position(|waiter| waiter.number == number)?;
        Some(self.remove(at))
    }

    fn remove(&mut self, at: usize) -> Waiter<W, G> {
        let waiter = self.waiting.remove(at);
        if let Some(length) = self.lengths.get_mut(&waiter.share) {
            *length = length.saturating_sub(1);
            if *length == 0 {
                self.lengths.remove(&waiter.share);
            }
        }
        waiter
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Waiter<W, G>> {
        self.waiting.iter()
    }

    /// How many wait for a share.
    pub(crate) fn length(&self, share: Share) -> usize {
        self.lengths.get(&share).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use trunklog_records::TenantId;
    use uuid::Uuid;

    use super::*;
    use crate::share::Origin;

    fn share(number: u128) -> Share {
        Share::Tenant(TenantId::new(Uuid::from_u128(number)))
    }

    fn stranger(number: u8) -> Share {
        Share::Origin(Origin::of([10, 0, 0, number].into()))
    }

    fn line(room: usize) -> Line<&'static str, ()> {
        Line::new(room)
    }

    fn wants(line: &Line<&'static str, ()>) -> Vec<&'static str> {
        line.iter().map(|waiter| waiter.wants).collect()
    }

    fn is_full(line: &mut Line<&'static str, ()>, share: Share) -> bool {
        line.join(share, "one too many").err() == Some(Full)
    }

    #[test]
    fn a_full_line_has_room_for_other_shares() {
        let (a, b) = (share(1), share(2));
        let mut line = line(3);
        for wants in ["a1", "a2", "a3"] {
            assert!(line.join(a, wants).is_ok());
        }
        assert!(is_full(&mut line, a));
        assert!(line.join(b, "b1").is_ok());
        assert_eq!(wants(&line), ["a1", "a2", "b1"]);
        // Now none is worse off for it.
        assert!(is_full(&mut line, b));
        assert!(is_full(&mut line, a));
        assert_eq!(wants(&line), ["a1", "a2", "b1"]);
        assert_eq!((line.length(a), line.length(b), line.length(share(3))), (2, 1, 0));
    }

    #[test]
    fn who_leaves_makes_room() {
        let mut line = line(1);
        let Ticket { number, .. } = line.join(share(1), "first").unwrap();
        assert!(is_full(&mut line, share(2)));
        assert_eq!(line.leave(number).map(|waiter| waiter.wants), Some("first"));
        assert!(line.leave(number).is_none());
        assert!(line.lengths.is_empty(), "nobody is remembered for ever");
        assert!(line.join(share(2), "second").is_ok());
        assert!(is_full(&mut Line::new(0), share(1)));
    }

    #[test]
    fn one_part_of_a_share_does_not_fill_the_line() {
        let mut line = line(3);
        for wants in ["x1", "x2", "x3"] {
            assert!(line.join(share(1), wants).is_ok());
        }
        let part = |wants: &&'static str| wants.as_bytes()[0];
        assert!(is_full(&mut line, share(1)));
        assert!(!line.make_room_within(share(1), b'x', part));
        assert!(!line.make_room_within(share(2), b'y', part), "others are not its business");
        assert!(line.make_room_within(share(1), b'y', part));
        assert!(line.join(share(1), "y1").is_ok());
        assert_eq!(wants(&line), ["x1", "x2", "y1"]);
        assert!(!line.make_room_within(share(1), b'y', part), "now none is worse off for it");
    }

    #[test]
    fn many_strangers_do_not_shut_a_tenant_out() {
        let mut line = line(4);
        for (number, wants) in [(1, "s1"), (2, "s2"), (3, "s3"), (4, "s4")] {
            assert!(line.join(stranger(number), wants).is_ok());
        }
        assert!(is_full(&mut line, stranger(5)));
        for (number, wants) in [(1, "a"), (2, "b"), (3, "c")] {
            assert!(line.join(share(number), wants).is_ok());
        }
        assert_eq!(wants(&line), ["s1", "a", "b", "c"]);
        // What is left of the line is theirs.
        assert!(is_full(&mut line, share(4)));
    }
}
