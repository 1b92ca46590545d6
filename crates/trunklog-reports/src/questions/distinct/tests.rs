use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_store::Result;
use trunklog_store::cube::{SumAnswers, SumQuery};

use super::*;
use crate::calendar::{Bucket, range};
use crate::facts::sample::Call;
use crate::questions::SERIES;
use crate::questions::testing::{at, number, stored};
use crate::{Extra, Value};

/// A store whose answers have room for few groups.
struct Narrow {
    inner: Arc<dyn Store>,
    most: usize,
}

impl Store for Narrow {
    trunklog_store_kit::only_pages!();
    trunklog_store_kit::forward!(inner: append page count forget forgettable);

    fn sums(&self, queries: &[SumQuery]) -> Result<SumAnswers> {
        let answers = self.inner.sums(queries)?;
        let is_of_users = queries.iter().any(|query| query.cube == crate::cubes::USERS);
        if is_of_users && answers.sums.iter().any(|sums| sums.groups.len() > self.most) {
            return Err(too_many_groups());
        }
        Ok(answers)
    }
}

#[test]
fn many_users_are_asked_for_in_parts() {
    let users = ["a", "b", "c", "d", "e"];
    let first = at("2026-11-01T00:00:00Z").ticks();
    let mut calls = Vec::new();
    // On the day n, n % 6 users, each with two calls.
    for day in 0..20_i64 {
        for user in users.iter().take(usize::try_from(day % 6).unwrap()) {
            for hour in [3, 20] {
                let start = first + day * Instant::TICKS_PER_DAY + hour * Instant::TICKS_PER_HOUR;
                calls.push(Call { start, user_id: Some(*user), ..Call::default() });
            }
        }
    }
    let asked = range(Some("2026-11-01"), Some("2026-11-21"), &TimeZone::UTC, Instant::ABSENT).unwrap();
    let days = Ask { bucket: Some(Bucket::Day), extras: vec![Extra::Users], ..Ask::of(asked) };
    for most in [5, 7, 12, 1_000] {
        let store = Narrow { inner: stored(&calls), most };
        let answer = SERIES.answer(&store, &days).unwrap();
        let counted: Vec<i64> = (0..20).map(|row| number(&answer.table, row, "users")).collect();
        let expected: Vec<i64> = (0..20).map(|day| day % 6).collect();
        assert_eq!(counted, expected, "{most}");
        assert_eq!(answer.notes, ["note-usersOfRows"]);
    }
    // The users of one day are more than there is room for.
    let store = Narrow { inner: stored(&calls), most: 4 };
    let error = SERIES.answer(&store, &days).unwrap_err().to_string();
    assert!(error.starts_with("range: "), "{error}");
    // By the trunk rows tell, one after the other.
    let by_trunk = Ask { by: vec![Dimension::Trunk], ..days.clone() };
    let answer = SERIES.answer(&*stored(&calls), &by_trunk).unwrap();
    let counted: BTreeSet<i64> = (0..20).map(|row| number(&answer.table, row, "users")).collect();
    assert_eq!(counted, (0..6).collect::<BTreeSet<i64>>());
    // Without asking there is no such column.
    let answer = SERIES.answer(&store, &Ask { extras: Vec::new(), ..days }).unwrap();
    assert_eq!((answer.table.value(0, "users"), answer.notes.len()), (None::<&Value>, 0));
}
