//! A case about masked numbers of every form.

use std::cmp::Ordering;

use trunklog_odata::expr::{Comparison, Direction, Expr, Function, Kind, Node};
use trunklog_records::masking::masked;
use trunklog_records::{RowBuilder, Rows, TimeRange, Value};
use trunklog_store::evaluate::Row;
use trunklog_store::{PageQuery, Selection};

use super::Fixture;
use super::dice::Dice;
use super::expressions::{ascending, call, compare, descending, property, text};
use super::rows::{CALLS, SEC, at, store, walk, whole};

/// What is around a number `N` and an extension `E`.
const FORMS: [&str; 22] = [
    "N",
    "+N",
    "00N",
    "N#",
    "N*E",
    "+N*",
    "N***",
    "**61*+N*E#",
    "NNN",
    "+N App E",
    "(N)",
    "%2BN",
    "tel:+N;ext=E",
    "tel:N;phone-context=example.com",
    "sip:+N@sbc9.example.com:5061;user=phone",
    "sips:N@192.0.2.10",
    "\"Ada Lovelace\" <sip:+N;isub=E@sbc9.example.com>",
    "Ada Lovelace <tel:+N>",
    "Ada Lovelace N",
    "+N ext E",
    "Room E",
    "ada@example.com",
];

const SEPARATORS: [&str; 6] = [" ", "-", ".", "/", " (0)", "\u{a0}"];

const NUMBERS: usize = 150;

/// How many filters are tried for each mask.
const FILTERS: usize = 40;

/// Filters, orders, counts and the keys of walks see of a number, whatever its
/// form, exactly what masks the rows.
pub fn masked_numbers_agree(fixture: &dyn Fixture) {
    let mut dice = Dice(91);
    let numbers: Vec<Option<String>> =
        (0..NUMBERS).map(|_| if dice.chance(5) { None } else { Some(number(&mut dice)) }).collect();
    let engine = fixture.open();
    let store = store(&engine);
    store.append(&calls(&numbers)).expect("the rows can be stored");
    let mut telling = 0;
    for hidden in [1, 3, 4, 15] {
        let seen: Vec<Option<String>> =
            numbers.iter().map(|number| Some(masked(number.as_deref()?, hidden).into_owned())).collect();
        let caller = || Expr::new(Kind::Text, Node::Mask(Box::new(property(CALLS, "callerNumber")), hidden));
        for order in [ascending(caller()), descending(caller())] {
            let expected = in_order(&seen, order.direction);
            let selection = Selection { order: vec![order], ..Selection::all(CALLS, TimeRange::ALL) };
            assert_eq!(indices(&walk(&*store, PageQuery::of(selection, 17))), expected, "{hidden} hidden");
        }
        for _ in 0..FILTERS {
            let source = if dice.chance(50) { &numbers } else { &seen };
            let Some(source) = &source[dice.below(NUMBERS)] else { continue };
            let (part, by) = (part_of(source, &mut dice), dice.one_of(&CONDITIONS));
            let expected: Vec<usize> = (0..NUMBERS)
                .filter(|at| seen[*at].as_deref().is_some_and(|seen| by.holds(seen, &part)))
                .collect();
            let filter = Some(by.of(caller(), &part));
            let selection = Selection { filter, ..Selection::all(CALLS, TimeRange::ALL) };
            let found = indices(&whole(&*store, &selection));
            assert_eq!(found, expected, "{by:?} {part:?}, {hidden} hidden");
            let count = store.count(&selection, None).expect("rows can be counted");
            assert_eq!(count, expected.len() as u64, "the count of {by:?} {part:?}, {hidden} hidden");
            telling += usize::from(!expected.is_empty() && expected.len() < NUMBERS);
        }
    }
    assert!(telling > FILTERS, "only {telling} filters select some rows and not all");
}

/// A condition on a number.
#[derive(Debug, Clone, Copy)]
enum Condition {
    Equals,
    Calls(Function),
}

const CONDITIONS: [Condition; 4] = [
    Condition::Equals,
    Condition::Calls(Function::StartsWith),
    Condition::Calls(Function::EndsWith),
    Condition::Calls(Function::Contains),
];

impl Condition {
    fn of(self, number: Expr, part: &str) -> Expr {
        match self {
            Condition::Equals => compare(Comparison::Equal, number, text(part)),
            Condition::Calls(function) => call(function, vec![number, text(part)]),
        }
    }

    fn holds(self, number: &str, part: &str) -> bool {
        match self {
            Condition::Equals => number == part,
            Condition::Calls(Function::StartsWith) => number.starts_with(part),
            Condition::Calls(Function::EndsWith) => number.ends_with(part),
            Condition::Calls(_) => number.contains(part),
        }
    }
}

/// A number in some form.
fn number(dice: &mut Dice) -> String {
    let form = dice.one_of(&FORMS);
    let (number, extension) = (1 + dice.below(12), 1 + dice.below(3));
    form.replace('N', &digits(number, dice)).replace('E', &digits(extension, dice))
}

/// Few digits, so that masked numbers meet, some of them in other writing.
fn digits(count: usize, dice: &mut Dice) -> String {
    let mut text = String::new();
    for at in 0..count {
        let digit = dice.one_of(&["0", "1", "2"]);
        match dice.below(20) {
            0 => text.push_str(&format!("%3{digit}")),
            1 => text.push(['٠', '١', '٢'][dice.below(3)]),
            _ => text.push_str(digit),
        }
        if at + 1 < count && dice.chance(15) {
            text.push_str(dice.one_of(&SEPARATORS));
        }
    }
    text
}

/// A whole text, or some characters of it that follow each other.
fn part_of(text: &str, dice: &mut Dice) -> String {
    let count = text.chars().count();
    let start = if dice.chance(60) { 0 } else { dice.below(count) };
    let len = if dice.chance(40) { count } else { 1 + dice.below(count) };
    text.chars().skip(start).take(len).collect()
}

/// A call each second, with those numbers; ids are their indices.
fn calls(numbers: &[Option<String>]) -> Rows {
    let caller = CALLS.index_of("callerNumber").expect("calls have a caller's number");
    let mut rows = RowBuilder::new(CALLS);
    let mut ticks = 0;
    for (index, number) in numbers.iter().enumerate() {
        let mut values: Vec<Option<Value<'_>>> = vec![None; CALLS.properties.len()];
        values[CALLS.time_index()] = Some(Value::Instant(at(ticks)));
        values[CALLS.id_index()] = Some(Value::Text(index.to_string().into()));
        values[caller] = number.as_deref().map(|number| Value::Text(number.into()));
        rows.push(&mut values, None).expect("the row has a time and an id");
        ticks += SEC;
    }
    rows.finish()
}

fn indices(rows: &[Row]) -> Vec<usize> {
    rows.iter().map(|row| row.key.id.parse().expect("the ids are indices")).collect()
}

/// The indices in the order of the texts, then of the rows.
fn in_order(seen: &[Option<String>], direction: Direction) -> Vec<usize> {
    let mut indices: Vec<usize> = (0..seen.len()).collect();
    indices.sort_by(|left, right| -> Ordering {
        let ordering = seen[*left].cmp(&seen[*right]);
        match direction {
            Direction::Ascending => ordering,
            Direction::Descending => ordering.reverse(),
        }
    });
    indices
}
