//! Reading what `cargo test` prints.

use super::tally::Tally;

/// Counts from every `test result:` line; names from the `... FAILED` lines.
///
/// ```text
/// test call::tests::name ... FAILED
/// test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.01s
/// ```
pub(crate) fn parse(lines: &[String]) -> Tally {
    let mut tally = Tally::default();
    for line in lines {
        let line = line.trim();
        if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            tally.failed.push(name.to_owned());
        }
        let Some(counts) = line.strip_prefix("test result: ") else { continue };
        for part in counts.split([';', '.']) {
            let Some((count, what)) = part.trim().split_once(' ') else { continue };
            let Ok(count) = count.parse::<u64>() else { continue };
            match what {
                "passed" => tally.passed += count,
                "ignored" | "filtered out" => tally.skipped += count,
                _ => {}
            }
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_binaries_are_added_up() {
        let text = "test a::b ... ok\n\
            test a::c ... FAILED\n\
            test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 5 filtered out; finished in 0.00s";
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let expected = Tally { passed: 7, failed: vec!["a::c".to_owned()], skipped: 7, ..Tally::default() };
        assert_eq!(parse(&lines), expected);
    }
}
