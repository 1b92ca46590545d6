//! A server of this machine, started, awaited and ended as a child.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{process, stop};

/// A server ends within this after it was asked to, or is ended.
const STOP_LIMIT: Duration = Duration::from_secs(30);

/// A running child. It is ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    started: Instant,
}

impl Server {
    /// Starts it in its own process group, so that Ctrl-C reaches this
    /// program alone and the server is asked to stop exactly once.
    pub(crate) fn start(command: &mut Command) -> Result<Server> {
        command.stdin(Stdio::null()).process_group(0);
        let started = Instant::now();
        let child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        Ok(Server { child, started })
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it did.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Waits until `path` answers 200 and gives the time since the start. A
    /// signal that came ends the wait.
    pub(crate) fn wait_until_ready(
        &mut self,
        address: SocketAddr,
        path: &str,
        limit: Duration,
    ) -> Result<Duration> {
        loop {
            if answers_200(address, path) {
                return Ok(self.started.elapsed());
            }
            if let Some(status) = self.ended()? {
                bail!("the server ended with {status} before it was ready");
            }
            stop::check()?;
            if self.started.elapsed() > limit {
                bail!("the server was not ready after {} s", limit.as_secs());
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Asks it to stop and waits until it did.
    pub(crate) fn stop(mut self) -> Result<ExitStatus> {
        process::ask_to_stop(self.child.id());
        let end = Instant::now() + STOP_LIMIT;
        while Instant::now() < end {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(20));
        }
        self.child.kill()?;
        self.child.wait()?;
        bail!("the server did not stop within {} s and was ended", STOP_LIMIT.as_secs())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn answers_200(address: SocketAddr, path: &str) -> bool {
    let limit = Duration::from_secs(2);
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, limit)?;
        stream.set_read_timeout(Some(limit))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.take(65_536).read_to_end(&mut answer)?;
        Ok(answer.get(8..12) == Some(b" 200"))
    };
    ask().unwrap_or(false)
}

/// The address on loopback with this port, or with a free one when the port is
/// taken or zero.
pub(crate) fn free_address(port: u16) -> Result<SocketAddr> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let listener = match bound {
        Ok(listener) => listener,
        Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free on loopback")?,
    };
    Ok(listener.local_addr()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_ends_early_is_not_waited_for() -> Result<()> {
        let mut server = Server::start(&mut Command::new("true"))?;
        let address = free_address(0)?;
        assert!(server.wait_until_ready(address, "/", Duration::from_secs(20)).is_err());
        Ok(())
    }

    #[test]
    fn a_server_is_stopped_by_a_signal() -> Result<()> {
        let server = Server::start(Command::new("sleep").arg("60"))?;
        assert!(!server.stop()?.success());
        Ok(())
    }

    #[test]
    fn a_taken_port_is_replaced() -> Result<()> {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let _held = TcpListener::bind(taken)?;
        assert_ne!(free_address(taken.port())?, taken);
        Ok(())
    }
}
