use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use trunklog_records::{RowBuilder, Value as Stored};

use super::*;
use crate::calendar::Bucket;
use crate::filter::Filter;
use crate::questions::testing::{at, empty, number, range, text};

/// When, what, why and who.
type Block = (i64, Option<&'static str>, Option<&'static str>, Option<&'static str>);

fn stored(blocks: &[Block]) -> std::sync::Arc<dyn Store> {
    let text = |text: Option<&'static str>| text.map(|text| Stored::Text(text.into()));
    let mut rows = RowBuilder::new(&LOG);
    for (id, (time, mode, reason, user)) in blocks.iter().enumerate() {
        let mut row = rows.row();
        for (name, value) in [
            ("id", Some(Stored::Text(id.to_string().into()))),
            ("userId", text(*user)),
            ("blockDateTime", Some(Stored::Instant(Instant::from_ticks(*time).unwrap()))),
            ("userBlockMode", text(*mode)),
            ("blockReason", text(*reason)),
        ] {
            row = row.set(name, value).unwrap();
        }
        row.finish().unwrap();
    }
    let store = empty();
    store.append(&rows.finish()).unwrap();
    store
}

proptest! {
    #[test]
    fn blocks_are_counted_as_rows_are(
        blocks in proptest::collection::vec(
            (
                0..3 * Instant::TICKS_PER_DAY,
                select(vec![Some("blocked"), Some("unblocked"), None]),
                select(vec![Some("too many calls"), Some("fraud"), None]),
                select(vec![Some("a"), Some("b"), Some("c"), None]),
            ),
            0..30,
        ),
        by in subsequence(BY.to_vec(), 0..=2),
        has_days in any::<bool>(),
        is_filtered in any::<bool>(),
    ) {
        let first = at("2026-11-27T00:00:00Z").ticks();
        let blocks: Vec<Block> = blocks.into_iter().map(|(at, m, r, u)| (first + at, m, r, u)).collect();
        let filter = if is_filtered {
            Filter::over(&LOG, "userBlockMode eq 'blocked'", trunklog_records::masking::Mask::NONE).unwrap()
        } else {
            Filter::default()
        };
        let bucket = has_days.then_some(Bucket::Day);
        let asked = range("2026-11-27T00:00:00Z", "2026-11-29T00:00:00Z");
        let ask = Ask { by: by.clone(), bucket, filter, ..Ask::of(asked) };
        let table = BLOCKED_USERS.answer(&*stored(&blocks), &ask).unwrap().table;
        let by = if by.is_empty() { BY.to_vec() } else { by };
        let mut plain = BTreeMap::<_, (i64, BTreeSet<&str>, i64)>::new();
        for (time, mode, reason, user) in &blocks {
            let is_in = *time < asked.end().ticks() && (!is_filtered || *mode == Some("blocked"));
            if !is_in {
                continue;
            }
            let slot = if has_days { time - (time - first) % Instant::TICKS_PER_DAY } else { 0 };
            let of = |dimension: Dimension| if dimension == Dimension::BlockMode { *mode } else { *reason };
            let values: Vec<Option<String>> = by.iter().map(|by| of(*by).map(str::to_owned)).collect();
            let (rows, users, newest) = plain.entry((slot, values)).or_default();
            *rows += 1;
            users.extend(user.iter().copied());
            *newest = (*newest).max(*time);
        }
        for row in 0..table.rows.len() {
            let slot = match table.value(row, "start") {
                Some(Value::Instant(start)) => start.ticks(),
                _ => 0,
            };
            let values: Vec<Option<String>> = by.iter().map(|by| text(&table, row, by.key())).collect();
            let (rows, users, newest) = plain.remove(&(slot, values)).unwrap_or_default();
            prop_assert_eq!(number(&table, row, "events"), rows);
            prop_assert_eq!(number(&table, row, "users"), i64::try_from(users.len()).unwrap());
            let expected = (rows > 0).then(|| Instant::from_ticks(newest).unwrap());
            prop_assert_eq!(table.value(row, "newest"), Some(&Value::maybe_instant(expected)));
        }
        prop_assert!(plain.is_empty(), "{:?} are missing", plain);
    }
}
