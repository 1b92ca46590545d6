//! The programs of `xtask/bench/pages`, and what they print.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::super::{Bench, BenchServer};
use super::accounts::Accounts;
use crate::server::Server;
use crate::{json, node, process};

/// The programs with their packages, and the browser.
#[derive(Debug)]
pub(super) struct Programs {
    folder: PathBuf,
    browser: PathBuf,
    /// Where what they print goes if it is not read at once.
    said: PathBuf,
}

/// What a page of the navigation weighs, in bytes.
#[derive(Debug, PartialEq)]
pub(super) struct Weight {
    pub(super) page: String,
    /// How many answers it takes at first.
    pub(super) answers: f64,
    pub(super) first: f64,
    pub(super) again: f64,
}

/// People who read.
#[derive(Debug)]
pub(super) struct Readers {
    server: Server,
    said: PathBuf,
}

impl Programs {
    /// Installs what they need.
    pub(super) fn ensure(bench: &Bench) -> Result<Programs> {
        let folder = node::folder(bench.layout, "xtask/bench/pages", "bench-pages")?;
        Ok(Programs { folder, browser: node::browser()?, said: bench.folder.join("readers.said") })
    }

    fn command(&self, name: &str, running: &BenchServer) -> Command {
        let mut command = process::program(Path::new("node"), &self.folder);
        command.arg(name).env("TRUNKLOG_URL", format!("http://{}", running.address));
        command.env("TRUNKLOG_BROWSER", &self.browser);
        command
    }

    /// Signs all of them in and gives the cookie of each.
    pub(super) fn sign_in(&self, running: &BenchServer, accounts: &Accounts<'_>) -> Result<Vec<String>> {
        println!("signing {} people in", accounts.count());
        let mut command = self.command("sign_in.mjs", running);
        let said = process::output(command.env("TRUNKLOG_PEOPLE", accounts.lines()))?;
        let cookies = said.lines().map(|line| {
            json::string(line.as_bytes(), "cookie").context("sign_in.mjs prints a cookie in each line")
        });
        cookies.collect()
    }

    /// How long each of these pages takes until it is whole.
    pub(super) fn screens(
        &self,
        running: &BenchServer,
        cookie: &str,
        paths: &[String],
    ) -> Result<Vec<Duration>> {
        let mut command = self.command("screens.mjs", running);
        command.env("TRUNKLOG_COOKIE", cookie).env("TRUNKLOG_PATHS", paths.join("\n"));
        let times = times(&process::output(&mut command)?)?;
        ensure!(times.len() == paths.len(), "{} of {} pages were opened", times.len(), paths.len());
        Ok(times)
    }

    /// What each page of the navigation weighs.
    pub(super) fn weights(&self, running: &BenchServer, cookie: &str, first: &str) -> Result<Vec<Weight>> {
        let mut command = self.command("weights.mjs", running);
        command.env("TRUNKLOG_COOKIE", cookie).env("TRUNKLOG_PATHS", first);
        process::output(&mut command)?.lines().map(Weight::read).collect()
    }

    /// Has people read until they are stopped.
    pub(super) fn read(
        &self,
        running: &BenchServer,
        cookies: &[String],
        first: &str,
        pause: Duration,
    ) -> Result<Readers> {
        let mut command = self.command("readers.mjs", running);
        command.env("TRUNKLOG_COOKIES", cookies.join("\n")).env("TRUNKLOG_PATHS", first);
        command.env("TRUNKLOG_PAUSE_MS", pause.as_millis().to_string());
        let out = File::create(&self.said)?;
        let server = Server::start(command.stdout(out))?;
        Ok(Readers { server, said: self.said.clone() })
    }
}

impl Readers {
    /// Stops them and gives how many pages they read.
    ///
    /// # Errors
    /// Also when a page was not answered: what was measured beside it means nothing.
    pub(super) fn stop(self) -> Result<f64> {
        let status = self.server.stop()?;
        ensure!(status.success(), "readers.mjs ended with {status}");
        let said = fs::read(&self.said)?;
        let number = |name| json::number(&said, name).with_context(|| format!("readers.mjs prints {name}"));
        let (pages, answers, failed) = (number("pages")?, number("answers")?, number("failed")?);
        let failure = json::string(&said, "failure").unwrap_or_default();
        ensure!(failed < 1.0, "{failed:.0} of {answers:.0} answers failed; the first: {failure}");
        Ok(pages)
    }
}

impl Weight {
    fn read(line: &str) -> Result<Weight> {
        let number =
            |name| json::number(line.as_bytes(), name).with_context(|| format!("'{line}' has no {name}"));
        Ok(Weight {
            page: json::string(line.as_bytes(), "page").with_context(|| format!("'{line}' has no page"))?,
            answers: number("answers")?,
            first: number("first")?,
            again: number("again")?,
        })
    }
}

/// Milliseconds, one a line.
fn times(said: &str) -> Result<Vec<Duration>> {
    let time = |line: &str| {
        let millis = json::number(line.as_bytes(), "ms").filter(|millis| *millis >= 0.0);
        let millis = millis.with_context(|| format!("'{line}' has no ms"))?;
        Ok(Duration::from_secs_f64(millis / 1_000.0))
    };
    said.lines().map(time).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_programs_print_is_read() -> Result<()> {
        assert_eq!(times("{\"ms\":12.5}\n{\"ms\":3}\n")?, [12_500, 3_000].map(Duration::from_micros));
        assert!(times("{\"ms\":12.5}\nwarning\n").is_err());
        let weight = Weight::read("{\"page\":\"/calls\",\"first\":41234,\"answers\":5,\"again\":8123}")?;
        assert_eq!(
            weight,
            Weight { page: "/calls".to_owned(), answers: 5.0, first: 41_234.0, again: 8_123.0 }
        );
        assert!(Weight::read("{\"page\":\"/calls\"}").is_err());
        Ok(())
    }
}
