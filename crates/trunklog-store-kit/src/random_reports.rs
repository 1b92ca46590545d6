//! Cases that compare an engine's reports with the fold of a scan.

use std::sync::Arc;

use trunklog_odata::Instant;
use trunklog_odata::edm::EdmType;
use trunklog_odata::expr::Expr;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, LOGS, PSTN_CALLS, RECORDED_BY, SMS};
use trunklog_records::{Log, TimeRange};
use trunklog_store::evaluate::Row;
use trunklog_store::{
    Aggregate, Erase, Erasure, Group, Measure, Operand, Report, ReportQuery, ReportValue, Result, Selection,
    Store, Watermark,
};

use super::Fixture;
use super::dice::Dice;
use super::expressions::Generator;
use super::odd_rows::{INSTANTS, instant, odd_rows};
use super::rows::{CALLS, at, newest, range, row_of, store, together};

/// A store that knows no better way to a report than the default.
struct FoldingStore<'a>(&'a dyn Store);

impl Store for FoldingStore<'_> {
    crate::forward!(0: append page count scan newest commit_time row changed_buckets changes erase forget
        forgettable);
}

/// Compares the two reports, and shows the first group that differs.
fn compare_reports(store: &dyn Store, query: &ReportQuery, what: &str) -> Report {
    let made = |report: Result<Report>| report.unwrap_or_else(|error| panic!("{what}: {error}: {query:?}"));
    let (found, expected) = (made(store.report(query)), made(FoldingStore(store).report(query)));
    for (found, expected) in found.groups.iter().zip(&expected.groups) {
        assert_eq!(found, expected, "{what}: {query:?}");
    }
    assert_eq!(found.groups.len(), expected.groups.len(), "{what}: the number of groups: {query:?}");
    assert_eq!(found.watermark, expected.watermark, "{what}");
    found
}

/// Makes questions about a log.
struct Questions {
    log: &'static Log,
    dice: Dice,
    filters: Generator,
}

impl Questions {
    fn new(log: &'static Log, seed: u64) -> Questions {
        Questions { log, dice: Dice(seed), filters: Generator::new(log, seed) }
    }

    fn query(&mut self, watermarks: &[Watermark]) -> ReportQuery {
        let filter = self.condition();
        let range = if self.dice.chance(30) { self.range() } else { TimeRange::ALL };
        ReportQuery {
            selection: Selection { filter, ..Selection::all(self.log, range) },
            watermark: if self.dice.chance(40) { Some(self.dice.one_of(watermarks)) } else { None },
            groups: (0..self.dice.below(4)).map(|_| self.group()).collect(),
            measures: (0..=self.dice.below(6)).map(|_| self.measure()).collect(),
        }
    }

    fn range(&mut self) -> TimeRange {
        let (one, other) = (self.instant(), self.instant());
        TimeRange::of(self.log, one.min(other), one.max(other)).expect("the first is not the later one")
    }

    fn instant(&mut self) -> Instant {
        instant(self.dice.one_of(&INSTANTS)).saturating_add_ticks(self.dice.one_of(&[-1, 0, 0, 1]))
    }

    fn group(&mut self) -> Group {
        let instants = self.of(|edm| edm == EdmType::DateTimeOffset);
        let texts = self.of(|edm| matches!(edm, EdmType::String | EdmType::Enum(_)));
        let all = self.of(|edm| !matches!(edm, EdmType::Collection(_)));
        match self.dice.below(4) {
            0 => {
                let mut edges: Vec<Instant> = (0..2 + self.dice.below(5)).map(|_| self.instant()).collect();
                edges.extend([at(0), at(1)]);
                edges.sort_unstable();
                edges.dedup();
                Group::Buckets { property: self.dice.one_of(&instants), edges: Arc::from(edges) }
            }
            1 => Group::Prefix {
                property: self.dice.one_of(&texts),
                chars: self.dice.one_of(&[1, 2, 3, 128, 255]),
            },
            _ => Group::Property(self.dice.one_of(&all)),
        }
    }

    fn measure(&mut self) -> Measure {
        let of = match self.dice.below(6) {
            0 => Aggregate::Rows,
            1 => Aggregate::Distinct(self.dice.below(self.log.properties.len())),
            2 => Aggregate::Sum(self.operand(|edm| matches!(edm, EdmType::Int32 | EdmType::Decimal))),
            3 => Aggregate::Bins(self.operand(|edm| edm == EdmType::Int32)),
            4 => Aggregate::Smallest(self.operand(is_ordered)),
            _ => Aggregate::Largest(self.operand(is_ordered)),
        };
        Measure { of, when: self.condition() }
    }

    /// A filter, or none.
    fn condition(&mut self) -> Option<Expr> {
        if self.dice.chance(40) { Some(self.filters.filter()) } else { None }
    }

    /// A property of a type, or the time between two instants.
    fn operand(&mut self, fits: impl Fn(EdmType) -> bool) -> Operand {
        let properties = self.of(fits);
        if properties.is_empty() || self.dice.chance(25) {
            let instants = self.of(|edm| edm == EdmType::DateTimeOffset);
            return Operand::Millis { from: self.dice.one_of(&instants), to: self.dice.one_of(&instants) };
        }
        Operand::Property(self.dice.one_of(&properties))
    }

    /// The properties of some types.
    fn of(&self, fits: impl Fn(EdmType) -> bool) -> Vec<usize> {
        let properties = self.log.properties.iter().enumerate();
        properties.filter(|(_, property)| fits(property.edm)).map(|(at, _)| at).collect()
    }
}

fn is_ordered(edm: EdmType) -> bool {
    !matches!(edm, EdmType::Decimal | EdmType::Collection(_))
}

/// Random questions about random rows of a log, at several watermarks.
fn reports_agree(store: &dyn Store, log: &'static Log, seed: u64, questions: usize) {
    let mut dice = Dice(seed);
    let mut watermarks = Vec::new();
    for _ in 0..3 {
        store.append(&odd_rows(log, 50, &mut dice)).expect("the rows can be stored");
        watermarks.push(newest(store));
    }
    let mut asked = Questions::new(log, seed);
    let mut telling = 0;
    for number in 0..questions {
        let query = asked.query(&watermarks);
        query.check().unwrap_or_else(|error| panic!("question {number}: {error}: {query:?}"));
        let found = compare_reports(store, &query, &format!("question {number} about {}", log.name));
        telling += usize::from(found.groups.len() > 1);
    }
    assert!(telling > questions / 4, "only {telling} reports of {} have several groups", log.name);
}

/// Random reports over direct-routing calls.
pub fn direct_routing_reports_agree(fixture: &dyn Fixture) {
    let engine = fixture.open();
    reports_agree(&*store(&engine), &DIRECT_ROUTING_CALLS, 281, 90);
}

/// Random reports over PSTN calls, which have decimals and an enumeration.
pub fn pstn_reports_agree(fixture: &dyn Fixture) {
    let engine = fixture.open();
    reports_agree(&*store(&engine), &PSTN_CALLS, 282, 90);
}

/// Random reports over the other logs.
pub fn reports_of_other_logs_agree(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    for (log, seed) in LOGS.into_iter().zip(283..) {
        if log != &DIRECT_ROUTING_CALLS && log != &PSTN_CALLS {
            reports_agree(&*store, log, seed, if log == &SMS { 40 } else { 25 });
        }
    }
}

/// Rows that gave way to others count at older watermarks, and erased ones at
/// none.
pub fn reports_see_what_walks_see(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let store = &*store;
    let of_other = |ticks: i64| {
        let correlation = format!("c{ticks}");
        let texts = [("correlationId", correlation.as_str()), (RECORDED_BY, "export"), ("userId", "u")];
        row_of(CALLS, ticks, "x", &texts)
    };
    let of_graph = |ticks: i64| {
        let correlation = format!("c{ticks}");
        row_of(CALLS, ticks + 1, "y", &[("correlationId", correlation.as_str()), ("userId", "u")])
    };
    let give = |rows: Vec<Row>| {
        store.append(&together(CALLS, &rows)).expect("the rows can be stored");
        newest(store)
    };
    let source = CALLS.index_of(RECORDED_BY).expect("calls have the property");
    let rows = |watermark: Option<Watermark>| -> Vec<(ReportValue, ReportValue)> {
        let query = ReportQuery {
            selection: Selection::all(CALLS, TimeRange::ALL),
            watermark,
            groups: vec![Group::Property(source)],
            measures: vec![Measure::ROWS],
        };
        let report = compare_reports(store, &query, "rows by source");
        let value = |values: Vec<ReportValue>| values.into_iter().next().expect("there is one value");
        report.groups.into_iter().map(|row| (value(row.by), value(row.measures))).collect()
    };
    let export = || ReportValue::Text("export".to_owned());
    let first = give((0..10).map(|number| of_other(number * 100)).collect());
    let second = give((0..6).map(|number| of_graph(number * 100)).collect());
    let expected = [(ReportValue::Null, ReportValue::Int(6)), (export(), ReportValue::Int(4))];
    for watermark in [None, Some(second)] {
        assert_eq!(rows(watermark), expected, "{watermark:?}");
    }
    assert_eq!(rows(Some(first)), [(export(), ReportValue::Int(10))], "before some gave way");
    let selection = Selection::all(CALLS, range(0, 250));
    store.erase(&Erasure { selection, what: Erase::Rows }).expect("rows can be erased");
    let expected = [(ReportValue::Null, ReportValue::Int(3)), (export(), ReportValue::Int(4))];
    assert_eq!(rows(None), expected, "after an erasure");
    assert_eq!(rows(Some(first)), [(export(), ReportValue::Int(7))], "before, after an erasure");
}
