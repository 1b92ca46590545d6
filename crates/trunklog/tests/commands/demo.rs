//! `demo`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Bench, counts};

#[test]
fn a_demo_fills_all_logs() {
    let bench = Bench::with(1);
    let summary = bench.binary.ok(&["demo", "--quiet", "--rows", "400"]);
    let rows = |log: &str| -> Vec<Value> {
        let words = ["calls", "--from", "2020-01-01", "--log", log, "--format", "ndjson"];
        bench.binary.ok(&words).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    for (log, count) in
        [("directRoutingCalls", 400), ("pstnCalls", 100), ("pstnBlockedUsers", 24), ("sms", 48)]
    {
        assert_eq!(rows(log).len(), count, "{log}");
        let said = format!("{count} new, 0 updated, 0 unchanged");
        let line = summary.lines().find(|line| line.trim_start().starts_with(log)).unwrap();
        assert!(line.ends_with(&said), "{summary}");
        // As a table for people, too.
        let table = bench.binary.ok(&["calls", "--from", "2020-01-01", "--log", log]);
        assert!(table.ends_with(&format!("\n{count} rows\n")), "{table}");
    }

    // The report of dial-out says the same as the calls that it sums up.
    let (calls, report) = (rows("pstnCalls"), rows("pstnOnlineMeetingDialout"));
    let number = |row: &Value, name: &str| row[name].as_f64().unwrap();
    let expected = grouped(
        calls.iter().filter(|call| call["callType"] == "conf_out"),
        ["userId", "usageCountryCode", "destinationContext", "currency"],
        |call| [1.0, number(call, "duration"), number(call, "charge")],
    );
    let reported =
        grouped(report.iter(), ["userId", "usageLocation", "destinationContext", "currency"], |row| {
            ["totalCalls", "totalCallSeconds", "totalCallCharge"].map(|name| number(row, name))
        });
    assert!(!reported.is_empty());
    assert_eq!(reported.len(), report.len());
    assert_eq!(reported, expected);
}

/// The sums of each group of rows, a line a group.
fn grouped<'a>(
    rows: impl Iterator<Item = &'a Value>,
    group: [&str; 4],
    numbers: impl Fn(&Value) -> [f64; 3],
) -> Vec<String> {
    let mut groups: BTreeMap<[String; 4], [f64; 3]> = BTreeMap::new();
    for row in rows {
        let group = group.map(|name| row[name].as_str().unwrap().to_owned());
        let sums = groups.entry(group).or_default();
        for (sum, number) in sums.iter_mut().zip(numbers(row)) {
            *sum += number;
        }
    }
    groups.into_iter().map(|(group, sums)| format!("{group:?} {sums:.4?}")).collect()
}

#[test]
fn a_demo_can_be_of_some_logs() {
    let bench = Bench::with(1);
    let lines = bench.binary.ok(&["demo", "--quiet", "--rows", "400", "--ndjson", "-", "--log", "sms"]);
    assert_eq!(lines.lines().count(), 48);
    assert!(lines.lines().all(|line| line.contains(r#""smsType":"sms_"#)), "{lines}");

    // A file of a log holds what is stored, so it changes nothing.
    let stored =
        bench.binary.ok(&["demo", "--quiet", "--rows", "400", "--log", "pstnBlockedUsers", "--log", "sms"]);
    assert!(stored.contains("sms") && !stored.contains("pstnCalls"), "{stored}");
    for (log, count) in [("sms", 48), ("pstnBlockedUsers", 24)] {
        let file = bench.folder.path().join(log);
        let path = file.to_str().unwrap();
        bench.binary.ok(&["demo", "--quiet", "--rows", "400", "--ndjson", path, "--log", log]);
        let text = bench.binary.ok(&["import", "--quiet", "--json", "--log", log, path]);
        assert_eq!(counts(&serde_json::from_str(&text).unwrap()), [0, 0, count, 0], "{log}");
    }

    let two = bench.binary.run(&["demo", "--ndjson", "-", "--log", "sms", "--log", "pstnCalls"]);
    assert!(two.code == Some(1) && two.stderr.contains("--log"), "{two:?}");
    let computed = bench.binary.run(&["demo", "--log", "pstnOnlineMeetingDialout"]);
    assert!(computed.code == Some(2) && computed.stderr.contains("pstnBlockedUsers"), "{computed:?}");
}
