//! `trunklog check --reports`: the sums that are kept for reports are compared
//! with the rows.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use anyhow::{Result, anyhow};
use indicatif::ProgressBar;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, TenantId, TimeRange};
use trunklog_store::Engine;
use trunklog_store::cube::{CheckedDay, Mend, check_days};

use crate::output::counted;
use crate::progress::{self, ProgressDisplay};

/// Compares the sums of all days of all tenants. Gives how many there are, or what
/// is wrong, a line for each cube.
pub(super) fn compare(engine: &dyn Engine, mend: Mend) -> Vec<Result<String>> {
    let bar = progress::days(ProgressDisplay::OnTerminal);
    let outcome = compare_all(engine, mend, &bar);
    bar.finish_and_clear();
    outcome
}

fn compare_all(engine: &dyn Engine, mend: Mend, bar: &ProgressBar) -> Vec<Result<String>> {
    let tenants = match engine.tenants() {
        Ok(tenants) => tenants,
        Err(error) => return vec![Err(anyhow::Error::from(error).context("the tenants cannot be read"))],
    };
    let mut found = Found::default();
    for tenant in &tenants {
        for log in LOGS {
            if let Err(error) = compare_log(engine, *tenant, log, mend, bar, &mut found) {
                let what = format!("the sums of {} of tenant {tenant} cannot be compared", log.name);
                found.failed.push(anyhow::Error::from(error).context(what));
            }
        }
    }
    found.lines(tenants.len())
}

fn compare_log(
    engine: &dyn Engine,
    tenant: TenantId,
    log: &'static Log,
    mend: Mend,
    bar: &ProgressBar,
    found: &mut Found,
) -> trunklog_store::Result<()> {
    let store = engine.tenant(tenant);
    found.waiting += store.cube_days(log)?.waiting;
    check_days(&*store, log, mend, &mut |day| {
        if day.number == 1 {
            bar.inc_length(u64::try_from(day.of).unwrap_or(u64::MAX));
        }
        bar.inc(1);
        found.add(tenant, log, &day);
        ControlFlow::Continue(())
    })
}

/// What was found of all days.
#[derive(Debug, Default)]
struct Found {
    days: u64,
    /// Days whose sums are not made yet.
    waiting: u64,
    cells: u64,
    /// Days that were not compared.
    left_out: Option<LeftOut>,
    /// What is different, by tenant, log and cube.
    different: BTreeMap<(TenantId, &'static str, &'static str), Different>,
    failed: Vec<anyhow::Error>,
}

/// Days that were not compared since sums of theirs, or of days beside them, are still
/// to be made.
#[derive(Debug, Clone, Copy)]
struct LeftOut {
    days: u64,
    first: TimeRange,
    last: TimeRange,
}

/// The differences of a cube.
#[derive(Debug)]
struct Different {
    cells: u64,
    days: u64,
    first: TimeRange,
    last: TimeRange,
    are_mended: bool,
}

impl Found {
    fn add(&mut self, tenant: TenantId, log: &Log, checked: &CheckedDay) {
        let (day, check) = (checked.day, &checked.check);
        if !check.is_compared {
            let left_out = self.left_out.get_or_insert(LeftOut { days: 0, first: day, last: day });
            left_out.days += 1;
            left_out.first = if day.from() < left_out.first.from() { day } else { left_out.first };
            left_out.last = if day.end() > left_out.last.end() { day } else { left_out.last };
            return;
        }
        self.days += 1;
        self.cells += check.cells;
        for difference in &check.differences {
            let cube = (tenant, log.name, difference.cube);
            let none = Different { cells: 0, days: 0, first: day, last: day, are_mended: true };
            let known = self.different.entry(cube).or_insert(none);
            known.cells += difference.cells;
            known.days += 1;
            known.last = day;
            known.are_mended &= check.is_mended;
        }
    }

    fn lines(self, tenants: usize) -> Vec<Result<String>> {
        let mut wrong: Vec<Result<String>> = self.failed.into_iter().map(Err).collect();
        let told = self.different.iter().map(|((tenant, log, cube), different)| {
            Err(anyhow!("{cube} of {log} of tenant {tenant}: {}", different.describe()))
        });
        wrong.extend(told);
        let left_out = self.left_out.map(LeftOut::describe);
        if !wrong.is_empty() {
            wrong.extend(left_out.map(Ok));
            return wrong;
        }
        let waiting = match self.waiting {
            0 => String::new(),
            days => format!("; {} still to be summed up, which the server does", counted(days, "day")),
        };
        let left_out = left_out.map_or_else(String::new, |text| format!("; {text}"));
        vec![Ok(format!(
            "{} of {} of {} are what the rows add up to{waiting}{left_out}",
            counted(self.cells, "sum"),
            counted(self.days, "day"),
            counted(tenants, "tenant")
        ))]
    }
}

impl LeftOut {
    fn describe(self) -> String {
        let LeftOut { days, first, last } = self;
        let were = if days == 1 { "was" } else { "were" };
        format!(
            "{} from {} to {} {were} not compared, since sums of days beside are still to be made",
            counted(days, "day"),
            first.from(),
            last.end()
        )
    }
}

impl Different {
    fn describe(&self) -> String {
        let then = if self.are_mended {
            "they were made anew"
        } else {
            "run trunklog check --reports --repair while no server runs to have them made anew"
        };
        format!(
            "{} of {} from {} to {} are not what the rows add up to; {then}",
            counted(self.cells, "sum"),
            counted(self.days, "day"),
            self.first.from(),
            self.last.end()
        )
    }
}

#[cfg(test)]
mod tests {
    use trunklog_odata::Instant;
    use trunklog_records::schema::DIRECT_ROUTING_CALLS;
    use trunklog_store::cube::{CubeCheck, CubeDifference};

    use super::*;

    fn tenant(last: char) -> TenantId {
        format!("6f1d0000-0000-4000-8000-00000000000{last}").parse().unwrap()
    }

    /// A day of November 2026 of which some sums of each cube are different.
    fn checked(day: u32, different: &[(&'static str, u64)], is_mended: bool) -> CheckedDay {
        let at = |day| Instant::from_date(2026, 11, day).unwrap();
        let difference = |&(cube, cells): &(&'static str, u64)| CubeDifference { cube, cells };
        CheckedDay {
            day: TimeRange::ALL.since(at(day)).until(at(day + 1)),
            number: 1,
            of: 1,
            check: CubeCheck {
                cells: 100,
                differences: different.iter().map(difference).collect(),
                is_mended,
                is_compared: true,
            },
        }
    }

    fn lines(found: Found) -> Vec<(bool, String)> {
        let told = found.lines(2).into_iter().map(|line| match line {
            Ok(text) => (true, text),
            Err(error) => (false, error.to_string()),
        });
        told.collect()
    }

    #[test]
    fn sums_that_agree_are_counted() {
        let mut found = Found::default();
        found.add(tenant('1'), &DIRECT_ROUTING_CALLS, &checked(1, &[], false));
        found.add(tenant('2'), &DIRECT_ROUTING_CALLS, &checked(2, &[], false));
        found.waiting = 1;
        let text = "200 sums of 2 days of 2 tenants are what the rows add up to; 1 day still to be summed \
                    up, which the server does";
        assert_eq!(lines(found), [(true, text.to_owned())]);
        let nothing = "0 sums of 0 days of 2 tenants are what the rows add up to";
        assert_eq!(lines(Found::default()), [(true, nothing.to_owned())]);
    }

    #[test]
    fn what_was_not_compared_is_said() {
        let left_out = |day| {
            let mut day = checked(day, &[], false);
            day.check = CubeCheck::default();
            day
        };
        let mut found = Found::default();
        found.add(tenant('1'), &DIRECT_ROUTING_CALLS, &checked(1, &[], false));
        found.add(tenant('1'), &DIRECT_ROUTING_CALLS, &left_out(3));
        found.add(tenant('1'), &DIRECT_ROUTING_CALLS, &left_out(2));
        let lines_of_it = lines(found);
        let text = "100 sums of 1 day of 2 tenants are what the rows add up to; 2 days from \
                    2026-11-02T00:00:00Z to 2026-11-04T00:00:00Z were not compared, since sums of days \
                    beside are still to be made";
        assert_eq!(lines_of_it, [(true, text.to_owned())]);
        // It is said beside what is wrong, too.
        let mut found = Found::default();
        found.add(tenant('1'), &DIRECT_ROUTING_CALLS, &checked(1, &[("days", 1)], false));
        found.add(tenant('1'), &DIRECT_ROUTING_CALLS, &left_out(2));
        let lines_of_it = lines(found);
        assert!(!lines_of_it[0].0 && lines_of_it[1].0, "{lines_of_it:?}");
        assert!(lines_of_it[1].1.starts_with("1 day from 2026-11-02T00:00:00Z to"), "{lines_of_it:?}");
    }

    #[test]
    fn what_differs_has_a_line_for_each_cube() {
        let mut found = Found::default();
        found.add(tenant('1'), &DIRECT_ROUTING_CALLS, &checked(1, &[("quarters", 2), ("days", 1)], true));
        found.add(tenant('1'), &DIRECT_ROUTING_CALLS, &checked(2, &[], false));
        found.add(tenant('1'), &DIRECT_ROUTING_CALLS, &checked(5, &[("quarters", 3)], false));
        found.add(tenant('2'), &DIRECT_ROUTING_CALLS, &checked(5, &[("quarters", 1)], true));
        found.failed.push(anyhow!("it cannot be read"));
        let lines = lines(found);
        assert!(lines.iter().all(|(is_good, _)| !is_good), "{lines:?}");
        let texts: Vec<&str> = lines.iter().map(|(_, text)| text.as_str()).collect();
        let of = |last: char| format!("of directRoutingCalls of tenant {}", tenant(last));
        assert_eq!(texts.len(), 4);
        assert_eq!(texts[0], "it cannot be read");
        let mended = "are not what the rows add up to; they were made anew";
        let days = "from 2026-11-01T00:00:00Z to 2026-11-02T00:00:00Z";
        assert_eq!(texts[1], format!("days {}: 1 sum of 1 day {days} {mended}", of('1')));
        let days = "from 2026-11-01T00:00:00Z to 2026-11-06T00:00:00Z";
        assert!(texts[2].starts_with(&format!("quarters {}: 5 sums of 2 days {days} are not", of('1'))));
        assert!(texts[2].contains("trunklog check --reports --repair"), "{}", texts[2]);
        assert!(
            texts[3].starts_with(&format!("quarters {}: 1 sum of 1 day", of('2')))
                && texts[3].ends_with(mended)
        );
    }
}
