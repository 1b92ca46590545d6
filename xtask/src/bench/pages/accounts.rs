//! Accounts that only the measurement has.

use std::time::Duration;

use anyhow::Result;

use crate::process;
use crate::trunklog::Trunklog;

/// An account is removed within this.
const LIMIT: Duration = Duration::from_secs(30);

/// Accounts with their first passwords. They are removed when this is dropped.
#[derive(Debug)]
pub(super) struct Accounts<'a> {
    trunklog: &'a Trunklog,
    people: Vec<(String, String)>,
}

impl<'a> Accounts<'a> {
    /// Makes so many.
    pub(super) fn add(trunklog: &'a Trunklog, count: usize) -> Result<Accounts<'a>> {
        println!("making {count} accounts");
        let mut accounts = Accounts { trunklog, people: Vec::new() };
        for at in 1..=count {
            let name = format!("bench-{at}");
            // A run that was ended may have left one.
            accounts.remove(&name);
            let password = trunklog.add_person(&name)?;
            accounts.people.push((name, password));
        }
        Ok(accounts)
    }

    /// A line for each: the name, a blank, the password.
    pub(super) fn lines(&self) -> String {
        let lines = self.people.iter().map(|(name, password)| format!("{name} {password}"));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.people.len()
    }

    fn remove(&self, name: &str) {
        // Where there is none, nothing is to do.
        let _ = process::succeeds_within(&mut self.trunklog.remove_person(name), LIMIT);
    }
}

impl Drop for Accounts<'_> {
    fn drop(&mut self) {
        for (name, _) in &self.people {
            self.remove(name);
        }
    }
}
