//! Questions about cubes as SQL.
//!
//! Sums are grouped by ids, and texts come last, where they are few. A part of a
//! filter that looks at one text is decided for each text once, not for each cell.

use std::collections::BTreeSet;

use duckdb::Connection;
use trunklog_odata::Instant;
use trunklog_odata::edm::EdmType;
use trunklog_odata::expr::{Expr, Node};
use trunklog_records::TenantId;
use trunklog_store::cube::{Cube, KeyChoice, KeyKind, SumQuery};
use trunklog_store::{GroupRow, MAX_GROUPS, ReportValue, too_many_groups};

use super::tables::{Tables, any_of, any_sum, cell_key, keys, measures, sum_of};
use crate::error::refusal;
use crate::expression;
use crate::read::report::{bucket, value};
use crate::read::select::Select;
use crate::sql::{Parameters, quoted};

/// A cell with its texts.
pub(super) type NamedCell = ((i64, Vec<ReportValue>), Vec<i64>);

/// Answers a question from its cube, which has all that is asked.
pub(super) fn groups(
    connection: &Connection,
    id: TenantId,
    query: &SumQuery,
) -> duckdb::Result<Vec<GroupRow>> {
    let cube = query.cube();
    let tables = Tables::of(id, query.set);
    let Some(slots) = slots(query).filter(|_| asked_for(query).next().is_some()) else {
        return Ok(Vec::new());
    };
    let mut asked = Asked {
        query,
        cube,
        texts: &tables.texts,
        parameters: Parameters::default(),
        conditions: slots,
        joined: BTreeSet::new(),
    };
    asked.choose();
    asked.filter();
    let mut columns = Vec::new();
    if let Some(edges) = &query.edges {
        columns.push(format!("{} AS b", bucket("slot", edges)));
    }
    columns.extend(query.by.iter().enumerate().map(|(place, key)| format!("k{key} AS g{place}")));
    let is_grouped = !columns.is_empty();
    columns.extend(asked_for(query).map(|(at, measure)| format!("{} AS s{at}", sum_of(&measure))));
    let names = query.edges.iter().map(|_| "b".to_owned());
    let names: Vec<_> = names.chain((0..query.by.len()).map(|place| format!("g{place}"))).collect();
    let by = if is_grouped { format!(" GROUP BY {}", names.join(", ")) } else { String::new() };
    let inner = format!(
        "SELECT {} FROM {} WHERE {}{by} HAVING {}",
        columns.join(", "),
        asked.relation(&tables.cubes[query.cube]),
        asked.conditions.join(" AND "),
        any_of(asked_for(query).map(|(_, measure)| measure))
    );
    let (from, mut shown) = with_texts(&format!("({inner}) AS sums"), &tables.texts, cube, &query.by);
    if query.edges.is_some() {
        shown.insert(0, "sums.b".to_owned());
    }
    let by = shown.len();
    let is_asked = |at: usize| query.asks_for(at);
    shown.extend(
        (0..cube.measures.len())
            .map(|at| if is_asked(at) { format!("sums.s{at}") } else { NOTHING.to_owned() }),
    );
    let mut select = Select::new(from, asked.parameters);
    select.is_rare();
    let mut groups = Vec::new();
    let tail = format!(" LIMIT {}", MAX_GROUPS + 1);
    for batch in select.batches(connection, &shown.join(", "), &tail)? {
        for row in 0..batch.num_rows() {
            let value = |at: usize| value(batch.column(at), row);
            groups.push(GroupRow {
                by: (0..by).map(value).collect::<duckdb::Result<_>>()?,
                measures: (by..shown.len()).map(value).collect::<duckdb::Result<_>>()?,
            });
        }
    }
    if groups.len() > MAX_GROUPS {
        return Err(refusal(too_many_groups()));
    }
    groups.sort_unstable_by(|a, b| a.by.cmp(&b.by));
    Ok(groups)
}

/// What is told of a measure that nobody asks for.
const NOTHING: &str = "CAST(0 AS BIGINT)";

/// The measures that are asked for, with their places.
fn asked_for(query: &SumQuery) -> impl Iterator<Item = (usize, String)> {
    measures(query.cube()).enumerate().filter(|(at, _)| query.asks_for(*at))
}

/// Reads the cells of a cube whose slots lie between two, both included.
pub(super) fn cells(
    connection: &Connection,
    tables: &Tables,
    (at, cube): (usize, &Cube),
    (first, last): (i64, i64),
) -> duckdb::Result<Vec<NamedCell>> {
    let all: Vec<usize> = (0..cube.keys.len()).collect();
    let mut columns = vec!["slot".to_owned()];
    columns.extend(keys(cube).enumerate().map(|(place, key)| format!("{key} AS g{place}")));
    columns.extend(measures(cube).enumerate().map(|(at, measure)| format!("{} AS s{at}", sum_of(&measure))));
    let inner = format!(
        "SELECT {} FROM {} WHERE slot >= {first} AND slot <= {last} GROUP BY {} HAVING {}",
        columns.join(", "),
        tables.cubes[at],
        cell_key(cube),
        any_sum(cube)
    );
    let (from, named) = with_texts(&format!("({inner}) AS sums"), &tables.texts, cube, &all);
    let mut shown = vec!["sums.slot".to_owned()];
    shown.extend(named);
    shown.extend((0..cube.measures.len()).map(|at| format!("sums.s{at}")));
    let whole = |value: ReportValue| match value {
        ReportValue::Int(number) => number,
        _ => 0,
    };
    let mut select = Select::new(from, Parameters::default());
    select.is_rare();
    let mut cells = Vec::new();
    for batch in select.batches(connection, &shown.join(", "), "")? {
        for row in 0..batch.num_rows() {
            let value = |at: usize| value(batch.column(at), row);
            let keys = (1..=cube.keys.len()).map(value).collect::<duckdb::Result<_>>()?;
            let sums = (cube.keys.len() + 1..shown.len()).map(|at| Ok(whole(value(at)?)));
            cells.push(((whole(value(0)?), keys), sums.collect::<duckdb::Result<_>>()?));
        }
    }
    Ok(cells)
}

/// The slots that a question is about, as conditions; None where there are none.
fn slots(query: &SumQuery) -> Option<Vec<String>> {
    let (mut from, mut end) = (query.range.from(), query.range.end());
    if let Some([first, .., last]) = query.edges.as_deref() {
        (from, end) = (from.max(*first), end.min(*last));
    }
    if from >= end {
        return None;
    }
    let mut conditions = vec!["true".to_owned()];
    // The first slot of all may start before the first instant.
    if from > Instant::ABSENT {
        conditions.push(format!("slot >= {}", from.ticks()));
    }
    if end < Instant::MAX {
        conditions.push(format!("slot < {}", end.ticks()));
    }
    Some(conditions)
}

/// What stands after `FROM` with the texts of some keys, and what to select of it
/// for these: the keys of `sums` are `g0` and so on.
fn with_texts(sums: &str, texts: &str, cube: &Cube, by: &[usize]) -> (String, Vec<String>) {
    let mut from = sums.to_owned();
    let mut shown = Vec::new();
    for (place, key) in by.iter().enumerate() {
        if cube.keys[*key].kind == KeyKind::Text {
            from.push_str(&format!(" JOIN {texts} AS t{place} ON t{place}.id = sums.g{place}"));
            shown.push(format!("t{place}.text"));
        } else {
            shown.push(format!("sums.g{place}"));
        }
    }
    (from, shown)
}

/// A question on its way into SQL.
struct Asked<'a> {
    query: &'a SumQuery,
    cube: &'static Cube,
    texts: &'a str,
    parameters: Parameters,
    conditions: Vec<String>,
    /// The keys that conditions look at under the names of their properties.
    joined: BTreeSet<usize>,
}

impl Asked<'_> {
    /// Takes what the keys must be.
    fn choose(&mut self) {
        let query = self.query;
        for choice in &query.only {
            let condition = self.chosen(choice);
            self.conditions.push(condition);
        }
    }

    fn chosen(&mut self, choice: &KeyChoice) -> String {
        let kind = self.cube.keys[choice.key].kind;
        let column = match kind {
            KeyKind::Text => "text".to_owned(),
            KeyKind::Int => match choice.bits {
                None => format!("k{}", choice.key),
                Some(bits) => format!("(k{} & {bits})", choice.key),
            },
        };
        let mut values = Vec::new();
        for value in &choice.values {
            match (kind, value) {
                (KeyKind::Text, ReportValue::Text(text)) => values.push(self.parameters.bind(text.clone())),
                (KeyKind::Int, ReportValue::Int(number)) => values.push(number.to_string()),
                _ => {}
            }
        }
        let mut alternatives = Vec::new();
        if !values.is_empty() {
            alternatives.push(format!("{column} IN ({})", values.join(", ")));
        }
        if choice.values.contains(&ReportValue::Null) {
            alternatives.push(format!("{column} IS NULL"));
        }
        let any = if alternatives.is_empty() { "false".to_owned() } else { alternatives.join(" OR ") };
        match kind {
            KeyKind::Text => format!("k{} IN (SELECT id FROM {} WHERE {any})", choice.key, self.texts),
            KeyKind::Int => format!("({any})"),
        }
    }

    /// Takes the filter.
    fn filter(&mut self) {
        let query = self.query;
        match &query.filter {
            None => {}
            Some(Expr { node: Node::And(parts), .. }) => parts.iter().for_each(|part| self.part(part)),
            Some(filter) => self.part(filter),
        }
    }

    fn part(&mut self, part: &Expr) {
        let log = self.query.set.log;
        let names: Vec<&str> = part.properties().iter().map(|at| log.properties[*at].name).collect();
        let found: Vec<usize> = names.iter().filter_map(|name| self.key_of(name)).collect();
        let condition = expression::condition(part, log, &mut self.parameters);
        if let ([name], [key]) = (&names[..], &found[..])
            && self.cube.keys[*key].kind == KeyKind::Text
        {
            self.conditions.push(format!(
                "k{key} IN (SELECT id FROM (SELECT id, text AS {} FROM {}) AS named WHERE {condition})",
                quoted(name),
                self.texts
            ));
            return;
        }
        self.joined.extend(found);
        self.conditions.push(condition);
    }

    /// The key that is a property.
    fn key_of(&self, property: &str) -> Option<usize> {
        self.cube.keys.iter().position(|key| key.property == Some(property))
    }

    /// The cells, with what conditions look at under the names of properties and of
    /// their types.
    fn relation(&self, table: &str) -> String {
        if self.joined.is_empty() {
            return table.to_owned();
        }
        let log = self.query.set.log;
        let (mut columns, mut joins) = (vec!["c.*".to_owned()], String::new());
        for key in &self.joined {
            let Some(property) = self.cube.keys[*key].property else { continue };
            let name = quoted(property);
            if self.cube.keys[*key].kind == KeyKind::Text {
                columns.push(format!("d{key}.text AS {name}"));
                joins.push_str(&format!(" JOIN {} AS d{key} ON d{key}.id = c.k{key}", self.texts));
                continue;
            }
            let edm = log.index_of(property).map(|at| log.properties[at].edm);
            let of = if edm == Some(EdmType::Boolean) { "BOOLEAN" } else { "INTEGER" };
            columns.push(format!("CAST(c.k{key} AS {of}) AS {name}"));
        }
        format!("(SELECT {} FROM {table} AS c{joins}) AS cells", columns.join(", "))
    }
}
