//! `report`: what it tells, and that the examples of documents run.

use serde_json::Value;

use super::{Bench, MARCH, TENANT};

const DOCUMENT: &str = include_str!("../../../../docs/reports.md");

impl Bench {
    /// A report on all rows.
    fn report(&self, more: &[&str]) -> String {
        let mut words = vec!["report"];
        words.extend(more);
        words.extend(["--tenant", TENANT, "--from", MARCH[0], "--to", MARCH[1]]);
        self.binary.ok(&words)
    }

    fn rows(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_reports_are_listed() {
    let bench = Bench::with(1);
    let list = bench.binary.ok(&["report"]);
    for name in ["kpis, health", "series, usage", "endReasons, reasons", "call"] {
        assert!(list.lines().any(|line| line.starts_with(&format!(" {name} "))), "{name}: {list}");
    }
    assert!(list.contains("--by trunk"), "{list}");
    // Nothing was made to say so.
    assert!(!bench.binary.data().exists());
}

#[test]
fn key_figures_are_those_of_the_rows() {
    let bench = Bench::with(400);
    assert_eq!(bench.binary.import(TENANT, &bench.calls).0.code, Some(0));
    let rows = bench.rows();
    let answered = rows.iter().filter(|row| row["successfulCall"] == true).count();
    assert!(answered > 0 && answered < rows.len());

    let kpis = json(&bench.report(&["kpis", "--format", "json"]));
    let told = &kpis["value"][0];
    assert_eq!(told["attempts"].as_f64(), Some(400.0), "{kpis}");
    assert_eq!(told["asr"]["n"], 400, "{kpis}");
    let asr = f64::from(u32::try_from(answered).unwrap()) / 400.0;
    assert!((told["asr"]["value"].as_f64().unwrap() - asr).abs() < 0.000_06, "{kpis}");
    assert_eq!((&kpis["report"], &kpis["zone"]), (&Value::from("kpis"), &Value::from("UTC")));

    // Other names mean the same.
    assert_eq!(json(&bench.report(&["health", "--format", "json"]))["value"], kpis["value"]);

    let csv = bench.report(&["kpis", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let at = reader.headers().unwrap().iter().position(|name| name == "attempts").unwrap();
    let record = reader.records().next().unwrap().unwrap();
    assert_eq!(record[at].parse::<f64>().unwrap().to_string(), "400");

    // One row with many columns: a line for each.
    let table = bench.report(&["kpis"]);
    let line = table.lines().find(|line| line.contains("(ASR)")).unwrap();
    assert!(line.ends_with(&format!(" {:.1} % (400)", asr * 100.0)), "{table}");
    assert!(
        table.contains("\n1 row\n2026-03-01T00:00:00+00:00 to 2026-04-01T00:00:00+00:00 (UTC)\n"),
        "{table}"
    );
    assert!(table.lines().last().unwrap().starts_with("from "), "{table}");

    let filtered = bench.report(&["kpis", "--filter", "successfulCall eq true", "--format", "json"]);
    assert_eq!(
        json(&filtered)["value"][0]["attempts"].as_f64(),
        Some(f64::from(u32::try_from(answered).unwrap()))
    );
}

#[test]
fn a_running_server_gives_the_same_answers() {
    let bench = Bench::with(600);
    assert_eq!(bench.binary.import(TENANT, &bench.calls).0.code, Some(0));
    // What stands for a name is deep by itself, and this is nearly as deep as a filter may be.
    let mut deep = "class ne 'userBusy'".to_owned();
    for _ in 0..9 {
        deep = format!("(({deep}) or duration lt 0) and duration ge 0");
    }
    let asked: [&[&str]; 12] = [
        &["series", "--bucket", "day", "--filter", deep.as_str()],
        &["endReasons", "--filter", "startswith(class,'a') or isMissed"],
        &["kpis", "--filter", "not (isMissed and class ne 'ringNoAnswer')", "--by", "direction"],
        &["kpis", "--by", "trunk,direction", "--compare", "previous"],
        &["series", "--bucket", "day", "--zone", "Asia/Kolkata"],
        &["endReasons", "--users"],
        &["series", "--bucket", "day", "--users", "--compare", "week"],
        &["kpis", "--filter", "country in ('DE','FR','GB','US')", "--channels"],
        &["heatMap", "--zone", "Europe/Berlin"],
        &["concurrency", "--bucket", "hour", "--by", "trunk"],
        &["users", "--top", "7"],
        &["numbers", "--outside", "--filter", "duration gt 5"],
    ];
    let answer = |words: &[&str]| {
        let mut words = words.to_vec();
        words.extend(["--format", "json"]);
        json(&bench.report(&words))
    };
    let alone: Vec<Value> = asked.iter().map(|words| answer(words)).collect();
    let server = bench.binary.serve(&[]);
    for (words, alone) in asked.iter().zip(&alone) {
        let answer = answer(words);
        assert!(answer["value"].as_array().is_some_and(|rows| !rows.is_empty()), "{words:?}: {answer}");
        for member in ["value", "compared", "commit", "from", "to", "zone", "notes"] {
            assert_eq!(answer[member], alone[member], "{member} of {words:?}");
        }
    }
    assert!(server.is_ready());
}

#[test]
fn what_is_wrong_names_the_flag() {
    let bench = Bench::with(1);
    let nothing_yet = bench.binary.run(&["report", "kpis"]);
    assert_eq!(nothing_yet.code, Some(1), "{nothing_yet:?}");
    assert!(nothing_yet.stderr.contains("there is no store in"), "{nothing_yet:?}");
    assert!(!bench.binary.data().exists());

    assert_eq!(bench.binary.import(TENANT, &bench.calls).0.code, Some(0));
    for (report, flag, text) in [
        ("kpis", "--bucket", "fortnight"),
        ("kpis", "--by", "colour"),
        ("kpis", "--by", "trunk,trunk"),
        ("kpis", "--compare", "never"),
        ("kpis", "--zone", "Berlin"),
        ("kpis", "--range", "7w"),
        ("kpis", "--from", "yesterday"),
        ("kpis", "--to", "2026-04-01"),
        ("kpis", "--filter", "duration eq 'x'"),
        ("kpis", "--filter", "class eq 'nothing'"),
        ("kpis", "--top", "3"),
        ("users", "--top", "0"),
        ("heatMap", "--bucket", "hour"),
        ("users", "--by", "trunk"),
    ] {
        let finished = bench.binary.run(&["report", report, flag, text]);
        assert_eq!(finished.code, Some(1), "{finished:?}");
        // The end alone is no range, and what is missing is named.
        let named = if flag == "--to" { "--from" } else { flag };
        assert!(finished.stderr.starts_with(&format!("error: {named}: ")), "{finished:?}");
        assert!(finished.stdout.is_empty(), "{finished:?}");
    }
    let at = "2026-03-01T00:00:00Z";
    for (words, told) in [
        (vec!["report", "heatMap", "--users"], "error: --users: "),
        (vec!["report", "call"], "error: TIME and ID: "),
        (vec!["report", "call", at, "nothing"], "error: TIME and ID: there is no call"),
        (vec!["report", "call", at, "nothing", "--range", "7d"], "error: --range: "),
        (vec!["report", "kpis", at, "an-id"], "error: TIME: "),
        (vec!["report", "--format", "csv"], "error: --format: "),
    ] {
        let finished = bench.binary.run(&words);
        assert_eq!(finished.code, Some(1), "{finished:?}");
        assert!(finished.stderr.starts_with(told), "{finished:?}");
    }
    for words in [
        vec!["report", "nothing"],
        vec!["report", "call", at],
        vec!["report", "kpis", "--range", "7d", "--from", MARCH[0]],
        vec!["report", "--range", "7d"],
    ] {
        let finished = bench.binary.run(&words);
        assert_eq!(finished.code, Some(2), "{finished:?}");
    }
    let unknown = bench.binary.run(&["report", "nothing"]);
    assert!(unknown.stderr.contains("kpis, series"), "{unknown:?}");
}

#[test]
fn the_examples_of_documents_and_help_run() {
    let bench = Bench::with(1);
    bench.binary.ok(&["demo", "--quiet", "--rows", "2000"]);
    let call = bench.binary.ok(&["calls", "--from", "2020-01-01", "--limit", "1", "--format", "ndjson"]);
    let call = json(&call);
    let help = bench.binary.ok(&["report", "--help"]);
    let examples: Vec<&str> = DOCUMENT
        .lines()
        .chain(help.lines())
        .map(str::trim)
        .filter(|line| line.starts_with("trunklog report"))
        .collect();
    assert!(examples.len() > 20, "{examples:?}");
    for example in examples {
        let mut words = shell_words(example);
        if words[1..].starts_with(&["report".to_owned(), "call".to_owned()]) {
            words[3] = call["startDateTime"].as_str().unwrap().to_owned();
            words[4] = call["id"].as_str().unwrap().to_owned();
        }
        let told = bench.binary.ok(&words[1..]);
        assert!(!told.is_empty(), "{example}");
    }
}

/// The words of a line as a shell takes them, without quotes, and without what comes
/// after a redirection or, in help texts, after three blanks.
fn shell_words(line: &str) -> Vec<String> {
    let line = line.split("   ").next().unwrap_or(line);
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for letter in line.chars() {
        match (letter, quote) {
            (_, Some(open)) if letter == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            ('>' | '|', None) => break,
            (' ', None) => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}
