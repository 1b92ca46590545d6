//! Cases about filters on computed logs, and about walks over them beside what
//! changes.

use std::sync::Arc;

use trunklog_odata::expr::{Expr, Function, Kind, Literal, Node};
use trunklog_records::schema::PSTN_CALLS;
use trunklog_records::{Log, TimeRange};
use trunklog_store::evaluate::{self, Cell, Row, Scope, compared, take_apart};
use trunklog_store::{Erase, Erasure, Key, PageQuery, Selection, Store, with_computed_logs};

use super::Fixture;
use super::computed::{REPORT, period};
use super::dice::Dice;
use super::expressions::{COMPARISONS, Generator, call, compare, descending, int, property, text};
use super::rows::{HOUR, SEC, assert_same, at, complete, page, row_of, store, tenant, together, walk};
use super::summaries::{calls, imported, summed_up};

/// What the report groups by.
const GROUPS: [&str; 4] = ["userId", "usageLocation", "destinationContext", "currency"];

/// What they are compared with: values that rows have, and some that none has.
const VALUES: [&str; 12] =
    ["", "u1", "u2", "ü3", "u9", "+4930123456", "+49301234***", "DE", "FR", "Domestic", "EUR", "domestic"];

/// Makes filters of parts that look at groups, at sums or at both.
struct Filters {
    dice: Dice,
    odd: Generator,
}

impl Filters {
    fn filter(&mut self) -> Expr {
        let mut parts: Vec<Expr> = (0..=self.dice.below(3)).map(|_| self.part()).collect();
        if parts.len() == 1 { parts.remove(0) } else { all(parts) }
    }

    fn part(&mut self) -> Expr {
        match self.dice.below(10) {
            0 => self.odd.filter(),
            1 | 2 => self.of_sums(),
            3 => condition(Node::Not(Box::new(self.of_groups()))),
            4 => condition(Node::Or(vec![self.of_groups(), self.of_groups()])),
            5 => condition(Node::Or(vec![self.of_groups(), self.of_sums()])),
            6 => all(vec![self.of_groups(), self.of_sums()]),
            _ => self.of_groups(),
        }
    }

    fn of_sums(&mut self) -> Expr {
        let count = i64::try_from(self.dice.below(4)).expect("it is small");
        compare(self.dice.one_of(&COMPARISONS), property(REPORT, "totalCalls"), int(count))
    }

    fn of_groups(&mut self) -> Expr {
        let group = self.group();
        match self.dice.below(8) {
            0 | 1 => condition(Node::IsNull(Box::new(group))),
            2 => {
                let values = [self.value(), self.value()].map(|text| Literal::Text(text.to_owned()));
                condition(Node::In(Box::new(group), values.to_vec()))
            }
            3 => call(Function::StartsWith, vec![group, text(self.value())]),
            4 => {
                let lower = call(Function::ToLower, vec![group]);
                compare(self.dice.one_of(&COMPARISONS), lower, text(self.value()))
            }
            5 => compare(self.dice.one_of(&COMPARISONS), group, self.group()),
            _ => compare(self.dice.one_of(&COMPARISONS), group, text(self.value())),
        }
    }

    /// A group, as some readers see it.
    fn group(&mut self) -> Expr {
        let group = property(REPORT, self.dice.one_of(&GROUPS));
        if self.dice.chance(20) { Expr::new(Kind::Text, Node::Mask(Box::new(group), 3)) } else { group }
    }

    fn value(&mut self) -> &'static str {
        self.dice.one_of(&VALUES)
    }
}

fn all(parts: Vec<Expr>) -> Expr {
    condition(Node::And(parts))
}

fn condition(node: Node) -> Expr {
    Expr::new(Kind::Bool, node)
}

/// Gives some rows other values of groups, a number and nothing among them.
fn mixed(mut rows: Vec<Row>, names: [&str; 4], columns: impl Fn(&str) -> usize, dice: &mut Dice) -> Vec<Row> {
    for row in &mut rows {
        for name in names {
            if dice.chance(15) {
                row.cells[columns(name)] = match dice.one_of(&VALUES) {
                    "" if dice.chance(50) => Cell::Null,
                    value => Cell::Text(value.to_owned()),
                };
            }
        }
    }
    rows
}

/// Filters that mix groups with sums, nulls, empty texts and masks, over
/// computed rows beside imported ones.
pub fn filtered_reports_agree_with_a_naive_sum(fixture: &dyn Fixture) {
    let engine = complete(fixture);
    let store = store(&engine);
    let mut dice = Dice(292);
    let there = ["userId", "usageCountryCode", "destinationContext", "currency"];
    let column = |name: &str| PSTN_CALLS.index_of(name).expect("calls have what is grouped by");
    let called = mixed(take_apart(&calls(&mut dice)), there, column, &mut dice);
    let column = |name: &str| REPORT.index_of(name).expect("the report has its groups");
    let told = mixed(take_apart(&imported(&mut dice)), GROUPS, column, &mut dice);
    store.append(&together(&PSTN_CALLS, &called)).expect("the rows can be stored");
    store.append(&together(REPORT, &told)).expect("the rows can be stored");
    let reports: Vec<(TimeRange, Vec<Row>)> =
        [TimeRange::ALL, period(0, 500), period(100, 130), period(300, 301), period(600, 700)]
            .into_iter()
            .map(|range| (range, summed_up(range, &called, &told)))
            .collect();
    let mut filters = Filters { dice: Dice(293), odd: Generator::new(REPORT, 294) };
    let mut telling = 0;
    for number in 0..160 {
        let (range, rows) = &reports[dice.below(reports.len())];
        let filter = filters.filter();
        let order = if dice.chance(30) { vec![descending(property(REPORT, "currency"))] } else { Vec::new() };
        let what = format!("filter {number} of {} to {}: {filter:?}", range.from(), range.end());
        let mut expected: Vec<(Key, Row)> = Vec::new();
        for row in rows {
            let scope = Scope::new(REPORT, &row.cells);
            if scope.selects(Some(&filter)) {
                let order = scope.order_values(&order);
                expected.push((Key { order, time: row.key.time, id: row.key.id.clone() }, row.clone()));
            }
        }
        expected.sort_by(|(left, _), (right, _)| evaluate::compare(&order, compared(left), compared(right)));
        let expected: Vec<Row> = expected.into_iter().map(|(_, row)| row).collect();
        let selection = Selection { filter: Some(filter), order, ..Selection::all(REPORT, *range) };
        assert_same(&walk(&*store, PageQuery::of(selection.clone(), 7)), &expected, &what);
        let count = store.count(&selection, None).expect("rows can be counted");
        assert_eq!(count, expected.len() as u64, "{what}: the count");
        telling += usize::from(!expected.is_empty() && expected.len() < rows.len());
    }
    assert!(telling > 40, "only {telling} filters leave some rows and not others");
}

/// What changes in one of the stores.
fn change(store: &dyn Store, step: i64, dice: &mut Dice) {
    let secs = i64::try_from(dice.below(500)).expect("it is small");
    let later = dice.one_of(&[0, 0, 10 * HOUR]);
    let of = |log: &'static Log, length: i64| Selection {
        range: TimeRange::of(log, at(secs * SEC), at((secs + length) * SEC)).expect("it starts first"),
        ..Selection::all(log, TimeRange::ALL)
    };
    let erase = |selection: Selection, what: Erase| {
        store.erase(&Erasure { selection, what }).expect("rows can be erased");
    };
    match dice.below(8) {
        0 | 1 => {
            let texts = [("callType", "conf_out"), ("userId", dice.one_of(&["u1", "new"]))];
            let row = row_of(&PSTN_CALLS, secs * SEC + later, &format!("step {step}"), &texts);
            store.append(&together(&PSTN_CALLS, &[row])).expect("the row can be stored");
        }
        2 => {
            let selection = of(&PSTN_CALLS, 60);
            let mut changed = walk(store, PageQuery::of(selection, 100));
            for row in &mut changed {
                let duration = PSTN_CALLS.index_of("duration").expect("calls have a duration");
                row.cells[duration] = Cell::Int(i32::try_from(step).expect("it is small"));
            }
            store.append(&together(&PSTN_CALLS, &changed)).expect("the rows can be stored");
        }
        3 => erase(of(&PSTN_CALLS, 20), Erase::Rows),
        4 => {
            let charge = PSTN_CALLS.index_of("charge").expect("calls have a charge");
            erase(of(&PSTN_CALLS, 40), Erase::Properties(vec![charge]));
        }
        5 => {
            let texts = [("userId", "u1")];
            let row = row_of(REPORT, (secs + 450) * SEC + later, &format!("told {step}"), &texts);
            store.append(&together(REPORT, &[row])).expect("the row can be stored");
        }
        6 => erase(of(REPORT, 100), Erase::Rows),
        _ => {
            store.forget(&PSTN_CALLS, at(step * SEC)).expect("old rows can be deleted");
        }
    }
}

/// Walks over the report, of two tenants and beside all that changes, see what
/// is read by somebody who has read nothing before.
pub fn walks_over_a_report_see_what_changes(fixture: &dyn Fixture) {
    let inner = fixture.open();
    let engine = with_computed_logs(Arc::clone(&inner));
    let mut dice = Dice(295);
    for number in [1, 2] {
        let store = engine.tenant(tenant(number));
        store.append(&calls(&mut dice)).expect("the rows can be stored");
        store.append(&imported(&mut dice)).expect("the rows can be stored");
    }
    let user = compare(COMPARISONS[0], property(REPORT, "userId"), text("u1"));
    let whole = Selection::all(REPORT, period(0, 500));
    let selections = [
        whole.clone(),
        Selection { order: vec![descending(property(REPORT, "totalCalls"))], ..whole.clone() },
        Selection { filter: Some(user), ..whole },
        Selection::all(REPORT, TimeRange::ALL),
    ];
    let mut walks: Vec<(u8, PageQuery)> = Vec::new();
    let mut pages = 0;
    for step in 0..40 {
        let number = dice.one_of(&[1, 2]);
        if dice.chance(70) {
            change(&*engine.tenant(tenant(number)), step, &mut dice);
        }
        let selection = selections[dice.below(selections.len())].clone();
        walks.push((number, PageQuery::of(selection, dice.one_of(&[1, 3, 9]))));
        if walks.len() > 4 {
            walks.remove(0);
        }
        let fresh = with_computed_logs(Arc::clone(&inner));
        let mut next = Vec::new();
        for (number, query) in walks {
            let what = format!("step {step}, tenant {number}");
            let (store, other) = (engine.tenant(tenant(number)), fresh.tenant(tenant(number)));
            let (found, expected) = (page(&*store, &query), page(&*other, &query));
            assert_same(&take_apart(&found.rows), &take_apart(&expected.rows), &what);
            assert_eq!((&found.next, found.watermark), (&expected.next, expected.watermark), "{what}");
            let count = |store: &dyn Store| {
                store.count(&query.selection, Some(found.watermark)).expect("rows can be counted")
            };
            assert_eq!(count(&*store), count(&*other), "{what}: the count");
            pages += usize::from(query.watermark.is_some());
            next.extend(query.after(&found).map(|query| (number, query)));
        }
        walks = next;
    }
    assert!(pages > 40, "only {pages} pages of walks that had started before");
}
