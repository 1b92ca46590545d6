use super::*;

fn at(secs: i64) -> Instant {
    Instant::from_unix_secs(secs).unwrap()
}

fn index(secs: impl IntoIterator<Item = i64>) -> TimeIndex {
    let mut index = TimeIndex::new();
    index.add(secs.into_iter().map(at));
    index
}

#[test]
fn seeks_to_the_row_behind_the_skipped_ones() {
    let index = index([10, 10, 11, 20, 20, 20]);
    assert_eq!(index.seek(at(0), 0), Ok((at(10), 0)));
    assert_eq!(index.seek(at(0), 1), Ok((at(10), 1)));
    assert_eq!(index.seek(at(0), 5), Ok((at(20), 2)));
    assert_eq!(index.seek(at(11), 1), Ok((at(20), 0)));
    assert_eq!(index.seek(at(0), 7), Err(1), "one is left");
}

#[test]
fn windows_do_not_rely_on_a_bucket_that_is_cut() {
    let index = index([10, 10, 11, 20, 20, 20]);
    let window = |edge, certain, read| Window { edge, certain, read };
    assert_eq!(index.window(at(10), 2), window(Some(at(11)), 2, 2));
    let half = at(10).saturating_add_ticks(5_000_000);
    assert_eq!(index.window(half, 2), window(Some(at(21)), 4, 6));
    assert_eq!(index.window(half, 9), window(None, 4, 6));
    assert_eq!(index.window_before(at(21), 2), window(Some(at(20)), 3, 3));
    let half = at(20).saturating_add_ticks(5_000_000);
    assert_eq!(index.window_before(half, 2), window(Some(at(10)), 3, 6));
    assert_eq!(index.window_before(at(20), 9), window(None, 3, 3));
}

#[test]
fn seeks_backwards_as_well() {
    let index = index([10, 10, 11, 20, 20, 20]);
    assert_eq!(index.seek_before(at(30), 0), Ok((at(21), 0)));
    assert_eq!(index.seek_before(at(30), 2), Ok((at(21), 2)));
    assert_eq!(index.seek_before(at(30), 3), Ok((at(12), 0)));
    assert_eq!(index.seek_before(at(20), 2), Ok((at(11), 1)));
    assert_eq!(index.seek_before(at(30), 8), Err(2));
    assert_eq!((index.end(), index.ceiling(at(20))), (Some(at(21)), at(20)));
    assert_eq!(index.ceiling(at(20).saturating_add_ticks(1)), at(21));
}

#[test]
fn an_index_outlives_its_process() {
    let many = i64::try_from(MAX_BUCKETS).unwrap() * 3;
    for index in [index([]), index([-62_135_596_800, -7, -7, 0, 5]), index(-many..many)] {
        let bytes = index.to_bytes();
        let read = TimeIndex::from_bytes(&bytes).unwrap();
        assert_eq!(
            (read.rows, read.width_bits, &read.buckets),
            (index.rows, index.width_bits, &index.buckets)
        );
        assert!(TimeIndex::from_bytes(&bytes[..bytes.len() - 1]).is_none(), "it was cut");
        assert!(TimeIndex::from_bytes(&[bytes, vec![0]].concat()).is_none(), "something follows");
    }
    assert!(TimeIndex::from_bytes(&[]).is_none() && TimeIndex::from_bytes(&[0xff; 40]).is_none());
}

#[test]
fn late_rows_are_merged_in_order() {
    let mut index = index([10, 20, 30]);
    index.add([5, 20, 25].into_iter().map(at));
    assert_eq!(index.rows(), 6);
    let starts: Vec<_> = (0..6).map(|skip| index.seek(at(0), skip).unwrap().0).collect();
    assert_eq!(starts, [5, 10, 20, 20, 25, 30].map(at));
    assert!(index.touches([7, 25].into_iter().map(at)));
    assert!(!index.touches([7, 26].into_iter().map(at)));
}

#[test]
fn rows_before_an_instant_are_taken_away() {
    let mut index = index([10, 10, 11, 20, 20, 20]);
    index.remove_before(at(20).saturating_add_ticks(5), 2);
    assert_eq!(index.rows(), 1);
    assert_eq!(index.seek(at(0), 0), Ok((at(20), 0)));
    assert!(!index.touches([10, 11].into_iter().map(at)));
    index.remove_before(at(20).saturating_add_ticks(9), 1);
    assert_eq!(index.rows(), 0);
    assert!(!index.touches([at(20)].into_iter()));
    index.remove_before(at(30), 0);
    assert_eq!(index.seek(at(0), 0), Err(0));
}

#[test]
fn coarsens_instead_of_growing_and_keeps_its_counts() {
    let count = i64::try_from(MAX_BUCKETS).unwrap() * 3;
    let index = index(-count..count);
    assert!(index.buckets.len() <= MAX_BUCKETS);
    let (start, rest) = index.seek(at(-count), 1_000).unwrap();
    assert_eq!(start.saturating_add_ticks(i64::try_from(rest).unwrap() * TICKS_PER_SEC), at(-count + 1_000));
}

#[test]
fn a_table_is_counted_as_its_rows_were() {
    use trunklog_records::schema::DIRECT_ROUTING_CALLS;
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("CREATE TABLE t (\"startDateTime\" BIGINT)").unwrap();
    let secs = [-62_135_596_800, -7, -7, 0, 5, 1_572_566_400];
    for sec in secs {
        connection.execute("INSERT INTO t VALUES (?)", [at(sec).ticks() + 1]).unwrap();
    }
    let index = TimeIndex::load(&connection, "t", &DIRECT_ROUTING_CALLS).unwrap();
    for (skip, sec) in secs.iter().enumerate() {
        let (start, _) = index.seek(Instant::ABSENT, u64::try_from(skip).unwrap()).unwrap();
        assert_eq!(start, index.floor(at(*sec)), "row {skip}");
    }
}
