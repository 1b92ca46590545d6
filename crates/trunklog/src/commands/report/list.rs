//! Which reports there are.

use anyhow::Result;
use comfy_table::ContentArrangement;
use trunklog_reports::{Buckets, REPORTS, Takes, Texts};

use super::OTHER_NAMES;
use crate::output;

/// Prints a line for each report.
pub(super) fn print() -> Result<()> {
    let mut table = output::table(["report", "tells", "takes"]);
    // Without a terminal its width is unknown and nothing is cut.
    table.set_content_arrangement(ContentArrangement::Dynamic);
    for report in REPORTS {
        let other = OTHER_NAMES.iter().find(|(_, key)| *key == report.key);
        let name = match other {
            Some((other, _)) => format!("{}, {other}", report.key),
            None => report.key.to_owned(),
        };
        table.add_row([name, report.title(Texts::english()), takes(&report.takes)]);
    }
    for line in table.lines() {
        output::print(line.trim_end())?;
    }
    Ok(())
}

/// The flags of a report, beside those that all of them have.
fn takes(takes: &Takes) -> String {
    if takes.call {
        return "TIME ID".to_owned();
    }
    let by: Vec<&str> = takes.by.iter().map(|dimension| dimension.key()).collect();
    let mut flags = Vec::new();
    if takes.buckets != Buckets::None {
        flags.push("--bucket".to_owned());
    }
    if !by.is_empty() {
        flags.push(format!("--by {}", by.join(",")));
    }
    if takes.filter {
        flags.push("--filter".to_owned());
    }
    if takes.compare {
        flags.push("--compare".to_owned());
    }
    if takes.top.is_some() {
        flags.push("--top".to_owned());
    }
    flags.extend(takes.extras.iter().map(|extra| format!("--{}", extra.key())));
    flags.join(" ")
}

#[cfg(test)]
mod tests {
    use trunklog_reports::calendar::Bucket;
    use trunklog_reports::{Dimension, Extra};

    use super::*;

    #[test]
    fn a_report_tells_what_it_takes() {
        let all = Takes {
            buckets: Buckets::Always(Bucket::Hour),
            by: &[Dimension::Trunk, Dimension::Direction],
            filter: true,
            compare: true,
            top: Some(10),
            extras: &[Extra::Users],
            ..Takes::NOTHING
        };
        assert_eq!(takes(&all), "--bucket --by trunk,direction --filter --compare --top --users");
        let none = Takes { ..Takes::NOTHING };
        assert_eq!(takes(&none), "");
        assert_eq!(takes(&Takes { call: true, ..none }), "TIME ID");
    }
}
