//! Which requests of a connection are under way.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Counts the requests of one connection, from their heads until their answers
/// were handed over whole.
#[derive(Debug, Clone)]
pub(crate) struct UnderWay(Arc<Mutex<Count>>);

#[derive(Debug)]
struct Count {
    requests: usize,
    /// Whether one of them is of somebody who has signed in.
    is_signed_in: bool,
    /// Since when there is none, if there is none.
    idle_since: Instant,
}

/// A request, which is under way until this is dropped.
#[derive(Debug)]
pub(crate) struct Request(UnderWay);

impl Default for UnderWay {
    /// None, from now on.
    fn default() -> UnderWay {
        UnderWay(Arc::new(Mutex::new(Count { requests: 0, is_signed_in: false, idle_since: Instant::now() })))
    }
}

impl UnderWay {
    /// Counts one more request.
    pub(crate) fn begin(&self) -> Request {
        self.count().requests += 1;
        Request(self.clone())
    }

    /// Notes that one of them is of somebody who has signed in.
    pub(crate) fn sign_in(&self) {
        let mut count = self.count();
        count.is_signed_in = count.requests > 0;
    }

    /// Whether there was one of somebody who has signed in, since there was none
    /// at all.
    pub(crate) fn is_signed_in(&self) -> bool {
        self.count().is_signed_in
    }

    /// Whether there is any.
    pub(crate) fn any(&self) -> bool {
        self.count().requests > 0
    }

    /// Since when there is none. None if there is one.
    pub(crate) fn idle_since(&self) -> Option<Instant> {
        let count = self.count();
        (count.requests == 0).then_some(count.idle_since)
    }

    /// Completes when there was none for that long.
    pub(crate) async fn idle_for(&self, limit: Duration) {
        loop {
            let now = Instant::now();
            let idle_since = self.idle_since();
            let over = idle_since.unwrap_or(now) + limit;
            if idle_since.is_some() && over <= now {
                return;
            }
            sleep_until(over).await;
        }
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let mut count = self.0.count();
        count.requests = count.requests.saturating_sub(1);
        if count.requests == 0 {
            count.is_signed_in = false;
            count.idle_since = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn who_has_signed_in_is_known_until_the_requests_end() {
        let requests = UnderWay::default();
        requests.sign_in();
        assert!(!requests.is_signed_in(), "there is no request");
        let (first, second) = (requests.begin(), requests.begin());
        requests.sign_in();
        drop(first);
        assert!(requests.is_signed_in());
        drop(second);
        let _third = requests.begin();
        assert!(!requests.is_signed_in());
    }

    #[tokio::test(start_paused = true)]
    async fn only_a_connection_without_requests_is_idle() {
        let requests = UnderWay::default();
        let begun = Instant::now();
        assert_eq!(requests.idle_since(), Some(begun));
        let (first, second) = (requests.begin(), requests.begin());
        let idle = tokio::spawn({
            let requests = requests.clone();
            async move { requests.idle_for(LIMIT).await }
        });
        sleep(LIMIT * 5 / 2).await;
        drop(first);
        assert!(requests.any() && requests.idle_since().is_none());
        drop(second);
        assert!(!requests.any() && !idle.is_finished());
        idle.await.unwrap();
        // It looked after two limits, saw a request, and looks again.
        assert!(begun.elapsed() >= LIMIT * 7 / 2, "{:?}", begun.elapsed());
        assert!(begun.elapsed() < LIMIT * 4, "{:?}", begun.elapsed());
    }
}
