//! What is beside the rows of reports whose rows are the largest: what the report tells of
//! the earlier range alone, which other tests compare with a plain computation.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::select;

use crate::calendar::Comparison;
use crate::facts::sample::{Call, calls as some_calls};
use crate::questions::testing::{filter, filters_and_countries, is_whole, ranges, stored, zones};
use crate::questions::{END_REASONS, FAILURES, NUMBERS, USERS};
use crate::{Ask, Extra, Report, Table, Value};

/// The values that say what a row is about, and not how it is called.
fn key(table: &Table, row: usize) -> Vec<String> {
    let names = ["user", "number", "sipCode", "subcode", "class"];
    names.iter().filter_map(|name| table.value(row, name)).map(|value| format!("{value:?}")).collect()
}

/// The values that were counted.
fn counted(table: &Table, row: usize) -> Vec<&Value> {
    let values = table.columns.iter().zip(&table.rows[row]);
    values.filter(|(column, _)| !column.is_key).map(|(_, value)| value).collect()
}

fn check(report: &Report, calls: &[Call], ask: &Ask, comparison: Comparison) -> Result<(), TestCaseError> {
    let store = stored(calls);
    let alone = Ask { top: Some(10_000), ..ask.clone() };
    let earlier = Ask { range: comparison.range(ask.range, &ask.zone), ..alone.clone() };
    let both = Ask { compare: Some(comparison), ..alone.clone() };
    let [now, before, both] = [&alone, &earlier, &both].map(|ask| report.answer(&*store, ask).unwrap());
    prop_assert!(now.compared.is_none());
    let compared = both.compared.as_ref().unwrap();
    prop_assert!(is_whole(&both.table) && is_whole(compared));
    prop_assert_eq!(both.table.rows.len(), compared.rows.len());
    let keys = |table: &Table| (0..table.rows.len()).map(|row| key(table, row)).collect::<Vec<_>>();
    let all: BTreeSet<Vec<String>> = keys(&now.table).into_iter().chain(keys(&before.table)).collect();
    prop_assert_eq!(keys(&both.table).into_iter().collect::<BTreeSet<_>>(), all, "{}", report.key);
    prop_assert_eq!(both.table.rows.len(), keys(&both.table).into_iter().collect::<BTreeSet<_>>().len());
    for row in 0..both.table.rows.len() {
        let of_row = key(&both.table, row);
        prop_assert_eq!(&key(compared, row), &of_row);
        for (table, alone) in [(&both.table, &now.table), (compared, &before.table)] {
            let found = (0..alone.rows.len()).find(|row| key(alone, *row) == of_row);
            if let Some(found) = found {
                prop_assert_eq!(counted(table, row), counted(alone, found), "{}", report.key);
            } else {
                prop_assert_eq!(counted(table, row)[0], &Value::Int(0), "{}", report.key);
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn the_earlier_range_is_told_as_by_itself(
        calls in some_calls(40),
        range in ranges(),
        zone in zones(),
        days in zones(),
        choice in filters_and_countries(),
        comparison in select(Comparison::ALL.to_vec()),
    ) {
        let ask = Ask { filter: filter(choice.0), zone, days, ..Ask::of(range) };
        for report in [&USERS, &NUMBERS, &FAILURES, &END_REASONS] {
            check(report, &calls, &ask, comparison)?;
        }
        let outside = Ask { extras: vec![Extra::Outside], ..ask };
        check(&NUMBERS, &calls, &outside, comparison)?;
    }
}
