//! Who may have a connection, decided when one comes in.
//!
//! One origin has half of all at most. Where there is no room for a newcomer,
//! an idle connection makes some: the one that has been idle longest, of the
//! origin that has most. So connections that do nothing never shut anybody out.
//! Nor do those on which nobody has signed in: where none is idle, the oldest of
//! them makes room for an origin that has fewer.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::share::Origin;
use crate::stall::UnderWay;

/// How long a connection that has to make room may take to say goodbye.
const FAREWELL: Duration = Duration::from_millis(100);
/// When more have to go at a time, they go at once.
const FAREWELLS: usize = 32;

/// All connections of some listeners.
#[derive(Debug)]
pub(crate) struct Slots {
    most: usize,
    /// None where it does not matter who comes: then the oldest makes room.
    most_of_one: Option<usize>,
    /// Proxies, which have many clients behind them.
    exempt: Vec<IpAddr>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    open: HashMap<u64, Occupancy>,
    /// How many each origin has that has any.
    counts: HashMap<Origin, usize>,
    /// How many have to make room and are not gone yet.
    leaving: usize,
}

#[derive(Debug)]
struct Occupancy {
    /// None of a proxy.
    origin: Option<Origin>,
    requests: UnderWay,
    leave: Arc<Leave>,
}

/// Tells a connection that it has to make room.
#[derive(Debug, Default)]
struct Leave {
    told: Notify,
    /// Whether it has no time for a goodbye.
    is_at_once: AtomicBool,
}

/// The place of one connection, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    slots: Arc<Slots>,
    number: u64,
    requests: UnderWay,
    leave: Arc<Leave>,
}

/// There is no place, and none is idle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoSlot {
    /// The newcomer's own origin has all that one may have.
    Origin,
    /// All have all of them.
    All,
}

impl Slots {
    /// `most` connections, of which one origin has half, unless it is exempt.
    pub(crate) fn shared(most: usize, exempt: Vec<IpAddr>) -> Arc<Slots> {
        let most = most.max(1);
        let exempt = exempt.into_iter().map(|address| address.to_canonical()).collect();
        Arc::new(Slots { most, most_of_one: Some(most.div_ceil(2)), exempt, state: Mutex::default() })
    }

    /// `most` connections for anybody.
    pub(crate) fn unshared(most: usize) -> Arc<Slots> {
        let most = most.max(1);
        Arc::new(Slots { most, most_of_one: None, exempt: Vec::new(), state: Mutex::default() })
    }

    /// A place for a connection from that address.
    ///
    /// # Errors
    /// When there is none: who has them.
    pub(crate) fn admit(self: &Arc<Slots>, address: IpAddr) -> Result<Slot, NoSlot> {
        let is_exempt = self.exempt.contains(&address.to_canonical());
        let most_of_one = self.most_of_one.filter(|_| !is_exempt);
        let origin = most_of_one.map(|_| Origin::of(address));
        let mut state = self.state();
        let own = origin.map_or(0, |origin| state.count(origin));
        if most_of_one.is_some_and(|most| own >= most) {
            let idle = state.longest_idle(|taken| taken.origin == origin).ok_or(NoSlot::Origin)?;
            state.send_away(idle);
        } else if state.open.len() >= self.most {
            // Nobody makes room for an origin that has more.
            if let Some(idle) = state.idle_of_the_largest(own) {
                state.send_away(idle);
            } else {
                let busy = match self.most_of_one {
                    Some(_) => state.stranger_of_the_largest(own + 2),
                    None => state.open.keys().min().copied(),
                };
                state.cut_off(busy.ok_or(NoSlot::All)?);
            }
        }
        let number = state.next;
        state.next += 1;
        let (requests, leave) = (UnderWay::default(), Arc::<Leave>::default());
        state.insert(number, Occupancy { origin, requests: requests.clone(), leave: Arc::clone(&leave) });
        Ok(Slot { slots: Arc::clone(self), number, requests, leave })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn count(&self, origin: Origin) -> usize {
        self.counts.get(&origin).copied().unwrap_or(0)
    }

    fn insert(&mut self, number: u64, taken: Occupancy) {
        if let Some(origin) = taken.origin {
            *self.counts.entry(origin).or_default() += 1;
        }
        self.open.insert(number, taken);
    }

    /// None when it has to leave already.
    fn remove(&mut self, number: u64) -> Option<Occupancy> {
        let taken = self.open.remove(&number)?;
        if let Some(origin) = taken.origin
            && let Some(count) = self.counts.get_mut(&origin)
        {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.counts.remove(&origin);
            }
        }
        Some(taken)
    }

    fn longest_idle(&self, belongs: impl Fn(&Occupancy) -> bool) -> Option<u64> {
        let of_them = self.open.iter().filter(|(_, taken)| belongs(taken));
        let idle = of_them.filter_map(|(number, taken)| Some((taken.requests.idle_since()?, *number)));
        idle.min().map(|(_, number)| number)
    }

    /// The connection that has been idle longest, of the origin that has most
    /// and not fewer than `least`. Proxies count as small.
    fn idle_of_the_largest(&self, least: usize) -> Option<u64> {
        let count = |taken: &Occupancy| taken.origin.map_or(0, |origin| self.count(origin));
        self.open
            .iter()
            .map(|(number, taken)| (count(taken), number, taken))
            .filter(|(count, ..)| *count >= least)
            .filter_map(|(count, number, taken)| {
                Some((count, Reverse((taken.requests.idle_since()?, *number))))
            })
            .max()
            .map(|(_, Reverse((_, number)))| number)
    }

    /// The oldest connection on which nobody has signed in, of the origin that
    /// has most and not fewer than `least`.
    fn stranger_of_the_largest(&self, least: usize) -> Option<u64> {
        self.open
            .iter()
            .filter_map(|(number, taken)| Some((self.count(taken.origin?), Reverse(*number), taken)))
            .filter(|(count, _, taken)| *count >= least && !taken.requests.is_signed_in())
            .map(|(count, number, _)| (count, number))
            .max()
            .map(|(_, Reverse(number))| number)
    }

    fn send_away(&mut self, number: u64) {
        if let Some(taken) = self.remove(number) {
            self.leaving += 1;
            taken.leave.told.notify_one();
        }
    }

    /// The same of one whose client may do nothing for long.
    fn cut_off(&mut self, number: u64) {
        if let Some(taken) = self.open.get(&number) {
            taken.leave.is_at_once.store(true, Ordering::Relaxed);
        }
        self.send_away(number);
    }
}

impl Slot {
    /// The requests of the connection.
    pub(crate) fn requests(&self) -> &UnderWay {
        &self.requests
    }

    /// Completes when the connection has to make room for another, with the
    /// time that it has left. None if it has to go at once.
    pub(crate) async fn has_to_leave(&self) -> Option<Duration> {
        self.leave.told.notified().await;
        let is_at_once = self.leave.is_at_once.load(Ordering::Relaxed);
        (!is_at_once && self.slots.state().leaving <= FAREWELLS).then_some(FAREWELL)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut state = self.slots.state();
        if state.remove(self.number).is_none() {
            state.leaving = state.leaving.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stall::Request;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn admit(slots: &Arc<Slots>, address: &str) -> Slot {
        slots.admit(ip(address)).unwrap()
    }

    fn signed_in(slot: &Slot) -> Request {
        let request = slot.requests().begin();
        slot.requests().sign_in();
        request
    }

    fn is_open(slot: &Slot) -> bool {
        slot.slots.state().open.contains_key(&slot.number)
    }

    #[test]
    fn one_origin_has_half_and_makes_room_for_itself() {
        let slots = Slots::shared(4, Vec::new());
        let (first, second) = (admit(&slots, "2001:db8::1"), admit(&slots, "2001:db8::2"));
        let busy = second.requests().begin();
        let third = admit(&slots, "2001:db8::3");
        assert!(!is_open(&first) && is_open(&second) && is_open(&third));
        let _busy_too = third.requests().begin();
        assert_eq!(slots.admit(ip("2001:db8::4")).err(), Some(NoSlot::Origin));
        drop(busy);
        let _fourth = admit(&slots, "2001:db8::4");
        assert!(!is_open(&second));
        drop(admit(&slots, "10.0.0.1"));
    }

    #[test]
    fn the_longest_idle_of_the_largest_makes_room() {
        let slots = Slots::shared(6, Vec::new());
        let few = [admit(&slots, "10.0.0.1"), admit(&slots, "10.0.0.2"), admit(&slots, "10.0.0.3")];
        let many = [(); 3].map(|()| admit(&slots, "10.0.0.9"));
        let _busy = many[0].requests().begin();
        let _newcomer = admit(&slots, "10.0.0.4");
        assert!(is_open(&many[0]) && !is_open(&many[1]) && is_open(&many[2]));
        assert!(few.iter().all(is_open));
    }

    #[test]
    fn nobody_makes_room_for_who_has_more() {
        let slots = Slots::shared(4, Vec::new());
        let busy = [(); 2].map(|()| admit(&slots, "10.0.0.9"));
        let _requests = busy.each_ref().map(signed_in);
        let third = admit(&slots, "10.0.0.1");
        let fourth = admit(&slots, "10.0.0.2");
        assert_eq!(slots.admit(ip("10.0.0.9")).err(), Some(NoSlot::Origin));
        let fifth = admit(&slots, "10.0.0.3");
        assert!(!is_open(&third) && is_open(&fourth));
        let _more = fourth.requests().begin();
        let _again = fifth.requests().begin();
        assert_eq!(slots.admit(ip("10.0.0.4")).err(), Some(NoSlot::All));
    }

    #[tokio::test]
    async fn strangers_with_many_make_room_for_who_has_fewer() {
        let slots = Slots::shared(6, Vec::new());
        let many = [(); 3].map(|()| admit(&slots, "10.0.0.8"));
        let others = [(); 3].map(|()| admit(&slots, "10.0.0.9"));
        let _tenant = signed_in(&many[0]);
        let _strangers: Vec<Request> =
            many.iter().skip(1).chain(&others).map(|slot| slot.requests().begin()).collect();
        let newcomer = admit(&slots, "10.0.0.1");
        assert!(is_open(&many[0]) && !is_open(&many[1]) && is_open(&many[2]));
        assert_eq!(many[1].has_to_leave().await, None, "it would not go by itself");
        let _request = newcomer.requests().begin();
        let second = admit(&slots, "10.0.0.1");
        let _busy = second.requests().begin();
        assert!(!is_open(&others[0]) && is_open(&others[1]));
        // Nobody else has two more than it.
        assert_eq!(slots.admit(ip("10.0.0.1")).err(), Some(NoSlot::All));
    }

    #[test]
    fn where_it_does_not_matter_who_comes_the_oldest_makes_room() {
        let slots = Slots::unshared(2);
        let first = [(); 2].map(|()| admit(&slots, "10.0.0.1"));
        let _busy = first.each_ref().map(|slot| slot.requests().begin());
        let third = admit(&slots, "10.0.0.1");
        assert!(!is_open(&first[0]) && is_open(&first[1]) && is_open(&third));
    }

    #[test]
    fn proxies_have_no_share() {
        let slots = Slots::shared(4, vec![ip("10.0.0.9")]);
        let proxied = [(); 4].map(|()| admit(&slots, "::ffff:10.0.0.9"));
        assert!(proxied.iter().all(is_open));
        let _stranger = admit(&slots, "10.0.0.1");
        assert!(!is_open(&proxied[0]));
        let unshared = Slots::unshared(2);
        let _both = [(); 2].map(|()| admit(&unshared, "10.0.0.1"));
    }

    #[tokio::test]
    async fn who_has_to_leave_is_told() {
        let slots = Slots::unshared(1);
        let first = admit(&slots, "10.0.0.1");
        let second = admit(&slots, "10.0.0.1");
        assert_eq!(first.has_to_leave().await, Some(FAREWELL));
        assert_eq!(slots.state().leaving, 1);
        drop(first);
        assert_eq!(slots.state().leaving, 0);
        assert_eq!(slots.state().open.len(), 1);
        drop(second);
        let state = slots.state();
        assert!(state.open.is_empty() && state.counts.is_empty(), "nobody is remembered for ever");
    }
}
