//! Cases about storing rows once, and about updates.

use trunklog_store::{AppendCounts, PageQuery, Start};

use super::Fixture;
use super::rows::{
    Draft, SEC, all, append, appended, assert_same, calls, draft, in_order, one_a_second, page, shuffled,
    store, stored,
};

/// The same batch again is counted as unchanged and changes nothing.
pub fn appending_again_changes_nothing(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = one_a_second(300);
    assert_eq!(append(&*store, &drafts), appended(300, 0, 0));
    let once = stored(&*store);
    assert_same(&once, &in_order(&drafts), "after the first append");
    assert_eq!(append(&*store, &drafts), appended(0, 0, 300));
    assert_eq!(append(&*store, &shuffled(&drafts, 1)), appended(0, 0, 300));
    assert_same(&stored(&*store), &once, "after the same rows again");

    let mut more = drafts[200..].to_vec();
    more.push(draft(150 * SEC + 1, "between"));
    more.push(draft(-SEC, "before"));
    more.push(draft(400 * SEC, "after"));
    assert_eq!(append(&*store, &more), appended(3, 0, 100));
    assert_eq!(stored(&*store).len(), 303);
}

/// However rows are split and ordered, the store ends up the same.
pub fn batch_sizes_and_order_do_not_matter(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = one_a_second(240);
    for (seed, size) in [(3, 1), (4, 7), (5, 64), (6, 240)] {
        let mut sum = AppendCounts::default();
        for batch in shuffled(&drafts, seed).chunks(size) {
            sum += append(&*store, batch);
        }
        let expected = if seed == 3 { appended(240, 0, 0) } else { appended(0, 0, 240) };
        assert_eq!(sum, expected, "in batches of {size}");
        assert_same(&stored(&*store), &in_order(&drafts), "after another order");
    }
}

/// A batch that has rows twice stores them once, with the last one's values.
pub fn duplicates_within_a_batch_are_stored_once(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = one_a_second(50);
    let twice = shuffled(&[drafts.clone(), drafts.clone()].concat(), 9);
    assert_eq!(append(&*store, &twice), appended(50, 0, 50));
    assert_same(&stored(&*store), &in_order(&drafts), "after rows that came twice");

    let newer = Draft { duration: Some(99), ..drafts[7].clone() };
    let batch = [drafts[7].clone(), newer.clone()];
    assert_eq!(append(&*store, &batch), appended(0, 1, 1));
    let mut expected = drafts;
    expected[7] = newer;
    assert_same(&stored(&*store), &in_order(&expected), "after two values in one batch");
}

/// A row of beta and the same from v1.0, which knows less, come in one batch
/// as they would in two.
pub fn null_never_erases_within_a_batch(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let full = Draft { dynamic: Some("\"later\":1".to_owned()), ..draft(0, "x") };
    let bare = Draft { name: None, dynamic: None, duration: Some(8), ..full.clone() };
    assert_eq!(append(&*store, &[full.clone(), draft(1, "y"), bare]), appended(2, 0, 1));
    let expected = [Draft { duration: Some(8), ..full }, draft(1, "y")];
    assert_same(&stored(&*store), &in_order(&expected), "after both in one batch");
}

/// An append without rows does nothing, also not to the list of tenants.
pub fn no_rows_are_no_error(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    assert_eq!(append(&*store, &[]), appended(0, 0, 0));
    assert_eq!(engine.tenants().expect("tenants can be listed"), []);
    append(&*store, &one_a_second(3));
    assert_eq!(append(&*store, &[]), appended(0, 0, 0));
    assert_eq!(stored(&*store).len(), 3);
}

/// An update replaces the values that it has.
pub fn updates_replace_values(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let mut drafts = one_a_second(120);
    append(&*store, &drafts);
    for draft in drafts.iter_mut().step_by(3) {
        draft.duration = Some(-1);
        draft.name = Some("an other name, \u{fc}ber".to_owned());
    }
    assert_eq!(append(&*store, &shuffled(&drafts, 2)), appended(0, 40, 80));
    assert_same(&stored(&*store), &in_order(&drafts), "after the update");
    assert_eq!(append(&*store, &drafts), appended(0, 0, 120));

    let mut mixed = drafts[..10].to_vec();
    mixed[4].duration = Some(7);
    mixed.push(draft(5, "new"));
    assert_eq!(append(&*store, &mixed), appended(1, 1, 9));
    drafts[4].duration = Some(7);
    drafts.push(draft(5, "new"));
    assert_same(&stored(&*store), &in_order(&drafts), "after an update beside a new row");
}

/// Null in an update keeps the stored value, and a value fills a stored null.
pub fn null_never_erases(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let full = Draft { dynamic: Some("\"later\":1".to_owned()), ..draft(0, "x") };
    append(&*store, &[full.clone(), Draft { name: None, duration: None, ..draft(1, "y") }]);
    let bare = |draft: &Draft| Draft { name: None, duration: None, dynamic: None, ..draft.clone() };
    assert_eq!(append(&*store, &[bare(&full), bare(&draft(1, "y"))]), appended(0, 0, 2));
    let partly = Draft { duration: Some(8), ..bare(&full) };
    assert_eq!(append(&*store, &[partly, draft(1, "y")]), appended(0, 2, 0));
    let expected = [Draft { duration: Some(8), ..full }, draft(1, "y")];
    assert_same(&stored(&*store), &in_order(&expected), "after updates with nulls");
}

/// Rows with one time and several ids, and with one id at several times, are
/// several rows.
pub fn rows_of_one_time_are_told_apart_by_id(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts =
        [draft(5, "a"), draft(5, "b"), draft(5, "A"), draft(6, "a"), draft(5 + SEC, "a"), draft(4, "b")];
    assert_eq!(append(&*store, &drafts), appended(6, 0, 0));
    assert_eq!(append(&*store, &drafts), appended(0, 0, 6));
    let changed = Draft { duration: Some(77), ..drafts[3].clone() };
    assert_eq!(append(&*store, &[changed.clone()]), appended(0, 1, 0));
    let mut expected = drafts.to_vec();
    expected[3] = changed;
    assert_same(&stored(&*store), &in_order(&expected), "after one of them changed");
}

/// 50,000 rows in three large batches that overlap.
pub fn big_batches_may_overlap(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    // Several rows a second, and hours without any.
    let drafts: Vec<_> = (0..50_000_i64)
        .map(|n| {
            draft((n / 5) * SEC + (n / 12_000) * 5_000 * SEC + n % 3, format!("{:05}", (n * 7_919) % 50_000))
        })
        .collect();
    let all_rows = calls(&drafts);
    let batch = |from: usize, to: usize| {
        store.append(&all_rows.slice(from, to - from)).expect("a large batch can be stored")
    };
    assert_eq!(batch(20_000, 50_000), appended(30_000, 0, 0));
    assert_eq!(batch(0, 30_000), appended(20_000, 0, 10_000));
    assert_eq!(batch(10_000, 40_000), appended(0, 0, 30_000));
    let expected = in_order(&drafts);
    assert_same(&stored(&*store), &expected, "after overlapping batches");
    for skip in [1, 4_095, 4_096, 16_384, 29_999, 30_000, 49_998, 49_999] {
        let found = page(&*store, &PageQuery { start: Start::Skip(skip), ..all(1) });
        let expected = &expected[usize::try_from(skip).expect("the cases' rows fit in memory")];
        let (time, id) = found.rows.key(0);
        assert_eq!((time, id), (expected.key.time, expected.key.id.as_str()), "after {skip} rows");
    }
}
