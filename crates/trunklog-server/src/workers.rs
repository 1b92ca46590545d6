//! Blocking work, bounded: a few threads at a time and a short queue before
//! them. A longer queue would only serve clients that gave up waiting.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

/// So many run and so many wait already that more would wait in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many requests wait already")]
pub(crate) struct Overloaded;

pub(crate) struct Workers {
    /// Running and waiting.
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl Workers {
    pub(crate) fn new(workers: usize, queue: usize) -> Workers {
        let workers = workers.max(1);
        Workers {
            admitted: Arc::new(Semaphore::new(workers.saturating_add(queue).min(Semaphore::MAX_PERMITS))),
            running: Arc::new(Semaphore::new(workers.min(Semaphore::MAX_PERMITS))),
        }
    }

    /// Runs `work` on a blocking thread. A panic in it goes on in the caller.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Overloaded> {
        // The permits travel with the work: a client that hangs up does not
        // end what its request began.
        let permits = self.admit().await?;
        let task = spawn_blocking(move || {
            let _permits = permits;
            work()
        });
        match task.await {
            Ok(result) => Ok(result),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // Only when the runtime shuts down.
                Err(_) => Err(Overloaded),
            },
        }
    }

    /// Runs `work` on a blocking thread, and returns as soon as it has begun.
    pub(crate) async fn start(&self, work: impl FnOnce() + Send + 'static) -> Result<(), Overloaded> {
        let permits = self.admit().await?;
        spawn_blocking(move || {
            let _permits = permits;
            work();
        });
        Ok(())
    }

    /// Waits for a turn. Who stops waiting leaves the queue.
    async fn admit(&self) -> Result<[OwnedSemaphorePermit; 2], Overloaded> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| Overloaded)?;
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(|_| Overloaded)?;
        Ok([admitted, running])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn more_than_the_queue_is_refused() {
        let workers = Arc::new(Workers::new(1, 0));
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let first = tokio::spawn({
            let workers = Arc::clone(&workers);
            async move { workers.run(move || wait.recv().is_ok()).await }
        });
        while workers.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(workers.run(|| ()).await, Err(Overloaded));
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(true));
        assert_eq!(workers.run(|| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn started_work_holds_its_place_until_it_ends() {
        let workers = Workers::new(1, 0);
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let work = move || assert!(wait.recv().is_ok());
        assert_eq!(workers.start(work).await, Ok(()));
        assert_eq!(workers.start(|| ()).await, Err(Overloaded));
        release.send(()).unwrap();
        while workers.start(|| ()).await.is_err() {
            tokio::task::yield_now().await;
        }
    }
}
