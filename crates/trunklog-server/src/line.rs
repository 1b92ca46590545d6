//! Who waits for something that is shared out, in the order of arrival.

use crate::share::Share;

/// A line with room for so many.
///
/// A share may fill all of it while it is alone. When another one comes to a
/// full line, the longest share's last in line makes room: so nobody can shut
/// out others by waiting.
#[derive(Debug)]
pub(crate) struct Line<T> {
    waiting: Vec<Waiter<T>>,
    room: usize,
    next: u64,
}

#[derive(Debug)]
pub(crate) struct Waiter<T> {
    /// Names it. Whoever came later has a higher one.
    pub(crate) number: u64,
    pub(crate) share: Share,
    /// What it waits for, and how it is told. Dropped when it has to leave.
    pub(crate) wants: T,
}

/// There is no room in line for this share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

impl<T> Line<T> {
    pub(crate) fn new(room: usize) -> Line<T> {
        Line { waiting: Vec::new(), room, next: 0 }
    }

    /// Gets in line, and gives the number there.
    pub(crate) fn join(&mut self, share: Share, wants: T) -> Result<u64, Full> {
        if self.waiting.len() >= self.room {
            self.make_room(share)?;
        }
        let number = self.next;
        self.next += 1;
        self.waiting.push(Waiter { number, share, wants });
        Ok(number)
    }

    /// Sends the last one of the longest share away, if that leaves it no worse
    /// off than the newcomer's.
    fn make_room(&mut self, newcomer: Share) -> Result<(), Full> {
        let longest = self.waiting.iter().map(|waiter| (self.length(waiter.share), waiter.share)).max();
        let (length, share) = longest.ok_or(Full)?;
        if length <= self.length(newcomer) + 1 {
            return Err(Full);
        }
        let last = self.waiting.iter().rposition(|waiter| waiter.share == share).ok_or(Full)?;
        self.waiting.remove(last);
        Ok(())
    }

    /// Takes somebody out of the line. None if it is not there any more.
    pub(crate) fn leave(&mut self, number: u64) -> Option<Waiter<T>> {
        let at = self.waiting.iter().position(|waiter| waiter.number == number)?;
        Some(self.waiting.remove(at))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Waiter<T>> {
        self.waiting.iter()
    }

    /// How many wait for a share.
    pub(crate) fn length(&self, share: Share) -> usize {
        self.waiting.iter().filter(|waiter| waiter.share == share).count()
    }
}

#[cfg(test)]
mod tests {
    use trunklog_records::TenantId;
    use uuid::Uuid;

    use super::*;

    fn share(number: u128) -> Share {
        Share::Tenant(TenantId::new(Uuid::from_u128(number)))
    }

    fn wants(line: &Line<&'static str>) -> Vec<&'static str> {
        line.iter().map(|waiter| waiter.wants).collect()
    }

    #[test]
    fn a_full_line_has_room_for_other_shares() {
        let (a, b) = (share(1), share(2));
        let mut line = Line::new(3);
        for wants in ["a1", "a2", "a3"] {
            assert!(line.join(a, wants).is_ok());
        }
        assert_eq!(line.join(a, "a4"), Err(Full));
        assert!(line.join(b, "b1").is_ok());
        assert_eq!(wants(&line), ["a1", "a2", "b1"]);
        // Now none is worse off for it.
        assert_eq!(line.join(b, "b2"), Err(Full));
        assert_eq!(line.join(a, "a5"), Err(Full));
        assert_eq!(wants(&line), ["a1", "a2", "b1"]);
    }

    #[test]
    fn who_leaves_makes_room() {
        let mut line = Line::new(1);
        let number = line.join(share(1), "first").unwrap();
        assert_eq!(line.join(share(2), "second"), Err(Full));
        assert_eq!(line.leave(number).map(|waiter| waiter.wants), Some("first"));
        assert!(line.leave(number).is_none());
        assert!(line.join(share(2), "second").is_ok());
        assert_eq!(Line::new(0).join(share(1), "none"), Err(Full));
    }
}
