//! What documents and help texts say of the tables of logs, formats and roles.
//! People read lists that are written out; the tests here compare them with the
//! tables, so that none is forgotten.

mod reports;

use std::collections::BTreeSet;

use clap::{Arg, Command, CommandFactory};
use trunklog_exports::Format;
use trunklog_identity::Role;
use trunklog_odata::Version;
use trunklog_records::Log;
use trunklog_records::schema::{LOGS, UpperBound};

use crate::args::Args;

const README: &str = include_str!("../../../README.md");
const QUERIES: &str = include_str!("../../../docs/queries.md");
const SECURITY: &str = include_str!("../../../docs/security.md");
const EXAMPLE: &str = include_str!("../../../trunklog.example.toml");

/// The lines of the first table after a heading, cell by cell, without its head.
fn table<'a>(document: &'a str, heading: &str) -> Vec<Vec<&'a str>> {
    let (_, section) = document.split_once(&format!("\n{heading}\n")).expect(heading);
    let is_row = |line: &&str| line.starts_with('|');
    let rows = section.lines().skip_while(|line| !is_row(line)).take_while(is_row).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

/// The words of a text; a name is one.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric()).collect()
}

fn quoted(name: &str) -> String {
    format!("`{name}`")
}

/// What `--help` says of a flag; None where the command has none of that name.
fn help(command: &Command, flag: &str) -> Option<String> {
    let flag: &Arg = command.get_arguments().find(|arg| arg.get_long() == Some(flag))?;
    let text = flag.get_long_help().or(flag.get_help()).expect("every flag has a help text");
    Some(text.to_string())
}

fn command(name: &str) -> Command {
    Args::command().find_subcommand(name).expect("the command is there").clone()
}

#[test]
fn the_table_of_functions_is_that_of_the_logs() {
    let rows = table(QUERIES, "## The functions");
    assert_eq!(rows.len(), LOGS.len());
    for log in LOGS {
        let row = rows.iter().find(|row| row[0] == quoted(log.function)).expect(log.function);
        let versions = if log.exists_in(Version::V1) { "v1.0, beta" } else { "beta" };
        let end = match log.upper_bound {
            UpperBound::Exclusive => "is left out",
            UpperBound::Inclusive => "belongs to it",
        };
        let name = quoted(log.name);
        assert_eq!((row[1], row[3], row[4]), (versions, end, name.as_str()), "{}", log.function);
        assert_eq!(row[2] == quoted(log.time), log.shows_time(), "{}", log.function);
    }
}

#[test]
fn every_log_is_named_where_people_look_for_it() {
    for log in LOGS {
        assert!(README.contains(&quoted(log.function)), "{} in README.md", log.function);
    }
    let (_, retention) = EXAMPLE.split_once("\n[retention]\n").unwrap();
    let keys = retention.lines().map_while(|line| line.strip_prefix('#')?.split_once(" = "));
    assert!(keys.map(|(name, _)| name).eq(LOGS.map(|log| log.name)), "[retention] in trunklog.example.toml");
}

#[test]
fn help_names_every_log() {
    let names = |logs: &[&'static Log], text: &str| {
        let words = words(text);
        let missing = logs.iter().map(|log| log.name).filter(|name| !words.contains(name));
        assert_eq!(missing.collect::<Vec<_>>(), Vec::<&str>::new(), "in: {text}");
    };
    names(&LOGS, &help(&command("calls"), "log").unwrap());
    let (demo, made_up) = (command("demo"), trunklog_samples::logs().collect::<Vec<_>>());
    names(&made_up, &help(&demo, "log").unwrap());
    // Of the first there are as many rows as were asked for.
    names(&made_up[1..], &help(&demo, "rows").unwrap());
}

#[test]
fn every_format_and_role_is_named() {
    for format in Format::ALL {
        let row = table(QUERIES, "## Query options").into_iter().find(|row| row[0] == "`$format`").unwrap();
        assert!(row[1].contains(&quoted(format.name())), "{} in docs/queries.md", format.name());
    }
    let app = command("app");
    let roles = help(app.find_subcommand("add").unwrap(), "role").unwrap();
    for role in Role::ALL {
        assert!(roles.contains(role.name()), "{role} in: {roles}");
    }
}

/// How many points of level 1 and 2 each chapter of the ASVS 5.0 has.
const POINTS: [(u32, usize); 17] = [
    (1, 27),
    (2, 11),
    (3, 19),
    (4, 10),
    (5, 9),
    (6, 35),
    (7, 18),
    (8, 7),
    (9, 7),
    (10, 29),
    (11, 14),
    (12, 9),
    (13, 13),
    (14, 9),
    (15, 13),
    (16, 16),
    (17, 7),
];

#[test]
fn every_point_of_the_asvs_has_its_line_and_its_state() {
    let (_, section) = SECURITY.split_once("\n## ASVS 5.0, level 2\n").unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| ")).map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 4, "{row}");
        cells
    });
    let points: Vec<Vec<&str>> =
        rows.filter(|cells| cells[0].starts_with(|c: char| c.is_ascii_digit())).collect();
    for cells in &points {
        assert!(["holds", "open", "n/a", "operator"].contains(&cells[2]), "{cells:?}");
        assert!(!cells[1].is_empty() && !cells[3].is_empty(), "{cells:?}");
    }
    let numbers: BTreeSet<&str> = points.iter().map(|cells| cells[0]).collect();
    assert_eq!(numbers.len(), points.len(), "a point is there twice");
    for (chapter, count) in POINTS {
        let of_chapter = numbers.iter().filter(|number| number.starts_with(&format!("{chapter}.")));
        assert_eq!(of_chapter.count(), count, "V{chapter}");
    }
}

#[test]
fn every_command_is_in_the_readme() {
    let rows = table(README, "## Your own calls");
    for command in Args::command().get_subcommands() {
        let name = format!("`trunklog {}", command.get_name());
        let is_it = |cell: &str| cell.strip_prefix(&name).is_some_and(|rest| rest.starts_with(['`', ' ']));
        assert!(rows.iter().any(|row| is_it(row[0])), "{name}` in README.md");
    }
}
