//! A report for people.

use std::io::Write;

use anyhow::Result;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use trunklog_records::TimeRange;
use trunklog_reports::calendar::{local_text, zone_name};
use trunklog_reports::{Answer, Column, Kind, Source, Texts, render};

use crate::output::{bare_table, counted, table};

/// A table with more columns than this, and with few rows, is turned: a line for
/// each column.
const WIDE: usize = 8;

/// So many rows are few.
const FEW: usize = 8;

/// Writes the answer as a table, and below it what it is true of.
pub(super) fn write(answer: &Answer, texts: &Texts, out: &mut impl Write) -> Result<()> {
    let (titles, rows) = render::words(answer, texts);
    let count = rows.len();
    let is_turned = titles.len() > WIDE && (1..=FEW).contains(&count);
    let table = if is_turned { turned(answer, titles, rows) } else { upright(answer, titles, rows) };
    if count > 0 {
        for line in table.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        writeln!(out)?;
    }
    for note in &answer.notes {
        writeln!(out, "{}", texts.text(note, &[]))?;
    }
    writeln!(out, "{}", counted(count, "row"))?;
    writeln!(out, "{}", meaning(answer))?;
    if let Some(until) = answer.complete_until {
        writeln!(out, "complete until {}", local_text(&answer.zone, until))?;
    }
    writeln!(
        out,
        "{}, commit {}, definitions {}",
        source(answer.source),
        answer.commit.0,
        answer.definitions
    )?;
    Ok(())
}

/// A line for each row.
fn upright(answer: &Answer, titles: Vec<String>, rows: Vec<Vec<String>>) -> Table {
    let mut told = fitted(table(titles));
    told.add_rows(rows);
    for (place, column) in shown(answer).enumerate() {
        if is_number(column)
            && let Some(column) = told.column_mut(place)
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    told
}

/// A line for each column. What the rows are about is the heading, if it is one
/// column that tells it.
fn turned(answer: &Answer, titles: Vec<String>, rows: Vec<Vec<String>>) -> Table {
    let places = rows.len();
    let mut rows: Vec<_> = rows.into_iter().map(Vec::into_iter).collect();
    let mut lines = titles.into_iter().map(|title| {
        let mut line = vec![title];
        line.extend(rows.iter_mut().map(|row| row.next().unwrap_or_default()));
        line
    });
    let has_heading = answer.table.columns.first().is_some_and(|column| column.is_key);
    let heading = if has_heading { lines.next() } else { None };
    let mut told = fitted(heading.map_or_else(bare_table, table));
    told.add_rows(lines);
    for place in 1..=places {
        if let Some(column) = told.column_mut(place) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    told
}

/// As wide as the terminal. Without one its width is unknown and nothing is cut.
fn fitted(mut table: Table) -> Table {
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table
}

/// The columns in the order of their titles.
fn shown(answer: &Answer) -> impl Iterator<Item = &Column> {
    let (columns, has_earlier) = (&answer.table.columns, answer.compared.is_some());
    let earlier = columns.iter().filter(move |column| has_earlier && !column.is_key);
    columns.iter().chain(earlier)
}

fn is_number(column: &Column) -> bool {
    matches!(column.kind, Kind::Count | Kind::Figure(_) | Kind::Money)
}

/// The range, what it is compared with, and the filter.
fn meaning(answer: &Answer) -> String {
    let told = |range: TimeRange| {
        let [from, to] = [range.from(), range.end()].map(|at| local_text(&answer.zone, at));
        format!("{from} to {to}")
    };
    let mut parts = vec![format!("{} ({})", told(answer.range), zone_name(&answer.zone))];
    if let Some((_, earlier)) = answer.comparison {
        parts.push(format!("compared with {}", told(earlier)));
    }
    if let Some(filter) = &answer.filter {
        parts.push(format!("where {filter}"));
    }
    parts.join(", ")
}

/// Where the numbers come from.
fn source(source: Source) -> String {
    let rows = counted(source.rows_read, "row");
    match (source.from_cube, source.from_rows) {
        (true, false) => "from a cube".to_owned(),
        (true, true) => format!("from a cube and {rows}"),
        (false, _) => format!("from {rows}"),
    }
}

#[cfg(test)]
mod tests;
