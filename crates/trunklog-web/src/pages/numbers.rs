//! `/numbers`: what became of each number, and which nobody uses any more.

use askama::Template;
use trunklog_reports::kpi::definition;
use trunklog_reports::{Answer, Argument, Class, Country};

use super::figures::{count, flag, text};
use super::way::Way;
use crate::context::PageContext;
use crate::filter_bar::FilterBar;
use crate::formats::NOTHING;
use crate::shell::{Place, Shell};
use crate::state::{Direction, Ends, Who};
use crate::table::{Cell, Head, Sorting, Table};

/// The numbers that the page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// The organisation's own, those that are used first.
    Own,
    /// Of these, those that were used before the range and not in it.
    Unused,
    /// Those outside.
    Outside,
}

impl Numbers {
    /// All, the first unless another is chosen.
    pub const ALL: [Numbers; 3] = [Numbers::Own, Numbers::Unused, Numbers::Outside];

    /// The parameter that chooses among them.
    pub const PARAMETER: &str = "show";

    /// Those that a page is about.
    pub fn of(page: &PageContext) -> Numbers {
        let chosen = page.state.own(Numbers::PARAMETER).unwrap_or_default();
        Numbers::ALL.into_iter().find(|numbers| numbers.key() == chosen).unwrap_or(Numbers::Own)
    }

    /// The number that a row of the report is about; None of a row that is not told.
    pub fn who(self, answer: &Answer, row: usize) -> Option<Who> {
        let number = text(&answer.table, row, "number")?;
        self.has(flag(&answer.table, row, "isUnused")).then(|| self.of_number(number))
    }

    /// Whether a number is one of them.
    fn has(self, is_unused: Option<bool>) -> bool {
        self != Numbers::Unused || is_unused == Some(true)
    }

    /// Whether they can have calls in the range. Of others there is nothing to count.
    fn have_calls(self) -> bool {
        self != Numbers::Unused
    }

    fn of_number(self, number: &str) -> Who {
        match self {
            Numbers::Own | Numbers::Unused => Who::Own(number.to_owned()),
            Numbers::Outside => Who::Outside(number.to_owned()),
        }
    }

    fn key(self) -> &'static str {
        match self {
            Numbers::Own => "own",
            Numbers::Unused => "unused",
            Numbers::Outside => "outside",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Numbers::Own => "numbers-own",
            Numbers::Unused => "numbers-unused",
            Numbers::Outside => "numbers-outside",
        }
    }
}

/// What the page is made of.
#[derive(Debug, Clone)]
pub struct NumberAnswers {
    /// Numbers; None where they are not kept for what is looked at.
    pub numbers: Option<Answer>,
    /// Of each row what stands for its number in addresses.
    pub tokens: Vec<Option<String>>,
    /// The most numbers that were asked for.
    pub most: usize,
    /// How many come before those of this page.
    pub skip: usize,
}

/// So many numbers are on a page. Each has a token of its own, which nothing makes
/// smaller on the wire.
const PAGE: usize = 200;

/// The page.
#[derive(Debug, Template)]
#[template(path = "numbers.html")]
pub struct NumbersPage {
    shell: Shell,
    title: String,
    filter_bar: FilterBar,
    choices: Vec<Choice>,
    /// What is told of the choice; empty for nothing.
    told: String,
    table: Table,
    /// That there may be more; empty where all are told.
    note: String,
    pager: Option<Pager>,
}

/// Which numbers these are, and the ways to others.
#[derive(Debug)]
struct Pager {
    position: String,
    /// Those before; empty for none.
    previous: String,
    previous_title: String,
    /// Those after; empty for none.
    further: String,
    further_title: String,
}

impl Pager {
    /// None where all are on one page.
    fn new(page: &PageContext, first: usize, found: usize) -> Option<Pager> {
        if found <= PAGE {
            return None;
        }
        let last = first.saturating_add(PAGE).min(found);
        let told = |number: usize| page.formats.count(i64::try_from(number).unwrap_or(i64::MAX));
        let [from, to, count] = [first + 1, last, found].map(told);
        let arguments = [("from", from.as_str()), ("to", to.as_str()), ("count", count.as_str())];
        let skipping = |skip: usize| {
            page.here(|state| {
                if skip > 0 {
                    state.own.insert("skip".to_owned(), skip.to_string());
                }
            })
        };
        Some(Pager {
            position: page
                .text("numbers-position", &arguments.map(|(name, text)| (name, Argument::Text(text)))),
            previous: if first == 0 { String::new() } else { skipping(first.saturating_sub(PAGE)) },
            previous_title: page.t("numbers-previous"),
            further: if last == found { String::new() } else { skipping(last) },
            further_title: page.t("numbers-further"),
        })
    }
}

/// A choice.
#[derive(Debug)]
struct Choice {
    href: String,
    title: String,
    is_chosen: bool,
}

/// A number.
struct Row<'a> {
    place: usize,
    number: &'a str,
    attempts: i64,
    answered: i64,
    missed: i64,
    inbound: i64,
    outbound: i64,
    last_in: Option<&'a str>,
    last_out: Option<&'a str>,
    is_unused: Option<bool>,
}

impl NumbersPage {
    /// The page. `seen` are the trunks that the filter bar offers.
    pub fn new(page: &PageContext, seen: Vec<String>, answers: &NumberAnswers) -> NumbersPage {
        let numbers = Numbers::of(page);
        let choice = |of: Numbers| Choice {
            href: page.here(|state| {
                // A number of one kind is none of another.
                if of != numbers {
                    state.who = None;
                }
                state.own.insert(Numbers::PARAMETER.to_owned(), of.key().to_owned());
            }),
            title: page.t(of.name()),
            is_chosen: of == numbers,
        };
        let title = page.t("nav-numbers");
        let rows = answers.numbers.as_ref().map(|answer| rows(numbers, answer));
        let found = rows.as_ref().map_or(0, Vec::len);
        let told = if numbers == Numbers::Unused && found > 0 {
            page.counted("numbers-unused-told", i64::try_from(found).unwrap_or(i64::MAX))
        } else {
            String::new()
        };
        let note = if found < answers.most {
            String::new()
        } else {
            page.about("numbers-most", &page.formats.count(i64::try_from(answers.most).unwrap_or(i64::MAX)))
        };
        // A link may be older than the numbers: who went too far sees the last of them.
        let first = answers.skip.min(found.saturating_sub(1) / PAGE * PAGE);
        NumbersPage {
            shell: Shell::new(page, Place::Numbers),
            filter_bar: FilterBar::new(page, seen),
            choices: Numbers::ALL.into_iter().map(choice).collect(),
            told,
            table: table(page, numbers, rows, (first, answers.tokens.as_slice())),
            note,
            pager: Pager::new(page, first, found),
            title,
        }
    }
}

fn table(
    page: &PageContext,
    numbers: Numbers,
    rows: Option<Vec<Row<'_>>>,
    (first, tokens): (usize, &[Option<String>]),
) -> Table {
    let sorting = sorting(page, numbers);
    let help = |key: &str| definition(key).map(|definition| definition.help(page.words)).unwrap_or_default();
    let figure = |key: &str| {
        Head::number(page.t(&format!("kpi-{key}"))).with_help(help(key)).sortable(page, key, &sorting)
    };
    let is_outside = numbers == Numbers::Outside;
    let mut heads = vec![Head::of(page.t("column-number")).sortable(page, "number", &sorting)];
    if is_outside {
        heads.push(Head::of(page.t("column-country")));
    }
    if numbers.have_calls() {
        heads.extend([
            figure("attempts"),
            figure("answered"),
            figure("missed"),
            Head::number(page.t("column-inbound")).sortable(page, "inbound", &sorting),
            Head::number(page.t("column-outbound")).sortable(page, "outbound", &sorting),
        ]);
    }
    heads.extend([
        Head::of(page.t("column-lastIn")).sortable(page, "lastIn", &sorting),
        Head::of(page.t("column-lastOut")).sortable(page, "lastOut", &sorting),
    ]);
    if numbers == Numbers::Own {
        heads.push(Head::of(page.t("column-isUnused")).with_help(page.t("column-isUnused.explanation")));
    }
    let table = Table::new(page.t(numbers.name()), heads);
    let Some(mut rows) = rows else { return table.or_why(page, "state-not-kept") };
    let empty = match numbers {
        // Who did not call in a filter may well have called.
        Numbers::Unused if page.state.is_narrowed() => "numbers-unused-narrowed",
        Numbers::Unused => "numbers-none-unused",
        Numbers::Own | Numbers::Outside => page.emptiness(),
    };
    let mut table = table.or_why(page, empty);
    sort(&mut rows, &sorting);
    for row in rows.iter().skip(first).take(PAGE) {
        let token = tokens.get(row.place).and_then(Option::as_ref);
        table.row(cells(page, numbers, row, token));
    }
    table
}

fn cells(page: &PageContext, numbers: Numbers, row: &Row<'_>, token: Option<&String>) -> Vec<Cell> {
    let way = Way::to(page, &numbers.of_number(row.number), token);
    let formats = &page.formats;
    let day = |day: Option<&str>| {
        Cell::text(day.map_or_else(|| NOTHING.to_owned(), |day| formats.calendar_date(day)))
    };
    let number = |number: i64| Cell::number(formats.count(number));
    let is_outside = numbers == Numbers::Outside;
    let mut cells = vec![Cell::name(row.number).linked(way.alone(page))];
    if is_outside {
        // What the reader sees of the number tells it, no more.
        let country = Country::of_number(row.number).map_or(NOTHING, Country::code);
        cells.push(Cell::text(country));
    }
    if numbers.have_calls() {
        cells.extend([
            number(row.attempts).linked(way.calls(page, row.attempts, |_| {})),
            number(row.answered).linked(way.calls(page, row.answered, |state| {
                state.narrow_ends(Ends::Class(Class::Answered));
            })),
            number(row.missed).linked(way.calls(page, row.missed, |state| state.narrow_ends(Ends::Missed))),
            number(row.inbound)
                .linked(way.calls(page, row.inbound, |state| state.direction = Some(Direction::Inbound))),
            number(row.outbound)
                .linked(way.calls(page, row.outbound, |state| state.direction = Some(Direction::Outbound))),
        ]);
    }
    cells.extend([day(row.last_in), day(row.last_out)]);
    if numbers == Numbers::Own {
        let key = match row.is_unused {
            Some(true) => "report-yes",
            Some(false) => "report-no",
            None => "",
        };
        cells.push(Cell::text(if key.is_empty() { NOTHING.to_owned() } else { page.t(key) }));
    }
    cells
}

/// The rows of those numbers.
fn rows(numbers: Numbers, answer: &Answer) -> Vec<Row<'_>> {
    let table = &answer.table;
    let row = |place: usize| {
        Some(Row {
            place,
            number: text(table, place, "number")?,
            attempts: count(table, place, "attempts"),
            answered: count(table, place, "answered"),
            missed: count(table, place, "missed"),
            inbound: count(table, place, "inbound"),
            outbound: count(table, place, "outbound"),
            last_in: text(table, place, "lastIn"),
            last_out: text(table, place, "lastOut"),
            is_unused: flag(table, place, "isUnused"),
        })
    };
    (0..table.rows.len()).filter_map(row).filter(|row| numbers.has(row.is_unused)).collect()
}

/// Of unused numbers those come first that have rested the longest.
fn sorting(page: &PageContext, numbers: Numbers) -> Sorting {
    Sorting::of(page, if numbers == Numbers::Unused { "lastUse" } else { "-attempts" })
}

fn sort(rows: &mut [Row<'_>], sorting: &Sorting) {
    rows.sort_by(|one, other| {
        let order = match sorting.by.as_str() {
            "number" => one.number.cmp(other.number),
            "answered" => one.answered.cmp(&other.answered),
            "missed" => one.missed.cmp(&other.missed),
            "inbound" => one.inbound.cmp(&other.inbound),
            "outbound" => one.outbound.cmp(&other.outbound),
            "lastIn" => one.last_in.cmp(&other.last_in),
            "lastOut" => one.last_out.cmp(&other.last_out),
            "lastUse" => one.last_in.max(one.last_out).cmp(&other.last_in.max(other.last_out)),
            _ => one.attempts.cmp(&other.attempts),
        };
        let order = if sorting.is_descending { order.reverse() } else { order };
        order.then(one.place.cmp(&other.place))
    });
}

#[cfg(test)]
mod tests;
