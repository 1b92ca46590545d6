//! Ends connections whose other end does nothing.
//!
//! A client owes two things: to take what it is sent, at any time, and to send
//! something, but only while none of its requests is under way. Until then the
//! silence may be the server's own: an export reads on for long when its
//! filter finds nothing.

mod under_way;

use std::io;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

pub(crate) use self::under_way::{Request, UnderWay};

/// A stream that fails when the other end owes something for too long.
pub(crate) struct StallGuard<T> {
    stream: T,
    limit: Duration,
    requests: UnderWay,
    /// Whether the other end waited for an answer when this was last looked at.
    waited: bool,
    /// Since when nothing comes, although it is the other end's turn.
    silent: Instant,
    /// Since when the other end takes nothing, if it does not.
    blocked: Option<Instant>,
    /// Set again only when it fires, because that is dearer than a clock.
    timer: Pin<Box<Sleep>>,
}

impl<T> StallGuard<T> {
    /// `requests` are those that come over the stream.
    pub(crate) fn new(stream: T, limit: Duration, requests: UnderWay) -> StallGuard<T> {
        let timer = Box::pin(sleep(limit));
        StallGuard { stream, limit, requests, waited: false, silent: Instant::now(), blocked: None, timer }
    }

    /// What a read gave, unless it waits for too long already.
    fn judge_read<R>(&mut self, cx: &mut Context<'_>, result: Poll<io::Result<R>>) -> Poll<io::Result<R>> {
        let waits = self.requests.any();
        let waited = mem::replace(&mut self.waited, waits);
        if result.is_ready() || waits || waited {
            self.silent = Instant::now();
        }
        if result.is_ready() || waits {
            return result;
        }
        self.wait(cx, self.silent)
    }

    /// The same of a write.
    fn judge_write<R>(&mut self, cx: &mut Context<'_>, result: Poll<io::Result<R>>) -> Poll<io::Result<R>> {
        let now = Instant::now();
        if result.is_ready() {
            self.blocked = None;
            self.silent = now;
            return result;
        }
        let since = *self.blocked.get_or_insert(now);
        self.wait(cx, since)
    }

    /// Fails once the limit is over.
    fn wait<R>(&mut self, cx: &mut Context<'_>, since: Instant) -> Poll<io::Result<R>> {
        let deadline = since + self.limit;
        if deadline <= Instant::now() {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the connection stalled")));
        }
        while self.timer.as_mut().poll(cx).is_ready() {
            self.timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for StallGuard<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.judge_read(cx, result)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for StallGuard<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.judge_write(cx, result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.judge_write(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::timeout;

    use super::*;

    const LIMIT: Duration = Duration::from_millis(100);
    const LONG: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn a_silent_peer_is_given_up() {
        let (near, _far) = tokio::io::duplex(16);
        let mut guard = StallGuard::new(near, LIMIT, UnderWay::default());
        let error = guard.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_peer_that_waits_for_its_answer_may_be_silent() {
        let (near, _far) = tokio::io::duplex(16);
        let requests = UnderWay::default();
        let mut guard = StallGuard::new(near, LIMIT, requests.clone());
        let request = requests.begin();
        assert!(timeout(LONG, guard.read_u8()).await.is_err(), "the silence is the server's");
        drop(request);
        let begun = Instant::now();
        let error = timeout(LONG, guard.read_u8()).await.expect("the peer's turn ends").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(begun.elapsed() >= LIMIT, "its turn has only begun");
    }

    #[tokio::test]
    async fn a_peer_that_takes_nothing_is_given_up_whatever_it_waits_for() {
        let (near, mut far) = tokio::io::duplex(16);
        let requests = UnderWay::default();
        let mut guard = StallGuard::new(near, LIMIT, requests.clone());
        let _request = requests.begin();
        // It takes some now and then, which is enough.
        for _ in 0..5 {
            assert!(timeout(LIMIT / 4, guard.write_all(&[0; 17])).await.is_err());
            sleep(LIMIT / 4).await;
            far.read_exact(&mut [0; 16]).await.unwrap();
        }
        let written = timeout(LONG, guard.write_all(&[0; 100])).await.expect("the stall is seen");
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
