//! Reading what `cargo nextest` prints.

use super::tally::Tally;

/// Counts from the summary line; names from the list of failures after it.
///
/// ```text
///      Summary [   1.204s] 12 tests run: 9 passed (1 slow), 2 failed, 1 timed out, 3 skipped
///         FAIL [   0.003s] (5/12) trunklog-odata call::tests::name
/// ```
pub(crate) fn parse(lines: &[String]) -> Tally {
    let mut tally = Tally::default();
    let Some(at) = lines.iter().position(|line| line.trim_start().starts_with("Summary [")) else {
        return tally;
    };
    let mut failed = 0;
    for (count, what) in counts(&lines[at]) {
        match what.as_str() {
            "passed" => tally.passed = count,
            "skipped" => tally.skipped = count,
            _ => failed += count,
        }
    }
    for name in lines[at + 1..].iter().filter_map(|line| failure(line)) {
        if !tally.failed.contains(&name) {
            tally.failed.push(name);
        }
    }
    // What failed counts even where it is not named.
    let named = u64::try_from(tally.failed.len()).unwrap_or(u64::MAX);
    for _ in named..failed {
        tally.failed.push("a test without a name".to_owned());
    }
    tally
}

/// The pairs of number and word after the colon.
fn counts(summary: &str) -> Vec<(u64, String)> {
    let Some((_, list)) = summary.split_once("run:") else { return Vec::new() };
    let mut plain = String::new();
    let mut depth = 0_u32;
    for c in list.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain
        .split(',')
        .filter_map(|part| {
            let (count, what) = part.trim().split_once(' ')?;
            Some((count.parse().ok()?, what.trim().to_owned()))
        })
        .collect()
}

/// The name in a line such as `FAIL [   0.003s] (5/12) crate module::test`.
fn failure(line: &str) -> Option<String> {
    const BAD: [&str; 5] = ["FAIL", "TIMEOUT", "SIG", "ABORT", "XFAIL"];
    let (status, rest) = line.trim_start().split_once(" [")?;
    if status.contains(|c: char| c.is_lowercase()) || !BAD.iter().any(|bad| status.contains(bad)) {
        return None;
    }
    let (_, name) = rest.split_once(']')?;
    let name = name.trim_start();
    let name = match name.strip_prefix('(').and_then(|counter| counter.split_once(')')) {
        Some((_, name)) => name,
        None => name,
    };
    Some(name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_good_run_is_counted() {
        let tally =
            parse(&lines("     Summary [   0.034s] 40 tests run: 40 passed (2 slow, 1 leaky), 3 skipped"));
        assert_eq!(tally, Tally { passed: 40, skipped: 3, ..Tally::default() });
    }

    #[test]
    fn failures_are_named_once() {
        let tally = parse(&lines(
            "        FAIL [   0.003s] (1/4) a-crate early::line\n\
             ────────────\n\
             \x20    Summary [   1.204s] 4/5 tests run: 1 passed, 1 failed, 1 timed out, 1 exec failed, 1 skipped\n\
             \x20       FAIL [   0.003s] (1/4) a-crate early::line\n\
             \x20    TIMEOUT [  60.003s] (3/4) a-crate::bin/x slow\n\
             error: test run failed",
        ));
        assert_eq!((tally.passed, tally.skipped), (1, 1));
        assert_eq!(tally.failed, ["a-crate early::line", "a-crate::bin/x slow", "a test without a name"]);
    }

    #[test]
    fn no_summary_counts_nothing() {
        assert_eq!(parse(&lines("error: could not compile `x`")), Tally::default());
    }
}
