//! How fast a client takes an answer, and when that is too slow.
//!
//! The clock runs only while there is something to take. So a server that finds
//! nothing for long is not the client's fault.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::time::{Instant, sleep};

/// How soon it is looked again, at most, whether a client is too slow that has
/// nothing to take.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The least that a client has to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rule {
    /// None has to, when it is zero.
    pub(crate) bytes_per_sec: u64,
    /// Over how long that is averaged.
    pub(crate) over: Duration,
}

/// The pace of one answer, or of one connection on which answers follow each
/// other. Clones are the same pace.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    account: Mutex<Account>,
    /// Who waits until all is taken.
    waker: AtomicWaker,
}

impl Pace {
    /// That many bytes can be taken now.
    pub(super) fn give(&self, bytes: usize) {
        self.account().give(bytes, Instant::now());
    }

    /// That many of them were.
    pub(super) fn take(&self, bytes: usize) {
        self.less(|account, now| account.take(bytes, now));
    }

    /// That many of them never will be.
    pub(super) fn withdraw(&self, bytes: usize) {
        self.less(|account, now| account.withdraw(bytes, now));
    }

    /// Completes when all that was given is gone.
    pub(super) fn poll_taken(&self, cx: &Context<'_>) -> Poll<()> {
        self.0.waker.register(cx.waker());
        if self.is_taken() { Poll::Ready(()) } else { Poll::Pending }
    }

    pub(super) fn is_taken(&self) -> bool {
        self.account().waiting == 0
    }

    /// Completes when the client is slower than the rule permits.
    pub(super) async fn broken(&self, rule: Rule) {
        loop {
            let verdict = self.account().judge(rule, Instant::now());
            match verdict {
                Verdict::TooSlow => return,
                Verdict::Fair { for_now } => sleep(for_now).await,
            }
        }
    }

    fn less(&self, change: impl FnOnce(&mut Account, Instant)) {
        let mut account = self.account();
        change(&mut account, Instant::now());
        let all_gone = account.waiting == 0;
        drop(account);
        if all_gone {
            self.0.waker.wake();
        }
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.0.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
struct Account {
    /// Bytes that can be taken.
    waiting: usize,
    /// Since when there are any, if there are.
    since: Option<Instant>,
    /// How long there were some before, since the last verdict.
    waited: Duration,
    /// Bytes that were taken since then.
    taken: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    TooSlow,
    /// It cannot be too slow before that time is over.
    Fair {
        for_now: Duration,
    },
}

impl Account {
    fn give(&mut self, bytes: usize, now: Instant) {
        if bytes > 0 && self.waiting == 0 {
            self.since = Some(now);
        }
        self.waiting += bytes;
    }

    fn take(&mut self, bytes: usize, now: Instant) {
        self.taken = self.taken.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        self.withdraw(bytes, now);
    }

    fn withdraw(&mut self, bytes: usize, now: Instant) {
        self.waiting = self.waiting.saturating_sub(bytes);
        if self.waiting == 0
            && let Some(since) = self.since.take()
        {
            self.waited += now.duration_since(since);
        }
    }

    /// Looks back once there was something to take for as long as the rule says,
    /// and then starts again.
    fn judge(&mut self, rule: Rule, now: Instant) -> Verdict {
        let waits = self.since.map_or(Duration::ZERO, |since| now.duration_since(since));
        let waited = self.waited + waits;
        if let Some(left) = rule.over.checked_sub(waited).filter(|left| !left.is_zero()) {
            // While nothing waits, that time does not pass.
            let for_now = if self.since.is_none() { left.max(LOOK_AGAIN) } else { left };
            return Verdict::Fair { for_now };
        }
        let least = rule.bytes_per_sec.saturating_mul(waited.as_secs());
        if self.taken < least {
            return Verdict::TooSlow;
        }
        self.taken = 0;
        self.waited = Duration::ZERO;
        self.since = self.since.map(|_| now);
        Verdict::Fair { for_now: rule.over }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { bytes_per_sec: 10, over: Duration::from_mins(1) };

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    fn fair(secs: u64) -> Verdict {
        Verdict::Fair { for_now: Duration::from_secs(secs) }
    }

    #[test]
    fn who_takes_too_little_is_too_slow() {
        let begun = Instant::now();
        for (taken, verdict) in [(0, Verdict::TooSlow), (599, Verdict::TooSlow), (600, fair(60))] {
            let mut account = Account::default();
            account.give(1_000, begun);
            account.take(taken, begun + secs(1));
            assert_eq!(account.judge(RULE, begun + secs(59)), fair(1));
            assert_eq!(account.judge(RULE, begun + secs(60)), verdict, "{taken} bytes");
        }
    }

    #[test]
    fn what_was_taken_long_ago_does_not_count() {
        let begun = Instant::now();
        let mut account = Account::default();
        account.give(1_000_000, begun);
        account.take(900_000, begun + secs(1));
        assert_eq!(account.judge(RULE, begun + secs(60)), fair(60));
        assert_eq!(account.judge(RULE, begun + secs(119)), fair(1));
        assert_eq!(account.judge(RULE, begun + secs(120)), Verdict::TooSlow);
    }

    #[test]
    fn a_slow_server_is_not_the_clients_fault() {
        let begun = Instant::now();
        let mut account = Account::default();
        for at in [0, 1_000, 2_000] {
            account.give(10, begun + secs(at));
            account.take(10, begun + secs(at + 1));
        }
        assert_eq!(account.judge(RULE, begun + secs(9_000)), fair(57));
        account.give(10, begun + secs(9_000));
        assert_eq!(account.judge(RULE, begun + secs(9_057)), Verdict::TooSlow);
        account.withdraw(10, begun + secs(9_057));
        assert_eq!(account.waiting, 0);
    }

    #[test]
    fn who_has_nothing_to_take_is_not_looked_at_all_the_time() {
        let begun = Instant::now();
        let nearly = Duration::from_micros(59_999_999);
        let mut account = Account::default();
        account.give(10, begun);
        assert_eq!(account.judge(RULE, begun + nearly), Verdict::Fair { for_now: Duration::from_micros(1) });
        account.take(10, begun + nearly);
        assert_eq!(account.judge(RULE, begun + nearly), fair(1));
        assert_eq!(account.judge(RULE, begun + secs(9_000)), fair(1));
        account.give(10, begun + secs(9_000));
        assert_eq!(account.judge(RULE, begun + secs(9_001)), Verdict::TooSlow);
    }

    #[test]
    fn no_rule_is_never_broken() {
        let rule = Rule { bytes_per_sec: 0, ..RULE };
        let begun = Instant::now();
        let mut account = Account::default();
        account.give(10, begun);
        assert_eq!(account.judge(rule, begun + secs(9_000)), fair(60));
    }

    #[tokio::test(start_paused = true)]
    async fn a_broken_rule_is_seen_in_time() {
        let pace = Pace::default();
        let begun = Instant::now();
        pace.give(10);
        pace.broken(RULE).await;
        assert_eq!(begun.elapsed().as_secs(), 60);
    }
}
