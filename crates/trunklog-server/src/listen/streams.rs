//! The streams of HTTP/2 connections, each a task that ends when its client
//! takes its answer too slowly.
//!
//! hyper asks a body for more only when there is room in the client's window,
//! so that a body cannot fail by itself while there is none. But the task can
//! be dropped, which resets the stream (RFC 9113, section 5.4.2) and frees what
//! it holds.

use prometheus_client::metrics::counter::Counter;

use super::pace::{Pace, Rule};

tokio::task_local! {
    /// Of the answer on the stream whose task this is.
    static PACE: Pace;
}

/// The pace of this task's stream; None on HTTP/1, which has no streams.
pub(super) fn pace() -> Option<Pace> {
    PACE.try_with(Pace::clone).ok()
}

/// Runs streams.
#[derive(Clone)]
pub(super) struct Streams {
    pub(super) rule: Rule,
    /// How many were cut off.
    pub(super) cut: Counter,
}

impl<F> hyper::rt::Executor<F> for Streams
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, stream: F) {
        let Streams { rule, cut } = self.clone();
        let pace = Pace::default();
        tokio::spawn(async move {
            tokio::select! {
                biased;
                _ = PACE.scope(pace.clone(), stream) => {}
                () = pace.broken(rule) => {
                    cut.inc();
                    tracing::debug!("a stream was reset: its client takes too little of the answer");
                }
            }
        });
    }
}
